"""Lossless classes: flow control on every port that their packets enter or leave by, those of their hosts included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.ir.ground import Ground, asked_by, code_points, merged
from intentc.ir.model import Origin, PausePort
from intentc.realise.model import Path, RealisedDemand
from intentc.topology.model import Link

_TC_SHIFT = 3
_RESPONSE_BYTES = 3840  # a port stops within 60 quanta of 512 bits (IEEE 802.1Qbb)
_NS_BITS = 8 * 1_000_000_000
_SHORT_NS = 500  # 100 m of cable, where nobody says how long a link is

_Key = tuple[str, str, str]  # node, interface, class


def lower_pauses(ground: Ground) -> Mapping[str, tuple[PausePort, ...]]:
    """Return the ports with flow control of the nodes that can do it, one per class."""
    headroom: dict[_Key, int] = {}
    origins: dict[_Key, list[Origin]] = {}
    is_any = any(one.is_lossless for one in ground.classes.values())
    for item in ground.demands if is_any else ():
        name = item.demand.traffic_class
        if ground.classes[name].is_lossless:
            for node, interface, needed in _ports(ground, item):
                if ground.can(node, "lossless"):
                    key = node, interface, name
                    headroom[key] = max(needed, headroom.get(key, 0))
                    origins.setdefault(key, []).append(asked_by(item.demand, "priority"))
    found: dict[str, list[PausePort]] = {}
    for node, interface, name in sorted(headroom):
        own, key = ground.classes[name], (node, interface, name)
        port = PausePort(interface, name, own.dscp >> _TC_SHIFT, code_points(own), headroom[key], merged(origins[key]))
        found.setdefault(node, []).append(port)
    return {node: tuple(ports) for node, ports in found.items()}


def _ports(ground: Ground, item: RealisedDemand) -> Iterator[tuple[str, str, int]]:
    """Yield node, port and headroom of both ends of the links on all paths, and the ports of hosts."""
    for path in _paths(item):
        for name in path.links:
            link = ground.topology.links[name]
            for end in (link.a, link.b):
                if end.interface is not None:
                    yield end.node, end.interface, _headroom_bytes(link, end.node)
    for candidate in item.demand.candidates:
        for host in (candidate.source, candidate.destination):
            for interface in ground.ports_of(host):
                yield host.node, interface, 0


def _paths(item: RealisedDemand) -> Iterator[Path]:
    yield from item.primary
    for state in item.states:
        yield from state.paths


def _headroom_bytes(link: Link, node: str) -> int:
    """Return what still comes in after `node` sent a pause: a round trip of the line, one packet at each end, the response."""
    sender = link.other(node)
    rate_bps = link.capacity_bps.towards(is_ab=link.is_ab(sender))
    round_trip_ns = link.latency_ns.ab + link.latency_ns.ba if link.latency_ns is not None else 2 * _SHORT_NS
    return -(-rate_bps * round_trip_ns // _NS_BITS) + 2 * link.mtu + _RESPONSE_BYTES
