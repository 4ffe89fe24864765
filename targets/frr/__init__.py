"""The target `frr`: FRRouting on Linux."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from intentc.targetkit.kit import Artefact, DeviceBundle, DeviceConfig, Difference, Fleet, Screen, Treatment

__all__ = ["artefacts", "differences", "screens", "treatments"]


def artefacts(config: DeviceConfig, fleet: Fleet) -> tuple[Artefact, ...]:
    """Return the files of one device, in the order in which the agent brings them up."""
    from .edge import edge_view  # noqa: PLC0415  (`check` writes no files: start-up)
    from .guard import guard_view  # noqa: PLC0415
    from .queueing import classes_view, trees_view  # noqa: PLC0415
    from .steering import frr_view, rules_view  # noqa: PLC0415

    views = (
        ("guard.nft", guard_view(config, fleet)),
        ("queue.tc", trees_view(config, fleet)),
        ("queue.nft", classes_view(config, fleet)),
        ("frr.conf", frr_view(config, fleet)),
        ("rules", rules_view(config)),
        ("edge.nft", edge_view(config, fleet)),
    )
    return tuple(Artefact(file, f"{file}.j2", view) for file, view in views if view is not None)


def differences(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return where `running`, what a device's agent printed, is not what `expected` says."""
    from . import readback  # noqa: PLC0415

    return readback.differences(expected, running)


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return how the queues of every port of `rates` treat packets, sorted."""
    from . import treatment  # noqa: PLC0415

    return treatment.treatments(running, rates)


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what the filters of a device's ports drop, sorted."""
    from . import screening  # noqa: PLC0415

    return screening.screens(running, interfaces)
