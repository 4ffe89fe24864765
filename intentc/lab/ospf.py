"""The OSPF lines of a router's start-up configuration: one area 0, OSPFv2 for IPv4 and OSPFv3 for IPv6."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.lab.model import LabError
from intentc.lab.underlay import BFD_PROFILE, DEFAULT_SRGB, HELLO_S, Underlay, is_drained
from intentc.topology.model import Link

LAST_RESORT = 65_535  # the highest cost of a link (RFC 2328 appendix B, RFC 6987)
_DEAD_S = 10 * HELLO_S
_RETRANSMIT_S = 3  # two routers that start at the same moment lose a packet and wait this long


def instance(router: Underlay) -> Iterator[list[str]]:
    """Yield the blocks `router ospf` and `router ospf6`."""
    if 4 in router.versions():
        yield [
            "router ospf",
            f" ospf router-id {router.router_id()}",
            " timers lsa min-arrival 20",
            " timers throttle lsa all 50",
            " timers throttle spf 5 20 500",
            *_segment_routing(router),
            "exit",
        ]
    if 6 in router.versions():
        yield [
            "router ospf6",
            f" ospf6 router-id {router.router_id()}",
            " timers lsa min-arrival 20",
            " timers throttle spf 5 20 500",
            "exit",
        ]


def closing(_router: Underlay) -> Iterator[list[str]]:
    """Yield what has to stand after the interfaces: nothing."""
    yield from ()


def active(router: Underlay, link: Link) -> list[str]:
    """Return the lines of an interface with a neighbour."""
    lines: list[str] = []
    cost = _cost(router, link)
    for version in router.versions():
        word = "ip ospf" if version == 4 else "ipv6 ospf6"
        lines += [
            f" {word} area 0",
            *([f" {word} bfd", f" {word} bfd profile {BFD_PROFILE}"] if router.bfd is not None else []),
            f" {word} cost {cost}",
            f" {word} dead-interval {_DEAD_S}",
            f" {word} hello-interval {HELLO_S}",
            f" {word} network point-to-point",
            f" {word} retransmit-interval {_RETRANSMIT_S}",
        ]
    return lines


def passive(versions: tuple[int, ...]) -> list[str]:
    """Return the lines of an interface that is announced but has no neighbour."""
    words = ["ip ospf" if version == 4 else "ipv6 ospf6" for version in versions]
    return [line for word in words for line in (f" {word} area 0", f" {word} passive")]


def _cost(router: Underlay, link: Link) -> int:
    """Return the cost of the router's end of a link.

    A node without transit makes all its links a last resort (RFC 6987): with FRR 8.4's own `stub-router` for OSPFv3 it
    would find no route itself.
    """
    if is_drained(link, router.topology) or not router.node.transit:
        return LAST_RESORT
    cost = link.igp_metric.towards(is_ab=link.is_ab(router.node.name))
    if cost > LAST_RESORT:
        raise LabError(f"link `{link.id}` has the metric {cost}, but OSPF knows none above {LAST_RESORT}")
    return cost


def _segment_routing(router: Underlay) -> list[str]:
    routing, loopback = router.node.segment_routing, router.node.loopback
    if routing is None or loopback is None:
        return []
    low, high = routing.srgb
    block = [f" segment-routing global-block {low} {high}"] if routing.srgb != DEFAULT_SRGB else []
    depth = [f" segment-routing node-msd {routing.max_sid_depth}"] if routing.max_sid_depth is not None else []
    return [
        " capability opaque",
        " router-info area",
        " segment-routing on",
        *block,
        *depth,
        f" segment-routing prefix {loopback.ip}/32 index {routing.index}",
    ]
