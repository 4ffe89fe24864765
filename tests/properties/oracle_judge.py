"""The oracle: whether every statement of a manifest is true of a program. It shares no code with the prover or the compiler."""

from __future__ import annotations

from functools import cache
from ipaddress import ip_network
from itertools import product

from oracle_books import Books
from oracle_facts import LACKING, Case, Untrue, ensure, waived_codes
from oracle_figures import Figures
from oracle_network import NOTHING, shares_ppm
from oracle_queues import waits_of
from oracle_shape import check_shape
from oracle_wanted import is_closed
from oracle_whole import Assertions, Chains

PROTOCOLS = {"tcp": (6, 6), "udp": (17, 17), "sctp": (132, 132), "any": (0, 255), "icmp": (1, 1)}
INTENTS = "intents/x.intent"
_LISTED = ("placed", "waived")


def judge(facts, manifest, evidence):
    """Return why the manifest is not true, None where it is; `evidence`: the digests of inputs and outputs at hand."""
    try:
        _Judge(facts, manifest).run(evidence)
    except Untrue as error:
        return str(error)
    return None


class _Judge:
    def __init__(self, facts, manifest):
        self.facts, self.whole = facts, manifest
        self.network, self.program = facts.network, facts.program

    def run(self, evidence):
        check_shape(self.whole)
        ensure(self.whole["schema"] == 1, "another schema")
        ensure(self.whole["inputs"] == evidence[0], "other inputs")
        self._check_roll()
        cases = list(self._cases())
        for case in cases:
            self._check_facts(case)
            self._check_steering(case)
            self._check_behaviour(case)
            self._check_alternatives(case)
        books = Books(self.facts, cases)
        books.check_room()
        books.check_table(self.whole["links"])
        self._check_figures(cases, books)
        books.check_objective(self.whole["objective"])
        Chains(self.facts, cases).check(self.whole["chains"])
        Assertions(self.facts, cases, books).check(self.whole["assertions"], self.whole["findings"])
        self._check_devices(cases, evidence[1])

    # -- intents and their demands -------------------------------------------------------------------------------------

    def _check_roll(self):
        talks = {talk.name: talk for talk in self.program.talks}
        ensure(sorted(talks) == sorted(entry["name"] for entry in self.whole["intents"]), "other intents")
        for entry in self.whole["intents"]:
            place = (INTENTS, self.program.line_of(entry["name"]), talks[entry["name"]].priority or "default")
            ensure((entry["file"], entry["line"], entry["class"]) == place, "declared elsewhere, or of another class")
            own, waived = self._errors(entry["name"]), set(self._errors(entry["name"], is_waived=True))
            families = {
                "placed": not own and not waived,
                "waived": not own and waived and waived <= set(talks[entry["name"]].waive),
                "infeasible": any(code.startswith("E05") for code in own),
                "rejected": any(code[:3] in ("E01", "E02", "E03", "E04") for code in self._errors(None)),
                "unsupported": any(code == "E0290" or code.startswith("E06") for code in own),
            }
            ensure(families.get(entry["status"], False), "a status that nothing earns")
            ensure(entry["status"] in _LISTED or not entry["demands"], "demands of what is not placed")

    def _errors(self, name, *, is_waived=False):
        found = [x for x in self.whole["findings"] if x["severity"] == "error" and x["waived"] is is_waived]
        return [x["code"] for x in found if not x["code"].startswith("E07") and name in (None, x["intent"])]

    def _cases(self):
        """Yield a case for every demand asked for, requests before their replies; nothing may be left over."""
        for entry in self.whole["intents"]:
            if entry["status"] not in _LISTED:
                continue
            left, requests = list(entry["demands"]), {}
            ensure(len({demand["id"] for demand in left}) == len(left), "one id twice")
            for want in (x for x in self.facts.wants if x.talk.name == entry["name"]):
                found = [demand for demand in left if self._is_for(want, demand)]
                if not found and self._may_lack(entry["name"]):
                    continue
                ensure(len(found) == 1, "not once")
                left.remove(found[0])
                there = requests.get(want.pair) if want.is_reply else None
                case = Case(self.facts, want, found[0], there, waived_codes(self.whole, entry["name"]))
                requests.setdefault(want.pair, case)
                yield case
            ensure(not left, "a demand too much")

    def _may_lack(self, name):
        """Return whether a waiver accepts that a demand has no path at all."""
        if not waived_codes(self.whole, name):
            return False
        return any(
            x["waived"] and x["intent"] == name and x["state"] is None and x["code"] < "E0510"
            for x in self.whole["findings"]
        )

    def _is_for(self, want, demand):
        ends = (demand["source"], demand["destination"])
        is_between = ends in want.choices and demand["direction"] == ("reverse" if want.is_reply else "forward")
        return is_between and (not want.talk.steps or demand["id"] == self._id(want, demand))

    def _id(self, want, demand):
        routers = self.program.net.routers
        ends = [routers[demand[key]].place for key in ("source", "destination")]
        ends = ends[::-1] if want.is_reply else ends
        names = [end if name is None else f"{name}@{end}" for end, name in zip(ends, want.services, strict=True)]
        return f"{want.talk.name}/{'>'.join(names)}{'/reply' if want.is_reply else ''}"

    def _check_facts(self, case):
        want, entry, routers = case.want, case.entry, self.program.net.routers
        bound, trip = want.bound("one-way", is_failed=False), want.bound("rtt", is_failed=False)
        expected = {
            "id": self._id(want, entry),
            "source_site": routers[entry["source"]].place,
            "destination_site": routers[entry["destination"]].place,
            "bandwidth_bps": want.bps,
            "burst_bytes": want.burst,
            "ceiling_bps": want.ceiling,
            "bound_us": bound,
            "rtt_bound_us": trip,
            "margin_us": None if bound is None else bound - entry["primary"]["latency_us"]["total"],
        }
        for key, value in expected.items():
            ensure(entry[key] == value, f"another {key}")
        _check_packets(entry["match"], entry["except"], want.choices[entry["source"], entry["destination"]])

    # -- rules and what comes of them ----------------------------------------------------------------------------------

    def _check_steering(self, case):
        entry, routers, wires = case.entry, self.program.net.routers, self.program.net.wires
        ensure(not entry["repairs"], "local repair that nothing needs")
        meant = ("sr-policy", "flex-algo") if entry["policies"] else ("pbr",) if entry["steering"] else ("igp",)
        ensure(entry["mechanism"] in meant, "another mechanism")
        self.facts.labels.check(case, is_closed(case.want.talk))
        for policy in entry["policies"]:
            self._check_replica(case, policy["replica"])
        places = [(x["node"], x["ingress"], str(x["replica"])) for x in entry["steering"]]
        ensure(len(set(places)) == len(places), "two rules at a place")
        for rule in entry["steering"]:
            node = routers.get(rule["node"])
            ensure(node is not None and node.platform != "none", "a rule nowhere")
            wire = wires.get(rule["ingress"])
            ensure(rule["ingress"] is None or (wire and rule["node"] in (wire.a, wire.b)), "a rule at no link's end")
            ensure(rule["waypoints"] and all(name in routers for name in rule["waypoints"]), "a waypoint nowhere")
            ensure(rule["fail_closed"] == is_closed(case.want.talk), "another last resort")
            self._check_replica(case, rule["replica"])

    @staticmethod
    def _check_replica(case, other):
        if other is not None:
            flows = case.want.choices.get((other["source"], other["destination"]))
            ensure(flows is not None, "a replica of nothing")
            _check_packets(other["match"], other["except"], flows)

    def _check_behaviour(self, case):
        """Judge that packets take the paths that are told, normally and in every state that is promised or spoken of."""
        self._check_paths(case, case.primary)
        _compare(case, case.primary, NOTHING)
        nodes = case.primary[0][0]
        ensure((case.entry["source"], case.entry["destination"]) == (nodes[0], nodes[-1]), "other ends in use")
        lost = case.entry["unprotected"]
        ensure(not lost or case.excuses(*LACKING), "a promise that is not kept")
        ensure(set(lost) <= {*case.want.cut, *case.want.states}, "a state that is not promised")
        ensure(case.want.cut <= set(lost), "a state that cuts an end off left out")
        ensure(
            all(case.told(name, case.want.states[name]) is None for name in lost if name in case.want.states), "both"
        )
        named = [name for when, _, _ in case.states for name in when if name != "any"]
        ensure(len(set(named)) == len(named), "a state twice")
        meant = [case.told(*promised) for promised in case.want.states.items()]
        for when, paths, entry in case.states:
            ensure(any(told and told[2] is entry for told in meant), "an entry for no state")
            self._check_paths(case, paths)
            ensure(when and set(when) <= {*case.want.states, "any"}, "a state that is not promised")
            ensure(entry["destination"] == paths[0][0][-1], "another destination")
        for name, state in case.kept.items():
            _compare(case, case.paths_in(name, state), state)

    def _check_paths(self, case, paths):
        """Judge that these are paths between the ends, over links in use and allowed ground."""
        ensure(paths, "no path")
        ensure(sum(path[2] for path in paths) == 1_000_000 and min(path[2] for path in paths) > 0, "other shares")
        self._check_ends(case, [path[0] for path in paths])
        banned = self.facts.grounds[case.want.talk.name]
        for nodes, links, _ in paths:
            ensure(len(nodes) == len(links) + 1, "not a path")
            ensure(not banned & {*nodes, *links}, "forbidden ground")
            ensure(set(nodes) <= set(self.network.net.routers), "no such node")
            ensure(all(self.network.net.routers[node].is_transit for node in nodes[1:-1]), "no transit")
            for near, link, far in zip(nodes, links, nodes[1:], strict=False):
                wire = self.program.net.wires.get(link)
                ensure(wire is not None and {wire.a, wire.b} == {near, far}, "no such hop")
                ensure(not self.network.is_drained(wire), "a link out of use")
            self._check_waypoints(case, nodes, links)

    def _check_ends(self, case, ways):
        """Judge that ways start at one node, and end at one site."""
        ensure(all(nodes and (nodes[0], nodes[-1]) in case.want.choices for nodes in ways), "between other ends")
        ends = {(nodes[0], self.network.net.routers[nodes[-1]].place) for nodes in ways}
        ensure(len(ends) == 1, "several ends")

    def _check_waypoints(self, case, nodes, links):
        points = [self.network.named(kind, name) for kind, name in case.want.talk.via]
        steps = [nodes[0], *(name for hop in zip(links, nodes[1:], strict=True) for name in hop)]
        for point in points[::-1] if case.want.is_reply else points:
            at = next((at for at, name in enumerate(steps) if name in point), None)
            ensure(at is not None, "a waypoint left out")
            steps = steps[at:]

    def _check_alternatives(self, case):
        """Judge segments and alternatives: those of the policy, or of one of the paths."""
        if case.policy is not None:
            self.facts.labels.check_alternatives(case, case.policy)
            return
        reasons = [_unlike(case, path) for path in case.primary]
        ensure(None in reasons, reasons[0])

    # -- figures, devices ----------------------------------------------------------------------------------------------

    def _check_figures(self, cases, books):
        figures = Figures(self.facts, waits_of(self.facts, cases, books))
        for case in cases:
            primary = case.entry["primary"]
            figures.check(case, case.primary, primary["latency_us"], primary["basis"], is_failed=False)
            for _, paths, entry in case.states:
                figures.check(case, paths, entry["latency_us"], entry["basis"], is_failed=True)
            figures.check_bounds_kept(case)
            if case.requests is not None:
                figures.check_trips(case)
            figures.check_repair(case)

    def _check_devices(self, cases, outputs):
        routers, talks = self.program.net.routers, {talk.name for talk in self.program.talks}
        names = [entry["node"] for entry in self.whole["devices"]]
        ensure(len(set(names)) == len(names), "a device twice")
        for entry in self.whole["devices"]:
            ensure(all(x["path"].startswith(f"{entry['node']}/") for x in entry["files"]), "another device's file")
            node = routers.get(entry["node"])
            ensure(node is not None and node.platform == entry["target"], "no such device")
            ensure(set(entry["intents"]) <= talks, "a device for no intent")
        told = {file["path"]: file["sha256"] for entry in self.whole["devices"] for file in entry["files"]}
        ensure(told == outputs, "other files")
        ensure(
            all(told[file["path"]] == file["sha256"] for entry in self.whole["devices"] for file in entry["files"]),
            "a file with several digests",
        )
        if any(x["severity"] == "error" and not x["waived"] for x in self.whole["findings"]):
            return
        placed = {(entry["node"], name) for entry in self.whole["devices"] for name in entry["intents"]}
        for case in cases:
            needed = {rule["node"] for key in ("steering", "policies") for rule in case.entry[key]}
            needed |= {node for node in case.marking if routers[node].platform != "none"}
            ensure(all((node, case.want.talk.name) in placed for node in needed), "a device left out")


