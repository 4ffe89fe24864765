"""Rows over all links say what asking link by link says, whatever happened before."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import CLASSES, MBPS, failed, network, wire
from support_native import needs_kernels

from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.place.book import Claim
from intentc.place.ledger import Ledger
from intentc.place.openness import ASK, UNKNOWN, open_arcs_of
from intentc.place.reservation import Reservation
from intentc.place.sums import PPM

NET = build_network(network([wire("a-b", mbps=100), wire("b-c", mbps=40), wire("c-d", mbps=100)]))
OUTAGES = Outages(NET)
STATES = [OUTAGES.of(failed("link", "b-c")), OUTAGES.of(failed("node", "d")), OUTAGES.of(failed("link", "a-b"))]
ARCS = range(len(NET.head))


def lone(mbps, name="high"):
    return Claim(f"{name}{mbps}", name, mbps * MBPS, mbps * MBPS, is_lone=True)


@st.composite
def reservations(draw):
    name = draw(st.sampled_from(["high", "high", "low", "critical", "background"]))
    arcs = st.frozensets(st.sampled_from(list(ARCS)), max_size=3)
    return Reservation(
        lone(draw(st.integers(0, 60)), name),
        draw(arcs),
        lone(draw(st.integers(0, 60)), name),
        {state: draw(arcs) for state in draw(st.sets(st.sampled_from(STATES)))},
    )


@st.composite
def books(draw):
    """Books that were asked in between, after reservations came and went."""
    items = draw(st.lists(reservations(), max_size=6))
    found = Ledger(NET, CLASSES)
    for item in items:
        found.add(item)
        found.open_to(lone(1), draw(st.sampled_from([NORMAL, *STATES])))
    for index in draw(st.sets(st.integers(0, 5))):
        if index < len(items):
            found.remove(items[index])
    return found


def has_room(found, arc, outage, claim):
    """Whether a claim fits beside what the queues of the others are guaranteed, counted again from what is reserved."""
    capacity, reserved = NET.capacity_bps[arc], found.reserved(arc, outage, claim)
    pages = [found.reserved(arc, at) for at in (NORMAL, *STATES)]
    others = {name: max(page.get(name, 0) for page in pages) for page in pages for name in page}
    others[claim.traffic_class] = reserved[claim.traffic_class]
    need = sum(max(bps, capacity // 100) if name == "background" else bps for name, bps in others.items())
    return need <= capacity and reserved.get("critical", 0) <= capacity * 3 // 10


@settings(max_examples=60, deadline=None)
@given(books(), st.integers(0, 100), st.sampled_from([NORMAL, *STATES]))
def test_a_row_of_open_links_is_what_each_of_them_says(found, mbps, outage):
    claim = lone(mbps)
    row = [*map(found.open_to(claim, outage), ARCS)]
    assert row == [found.shortage(arc, outage, claim) is None for arc in ARCS]
    assert row == [has_room(found, arc, outage, claim) for arc in ARCS]


@settings(max_examples=60, deadline=None)
@given(books(), st.integers(0, 100))
def test_links_that_are_short_in_some_state_are_those_that_are_in_one(found, mbps):
    claim = lone(mbps)
    short = [arc for arc in ARCS if not all(has_room(found, arc, at, claim) for at in (NORMAL, *STATES))]
    assert [*filter(found.short_anywhere(claim), ARCS)] == short
    assert [arc for arc in ARCS if found.has_room_always(arc, claim) and arc in short] == []


@needs_kernels
@settings(max_examples=60, deadline=None)
@given(books(), st.integers(0, 100), st.sampled_from([NORMAL, *STATES]), st.booleans())
def test_a_row_of_bytes_is_what_each_link_says_where_it_says_anything(found, mbps, outage, is_wary):
    claim = lone(mbps)
    row = found.open_row(claim, outage, is_wary=is_wary)
    for arc in ARCS:
        is_told = set(found.reserved(arc)).union(*(found.reserved(arc, state) for state in STATES)) <= {"high", "low"}
        is_open = found.has_room(arc, outage, claim) and not (is_wary and found.is_short_anywhere(arc, claim))
        assert row[arc] == (is_open if is_told else ASK)


@needs_kernels
def test_what_claims_are_in_pools_or_beyond_words_is_asked_for():
    found = Ledger(NET, CLASSES)
    assert found.open_row(lone(1, "critical"), NORMAL, is_wary=False) is None
    large = lone(1 << 62)
    assert found.open_row(large, NORMAL, is_wary=False) == bytes(len(ARCS))
    assert set(found.fills(large).row) == {UNKNOWN}
    assert found.fills(large)(0) == found.utilisation_ppm(0, large)


@settings(max_examples=40, deadline=None)
@given(books(), st.integers(0, 100), st.integers(0, 2 * PPM))
def test_a_level_is_kept_by_the_links_that_are_no_fuller(found, mbps, level):
    claim = lone(mbps)
    fill, everything = found.fills(claim), open_arcs_of(lambda _arc: True, len(ARCS))
    assert [*map(fill, ARCS)] == [found.utilisation_ppm(arc, claim) for arc in ARCS]
    assert [*map(everything.no_fuller(fill, level), ARCS)] == [fill(arc) <= level for arc in ARCS]
    assert fill.between(everything, level // 2, level) == sorted(
        {ppm for ppm in map(fill, ARCS) if level // 2 < ppm < level}
    )


@pytest.mark.parametrize(("claim", "is_outlined"), [(lone(1), True), (lone(1, "critical"), False)])
def test_classes_with_a_share_are_asked_link_by_link(claim, is_outlined):
    assert Ledger(NET, CLASSES).is_outlined(claim) is is_outlined


def test_a_pool_is_asked_link_by_link():
    assert not Ledger(NET, CLASSES).is_outlined(Claim("p", "high", MBPS, MBPS))
