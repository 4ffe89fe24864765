"""The IS-IS lines of a router's start-up configuration: level 2, point-to-point links, IPv4 and IPv6 in one topology."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.lab.underlay import BFD_PROFILE, DEFAULT_SRGB, HELLO_S, Underlay, is_drained
from intentc.topology.model import Link

AREA = "CORE"
LAST_RESORT = 16_777_214  # the highest wide metric that is still used (RFC 5305 §3)
_DEFAULT_METRIC = 10
_DEFAULT_MTU = 1500


def instance(router: Underlay) -> Iterator[list[str]]:
    """Yield the block `router isis`."""
    lines = [
        f"router isis {AREA}",
        " is-type level-2-only",
        f" net {net(router)}",
        *_lsp_mtu(router),
        " lsp-timers gen-interval 1 refresh-interval 900 max-lifetime 1200",  # else 30 s between two LSPs of its own
        " spf-delay-ietf init-delay 5 short-delay 20 long-delay 100 holddown 500 time-to-learn 300",
        *_segment_routing(router),
        "exit",
    ]
    yield lines


def closing(router: Underlay) -> Iterator[list[str]]:
    """Yield what has to stand after the interfaces.

    The overload bit makes FRR 8.4 announce the node at once and then not again for 30 s: so its links come first.
    """
    if not router.node.transit or router.node.state == "drained":
        yield [f"router isis {AREA}", " set-overload-bit", "exit"]


def active(router: Underlay, link: Link) -> list[str]:
    """Return the lines of an interface with a neighbour."""
    metric = (
        LAST_RESORT
        if is_drained(link, router.topology)
        else link.igp_metric.towards(is_ab=link.is_ab(router.node.name))
    )
    bfd = [" isis bfd", f" isis bfd profile {BFD_PROFILE}"] if router.bfd is not None else []
    return [
        *_families(router.versions()),
        *bfd,
        " isis circuit-type level-2-only",
        f" isis hello-interval {HELLO_S}",
        *([f" isis metric {metric}"] if metric != _DEFAULT_METRIC else []),
        " isis network point-to-point",
    ]


def passive(versions: tuple[int, ...]) -> list[str]:
    """Return the lines of an interface that is announced but has no neighbour."""
    return [*_families(versions), " isis circuit-type level-2-only", " isis passive"]


def _families(versions: tuple[int, ...]) -> list[str]:
    return [f" {'ip' if version == 4 else 'ipv6'} router isis {AREA}" for version in versions]


def net(router: Underlay) -> str:
    """Return the router's IS-IS address, in an area that all routers of a lab share."""
    return f"49.0001.{_system_id(router)}.00"


def _system_id(router: Underlay) -> str:
    """Return six bytes: the digits of the router id, as operators write them (10.255.0.1 is 0102.5500.0001)."""
    digits = "".join(f"{int(part):03d}" for part in router.router_id().split("."))
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _lsp_mtu(router: Underlay) -> list[str]:
    """Return the size of LSPs where a link of the network is too small for FRR's 1497 bytes."""
    smallest = min((link.mtu for link in router.topology.links.values()), default=_DEFAULT_MTU)
    return [f" lsp-mtu {smallest - 3}"] if smallest < _DEFAULT_MTU else []


def _segment_routing(router: Underlay) -> list[str]:
    routing, loopback = router.node.segment_routing, router.node.loopback
    if routing is None or loopback is None:
        return []
    low, high = routing.srgb
    block = [f" segment-routing global-block {low} {high}"] if routing.srgb != DEFAULT_SRGB else []
    depth = [f" segment-routing node-msd {routing.max_sid_depth}"] if routing.max_sid_depth is not None else []
    return [
        " segment-routing on",
        *block,
        *depth,
        f" segment-routing prefix {loopback.ip}/32 index {routing.index}",
    ]
