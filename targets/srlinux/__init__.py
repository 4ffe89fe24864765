"""The target `srlinux`: Nokia SR Linux."""

from __future__ import annotations

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet

from .decide import owned_by
from .document import config_lines
from .foreign import foreign
from .obstacles import obstacles
from .readback import differences, read_back
from .removal import removal
from .screening import screens
from .treatment import treatments

__all__ = ["artefacts", "differences", "foreign", "obstacles", "read_back", "removal", "screens", "treatments"]

FILE = "itc.xml"


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the payload of one device: one NETCONF edit of the candidate; none where intentc owns nothing there."""
    lines = tuple(config_lines(owned_by(config, fleet)))
    return (Artefact(FILE, f"{FILE}.j2", lines),) if len(lines) > len(("<config>", "</config>")) else ()
