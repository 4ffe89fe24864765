"""Reservations that another CPU enters: the books say what those say into which they were entered at once, and what the twin's say."""

import gc
import os
import subprocess
import sys
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import network, wire
from support_native import at_once, needs_kernels, two_cpus

from intentc.forwarding.network import build_network
from intentc.native import compiled
from intentc.place.sums import Sums

pytestmark = needs_kernels

CAPACITY, BACKGROUND = [3000, 4000, 4000, 2000, 9000, 2000], [0, 0, 300, 0, 0, 1500]
SHARING, TUNNELS = [True, True, False], [4]
STATES = 12  # places of all, of which each takes a link down
ARCS = st.sampled_from(range(len(CAPACITY)))
RATES = st.integers(0, 900)
THREADS = Path("/proc/self/task")


@pytest.fixture(autouse=True, scope="module")
def _another_cpu():
    with two_cpus():
        yield


def threads():
    return len(list(THREADS.iterdir()))


def varint(number):
    return bytes([number]) if number < 128 else bytes([number & 127 | 128]) + varint(number >> 7)


def ways_of(graph, ways, states):
    """`Ways` along these arcs, taken in states: each a place and the number of a way."""
    said, last = [0, 0, len(ways)], 0
    for arcs in ways:
        steps = [arc - before for before, arc in zip((0, *sorted(arcs)), sorted(arcs), strict=False)]
        said += [1, 0, len(arcs), *steps]  # as several paths
    said.append(len(states))
    for place, way in states:
        said += [2 * (place - last) if place >= last else 2 * (last - place) - 1, way]
        last = place
    return compiled("ways").unfolded(graph, b"".join(map(varint, said)))


def graph_of(links):
    net = build_network(network([wire(f"n{number}-n{number + 1}") for number in range(links)]))
    return net.graph