def _unlike(case, path):
    """Return why segments and alternatives are not those of packets on this path, None where they are."""
    entry, rules = case.entry, case.courses[0][2]
    nodes, links, _ = path
    met = [place for place in zip(nodes[:-1], (None, *links), strict=False) if place in rules]
    if entry["segments"] != [rules[place][0][0] for place in met]:
        return "other segments"
    waypoints, found = rules[met[0]][0] if met else (), entry["alternatives"]
    if [x["segments"] for x in found] != [[name] for name in waypoints]:
        return "other alternatives"
    order = [x["preference"] for x in found]
    if order != sorted(set(order), reverse=True):
        return "another order"
    is_bfd = entry["protection"] is not None and entry["protection"]["detector"] == "bfd"
    if any(x["liveness"] != ("bfd" if is_bfd else "igp") for x in found):
        return "another liveness"
    for at, item in enumerate(found):
        paths = tuple((tuple(x["path"]), tuple(x["links"]), x["share_ppm"]) for x in item["paths"])
        possible = [(case.primary, True)] if at == 0 else list(case.led(met[0], waypoints[: at + 1]))
        is_idle = not paths and not any(is_moved for _, is_moved in possible)
        if not is_idle and paths not in [each for each, _ in possible]:
            return "paths that the alternative does not take"
    return None


