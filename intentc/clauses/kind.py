from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from intentc.clauses.requirement import Refusal, Requirement
from intentc.clauses.scope import Scope
from intentc.values import frozen

C = TypeVar("C")


class Repeats(Enum):
    """How often a clause may stand in one block, and what becomes of a profile's."""

    NEVER = "never"  # at most once in a block; an intent's replaces its profile's whole
    ADDS = "adds"  # a restriction: all of them hold, wherever they were written
    PER_KEY = "per key"  # once per key; an intent's replaces its profile's of the same key


@frozen
class Document:
    """A clause for its reader: `good` is a clause that is accepted, `bad` one that is refused, and `why` it is."""

    syntax: str
    meaning: str
    default: str
    good: str
    bad: str | None = None
    why: str | None = None


@frozen
class ClauseKind(Generic[C]):
    """One kind of clause: how it reads (`syntax` to Requirement) and all that is said of it."""

    keyword: str
    syntax: type[C]
    repeats: Repeats
    is_supported: bool
    read: Callable[[C, Scope], Requirement | Refusal]
    document: Document
