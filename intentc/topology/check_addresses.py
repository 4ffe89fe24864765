"""Addresses that stand twice: loopbacks, link ends, and where devices are managed."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import NamedTuple

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.model import IPInterface, Topology


class _Claim(NamedTuple):
    """An address and the field that holds it."""

    address: IPInterface
    kind: str
    name: str
    path: str

    @property
    def who(self) -> str:
        return f"{self.path} of `{self.name}`" if self.kind == "node" else f"an end of link `{self.name}`"


def check_addresses(topology: Topology, findings: Findings) -> None:
    """Report every address that two places claim (E0328), once per address."""
    claims: dict[tuple[int, int], list[_Claim]] = {}
    for claim in _claims(topology) if not _are_different(topology) else ():
        claims.setdefault((claim.address.version, int(claim.address)), []).append(claim)
    for found in claims.values():
        if len(found) > 1:
            places = [(claim.who, topology.span_of(claim.kind, claim.name, claim.path)) for claim in found]
            _report(f"the address `{found[0].address.ip}`", places, findings)
    for (host, port), places in _managed(topology).items():
        if len(places) > 1:
            _report(f"the management address `{host}`" + (f" port {port}" if port else ""), places, findings)


def _are_different(topology: Topology) -> bool:
    """Return whether no address of a node or link stands twice: so it is in most networks, and many claims need not be made."""
    nodes, links = topology.nodes.values(), topology.links.values()
    old = [*(node.loopback for node in nodes), *(end.address for link in links for end in (link.a, link.b))]
    new = [*(node.loopback6 for node in nodes), *(end.address6 for link in links for end in (link.a, link.b))]
    for addresses in (old, new):
        numbers = [int(address) for address in addresses if address is not None]
        if len(set(numbers)) != len(numbers):
            return False
    return True


def _claims(topology: Topology) -> Iterator[_Claim]:
    for node in topology.nodes.values():
        for path, loopback in (("loopback", node.loopback), ("loopback6", node.loopback6)):
            if loopback is not None:
                yield _Claim(loopback, "node", node.name, path)
    for link in topology.links.values():
        for index, end in enumerate((link.a, link.b)):
            if end.address is not None:
                yield _Claim(end.address, "link", link.id, f"addresses.{index}")
            if end.address6 is not None:
                yield _Claim(end.address6, "link", link.id, f"addresses6.{index}")


def _managed(topology: Topology) -> dict[tuple[str, int | None], list[tuple[str, Span]]]:
    """Return who is reached where: two nodes behind one address and port would be one device configured twice."""
    found: dict[tuple[str, int | None], list[tuple[str, Span]]] = {}
    for node in topology.nodes.values():
        if node.management is not None:
            key = (_canonical(node.management.host), node.management.port)
            found.setdefault(key, []).append((f"management of `{node.name}`", node.management.span))
    return found


def _canonical(host: str) -> str:
    if ":" not in host:  # a name, or an IPv4 address, which can be written in one way only
        return host.lower()
    try:
        return str(ip_address(host))
    except ValueError:
        return host.lower()


def _report(what: str, found: list[tuple[str, Span]], findings: Findings) -> None:
    (first, span), *others = sorted(found, key=lambda item: item[1])
    findings.error(
        "E0328",
        f"{what} stands {len(found)} times",
        others[0][1],
        related=(Label(span, first), *(Label(place, who) for who, place in others[1:])),
        help=("give each its own",),
    )