def _compare(case, paths, state):
    found = case.outcome(state)
    ensure(found is not None, "packets are lost")
    ensure(len({path[:2] for path in paths}) == len(paths), "a path twice")
    ensure(shares_ppm(found) == {path[:2]: path[2] for path in paths}, "packets go elsewhere")


def _check_packets(match, excepted, flows):
    """Judge that both mean the same packets: asked of one packet out of every region in which nothing changes."""
    told, kept_out = ([_ranges(flow) for flow in each] for each in (match, excepted))
    asked = [_asked(flow) for flow in flows]
    if not kept_out and sorted(told) == sorted(asked):
        return
    axes = [sorted({x for box in (*told, *kept_out, *asked) for x in (box[at][0], box[at][1] + 1)}) for at in range(6)]
    for packet in product(*axes):
        is_told = _is_in(packet, told) and not _is_in(packet, kept_out)
        ensure(is_told == _is_in(packet, asked), "other packets")


def _is_in(packet, boxes):
    return any(all(low <= x <= high for x, (low, high) in zip(packet, box, strict=True)) for box in boxes)


def _ranges(flow):
    """Return source, destination, protocol, ports and DSCP of a flow of the manifest as ranges."""
    ensure(flow["protocol"] in PROTOCOLS, "no flow of these networks")
    families = {_family(flow["source"]), _family(flow["destination"])}
    ensure(families == {flow["family"]}, "addresses of another family")
    ports = [tuple(flow[key] or (0, 65535)) for key in ("source_ports", "destination_ports")]
    dscp = (0, 63) if flow["dscp"] is None else (flow["dscp"],) * 2
    ranges = (_span(flow["source"]), _span(flow["destination"]), PROTOCOLS[flow["protocol"]], *ports, dscp)
    ensure(all(0 <= low <= high for low, high in ranges), "a range that runs backwards")
    ensure(max(high for _, high in ports) <= 65535 and dscp[1] <= 63, "no port, or no code point")
    return ranges


def _asked(flow):
    source, target, protocol, sports, dports = flow
    ports = [span or (0, 65535) for span in (sports, dports)]
    return _span(source), _span(target), PROTOCOLS[protocol], *ports, (0, 63)


@cache
def _family(prefix):
    try:
        return ip_network(prefix).version
    except ValueError:
        raise Untrue("no prefix") from None


@cache
def _span(prefix):
    try:
        net = ip_network(prefix)
    except ValueError:
        raise Untrue("no prefix") from None
    return int(net.network_address), int(net.broadcast_address)
