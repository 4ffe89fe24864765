from collections.abc import Collection, Iterable

from intentc.native.roads import Roads
from intentc.native.routes import Amounts
from intentc.realise.model import RealisedDemand
from intentc.realise.results import Told

class Careers:
    def __init__(self, roads: Roads, groups: int, states: int) -> None: ...
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
        normally_us: int,
        after_us: int,
        item: RealisedDemand,
        promised: dict[str, int],
        without: Collection[str],
        settled: Told | None = None,
    ) -> int: ...
    def paths_of(self, number: int) -> tuple[list[int], list[list[int]]]: ...
    def slots_of(self, number: int) -> list[int]: ...
    def moved_of(self, number: int) -> list[tuple[int, list[int]]]: ...
    def links_of(self, numbers: Iterable[int]) -> bytes: ...
    def coming(self, numbers: Iterable[int], links: bytes) -> bytes: ...
    def sending(self, numbers: Iterable[int]) -> bytes: ...
    def is_in_time(self, number: int, amounts: Amounts) -> bool: ...
    def figures(self, number: int, amounts: Amounts) -> bytes: ...
    def latencies(self, number: int, figures: bytes) -> tuple[bytes, bool]: ...
