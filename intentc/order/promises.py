"""What packets of accepted intents may do while a change is under way: what they did before, or what they will do after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from intentc.ir.model import DeviceConfig
from intentc.order.device import Device
from intentc.order.packets import Atlas, Packet, is_meant
from intentc.order.walk import NO_DEVICE, Entrance, Taken, Trace, Walker
from intentc.resolve.model import Flow
from intentc.topology.model import Topology
from intentc.values import frozen

Devices = Mapping[str, Device]
Hop = tuple[str, str]  # the node that sends, and the link


@frozen
class Promise:
    """Packets that enter at one port, the intents that name them before or after, and what becomes of them then.

    `was_named`: an intent named them before. `queues`: by hop and code point the classes in whose queues they may wait.
    """

    packet: Packet
    entrance: Entrance
    intents: tuple[str, ...]
    was_named: bool
    old: Trace
    new: Trace
    queues: Mapping[tuple[Hop, int], frozenset[str]]

    def flaw(self, trace: Trace, topology: Topology) -> str:
        """Return what is wrong with a trace of the packets; nothing where they go as before or after.

        Every link is one that they take before or after, no way is longer (in time and in hops) than the longest of those,
        and they carry a code point that they carry there: so regions, exclusions and bounds of one of the two are kept.
        Packets that no intent named before may be dropped by a fence: what must never leak is blocked first.
        """
        allowed = (*self.old.paths, *self.new.paths)
        if trace.fault:
            is_blocked_first = trace.fence is not None and not self.was_named
            return "" if self.old.fault or self.new.fault or is_blocked_first else trace.fault
        hops = {hop for path in allowed for hop in hops_of(path)}
        longest_ns = max((propagation_ns(path, topology) for path in allowed), default=0)
        most = max((len(path.links) for path in allowed), default=0)
        for path in sorted(trace.paths - {*allowed}, key=lambda path: (path.nodes, path.links)):
            stray = next((link for node, link in hops_of(path) if (node, link) not in hops), None)
            if stray is not None:
                return f"it takes `{stray}`, which it takes neither before nor after"
            if propagation_ns(path, topology) > longest_ns or len(path.links) > most:
                return f"its way {' '.join(path.nodes)} is longer than before and after"
            if path.dscp not in {known.dscp for known in allowed}:
                return f"it has DSCP {path.dscp}, which it has neither before nor after"
        return ""


def hops_of(path: Taken) -> Iterator[Hop]:
    """Yield the hops of a path."""
    return zip(path.nodes, path.links, strict=False)


def find_promises(walker: Walker, old: Devices, new: Devices, changing: Iterable[str]) -> tuple[Promise, ...]:
    """Return the promises that a device of `changing` may have a say in, in order."""
    atlas = Atlas(_flows(device.config for devices in (old, new) for device in devices.values()))
    named: dict[tuple[str, str, Packet], set[str]] = {}
    known: frozenset[tuple[str, str, Packet]] = frozenset()
    for devices in (new, old):
        own = [
            ((node, interface, packet), asking)
            for node, device in devices.items()
            for interface, packet, asking in _named(walker, node, device, atlas)
        ]
        known = frozenset(key for key, _ in own)  # in the end: what was named before
        for key, asking in own:
            named.setdefault(key, set()).update(asking)
    concerned = frozenset(changing)
    found: list[Promise] = []
    for key, intents in sorted(named.items(), key=lambda item: _order(item[0])):
        node, interface, packet = key
        entrance = Entrance(node, interface)
        before, after = walker.walk(packet, entrance, old), walker.walk(packet, entrance, new)
        touched = {name for trace in (before, after) for path in trace.paths for name in path.nodes}
        if concerned & (touched | before.met | after.met):
            queues = _queues(walker, before, after, old, new)
            found.append(Promise(packet, entrance, tuple(sorted(intents)), key in known, before, after, queues))
    return tuple(found)


def _named(walker: Walker, node: str, device: Device, atlas: Atlas) -> Iterator[tuple[str, Packet, tuple[str, ...]]]:
    """Yield the packets that rules at the edge ports of a device name, with the intents that do."""
    config = device.config
    rules: tuple[Any, ...] = (*config.marking, *config.steering, *config.policy_steering)
    for rule in rules:
        for interface in rule.interfaces:
            if not walker.is_core(node, interface):
                for packet in atlas.pieces(rule.flow):
                    if is_meant(packet, rule.flow, rule.excepted):
                        yield interface, packet, rule.origin.intents


def _flows(configs: Iterable[DeviceConfig]) -> Iterator[Flow]:
    for config in configs:
        rules: tuple[Any, ...] = (*config.marking, *config.steering, *config.policy_steering, *config.fences)
        for rule in rules:
            yield rule.flow
            yield from rule.excepted
        for denied in config.isolation:
            yield from denied.allowed
            everyone = Flow(*((6, "::/0") if ":" in denied.prefix else (4, "0.0.0.0/0")), denied.prefix)
            yield everyone if denied.direction == "to" else everyone.reversed()


def _queues(
    walker: Walker, before: Trace, after: Trace, old: Devices, new: Devices
) -> dict[tuple[Hop, int], frozenset[str]]:
    found: dict[tuple[Hop, int], set[str]] = {}
    for trace, devices in ((before, old), (after, new)):
        for path in trace.paths:
            for node, link in hops_of(path):
                waits = found.setdefault(((node, link), path.dscp), set())
                port = walker.port(node, link)
                if port is not None:
                    waits.add(devices.get(node, NO_DEVICE).queue(port, path.dscp))
    return {key: frozenset(waits) for key, waits in found.items()}


def propagation_ns(path: Taken, topology: Topology) -> int:
    """Return how long the links of a path take; those of which nobody knows count nothing."""
    links = [(topology.links[link], node) for node, link in hops_of(path)]
    return sum(link.latency_ns.towards(is_ab=link.is_ab(node)) for link, node in links if link.latency_ns is not None)


def _order(key: tuple[str, str, Packet]) -> tuple[object, ...]:
    node, interface, packet = key
    ports = (packet.protocol, packet.source_port, packet.port, packet.dscp)
    return node, interface, packet.family, packet.source, packet.destination, *ports
