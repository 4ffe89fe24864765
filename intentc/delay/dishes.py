"""What queues are served and how they are held, in numbers for kernels (`native.queues.Solver.serve`).

Most link ends are alike but for their rate and for what their classes may take of it: what goes before a class there is counted once for all of them.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.delay.service import End, Loads, Part, Recipe, Share, hold_ns, least_limit_bytes, parts, recipes
from intentc.delay.wiring import is_beside
from intentc.values import frozen, replace

if TYPE_CHECKING:
    from intentc.native.queues import Case

Dish = Sequence[int]
_NS_PER_US = 1000
_HALF = 62  # bits of the lower half of a number of up to 125
_AMPLE_BPS = 1 << 48  # every class has a part of that


class Dishes:
    """Of the link ends of programs with the same classes. `groups`: these by number."""

    def __init__(self, groups: Mapping[str, int]) -> None:
        self._groups = groups
        self._kinds: dict[Hashable, Kind] = {}

    def kind(self, end: End) -> Kind:
        """Return what a link's end has in common with all that are alike."""
        key = end.mtu, end.line_bps, end.even_bps is None, *[_mark(name, share) for name, share in end.shares.items()]
        found = self._kinds.get(key)
        if found is None:
            found = self._kinds[key] = self._made(end)
        return found

    def dish(self, end: End, name: str, loads: Loads | None) -> Dish:
        """Return what a class is served; `loads` as in `service.recipes`."""
        found = array("q")
        for recipe in recipes(end, name, loads):
            found.extend((recipe.rate_bps, recipe.left_bps, *self._tail(recipe)))
        return found

    def served(self, kind: Kind, end: End, name: str) -> Dish:
        """Return what a class is served at a link's end of a kind, whatever the others bring."""
        pieces = kind.pieces[name]
        return self.dish(end, name, None) if pieces is None else _of_pieces(pieces, end)

    def _made(self, end: End) -> Kind:
        shares = end.shares
        ample = replace(
            end, rate_bps=_AMPLE_BPS, shares={name: replace(each, takes_bps=0) for name, each in shares.items()}
        )
        return Kind(
            pieces={
                name: self._pieces(ample, name) if share.is_held and not end.is_sharing(name) else None
                for name, share in shares.items()
            },
            holds={name: _hold(end, share) for name, share in shares.items()},
            beside={name: frozenset([one for one in shares if is_beside(shares, name, one)]) for name in shares},
        )

    def _pieces(self, end: End, name: str) -> tuple[_Piece, ...]:
        """Return what a held class is served but for rates: `end` is one with no need of any."""
        found = zip(parts(end, name), recipes(end, name, None), strict=True)
        return tuple([_piece(part, self._tail(recipe)) for part, recipe in found])

    def _tail(self, recipe: Recipe) -> list[int]:
        """Return all of a recipe but its rates."""
        found = [*_halves(recipe.ahead), recipe.extra_ns, len(recipe.terms)]
        for term in recipe.terms:
            found.extend((self._groups[term.name], term.is_leaving, *_halves(term.least)))
        return found


@frozen
class Kind:
    """Link ends that are alike but for rates. By class: `pieces` of what it is served (None: where nothing holds it, or where it

    shares by weights, rates decide more than rates), how it is held, and the classes that its bursts delay.
    """

    pieces: Mapping[str, tuple[_Piece, ...] | None]
    holds: Mapping[str, _Hold]
    beside: Mapping[str, frozenset[str]]

    def case(self, end: End, share: Share, bursts: int, waiting_us: int, *, is_lossless: bool) -> Case:
        """Return how a queue is held: as `native.queues.Solver.serve` has it; `waiting_us`: what bounds leave to it (-1: any)."""
        hold = self.holds[share.own.name]
        most = -1
        if not is_lossless:
            most = hold.most_ns if waiting_us < 0 else min(hold.most_ns, waiting_us * _NS_PER_US + hold.packet_ns)
        return (
            most,
            hold.least_bytes,
            bursts,
            -1 if end.queue_bytes is None else end.queue_bytes,
            end.mtu,
            share.is_held,
            share.own.drops_early,
            hold.most_ns // _NS_PER_US,
        )

    def delayed(self, name: str, siblings: Mapping[str, int]) -> tuple[int, ...]:
        """Return the queues at a link's end that the bursts of a class delay (`wiring.beside`)."""
        own = self.beside[name]
        return tuple([number for other, number in siblings.items() if other in own])


@frozen
class _Piece:
    """A service: `own` of `whole` parts of what the classes `others` leave, with `tail` for the rest of its recipe."""

    others: tuple[str, ...]
    own: int
    whole: int
    tail: Sequence[int]


@frozen
class _Hold:
    most_ns: int
    packet_ns: int
    least_bytes: int


def _piece(part: Part, tail: Sequence[int]) -> _Piece:
    return _Piece(tuple([other.own.name for other in part.others]), part.own, part.whole, tail)


def _hold(end: End, share: Share) -> _Hold:
    return _Hold(hold_ns(share.own), end.packet_ns, least_limit_bytes(share.own, end.mtu))


def _of_pieces(pieces: Iterable[_Piece], end: End) -> Dish:
    found: list[int] = []
    for piece in pieces:
        left_bps = end.rate_bps
        for other in piece.others:
            left_bps -= end.shares[other].takes_bps
        rate_bps = left_bps * piece.own // piece.whole
        if left_bps > 0 and rate_bps > 0:
            found += (rate_bps, left_bps, *piece.tail)
    return found


def _mark(name: str, share: Share) -> tuple[str, int]:
    """Return all of a class that bears on more than rates; -1: it is held."""
    return name, -1 if share.is_held else share.guarantee_bps


def _halves(amount: int) -> tuple[int, int]:
    return amount >> _HALF, amount & ((1 << _HALF) - 1)
