from collections.abc import Sequence

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
