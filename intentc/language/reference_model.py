"""One entry of the reference."""

from __future__ import annotations

from intentc.values import frozen


@frozen
class Entry:
    """A clause or declaration. `takes`: the types of what follows; `default`: what holds without it; `example` parses."""

    word: str
    syntax: str
    takes: str
    default: str
    meaning: str
    example: str
