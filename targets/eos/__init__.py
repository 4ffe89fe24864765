"""The target `eos`: Arista EOS on R-series (7280R, 7500R, 7800R, 7020R) and X-series (7050X, 7060X, 7260X, 7300X) switches."""

from __future__ import annotations

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet

from .composing import compose
from .document import config_lines
from .foreign import foreign
from .obstacles import obstacles
from .readback import FILE, differences, read_back
from .removal import removal
from .screening import screens
from .treatment import treatments

__all__ = ["artefacts", "differences", "foreign", "obstacles", "read_back", "removal", "screens", "treatments"]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the one file of a device: lines of a configuration session; none where intentc owns nothing there."""
    lines = tuple(config_lines(compose(config, fleet)))
    return (Artefact(FILE, f"{FILE}.j2", lines),) if lines else ()
