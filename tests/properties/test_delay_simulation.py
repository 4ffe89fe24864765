"""Greedy sources against schedulers, packet by packet: nothing ever waits longer, or in greater number, than the bounds say."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_delay import (
    FRAME,
    MBPS,
    NS,
    Htb,
    Leaf,
    Port,
    Strict,
    greedy,
    net,
    realise,
    sender,
    simulate,
)

from intentc.delay.bounds import bound
from intentc.delay.curves import arrival_of, delay_ns
from intentc.delay.service import End, make_share, services
from intentc.resolve.classes import BUILT_IN

RATE = 100 * MBPS
CLASSES = ("critical", "high", "normal", "low")
WEIGHTS = {"high": 30, "normal": 20, "low": 10, "default": 10}
CAP = 30 * MBPS
UNTIL = 60_000_000  # 60 ms: every burst comes and goes several times
PRIO = {"critical": 1, "high": 2, "normal": 2, "low": 2, "default": 2, "background": 4}
OVER = 3  # the queues of re-marked packets
LOOSENESS = 10


def quantum(name):
    return max(FRAME, WEIGHTS.get(name, 0) * 2400)


def strict_port(bounds, reserved, rate=RATE, prio=OVER):
    """Strict priority, deficit round robin, and behind it what nobody admitted, which is always there."""
    leaves = {name: Leaf(PRIO[name], quantum(name)) for name in reserved}
    leaves["default"] = Leaf(prio, quantum("default"), is_endless=True)
    leaves["background"] = Leaf(PRIO["background"], is_endless=True)
    return Port(rate, leaves, Strict(leaves))


def plain_port(bounds, reserved, rate=RATE):
    """The same with `default` in its turn among the classes that keep to their rate."""
    return strict_port(bounds, reserved, rate, PRIO["default"])


def htb_port(bounds, reserved, rate=RATE):
    """The tree of targets/frr: a leaf per class with its guarantee and burst, one more for what is re-marked."""
    leaves = {}
    for name, bps in reserved.items():
        ceil = CAP * rate // RATE if name == "critical" else rate
        burst = max(2 * FRAME, bps // 1000, bounds[name].burst_bytes * 8)
        leaves[name] = Leaf(PRIO[name], quantum(name), bps, ceil, burst, max(2 * FRAME, ceil // 1000, burst))
        if name != "critical":
            leaves[f"over {name}"] = Leaf(OVER, quantum(name), 8000, rate, is_endless=True)
    leaves["default"] = Leaf(PRIO["default"], quantum("default"), 8000, rate, is_endless=True)
    leaves["background"] = Leaf(PRIO["background"], FRAME, rate // 100, rate, is_endless=True)
    return Port(rate, leaves, Htb(leaves, rate))


PORTS = {"strict and round robin": strict_port, "htb": htb_port}
demands = st.lists(
    st.tuples(
        st.sampled_from(CLASSES),
        st.integers(1, 9),  # Mbps: all together fit, and the strict ones within their cap
        st.integers(1, 12),  # packets at once
        st.integers(0, 300_000),  # starts, ns
        st.sampled_from([FRAME, FRAME // 2, FRAME // 3]),
    ),
    min_size=1,
    max_size=8,
)


def run(make, items, starts):
    """Return bounds and what was seen, by class, on one hop that all demands share."""
    placed, packets, reserved, strict = [], [], {}, 0
    for number, (name, mbps, frames, start, bits) in enumerate(items):
        strict += mbps if name == "critical" else 0
        if name == "critical" and strict > 30:
            continue
        placed.append(sender(f"d{number}", "a L b", mbps=mbps, burst=frames * 1500, traffic_class=name))
        packets += greedy(name, mbps * MBPS, frames * 1500, ["p"], UNTIL, start=start, bits=bits)
        reserved[name] = reserved.get(name, 0) + mbps * MBPS
    found = bound(realise(net("L:a-b"), *placed)).queues
    bounds = {name: found["L", "a", name] for name in reserved}
    port = make(bounds, reserved)
    port.starts = starts
    simulate({"p": port}, packets, UNTIL)
    return bounds, port.seen


@pytest.mark.parametrize("make", PORTS.values(), ids=PORTS)
@settings(max_examples=40, deadline=None)
@given(items=demands, starts=st.integers(0, 300_000))
def test_one_hop_never_exceeds_its_bounds(make, items, starts):
    bounds, seen = run(make, items, starts)
    for name, found in seen.items():
        assert bounds[name].basis == "proved"
        assert found.delay <= bounds[name].delay_ns, name
        assert found.backlog <= bounds[name].backlog_bytes * 8, name
        assert found.backlog <= bounds[name].limit_bytes * 8, name


@settings(max_examples=60, deadline=None)
@given(items=demands, starts=st.integers(0, 300_000))
def test_taking_turns_protects_from_whatever_the_others_send(items, starts):
    """The bound by turns alone holds where one class is never empty and no shaper holds it back."""
    items = [item for item in items if item[0] != "critical"] or [("high", 1, 1, 0, FRAME)]
    _, seen = run(plain_port, items, starts)
    for name, found in seen.items():
        rates = [(mbps * MBPS, frames * FRAME * NS) for other, mbps, frames, _, _ in items if other == name]
        shares = {
            each: make_share(BUILT_IN[each], RATE, 0, is_held=True) for each in {*(i[0] for i in items), "default"}
        }
        turns = services(End(RATE, 1500, RATE, None, shares), name, None, {})[1]
        limit = delay_ns(arrival_of(*zip(*rates, strict=True), [(0, 0)] * len(rates)), turns)
        assert limit is None or found.delay <= limit


@pytest.mark.parametrize("make", PORTS.values(), ids=PORTS)
@pytest.mark.parametrize("name", CLASSES)
@pytest.mark.parametrize("frames", [2, 10, 40])
def test_one_hop_comes_near_its_bound(make, name, frames):
    """All bursts at once, behind a packet that has just begun."""
    items = [(each, 5, frames, 1000, FRAME) for each in CLASSES]
    bounds, seen = run(make, items, 0)
    assert seen[name].delay * LOOSENESS >= bounds[name].delay_ns


RING = {"A": "a A b", "B": "b B c", "C": "c C d", "D": "d D a"}


def ring(seed):
    """Demands that run one to three links round a ring, each queue with traffic of its own and of those before."""
    chance = random.Random(seed)  # noqa: S311  (tests draw repeatable networks, no secrets)
    links = "ABCD"
    nodes = "abcd"
    found = []
    for number in range(8):
        first, count = chance.randrange(4), chance.randint(1, 3)
        route = [links[(first + step) % 4] for step in range(count)]
        path = nodes[first] + "".join(f" {name} {nodes[(links.index(name) + 1) % 4]}" for name in route)
        found.append((f"d{number}", path, route, chance.randint(1, 5), chance.randint(1, 8), chance.randrange(200_000)))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("name", ["critical", "high"])
def test_a_ring_never_exceeds_its_bounds(name, seed):
    topology = net("A:a-b", "B:b-c", "C:c-d", "D:d-a")
    items = ring(seed)
    placed = [
        sender(key, path, mbps=mbps / 2, burst=frames * 1500, traffic_class=name)
        for key, path, _, mbps, frames, _ in items
    ]
    found = bound(realise(topology, *placed)).queues
    at = dict(zip("ABCD", "abcd", strict=True))
    ports = {link: strict_port({}, {name: 0}) for link in at if (link, at[link], name) in found}
    for port in ports.values():
        port.starts = 0
    packets = [
        packet
        for _, _, route, mbps, frames, start in items
        for packet in greedy(name, mbps * MBPS // 2, frames * 1500, route, UNTIL, start=start)
    ]
    simulate(ports, packets, UNTIL)
    for link, port in ports.items():
        limit = found[link, at[link], name]
        assert limit.basis == "proved"
        assert port.seen[name].delay <= limit.delay_ns
        assert port.seen[name].backlog <= limit.backlog_bytes * 8


@settings(max_examples=60, deadline=None)
@given(items=demands, more=st.integers(1, 20), index=st.integers(0, 7))
def test_more_burst_never_shortens_a_delay(items, more, index):
    placed = [
        sender(f"d{number}", "a L b", mbps=mbps / 3, burst=frames * 1500, traffic_class=name)
        for number, (name, mbps, frames, _, _) in enumerate(items)
    ]
    grown = list(placed)
    which = index % len(items)
    name, mbps, frames, _, _ = items[which]
    grown[which] = sender(f"d{which}", "a L b", mbps=mbps / 3, burst=(frames + more) * 1500, traffic_class=name)
    before, after = (bound(realise(net("L:a-b"), *each)).queues for each in (placed, grown))
    assert all(before[key].delay_ns <= after[key].delay_ns for key in before)


@settings(max_examples=60, deadline=None)
@given(items=demands, mbps=st.integers(1, 5))
def test_another_strict_demand_shortens_nobody_elses_delay(items, mbps):
    placed = [
        sender(f"d{number}", "a L b", mbps=rate / 3, burst=frames * 1500, traffic_class=name)
        for number, (name, rate, frames, _, _) in enumerate(items)
    ]
    more = [*placed, sender("more", "a L b", mbps=mbps)]
    before, after = (bound(realise(net("L:a-b"), *each)).queues for each in (placed, more))
    assert all(before[key].delay_ns <= after[key].delay_ns for key in before)