GRAPH = graph_of(len(CAPACITY) // 2)
NUMBERS = array("i", range(1, STATES + 1))


@st.composite
def reservations(draw):
    """Two claims, the arcs of the first, the ways of the second, states with the way of each, and states without any."""
    ways = draw(st.lists(st.sets(ARCS, max_size=4).map(sorted), min_size=1, max_size=3))
    places = draw(st.permutations(range(STATES)))[: draw(st.integers(0, STATES))]
    cut = draw(st.integers(0, len(places)))
    states = [(place, draw(st.integers(0, len(ways) - 1))) for place in places[:cut]]
    classes = st.sampled_from([0, 0, 0, 1, 1, 2])
    claims = (draw(classes), draw(RATES)), (draw(classes), draw(RATES))
    return *claims, tuple(draw(st.sets(ARCS, max_size=4))), ways, states, [place + 1 for place in places[cut:]]


QUESTIONS = (
    st.tuples(st.just("fits"), ARCS, st.integers(0, 2), st.integers(-1, STATES), RATES)
    | st.tuples(st.just("tight"), st.lists(ARCS, max_size=4), RATES)
    | st.tuples(st.sampled_from(["left", "used_bps", "is_empty", "peaks", "states", "grown"]), ARCS)
    | st.tuples(st.sampled_from(["utilisation_ppm"]), ARCS, RATES)
    | st.tuples(st.sampled_from(["fullest_ppm", "used_arcs", "copy"]))
    | st.tuples(st.just("holds"), ARCS, st.integers(-1, STATES))
    | st.tuples(st.sampled_from(["over", "unlike"]), ARCS, st.integers(0, 2), RATES)
    | st.tuples(st.sampled_from(["fitting_ways", "are_enough"]), reservations())
)
STEPS = st.lists(
    st.tuples(st.just("enter"), reservations())
    | st.tuples(st.just("leave"), st.integers(0, 5))
    | st.tuples(st.just("ask"), QUESTIONS),
    max_size=20,
)


def entered(books, of, sign):
    normal, failed, arcs, ways, states, freed = of
    if isinstance(books, Sums):
        there = {place + 1: tuple(ways[way]) for place, way in states} | dict.fromkeys(freed, ())
        numbers = {number: number for number in range(STATES + 1)}
        return books.enter((*normal, ()), (*failed, ()), arcs, there, numbers, {}, None, sign)
    return books.enter_ways(normal, failed, arcs, ways_of(GRAPH, ways, states), NUMBERS, freed, sign)


def asked(books, name, *of):
    """The answer, as something that can be compared."""
    if name == "fitting_ways":
        return None if isinstance(books, Sums) else books.fitting_ways(ways_of(GRAPH, *of[0][3:5]), NUMBERS, *of[0][1])
    if name == "are_enough":
        return None if isinstance(books, Sums) else books.are_enough(of[0][2], ways_of(GRAPH, *of[0][3:5]))
    if name == "copy":
        return said(books.copy())
    found = getattr(books, name)
    found = found(*of) if callable(found) else found
    if name == "grown":
        return found[0], sorted(found[1])
    return found


def said(books):
    """All that stands in the books."""
    found = [books.used_arcs(), books.fullest_ppm()]
    found += [books.fits(arc, name, 0, bps) for arc in range(len(CAPACITY)) for name in range(3) for bps in (0, 700)]
    return found + [(books.rows(arc), books.left(arc), books.used_bps(arc)) for arc in range(len(CAPACITY))]


def done(kind, todo):
    """Do it in new books; return what they answer, and say in the end."""
    books, there, answers = kind(CAPACITY, BACKGROUND, SHARING, TUNNELS), [], []
    for number in range(STATES):
        books.add_state([number % 3])
    for step, of in todo:
        if step == "enter":
            there.append(of)
            answers.append(entered(books, of, 1))
        elif step == "leave" and of < len(there):
            answers.append(entered(books, there.pop(of), -1))
        elif step == "ask":
            answers.append(asked(books, *of))
    return answers, said(books)


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_what_is_entered_by_another_cpu_is_as_if_it_were_entered_at_once(todo):
    kind = compiled("books").Sums
    aside = done(kind, todo)
    with at_once():
        assert done(kind, todo) == aside
    answers, whole = done(Sums, todo)
    assert whole == aside[1]
    assert all(
        mine in (None, his) for mine, his in zip(answers, aside[0], strict=True)
    )  # some are asked of kernels alone


LINKS, MANY = 100, 2000
BIG = graph_of(LINKS)


def big_books():
    books = compiled("books").Sums([1 << 40] * (2 * LINKS), [0] * (2 * LINKS), [True], ())
    for number in range(MANY):
        books.add_state([number % LINKS])
    return books


def enter_big(books, bps, sign=1):
    """A reservation that takes another CPU some milliseconds."""
    half = tuple(range(0, 2 * LINKS, 2))
    ways = ways_of(BIG, [[arc + 1 for arc in half]], [(place, 0) for place in range(MANY)])
    books.enter_ways((0, bps), (0, bps), half, ways, array("i", range(1, MANY + 1)), [], sign)


def enter_until_busy(books):
    """Enter reservations until one is under way; return how many there are."""
    for count in range(1, 200):
        enter_big(books, 5 + count)
        if compiled("aside").is_busy():
            return count
    pytest.fail("nothing was ever under way")


def big_said(books):
    return [books.left(arc) for arc in range(2 * LINKS)], [books.grown(arc) for arc in (0, 1, 2 * LINKS - 1)]


def made_at_once(count):
    books = big_books()
    with at_once():
        for number in range(1, count + 1):
            enter_big(books, 5 + number)
    return big_said(books)


def test_what_surely_fits_is_told_while_entries_are_under_way():
    books = big_books()
    enter_until_busy(books)
    used = books.used_bps(0)
    assert used > 0
    assert books.tight(range(2 * LINKS), 1 << 20) == []
    assert compiled("aside").is_busy()  # none of it has waited
    assert books.used_bps(0) == books.reserved(0, 0)[0] == used
    assert not compiled("aside").is_busy()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_copy_of_the_process_has_all_that_was_under_way_and_does_the_rest_at_once():
    books = big_books()
    count = enter_until_busy(books)
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        enter_big(books, 5 + count + 1)
        os.write(theirs, repr((compiled("aside").is_busy(), threads(), hash(repr(big_said(books))))).encode())
        os._exit(0)
    os.close(theirs)
    with os.fdopen(ours) as stream:
        assert stream.read() == repr((False, 1, hash(repr(made_at_once(count + 1)))))
    assert os.waitpid(pid, 0)[1] == 0
    assert big_said(books) == made_at_once(count)


def test_books_that_go_while_entries_are_under_way_wait_for_them():
    books = big_books()
    enter_until_busy(books)
    del books
    assert not compiled("aside").is_busy()
    circle = [big_books()]
    circle.append(circle)
    enter_until_busy(circle[0])
    del circle
    gc.collect()
    assert not compiled("aside").is_busy()


def test_a_copy_of_the_books_shares_lists_with_those_that_are_written_to():
    books = big_books()
    with at_once():
        for bps in range(1, 4):
            enter_big(books, bps)
    before = big_said(books)
    for _ in range(3):
        other = books.copy()
        enter_big(books, 9)
        enter_big(other, 3, -1)
        del other  # while the first are at work
        enter_big(books, 9, -1)
    assert big_said(books) == before


@pytest.mark.skipif(not THREADS.is_dir(), reason="there is no way to count threads")
def test_with_one_cpu_it_is_done_at_once(monkeypatch):
    compiled("aside").pause()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0})
    compiled("aside").resume()
    books, before = big_books(), threads()
    enter_big(books, 6)
    assert threads() == before
    monkeypatch.undo()
    assert big_said(books) == made_at_once(1)
    compiled("aside").resume()
    enter_big(books, 7)
    assert threads() == before + 1


LACKING = """
import os, resource, sys
sys.path[:0] = {path!r}
os.sched_getaffinity = lambda _pid: {cpus!r}
import test_native_pending as t
t.MANY = 12_000
books = t.big_books()
t.MANY = 10
t.enter_big(books, 1)  # there is a thread, and all is imported
t.MANY = 12_000
books.rows(0)
half = tuple(range(0, 2 * t.LINKS, 2))
places = [(place, place % 2) for place in range(t.MANY)]
ways = t.ways_of(t.BIG, [[arc + 1 for arc in half], [*half[:50]]], places)
numbers = t.array("i", range(1, t.MANY + 1))
with open("/proc/self/statm") as stream:
    whole = int(stream.read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (whole + (4 << 20), whole + (4 << 20)))
told = []
try:
    books.enter_ways((0, 5), (0, 7), half, ways, numbers, [], 1)
    told.append("entered")
    books.reserved(0, 0)
except MemoryError as error:
    told.append(str(error))
try:
    books.tight([0], 0)
except MemoryError:
    told.append("still")
print(*told, sep=",")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="what memory a process takes is told elsewhere")
@pytest.mark.parametrize(("cpus", "said"), [({0, 1}, "entered,the books are not whole,still"), ({0}, ",still")])
def test_where_there_is_not_memory_enough_that_is_raised_when_the_books_are_asked(cpus, said):
    code = LACKING.format(path=[path for path in sys.path if path], cpus=cpus)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (ran.stdout.strip(), ran.stderr) == (said, "")
