from collections.abc import Callable
from typing import TypeAlias

from intentc.native.results import Teller

Queued: TypeAlias = tuple[bytes, bool, tuple[int, int, int, bytes], tuple[bytes, ...]]

class Texts:
    def __init__(self, teller: Teller, text: Callable[[str], bytes]) -> None: ...
    def states(
        self,
        folded: bytes,
        ahead: int | None,
        ids: tuple[tuple[str, ...], ...],
        gone: frozenset[int],
        queued: Queued | None,
        most: int,
    ) -> bytes | None: ...
