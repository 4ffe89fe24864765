"""Sites whose nodes have different prefixes: what hangs on the same nodes is one end, with its own sources and destinations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from intentc.clauses.requirement import EVERYTHING
from intentc.resolve.drawn import Draw, TooManyPieces
from intentc.resolve.end_model import Attachment, End, Offer
from intentc.resolve.prefixes import Network, meet, text_of
from intentc.resolve.services import PortSet
from intentc.values import replace

_Kind = tuple[Network, tuple[PortSet, ...]]
_Holders = Mapping[_Kind, tuple[str, ...]]  # the nodes that have what, by prefix and ports

_NOBODY = "another node of the site has a longer prefix there, so packets never come to one that answers: let the service run at that node, too"
_NO_PLACE = "nothing says on which node a host hangs whose address lies in prefixes of several: attach the same prefix to each node that has some of it"


def parts_of(end: End, attached: Mapping[str, Sequence[Network]]) -> tuple[End, ...] | str:
    """Return the parts of a site, each with the nodes that it hangs on, by the names of these; itself where it has one part.

    An address hangs where packets to it arrive: on the nodes that have `attached` the longest prefix around it. A prefix is cut down
    to what its nodes draw like that, as fewest prefixes. Else the reason why an address has no such place, as a help text.
    """
    drawn = _drawn(end, Draw({item.node: attached[item.node] for item in end.attachments}))
    if isinstance(drawn, str):
        return drawn
    holders = _holders(drawn)
    groups = sorted({*holders.values()})
    if groups == [end.nodes]:
        return (end,)
    if _are_mixed(holders):
        return _NO_PLACE
    return tuple(_part(end, drawn, nodes, holders) for nodes in groups)


def are_apart(end: End) -> bool:
    """Return whether each node of a site has all of a part or nothing, so that it may be a replica by itself."""
    holders = _holders({item.node: item.offers for item in end.attachments})
    return sum(map(len, {*holders.values()})) == len(end.attachments) and not _are_mixed(holders)


def _drawn(end: End, draw: Draw) -> Mapping[str, tuple[Offer, ...]] | str:
    """Return what of its offers each node draws; else why some of it comes to no node that offers it."""
    offers = {item.node: item.offers for item in end.attachments}
    if not draw.is_uneven:
        return offers
    known = {node: {*_kinds(own)} for node, own in offers.items()}
    for node, kinds in known.items():
        for prefix, ports in kinds:
            for nodes, lost in draw.lost_at(node, prefix):
                if not any((lost, ports) in known[other] for other in nodes):
                    return _NOBODY
    try:
        return {node: tuple(_cut(offer, node, draw) for offer in own) for node, own in offers.items()}
    except TooManyPieces as error:
        return f"{error}: attach prefixes that need fewer, or the same ones to all nodes of the site"


def _cut(offer: Offer, node: str, draw: Draw) -> Offer:
    """Return what of an offer a node draws."""
    found = tuple(dict.fromkeys(piece for prefix in offer.prefixes for piece in draw.left_at(node, prefix)))
    return offer if found == offer.prefixes else _with(offer, found)


def _with(offer: Offer, prefixes: tuple[Network, ...]) -> Offer:
    return replace(offer, prefixes=prefixes, texts=tuple((prefix.family, text_of(prefix)) for prefix in prefixes))


def _kinds(offers: Sequence[Offer]) -> Iterator[_Kind]:
    return ((prefix, offer.ports) for offer in offers for prefix in offer.prefixes)


def _holders(offers: Mapping[str, Sequence[Offer]]) -> _Holders:
    found: dict[_Kind, tuple[str, ...]] = {}
    for node, own in offers.items():
        for kind in dict.fromkeys(_kinds(own)):
            found[kind] = (*found.get(kind, ()), node)
    return found


def _are_mixed(holders: _Holders) -> bool:
    """Return whether addresses of one part lie in prefixes of another."""
    return any(
        holders[one] != holders[other] and meet(one[0], other[0]) is not None for one, other in combinations(holders, 2)
    )


def _part(end: End, drawn: Mapping[str, tuple[Offer, ...]], nodes: tuple[str, ...], holders: _Holders) -> End:
    label = "+".join(nodes)
    own = (item for item in end.attachments if item.node in nodes)
    items = tuple(_only(item, drawn[item.node], nodes, holders) for item in own)
    return End(f"{end.name}@{label}", items, part_of=end.name)


def _only(item: Attachment, drawn: Sequence[Offer], nodes: tuple[str, ...], holders: _Holders) -> Attachment:
    """Return a node with what it shares with some nodes alone."""
    offers: list[Offer] = []
    for offer in drawn:
        kept = tuple(prefix for prefix in offer.prefixes if holders[prefix, offer.ports] == nodes)
        if kept:
            offers.append(_with(offer, kept))
    own = sorted({prefix for offer in offers for prefix in offer.prefixes})
    endpoint = replace(item.endpoint, prefixes=tuple(map(text_of, own)), part="+".join(nodes))
    return Attachment(endpoint, tuple(offers), frozenset(offer.service for offer in offers) - {EVERYTHING})
