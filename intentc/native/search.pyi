from array import array
from collections.abc import Callable, Collection, Sequence
from typing import TypeAlias

from intentc.native.field import Field

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
    steps: bytes | bytearray,
    down: Collection[int],
    most_labels: int,
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
    steps: bytes | bytearray,
    down: Collection[int],
    most_labels: int,
) -> tuple[list[int] | None, bool]: ...
