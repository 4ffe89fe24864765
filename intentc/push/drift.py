"""`intentc drift`: owned configuration that is not on the devices as it was applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic
from intentc.diagnostics.redaction import redacted
from intentc.inventory.model import Device
from intentc.plan.drifted import Drifted, drifted, standing
from intentc.plan.model import Adopted, RunningState
from intentc.push.collect import collect_running
from intentc.push.opening import open_session
from intentc.push.team import Limits, Opener, Progress, silent
from intentc.values import frozen


@frozen
class DeviceDrift:
    """One device; `lines` are those of a diff from what was applied to what runs, empty where they agree.

    `items` say whose they are. `adopted` are those of `lines` that somebody decided to leave for now: they are no drift.
    """

    node: str
    has_owned: bool
    lines: tuple[str, ...]
    items: tuple[Drifted, ...] = ()
    adopted: tuple[Adopted, ...] = ()

    @property
    def has_drifted(self) -> bool:
        """Return whether anything differs that nobody adopted."""
        return bool(self.fresh_lines)

    @property
    def fresh_lines(self) -> tuple[str, ...]:
        """Return the lines that nobody adopted."""
        known = {item.line for item in self.adopted}
        return tuple(line for line in self.lines if line not in known)


@frozen
class DriftReport:
    """All devices that could be read, by name, and the findings; `status` is the exit status of the command line."""

    devices: tuple[DeviceDrift, ...]
    findings: tuple[Diagnostic, ...]
    is_complete: bool

    @property
    def status(self) -> int:
        """Return 0 without drift, 1 with drift, 6 when a device could not be read and no other has drifted."""
        if any(device.has_drifted for device in self.devices):
            return 1
        return 0 if self.is_complete else 6


def drift(
    devices: Mapping[str, Device],
    limits: Limits | None = None,
    progress: Progress = silent,
    *,
    adopted: Mapping[str, Sequence[Adopted]] | None = None,
    opener: Opener = open_session,
) -> DriftReport:
    """Compare what runs on `devices` with what was applied there; nothing is changed. `adopted`: what is left for now, by device."""
    collected = collect_running(devices, limits, progress, opener=opener)
    found = tuple(_device(state, (adopted or {}).get(node, ())) for node, state in collected.running.items())
    changed = tuple(item for device in found for item in _findings(device))
    return DriftReport(found, (*changed, *collected.findings), collected.is_complete)


def _device(state: RunningState, adopted: Sequence[Adopted]) -> DeviceDrift:
    lines = tuple(redacted(line) for line in state.drift)
    items = drifted(None if state.given is None else state.given.config, lines)
    return DeviceDrift(state.node, state.given is not None, lines, items, standing(lines, adopted))


def _findings(device: DeviceDrift) -> Iterator[Diagnostic]:
    if device.has_drifted:
        yield _finding(device.node, len(device.fresh_lines))
    for by in sorted({item.by for item in device.adopted}):
        count = sum(item.by == by for item in device.adopted)
        yield Diagnostic(
            "N0828",
            f"`{device.node}`: {count} line{'s' * (count != 1)} of owned configuration differ{'s' * (count == 1)}, adopted by {by}",
            node=device.node,
            help=("the next `intentc apply` takes this back: say it in an intent to keep it",),
        )


def _finding(node: str, count: int) -> Diagnostic:
    return Diagnostic(
        "E0820",
        f"`{node}`: owned configuration is not as it was applied ({count} line{'s' * (count != 1)} differ"
        f"{'s' * (count == 1)})",
        node=node,
        help=(
            "`intentc drift --repair` puts it right, and nothing else; put it into an intent if it was meant",
            "`intentc drift --adopt` leaves it as it runs until the next apply, and says who decided that",
        ),
    )
