"""The target `frr`: FRRouting on Linux."""

from __future__ import annotations

from intentc.targetkit.kit import Artefact, DeviceConfig, Fleet

from .edge import edge_view
from .guard import guard_view
from .queueing import classes_view, trees_view
from .readback import differences
from .screening import screens
from .steering import frr_view, rules_view
from .treatment import treatments

__all__ = ["artefacts", "differences", "screens", "treatments"]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the files of one device, in the order in which the agent brings them up."""
    views = (
        ("guard.nft", guard_view(config, fleet)),
        ("queue.tc", trees_view(config, fleet)),
        ("queue.nft", classes_view(config, fleet)),
        ("frr.conf", frr_view(config, fleet)),
        ("rules", rules_view(config)),
        ("edge.nft", edge_view(config, fleet)),
    )
    return tuple(Artefact(file, f"{file}.j2", view) for file, view in views if view is not None)
