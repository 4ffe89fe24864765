"""Where classes share by weights: nobody gets less than the bounds count on, by the weights that each target really writes."""

import importlib
import random
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from oracle_packets import Flow, Port, Simulation
from oracle_packets import Queue as Seen
from packet_attacks import Target, climb
from support_delay import FRAME, MBPS, net, realise, sender
from support_targets import all_targets, stages_with_all_targets
from support_verify import build
from test_delay_packets import draw

from intentc.delay.bounds import bound
from intentc.delay.service import End, even_bps, make_share, recipes
from intentc.ir.model import Origin, PortQueueing, Queue
from intentc.render.render import load_code
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import Scheduling, TrafficClass
from intentc.targetkit.link_shares import do_guarantees_fit, shares, strict_caps
from intentc.values import replace

GOLD = TrafficClass("gold", 2, 26, 0, Scheduling.SHARE, 0, 250_000_000, "medium", False, False, None)
KNOWN = {**BUILT_IN, "gold": GOLD}
WEIGHTED = ("high", "normal", "low", "default", "background", "gold")


def code(target, module):
    load_code(all_targets()[target])
    return importlib.import_module(f"intentc_target_{target}.{module}")


def srlinux(port):
    return code("srlinux", "queueing")._weights(port)


def openconfig(port):
    return code("openconfig", "queueing")._weights(port)


def junos(port):
    return code("junos", "queueing")._parts(port)


def percents(port):
    """Of IOS XE, and of IOS XR where egress policies see traffic classes."""
    return shares(port, strict_caps(port)) if do_guarantees_fit(port) else None


def eos(port):
    queueing, member = code("eos", "queueing"), code("eos", "classes").Member
    own = tuple(
        member(queue.traffic_class, number, queue.dscps, (), (), queue.scheduling == "strict")
        for number, queue in enumerate(port.queues)
    )
    if len(own) > 6 or queueing.spare_bps(port, own) < 0:
        return None
    found = queueing.shares(port, own)
    return {one.name: found[one.number] for one in own if not one.is_strict}


TARGETS = {one.__name__: one for one in (srlinux, openconfig, junos, percents, eos)}


