"""What a change does to traffic, intent by intent: the ways of packets before and after, as they were followed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.order.device import Device
from intentc.order.promises import Promise, propagation_ns
from intentc.order.walk import NO_DEVICE, Trace
from intentc.plan.model import Effect, Travel
from intentc.topology.model import Topology

_NS_PER_US = 1000
_DEFAULT = "default"


def find_effects(
    promises: Sequence[Promise], old: Mapping[str, Device], new: Mapping[str, Device], topology: Topology
) -> tuple[Effect, ...]:
    """Return what changes for the packets of each intent, once for each pair of ends; nothing of what goes as it went."""
    found: dict[Effect, None] = {}
    for promise in promises:
        before = tuple(_travels(promise, promise.old, old, topology))
        after = tuple(_travels(promise, promise.new, new, topology))
        if before != after:
            for intent in promise.intents:
                found[Effect(intent, promise.entrance.node, before, after)] = None
    return tuple(sorted(found))


def _travels(promise: Promise, trace: Trace, devices: Mapping[str, Device], topology: Topology) -> Iterator[Travel]:
    rule = devices.get(promise.entrance.node, NO_DEVICE).mark(promise.packet, promise.entrance.interface)
    name = _DEFAULT if rule is None else rule.traffic_class
    if trace.fault:
        yield Travel((), 0, name, trace.fault)
    for path in sorted(trace.paths, key=lambda path: (path.nodes, path.links)):
        yield Travel(path.nodes, -(-propagation_ns(path, topology) // _NS_PER_US), name)
