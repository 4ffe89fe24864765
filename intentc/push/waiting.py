"""Waiting for others: nothing is held meanwhile, and the whole thing is tried again from its beginning."""

from __future__ import annotations

import time
from collections.abc import Callable

from intentc.push.interrupts import Interrupt
from intentc.push.report import Outcome, Report
from intentc.push.team import Event, Options, Progress

_HELD = frozenset({"E0808", "E0818"})  # a device's lock, the lease of the state
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.5, 8.0


def waiting(attempt: Callable[[], Report], options: Options, interrupt: Interrupt, progress: Progress) -> Report:
    """Return the report of the first `attempt` that was not refused because somebody else is at work, or of the last one.

    Between two attempts nothing is locked and no lease is held: who waits cannot keep anybody from ending.
    """
    until, pause_s = time.monotonic() + options.wait_s, _FIRST_PAUSE_S
    while True:
        report = attempt()
        others = [found for found in report.findings if found.code in _HELD]
        left_s = until - time.monotonic()
        if report.outcome is not Outcome.REFUSED or not others or left_s <= 0 or interrupt.is_asked:
            return report
        progress(Event(f"waiting: {others[0].message}", others[0].node or "state", 0, 1))
        _sleep(min(pause_s, left_s), interrupt)
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def _sleep(seconds: float, interrupt: Interrupt) -> None:
    until = time.monotonic() + seconds
    while not interrupt.is_asked and time.monotonic() < until:
        time.sleep(min(0.1, max(0.0, until - time.monotonic())))
