"""Prefixes that overlap without being the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from intentc.diagnostics import Findings, Label, Span
from intentc.topology.model import IPInterface, IPNetwork, Topology

_BITS = {4: 32, 6: 128}


class _Claim(NamedTuple):
    """A prefix and the field that holds it; those of one owner may overlap. Sorted, enclosing prefixes come first."""

    version: int
    low: int
    length: int
    kind: str  # node | link
    name: str
    path: str
    prefix: IPNetwork
    hosts: tuple[int, ...]  # the addresses in it that the owner has

    @property
    def owner(self) -> tuple[str, str]:
        return self.kind, self.name

    @property
    def is_attached(self) -> bool:
        return self.path.startswith("attached")

    @property
    def who(self) -> str:
        if self.is_attached:
            return f"`{self.prefix}` at `{self.name}`"
        if self.kind == "node":
            return f"the {self.path} `{self.prefix.network_address}` of `{self.name}`"
        return f"`{self.prefix}` of link `{self.name}`"


def check_prefixes(topology: Topology, findings: Findings) -> None:
    """Warn of every prefix with other ones, of other nodes or links, inside it (W0301), once per enclosing prefix.

    The same prefix attached to several nodes is anycast and fine; a default route (length 0) encloses everything by intent.
    """
    if are_apart(_prefixes(topology)):
        return
    inside: dict[_Claim, list[_Claim]] = {}
    for outer, inner in _overlaps(_claims(topology)):
        inside.setdefault(outer, []).append(inner)
    for outer, inners in inside.items():
        more = f" and {len(inners) - 1} more" if len(inners) > 1 else ""
        relation = "is also" if inners[0].prefix == outer.prefix else "overlaps"
        findings.error(
            "W0301",
            f"{outer.who} {relation} {inners[0].who}{more}",
            _span(outer, topology),
            related=tuple(Label(_span(claim, topology), claim.who) for claim in inners),
            help=("give them prefixes that do not overlap; traffic follows the longest one",),
        )


def are_apart(prefixes: Iterable[IPNetwork]) -> bool:
    """Return whether no two prefixes have an address in common: so it is in most networks, and many claims need not be made."""
    ranges = sorted(
        (item.version, low := int(item.network_address), low + (1 << (_BITS[item.version] - item.prefixlen)))
        for item in prefixes
    )
    return all(one[0] != other[0] or one[2] <= other[1] for one, other in pairwise(ranges))


def _prefixes(topology: Topology) -> Iterator[IPNetwork]:
    """Yield each prefix that a node or link has, once."""
    for node in topology.nodes.values():
        yield from (item.prefix for item in node.attached if item.prefix.prefixlen)
        yield from (address.network for address in (node.loopback, node.loopback6) if address is not None)
    for link in topology.links.values():
        for one, other in ((link.a.address, link.b.address), (link.a.address6, link.b.address6)):
            if (address := one if one is not None else other) is not None:
                yield address.network


def _claims(topology: Topology) -> Iterator[_Claim]:
    for node in topology.nodes.values():
        for index, attachment in enumerate(node.attached):
            if attachment.prefix.prefixlen:
                yield _claim("node", node.name, f"attached.{index}", attachment.prefix)
        for path, loopback in (("loopback", node.loopback), ("loopback6", node.loopback6)):
            if loopback is not None:
                yield _claim("node", node.name, path, loopback.network, loopback)
    for link in topology.links.values():
        a, b = link.a, link.b
        for path, pair in (("addresses", (a.address, b.address)), ("addresses6", (a.address6, b.address6))):
            ends = [(index, address) for index, address in enumerate(pair) if address is not None]
            if ends:
                index, first = ends[0]
                yield _claim("link", link.id, f"{path}.{index}", first.network, *(address for _, address in ends))


def _claim(kind: str, name: str, path: str, prefix: IPNetwork, *hosts: IPInterface) -> _Claim:
    low = int(prefix.network_address)
    return _Claim(prefix.version, low, prefix.prefixlen, kind, name, path, prefix, tuple(int(host) for host in hosts))


def _span(claim: _Claim, topology: Topology) -> Span:
    if claim.is_attached:
        return topology.nodes[claim.name].attached[int(claim.path.rpartition(".")[2])].span
    return topology.span_of(claim.kind, claim.name, claim.path)


def _overlaps(claims: Iterable[_Claim]) -> Iterator[tuple[_Claim, _Claim]]:
    """Yield each claim with the nearest one of another owner that contains it.

    Prefixes are laminar: sorted by first address, then by length, those that contain the current one form a stack.
    """
    stack: list[_Claim] = []
    for claim in sorted(claims):
        while stack and not _contains(stack[-1], claim):
            stack.pop()
        outer = next((other for other in reversed(stack) if _is_conflict(other, claim)), None)
        if outer is not None:
            yield outer, claim
        stack.append(claim)


def _contains(outer: _Claim, inner: _Claim) -> bool:
    """Return whether `inner`, which sorts after `outer`, lies in it."""
    free = outer.prefix.max_prefixlen - outer.length
    return outer.version == inner.version and inner.low >> free == outer.low >> free


def _is_conflict(outer: _Claim, inner: _Claim) -> bool:
    is_anycast = outer.is_attached and inner.is_attached and outer.prefix == inner.prefix
    is_same_address = inner.length == inner.prefix.max_prefixlen and inner.low in outer.hosts  # that is E0328
    return outer.owner != inner.owner and not is_anycast and not is_same_address
