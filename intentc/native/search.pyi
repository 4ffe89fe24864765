from array import array
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias, TypeVar

from intentc.native.field import Field

_Step = TypeVar("_Step")
_Words: TypeAlias = array[int]
_Via: TypeAlias = tuple[tuple[frozenset[int], frozenset[int]], ...]

def cheapest(
    field: Field,
    start: int,
    stops: Collection[int],
    targets: Collection[int],
    via: _Via,
    prices: _Words,
    costs: list[Sequence[int]],
    delays: list[Sequence[int]] | None,
    sizes: list[Sequence[int]] | None,
    bound_us: int | None,
    ahead: int | None,
    row: bytearray,
    ask: Callable[[int], bool],
    down: Collection[int],
    most_labels: int,
    steps: bytes | bytearray,
    passes_ends: bool = ...,
) -> tuple[list[int] | None, bool]: ...
def loopless(
    is_loop_free: bool,
    field: Field,
    start: int,
    stops: Collection[int],
    targets: Collection[int],
    via: _Via,
    prices: _Words,
    costs: list[Sequence[int]],
    delays: list[Sequence[int]] | None,
    sizes: list[Sequence[int]] | None,
    bound_us: int | None,
    ahead: int | None,
    row: bytearray,
    ask: Callable[[int], bool],
    down: Collection[int],
    most_labels: int,
    steps: bytes | bytearray,
    passes_ends: bool = ...,
) -> tuple[list[int] | None, bool]: ...
def by_arrival(
    is_loop_free: bool,
    hops_at: Callable[[int, tuple[int, ...]], Sequence[_Step]],
    rule: int,
    field: Field,
    start: int,
    stops: Collection[int],
    targets: Collection[int],
    via: _Via,
    prices: _Words,
    costs: list[Sequence[int]],
    delays: list[Sequence[int]] | None,
    sizes: list[Sequence[int]] | None,
    bound_us: int | None,
    ahead: int | None,
    row: bytearray,
    ask: Callable[[int], bool],
    down: Collection[int],
    most_labels: int,
) -> tuple[list[_Step] | None, bool]: ...
