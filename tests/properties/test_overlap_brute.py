"""One intent from or to a site whose two routers have overlapping prefixes, against exhaustive search, address by address.

Of each address the search knows by itself which routers have the longest prefix around it, which states are promised then, and whether there
is a path in each. What is placed says so for the packets of that address, once; what is called impossible has no path in the state named.
"""

import copy
import ipaddress
import json
from functools import cache

import pytest
from support_verify import build
from test_survival_brute import CUT_OFF, NOT_PROVED, PROVED, STAGES, World, errors

SEEDS = 60
ADDRESSES = ("10.2.0.1", "10.2.1.1", "10.2.1.129", "10.2.2.0", "10.2.3.255")
SHAPES = (
    (("10.2.0.0/22",), ("10.2.1.0/24",)),
    (("10.2.0.0/22", "10.2.1.0/24"), ("10.2.1.0/24",)),
    (("10.2.0.0/22",), ("10.2.0.0/22", "10.2.1.0/24")),
    (("10.2.0.0/22", "10.2.1.128/25"), ("10.2.1.0/24",)),
    (("10.2.0.0/22", "10.2.2.0/23"), ("10.2.1.0/24",)),
)


class Overlapping(World):
    """A random network with a site of two routers with overlapping prefixes, at one end of the intent."""

    def __init__(self, seed):
        super().__init__(seed)
        others = [name for name in self.nodes if name not in self.starts]
        self.stops = (*self.stops, *(name for name in others if name not in self.stops))[:2]
        self.region |= dict.fromkeys(self.stops, "de")
        self.held = dict(zip(self.stops, SHAPES[seed % len(SHAPES)], strict=True))
        self.is_source = seed % 3 == 0

    @property
    def topology(self):
        text = super().topology.replace("site: dst2", "site: dst1")
        lines = text.splitlines(keepends=True)
        for name, prefixes in self.held.items():
            at = next(at for at, line in enumerate(lines) if line.startswith(f"  {name}: "))
            lines[at] = lines[at].replace("[10.2.0.0/24]", f"[{', '.join(prefixes)}]")
        return "".join(lines)

    @property
    def intent(self):
        ends = "from site dst1 to site src" if self.is_source else "from site src to site dst1"
        return "intent x {" + super().intent.partition("{")[2].partition("{")[2].replace(
            "from site src to any of api", ends
        )

    def holders(self, address):
        """Return the routers of the site that have the longest prefix around an address."""
        around = [
            (ipaddress.ip_network(prefix).prefixlen, name)
            for name, prefixes in self.held.items()
            for prefix in prefixes
            if ipaddress.ip_address(address) in ipaddress.ip_network(prefix)
        ]
        return tuple(sorted(name for length, name in around if length == max(around)[0]))

    def of(self, address):
        """Return the same network with the traffic of one address of that site alone."""
        found = copy.copy(self)
        own = self.holders(address)
        found.label = "+".join(own)
        found.starts, found.stops = (own, self.starts) if self.is_source else (self.starts, own)
        return found


def promised(given):
    """Return the states that a promise speaks of: none that takes all routers of an end or, with `except access`, all their links."""
    return {
        name: down
        for name, down in given.states.items()
        if not (
            set(given.stops) <= down or set(given.starts) <= down or (given.is_except_access and is_cut(given, down))
        )
    }


def is_cut(given, down):
    left = [{a, b} for wire, (a, b, *_) in given.wires.items() if not (down | given.drained) & {wire, a, b}]
    return any(all(router not in ends for router in own for ends in left) for own in (given.starts, given.stops))


@cache
def world(seed):
    given = Overlapping(seed)
    found = build(given.intent, given.topology, STAGES)
    return given, json.loads(found.text), found.codes() - {"E0578"}  # no configuration was asked for


def demands_of(given, whole, address):
    """Return the demands with packets of an address."""
    side = "source" if given.is_source else "destination"
    return [
        demand
        for demand in whole["intents"][0]["demands"]
        if any(ipaddress.ip_address(address) in ipaddress.ip_network(flow[side]) for flow in demand["match"])
    ]


def check(seed):
    """Return what is wrong, None where all agree."""
    given, whole, proved = world(seed)
    (intent,), found = whole["intents"], errors(whole)
    codes = {item["code"] for item in found}
    if proved or not codes <= PROVED | NOT_PROVED | {CUT_OFF}:
        return f"the prover: {sorted(proved)}, findings: {sorted(codes)}"
    for address in ADDRESSES:
        wrong = _check_address(given.of(address), intent, demands_of(given, whole, address))
        if wrong is not None:
            return f"{address}: {wrong}"
    return None


def _check_address(given, intent, demands):
    possible = {name: given.has_path(down, is_failed=bool(name), queueing=0) for name, down in promised(given).items()}
    if intent["status"] == "placed":
        if len(demands) != 1:
            return f"in {len(demands)} demands"
        ends = {(path["path"][0], path["path"][-1]) for path in paths_of(demands[0])}
        if not all(start in given.starts and stop in given.stops for start, stop in ends):
            return f"carried between {sorted(ends)}"
        missed = [name for name, is_there in possible.items() if not is_there]
        return f"placed, and yet no path in {missed}" if missed else None
    for item in intent["refused"]:
        down = given.states.get(item["state"] or "")
        queueing = (item["certificate"] or {}).get("queueing", 0)
        is_own = part_of(item["demand"], given) == given.label
        is_claimed = item["finding"] in PROVED and is_own
        if is_claimed and (down is None or given.has_path(down, is_failed=bool(item["state"]), queueing=queueing)):
            return f"{item['finding']} in {item['state']}, where there is a path"
    return None


def part_of(key, given):
    """Return the routers that a demand's name says something hangs on."""
    source, _, destination = key.removeprefix("x/").partition(">")
    return (source if given.is_source else destination).partition("@")[2]


def paths_of(demand):
    yield from demand["primary"]["paths"]
    for state in demand["states"]:
        yield from state["paths"]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_brute_force_agrees(seed):
    assert check(seed) is None


def test_the_random_networks_are_worth_it():
    found = [world(seed) for seed in range(SEEDS)]
    placed = [given for given, whole, _ in found if whole["intents"][0]["status"] == "placed"]
    assert len(placed) > SEEDS // 5
    assert {given.held[given.stops[0]] for given in placed} == {shape for shape, _ in SHAPES}
    assert {given.is_source for given in placed} == {True, False}
    assert sum(bool(given.promise) for given in placed) > SEEDS // 10
    refused = [whole["intents"][0]["refused"] for _, whole, _ in found]
    assert any(item["finding"] in PROVED for items in refused for item in items)
