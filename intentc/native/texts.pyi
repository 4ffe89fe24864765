from collections.abc import Callable
from typing import TypeAlias

from intentc.native.results import Teller

Queued: TypeAlias = tuple[bytes, bool, tuple[int, int, int, bytes], tuple[bytes, ...]]

def texts_of(teller: Teller, text: Callable[[str], bytes]) -> Texts: ...

class Texts:
    def states(
        self,
        teller: Teller,
        folded: bytes,
        ahead: int | None,
        ids: tuple[tuple[str, ...], ...],
        gone: frozenset[int],
        queued: Queued | None,
        most: int,
    ) -> bytes | None: ...
