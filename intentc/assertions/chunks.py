"""The states of an assertion as chunks of work: ranges of the first failures of states, by a count that decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from intentc.values import frozen

Slice = tuple[int, int, int, int]  # a subject, a series of its states, and from which first failure up to which
Chunk = tuple[Slice, ...]


@frozen
class Series:
    """States of one subject: `firsts` of them, or of their first failures, each with about `states` states."""

    subject: int
    at: int
    firsts: int
    states: int


def chunks_of(series: Iterable[Series], states_per_chunk: int) -> tuple[Chunk, ...]:
    """Return chunks of about so many states (of one first failure at least) that together are all of the series, in order."""
    found: list[Chunk] = []
    chunk: list[Slice] = []
    size = 0
    for piece, states in _pieces(series, states_per_chunk):
        if chunk and size + states > states_per_chunk:
            found.append(tuple(chunk))
            chunk, size = [], 0
        chunk.append(piece)
        size += states
    return (*found, tuple(chunk)) if chunk else ()


def count_of(series: Iterable[Series]) -> int:
    """Return about how many states there are."""
    return sum(one.firsts * one.states for one in series)


def _pieces(series: Iterable[Series], states_per_chunk: int) -> Iterator[tuple[Slice, int]]:
    for one in series:
        step = max(1, states_per_chunk // max(1, one.states))
        for low in range(0, one.firsts, step):
            high = min(low + step, one.firsts)
            yield (one.subject, one.at, low, high), (high - low) * one.states
