"""Reading what runs, from many devices at once."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from intentc.diagnostics import Diagnostic
from intentc.inventory.model import Device
from intentc.plan.model import Payload, RunningState
from intentc.push.fanout import ask_all
from intentc.push.findings import trouble_finding
from intentc.push.opening import open_session
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
    asked = wanted or {}
    bounds = limits or Limits()
    nodes = sorted(devices)
    with ThreadPoolExecutor(bounds.connects) as pool:
        opened = ask_all(
            nodes,
            lambda node: opener(devices[node], bounds),
            pool,
            on_answer=lambda node, done: progress(Event("connect", node, done, len(nodes))),
        )
    with ThreadPoolExecutor(bounds.concurrency) as pool:
        try:
            read = ask_all(
                opened.given,
                lambda pair: pair[1].read(asked.get(pair[0])),
                pool,
                on_answer=lambda pair, done: progress(Event("read", pair[0], done, len(opened.given))),
            )
        finally:
            for _, session in opened.given:  # also ends what still waits for an answer after Ctrl-C
                session.close()
    findings = [trouble_finding(node, "connect", error) for node, error in opened.failed]
    findings += [trouble_finding(pair[0], "read", error) for pair, error in read.failed]
    return Collected({pair[0]: state for pair, state in read.given}, tuple(findings))
