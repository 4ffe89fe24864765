"""`intentc drift`: owned configuration that is not on the devices as it was applied."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intentc.diagnostics import Diagnostic
from intentc.diagnostics.redaction import redacted
from intentc.inventory.model import Device
from intentc.plan.model import RunningState
from intentc.push.collect import collect_running
from intentc.push.opening import open_session
from intentc.push.team import Limits, Opener, Progress, silent


@dataclass(frozen=True, slots=True)
class DeviceDrift:
    """One device; `lines` are those of a diff from what was applied to what runs, empty where they agree."""

    node: str
    has_owned: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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
        DeviceDrift(node, state.given is not None, tuple(redacted(line) for line in state.drift))
        for node, state in collected.running.items()
    )
    drifted = tuple(_finding(state) for state in collected.running.values() if not state.is_intact)
    return DriftReport(found, (*drifted, *collected.findings), collected.is_complete)


def _finding(state: RunningState) -> Diagnostic:
    count = len(state.drift)
    return Diagnostic(
        "E0820",
        f"`{state.node}`: owned configuration is not as it was applied ({count} line{'s' * (count != 1)} differ"
        f"{'s' * (count == 1)})",
        node=state.node,
        help=("`intentc plan` shows how it would be put right; put it into an intent if it was meant",),
    )
