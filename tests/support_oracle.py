"""An oracle for assertions: it knows the topology and a manifest's steering, follows packets one by one, and sees one state at a time."""

from __future__ import annotations

import ipaddress
from functools import cache
from itertools import combinations, pairwise, product

import networkx as nx


class Oracle:
    """Everything in one state: what is up, where packets go, who reserves what."""

    def __init__(self, topology, manifest, down):
        self.topology, self.manifest = topology, manifest
        self.nodes = {name for name in topology.nodes if name not in down}
        self.links = {
            name: link
            for name, link in topology.links.items()
            if name not in down and link.a.node in self.nodes and link.b.node in self.nodes
        }

    def is_drained(self, link):
        ends = (self.topology.nodes[link.a.node].state, self.topology.nodes[link.b.node].state)
        return "drained" in (link.state, *ends)

    def passes(self, name):
        return self.topology.nodes[name].transit and self.topology.nodes[name].state == "up"

    @cache  # noqa: B019  (an oracle lives for one state)
    def distance(self, targets):
        """Dijkstra towards targets; nodes without transit are not routed through."""
        graph = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        for link in self.links.values():
            for near, far, metric in (
                (link.a.node, link.b.node, link.igp_metric.ab),
                (link.b.node, link.a.node, link.igp_metric.ba),
            ):
                cost = 16_777_214 if self.is_drained(link) else metric
                if self.passes(far) or far in targets:
                    known = graph.get_edge_data(far, near, {"w": cost})["w"]
                    graph.add_edge(far, near, w=min(cost, known))
        live = [name for name in targets if name in self.nodes]
        return nx.multi_source_dijkstra_path_length(graph, live, weight="w") if live else {}

    def hops(self, here, targets):
        far = self.distance(targets)
        found = []
        for name, link in self.links.items():
            if here in (link.a.node, link.b.node):
                other = link.other(here)
                cost = 16_777_214 if self.is_drained(link) else link.igp_metric.towards(is_ab=link.is_ab(here))
                is_open = self.passes(other) or other in targets
                if is_open and other in far and far[other] + cost == far.get(here):
                    found.append((name, other))
        return found

    def holders(self, prefix):
        wanted = ipaddress.ip_network(prefix)
        held = {}
        for name, node in self.topology.nodes.items():
            for item in node.attached:
                if wanted.subnet_of(item.prefix):
                    held.setdefault(item.prefix.prefixlen, set()).add(name)
        return [frozenset(held[length]) for length in sorted(held, reverse=True)]

    def flight(self, start, prefix, rules, fenced):
        """Return (nodes and links touched, ends, whole, paths) of packets to one prefix."""
        touched, ends, paths, lost = set(), set(), [], []
        levels = self.holders(prefix)
        if start not in self.nodes:
            return touched, ends, False, paths
        touched.add(start)
        waiting = [((start,), ())]
        seen_places = set()
        while waiting:
            nodes, links = waiting.pop()
            here, ingress = nodes[-1], links[-1] if links else None
            if here in levels[0]:
                ends.add(here)
                paths.append((nodes, links))
                continue
            if ingress in links[:-1] and (nodes[-2], here) in set(pairwise(nodes[:-1])):
                lost.append("loop")
                continue
            rule = rules.get((here, ingress))
            targets = next(
                (
                    frozenset({point})
                    for point in (rule["waypoints"] if rule else ())
                    if point != here and here in self.distance(frozenset({point}))
                ),
                None,
            )
            if targets is None and rule and rule["fail_closed"]:
                lost.append("closed")
                continue
            targets = targets or next((level for level in levels if here in self.distance(level)), levels[0])
            steps = self.hops(here, targets)
            kept = [(link, far) for link, far in steps if link not in fenced]
            if not kept or len(kept) < len(steps):
                lost.append("dropped")
            for link, far in kept:
                touched |= {link, far}
                seen_places.add((far, link))
                waiting.append(((*nodes, far), (*links, link)))
        return touched, ends, not lost, paths

    def fenced(self, intent):
        topology = self.topology
        bad = {"pin region eu": {n for n, x in topology.nodes.items() if x.region != "eu"}, "avoid node c1": {"c1"}}
        nodes = set().union(*(found for clause, found in bad.items() if clause in intent))
        return {name for name, link in topology.links.items() if {link.a.node, link.b.node} & nodes}

    def travel(self, demand, text, requests=None):
        """Return what a demand touches, where it ends, whether all arrives, and its paths."""
        fenced = self.fenced(text)
        touched, ends, whole, paths = set(), set(), True, []
        starts = [demand["source"]]
        if requests is not None:
            _, starts, whole, _ = requests
        for start in sorted(starts):
            got = self.arrive(demand, start, fenced, is_reply=requests is not None)
            touched |= got[0]
            ends |= got[1]
            whole = whole and got[2]
            paths += got[3]
        whole = whole and bool(starts)
        return touched, ends, whole, paths if whole else []

    def arrive(self, demand, start, fenced, *, is_reply):
        touched, ends = set(), set()
        found = self.courses(demand)
        if is_reply:
            found = [item for item in found if start in item["sources"]] or found
        for course in found:
            got = [self.flight(start, prefix, course["rules"], fenced) for prefix in sorted(course["prefixes"])]
            touched |= set().union(*(one[0] for one in got))
            ends |= set().union(*(one[1] for one in got))
            is_up = is_reply or any(stop in self.nodes for stop in course["stops"])
            if all(one[2] for one in got) and is_up:
                return touched, ends, True, [path for one in got for path in one[3]]
        return touched, ends, False, []

    def courses(self, demand):
        """The chosen replica with its rules, then the other one of the service `own` with addresses of its own."""
        rules = {}
        for rule in demand["steering"]:
            key = None if rule["replica"] is None else (rule["replica"]["source"], rule["replica"]["destination"])
            rules.setdefault(key, {})[rule["node"], rule["ingress"]] = rule
        chosen = {
            "sources": {demand["source"]},
            "stops": {demand["destination"]},
            "prefixes": {flow["destination"] for flow in demand["match"]},
            "rules": rules.pop(None, {}),
        }
        pair = {"e1", "e3"}
        ports = {tuple(flow["destination_ports"] or ()) for flow in demand["match"]}
        ports |= {tuple(flow["source_ports"] or ()) for flow in demand["match"]}
        is_reply = demand["direction"] == "reverse"
        end = demand["source"] if is_reply else demand["destination"]
        if demand["service"] == "twin":
            chosen["sources" if is_reply else "stops"] = pair
            return [chosen]
        if demand["service"] != "own":
            return [chosen]
        (other,) = pair - {end}
        twin = (other, demand["destination"]) if is_reply else (demand["source"], other)
        prefix = {"e1": "10.1.0.0/24", "e3": "10.3.0.0/24"}[other]
        return [
            chosen,
            {
                "sources": {twin[0]},
                "stops": {twin[1]},
                "prefixes": chosen["prefixes"] if is_reply else {prefix},
                "rules": rules.pop(twin, {}),
            },
        ]


