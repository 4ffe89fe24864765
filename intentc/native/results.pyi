from collections.abc import Callable

from intentc.native.figures import Figures, Names
from intentc.native.states import States
from intentc.realise.model import LatencyParts, StateResult
from intentc.realise.path import Path

class Teller:
    def __init__(
        self,
        names: Names,
        figures: Figures,
        scale: int,
        new: Callable[..., object],
        path: type[Path],
        parts: type[LatencyParts],
        result: type[StateResult],
        several: Callable[
            [int, tuple[tuple[tuple[int, ...], int], ...], int | None], tuple[tuple[Path, ...], LatencyParts]
        ],
        same: dict[tuple[str, ...], tuple[str, ...]],
    ) -> None: ...
    def way(self, start: int, arcs: tuple[int, ...], ahead: int | None) -> tuple[tuple[Path, ...], LatencyParts]: ...
    def check(self, folded: bytes, states: States, arcs: tuple[int, ...]) -> tuple[int, list[int]]: ...
    def results(
        self, folded: bytes, ahead: int | None, ids: tuple[tuple[str, ...], ...], gone: frozenset[int]
    ) -> list[StateResult]: ...
    def whens(self, folded: bytes, ids: tuple[tuple[str, ...], ...], gone: frozenset[int]) -> list[tuple[str, ...]]: ...
