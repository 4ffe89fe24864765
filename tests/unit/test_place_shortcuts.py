"""Ways that the placement cuts short: each says what the long way says."""

from collections import deque
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import CLASSES, MBPS, every_link, failed, network, wire

from intentc.forwarding.igp import Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.walk import Packets, Trail, Walk, walk
from intentc.place import potentials
from intentc.place.book import Claim
from intentc.place.bottleneck import least_fill
from intentc.place.check import is_tight, tight_arcs
from intentc.place.ledger import Ledger
from intentc.place.parts import weighed_parts
from intentc.place.potentials import Guides
from intentc.place.reach import free_quest
from intentc.place.reconverged import Reconverged, settle_plain
from intentc.place.reservation import Reservation
from intentc.place.roles import Ends
from intentc.topology.model import Directional
from intentc.values import replace

LINKS = ["a-b", "b-c", "c-d", "d-e", "a-e", "b-e"]
TOPOLOGY = network([wire(name, mbps=100, igp_metric=Directional(3 + 2 * at, 4)) for at, name in enumerate(LINKS)])
NET = build_network(TOPOLOGY)
OUTAGES = Outages(NET)
STATES = [OUTAGES.of(state) for state in (*every_link(TOPOLOGY), failed("node", "c"))]
ARCS = range(len(NET.head))
FILLS = st.lists(st.integers(0, 9), min_size=len(ARCS), max_size=len(ARCS))


def claim(number, mbps, name="high"):
    return Claim(str(number), name, mbps * MBPS, mbps * MBPS, is_lone=True)


@st.composite
def books(draw):
    """Books with reservations of pools of their own, of two classes that share links and one that has a cap."""
    found = Ledger(NET, CLASSES)
    for number in range(draw(st.integers(0, 6))):
        name = draw(st.sampled_from(["high", "high", "normal", "critical"]))
        normal, after = (claim(number, draw(st.integers(0, 60)), name) for _ in range(2))
        states = {
            state: tuple(draw(st.sets(st.sampled_from(ARCS)))) for state in draw(st.sets(st.sampled_from(STATES)))
        }
        found.add(Reservation(normal, frozenset(draw(st.sets(st.sampled_from(ARCS)))), after, states))
    return found


def test_guides_that_are_asked_for_stay_while_others_go(monkeypatch):
    monkeypatch.setattr(potentials, "_FEW_GUIDES", 4)
    monkeypatch.setattr(potentials, "_MOST_PLACES", 0)
    guides, ends = Guides(Igp(NET)), [frozenset({node}) for node in range(5)]
    kept = guides.by_metric(ends[0], ends[0], ())
    for end in ends[1:]:
        guides.by_metric(end, end, ())
        assert guides.by_metric(ends[0], ends[0], ()) is kept
        assert len(guides._known) <= 4
    assert [list(row) for row in guides.by_metric(ends[1], ends[1], ()).cost] == [
        list(row) for row in Guides(Igp(NET)).by_metric(ends[1], ends[1], ()).cost
    ]


@settings(max_examples=80, deadline=None)
@given(books(), st.integers(0, 60), st.lists(st.integers(0, 5), min_size=3, max_size=3))
def test_arcs_are_tight_that_are_so_claim_by_claim(ledger, mbps, labels):
    wanted, arcs = claim("new", mbps), tuple(ARCS[:3])
    for own in (tuple(labels), ()):
        taken = Walk(0, (Trail(arcs, Fraction(1), own),), {}, 0, None)
        parts = weighed_parts(NET, taken, wanted)
        some, tight = tight_arcs(NET, ledger, taken, wanted)
        assert list(tight) == ledger.tight_among(arcs, wanted, parts)
        assert [some.get(arc) for arc in tight] == [parts.get(arc) for arc in tight]
        assert is_tight(NET, ledger, taken, wanted) or not tight
        assert is_tight(NET, ledger, taken, claim("new", 1000))


@settings(max_examples=80, deadline=None)
@given(books(), st.integers(0, 100))
def test_room_that_is_told_for_all_states_at_once_is_that_of_each(ledger, mbps):
    wanted = claim("new", mbps)
    for arc in ARCS:
        rooms = ledger.rooms(arc, wanted)
        if rooms is not None:
            told = {state: rooms.is_enough is not (state in rooms.unlike) for state in STATES}
            assert told == {state: ledger.has_room(arc, state, wanted) for state in STATES}
        else:
            assert any(name == "critical" for name in ledger.reserved(arc)) or ledger.states_at(arc)


