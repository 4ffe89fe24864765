"""Sets of sites and nodes: which nodes, and which services' traffic each of them stands for."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from intentc.language import ast
from intentc.topology.model import IPNetwork, Topology
from intentc.values import frozen
from intentc.verify.conditions import Judge, node_subject, site_subject
from intentc.verify.sources import Sources, Unprovable, matches

ALL_TRAFFIC = ""  # a member that was not named through a service: everything between what is attached

Members = Mapping[str, frozenset[str]]

_KINDS = ("node", "site", "region", "group", "service")


@frozen
class Sets:
    """Expands the set expressions of one program over one network."""

    topology: Topology
    sources: Sources

    def expand(self, term: ast.Term, within: tuple[str, ...] = ()) -> Members:
        """Return the members of a set; `within` names the groups and services that are being expanded."""
        match term:
            case ast.SetExpression():
                return _union(self.expand(part, within) for part in term.terms)
            case ast.Restricted():
                other = self.expand(term.other, within)
                is_kept = term.operator == "&"
                base = self.expand(term.base, within)
                return {node: found for node, found in base.items() if (node in other) is is_kept}
            case ast.WhereTerm():
                return self._where(term)
            case ast.NameTerm():
                return self._named(term, within)

    def prefixes(self, node: str, services: Iterable[str]) -> dict[str, tuple[IPNetwork, ...]]:
        """Return per service the prefixes with which `node` takes part: those attached that the service has, or all."""
        return {service: self._served(node, service) for service in sorted(services)}

    def _served(self, node: str, service: str) -> tuple[IPNetwork, ...]:
        attached = sorted({item.prefix for item in self.topology.nodes[node].attached}, key=str)
        if service == ALL_TRAFFIC or not self.sources.services[service].prefixes:
            return tuple(attached)
        wanted = [ipaddress.ip_network(prefix.text) for prefix in self.sources.services[service].prefixes]
        shared = {found for one in wanted for other in attached if (found := common(one, other)) is not None}
        return tuple(sorted(shared, key=str))

    def _where(self, term: ast.WhereTerm) -> Members:
        judge = Judge(self.topology, self.sources)
        if term.kind == "sites":
            sites = [site for site in self.topology.sites.values() if judge.holds(term.condition, site_subject(site))]
            return _all(node for site in sites for node in self.topology.nodes_of_site[site.name])
        if term.kind == "nodes":
            nodes = self.topology.nodes.values()
            return _all(node.name for node in nodes if judge.holds(term.condition, node_subject(node, self.topology)))
        raise Unprovable(f"`{term.kind} where` is no end of traffic", term.span)

    def _named(self, term: ast.NameTerm, within: tuple[str, ...]) -> Members:
        kinds = (term.kind,) if term.kind else ("node", "site") if term.name.is_glob else _KINDS
        found = [
            self._meaning(kind, name, term, within)
            for kind in kinds
            for name in self._names(kind)
            if matches(term.name, name)
        ]
        if not found:
            raise Unprovable(f"nothing is named `{term.name.text}`", term.span)
        if not term.name.is_glob and any(other != found[0] for other in found[1:]):
            raise Unprovable(f"`{term.name.text}` means several things", term.span)
        return _union(found)

    def _names(self, kind: str) -> Iterable[str]:
        return {
            "node": self.topology.nodes,
            "site": self.topology.sites,
            "region": self.topology.regions,
            "group": self.sources.groups,
            "service": self.sources.services,
        }.get(kind, ())

    def _meaning(self, kind: str, name: str, term: ast.NameTerm, within: tuple[str, ...]) -> Members:
        topology = self.topology
        key = f"{kind} {name}"
        if key in within:
            raise Unprovable(f"{key} is defined by itself", term.span)
        match kind:
            case "node":
                return _all((name,))
            case "site":
                return _all(topology.nodes_of_site[name])
            case "region":
                return _all(node.name for node in topology.nodes.values() if topology.is_within(node.region, name))
            case "group":
                return self.expand(self.sources.groups[name].set, (*within, key))
            case _:
                return self._hosts(self.sources.services[name], (*within, key))

    def _hosts(self, service: ast.Service, within: tuple[str, ...]) -> Members:
        if service.at is None:
            raise Unprovable(f"service `{service.name.text}` has no hosts", service.name.span)
        hosts = self.expand(service.at, within)
        name = service.name.text
        return {node: frozenset({name}) for node in hosts if self._served(node, name)}


def common(one: IPNetwork, other: IPNetwork) -> IPNetwork | None:
    """Return what two prefixes share: the narrower one, or nothing."""
    if one.version != other.version or not one.overlaps(other):
        return None
    return one if one.prefixlen >= other.prefixlen else other


def _all(nodes: Iterable[str]) -> Members:
    return dict.fromkeys(nodes, frozenset({ALL_TRAFFIC}))


def _union(found: Iterable[Members]) -> Members:
    members: dict[str, frozenset[str]] = {}
    for each in found:
        for node, services in each.items():
            members[node] = members.get(node, frozenset()) | services
    return members
