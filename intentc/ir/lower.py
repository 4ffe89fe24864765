"""From the placed program to vendor-neutral device configuration: one pass per feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from intentc.diagnostics import Findings
from intentc.ir.blurs import check_blurs
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
from intentc.realise.seen import LastSeen
from intentc.recall import Recall, differing_keys
from intentc.resolve.model import Model
from intentc.targetkit.model import Capabilities
from intentc.topology.model import IPInterface, Topology

_Items = tuple[Any, ...]
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
    """What passes have given to devices, in its order; `lowered`: nodes where that was new, the last time."""

    def __init__(self) -> None:
        self.lowered: set[str] = set()
        self._found: dict[str, Mapping[str, Sequence[Any]]] = {}  # by pass and node, as passes gave it
        self._features: dict[str, dict[str, _Items]] = {}  # by node and pass
        self._made: Recall[Any] = Recall()
        self._usage = UsageMemory()
        self._capabilities: Capabilities | None = None
        self._devices: Mapping[str, DeviceConfig] = {}
        self.clashes: Clashes = Recall()

    def devices(
        self, found: Mapping[str, Mapping[str, Sequence[Any]]], capabilities: Capabilities
    ) -> Mapping[str, DeviceConfig]:
        """Return the configuration of each device, of what passes have found for it; of what was found before it is the very same."""
        touched = {node for feature, items in found.items() for node in self._take(feature, items)}
        devices = self._devices if capabilities is self._capabilities else {}
        touched.update(self._features.keys() - devices.keys())
        if touched:
            anew = {node: _device(node, self._features[node], capabilities) for node in touched & self._features.keys()}
            every = {**devices, **anew}
            is_other = len(every) > len(devices) or len(anew) < len(touched)
            devices = {node: every[node] for node in sorted(self._features)} if is_other else every
        self._capabilities, self._devices = capabilities, devices
        return devices

    def _take(self, feature: str, found: Mapping[str, Sequence[Any]]) -> Sequence[str]:
        """Note what a pass has found, and return the nodes for which that is something else than the last time."""
        before, touched = self._found.get(feature, {}), []
        for node in differing_keys(before, found):
            given = found.get(node) or ()
            if given == (before.get(node) or ()):
                continue
            touched.append(node)
            if given:
                self._features.setdefault(node, {})[feature] = in_order(given)
                self.lowered.add(node)
            else:
                del self._features[node][feature]
                if not self._features[node]:
                    del self._features[node]
        self._found[feature] = found
        return touched

    def ground(self, realised: Realised, capabilities: Capabilities, last_seen: LastSeen | None) -> Ground:
        """Return what the passes begin with; what they have made over another network, or of other classes, is forgotten."""
        self.lowered = set()
        model = realised.model
        if not self._made.begin(model.topology, capabilities, facts=model.classes):
            self._usage = UsageMemory()
        return Ground(realised, capabilities, self._made, self._usage, last_seen=last_seen)

    def fleet(self, devices: Mapping[str, DeviceConfig], model: Model) -> Fleet:
        """Return `devices` with the facts of the network that the passes began with."""
        return fleet_of(devices, model, self._made)


def lower(
    realised: Realised,
    capabilities: Capabilities,
    findings: Findings,
    memory: Memory | None = None,
    last_seen: LastSeen | None = None,
) -> Fleet:
    """Return the configuration of every device that needs any; resources that two items claim are findings (E0690).

    Devices for which the passes have found what `memory` has of the last time get the very same items. `last_seen`: the demands of that time.
    """
    memory = memory or Memory()
    ground = memory.ground(realised, capabilities, last_seen)
    devices = memory.devices({feature: run(ground) for feature, run in PASSES}, capabilities)
    check_claims(devices.values(), findings, memory.clashes)
    check_repair_claims(ground, findings)
    check_blurs(ground, devices, findings)
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
