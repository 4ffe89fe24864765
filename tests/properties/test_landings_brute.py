"""Both directions between two sites of two routers each, on small random networks, against exhaustive search over where requests begin and end.

Replies begin where requests end, in each state. Packets begin at one router of their site, as long as it is up and has a link, and end at either of
the other one; devices do SR policies, and nothing is reserved. What has a placement gets one, what is placed has one.
"""

import json
import random

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

SEEDS = 160
STAGES = tuple(stages_with_all_targets())
SITES = (("a0", "b0"), ("a1", "b1"))
NODES = (*SITES[0], *SITES[1], "c0", "c1", "c2")


class World:
    """A random network with one intent; a wire is (a, b, ms from a to b, ms from b to a)."""

    def __init__(self, seed):
        source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
        pairs = [("c0", "c1"), ("c1", "c2")]
        pairs += [
            (name, source.choice(NODES[4:])) for site in SITES for name in site for _ in range(source.choice([1, 2]))
        ]
        pairs += [tuple(source.sample(NODES, 2)) for _ in range(source.randint(0, 2))]
        self.wires = {
            f"l{at}": (*pair, source.randint(1, 6), source.randint(1, 6), source.choice([5, 10, 20]))
            for at, pair in enumerate(pairs)
        }
        self.is_round_trip = source.random() < 0.3
        self.bound_ms = source.randint(9, 20) if self.is_round_trip else source.randint(5, 11)
        self.after_ms = None if self.is_round_trip or source.random() < 0.3 else self.bound_ms + source.randint(0, 6)

    @property
    def intent(self):
        after = f"failover within 9s {{ survive any 1 link except access latency <= {self.after_ms}ms }}"
        bound = f"latency <= {self.bound_ms}ms {'rtt' if self.is_round_trip else ''}"
        return f"intent x {{ from s0 to s1 match tcp/443 {bound} {after if self.after_ms else ''} }}\n"

    @property
    def topology(self):
        ports = dict.fromkeys(NODES, 0)
        lines = ["name: small", "regions: {de: []}", "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}"]
        lines += ["sites: {s0: {region: de}, s1: {region: de}}", "links:"]
        for name, (a, b, there, back, metric) in self.wires.items():
            lines += [
                f"  - {{id: {name}, a: '{a}:eth{ports[a]}', b: '{b}:eth{ports[b]}', capacity: 100Mbps, mtu: 9000,"
            ]
            lines += [f"     latency: {{ab: {there}ms, ba: {back}ms}}, igp_metric: {metric}}}"]
            ports[a] += 1
            ports[b] += 1
        lines += ["nodes:"]
        for at, name in enumerate(NODES, 1):
            site = next((number for number, names in enumerate(SITES) if name in names), None)
            place = (
                "region: de"
                if site is None
                else f"site: s{site}, attached: [{{prefix: 10.{site}.0.0/24, interface: eth9}}]"
            )
            routing = (
                f"loopback: 10.255.0.{at}/32, segment_routing: {{index: {at}, srgb: [16000, 23999], max_sid_depth: 12}}"
            )
            lines += [f"  {name}: {{{place}, platform: sr-bench, release: '1.0', {routing}}}"]
        return "\n".join(lines) + "\n"

    def paths(self, starts, ends, gone=None):
        """Return all paths that end where they first come to one of `ends`: nodes, links, ms."""
        found, pending = [], [((start,), (), 0) for start in starts]
        while pending:
            nodes, links, ms = pending.pop()
            if nodes[-1] in ends:
                found.append((nodes, links, ms))
                continue
            for name, (a, b, there, back, _) in self.wires.items():
                for here, far, cost in ((a, b, there), (b, a, back)):
                    if name != gone and here == nodes[-1] and far not in nodes:
                        pending.append(((*nodes, far), (*links, name), ms + cost))
        return found

    def landings(self, starts, gone, bound_ms):
        """Return the routers of the other site that packets reach in time without a link."""
        return {nodes[-1] for nodes, _, ms in self.paths(starts, SITES[1], gone) if ms <= bound_ms}

    def homes(self, gone, bound_ms):
        """Return the routers of the other site from which replies come back in time without a link."""
        return {home for home in SITES[1] for *_, ms in self.paths((home,), SITES[0], gone) if ms <= bound_ms}

    def start_in(self, start, gone):
        """Return the router from which packets come, in a state, that come from `start` as long as that has a link."""
        other = SITES[0][start == SITES[0][0]]
        order = [
            name
            for name in (start, other)
            if any(name in wire[:2] for link, wire in self.wires.items() if link != gone)
        ]
        return order[0] if order else None

    def has_placement(self):
        states = [gone for gone in self.wires if self.after_ms and all(self._is_linked(site, gone) for site in SITES)]
        homes = {gone: self.homes(gone, self.after_ms) for gone in states}
        return any(self._can_start(start, states, homes) for start in SITES[0])

    def _can_start(self, start, states, homes):
        for gone in states:
            if not homes[gone] & self.landings((self.start_in(start, gone),), gone, self.after_ms):
                return False
        for nodes, links, ms in self.paths((start,), SITES[1]):
            back = min((each[2] for each in self.paths((nodes[-1],), SITES[0])), default=None)
            if back is None or (ms + back if self.is_round_trip else max(ms, back)) > self.bound_ms:
                continue
            if all(gone in links or nodes[-1] in homes[gone] for gone in states):
                return True
        return False

    def _is_linked(self, site, gone):
        return any(name in wire[:2] for name in site for link, wire in self.wires.items() if link != gone)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_has_a_placement_both_ways_gets_one(seed):
    world = World(seed)
    built = build(world.intent, world.topology, STAGES)
    manifest = json.loads(built.text)
    errors = [item for item in manifest["findings"] if item["severity"] == "error"]
    assert (not errors) is world.has_placement(), (world.intent, errors)
    assert built.prove().findings == ()
