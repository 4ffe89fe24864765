"""The code of a target for tests: a list of everything that a device is given, in the words of a plan."""

from __future__ import annotations

from dataclasses import fields

from intentc.plan.describe import describe
from intentc.targetkit.kit import Artefact, DeviceBundle, DeviceConfig, Difference, Fleet, Line


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return one file with a line per item."""
    lines = [
        Line(describe(item), getattr(item, "origin", None))
        for field in fields(config)
        if isinstance(getattr(config, field.name), tuple)
        for item in getattr(config, field.name)
    ]
    return (Artefact("all.txt", "all.txt.j2", lines),)


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the file if the running state is not the very same text."""
    text = "".join(file.text for file in expected.files)
    return () if text == running else (Difference("all.txt", text, running),)
