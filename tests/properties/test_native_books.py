"""The kernel of the books against its twin: any sequence of reservations that come and go, members of pools, copies in between."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import CLASSES, network, wire
from support_native import needs_kernels

from intentc.forwarding.network import build_network
from intentc.native import compiled
from intentc.place.book import Claim
from intentc.place.ledger import Ledger
from intentc.place.reservation import Reservation
from intentc.place.sums import Sums, make_sums

pytestmark = needs_kernels

CAPACITY, BACKGROUND = [1000, 4000, 4000, 2000, 9000, 2000], [0, 0, 300, 0, 0, 5000]
CAPACITY = [rate + 1024 for rate in CAPACITY]
SHARING, TUNNELS = [True, True, False], [4]
DOWN = {"s1": [0], "s2": [1, 2], "s3": [], "s4": [0, 1, 2], **{f"t{number}": [number % 3] for number in range(9)}}
NUMBERS = {state: number for number, state in enumerate(DOWN, start=1)}
ARCS = st.sampled_from(range(len(CAPACITY)))
RATES = st.integers(0, 900) | st.just(0)
QUESTIONS = st.tuples(ARCS, st.sampled_from(range(3)), st.integers(-1, len(DOWN)), RATES | st.just(1 << 70))


def claim(bps):
    return Claim("p", "high", bps, bps, is_lone=True)


def both():
    pair = [kind(CAPACITY, BACKGROUND, SHARING, TUNNELS) for kind in (compiled("books").Sums, Sums)]
    for sums in pair:
        for links in DOWN.values():
            sums.add_state(links)
    return pair


@st.composite
def reservations(draw):
    """The arguments of `enter` but for the sign: claims of the normal and of failure states, some arcs with parts."""
    states = {
        state: tuple(draw(st.sets(ARCS, max_size=4)))
        for state in draw(st.lists(st.sampled_from(sorted(DOWN)), unique=True))
    }
    if len(states) > 1 and draw(st.booleans()):  # several states leave the same path
        states[max(states)] = states[min(states)]
    arcs = tuple(draw(st.sets(ARCS, max_size=4)))
    if draw(st.booleans()):  # nothing is claimed in many states, mostly the last ones
        gone = draw(st.permutations(sorted(DOWN)))[: draw(st.integers(3, len(DOWN)))]
        states = {state: there for state, there in states.items() if state not in gone}
        states |= dict.fromkeys(gone, ())
    parts = {state: draw(parts_on(there)) for state, there in states.items() if draw(st.booleans())}
    return draw(WHOLES), draw(WHOLES), arcs, states, NUMBERS, parts, draw(st.none() | parts_on(arcs))


WHOLES = st.tuples(st.sampled_from([0, 0, 0, 1, 1, 2]), RATES, st.tuples(RATES, RATES, RATES))


def parts_on(arcs):
    """What is claimed by arc, or the labels on each arc."""
    labels = st.tuples(*[st.integers(0, 2)] * len(arcs))
    return st.dictionaries(ARCS, RATES.map(claim), max_size=2) | labels


def steps():
    """What is done: a reservation comes, one of those there goes, a member of a pool comes, a copy is taken."""
    pool = st.tuples(ARCS, st.sampled_from(range(3)), st.integers(0, len(DOWN)), RATES, st.sampled_from([1, -1]))
    return st.lists(
        st.tuples(st.just("enter"), reservations())
        | st.tuples(st.just("leave"), st.integers(0, 5))
        | st.tuples(st.just("pool"), pool)
        | st.tuples(st.just("copy"), st.booleans())
        | st.tuples(st.just("told"), st.booleans()),
        max_size=14,
    )


def done(pair, todo):
    """Do it in both; return them."""
    there = []
    for step, of in todo:
        if step == "enter":
            there.append(of)
            assert [sums.enter(*of, 1) for sums in pair] == [True, True]
        elif step == "leave" and of < len(there):
            gone = there.pop(of)
            assert [sums.enter(*gone, -1) for sums in pair] == [True, True]
        elif step == "pool":
            arc, name, state, bps, sign = of
            for sums in pair:
                assert sums.weigh(bps, 1)
                sums.post(arc, name, bps, 1) if state == 0 else sums.move(arc, name, state, sign * bps, sign)
        elif step == "copy":
            copies = [sums.copy() for sums in pair]
            for sums in pair if of else copies:  # the others are not changed by it
                sums.enter((0, 77, ()), (0, 78, ()), frozenset({0, 1}), {"s3": (2,)}, NUMBERS, {}, None, 1)
            pair = copies if of else pair
        elif step == "told":
            for sums in pair:
                sums.is_told = of
    return pair


def said(sums):
    """All that stands in the books."""
    found = [[open_to(sums, state, bps) for state, bps in [(0, 0), (0, 800), (1, 0), (1, 800)]]]
    found += [sums.used_arcs(), sums.fullest_ppm()]
    for arc in range(len(CAPACITY)):
        found += [
            sums.states(arc),
            sorted(sums.rows(arc)),
            sums.peaks(arc),
            worst(sums, arc),
            sums.left(arc),
            sums.used_bps(arc),
        ]
        found += [sums.is_empty(arc), *(sums.reserved(arc, state) for state in range(-1, len(DOWN) + 1))]
    return found


def open_to(sums, state, bps):
    """By class and arc, whether so much more fits in a state; a kernel tells it of all arcs at once, but for those below which there are others."""
    found = [[sums.fits(arc, name, state, bps) for arc in range(len(CAPACITY))] for name in range(3)]
    if not isinstance(sums, Sums):
        for name, row in enumerate(found):
            told = [-1 if arc in TUNNELS else fits for arc, fits in enumerate(row)]
            assert list(sums.fitting(name, state, bps, False)) == [2 if fits == -1 else fits for fits in told]
            always = [fits and bps <= sums.left(arc) if fits == 1 else fits for arc, fits in enumerate(told)]
            assert list(sums.fitting(name, state, bps, True)) == [2 if fits == -1 else fits for fits in always]
    return found


def lefts(sums):
    return [sums.left(arc) for arc in range(len(CAPACITY))]


def worst(sums, arc):
    grown_bps, states = sums.grown(arc)
    assert grown_bps == max(
        [
            0,
            *(
                sum(sums.reserved(arc, at).values()) - sum(sums.reserved(arc, 0).values())
                for at in range(1, len(DOWN) + 1)
            ),
        ]
    )
    return grown_bps, sorted(states)


@settings(max_examples=150, deadline=None)
@given(steps(), st.lists(QUESTIONS, max_size=6))
def test_the_books_say_what_those_of_the_twin_say(todo, questions):
    kernel, twin = done(both(), todo)
    assert said(kernel) == said(twin)
    for arc, name, state, bps in questions:
        asked = [
            (
                sums.fits(arc, name, state, bps),
                sums.holds(arc, state),
                sums.over(arc, name, bps),
                sums.unlike(arc, name, bps),
                sums.tight([arc, 0, 4], bps),
                sums.utilisation_ppm(arc, bps),
            )
            for sums in (kernel, twin)
        ]
        assert asked[0] == asked[1]


@settings(max_examples=60, deadline=None)
@given(steps())
def test_what_is_carried_over_into_sums_of_any_size_is_all_there(todo):
    kernel, twin = done(both(), todo)
    wide = Sums(CAPACITY, BACKGROUND, SHARING, TUNNELS)
    for links in DOWN.values():
        wide.add_state(links)
    assert said(wide.load(kernel)) == said(twin)


@settings(max_examples=60, deadline=None)
@given(st.lists(reservations(), max_size=4))
def test_what_came_and_went_leaves_nothing(items):
    sums, _ = both()
    for item in items:
        sums.enter(*item, 1)
    for item in items:
        sums.enter(*item, -1)
    assert said(sums) == said(both()[0])


def test_a_claim_that_is_gone_in_many_states_takes_one_entry():
    """What comes and goes in turn, and in any order; a copy has its own."""
    sums, twin = both()
    gone = {f"u{number}": () for number in range(1000)}
    numbers = {state: len(DOWN) + 1 + number for number, state in enumerate(gone)}
    for books in (sums, twin):
        for number in range(1000):
            books.add_state([number % 2])
        for sign in (1, -1):  # what a plan takes is kept
            books.enter((0, 1, ()), (0, 1, ()), (0, 1, 5), {}, numbers, {}, None, sign)
    empty = sums.__sizeof__()
    claims = [((0, 5 + number, ()), (0, 5 + number, ()), (0, 1, 5), gone, numbers, {}, None) for number in range(6)]
    for item in claims:
        for books in (sums, twin):
            assert books.enter(*item, 1)
    assert sums.__sizeof__() - empty < 10_000
    assert said(sums) == said(twin)
    other = sums.copy()
    for item in reversed(claims):
        other.enter(*item, -1)
    assert [other.is_empty(arc) for arc in range(len(CAPACITY))] == [True] * len(CAPACITY)
    assert said(sums) == said(twin)
    for item in claims:
        for books in (sums, twin):
            books.enter(*item, -1)
        assert said(sums) == said(twin)


def test_arcs_to_which_the_same_happens_share_a_list_of_states():
    """Of claims that go another way in a thousand states; what takes one of their arcs down is in the same list."""
    sums, twin = both()
    numbers = {f"u{number}": len(DOWN) + 1 + number for number in range(1000)}
    for books in (sums, twin):
        for number in range(1000):
            books.add_state([number % 2])
    ways = dict.fromkeys(numbers, (4, 5))
    claims = [((0, bps, ()), (0, bps, ()), (0, 1, 2), ways, numbers, {}, None) for bps in (50, 500, 5)]
    for sign in (1, -1):  # what a plan takes is kept
        sums.enter(*claims[0], sign)
    empty = sums.__sizeof__()
    for item in claims:
        assert all(books.enter(*item, 1) for books in (sums, twin))
    assert sums.__sizeof__() - empty < 10_000  # 15 rows of a thousand states
    assert all(sums.rows(arc) == twin.rows(arc) for arc in range(len(CAPACITY)))
    for item in (claims[1], claims[0], claims[2]):
        assert all(books.enter(*item, -1) for books in (sums, twin))
        assert all(sums.rows(arc) == twin.rows(arc) for arc in range(len(CAPACITY)))
        assert lefts(sums) == lefts(twin)


def test_equal_rates_that_cancel_out_take_no_more_than_others():
    """What one claim brings in a state another one takes away, so that nothing differs there for a while, or at all."""
    sums, twin = both()
    numbers = {f"u{number}": len(DOWN) + 1 + number for number in range(1000)}
    for books in (sums, twin):
        for _ in range(1000):
            books.add_state([])
    here = ((0, 5, ()), (0, 5, ()), (1,), dict.fromkeys(numbers, (0,)), numbers, {}, None)
    gone = ((0, 5, ()), (0, 5, ()), (0,), dict.fromkeys(sorted(numbers)[:500], (2,)), numbers, {}, None)
    claims = [here, gone, gone, here] * 10
    for sign in (1, -1):  # what a plan takes is kept
        sums.enter(*claims[0], sign)
    empty = sums.__sizeof__()
    for item in claims:
        assert all(books.enter(*item, 1) for books in (sums, twin))
    assert sums.__sizeof__() - empty < 10_000
    assert all(sums.rows(arc) == twin.rows(arc) for arc in range(len(CAPACITY)))
    for item in claims[::3] + claims[1::3] + claims[2::3]:
        assert all(books.enter(*item, -1) for books in (sums, twin))
        assert all(sums.rows(arc) == twin.rows(arc) for arc in range(len(CAPACITY)))
        assert lefts(sums) == lefts(twin)
    assert sums.used_arcs() == []


def test_claims_that_come_and_go_again_and_again_leave_all_in_its_order_and_room():
    """Each takes another one's states to nothing, so that they come last when it goes; that is no reason to keep ever more."""
    sums, twin = both()
    numbers = {f"u{number}": len(DOWN) + 1 + number for number in range(20)}
    for books in (sums, twin):
        for _ in range(20):
            books.add_state([])
    names = list(numbers)
    here = ((0, 5, ()), (0, 5, ()), (1,), dict.fromkeys(names, (0,)), numbers, {}, None)
    gone = [((0, 5, ()), (0, 5, ()), (0,), dict.fromkeys(names[at::3], (2,)), numbers, {}, None) for at in range(3)]
    for books in (sums, twin):
        books.enter(*here, 1)
    sizes = set()
    for turn in range(90):
        for sign in (1, -1):
            for books in (sums, twin):
                books.enter(*gone[turn % 3], sign)
            assert all(sums.rows(arc) == twin.rows(arc) for arc in (0, 1, 2))
        sizes.add(sums.__sizeof__())
    assert max(sizes) - min(sizes) < 3_000
    for books in (sums, twin):
        books.enter(*here, -1)
    assert said(sums) == said(twin)
    assert sums.used_arcs() == []