@settings(max_examples=80, deadline=None)
@given(books(), st.integers(0, 100), st.sets(st.sampled_from(ARCS)))
def test_a_clash_beyond_a_path_is_one_that_the_entered_path_has(ledger, mbps, arcs):
    wanted, own = claim("new", mbps), NET.mask_of(0, arcs)
    found = ledger.clash_beyond(arcs, own, wanted)
    beyond = [state for state in STATES if not state.mask & own]
    is_summed = not any("critical" in ledger.reserved(arc, state) for arc in arcs for state in (NORMAL, *STATES))
    fits_normally = all(ledger.has_room(arc, NORMAL, wanted) for arc in arcs)
    fits = all(ledger.has_room(arc, state, wanted) for arc in arcs for state in beyond)
    item = Reservation(wanted, frozenset(arcs), wanted, {state: () for state in STATES if state.mask & own})
    ledger.add(item)
    clashes = {(lack.arc, lack.outage): lack for lack in ledger.shortages(item)}
    if found is not None:
        assert found.outage in beyond
        # what the claim lacks; once it is entered, what some class lacks most, next to guarantees that it has made larger
        assert clashes[found.arc, found.outage].missing_bps >= found.missing_bps > 0
    elif is_summed and fits_normally:
        assert fits


def paths(node, target, seen=()):
    if node == target:
        yield ()
        return
    for arc in NET.leaving[node]:
        if NET.head[arc] not in (*seen, node):
            yield from ((arc, *rest) for rest in paths(NET.head[arc], target, (*seen, node)))


@settings(max_examples=80, deadline=None)
@given(FILLS, st.sets(st.sampled_from(ARCS)), st.integers(0, 9), st.integers(0, 4), st.integers(0, 4))
def test_the_least_fill_is_that_of_the_widest_way(fills, closed, floor, start, target):
    context = SimpleNamespace(network=NET, guides=Guides(Igp(NET)))
    targets = frozenset({target})
    terms = SimpleNamespace(group=SimpleNamespace(targets=targets, stops=targets), outage=NORMAL)
    found = least_fill(context, terms, start, lambda arc: arc not in closed, fill=fills.__getitem__, floor=floor)
    ways = (way for way in paths(start, target) if not closed.intersection(way))
    assert found == min((max((floor, *(fills[arc] for arc in way))) for way in ways), default=None)


@pytest.mark.parametrize("target", range(5))
@pytest.mark.parametrize("fence", [None, 1])
def test_the_igp_goes_as_it_is_walked(target, fence):
    igp, targets = Igp(NET), frozenset({target})
    packets = Packets((targets,), frozenset() if fence is None else frozenset({fence}), is_fail_closed=False)
    for start in range(5):
        task = SimpleNamespace(fences=packets.fences)
        walks = Reconverged(igp, task, SimpleNamespace(addresses=(targets,), accepted=targets), start)
        for state in STATES:
            found, walked = walks.walk(state), walk(igp, packets, {}, start, state)
            if found is not None:
                assert found == walked or (found.is_like(walked) and dict(found.decisions) == dict(walked.decisions))
            else:
                is_end = not state.nodes.isdisjoint({start, target})
                assert is_end or walked.fault is not None


def test_states_are_taken_as_long_as_they_are_right():
    igp, targets = Igp(NET), frozenset({2})
    group = SimpleNamespace(addresses=(targets,), accepted=targets)
    walks = Reconverged(igp, SimpleNamespace(fences=frozenset()), group, 0)
    normal = walk(igp, Packets((targets,), frozenset(), is_fail_closed=False), {}, 0, NORMAL)
    own = NET.mask_of(0, normal.arcs)
    touched = [state for state in STATES if state.mask & own and not state.nodes]
    kept = []
    pending = deque(touched)
    settle_plain(walks, pending, normal, lambda state, taken: kept.append((state, taken)) or len(kept) < 2)
    assert list(pending) == touched[1:]  # the second one was not right
    assert [state for state, _ in kept] == touched[:2]
    whole = next(state for state in STATES if not state.mask & own)
    pending = deque([whole])
    settle_plain(walks, pending, normal, lambda *_: True)
    assert list(pending) == [whole]  # packets go as normally


def test_what_is_left_in_a_network_is_not_taken_from_one_that_was_changed():
    """What asks whether a fact matters searches a network without it; later searches are of the network as it is."""
    changed = replace(NET, propagation_ns=(0,) * len(ARCS))
    guides, task, ends = Guides(Igp(NET)), SimpleNamespace(ahead=None, via=()), frozenset({2})
    terms = SimpleNamespace(group=SimpleNamespace(targets=ends, stops=ends), task=task, outage=NORMAL)
    asked = [
        free_quest(
            SimpleNamespace(network=net, guides=guides, single_steps=(), single_arcs=b""), terms, Ends(0, 0), bool
        )
        for net in (changed, NET)
    ]
    assert asked[0].guide is None
    assert [quest.floor(0) > 1 for quest in asked] == [False, True]
