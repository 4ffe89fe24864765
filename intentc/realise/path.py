"""A path by name: of the many that a program has most are looked at now and then, so what is kept of one may be less than its names."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple, Protocol

from intentc.native import compiled

_WHOLE_PPM = 1_000_000
_MARK = (1 << 60) - 1


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


class Path:
    """A path as node names and the link ids between them; `share_ppm` of the traffic takes it, with `labels` on each link (none: none).

    Frozen, compared by value and ordered by these four.
    """

    __slots__ = ("_labels", "_line", "_share_ppm")

    def __init__(
        self,
        nodes: tuple[str, ...],
        links: tuple[str, ...],
        share_ppm: int = _WHOLE_PPM,
        labels: tuple[int, ...] = (),
    ) -> None:
        self._line: Line = Told(nodes, links)
        self._share_ppm, self._labels = share_ppm, labels

    @staticmethod
    def of(line: Line, share_ppm: int = _WHOLE_PPM, labels: tuple[int, ...] = ()) -> Path:
        """Return the path along a line."""
        found: Path = object.__new__(Path)
        found._line, found._share_ppm, found._labels = line, share_ppm, labels
        return found

    @property
    def nodes(self) -> tuple[str, ...]:
        return self._line.nodes

    @property
    def links(self) -> tuple[str, ...]:
        return self._line.links

    @property
    def share_ppm(self) -> int:
        return self._share_ppm

    @property
    def labels(self) -> tuple[int, ...]:
        return self._labels

    @property
    def bare(self) -> Path:
        """Return the same path, whatever labels packets have on it."""
        return Path.of(self._line, self._share_ppm) if self._labels else self

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Path):
            return NotImplemented
        mine, others = self._line, other._line
        if (self._share_ppm, self._labels) != (other._share_ppm, other._labels):
            return False
        if type(mine) is type(others):
            return mine == others
        return (mine.nodes, mine.links) == (others.nodes, others.links)

    def __hash__(self) -> int:
        return self._line.mark() ^ self._share_ppm

    def __lt__(self, other: Path) -> bool:
        mine = self.nodes, self.links, self.share_ppm, self.labels
        return mine < (other.nodes, other.links, other.share_ppm, other.labels)

    def __repr__(self) -> str:
        return f"Path(nodes={self.nodes!r}, links={self.links!r}, share_ppm={self.share_ppm!r}, labels={self.labels!r})"

    def __reduce__(self) -> tuple[object, ...]:
        return Path, (self.nodes, self.links, self.share_ppm, self.labels)


def directions(paths: Iterable[Path]) -> tuple[tuple[str, str], ...]:
    """Return the links that some paths lead over with the nodes that send there, each direction once, in the order in which it is met."""
    lines = [path._line for path in paths]  # noqa: SLF001  (the class above)
    kernels = compiled("figures")
    found: tuple[tuple[str, str], ...] | None = None if kernels is None else kernels.directions(lines)
    return directions_twin(lines) if found is None else found


def directions_twin(lines: Iterable[Line]) -> tuple[tuple[str, str], ...]:
    """Return what `native.figures.directions` does, without a kernel and for lines of any kind."""
    return tuple(dict.fromkeys(chain.from_iterable(zip(line.links, line.nodes, strict=False) for line in lines)))
