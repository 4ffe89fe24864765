"""The target `iosxe`: Cisco IOS XE routers (ASR 1000, ISR 1000 and 4000, Catalyst 8000 and 8000V)."""

from __future__ import annotations

from dataclasses import dataclass

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet, Line

from .composing import compose
from .obstacles import obstacles
from .readback import FILE, differences, foreign
from .removal import removal
from .screening import screens
from .shapes import ELEMENTS
from .treatment import treatments

__all__ = ["artefacts", "differences", "foreign", "obstacles", "removal", "screens", "treatments"]


@dataclass(frozen=True, slots=True)
class _View:
    lines: tuple[Line, ...]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the one file of a device: the content of an `<edit-config>`."""
    lines = tuple(Line(text, origin) for text, origin in ELEMENTS.lines(compose(config, fleet)))
    return (Artefact(FILE, f"{FILE}.j2", _View(lines)),) if lines else ()
