"""The target `iosxr`: Cisco IOS XR on ASR 9000, NCS 540/5500/5700 and Cisco 8000."""

from __future__ import annotations

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet

from .composing import compose
from .document import document
from .obstacles import obstacles
from .readback import FILE, differences, foreign
from .removal import removal
from .screening import screens
from .treatment import treatments

__all__ = ["artefacts", "differences", "foreign", "obstacles", "removal", "screens", "treatments"]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the one file of a device: the content of an `<edit-config>`."""
    view = document(compose(config, fleet))
    return () if view is None else (Artefact(FILE, f"{FILE}.j2", view),)
