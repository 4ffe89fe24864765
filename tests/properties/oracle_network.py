"""What the network of a program does in any state: routing by relaxation, packets hop by hop, failures by enumeration."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from ipaddress import ip_network
from itertools import combinations, product

from oracle_programs import is_inside

LAST_RESORT = {"isis": 16_777_214, "ospf": 65_535}
MOST_PATHS = 64
WHOLE_PPM = 1_000_000
NOTHING = frozenset()


class Network:
    """A net in all states. A state is the set of names of nodes and links that are down (links of failed nodes included)."""

    def __init__(self, net):
        self.net = net
        self._towards, self._holders = {}, {}
        self.risks = {name: self._inherited(name)[0] for name in net.wires}
        self.crossed = {name: self._inherited(name)[1] for name in net.wires}
        self.kinds = {kind: self._singles(kind) for kind in ("link", "node", "srlg", "provider", "site")}

    def _inherited(self, name):
        """Return the risks and regions of a link; a tunnel adds those of what it runs over, with the regions at their ends."""
        wire = self.net.wires[name]
        risks, regions = set(wire.srlgs), set(wire.crosses)
        for low in (
            wire.over if all(low in self.net.wires for low in wire.over) else ()
        ):  # an algorithm may not see them
            below, carrier = self._inherited(low), self.net.wires[low]
            risks |= below[0] or {low}
            regions |= below[1] | {self.net.routers[end].region for end in (carrier.a, carrier.b)}
        return risks, regions

    # -- elements and states -------------------------------------------------------------------------------------------

    def down(self, nodes, links):
        """Return the state in which these fail."""
        gone = {wire.name for wire in self.net.wires.values() if {wire.a, wire.b} & set(nodes)} | set(links)
        while more := {wire.name for wire in self.net.wires.values() if gone & set(wire.over)} - gone:
            gone |= more
        return frozenset({*nodes, *gone})

    def _singles(self, kind):
        wires = self.net.wires.values()
        found = {}
        if kind in ("link", "srlg"):
            found |= {f"link:{wire.name}": self.down((), (wire.name,)) for wire in wires}
        if kind == "srlg":
            risks = sorted({risk for wire in wires for risk in self.risks[wire.name]})
            found |= {f"srlg:{risk}": self.down((), self.named("srlg", risk)) for risk in risks}
        if kind == "node":
            found = {f"node:{name}": self.down((name,), ()) for name in self.net.routers}
        if kind == "provider":
            names = sorted({wire.provider for wire in wires})
            found = {f"provider:{x}": self.down((), [w.name for w in wires if w.provider == x]) for x in names}
        if kind == "site":
            sites = sorted({node.site for node in self.net.routers.values() if node.site})
            found = {f"site:{site}": self.down(self.at(site), ()) for site in sites}
        return found

    def at(self, site):
        """Return the names of the nodes of a site."""
        return [node.name for node in self.net.routers.values() if node.site == site]

    def is_cut(self, node, state):
        """Return whether a node that is up has lost all the links that it had."""
        links = {wire.name for wire in self.net.wires_of(node) if wire.state == "up"}
        return node not in state and bool(links) and links <= state

    def combined(self, parts, *, or_fewer=False):
        """Return every state in which so many of each kind fail together, by id."""
        choices = []
        for kind, count in parts:
            single = sorted(self.kinds[kind].items())
            counts = range(count + 1) if or_fewer else (count,)
            choices.append([chosen for each in counts for chosen in combinations(single, each)])
        found = {}
        for groups in product(*choices):
            chosen = dict(item for group in groups for item in group)
            if chosen:
                found["+".join(sorted(chosen))] = frozenset().union(*chosen.values())
        return found

    def meaning(self, name):
        """Return what is down in the state of this id, None for an id that names none."""
        known = {**self.kinds["srlg"], **self.kinds["node"], **self.kinds["provider"], **self.kinds["site"]}
        parts = name.split("+")
        return frozenset().union(*(known[part] for part in parts)) if all(part in known for part in parts) else None

    def carried_by(self, link, sender):
        """Yield (link, sender, bytes around packets) of all that packets cross which a node sends into a tunnel."""
        wire, here = self.net.wires[link], sender
        for name in wire.over if sender == wire.a else reversed(wire.over):
            yield name, here, wire.overhead
            yield from ((*low, around + wire.overhead) for *low, around in self.carried_by(name, here))
            here = self.net.wires[name].other(here)

    def is_drained(self, wire):
        ends = self.net.routers[wire.a].state, self.net.routers[wire.b].state
        return "drained" in (wire.state, *ends)

    def passes(self, name):
        node = self.net.routers[name]
        return node.is_transit and node.state == "up"

    # -- the IGP -------------------------------------------------------------------------------------------------------

    def _arcs(self, state):
        for wire in self.net.wires.values():
            if wire.name not in state:
                yield wire, wire.a, wire.b
                yield wire, wire.b, wire.a

    def _metric(self, wire, near):
        igp = self.net.igp
        if self.is_drained(wire) or (igp == "ospf" and not self.passes(near)):
            return LAST_RESORT[igp]
        return wire.metric[wire.side(near)]

    def _may_enter(self, far, targets):
        return far in targets or self.net.igp == "ospf" or self.passes(far)

    def distances(self, state, targets):
        """Return each node's distance to the nearest target: relaxed until nothing changes."""
        key = state, targets
        if key not in self._towards:
            found = {name: 0 for name in targets if name not in state}
            is_moving = True
            while is_moving:
                is_moving = False
                for wire, near, far in self._arcs(state):
                    if far in found and self._may_enter(far, targets):
                        length = self._metric(wire, near) + found[far]
                        if length < found.get(near, length + 1):
                            found[near], is_moving = length, True
            self._towards[key] = found
        return self._towards[key]

    def hops(self, state, here, targets):
        """Return (link, next node) of all shortest ways."""
        far_off = self.distances(state, targets)
        return [
            (wire.name, far)
            for wire, near, far in self._arcs(state)
            if near == here
            and far in far_off
            and self._may_enter(far, targets)
            and self._metric(wire, near) + far_off[far] == far_off.get(here)
        ]

    def holders(self, state, prefix):
        """Return the live nodes with the longest prefix around this one."""
        if prefix not in self._holders:
            wanted, found = ip_network(prefix), []
            for node in self.net.routers.values():
                own = [ip_network(text) for text in node.prefixes]
                found += [(held.prefixlen, node.name) for held in own if wanted.subnet_of(held)]
            self._holders[prefix] = found
        live = [(length, name) for length, name in self._holders[prefix] if name not in state]
        return frozenset(name for length, name in live if length == max(live)[0])

    # -- packets -------------------------------------------------------------------------------------------------------

    def target(self, state, place, rules, kind):
        """Return towards which nodes packets are carried at a place (node, ingress), None where a rule drops them."""
        here = place[0]
        waypoints, is_closed = rules.get(place, ((), False))
        for waypoint in waypoints:
            if waypoint != here and here in self.distances(state, frozenset({waypoint})):
                return frozenset({waypoint})
        return None if is_closed else kind

    def fly(self, state, start, prefixes, rules, fenced):
        """Return where packets to some prefixes go: {(nodes, links): share}, or None where some of them are lost."""
        kinds = {self.holders(state, prefix) for prefix in prefixes}
        if start in state or not all(kinds):
            return None
        found = Counter()
        for kind in kinds:
            pending = [((start,), (), Fraction(1, len(kinds)))]
            while pending:
                nodes, links, share = pending.pop()
                if nodes[-1] in kind:
                    found[nodes, links] += share
                    continue
                hops = self._leave(state, (nodes, links), rules, kind)
                if not hops or fenced & {link for link, _ in hops}:
                    return None
                pending += [((*nodes, far), (*links, link), share / len(hops)) for link, far in hops]
                if len(pending) + len(found) > MOST_PATHS:
                    return None
        return dict(found)

    def _leave(self, state, taken, rules, kind):
        nodes, links = taken
        places = list(zip(nodes, (None, *links), strict=True))
        if places[-1] in places[:-1]:
            return []
        target = self.target(state, places[-1], rules, kind)
        return [] if target is None else self.hops(state, nodes[-1], target)

    def touched(self, state, start, prefixes, rules, fenced):
        """Return (nodes and links that packets come to, where they end, whether all arrive, links of the longest path)."""
        if start in state:
            return set(), set(), False, 0
        met, ends, is_whole, longest = {start}, set(), True, 0
        for prefix in prefixes:
            kind = self.holders(state, prefix)
            pending = [((start,), ())]
            seen = set()
            while pending:
                nodes, links = pending.pop()
                if nodes[-1] in kind:
                    ends.add(nodes[-1])
                    longest = max(longest, len(links))
                    continue
                place = (nodes[-1], links[-1] if links else None)
                if place in zip(nodes[:-1], (None, *links), strict=False):
                    is_whole = False
                    continue
                target = self.target(state, place, rules, kind)
                hops = [] if target is None else self.hops(state, place[0], target)
                kept = [hop for hop in hops if hop[0] not in fenced]
                is_whole = is_whole and bool(kept) and len(kept) == len(hops)
                met |= {name for hop in kept for name in hop}
                fresh = [hop for hop in kept if (nodes, hop) not in seen]
                seen |= {(nodes, hop) for hop in fresh}
                pending += [((*nodes, far), (*links, link)) for link, far in fresh]
        return met, ends, is_whole, longest

    # -- what clauses forbid -------------------------------------------------------------------------------------------

    def named(self, kind, name):
        """Return the elements that `avoid` or `via` mean."""
        routers, wires = self.net.routers.values(), self.net.wires.values()
        match kind:
            case "node" | "link":
                return {name}
            case "srlg":
                return {wire.name for wire in wires if name in (self.risks[wire.name] or {wire.name})}
            case "provider":
                return {wire.name for wire in wires if wire.provider == name}
            case "region":
                nodes = {node.name for node in routers if is_inside(node.region, name)}
                crossed = {w.name for w in wires if any(is_inside(x, name) for x in self.crossed[w.name])}
                return nodes | crossed | {w.name for w in wires if {w.a, w.b} & nodes}
        raise ValueError(kind)

    def banned(self, talk):
        """Return the elements that a talk must not touch."""
        routers, wires = self.net.routers.values(), self.net.wires.values()
        found = set().union(*(self.named(kind, name) for kind, name in talk.avoid))
        if talk.pin:
            outside = {x.name for x in routers if not any(is_inside(x.region, region) for region in talk.pin)}
            found |= outside | {wire.name for wire in wires if {wire.a, wire.b} & outside}
            found |= {
                w.name for w in wires if not all(any(is_inside(x, r) for r in talk.pin) for x in self.crossed[w.name])
            }
        if talk.is_encrypted:
            found |= {wire.name for wire in wires if not wire.is_encrypted}
        return found

    def fenced(self, banned, ends):
        """Return the links that packets never enter; `ends`: the nodes at which all of them end."""
        found = {w.name for w in self.net.wires.values() if {w.name, w.a, w.b} & banned}
        is_growing = True
        while is_growing:
            is_growing = False
            for node in self.net.routers.values():
                own = {wire.name for wire in self.net.wires_of(node.name)}
                if node.platform == "none" and node.name not in ends and own & found and not own <= found:
                    found |= own
                    is_growing = True
        return frozenset(found)


def shares_ppm(shares):
    """Return exact shares as parts per million: rounded down, what is missing to the largest remainders, then the first."""
    exact = {path: share * WHOLE_PPM for path, share in shares.items()}
    whole = {path: int(value) for path, value in exact.items()}
    order = sorted(exact, key=lambda path: (whole[path] - exact[path], path))
    for path in order[: WHOLE_PPM - sum(whole.values())]:
        whole[path] += 1
    return whole
