"""Reading what runs, from many devices at once."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from intentc.diagnostics import Diagnostic
from intentc.inventory.model import Device
from intentc.plan.model import Payload, RunningState
from intentc.push.fanout import ask_all
from intentc.push.findings import trouble_finding
from intentc.push.opening import open_session
from intentc.push.session import Session
from intentc.push.team import Event, Limits, Opener, Progress, silent
from intentc.values import frozen


@frozen
class Collected:
    """What runs, by node in sorted order, and a finding for each device that could not be read."""

    running: Mapping[str, RunningState]
    findings: tuple[Diagnostic, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether every device was read."""
        return not self.findings


def collect_running(
    devices: Mapping[str, Device],
    limits: Limits | None = None,
    progress: Progress = silent,
    *,
    wanted: Mapping[str, Payload] | None = None,
    opener: Opener = open_session,
) -> Collected:
    """Read every device of `devices` over a session of its own; nothing is changed on any of them.

    Of those that have something in `wanted` it is told who else holds a place that this needs.
    """
    visits = _Visits(devices, limits or Limits(), wanted or {}, opener)
    nodes = sorted(devices)
    with ThreadPoolExecutor(visits.limits.concurrency) as pool:
        try:
            answers = ask_all(
                nodes, visits.read, pool, on_answer=lambda node, done: progress(Event("read", node, done, len(nodes)))
            )
        finally:
            visits.close()  # also ends what still waits for an answer after Ctrl-C
    findings = [trouble_finding(node, visits.phase(node), error) for node, error in answers.failed]
    return Collected(dict(answers.given), tuple(findings))


class _Visits:
    """Sessions that last as long as a device is read: never are more of them open than there are questions under way."""

    def __init__(
        self, devices: Mapping[str, Device], limits: Limits, wanted: Mapping[str, Payload], opener: Opener
    ) -> None:
        self.limits = limits
        self._devices = devices
        self._wanted = wanted
        self._opener = opener
        self._doors = threading.BoundedSemaphore(limits.connects)
        self._open: dict[str, Session] = {}
        self._entered: set[str] = set()

    def read(self, node: str) -> RunningState:
        """Return what runs on a device; raises `SessionError`."""
        with self._doors:
            session = self._opener(self._devices[node], self.limits)
        self._entered.add(node)
        self._open[node] = session
        try:
            return session.read(self._wanted.get(node))
        finally:
            self._open.pop(node, None)
            session.close()

    def phase(self, node: str) -> str:
        """Return what was being done with a device when it failed."""
        return "read" if node in self._entered else "connect"

    def close(self) -> None:
        """Close what is still open."""
        for session in tuple(self._open.values()):
            session.close()