@st.composite
def ports(draw):
    """A link's end, the names of who is always full there, and the port as targets have it: with classes that only other states bring."""
    line = draw(st.sampled_from([10, 100, 1000, 10_000])) * MBPS
    here = ["default", *draw(st.lists(st.sampled_from(WEIGHTED[:3] + WEIGHTED[4:]), unique=True))]
    strict = draw(st.sampled_from([(), ("critical",)]))
    more = [name for name in WEIGHTED if name not in here and draw(st.booleans())]
    left, reserved = line * draw(st.sampled_from([20, 60, 95])) // 100, {}
    for name in (*strict, *here):
        if name not in {"default", "background", "gold"}:
            reserved[name] = draw(st.integers(0, min(left, line * 3 // 10) if name in strict else left))
            left -= reserved[name]
    full = {"default", *(name for name in here if draw(st.integers(0, 3)) == 0)}
    rate = line - draw(st.sampled_from([0, 0, line // 20]))
    used = {
        name: make_share(KNOWN[name], line, reserved.get(name, 0), is_held=name not in full)
        for name in (*strict, *here)
    }
    end = End(rate, 1500, line, None, used, even_bps(KNOWN.values(), line, rate, reserved))
    queues = [_queue(KNOWN[name], line, reserved.get(name, 0)) for name in (*strict, *here, *more)]
    return end, full, PortQueueing("p", "L", line, 1500, tuple(queues), Origin((), ()))


def _queue(own, line, reserved):
    share = make_share(own, line, reserved, is_held=True)
    cap = line * own.share_ppb // 10**9 if own.scheduling in {Scheduling.STRICT, Scheduling.SHARE} else line
    return Queue(own.name, (own.dscp,), own.scheduling.value, share.guarantee_bps, cap, own.weight, 64_000, False)


@pytest.mark.parametrize("weights_of", TARGETS.values(), ids=TARGETS)
@settings(max_examples=150, deadline=None)
@given(found=ports())
def test_no_weight_is_less_than_what_is_counted_on(weights_of, found):
    """Strict and held classes take what is theirs in the long run, all others are never empty: the rest is divided by weight."""
    end, full, port = found
    assume(not end.is_tight)
    weights = weights_of(port)
    assume(weights is not None)
    for name, share in end.shares.items():
        if share.is_strict:
            continue
        left = end.rate_bps - sum(x.takes_bps for other, x in end.shares.items() if other != name and other not in full)
        rivals = sum(weights[other] for other in full - {name})
        if weights_of is junos and any(x.own.over_dscp not in {None, x.own.dscp} for x in end.shares.values()):
            rivals += end.line_bps // 100  # what is above its rate has a queue of its own there
        for recipe in recipes(end, name, None)[:1]:
            assert recipe.rate_bps <= Fraction(left * weights[name], weights[name] + rivals)


LINE, UNTIL = 100 * MBPS, 40_000_000
demands = st.lists(
    st.tuples(
        st.sampled_from(("critical", "high", "normal", "low")),
        st.integers(1, 9),  # Mbps
        st.integers(1, 12),  # packets at once
        st.integers(0, 300_000),  # starts, ns
        st.sampled_from([FRAME, FRAME // 2, FRAME // 3]),
    ),
    min_size=1,
    max_size=6,
)


def run(weights_of, items, full):
    """Return, by class, the bounds where classes share, those where guarantees come first, and the longest that a packet took."""
    placed = [
        sender(f"d{number}", "a L b", mbps=mbps, burst=frames * 1500, traffic_class=name)
        for number, (name, mbps, frames, *_) in enumerate(items)
    ]
    placed += [sender(name, "a L b", mbps=0, traffic_class=name) for name in full]
    topology = net("L:a-b")
    found, first = (
        bound(realise(replace(topology, sharers=frozenset(x)), *placed, classes=KNOWN)).queues for x in ("a", "")
    )
    reserved = {name: sum(mbps for each, mbps, *_ in items if each == name) * MBPS for name, *_ in items}
    names = sorted({*reserved, *full, "default"})
    weights = weights_of(
        PortQueueing(
            "p", "L", LINE, 1500, tuple(_queue(KNOWN[x], LINE, reserved.get(x, 0)) for x in names), Origin((), ())
        )
    )
    turns = {name: max(FRAME, KNOWN[name].weight * 2400) for name in reserved if name != "critical"}
    scale = min((Fraction(turn) / weights[name] for name, turn in turns.items()), default=Fraction(FRAME))
    queues = {
        name: Seen("strict" if name == "critical" else "turns", max(1, int(weights.get(name, 0) * scale)), 10**9)
        for name in names
    }
    sent = [
        Flow(str(number), name, mbps * MBPS, frames * FRAME, bits, start, None, bits, UNTIL, (("p",),))
        for number, (name, mbps, frames, start, bits) in enumerate(items)
    ]
    sent += [Flow(name, name, LINE, 20 * FRAME, FRAME, 0, None, FRAME, UNTIL, (("p",),)) for name in {*full, "default"}]
    Simulation({"p": Port(LINE, 0, FRAME, queues, 200_000)}, sent)
    return {name: (found["L", "a", name], first["L", "a", name], queues[name]) for name in reserved}


@pytest.mark.parametrize("weights_of", TARGETS.values(), ids=TARGETS)
@settings(max_examples=30, deadline=None)
@given(items=demands, full=st.sets(st.sampled_from(["background", "gold"])))
def test_no_packet_is_later_than_its_bound(weights_of, items, full):
    for name, (shared, _, seen) in run(weights_of, items, full).items():
        assert seen.slowest <= shared.delay_ns
        assert shared.basis == ("proved" if name == "critical" else "assumed")
        if shared.delay_ns < 50_000_000:
            assert seen.fullest <= 8 * max(shared.backlog_bytes, shared.limit_bytes)


def attacked(seed, weights_of, platform):
    """Return a random program over routers that share links by the weights of a target, and how near attacks came to its bounds."""
    net_text, program = draw(seed)
    shared = net_text.replace('platform: frr, release: "8.4"', f'platform: {platform}, release: "1.0"')
    target, chance = Target(build(program, shared, stages_with_all_targets())), random.Random(seed)  # noqa: S311
    loads, links = target.loads, target.links
    for link, node in target.ends:
        is_ab = links[link].is_ab(node)
        line, by_class = (
            links[link].capacity_bps.towards(is_ab=is_ab),
            loads[link].worst_by_class if link in loads else {},
        )
        names = sorted({"default", *(name for *end, name in target.queues if tuple(end) == (link, node))})
        queues = tuple(
            _queue(target.classes[x], line, by_class[x].towards(is_ab=is_ab) if x in by_class else 0) for x in names
        )
        weights = weights_of(PortQueueing("p", link, line, 1500, queues, Origin((), ())))
        own = {x: Fraction(max(FRAME, target.classes[x].weight * 2400)) for x in weights if x != "default"}
        scale = min((turn / weights[x] for x, turn in own.items()), default=Fraction(FRAME))
        target.turns[link, node] = {x: max(1, int(weight * scale)) for x, weight in weights.items()}
    found = {}
    for state in ("", *chance.sample(target.states, min(2, len(target.states)))):
        target.enter(state)
        if target.buckets:
            for key, value in climb(target, chance, 12).items():
                found[key] = max(value, found.get(key, 0))
    return found, target


@pytest.fixture(scope="module")
def whole():
    """What was seen ÷ promised of the bounds of classes that take turns, by seed, where they share and where guarantees come first."""
    found = {}
    for seed in range(12):
        for platform in ("sr-share", "sr-bench"):
            seen, target = attacked(seed, (openconfig, srlinux)[seed % 2], platform)
            turning = {key: value for key, value in seen.items() if target.kind(key) == "turns"}
            found[seed, platform] = seen, turning, {target.queues[key[1]].basis for key in turning if key[0] == "delay"}
    return found


def test_no_attack_on_a_whole_program_exceeds_a_bound(whole):
    shared = {seed: found for (seed, platform), found in whole.items() if platform == "sr-share"}
    assert not {(seed, key): value for seed, (seen, *_) in shared.items() for key, value in seen.items() if value > 1}
    assert set().union(*(bases for *_, bases in shared.values())) == {"assumed"}
    assert max(value for _, turning, _ in shared.values() for value in turning.values()) > 0.6


def test_bounds_for_guarantees_that_come_first_are_exceeded_there(whole):
    beyond = [
        seed
        for (seed, platform), (_, turning, _) in whole.items()
        if platform == "sr-bench" and max(turning.values(), default=0) > 1
    ]
    assert len(beyond) > 3


@pytest.mark.parametrize("weights_of", TARGETS.values(), ids=TARGETS)
def test_where_guarantees_are_shares_a_packet_may_be_later_than_where_they_come_first(weights_of):
    (shared, first, seen), *_ = run(weights_of, [("low", 2, 40, 100_000, FRAME)], set()).values()
    assert first.delay_ns < seen.slowest <= shared.delay_ns
    assert seen.slowest > shared.delay_ns * 2 // 3  # and the bound is not far from that
