from collections.abc import Iterable, Sequence

from intentc.native.routes import Routes

class Careers:
    def __init__(self, routes: Routes, groups: int, states: int) -> None: ...
    def __len__(self) -> int: ...
    def enter(
        self,
        group: int,
        pool: int,
        entry: int,
        is_open: bool,
        is_policed: bool,
        keeps_rate: bool,
        is_spread: bool,
        is_unknown: bool,
        user_bytes: int,
        burst_bytes: int,
        rate: int,
        pool_bps: int,
        failover_rate: int,
        failover_pool: int,
        primary: Sequence[int],
        others: Sequence[Sequence[int]],
        lists: Sequence[int],
        states: Sequence[int],
    ) -> int: ...
    def paths_of(self, number: int) -> tuple[list[int], list[list[int]]]: ...

class Web:
    queues: int
    def __init__(
        self,
        careers: Careers,
        numbers: Iterable[int],
        at_node: Sequence[Sequence[int]],
        at_link: Sequence[Sequence[int]],
        mean_packet: int,
        imbalance_ppb: int,
    ) -> None: ...
    def finish(self, is_wide: Iterable[bool]) -> None: ...
    def places_of(self) -> list[tuple[int, int]]: ...
    def marks(self) -> list[tuple[bool, bool, bool, int]]: ...
    def loads(self, queue: int) -> tuple[int, list[tuple[list[int], int]]]: ...
