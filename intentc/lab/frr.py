"""The start-up files of a router: addresses and IGP of the underlay, nothing that intents ask for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intentc.lab import isis, ospf
from intentc.lab.model import Host
from intentc.lab.underlay import BFD_PROFILE, Underlay
from intentc.topology.model import Bfd, IPInterface, Link

VTYSH = "service integrated-vtysh-config\n"
_PLAIN = re.compile(r"[A-Za-z0-9_.#-]+")
_DEFAULT_MULTIPLIER = 3


def frr_config(router: Underlay) -> str:
    """Return frr.conf as FRR 8.4 and later read it.

    The IGP stands before the interfaces: FRR 8.4 refuses a metric of 64 and more, and the whole interface with it, as long
    as the instance (whose metrics are wide by default) is not known. Default values are not written, as FRR does not
    show them either. Nexthops stay out of the kernel's own table: when a port loses its carrier the kernel forgets them,
    FRR 8.4 does not notice, and routes over several ports are refused for good ("Nexthop id does not exist").
    """
    igp = isis if _is_isis(router) else ospf
    blocks = [
        [
            "frr defaults traditional",
            f"hostname {router.node.name}",
            "no zebra nexthop kernel enable",
            "service integrated-vtysh-config",
        ],
        *([_bfd(router.bfd)] if router.bfd is not None else []),
        *igp.instance(router),
        *_loopback(router),
        *(_link(router, link) for link in router.links),
        *(_host(router, host) for host in router.hosts),
        *igp.closing(router),
    ]
    return "!\n".join("\n".join(block) + "\n" for block in blocks) + "!\nend\n"


def daemons(router: Underlay) -> str:
    """Return /etc/frr/daemons: those of the IGP, and bfdd, pbrd and staticd for what intents may ask for later."""
    igp = ("isisd",) if _is_isis(router) else ("ospfd", "ospf6d")
    segments = ("pathd",) if router.node.segment_routing is not None else ()
    wanted = ("zebra", "staticd", *igp, "bfdd", "pbrd", *segments)
    names = ("zebra", "staticd", "isisd", "ospfd", "ospf6d", "bfdd", "pbrd", "pathd")
    lines = [f"{name}={'yes' if name in wanted else 'no'}" for name in names]
    lines += [f'{name}_options="-A 127.0.0.1"' for name in wanted]
    return "\n".join([*lines, "vtysh_enable=yes", ""])


def _is_isis(router: Underlay) -> bool:
    return router.topology.routing.igp == "isis"


def _bfd(bfd: Bfd) -> list[str]:
    interval_ms = -(-bfd.interval_us // 1000)
    return [
        "bfd",
        f" profile {BFD_PROFILE}",
        *([f"  detect-multiplier {bfd.multiplier}"] if bfd.multiplier != _DEFAULT_MULTIPLIER else []),
        f"  transmit-interval {interval_ms}",
        f"  receive-interval {interval_ms}",
        " exit",
        "exit",
    ]


def _loopback(router: Underlay) -> Iterator[list[str]]:
    addresses = [item for item in (router.node.loopback, router.node.loopback6) if item is not None]
    if addresses:
        yield _interface("lo", [*_addresses(addresses), *_passive(router, addresses)])


def _link(router: Underlay, link: Link) -> list[str]:
    end = link.end(router.node.name)
    addresses = [item for item in (end.address, end.address6) if item is not None]
    igp = isis.active(router, link) if _is_isis(router) else ospf.active(router, link)
    return _interface(end.interface or "", [*_description(link.id), *_addresses(addresses), *igp])


def _host(router: Underlay, host: Host) -> list[str]:
    addresses = host.gateways
    igp = _passive(router, addresses)
    return _interface(host.router_interface, [*_description(host.name), *_addresses(addresses), *igp])


def _passive(router: Underlay, addresses: Sequence[IPInterface]) -> list[str]:
    versions = tuple(sorted({address.version for address in addresses}))
    return isis.passive(versions) if _is_isis(router) else ospf.passive(versions)


def _addresses(addresses: Sequence[IPInterface]) -> list[str]:
    ordered = sorted(addresses, key=lambda address: address.version)
    return [f" {'ip' if address.version == 4 else 'ipv6'} address {address}" for address in ordered]


def _description(text: str) -> list[str]:
    """Return a description, none when the text is not plain: a name must never become configuration."""
    return [f" description {text}"] if _PLAIN.fullmatch(text) else []


def _interface(name: str, lines: list[str]) -> list[str]:
    return [f"interface {name}", *lines, "exit"]
