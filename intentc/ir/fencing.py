"""Fences: at every device that packets of a demand can reach, they are dropped before a link that they must never use."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from operator import attrgetter

from intentc.ir.ground import Ground, asked_by, is_within
from intentc.ir.model import FenceRule, Origin
from intentc.ir.names import object_name
from intentc.ir.rivals import Seen, still_seen
from intentc.resolve.model import Demand, Exclusion
from intentc.topology.model import IPNetwork, Link

_EXCLUSIONS = attrgetter("demand.exclusions")
Forbidden = Mapping[str, str]  # link id -> kind of the clause that forbids it


def lower_fences(ground: Ground) -> Mapping[str, tuple[FenceRule, ...]]:
    """Return the fences by device, for the packets of all candidates: what is not chosen now carries after a failure."""
    found: dict[str, list[FenceRule]] = {}
    borders = _Borders(ground)
    for realised in ground.those("fenced", _EXCLUSIONS):
        demand = realised.demand
        forbidden, nodes = borders.of(demand)
        for node in nodes:
            found.setdefault(node, []).extend(_rules(ground, demand, node, forbidden))
    return {node: tuple(rules) for node, rules in found.items()}


class _Borders:
    """Finds what demands must not enter and who keeps them from it; what they share is looked up once."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._delivering: dict[str, frozenset[str]] = {}
        self._forbidden: dict[tuple[tuple[Exclusion, ...], frozenset[str]], Forbidden] = {}
        self._guards: dict[tuple[tuple[Exclusion, ...], frozenset[str], frozenset[str]], tuple[str, ...]] = {}

    def of(self, demand: Demand) -> tuple[Forbidden, tuple[str, ...]]:
        """Return the forbidden links and the devices that have fences before them."""
        ends = self._ends(demand)
        sources = frozenset(candidate.source.node for candidate in demand.candidates)
        key = (demand.exclusions, ends)
        if key not in self._forbidden:
            self._forbidden[key] = _forbidden_links(self._ground, demand.exclusions, ends)
        forbidden = self._forbidden[key]
        if (*key, sources) not in self._guards:
            reachable = _reachable(self._ground, sources, forbidden)
            self._guards[*key, sources] = tuple(node for node in reachable if self._ground.can(node, "fence"))
        return forbidden, self._guards[*key, sources]

    def _ends(self, demand: Demand) -> frozenset[str]:
        """Return the nodes at which every packet of the demand, whatever its address, would be delivered."""
        prefixes = {flow.destination for candidate in demand.candidates for flow in candidate.flows}
        for prefix in sorted(prefixes - self._delivering.keys()):
            self._delivering[prefix] = _nodes_with(self._ground, prefix)
        found = [self._delivering[prefix] for prefix in sorted(prefixes) if self._delivering[prefix]]
        return frozenset.intersection(*found) if found else frozenset()


def _nodes_with(ground: Ground, prefix: str) -> frozenset[str]:
    """Return the nodes that have attached the longest prefix around `prefix` (several of them: anycast)."""
    wanted = ipaddress.ip_network(prefix)
    found: dict[IPNetwork, set[str]] = {}
    for name, node in ground.topology.nodes.items():
        for attachment in node.attached:
            if node.state != "planned" and is_within(wanted, attachment.prefix):
                found.setdefault(attachment.prefix, set()).add(name)
    return frozenset(found[max(found, key=lambda network: network.prefixlen)]) if found else frozenset()


def _forbidden_links(ground: Ground, exclusions: tuple[Exclusion, ...], ends: frozenset[str]) -> Forbidden:
    """Return the links that packets never enter.

    A device that cannot be made to drop could send them on over such a link, so all links around it are forbidden too;
    but not around devices where the packets end, which they never leave.
    """
    found = _excluded(ground, exclusions)
    pending = [
        name
        for name, node in ground.topology.nodes.items()
        if node.state != "planned" and name not in ends and not ground.can(name, "fence")
    ]
    is_growing = True
    while is_growing:
        leaking = [name for name in pending if _leaks(ground, name, found)]
        for name in leaking:
            around = [link.id for link in ground.topology.links_of[name]]
            reason = next(found[link] for link in around if link in found)
            found.update({link: reason for link in around if link not in found})
        pending = [name for name in pending if name not in leaking]
        is_growing = bool(leaking)
    return found


def _excluded(ground: Ground, exclusions: tuple[Exclusion, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for exclusion in sorted(exclusions, key=lambda item: (item.span, item.kind)):
        touching = {link.id for node in exclusion.nodes for link in ground.topology.links_of.get(node, ())}
        for link in sorted(exclusion.links | touching):
            found.setdefault(link, exclusion.kind)
    return found


def _leaks(ground: Ground, node: str, forbidden: Forbidden) -> bool:
    around = [link.id in forbidden for link in ground.topology.links_of[node]]
    return any(around) and not all(around)


def _reachable(ground: Ground, sources: frozenset[str], forbidden: Forbidden) -> list[str]:
    """Return the nodes that packets can come to without crossing a fence, sorted."""
    seen = set(sources & ground.topology.nodes.keys())
    pending = sorted(seen)
    while pending:
        node = pending.pop()
        for link in ground.topology.links_of[node]:
            if link.id not in forbidden and link.other(node) not in seen:
                seen.add(link.other(node))
                pending.append(link.other(node))
    return sorted(seen)


def _rules(ground: Ground, demand: Demand, node: str, forbidden: Forbidden) -> Iterator[FenceRule]:
    ports: dict[str, set[str]] = {}
    for link, interface in _guarded(ground, node, forbidden):
        ports.setdefault(forbidden[link.id], set()).add(interface)
    for reason in sorted(ports):
        for flow, excepted in _flows(ground, demand):
            yield FenceRule(
                flow=flow,
                excepted=excepted,
                interfaces=tuple(sorted(ports[reason])),
                reason=reason,
                counter=object_name(demand.key, reason),
                origin=_origin(demand, reason),
            )


def _guarded(ground: Ground, node: str, forbidden: Forbidden) -> Iterator[tuple[Link, str]]:
    return ((link, interface) for link, interface in ground.core_ports(node) if link.id in forbidden)


def _flows(ground: Ground, demand: Demand) -> list[Seen]:
    """Return the packets of all candidates as they look after marking, but for those that others have."""
    found = {
        seen
        for candidate in demand.candidates
        for flow in candidate.flows
        for marked in ground.as_marked(demand, flow)
        for seen in ground.rivals.as_marked(demand, marked, still_seen(candidate.excepted))
    }
    return sorted(found)


def _origin(demand: Demand, reason: str) -> Origin:
    spans = tuple(sorted({item.span for item in demand.exclusions if item.kind == reason}))
    asked = asked_by(demand)
    return Origin(asked.intents, spans or asked.spans)
