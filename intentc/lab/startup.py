"""What a device of a vendor starts from in a lab: addresses and IS-IS of the underlay, as a value that its target's template shows."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import replace

from intentc.lab.isis import AREA, LAST_RESORT, net
from intentc.lab.underlay import Underlay, is_drained
from intentc.topology.model import IPInterface, Link
from intentc.values import frozen

_PLAIN = re.compile(r"[A-Za-z0-9_.#-]+")
_ETHERNET_BYTES = 14  # of the header, which some vendors count as part of the MTU
_DEFAULT_MTU = 1500


@frozen
class StartUpBfd:
    interval_ms: int
    interval_us: int
    multiplier: int


@frozen
class StartUpPort:
    """A port of a link (`metric` is that of the IGP), or one with hosts, which is announced and has no neighbour (`metric` None).

    `mtu` and `frame_mtu` (with the Ethernet header) are None where they are the usual ones; `description` where it is not plain.
    """

    name: str
    interface: str  # without the unit
    description: str | None
    addresses4: tuple[str, ...]
    addresses6: tuple[str, ...]
    has_neighbour: bool
    metric: int | None
    mtu: int | None
    frame_mtu: int | None

    @property
    def is_passive(self) -> bool:
        """Return whether the port has hosts and no neighbour."""
        return not self.has_neighbour

    @property
    def first4(self) -> str | None:
        """Return the port's own IPv4 address, where it has several."""
        return self.addresses4[0] if self.addresses4 else None

    @property
    def more4(self) -> tuple[str, ...]:
        """Return the other ones, which some vendors call secondary."""
        return self.addresses4[1:]

    @property
    def first4_masked(self) -> str | None:
        """Return `first4` with a mask instead of a length."""
        return None if self.first4 is None else _masked(self.first4)

    @property
    def more4_masked(self) -> tuple[str, ...]:
        """Return `more4` with masks instead of lengths."""
        return tuple(_masked(one) for one in self.more4)


@frozen
class StartUpSegments:
    first: int
    last: int
    size: int
    index: int


@frozen
class StartUp:
    """The whole device. `process` names its IS-IS, `net` is its address there; with `is_overloaded` it carries nobody else's traffic."""

    hostname: str
    router_id: str
    process: str
    net: str
    loopback4: str | None
    loopback6: str | None
    has_ipv4: bool
    has_ipv6: bool
    is_overloaded: bool
    bfd: StartUpBfd | None
    segments: StartUpSegments | None
    ports: tuple[StartUpPort, ...]

    @property
    def loopback4_masked(self) -> str | None:
        """Return `loopback4` with a mask instead of a length."""
        return None if self.loopback4 is None else _masked(self.loopback4)


def start_up(router: Underlay, unit: str) -> StartUp:
    """Return what a router starts from; `unit` may stand behind the name of a port."""
    node, routing = router.node, router.node.segment_routing
    has_segments = routing is not None and node.loopback is not None
    return StartUp(
        hostname=node.name,
        router_id=router.router_id(),
        process=router.topology.routing.process or AREA,
        net=net(router),
        loopback4=None if node.loopback is None else str(node.loopback),
        loopback6=None if node.loopback6 is None else str(node.loopback6),
        has_ipv4=4 in router.versions(),
        has_ipv6=6 in router.versions(),
        is_overloaded=not node.transit or node.state == "drained",
        bfd=_bfd(router),
        segments=_segments(*routing.srgb, routing.index) if routing is not None and has_segments else None,
        ports=tuple(_ports(router, unit)),
    )


def _masked(text: str) -> str:
    own = ipaddress.IPv4Interface(text)
    return f"{own.ip} {own.netmask}"


def _bfd(router: Underlay) -> StartUpBfd | None:
    if router.bfd is None:
        return None
    return StartUpBfd(-(-router.bfd.interval_us // 1000), router.bfd.interval_us, router.bfd.multiplier)


def _segments(first: int, last: int, index: int) -> StartUpSegments:
    return StartUpSegments(first, last, last - first + 1, index)


def _ports(router: Underlay, unit: str) -> Iterator[StartUpPort]:
    for link in router.links:
        end = link.end(router.node.name)
        addresses = [one for one in (end.address, end.address6) if one is not None]
        port = _port(end.interface or "", unit, link.id, addresses)
        own_mtu = link.mtu if link.mtu != _DEFAULT_MTU else None
        yield replace(
            port,
            has_neighbour=True,
            metric=_metric(router, link),
            mtu=own_mtu,
            frame_mtu=own_mtu and own_mtu + _ETHERNET_BYTES,
        )
    for host in router.hosts:
        yield _port(host.router_interface, unit, host.name, list(host.gateways))


def _port(name: str, unit: str, description: str, addresses: list[IPInterface]) -> StartUpPort:
    return StartUpPort(
        name=name,
        interface=name.removesuffix(unit),
        description=description if _PLAIN.fullmatch(description) else None,
        addresses4=tuple(str(one) for one in addresses if one.version == 4),
        addresses6=tuple(str(one) for one in addresses if one.version == 6),
        has_neighbour=False,
        metric=None,
        mtu=None,
        frame_mtu=None,
    )


def _metric(router: Underlay, link: Link) -> int:
    if is_drained(link, router.topology):
        return LAST_RESORT
    return link.igp_metric.towards(is_ab=link.is_ab(router.node.name))
