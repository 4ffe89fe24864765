"""`intentc drift`: owned configuration that is not on the devices as it was applied."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Diagnostic
from intentc.diagnostics.redaction import redacted
from intentc.inventory.model import Device
from intentc.plan.drifted import Drifted, drifted
from intentc.plan.model import Payload, RunningState
from intentc.push.collect import collect_running
from intentc.push.opening import open_session
from intentc.push.team import Limits, Opener, Progress, silent
from intentc.values import frozen


@frozen
class DeviceDrift:
    """One device; `lines` are those of a diff from what was applied to what runs, empty where they agree.

    `items` say whose they are.
    """

    node: str
    has_owned: bool
    lines: tuple[str, ...]
    items: tuple[Drifted, ...] = ()


@frozen
class DriftReport:
    """All devices that could be read, by name, and the findings; `status` is the exit status of the command line."""

    devices: tuple[DeviceDrift, ...]
    findings: tuple[Diagnostic, ...]
    is_complete: bool

    @property
    def status(self) -> int:
        """Return 0 without drift, 1 with drift, 6 when a device could not be read and no other has drifted."""
        if any(device.lines for device in self.devices):
            return 1
        return 0 if self.is_complete else 6


def drift(
    devices: Mapping[str, Device],
    limits: Limits | None = None,
    progress: Progress = silent,
    *,
    opener: Opener = open_session,
) -> DriftReport:
    """Compare what runs on `devices` with what was applied there; nothing is changed."""
    collected = collect_running(devices, limits, progress, opener=opener)
    found = tuple(
        _device(node, state.given, tuple(redacted(line) for line in state.drift))
        for node, state in collected.running.items()
    )
    changed = tuple(_finding(state) for state in collected.running.values() if not state.is_intact)
    return DriftReport(found, (*changed, *collected.findings), collected.is_complete)


def _device(node: str, given: Payload | None, lines: tuple[str, ...]) -> DeviceDrift:
    return DeviceDrift(node, given is not None, lines, drifted(None if given is None else given.config, lines))


def _finding(state: RunningState) -> Diagnostic:
    count = len(state.drift)
    return Diagnostic(
        "E0820",
        f"`{state.node}`: owned configuration is not as it was applied ({count} line{'s' * (count != 1)} differ"
        f"{'s' * (count == 1)})",
        node=state.node,
        help=("`intentc drift --repair` puts it right, and nothing else; put it into an intent if it was meant",),
    )
