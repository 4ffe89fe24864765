"""What came of a transaction, as values."""

from __future__ import annotations

from enum import StrEnum

from intentc.diagnostics import Diagnostic
from intentc.values import frozen


class Outcome(StrEnum):
    """How a transaction ended. The words stand in journals: they are stable."""

    APPLIED = "applied"
    NOTHING = "nothing"  # there was nothing to do
    REFUSED = "refused"  # before anything was touched
    BACK = "back"  # failed; every device is where it was
    INTERRUPTED = "interrupted"  # by a person; every device is where it was
    UNCERTAIN = "uncertain"  # at least one device is not known to be where it should be


# Exit statuses of the command line that each outcome stands for.
STATUS: dict[Outcome, int] = {
    Outcome.APPLIED: 0,
    Outcome.NOTHING: 0,
    Outcome.REFUSED: 6,
    Outcome.BACK: 3,
    Outcome.INTERRUPTED: 130,
    Outcome.UNCERTAIN: 4,
}


class Standing(StrEnum):
    """Where one device is after a transaction."""

    OLD = "old"
    NEW = "new"
    UNKNOWN = "unknown"


@frozen
class DeviceReport:
    """One device after the transaction; `text` says more where it is not simply old or new."""

    node: str
    standing: Standing
    text: str = ""


@frozen
class PhaseTime:
    """How long a phase took."""

    phase: str
    milliseconds: int


@frozen
class Report:
    """The whole outcome, times in milliseconds.

    `mixed_ms`: from the first device's first change until the last device was known to be where it ended, in which devices
    may have differed. `mixed_bound_ms`: the most that this could have been before the decision, had we died: then the last
    of the devices' own timers ends. With `UNCERTAIN` the devices that it names may differ for longer.
    """

    outcome: Outcome
    id: str = ""
    findings: tuple[Diagnostic, ...] = ()
    devices: tuple[DeviceReport, ...] = ()
    phases: tuple[PhaseTime, ...] = ()
    mixed_ms: int = 0
    mixed_bound_ms: int = 0

    @property
    def status(self) -> int:
        """Return the exit status of the command line."""
        return STATUS[self.outcome]

    @property
    def sentence(self) -> str:
        """Return the outcome in one sentence."""
        return _SENTENCES[self.outcome].format(
            count=_devices(len(self.devices)), unknown=", ".join(self.unknown), id=self.id
        )

    @property
    def unknown(self) -> tuple[str, ...]:
        """Return the devices that are not known to be where they should be."""
        return tuple(device.node for device in self.devices if device.standing is Standing.UNKNOWN)


_SENTENCES: dict[Outcome, str] = {
    Outcome.APPLIED: "applied to {count} as {id}",
    Outcome.NOTHING: "nothing to do: every device is already as the intents ask",
    Outcome.REFUSED: "refused: nothing was touched",
    Outcome.BACK: "failed, and taken back: {count} run what they ran before",
    Outcome.INTERRUPTED: "interrupted, and taken back: {count} run what they ran before",
    Outcome.UNCERTAIN: "not finished; not known to be where they should be: {unknown}; run `intentc recover` once they can be reached",
}


def _devices(count: int) -> str:
    return f"{count} device" + ("" if count == 1 else "s")
