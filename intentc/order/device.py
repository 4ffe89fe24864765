"""What one device does with a packet, read from its configuration (the device IR) alone."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from intentc.ir.model import AlgorithmPolicy, DeviceConfig, MarkRule, SrCandidate, SrPolicy, SrSegment
from intentc.manifest.model import CandidateEntry, ListEntry, PolicyEntry
from intentc.order.packets import Packet, is_in, is_meant, with_dscp
from intentc.resolve.model import Flow
from intentc.values import frozen, replace


@frozen
class Way:
    """A policy as the prover follows it; `discriminator` of the reflector that its sessions need (None: they need none).

    While it is down packets take the first of `others` that is not.
    """

    entry: PolicyEntry
    discriminator: int | None
    others: tuple[Way, ...] = ()


@frozen
class Handling:
    """What becomes of a packet: its code point from here on, and where it is sent.

    `way`: the policy that it takes; else towards the first node of `waypoints` in reach; else `is_dropped` or by the IGP.
    `fenced`: interfaces that it may not leave by.
    """

    dscp: int
    way: Way | None
    waypoints: tuple[str, ...]
    is_dropped: bool
    fenced: frozenset[str]


class Device:
    """One device with one configuration, its rules found by interface."""

    def __init__(self, config: DeviceConfig) -> None:
        self.config = config

    def handle(self, packet: Packet, interface: str | None, *, is_edge: bool) -> Handling:
        """Return what the device does with a packet that comes in by `interface`; rules at edge ports see it as it was sent."""
        rule = self.mark(packet, interface) if is_edge and interface is not None else None
        marked = self._marked(packet, interface, rule) if is_edge else packet
        seen = packet if is_edge else marked
        way = self._way(seen, interface)
        steer = next((item for item in self._steering.get(interface, ()) if _acts(item, seen)), None)
        return Handling(
            dscp=marked.dscp,
            way=way,
            waypoints=() if steer is None else steer.waypoints,
            is_dropped=steer is not None and steer.is_fail_closed,
            fenced=frozenset(name for item in self._fences(marked) for name in item.interfaces),
        )

    def mark(self, packet: Packet, interface: str) -> MarkRule | None:
        """Return the rule that marks a packet which enters by `interface`."""
        return next((item for item in self._marking.get(interface, ()) if _acts(item, packet)), None)

    def admits(self, packet: Packet, interface: str | None, direction: str) -> bool:
        """Return whether isolation lets a packet pass to (`to`) or from (`from`) the hosts behind `interface` (None: any)."""
        for item in self.config.isolation:
            if item.direction != direction or (interface is not None and interface not in item.interfaces):
                continue
            side = Flow(packet.family, _ANY[packet.family], item.prefix)
            end = side if direction == "to" else side.reversed()
            is_of_family = (":" in item.prefix) is (packet.family == 6)
            if is_of_family and is_in(packet, end) and not any(is_in(packet, flow) for flow in item.allowed):
                return False
        return True

    def queue(self, interface: str, dscp: int) -> str:
        """Return the class whose queue a packet waits in: the default one where no queue of ours takes it."""
        return self._ports.get(interface, {}).get(dscp, _DEFAULT)

    @cached_property
    def reflectors(self) -> frozenset[int]:
        """Return the discriminators that the device answers to."""
        return frozenset(item.discriminator for item in self.config.reflectors)

    @cached_property
    def guarded(self) -> frozenset[Any]:
        """Return the fences, without who asked for them."""
        return frozenset(_key(item) for item in self.config.fences)

    def _marked(self, packet: Packet, interface: str | None, rule: MarkRule | None) -> Packet:
        if rule is not None:
            return with_dscp(packet, rule.dscp)
        trust = next((port.trust for port in self.config.edges if port.interface == interface), None)
        return with_dscp(packet, 0) if trust == "none" else packet

    def _way(self, packet: Packet, interface: str | None) -> Way | None:
        rule = next((item for item in self._riding.get(interface, ()) if _acts(item, packet)), None)
        ways = [self._ways[name] for name in rule.policies if name in self._ways] if rule is not None else []
        return replace(ways[0], others=tuple(ways[1:])) if ways else None

    def _fences(self, packet: Packet) -> Iterator[Any]:
        near = self._fenced_flows.get((packet.family), ())
        return (item for item in near if _acts(item, packet))

    @cached_property
    def _marking(self) -> dict[str | None, list[Any]]:
        return _by_interface(self.config.marking)

    @cached_property
    def _steering(self) -> dict[str | None, list[Any]]:
        return _by_interface(self.config.steering)

    @cached_property
    def _riding(self) -> dict[str | None, list[Any]]:
        return _by_interface(self.config.policy_steering)

    @cached_property
    def _fenced_flows(self) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        for item in self.config.fences:
            found.setdefault(item.flow.family, []).append(item)
        return found

    @cached_property
    def _ports(self) -> dict[str, dict[int, str]]:
        return {
            port.interface: {dscp: queue.traffic_class for queue in port.queues for dscp in queue.dscps}
            for port in self.config.queueing
        }

    @cached_property
    def _ways(self) -> dict[str, Way]:
        node = self.config.node
        found = {item.name: _candidates_way(node, item) for item in self.config.policies}
        return {**found, **{item.name: _ride(node, item) for item in self.config.algorithm_policies}}


_DEFAULT = "default"
_ANY = {4: "0.0.0.0/0", 6: "::/0"}


def _acts(item: Any, packet: Packet) -> bool:
    return is_meant(packet, item.flow, item.excepted)


def _by_interface(items: tuple[Any, ...]) -> dict[str | None, list[Any]]:
    """Return the rules by interface in the order in which they are evaluated."""
    found: dict[str | None, list[Any]] = {}
    for item in sorted(items, key=lambda rule: int(rule.precedence)):
        for interface in item.interfaces:
            found.setdefault(interface, []).append(item)
    return found


def _key(item: Any) -> Any:
    return item.flow, item.excepted, item.interfaces, item.reason


def _candidates_way(node: str, policy: SrPolicy) -> Way:
    candidates = tuple(_candidate(node, item) for item in policy.candidates)
    return Way(
        PolicyEntry(node, policy.end_point, policy.is_fail_closed, candidates, None), discriminator=policy.discriminator
    )


def _candidate(node: str, item: SrCandidate) -> CandidateEntry:
    lists = tuple(ListEntry(one.weight, _segments(node, one.segments)) for one in item.lists)
    return CandidateEntry(item.preference, _segments(node, item.segments), lists)


def _segments(node: str, segments: tuple[SrSegment, ...]) -> tuple[str, ...]:
    """Return segments in the manifest's words: nodes, nodes with an algorithm, links with the node that sends."""
    found: list[str] = []
    sender = node
    for item in segments:
        plain = item.node if not item.algorithm else f"{item.node}~{item.algorithm}"
        found.append(plain if item.link is None else f"{item.link}@{sender}")
        sender = item.node
    return tuple(found)


def _ride(node: str, policy: AlgorithmPolicy) -> Way:
    candidate = CandidateEntry(100, (f"{policy.end_point}~{policy.algorithm}",))
    return Way(PolicyEntry(node, policy.end_point, policy.is_fail_closed, (candidate,), None), discriminator=None)
