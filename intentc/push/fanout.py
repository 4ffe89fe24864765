"""The same question to many devices at once, bounded, with every answer or failure as a value."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from queue import Empty, SimpleQueue
from typing import Generic, TypeVar

from intentc.push.interrupts import Interrupt
from intentc.push.trouble import SessionError
from intentc.values import frozen

Member = TypeVar("Member")
Answer = TypeVar("Answer")

_POLL_S = 0.1


@frozen
class Answers(Generic[Member, Answer]):
    """Who answered what, who failed how, and who was not asked because somebody interrupted; in the order of asking."""

    given: tuple[tuple[Member, Answer], ...]
    failed: tuple[tuple[Member, SessionError], ...]
    not_asked: tuple[Member, ...]


def ask_all(
    members: Sequence[Member],
    question: Callable[[Member], Answer],
    pool: Executor,
    *,
    interrupt: Interrupt | None = None,
    on_answer: Callable[[Member, int], None] | None = None,
) -> Answers[Member, Answer]:
    """Put `question` to every member, as many at a time as `pool` has threads.

    A `SessionError` is that member's failure; anything else is a bug and is raised once all others have ended. After an
    interrupt nobody further is asked; who was asked already may finish. `on_answer` hears of each end, with the number of
    ends so far.
    """
    ends: SimpleQueue[Future[Answer]] = SimpleQueue()
    futures = {pool.submit(question, member): member for member in members}
    for future in futures:  # each end is heard of once: to wait on all of them anew at each end would take their square
        future.add_done_callback(ends.put)
    try:
        _hear(futures, ends, interrupt, on_answer)
    finally:
        for future in futures:  # Ctrl-C where nobody catches it: who was not asked is not asked any more
            future.cancel()
    return _sorted_out(futures)


def _hear(
    futures: dict[Future[Answer], Member],
    ends: SimpleQueue[Future[Answer]],
    interrupt: Interrupt | None,
    on_answer: Callable[[Member, int], None] | None,
) -> None:
    """Return when all futures have ended or were cancelled; after an interrupt those that have not begun are."""
    answered = heard = 0
    is_stopping = False
    while heard < len(futures):
        with contextlib.suppress(Empty):
            future = ends.get(timeout=_POLL_S)
            heard += 1
            if not future.cancelled():
                answered += 1
                if on_answer is not None:
                    on_answer(futures[future], answered)
        if interrupt is not None and interrupt.is_asked and not is_stopping:
            is_stopping = True
            for waiting in futures:
                waiting.cancel()


def _sorted_out(futures: dict[Future[Answer], Member]) -> Answers[Member, Answer]:
    given: list[tuple[Member, Answer]] = []
    failed: list[tuple[Member, SessionError]] = []
    not_asked: list[Member] = []
    for future, member in futures.items():
        if future.cancelled():
            not_asked.append(member)
            continue
        error = future.exception()
        if isinstance(error, SessionError):
            failed.append((member, error))
        elif error is not None:
            raise error
        else:
            given.append((member, future.result()))
    return Answers(tuple(given), tuple(failed), tuple(not_asked))
