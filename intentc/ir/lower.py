"""From the placed program to vendor-neutral device configuration: one pass per feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from intentc.diagnostics import Findings
from intentc.ir.claims import Clashes, check_claims
from intentc.ir.counting import lower_counting
from intentc.ir.edges import lower_edges
from intentc.ir.fencing import lower_fences
from intentc.ir.ground import Ground
from intentc.ir.isolation import lower_isolation
from intentc.ir.lossless import lower_pauses
from intentc.ir.marking import lower_marking
from intentc.ir.metering import lower_meters
from intentc.ir.model import DeviceConfig, Fleet
from intentc.ir.order import in_order
from intentc.ir.policies import lower_algorithm_policies, lower_policies, lower_policy_steering, lower_reflectors
from intentc.ir.protection import lower_protection, lower_repairs
from intentc.ir.queueing import lower_queueing
from intentc.ir.repair_claims import check_repair_claims
from intentc.ir.steering import lower_steering
from intentc.ir.telemetry import lower_probe_reflectors, lower_probes, lower_streams
from intentc.ir.usage import UsageMemory
from intentc.ir.wires import wires
from intentc.realise.model import Realised
from intentc.recall import Recall
from intentc.resolve.model import Model
from intentc.targetkit.model import Capabilities
from intentc.topology.model import IPInterface, Topology

_Items = tuple[Any, ...]
_NOTHING: tuple[Mapping[str, Sequence[Any]], Mapping[str, _Items]] = ({}, {})
# field of DeviceConfig -> the pass that fills it; each returns items per node, none knows of another
PASSES: tuple[tuple[str, Callable[[Ground], Mapping[str, tuple[Any, ...]]]], ...] = (
    ("edges", lower_edges),
    ("meters", lower_meters),
    ("marking", lower_marking),
    ("queueing", lower_queueing),
    ("steering", lower_steering),
    ("fences", lower_fences),
    ("isolation", lower_isolation),
    ("bfd", lower_protection),
    ("repairs", lower_repairs),
    ("counting", lower_counting),
    ("reflectors", lower_reflectors),
    ("policies", lower_policies),
    ("algorithm_policies", lower_algorithm_policies),
    ("policy_steering", lower_policy_steering),
    ("streams", lower_streams),
    ("probes", lower_probes),
    ("probe_reflectors", lower_probe_reflectors),
    ("pauses", lower_pauses),
)


class Memory:
    """What passes have given to devices, with the order that it was brought into; `lowered`: nodes where that was new, the last time."""

    def __init__(self) -> None:
        self.lowered: set[str] = set()
        self._known: dict[str, tuple[Mapping[str, Sequence[Any]], Mapping[str, _Items]]] = {}
        self._made: Recall[Any] = Recall()
        self._usage = UsageMemory()
        self._devices: Recall[DeviceConfig] = Recall()
        self.clashes: Clashes = Recall()

    def device(self, node: str, features: Mapping[str, _Items], capabilities: Capabilities) -> DeviceConfig:
        """Return the configuration of a device."""
        make = partial(_device, node, features, capabilities)
        return self._devices.of(node, tuple(features.values()), make, tuple(features))

    def ground(self, realised: Realised, capabilities: Capabilities) -> Ground:
        """Return what the passes begin with; what they have made over another network, or of other classes, is forgotten."""
        self.lowered = set()
        model = realised.model
        self._devices.begin(capabilities)
        if not self._made.begin(model.topology, capabilities, facts=model.classes):
            self._usage = UsageMemory()
        return Ground(realised, capabilities, self._made, self._usage)

    def fleet(self, devices: Mapping[str, DeviceConfig], model: Model) -> Fleet:
        """Return `devices` with the facts of the network that the passes began with."""
        return fleet_of(devices, model, self._made)

    def in_order(self, feature: str, found: Mapping[str, Sequence[Any]]) -> Mapping[str, _Items]:
        """Return the items that a pass has found for each node, in their order."""
        before, known = self._known.get(feature, _NOTHING)
        if found is before:
            return known
        ordered: dict[str, _Items] = {}
        for node, given in found.items():
            if given and given == before.get(node):
                ordered[node] = known[node]
            elif given:
                ordered[node] = in_order(given)
                self.lowered.add(node)
        self._known[feature] = found, ordered
        return ordered


def lower(realised: Realised, capabilities: Capabilities, findings: Findings, memory: Memory | None = None) -> Fleet:
    """Return the configuration of every device that needs any; resources that two items claim are findings (E0690).

    Devices for which the passes have found what `memory` has of the last time get the very same items.
    """
    memory = memory or Memory()
    ground = memory.ground(realised, capabilities)
    items: dict[str, dict[str, _Items]] = {}
    for feature, run in PASSES:
        for node, found in memory.in_order(feature, run(ground)).items():
            items.setdefault(node, {})[feature] = found
    devices = {node: memory.device(node, items[node], capabilities) for node in sorted(items)}
    check_claims(devices.values(), findings, memory.clashes)
    check_repair_claims(ground, findings)
    return memory.fleet(devices, realised.model)


def fleet_of(devices: Mapping[str, DeviceConfig], model: Model, known: Recall[Any] | None = None) -> Fleet:
    """Return `devices` with the facts of the network that targets need, whatever of the program could be placed; `known`: over the same network."""
    known = Recall() if known is None else known
    return Fleet(
        devices=devices,
        loopbacks=known.of("loopbacks", (), lambda: _loopbacks(model.topology)),
        classes=model.classes,
        infrastructure=model.infrastructure,
        wires=known.of("wires", (), lambda: wires(model.topology)),
        igp_process=model.topology.routing.process,
    )


def _device(node: str, features: Mapping[str, tuple[Any, ...]], capabilities: Capabilities) -> DeviceConfig:
    own = capabilities[node]
    return DeviceConfig(node, own.platform, own.release, hardware=own.hardware, **features)


def _loopbacks(topology: Topology) -> dict[str, tuple[str | None, str | None]]:
    return {name: (_host(node.loopback), _host(node.loopback6)) for name, node in sorted(topology.nodes.items())}


def _host(interface: IPInterface | None) -> str | None:
    return None if interface is None else str(interface.ip)
