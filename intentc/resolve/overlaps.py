"""Which intents match the same packets: found by an index over destinations, never by comparing every pair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from intentc.resolve.model import Candidate, Demand, Flow
from intentc.resolve.packets import Box, box, is_covered, meet, remainder
from intentc.resolve.prefixes import Network, PrefixIndex, network
from intentc.values import frozen, unique

_FEW = 64  # pairs that are compared one by one rather than by a sweep
_SOURCE_PORTS, _DESTINATION_PORTS = 6, 8  # axes of a box


@frozen
class Piece:
    """Packets of one flow that enter at one node, `holes` taken out."""

    family: int
    ingress: str
    flow: Flow
    box: Box
    holes: tuple[Box, ...]


@unique
class Part:
    """All packets of an intent in one direction of its conversation: forward ones, or replies."""

    intent: str
    is_reply: bool
    demands: tuple[Demand, ...]
    pieces: Mapping[tuple[int, str], tuple[Piece, ...]]  # by family and ingress

    @property
    def order(self) -> tuple[bool, str]:
        """Return the key of the order in which parts are tried unless something decides otherwise."""
        return (self.is_reply, self.intent)

    @cached_property
    def written(self) -> frozenset[tuple[str, Flow, tuple[Box, ...]]]:
        """The packets as they were written: equal ones are the same packets, others may be."""
        return frozenset((item.ingress, item.flow, item.holes) for items in self.pieces.values() for item in items)

    @cached_property
    def covers(self) -> Mapping[tuple[int, str], PrefixIndex[Box]]:
        """The packets as boxes without holes, by family and ingress, indexed by destination."""
        found: dict[tuple[int, str], PrefixIndex[Box]] = {}
        for key, pieces in self.pieces.items():
            index = found.setdefault(key, PrefixIndex())
            for piece in pieces:
                for exact in remainder(piece.box, piece.holes):
                    index.add(network(piece.flow.destination), exact)
        return found


@frozen
class Witness:
    """Packets that two parts share."""

    family: int
    ingress: str
    box: Box


def make_part(intent: str, demands: Iterable[Demand], *, is_reply: bool) -> Part:
    """Return the packets of some demands of an intent; equal flows of several candidates count once."""
    kept = tuple(demands)
    if len(kept) == 1 and len(kept[0].candidates) == 1 and len(kept[0].candidates[0].flows) == 1:
        return _small_part(intent, kept, kept[0].candidates[0], is_reply=is_reply)
    found: dict[tuple[int, str], dict[tuple[Flow, tuple[Flow, ...]], Piece]] = {}
    for demand in kept:
        for candidate in demand.candidates:
            ingress = candidate.source.node
            for flow in candidate.flows:
                pieces = found.setdefault((flow.family, ingress), {})
                if (flow, candidate.excepted) not in pieces:
                    pieces[flow, candidate.excepted] = _piece(flow, ingress, candidate.excepted)
    return Part(intent, is_reply, kept, {key: tuple(pieces.values()) for key, pieces in found.items()})


def _small_part(intent: str, demands: tuple[Demand, ...], candidate: Candidate, *, is_reply: bool) -> Part:
    """Return the packets of one flow: what most intents are."""
    (flow,), ingress = candidate.flows, candidate.source.node
    pieces = {(flow.family, ingress): (_piece(flow, ingress, candidate.excepted),)}
    return Part(intent, is_reply, demands, pieces)


def _piece(flow: Flow, ingress: str, excepted: Sequence[Flow]) -> Piece:
    whole = box(flow)
    if not excepted:
        return Piece(flow.family, ingress, flow, whole, ())
    holes = (box(other) for other in excepted if other.family == flow.family)
    return Piece(flow.family, ingress, flow, whole, tuple(hole for hole in holes if meet(whole, hole) is not None))


def is_contained(part: Part, other: Part) -> bool:
    """Return whether every packet of `part` is one of `other` too."""
    if part.written == other.written:
        return True
    for key, pieces in part.pieces.items():
        covers = other.covers.get(key)
        if covers is None:
            return False
        for piece in pieces:
            found = covers.overlapping(network(piece.flow.destination))
            near = [cover for cover in found if meet(piece.box, cover) is not None]
            if not all(is_covered(rest, near) for rest in remainder(piece.box, piece.holes)):
                return False
    return True


def find_overlaps(parts: Sequence[Part]) -> dict[tuple[int, int], Witness]:
    """Return for each two parts of different intents that share packets (indices, the smaller first) some of these."""
    tables: dict[tuple[int, str], dict[Network, dict[Network, list[tuple[int, Piece]]]]] = {}
    for number, part in enumerate(parts):
        for key, pieces in part.pieces.items():
            table = tables.setdefault(key, {})
            for piece in pieces:
                by_source = table.setdefault(network(piece.flow.destination), {})
                by_source.setdefault(network(piece.flow.source), []).append((number, piece))
    found: dict[tuple[int, int], Witness] = {}
    for key in sorted(tables):
        for one, other in _near(tables[key]):
            _compare(one, other, parts, found)
    return found


Group = list[tuple[int, Piece]]


def _near(table: Mapping[Network, Mapping[Network, Group]]) -> Iterator[tuple[Group, Group]]:
    """Yield the groups whose prefixes overlap on both sides; a group with itself, too."""
    index = _index(table)
    sources: dict[Network, _Sources] = {}
    for destination, by_source in table.items():
        for outer in index.around(destination):
            if outer not in sources:
                sources[outer] = _Sources(table[outer])
            for source, group in by_source.items():
                for other_source, other in sources[outer].overlapping(source):
                    if outer != destination or other_source >= source:  # else the two come twice
                        yield group, other


def _index(prefixes: Iterable[Network]) -> PrefixIndex[Network]:
    found: PrefixIndex[Network] = PrefixIndex()
    for prefix in prefixes:
        found.add(prefix, prefix)
    return found


class _Sources:
    """The groups of one destination by source; of many, those near a prefix are found by an index."""

    def __init__(self, groups: Mapping[Network, Group]) -> None:
        self._groups = groups
        self._index = _index(groups) if len(groups) > _FEW else None
        self._places = {source: place for place, source in enumerate(groups)} if len(groups) > _FEW else {}

    def overlapping(self, source: Network) -> Iterable[tuple[Network, Group]]:
        """Return the groups whose source overlaps a prefix, in order."""
        if self._index is None:
            return [item for item in self._groups.items() if source.overlaps(item[0])]
        near = sorted(self._index.overlapping(source), key=self._places.__getitem__)
        return [(found, self._groups[found]) for found in near]


def _compare(one: Group, other: Group, parts: Sequence[Part], found: dict[tuple[int, int], Witness]) -> None:
    if one is other and len(one) == 1:
        return
    pairs = _each(one, other) if len(one) * len(other) <= _FEW else _sweep(one, other)
    for (first, piece), (second, against) in pairs:
        pair = (first, second) if first < second else (second, first)
        if pair not in found and parts[first].intent != parts[second].intent:
            shared = _shared(piece, against)
            if shared is not None:
                found[pair] = Witness(piece.family, piece.ingress, shared)


def _each(one: Group, other: Group) -> Iterator[tuple[tuple[int, Piece], tuple[int, Piece]]]:
    if one is other:
        yield from ((first, second) for place, first in enumerate(one) for second in one[place + 1 :])
    else:
        yield from ((first, second) for first in one for second in other)


def _sweep(one: Group, other: Group) -> Iterator[tuple[tuple[int, Piece], tuple[int, Piece]]]:
    """Yield the pairs whose ports overlap, going along the axis of ports that tells most of them apart."""
    together = (
        [(item, False) for item in one] if one is other else [(i, False) for i in one] + [(i, True) for i in other]
    )
    axis = max((_DESTINATION_PORTS, _SOURCE_PORTS), key=lambda axis: len({item[1].box[axis] for item, _ in together}))
    together.sort(key=lambda entry: entry[0][1].box[axis])
    active: list[tuple[tuple[int, Piece], bool]] = []
    for item, side in together:
        low = item[1].box[axis]
        active = [entry for entry in active if entry[0][1].box[axis + 1] >= low]
        yield from ((entry, item) for entry, other_side in active if one is other or side is not other_side)
        active.append((item, side))


def _shared(piece: Piece, other: Piece) -> Box | None:
    """Return packets of both pieces, or None."""
    shared = meet(piece.box, other.box)
    if shared is None:
        return None
    holes = [hole for hole in (*piece.holes, *other.holes) if meet(shared, hole) is not None]
    return next(iter(remainder(shared, holes)), None) if holes else shared
