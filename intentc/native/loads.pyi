from collections.abc import Iterable, Sequence

from intentc.native.routes import Amounts, Routes

class Loads:
    def __init__(
        self,
        routes: Routes,
        groups: int,
        states: int,
        at_node: Sequence[Sequence[int]],
        at_link: Sequence[Sequence[int]],
        mean_packet: int,
        imbalance_ppb: int,
        links: bytes,
    ) -> None: ...
    def enter(
        self,
        group: int,
        pool: int,
        is_lone: bool,
        is_spread: bool,
        rate: int,
        limit: int,
        failed_rate: int,
        failed_limit: int,
        primary: Sequence[int],
        others: Sequence[Sequence[int]],
        promised: Iterable[int],
        strays: Iterable[int],
        moved: Iterable[tuple[int, Sequence[int]]],
    ) -> None: ...
    def finish(self) -> None: ...
    def change(self, gone: Iterable[int], back: Iterable[int]) -> list[int]: ...
    def rank_states(self, ranks: Sequence[int]) -> None: ...
    def side(self, port: int) -> tuple[dict[int, int], int, int, dict[int, int]]: ...
    def used_ports(self) -> list[int]: ...

class Bursts:
    def __init__(self, routes: Routes, groups: int) -> None: ...
    def add(self, lists: Sequence[Sequence[int]], group: int, burst: int, sign: int) -> None: ...
    def shares(
        self, demands: Iterable[tuple[Sequence[Sequence[int]], int, int]], waits: Amounts
    ) -> list[tuple[int, int]]: ...
