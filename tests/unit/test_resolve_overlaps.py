"""Finding overlaps: the index and the sweep find what comparing every pair finds."""

import random
from types import SimpleNamespace

import pytest

from intentc.resolve import conflicts
from intentc.resolve.conflicts import Memory
from intentc.resolve.model import Candidate, Endpoint, Flow
from intentc.resolve.overlaps import find_overlaps, is_contained, make_part
from intentc.resolve.packets import box, is_covered, meet, remainder

PREFIXES = ["10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24", "10.2.0.0/16", "0.0.0.0/0"]


def part(name: str, *flows: Flow, ingress: str = "r1", excepted: tuple[Flow, ...] = ()):
    ends = Endpoint(ingress, ingress, ()), Endpoint("x", "x", ())
    return make_part(name, [SimpleNamespace(candidates=[Candidate(*ends, flows, excepted)])], is_reply=False)


def ports(low: int, high: int, source: str = "10.1.0.0/16", destination: str = "10.2.0.0/16", **rest) -> Flow:
    return Flow(4, source, destination, "tcp", rest.get("source_ports"), (low, high), rest.get("dscp"))


def by_comparing(parts) -> set[tuple[int, int]]:
    found = set()
    for one, first in enumerate(parts):
        for other in range(one + 1, len(parts)):
            for key, pieces in first.pieces.items():
                for piece in pieces:
                    for against in parts[other].pieces.get(key, ()):
                        shared = meet(piece.box, against.box)
                        if shared and remainder(shared, [*piece.holes, *against.holes]):
                            found.add((one, other))
    return found


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("axis", ["destination", "source"])
def test_overlaps_are_those_of_comparing_every_pair(seed, axis):
    chance = random.Random(seed)  # noqa: S311  (a seeded sample, not a secret)
    parts = []
    for number in range(60):
        low = chance.randrange(60)
        span = (low, low + chance.choice([0, 0, 1, 5]))
        flow = Flow(
            4,
            chance.choice(PREFIXES),
            chance.choice(PREFIXES),
            "tcp",
            span if axis == "source" else None,
            span if axis == "destination" else None,
            chance.choice([None, 1, 2]),
        )
        hole = Flow(4, "0.0.0.0/0", chance.choice(PREFIXES), "tcp", None, (low, low))
        parts.append(
            part(f"i{number}", flow, ingress=chance.choice(["r1", "r1", "r2"]), excepted=(hole,) * chance.randrange(2))
        )
    found = find_overlaps(parts)
    assert set(found) == by_comparing(parts)
    for (one, other), witness in found.items():
        assert all(holds(parts[number], witness) for number in (one, other))


def holds(whole, witness) -> bool:
    pieces = whole.pieces[witness.family, witness.ingress]
    exact = [rest for piece in pieces for rest in remainder(piece.box, piece.holes)]
    return is_covered(witness.box, exact)


def test_many_flows_between_the_same_ends_are_swept():
    parts = [part(f"i{number}", ports(10 * number, 10 * number + 10)) for number in range(200)]
    assert set(find_overlaps(parts)) == {(number, number + 1) for number in range(199)}


def test_parts_of_one_intent_do_not_overlap_each_other():
    assert find_overlaps([part("a", ports(1, 9)), part("a", ports(1, 9))]) == {}


def test_families_do_not_mix():
    six = Flow(6, "::/0", "::/0")
    four = Flow(4, "0.0.0.0/0", "0.0.0.0/0")
    assert find_overlaps([part("a", six), part("b", four)]) == {}


@pytest.mark.parametrize(
    ("inner", "outer", "expected"),
    [
        ([ports(1, 9)], [ports(1, 9)], True),
        ([ports(2, 3)], [ports(1, 9)], True),
        ([ports(1, 9)], [ports(1, 5), ports(6, 9)], True),
        ([ports(1, 9)], [ports(1, 5), ports(7, 9)], False),
        ([ports(1, 9), ports(20, 20)], [ports(1, 9)], False),
        ([ports(1, 9, "10.1.1.0/24")], [ports(1, 9)], True),
        ([ports(1, 9)], [ports(1, 9, "10.1.1.0/24")], False),
        ([ports(1, 9)], [ports(1, 9, "10.1.0.0/17"), ports(1, 9, "10.1.128.0/17")], True),
        ([ports(1, 9)], [ports(1, 9, dscp=0)], False),
        ([ports(1, 9, destination="10.2.7.0/24")], [ports(1, 9, destination="10.0.0.0/8")], True),
    ],
)
def test_containment_is_exact(inner, outer, expected):
    assert is_contained(part("a", *inner), part("b", *outer)) is expected


def test_containment_knows_exceptions_and_ingress():
    hole = ports(5, 5)
    assert is_contained(part("a", ports(1, 9), excepted=(hole,)), part("b", ports(1, 4), ports(6, 9)))
    assert not is_contained(part("a", ports(1, 9)), part("b", ports(1, 9), excepted=(hole,)))
    assert is_contained(part("a", ports(6, 9)), part("b", ports(1, 9), excepted=(hole,)))
    assert not is_contained(part("a", ports(1, 9), ingress="r2"), part("b", ports(1, 9)))
    assert box(hole)[8:10] == (5, 5)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_known_of_the_last_time_changes_nothing(seed):
    chance, known = random.Random(seed), Memory()  # noqa: S311
    pool = [part(f"i{n}", ports(n * 10, n * 10 + chance.choice([5, 5, 5, 12]))) for n in range(8)]
    for _ in range(8):
        parts = tuple(item for item in pool if chance.random() < 0.5)
        assert known.overlaps(parts) == sorted(find_overlaps(parts).items(), key=lambda item: item[0])


def test_where_nobody_shared_packets_only_parts_near_new_ones_are_compared(monkeypatch):
    compared, known = [], Memory()
    monkeypatch.setattr(conflicts, "find_overlaps", lambda parts: compared.append(list(parts)) or find_overlaps(parts))
    far = [part(f"i{n}", ports(n, n), ingress=f"r{n}") for n in range(9)]
    near = part("near", ports(99, 99), ingress="r3")
    assert not known.overlaps(tuple(far))
    assert not known.overlaps((*far, near))
    assert not known.overlaps(tuple(far))
    assert compared == [far, [far[3], near], []]
