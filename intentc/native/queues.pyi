from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

from intentc.native.weave import Web

Term: TypeAlias = tuple[int, bool, int]
Recipe: TypeAlias = tuple[int, int, int, int, Sequence[Term]]
Case: TypeAlias = tuple[int, int, int, int, int, bool, bool, int]

class Solver:
    is_too_large: bool
    def __init__(self, web: Web, line_bps: Iterable[int], mtu: Iterable[int]) -> None: ...
    def serve(
        self,
        menus: Sequence[Sequence[tuple[int, int]] | None],
        dishes: Sequence[Sequence[Sequence[Recipe]]],
        beside: Sequence[Sequence[int]],
        cases: Sequence[Case],
        hints: Sequence[Collection[int] | None] | None = None,
    ) -> None: ...
    def settle(self) -> list[int] | None: ...
    def limit(self, queue: int) -> None: ...
    def bounds(self) -> list[tuple[int, int, int, int, int]]: ...
    def worst(self) -> list[list[int]]: ...
