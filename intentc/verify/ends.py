"""The ends of traffic: sites, what hangs on some of their nodes alone, and all hosts of a service."""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.flows import Offer
from intentc.verify.holders import Holders
from intentc.verify.sets import ALL_TRAFFIC


@dataclass(frozen=True, slots=True)
class End:
    """One end of traffic: a site's nodes (or a node without one), or all hosts of an `any of` service.

    `part` is for what hangs on some of a site's nodes alone: their names; `name` is `site@part` then.
    """

    name: str
    nodes: tuple[str, ...]
    is_any_of: bool
    part: str = dataclasses.field(default="", kw_only=True)

    @property
    def place(self) -> str:
        """The site with all its parts, or the name."""
        return self.name.removesuffix(f"@{self.part}") if self.part else self.name


@dataclass(frozen=True, slots=True)
class AttachedEnd(End):
    """An end with what each of its nodes stands for."""

    offers: Mapping[str, tuple[Offer, ...]]
    services: frozenset[str] = frozenset()  # that its nodes were named by


@frozen
class Pair:
    """Who talks to whom; `is_back`: from the second side of a `between` to its first."""

    source: AttachedEnd
    destination: AttachedEnd
    is_back: bool = False


def parts_of(end: AttachedEnd, topology: Topology) -> Iterator[AttachedEnd]:
    """Yield what of an end hangs on the same nodes, for each set of nodes that something hangs on.

    Where their prefixes overlap an address hangs on the nodes that have the longest one around it.
    """
    end = _drawn(end, topology) if len(end.nodes) > 1 else end
    nodes_of: dict[object, list[str]] = {}
    for node, own in end.offers.items():
        for kind in {(prefix, offer.ports) for offer in own for prefix in offer.prefixes}:
            nodes_of.setdefault(kind, []).append(node)
    sets = sorted({tuple(sorted(nodes)) for nodes in nodes_of.values()})
    if sets == [tuple(sorted(end.nodes))]:
        yield end
        return
    for nodes in sets:
        kept = {kind for kind, found in nodes_of.items() if sorted(found) == list(nodes)}
        offers = {node: tuple(_only(end.offers[node], kept)) for node in nodes}
        services = {offer.service for found in offers.values() for offer in found} - {ALL_TRAFFIC}
        part = "+".join(nodes)
        yield AttachedEnd(f"{end.name}@{part}", nodes, False, offers, frozenset(services), part=part)


def _drawn(end: AttachedEnd, topology: Topology) -> AttachedEnd:
    """Return an end with what of its offers packets really come to each node for."""
    attached = {node: {item.prefix for item in topology.nodes[node].attached} for node in end.nodes}
    is_even = len({frozenset(prefixes) for prefixes in attached.values()}) == 1
    holders = Holders({} if is_even else attached)
    if holders.are_plain:
        return end
    offers = {
        node: tuple(
            Offer(found, offer.ports, offer.service) for offer in own if (found := holders.kept(node, offer.prefixes))
        )
        for node, own in end.offers.items()
    }
    return dataclasses.replace(end, offers=offers)


def _only(offers: Sequence[Offer], kept: Container[object]) -> Iterator[Offer]:
    for offer in offers:
        if prefixes := tuple(prefix for prefix in offer.prefixes if (prefix, offer.ports) in kept):
            yield Offer(prefixes, offer.ports, offer.service)
