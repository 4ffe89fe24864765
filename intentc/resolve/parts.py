"""Sites whose nodes have different prefixes: what hangs on the same nodes is one end, with its own sources and destinations."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from intentc.clauses.requirement import EVERYTHING
from intentc.resolve.end_model import Attachment, End, Offer
from intentc.resolve.prefixes import Network, meet
from intentc.resolve.services import PortSet
from intentc.values import replace

_Kind = tuple[Network, tuple[PortSet, ...]]


def parts_of(end: End) -> tuple[End, ...] | None:
    """Return the parts of a site, each with the nodes that it hangs on, by the names of these; itself where it has one part.

    None where addresses of one part lie in prefixes of another: which node such a host hangs on is not known.
    """
    holders = _holders(end)
    groups = sorted({*holders.values()})
    if len(groups) == 1:
        return (end,)
    for one, other in combinations(holders, 2):
        if holders[one] != holders[other] and meet(one[0], other[0]) is not None:
            return None
    return tuple(_part(end, nodes, holders) for nodes in groups)


def are_apart(end: End) -> bool:
    """Return whether each node of a site has all of a part or nothing, so that it may be a replica by itself."""
    parts = parts_of(end)
    return parts is not None and sum(len(part.attachments) for part in parts) == len(end.attachments)


def _holders(end: End) -> Mapping[_Kind, tuple[str, ...]]:
    """Return the nodes that have what, by prefix and ports."""
    found: dict[_Kind, tuple[str, ...]] = {}
    for item in end.attachments:
        for kind in dict.fromkeys((prefix, offer.ports) for offer in item.offers for prefix in offer.prefixes):
            found[kind] = (*found.get(kind, ()), item.node)
    return found


def _part(end: End, nodes: tuple[str, ...], holders: Mapping[_Kind, tuple[str, ...]]) -> End:
    label = "+".join(nodes)
    own = [item for item in end.attachments if item.node in nodes]
    return End(f"{end.name}@{label}", tuple(_cut(item, nodes, holders, label) for item in own), part_of=end.name)


def _cut(item: Attachment, nodes: tuple[str, ...], holders: Mapping[_Kind, tuple[str, ...]], label: str) -> Attachment:
    """Return a node with what it shares with some nodes alone."""
    offers: list[Offer] = []
    for offer in item.offers:
        kept = [at for at, prefix in enumerate(offer.prefixes) if holders[prefix, offer.ports] == nodes]
        if kept:
            prefixes = tuple(offer.prefixes[at] for at in kept)
            offers.append(replace(offer, prefixes=prefixes, texts=tuple(offer.texts[at] for at in kept)))
    texts = {text for offer in offers for _, text in offer.texts}
    own = tuple(text for text in item.endpoint.prefixes if text in texts)
    endpoint = replace(item.endpoint, prefixes=own, part=label)
    return Attachment(endpoint, tuple(offers), frozenset(offer.service for offer in offers) - {EVERYTHING})
