"""The books: pools, states, shares; the quick answer never differs from the exact one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import CLASSES, MBPS, failed, network, wire

from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.place.book import Claim
from intentc.place.ledger import Ledger
from intentc.place.openness import ASK
from intentc.place.reservation import Reservation
from intentc.values import replace

NET = build_network(network([wire("a-b", mbps=100), wire("b-c", mbps=100), wire("c-d", mbps=100)]))
OUTAGES = Outages(NET)
S1, S2 = OUTAGES.of(failed("link", "b-c")), OUTAGES.of(failed("node", "d"))
AB, BC = 0, 2


def claim(mbps, *, pool="p", name="high", limit=None):
    return Claim(pool, name, mbps * MBPS, (mbps if limit is None else limit) * MBPS)


def reservation(normal, arcs=(AB,), failed=None, states=None):
    return Reservation(
        normal, frozenset(arcs), failed or normal, {key: frozenset(of) for key, of in (states or {}).items()}
    )


def ledger(*reservations):
    books = Ledger(NET, CLASSES)
    for item in reservations:
        books.add(item)
    return books


def labelled(normal, failed, labels, after, *, is_by_arc):
    """Claims on a-b and b-c, and on b-c alone in one state, with labels: told by their number, or by arc as with tunnels."""
    parts = {NORMAL: labels, S2: after}
    arcs, states, packet = (AB, BC), {S1: (AB,), S2: (BC,)}, 100
    if is_by_arc:
        by_arc = [
            {arc: of.with_labels(count, packet) for arc, count in zip(on, counts, strict=True)}
            for of, on, counts in ((normal, arcs, labels), (failed, states[S2], after))
        ]
        return Reservation(normal, arcs, failed, states, dict(zip(parts, by_arc, strict=True)), (), (), packet)
    own = [tuple(of.with_labels(count, packet).own_bps for count in range(4)) for of in (normal, failed)]
    return Reservation(normal, arcs, failed, states, parts, *own, packet)


@pytest.mark.parametrize("is_lone", [True, False])
def test_labels_told_by_their_number_weigh_as_those_told_by_arc(is_lone):
    rate = replace(claim(30, limit=40), is_lone=is_lone)
    kinds = [labelled(rate, replace(rate, rate_bps=20 * MBPS), (2, 0), (3,), is_by_arc=kind) for kind in (True, False)]
    books = [ledger(reservation(claim(7)), kind, reservation(claim(20))) for kind in kinds]
    for arc in (AB, BC):
        assert list(books[0].rows(arc)) == list(books[1].rows(arc))
        for state in (NORMAL, S1, S2):
            assert books[0].reserved(arc, state) == books[1].reserved(arc, state)
            assert kinds[0].claim_bps(arc, state, "high") == kinds[1].claim_bps(arc, state, "high")
    assert kinds[1].claim_on(AB).rate_bps == 32_400_000  # two labels are 8 % of 100 bytes
    assert kinds[1].claim_bps(BC, S2, None) == 22_400_000
    assert kinds[1].claim_bps(AB, S2, None) == kinds[1].claim_bps(AB, NORMAL, "low") == 0
    assert sorted(each.rate_bps for each in kinds[1].each_part()) == [22_400_000, 32_400_000]
    for of, kind in zip(books, kinds, strict=True):
        of.remove(kind)
    assert list(books[0].rows(BC)) == list(books[1].rows(BC)) == list(ledger().rows(BC))


def test_pools_add_up():
    books = ledger(reservation(claim(30, pool="p")), reservation(claim(20, pool="q")))
    assert books.reserved(AB) == {"high": 50 * MBPS}
    assert books.reserved(BC) == {}


def test_a_pool_reserves_no_more_than_its_limit():
    books = ledger(*(reservation(claim(30, limit=40)) for _ in range(2)))
    assert books.reserved(AB) == {"high": 40 * MBPS}


def test_what_goes_elsewhere_is_gone_in_that_state_only():
    books = ledger(reservation(claim(30), states={S2: ()}))
    assert (books.reserved(AB), books.reserved(AB, S2)) == ({"high": 30 * MBPS}, {})


def test_what_goes_another_way_claims_its_failover_rate():
    books = ledger(reservation(claim(30), failed=claim(10), states={S2: (BC,)}))
    assert (books.reserved(BC), books.reserved(BC, S2)) == ({}, {"high": 10 * MBPS})


def test_a_pool_of_moved_and_unmoved_members_keeps_the_larger_limit():
    books = ledger(
        reservation(claim(30, limit=40)),
        reservation(claim(30, limit=40), failed=claim(20, limit=20), states={S2: (AB,)}),
    )
    assert books.reserved(AB, S2) == {"high": 40 * MBPS}
    both = ledger(*(reservation(claim(30, limit=40), failed=claim(20, limit=25), states={S2: (AB,)}) for _ in range(2)))
    assert both.reserved(AB, S2) == {"high": 25 * MBPS}


def test_a_further_claim_counts_with_its_pool():
    books = ledger(reservation(claim(30, limit=40)))
    assert books.reserved(AB, NORMAL, claim(30, limit=40)) == {"high": 40 * MBPS}
    assert books.reserved(AB, NORMAL, claim(30, pool="q")) == {"high": 60 * MBPS}


def test_classes_that_only_use_a_link_are_there_with_nothing():
    books = ledger(reservation(claim(0, name="background")))
    assert books.reserved(AB) == {"background": 0}


@pytest.mark.parametrize(
    ("name", "mbps", "missing"),
    [
        ("high", 100, None),
        ("high", 101, (1, None)),
        ("critical", 30, None),
        ("critical", 31, (1, "critical")),
        ("fixed", 20, None),
        ("fixed", 25, (5, "fixed")),
        ("background", 100, None),
    ],
)
def test_what_one_class_may_have(name, mbps, missing):
    found = ledger().shortage(AB, NORMAL, claim(mbps, name=name))
    assert (found and (found.missing_bps // MBPS, found.traffic_class)) == missing


def test_removing_leaves_nothing():
    item = reservation(claim(30, limit=40), failed=claim(20), states={S1: (AB, BC), S2: ()})
    books = ledger(item)
    books.remove(item)
    assert (books.used_arcs(), books.reserved(AB), books.reserved(AB, S1), books.states_at(AB)) == ([], {}, {}, ())


def test_shortages_of_states_are_found():
    first = reservation(claim(60, pool="p"), arcs=(AB,), states={S2: (BC,)})
    second = reservation(claim(60, pool="q"), arcs=(BC,))
    books = ledger(first, second)
    (found,) = books.shortages(second)
    assert (found.arc, found.outage, found.missing_bps) == (BC, S2, 20 * MBPS)
    assert books.is_short_anywhere(BC, claim(40, pool="r"))
    assert books.shortage(BC, NORMAL, claim(40, pool="r")) is None


@st.composite
def histories(draw):
    items = []
    for _ in range(draw(st.integers(1, 6))):
        pool = draw(st.sampled_from("pqr"))
        name = {"p": "high", "q": "critical", "r": "background"}[pool]
        rate, limit = draw(st.integers(0, 60)), draw(st.sampled_from([20, 60]))
        up = {S1: [AB], S2: [AB, BC]}
        states = {
            state: draw(st.sets(st.sampled_from(up[state]))) for state in draw(st.sets(st.sampled_from([S1, S2])))
        }
        items.append(
            reservation(
                claim(rate, pool=pool, name=name, limit=limit),
                draw(st.sets(st.sampled_from([AB, BC]))),
                claim(draw(st.integers(0, 60)), pool=pool, name=name, limit=draw(st.sampled_from([20, 60]))),
                states,
            )
        )
    return items, draw(st.lists(st.sampled_from(range(len(items))), unique=True))


def plain(items, arc, outage):
    """Reservations by class, counted again from the claims."""
    pools = {}
    for item in items:
        moved = item.states.get(outage)
        if moved is None and arc in item.arcs:
            pools.setdefault((item.normal.traffic_class, item.normal.pool), []).append(item.normal)
        elif moved is not None and arc in moved:
            pools.setdefault((item.normal.traffic_class, item.normal.pool), []).append(item.failed)
    found = {}
    for (name, _), claims in pools.items():
        whole = min(sum(item.rate_bps for item in claims), max(item.limit_bps for item in claims))
        found[name] = found.get(name, 0) + whole
    return found


@settings(max_examples=120, deadline=None)
@given(histories())
def test_the_books_are_right_after_any_history(case):
    items, removed = case
    books = ledger()
    for item in items:
        books.add(item)
        assert_rows(books)
    for index in removed:
        books.remove(items[index])
        assert_rows(books)
    left = [item for index, item in enumerate(items) if index not in removed]
    for arc in (AB, BC):
        for outage in (NORMAL, S1, S2):
            if arc >> 1 not in outage.links:
                assert books.reserved(arc, outage) == plain(left, arc, outage)
        fuller = [outage for outage in (NORMAL, S1, S2) if arc >> 1 not in outage.links]
        pages = [plain(left, arc, outage) for outage in fuller]
        assert any(books.shortage(arc, outage) for outage in fuller) == is_too_full(pages)


def assert_rows(books):
    """All arcs at once are told the same as each by itself, whatever was told of the books as they were before, and whoever wrote on that."""
    for mbps in (20, 20, 90):
        lone = replace(claim(mbps, pool="x"), is_lone=True)
        for outage in (NORMAL, S1):
            row, wary = (books.open_row(lone, outage, is_wary=is_wary) for is_wary in (False, True))
            for arc in range(len(NET.head) if row is not None else 0):
                room = books.has_room(arc, outage, lone)
                assert row[arc] in (ASK, room)
                assert wary[arc] in (ASK, room and not books.is_short_anywhere(arc, lone))
                row[arc] = wary[arc] = ASK


def is_too_full(pages):
    """Whether 100 Mbps are too little for queues that are guaranteed what each class reserves in the worst of some states."""
    worst = {name: max(page.get(name, 0) for page in pages) for page in pages for name in page}
    need = sum(max(bps, MBPS) if name == "background" else bps for name, bps in worst.items())
    return need > 100 * MBPS or worst.get("critical", 0) > 30 * MBPS


def test_what_a_queue_is_guaranteed_for_one_failure_is_not_there_for_another_class_in_the_next():
    """Queues have one configuration for all states: 60 Mbps of one class in one state leave 40 to others in all of them."""
    books = ledger(reservation(claim(60, pool="p", name="high"), arcs=(AB,), states={S2: (BC,)}))
    assert books.shortage(BC, NORMAL, claim(40, pool="q", name="low")) is None
    found = books.shortage(BC, NORMAL, claim(41, pool="q", name="low"))
    assert (found.outage, found.missing_bps, found.traffic_class) == (NORMAL, MBPS, None)
    assert books.left_bps(BC, "low") == 40 * MBPS
    assert books.left_bps(BC, "high") == 100 * MBPS  # of its own queue it has all, while nothing is there
    assert books.left_bps(BC, "high", S2) == 40 * MBPS


def test_a_guarantee_is_given_back():
    moved = reservation(claim(60, pool="p"), arcs=(AB,), states={S2: (BC,)})
    books = ledger(moved, reservation(claim(30, pool="r"), arcs=(AB,), states={S2: (BC,)}))
    books.remove(moved)
    assert books.left_bps(BC, "low") == 70 * MBPS


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_what_is_left_in_all_states_at_once_is_what_is_left_in_each(name):
    items = [
        reservation(claim(30, pool="p"), failed=claim(10, pool="p"), states={S2: (BC,)}),
        reservation(
            claim(20, pool="q", name=name), arcs=(AB, BC), failed=claim(5, pool="q", name=name), states={S1: ()}
        ),
    ]
    books = ledger(*items)
    for arc in range(len(NET.head)):
        found = books.lefts(arc, name)
        assert found is not None
        normally, unlike = found
        for state in (NORMAL, S1, S2):
            assert unlike.get(state, normally) == books.left_bps(arc, name, state)
