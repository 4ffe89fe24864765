from collections.abc import Iterable

from intentc.native.queues import Solver
from intentc.native.weave import Web

class Replay(Solver):
    looks: int
    def __init__(self, web: Web, line_bps: Iterable[int], mtu: Iterable[int], known: Replay | None = None) -> None: ...
    def changed(self) -> list[int]: ...
