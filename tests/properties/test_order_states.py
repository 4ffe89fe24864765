"""An order that was found keeps every promise in every state, each followed by itself: all parts of all groups, there and back."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st
from support_order import device, fence, fleet, mark, net, queues, steer

from intentc.manifest.elements import NOTHING
from intentc.order.device import Device
from intentc.order.order import find_order
from intentc.order.promises import find_promises
from intentc.order.walk import Walker
from intentc.plan.model import Order, StageName
from intentc.verify.igp import Routing

NET = net("ab:2/10 bz:1/10 ad:1/10 dz:1/30 bd:1/10 be:1/10 ez:3/10 de:1/20")
PORTS = (1, 2)


def rules(draw, name, by):
    others = [other for other in "bde" if other != name]
    return [
        steer(draw(st.sampled_from(others)), by=port, port=number, closed=draw(st.booleans()))
        for port in by
        for number in PORTS
        if draw(st.booleans())
    ]


@st.composite
def networks(draw):
    """Return the configurations of a network: a marks and steers, b and d pass on, some ports are fenced or have queues."""
    dscp = draw(st.sampled_from([34, 46]))
    marks = [mark(port=number, name=f"c{dscp}", dscp=dscp) for number in PORTS if draw(st.booleans())]
    made = [
        device(
            "a",
            marking=marks,
            steering=rules(draw, "a", ("lan",)),
            fences=[fence(draw(st.sampled_from("bd")), port=1)] if draw(st.integers(0, 3)) == 0 else [],
        )
    ]
    for name, by in (("b", ("to-a", "to-d")), ("d", ("to-a", "to-b"))):
        port = queues("z", *(f"c{code}={code}" for code in (34, 46) if draw(st.booleans())))
        made.append(device(name, steering=rules(draw, name, by), queueing=[port]))
    return fleet(*made)


def parts(group):
    return chain.from_iterable(combinations(group, size) for size in range(len(group) + 1))


def states(order, old):
    """Yield every state on the way there, and on the way back from wherever it ends, but where the plan says what may be lost."""
    versions = {node: [old[node], *(config for _, config in stages)] for node, stages in order.stages.items()}
    said = " ".join(order.notes)
    for at, stage in enumerate(StageName, start=1):
        ends = list(moving(versions, order.groups[stage], at - 1, at))
        yield from ends
        if f"the middle of the stage `{stage}`" in said:
            ends = [{node: own[at] for node, own in versions.items()}]
        if f"after the stage `{stage}`" not in said:
            yield from chain.from_iterable(going_back(order, old, standing) for standing in ends)


def going_back(order, old, standing):
    done = set()
    for group in order.back:
        for part in parts(group):
            yield {node: old[node] if node in done or node in part else own for node, own in standing.items()}
        done |= set(group)


def moving(versions, groups, start, end):
    moved = {node for group in groups for node in group}
    done = set(versions) - moved  # the same before and after
    for group in groups:
        for part in parts(group):
            yield {node: own[end if node in done or node in part else start] for node, own in versions.items()}
        done |= set(group)


@given(networks(), networks())
@settings(max_examples=60, deadline=None)
def test_every_state_of_an_order_keeps_every_promise(old, new):
    order = find_order(old, new, NET)
    if not isinstance(order, Order):
        assert order.code == "E0840"
        return
    walker = Walker(NET, Routing(NET, NOTHING))
    before = {node: Device(config) for node, config in old.items()}
    after = {node: Device(config) for node, config in new.items()}
    promises = find_promises(walker, before, after, new)
    for state in states(order, old):
        devices = {**before, **{node: Device(config) for node, config in state.items()}}
        for promise in promises:
            trace = walker.walk(promise.packet, promise.entrance, devices)
            assert not promise.flaw(trace, NET)
            for path in trace.paths:
                for node, link in zip(path.nodes, path.links, strict=False):
                    allowed = promise.queues.get(((node, link), path.dscp))
                    own = devices.get(node)
                    port = walker.port(node, link)
                    assert allowed is None or own is None or own.queue(port, path.dscp) in allowed
