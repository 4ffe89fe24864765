"""A path by name: of the many that a program has most are looked at now and then, so what is kept of one may be less than its names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple, Protocol, Self

from intentc.native import compiled

_WHOLE_PPM = 1_000_000
_MARK = (1 << 60) - 1
_new = tuple.__new__


class Line(Protocol):
    """The nodes and links of a path; `native.figures.Line` makes up their names when somebody asks for them."""

    @property
    def nodes(self) -> tuple[str, ...]: ...

    @property
    def links(self) -> tuple[str, ...]: ...

    def mark(self) -> int:
        """Return a number that is the same for the same names."""


class Told(NamedTuple):
    """The names themselves: the twin."""

    nodes: tuple[str, ...]
    links: tuple[str, ...]

    def mark(self) -> int:
        return sum(map(hash, (*self.nodes[:1], *self.links))) & _MARK

    def __hash__(self) -> int:
        return self.mark()


class _Parts(NamedTuple):
    """What a path is made of: compared and hashed in C, as hundreds of thousands are, several times each."""

    line: Line
    share_ppm: int
    labels: tuple[int, ...]


class Path(_Parts):
    """A path as node names and the link ids between them; `share_ppm` of the traffic takes it, with `labels` on each link (none: none).

    Frozen, compared by value and ordered by these four.
    """

    __slots__ = ()

    def __new__(
        cls,
        nodes: tuple[str, ...],
        links: tuple[str, ...],
        share_ppm: int = _WHOLE_PPM,
        labels: tuple[int, ...] = (),
    ) -> Self:
        """Return the path past some nodes."""
        return _new(cls, (Told(nodes, links), share_ppm, labels))

    @staticmethod
    def of(line: Line, share_ppm: int = _WHOLE_PPM, labels: tuple[int, ...] = ()) -> Path:
        """Return the path along a line."""
        return _new(Path, (line, share_ppm, labels))

    @property
    def nodes(self) -> tuple[str, ...]:
        return self.line.nodes

    @property
    def links(self) -> tuple[str, ...]:
        return self.line.links

    @property
    def _named(self) -> tuple[tuple[str, ...], tuple[str, ...], int, tuple[int, ...]]:
        return self.nodes, self.links, self.share_ppm, self.labels

    @property
    def bare(self) -> Path:
        """Return the same path, whatever labels packets have on it."""
        return Path.of(self.line, self.share_ppm) if self.labels else self

    def __lt__(self, other: object) -> bool:
        return self._named < other._named if isinstance(other, Path) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self._named > other._named if isinstance(other, Path) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self._named <= other._named if isinstance(other, Path) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self._named >= other._named if isinstance(other, Path) else NotImplemented

    def __repr__(self) -> str:
        return f"Path(nodes={self.nodes!r}, links={self.links!r}, share_ppm={self.share_ppm!r}, labels={self.labels!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return Path, self._named


def directions(paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return the links that some paths lead over with the nodes that send there, each direction once, in the order in which it is met."""
    lines = [path.line for path in paths]
    kernels = compiled("figures")
    found: tuple[tuple[str, str], ...] | None = None if kernels is None else kernels.directions(lines)
    return directions_twin(lines) if found is None else found


def directions_twin(lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
    """Return what `native.figures.directions` does, without a kernel and for lines of any kind."""
    return tuple(dict.fromkeys(chain.from_iterable(zip(line.links, line.nodes, strict=False) for line in lines)))
