"""Makes a manifest true of its rules again: every figure that follows from ends and steering is derived anew by the oracle.

What cannot be made true (packets are lost, a bound is missed, a link is too full) stays, and is for the judge to find.
"""

from __future__ import annotations

from oracle_books import PPM, Books
from oracle_facts import LACKING, Case, Untrue, breaks, ensure, waived_codes
from oracle_figures import Figures
from oracle_network import NOTHING, shares_ppm
from oracle_queues import waits_of
from oracle_whole import Assertions, Chains


def rewrite(facts, manifest):
    """Rewrite `manifest` in place; raise `Untrue` where its rules lead nowhere."""
    Writer(facts, manifest).run()


class Writer:
    def __init__(self, facts, manifest):
        self.facts, self.whole = facts, manifest

    def run(self):
        for case in self.cases():
            self._write_paths(case)
        cases = list(self.cases())
        self.write_sums(cases, Books(self.facts, cases))
        self.write_devices(cases)

    def write_sums(self, cases, books):
        """Write what follows from the paths as they are told."""
        figures = Figures(self.facts, waits_of(self.facts, cases, books))
        for case in cases:
            self._write_figures(case, figures)
        self._write_links(books)
        self._write_chains(cases)
        self._write_assertions(cases, books)

    def cases(self):
        """Yield the demands of the manifest beside what is asked."""
        for entry in self.whole["intents"]:
            left, requests = list(entry["demands"]), {}
            for want in (x for x in self.facts.wants if x.talk.name == entry["name"] and left):
                found = next((x for x in left if _is_of(want, x)), None)
                if found is None:
                    raise Untrue("a demand is missing")
                left.remove(found)
                there = requests.get(want.pair) if want.is_reply else None
                case = Case(self.facts, want, found, there, waived_codes(self.whole, entry["name"]))
                requests.setdefault(want.pair, case)
                yield case

    def _listed(self, outcome):
        routers = self.facts.network.net.routers
        if outcome is None or len({(nodes[0], routers[nodes[-1]].place) for nodes, _ in outcome}) > 1:
            raise Untrue("packets are lost, or end at several places")
        shares = shares_ppm(outcome)
        return [{"path": list(path[0]), "links": list(path[1]), "share_ppm": shares[path]} for path in sorted(outcome)]

    def _write_paths(self, case):
        entry = case.entry
        normal = self._listed(case.outcome(NOTHING))
        entry["primary"]["paths"] = normal
        entry["source"], entry["destination"] = normal[0]["path"][0], normal[0]["path"][-1]
        groups = {}
        lost = [name for name in entry["unprotected"] if name in {*case.want.states, *case.want.cut}]
        if case.excuses(*LACKING):
            lost = sorted(
                {*lost, *case.want.cut, *(x for x, state in case.want.states.items() if not case.outcome(state))}
            )
        entry["unprotected"] = lost
        for name, state in case.kept.items():
            paths = self._listed(case.outcome(state))
            if paths != normal:
                groups.setdefault(repr(paths), (paths, []))[1].append(name)
        blank = {"latency_us": {"propagation": 0, "serialisation": 0, "queueing": 0, "total": 0}, "basis": "none"}
        entry["states"] = [
            {"when": names, "paths": paths, **blank, "destination": paths[0]["path"][-1]}
            for paths, names in groups.values()
        ]
        if not entry["policies"]:
            entry["mechanism"] = "pbr" if entry["steering"] else "igp"
        elif entry["mechanism"] != "flex-algo":
            entry["mechanism"] = "sr-policy"
        self._write_protection(Case(self.facts, case.want, entry, case.requests))
        self._write_alternatives(Case(self.facts, case.want, entry, case.requests))

    def _write_protection(self, case):
        entry = case.entry
        is_needed = any(breaks(state)(case.primary) for state in case.want.states.values())
        if is_needed or entry["protection"] is not None:
            figures = Figures(self.facts, {})
            detect = max(figures.timer(link) for _, links, _ in case.primary for link in links)
            told = {"detector": "bfd", "detect_ms": detect, "repair_ms": 100, "basis": "topology"}
            entry["protection"] = {
                **told,
                "switches": [],
            }  # S-BFD is no slower; none of what is drawn switches on figures

    def _write_candidates(self, case):
        entry, labels = case.entry, self.facts.labels
        found = labels.carrier(NOTHING, case.policy)
        entry["segments"] = list(case.policy["candidates"][found[0]]["segments"]) if found else []
        entry["alternatives"] = [
            {
                "preference": item["preference"],
                "segments": list(item["segments"]),
                "liveness": "igp" if entry["mechanism"] == "flex-algo" else "bfd",
                "paths": _unfrozen((paths, None) for paths in labels.carried(case, case.policy, at)),
            }
            for at, item in enumerate(case.policy["candidates"])
        ]

    def _write_alternatives(self, case):
        if case.policy is not None:
            self._write_candidates(case)
            return
        rules = case.courses[0][2]
        nodes, links, _ = case.primary[0]
        met = [place for place in zip(nodes[:-1], (None, *links), strict=False) if place in rules]
        case.entry["segments"] = [rules[place][0][0] for place in met]
        waypoints = rules[met[0]][0] if met else ()
        is_bfd = case.entry["protection"] is not None
        case.entry["alternatives"] = [
            {
                "preference": 100 - 10 * at,
                "segments": [name],
                "liveness": "bfd" if is_bfd else "igp",
                "paths": case.entry["primary"]["paths"]
                if at == 0
                else _unfrozen(case.led(met[0], waypoints[: at + 1])),
            }
            for at, name in enumerate(waypoints)
        ]

    def _write_figures(self, case, figures):
        entry = case.entry
        _write_latency(entry["primary"], case, case.primary, figures)
        for _, paths, state in case.states:
            _write_latency(state, case, paths, figures)
        total = entry["primary"]["latency_us"]["total"]
        entry["bound_us"] = case.want.bound("one-way", is_failed=False)
        entry["rtt_bound_us"] = case.want.bound("rtt", is_failed=False)
        entry["margin_us"] = None if entry["bound_us"] is None else entry["bound_us"] - total
        entry["bandwidth_bps"], entry["burst_bytes"] = case.want.bps, case.want.burst
        entry["ceiling_bps"] = case.want.ceiling

    def _write_links(self, books):
        wires = self.facts.program.net.wires
        used = sorted({link for page in books.pages.values() for link, _ in page})
        self.whole["links"] = [_link_entry(books, wires[name]) for name in used]
        objective = self.whole["objective"]
        objective["max_utilisation"] = books.fullest() / PPM
        try:
            books.check_objective(objective)
        except Untrue:
            objective["lower_bound"], objective["prices"], objective["effort"] = None, {}, None

    def write_devices(self, cases):
        """List the devices that mark or steer."""
        if any(x["severity"] == "error" and not x["waived"] for x in self.whole["findings"]):
            return
        listed = {entry["node"]: entry for entry in self.whole["devices"]}
        for case in cases:
            steering = {rule["node"] for key in ("steering", "policies") for rule in case.entry[key]}
            for node in sorted(case.marking | steering):
                target = self.facts.program.net.routers[node].platform
                if target == "none":
                    continue
                if node not in listed:
                    listed[node] = {"node": node, "target": target, "transport": "ssh", "files": [], "intents": []}
                    self.whole["devices"].append(listed[node])
                listed[node]["intents"] = sorted({*listed[node]["intents"], case.want.talk.name})

    def _write_chains(self, cases):
        chains = Chains(self.facts, cases)
        for entry in self.whole["chains"]:
            talk = next(talk for talk in self.facts.program.talks if talk.name == entry["name"])
            entry.update(chains.entry(talk))

    def _write_assertions(self, cases, books):
        found = Assertions(self.facts, cases, books)
        for entry in self.whole["assertions"]:
            claim = next(claim for claim in self.facts.program.claims if claim.name == entry["name"])
            entry.update(found.entry(claim))