def test_many_states_of_one_arc_are_found_again():
    """Rows grow, and what left makes room for what comes."""
    sums, twin = both()
    for step in range(4000):
        sums.add_state([])
        twin.add_state([])
        state = len(DOWN) + 1 + step
        for books in (sums, twin):
            books.move(0, 0, state, step % 7, 1)
            if step % 3:
                books.move(0, 0, state - step // 2, -(step % 5), -1)
        if not step % 100:  # on another arc, in few blocks of states
            sums.move(1, 1, state, 9, 1)
            twin.move(1, 1, state, 9, 1)
    for arc in (0, 1, 0):
        (most, states), (told, others) = sums.grown(arc), twin.grown(arc)
        assert (most, states) == (told, sorted(others))
        assert sums.peaks(arc) == twin.peaks(arc)
    assert sums.rows(0) == twin.rows(0)
    assert [sums.reserved(0, state) for state in range(4100)] == [twin.reserved(0, state) for state in range(4100)]


def test_more_states_than_short_places_tell():
    """Where a row gets long its table changes to wider places; what goes leaves nothing."""
    sums, _ = both()
    first, last = len(DOWN) + 1, len(DOWN) + 70_000
    for state in range(first, last + 1):
        sums.add_state(())
        sums.move(0, 0, state, state, 1)
    assert sums.states(0) == list(range(first, last + 1))
    assert [sums.reserved(0, state) for state in (first, 65_535, 65_536, last)] == [
        {0: state} for state in (first, 65_535, 65_536, last)
    ]
    for state in range(first, last + 1):
        sums.move(0, 0, state, -state, -1)
    assert sums.is_empty(0)


@pytest.mark.parametrize(
    ("arc", "name", "state"), [(6, 0, 1), (-1, 0, 1), (0, 3, 1), (0, -1, 1), (0, 0, 14), (0, 0, 0)]
)
def test_what_is_not_there_is_refused(arc, name, state):
    sums, _ = both()
    with pytest.raises(IndexError):
        sums.move(arc, name, state, 1, 1)


@pytest.mark.parametrize("large", [(1 << 50) + 1, 1 << 62, 1 << 64, 1 << 90])
def test_what_is_too_large_is_left_to_the_twin(large):
    sums, _ = both()
    item = ((0, large, ()), (0, 1, ()), frozenset({0}), {"s3": (2,)}, NUMBERS, {}, None)
    before = said(sums)
    assert not sums.enter(*item, 1)
    assert said(sums) == before
    assert isinstance(make_sums([large, large], [0, 0], SHARING, ()), Sums)
    assert isinstance(make_sums([10, 10], [0, 0], SHARING, ()), Sums)


@pytest.mark.parametrize(("labels", "mistake"), [((3,), IndexError), ((-1,), IndexError), ((0, 0), ValueError)])
def test_labels_that_are_not_there_are_refused(labels, mistake):
    sums, _ = both()
    with pytest.raises(mistake):
        sums.enter((0, 7, (7, 8, 9)), (0, 7, (7, 8, 9)), (0,), {}, NUMBERS, {}, labels, 1)


def test_books_grow_beyond_what_a_kernel_counts():
    net = build_network(network([wire("a-b", mbps=100), wire("b-c", mbps=100)]))
    books, half = Ledger(net, CLASSES), 1 << 49
    items = [
        Reservation(Claim(str(n), "high", half, half, is_lone=True), frozenset({0}), claim(1), {}) for n in range(4)
    ]
    for item in items:
        books.add(item)
    assert isinstance(books.sums, Sums)
    assert books.reserved(0) == {"high": 4 * half}
    for item in items[1:]:
        books.remove(item)
    assert books.reserved(0) == {"high": half}
