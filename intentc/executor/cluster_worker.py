"""What a worker of a cluster is asked to do: these functions are named to it, so it has to have intentc."""

from __future__ import annotations

import threading

from intentc.executor.identity import Identity, identity
from intentc.executor.workshop import Workshop


class _Own(threading.local):
    """A workshop for each thread of a worker: what it keeps is not made for several at once."""

    def __init__(self) -> None:
        self.shop = Workshop()


_OWN = _Own()


def keep(shared: bytes) -> bytes:
    """Return the shared value as it is: a result of the cluster, which workers hand on to each other and make anew when lost."""
    return shared


def do_chunk(
    wanted: Identity, names: tuple[str, str], token: str, shared: bytes, chunk: bytes
) -> tuple[Identity, bytes]:
    """Return who we are and the result of a chunk; nothing is done by those who run something else than is wanted."""
    own = identity()
    if own != wanted:
        return own, b""
    _OWN.shop.open(names, token, shared)
    return own, _OWN.shop.do(chunk)