def _is_of(want, demand):
    ends = (demand["source"], demand["destination"])
    is_between = ends in want.choices and demand["direction"] == ("reverse" if want.is_reply else "forward")
    return is_between and (want.services[1] is None or f">{want.services[1]}@" in demand["id"])


def _unfrozen(possible):
    for paths, _ in possible:
        return [{"path": list(nodes), "links": list(links), "share_ppm": share} for nodes, links, share in paths]
    return []


def _write_latency(place, case, paths, figures):
    ensure(paths, "no path")
    parts, basis = max((figures.parts(case, path) for path in paths), key=lambda found: sum(found[0]))
    place["latency_us"] = dict(zip(("propagation", "serialisation", "queueing"), parts, strict=True)) | {
        "total": sum(parts)
    }
    place["basis"] = basis


def _link_entry(books, wire):
    arcs = {"ab": (wire.name, wire.a), "ba": (wire.name, wire.b)}
    normal = {word: books.pages[None].get(arc, {}) for word, arc in arcs.items()}
    worst = {word: books.worst(arc) for word, arc in arcs.items()}
    totals = {
        word: {state: sum(page.get(arc, {}).values()) for state, page in books.pages.items()}
        for word, arc in arcs.items()
    }
    state = {
        word: max(found, key=lambda state, found=found: (found[state], state is None)) for word, found in totals.items()
    }
    return {
        "id": wire.name,
        "a": wire.a,
        "b": wire.b,
        "capacity_bps": dict(zip(("ab", "ba"), wire.capacity, strict=True))
        if len(set(wire.capacity)) > 1
        else wire.capacity[0],
        "reserved_bps": {word: sum(found.values()) for word, found in normal.items()},
        "by_class": _by_class(normal),
        "worst_bps": {word: max(found.values()) for word, found in totals.items()},
        "worst_state": {word: min(books.names[state[word]]) for word in arcs},
        "worst_by_class": _by_class(worst),
    }


def _by_class(sides):
    names = sorted({*sides["ab"], *sides["ba"]})
    return {name: {word: sides[word].get(name, 0) for word in ("ab", "ba")} for name in names}
