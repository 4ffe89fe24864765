from collections.abc import Callable
from typing import Protocol

from intentc.forwarding.outage import Outage
from intentc.native.graph import Graph

class _Segment(Protocol):
    @property
    def node(self) -> int: ...
    @property
    def arc(self) -> int | None: ...
    @property
    def algo(self) -> int: ...

class Plane:
    def __init__(
        self,
        graph: Graph,
        can_route: tuple[bool, ...],
        whole: Callable[[int], object],
        failed: Callable[[int, Outage], object],
    ) -> None: ...

class Laid:
    arcs: tuple[int, ...]

class Router:
    def __init__(self, graph: Graph, planes: dict[int, Plane]) -> None: ...
    def encode(
        self,
        start: int,
        arcs: tuple[int, ...],
        pinned: frozenset[int],
        stops: frozenset[int],
        numbers: tuple[int, ...],
    ) -> list[tuple[int, int]] | None: ...
    def lay(self, start: int, segments: tuple[_Segment, ...]) -> tuple[Laid, tuple[int, ...], int] | None: ...
    def follow(self, laid: Laid, outage: Outage) -> tuple[tuple[int, ...], tuple[int, ...]] | int | None: ...
