"""A chain between two sites of two routers each, on small random networks, against exhaustive search over where its requests begin and end.

One step there and back within one budget, normally and in each promised state, or normally with replies over the same links. Requests may end at either router of the other site, in a failure
state at another one than normally; replies begin there. Devices do SR policies, and nothing is reserved.
"""

import json

import pytest
from support_verify import build
from test_landings_brute import SITES, STAGES, World

SEEDS = 160
FOUND = (
    210,
    347,
    370,
    438,
    440,
    480,
    540,
    579,
    580,
)  # others where requests have to end elsewhere under failure than normally
MIRRORED = (
    244,
    368,
    403,
    429,
    600,
    894,
)  # others where requests have to leave a path that their replies cannot take in time


class ChainWorld(World):
    """A random network with one chain whose requests and replies together take `budget_ms` at most, under failure `after_ms`."""

    def __init__(self, seed):
        super().__init__(seed)
        self.budget_ms = 2 * self.bound_ms - 4
        self.after_ms = None if self.after_ms is None else 2 * self.after_ms - 4

    @property
    def intent(self):
        after = f"failover within 9s {{ survive any 1 link except access latency <= {self.after_ms}ms }}"
        return f"chain x {{ latency <= {self.budget_ms}ms {after if self.after_ms else ''} step s0 -> s1 }}\n"

    def has_placement(self):
        states = [gone for gone in self.wires if self.after_ms and all(self._is_linked(site, gone) for site in SITES)]
        back = {(home, gone): self._least([home], SITES[0], gone) for home in SITES[1] for gone in (None, *states)}
        there = {(start, gone): self._round_trip(start, gone, back) for start in SITES[0] for gone in states}
        return any(self._can_start(start, states, there, back) for start in SITES[0])

    def _least(self, starts, ends, gone):
        return min((ms for *_, ms in self.paths(starts, ends, gone)), default=10**6)

    def _round_trip(self, start, gone, back):
        """Return the least that requests from a router, or the next one where it has no link, and their replies take in a state."""
        paths = self.paths((self.start_in(start, gone),), SITES[1], gone)
        return min((ms + back[nodes[-1], gone] for nodes, _, ms in paths), default=10**6)

    def _can_start(self, start, states, there, back):
        least = min(self.budget_ms, self.after_ms or self.budget_ms)
        for nodes, links, ms in self.paths((start,), SITES[1]):
            for _, reply_links, reply_ms in self.paths((nodes[-1],), SITES[0]):
                after = (
                    there[start, gone]
                    if gone in links
                    else ms + (back[nodes[-1], gone] if gone in reply_links else reply_ms)
                    for gone in states
                )
                if ms + reply_ms <= least and all(each <= self.after_ms for each in after):
                    return True
        return False


class MirrorWorld(ChainWorld):
    """The same where replies take the links of the requests; nothing is promised under failure."""

    def __init__(self, seed):
        super().__init__(seed)
        self.after_ms = None

    @property
    def intent(self):
        return super().intent.replace("{ latency", "{ symmetric latency", 1)

    def has_placement(self):
        return any(self._both_ways(links) <= self.budget_ms for _, links, _ in self.paths(SITES[0], SITES[1]))

    def _both_ways(self, links):
        return sum(there + back for _, _, there, back, _ in map(self.wires.get, links))


def check(world):
    built = build(world.intent, world.topology, STAGES)
    errors = [item["message"] for item in json.loads(built.text)["findings"] if item["severity"] == "error"]
    assert (not errors) is world.has_placement(), (world.intent, errors)
    assert built.prove().findings == ()


@pytest.mark.parametrize("seed", [*range(SEEDS), *FOUND])
def test_a_chain_that_can_end_somewhere_is_placed(seed):
    check(ChainWorld(seed))


@pytest.mark.parametrize("seed", [*range(SEEDS), *MIRRORED])
def test_a_chain_whose_replies_can_take_the_links_of_its_requests_is_placed(seed):
    check(MirrorWorld(seed))
