"""Cells as terms of firewall filters, and what every filter lets pass before them: the traffic of the network itself."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from intentc.targetkit.kit import Fleet, Flow, Origin

from . import escape
from .classes import Classes
from .decide import Cell
from .owned import Entry, Match, PrefixList, Term

_ICMP = {4: "icmp", 6: "icmp6"}
NEIGHBOURS = tuple(range(133, 138))  # neighbour discovery (RFC 4861); no router forwards it: its hop limit is 255
_SENT_HERE = 255
LISTS = {4: "ITC-ROUTERS4", 6: "ITC-ROUTERS6"}
LOCAL = {4: "ITC-LOCAL4", 6: "ITC-LOCAL6"}
_LOCAL_PREFIXES = {4: ("224.0.0.0/4", "255.255.255.255/32", "169.254.0.0/16"), 6: ("fe80::/10", "ff00::/8")}
FORGED = "itc-forged"
_NO_CHANGE = "term"


def prefix_lists(fleet: Fleet, families: Sequence[int]) -> tuple[PrefixList, ...]:
    """Return the addresses of all routers, and those that never leave a link, for the families in use."""
    lists = [_routers(fleet.infrastructure, family) for family in families] + [_local(family) for family in families]
    return tuple(sorted((one for one in lists if one.prefixes), key=lambda one: one.name))


@lru_cache(maxsize=8)  # all devices of a network have the same
def _routers(infrastructure: tuple[str, ...], family: int) -> PrefixList:
    found = {ipaddress.ip_network(text) for text in infrastructure}
    ordered = sorted(found, key=lambda net: (net.version, int(net[0])))
    own = (Entry(escape.prefix(str(network))) for network in ordered if network.version == family)
    return PrefixList(LISTS[family], tuple(own))


@cache
def _local(family: int) -> PrefixList:
    return PrefixList(LOCAL[family], tuple(Entry(escape.prefix(text)) for text in _LOCAL_PREFIXES[family]))


def exemptions(fleet: Fleet, family: int, *, direction: str, has_hosts: bool) -> Iterator[Term]:
    """Yield the terms for what the network says to itself.

    A router's address as source is believed where no hosts hang. Where they do, nobody else may send with it: filters at other ports
    would let that pass.
    """
    if family == 6:
        match = Match(payload="icmp6", icmp_types=NEIGHBOURS, hop_limit=_SENT_HERE)
        yield Term("NEIGHBOURS", (match,), is_accepted=True)
    yield Term("LOCAL", (Match(destination_list=LOCAL[family]),), is_accepted=True)
    if not _routers(fleet.infrastructure, family).prefixes:
        return
    yield Term("TO-ROUTERS", (Match(destination_list=LISTS[family]),), is_accepted=True)
    source = (Match(source_list=LISTS[family]),)
    if direction == "in" and has_hosts:
        yield Term("FORGED", source, counter=FORGED, is_discarded=True)
    else:
        yield Term("FROM-ROUTERS", source, is_accepted=True)


def cell_terms(number: int, cell: Cell, match: Match, classes: Classes, meters: Sequence[str]) -> Iterator[Term]:
    """Yield the terms of a cell. All but the last only count or police and leave the packet to the next, which matches the same."""
    name, conditions = f"T{number:04}", () if match == Match() else (match,)
    counters = tuple(escape.object_name(counter) for counter in cell.counters)
    before = [(None, counter) for counter in counters[:-1]] + [(meter, None) for meter in meters[:-1]]
    for index, (policer, counter) in enumerate(before, 1):
        yield Term(f"{name}-{index}", conditions, policer, counter, next=_NO_CHANGE, origin=_asked(cell))
    dscp = None if cell.is_refused else cell.dscp
    forwarding_class = classes.forwarding_class(dscp) if dscp is not None and classes.queues else None
    written = None if classes.are_rewritten else dscp
    yield Term(
        name=name,
        match=conditions,
        policer=None if cell.is_refused or not meters else meters[-1],
        counter=counters[-1] if counters else None,
        loss_priority=None if forwarding_class is None else "low",
        forwarding_class=forwarding_class,
        set_dscp=written if cell.flow.family == 4 else None,
        set_traffic_class=written if cell.flow.family != 4 else None,
        is_discarded=cell.is_refused,
        instance=None if cell.is_refused else cell.instance,
        is_accepted=not cell.is_refused and cell.instance is None,
        origin=_asked(cell),
    )


def _asked(cell: Cell) -> Origin | None:
    return cell.origin if cell.origin.spans else None


def sent(flow: Flow) -> Match:
    """Return the conditions of a flow whose packets carry their code point in the header."""
    return _match(flow, (), flow.dscp)


def classified(flow: Flow, classes: Classes) -> Match:
    """Return the same for packets that this device may have marked: the header is rewritten behind the filter.

    A code point of a class is then the forwarding class, which every port of the device gives by marking or by the code point.
    """
    if flow.dscp is None or not classes.queues:
        return _match(flow, (), flow.dscp)
    if flow.dscp in classes.queues:
        return _match(flow, (classes.forwarding_class(flow.dscp),), None)
    return _match(flow, classes.unmarked(flow.dscp), flow.dscp)


def _match(flow: Flow, forwarding_classes: tuple[str, ...], dscp: int | None) -> Match:
    word = escape.protocol(flow.protocol)
    protocol = None if word == "any" else _ICMP[flow.family] if word == "icmp" else word
    has_ports = flow.source_ports is not None or flow.destination_ports is not None
    is_ipv4 = flow.family == 4
    return Match(
        source=_prefix(flow.source),
        destination=_prefix(flow.destination),
        protocol=protocol if is_ipv4 else None,
        payload=None if is_ipv4 else protocol,
        first_fragment="0" if is_ipv4 and has_ports else None,
        source_ports=flow.source_ports,
        destination_ports=flow.destination_ports,
        dscp=dscp if is_ipv4 else None,
        traffic_class=None if is_ipv4 else dscp,
        forwarding_classes=forwarding_classes,
    )


def _prefix(text: str) -> str | None:
    written = escape.prefix(text)
    return None if written.endswith("/0") else written
