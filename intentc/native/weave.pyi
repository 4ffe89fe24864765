from collections.abc import Iterable, Sequence

from intentc.native.careers import Careers

class Web:
    queues: int
    edition: int
    def __init__(
        self,
        careers: Careers,
        numbers: Iterable[int],
        at_node: Sequence[Sequence[int]],
        at_link: Sequence[Sequence[int]],
        mean_packet: int,
        imbalance_ppb: int,
    ) -> None: ...
    def turn(self, numbers: Iterable[int]) -> bool: ...
    def finish(self, is_wide: Iterable[bool], is_shared: bool = ...) -> None: ...
    def places_of(self) -> list[tuple[int, int]]: ...
    def marks(self) -> list[tuple[bool, bool, bool, int]]: ...
    def loads(self, queue: int) -> tuple[int, list[tuple[list[int], int]]]: ...