def demands_of(manifest, texts):
    """Return (demand, text of its intent, its requests or None)."""
    found = []
    for intent in manifest["intents"]:
        text = texts[intent["name"]]
        service = next((name for name in ("twin", "own") if f"any of {name}" in text), None)
        own = {item["id"]: item | {"service": service, "intent": intent["name"]} for item in intent["demands"]}
        found += [
            (item, text, own.get(name.removesuffix("/reply")) if name.endswith("/reply") else None)
            for name, item in own.items()
        ]
    return found


def singles(topology, kind):
    links = topology.links.values()
    if kind == "link":
        return [{link.id} for link in links]
    if kind == "node":
        return [{name} | {link.id for link in topology.links_of[name]} for name in topology.nodes]
    if kind == "provider":
        names = {link.provider for link in links}
        return [{link.id for link in links if link.provider == name} for name in sorted(names)]
    groups = sorted({name for link in links for name in link.srlgs})
    return [{link.id for link in links if name in link.srlgs} for name in groups] + singles(topology, "link")


def states(topology, under):
    for chosen in product(*(combinations(singles(topology, kind), count) for kind, count in under)):
        down = set().union(*(part for group in chosen for part in group)) if under else set()
        yield frozenset(down)


def promised(item, topology, text):
    """Return the states that a demand is promised (ends excepted), by what is down."""
    kind = text.partition("survive any 1 ")[2].partition(" ")[0]
    if not kind:
        return {}
    named = {"link": "link", "node": "node", "srlg": "srlg"}[kind]
    found = {}
    for link in topology.links if named in {"link", "srlg"} else ():
        found[f"link:{link}"] = frozenset({link})
    if named == "srlg":
        for name in {name for link in topology.links.values() for name in link.srlgs}:
            found[f"srlg:{name}"] = frozenset(l.id for l in topology.links.values() if name in l.srlgs)  # noqa: E741
    if named == "node":
        for name in topology.nodes:
            found[f"node:{name}"] = frozenset({name} | {link.id for link in topology.links_of[name]})
    return {state: down for state, down in found.items() if is_outside(item, topology, down, text) is False}


