"""The target `junos`: Junos OS on MX routers, one NETCONF payload."""

from __future__ import annotations

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet, Line, written

from .foreign import foreign
from .obstacles import obstacles
from .owning import owned_of
from .readback import FILE, differences, read_back
from .removal import removal
from .screening import screens
from .shapes import GROUP
from .treatment import treatments

_MODELS = "http://yang.juniper.net/junos/conf"  # one module, and namespace, for each part of the configuration

__all__ = ["artefacts", "differences", "foreign", "obstacles", "read_back", "removal", "screens", "treatments"]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the payload of one device: the owned group, and that it is applied. No file means that both are to be deleted."""
    owned = owned_of(config, fleet)
    if owned is None:
        return ()
    group = written("groups", owned, GROUP)
    for section in group.children[1:]:  # behind the name
        section.namespace = f"{_MODELS}/{section.name}"
    lines = [Line(text, origin) for child in group.children for text, origin in child.lines(2)]
    return (Artefact(FILE, f"{FILE}.j2", lines),)