def is_outside(item, topology, down, text):
    """Failures of the ends, and (`except access`) those that leave an end without a link."""
    sources, stops = {item["source"]}, {item["destination"]}
    replicas = {"e1", "e3"} if "any of" in text else None
    if item["direction"] == "reverse":
        sources, stops = stops, sources
    stops = replicas or stops

    def alone(node):
        live = [link.id for link in topology.links_of[node] if link.state == "up"]
        ends = [link.other(node) for link in topology.links_of[node] if link.state == "up"]
        return bool(live) and all(l in down or e in down for l, e in zip(live, ends, strict=True))  # noqa: E741

    if sources & down or any(alone(node) for node in sources):
        return True
    return all(node in down or alone(node) for node in stops)


def broken(down, paths):
    return any(down & (set(path["path"]) | set(path["links"])) for path in paths)


def loads(topology, manifest, texts, down):
    """Return bps per (link, sender) that is reserved in a state."""
    oracle = Oracle(topology, manifest, down)
    found = {}
    for item, text, requests in demands_of(manifest, texts):
        if not item["bandwidth_bps"]:
            continue
        paths, rate = item["primary"]["paths"], item["bandwidth_bps"]
        ids = [name for name, failed in promised(item, topology, text).items() if failed == down]
        entry = next((x for x in item["states"] if set(x["when"]) & set(ids)), None)
        raised = 9_000_000 if "{ survive any 1 node except access bandwidth 9Mbps }" in text else rate
        if down and ids:
            if entry is not None:
                paths, rate = entry["paths"], raised
            elif set(item["unprotected"]) & set(ids):
                continue
            else:
                rate = max(rate, raised)
        elif down:
            back = oracle.travel(requests, text) if requests else None
            _, _, whole, taken = oracle.travel(item, text, back)
            if not whole or set(taken) != {(tuple(p["path"]), tuple(p["links"])) for p in paths}:
                continue
        for sender, link in {pair for path in paths for pair in zip(path["path"], path["links"], strict=False)}:
            found[link, sender] = found.get((link, sender), 0) + rate
    return found


def utilisation(topology, manifest, texts, down, links):
    reserved = loads(topology, manifest, texts, down)
    worst = 0
    for name in links - down:
        link = topology.links[name]
        for sender, capacity, background in (
            (link.a.node, link.capacity_bps.ab, link.background_bps.ab),
            (link.b.node, link.capacity_bps.ba, link.background_bps.ba),
        ):
            load = reserved.get((name, sender), 0) + background
            worst = max(worst, -(-load * 1_000_000 // capacity))
    return worst


def apart(topology, down, members):
    oracle = Oracle(topology, None, down)
    graph = nx.Graph()
    live = {name for name in oracle.nodes if topology.nodes[name].state == "up"}
    graph.add_nodes_from(live)
    for link in oracle.links.values():
        if not oracle.is_drained(link):
            graph.add_edge(link.a.node, link.b.node)
    found = 0
    for one, other in combinations(sorted(members & live), 2):
        inner = [name for name in live if oracle.passes(name) or name in (one, other)]
        found += not nx.has_path(graph.subgraph(inner), one, other)
    return found


def expected(topology, manifest, texts, at, down):
    """Return the value of the assertion with this number in a state."""
    links = topology.links
    if at == 0:
        return utilisation(topology, manifest, texts, down, set(links))
    if at == 1:
        return utilisation(topology, manifest, texts, down, {x.id for x in links.values() if x.provider == "alpha"})
    if at == 2:
        return apart(topology, down, {"e0", "e1", "e2", "e3"})
    if at == 3:
        return apart(topology, down, set(topology.nodes) - {"e3"})
    oracle = Oracle(topology, manifest, down)
    worst = 0
    abroad = {name for name, node in topology.nodes.items() if node.region == "ch"}
    for item, text, requests in demands_of(manifest, texts):
        meant = {4: "pin region eu" in text, 5: item["intent"] == "i0", 6: item["intent"] in {"i0", "i1"}}[at]
        if not meant:
            continue
        touched, _, whole, paths = oracle.travel(item, text, oracle.travel(requests, text) if requests else None)
        if at == 6:
            worst = max([worst, *(len(path) for _, path in paths)]) if whole else worst
            continue
        banned = {"c0"} | {x.id for x in links.values() if x.provider == "beta"}
        if at == 4:
            banned = abroad | {x.id for x in links.values() if {x.a.node, x.b.node} & abroad}
        worst = max(worst, len(touched & banned))
    return worst


def more_states(topology, manifest, texts, at):
    """Return the states that demands are promised, which count for `no traffic` too."""
    if at not in {4, 5}:
        return set()
    meant = [
        (item, text)
        for item, text, _ in demands_of(manifest, texts)
        if ("pin region eu" in text if at == 4 else item["intent"] == "i0")
    ]
    return {down for item, text in meant for down in promised(item, topology, text).values()}
