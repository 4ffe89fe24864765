"""What assertions speak of: links, nodes, intents and failures, expanded from the sources alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from intentc.language import ast
from intentc.topology.model import LabelValue, Topology
from intentc.values import frozen
from intentc.verify.clauses import Clauses, clauses_of
from intentc.verify.conditions import Judge, Subject, Value, link_subject, node_subject, regions_on, site_subject
from intentc.verify.ground import shared_risks
from intentc.verify.sets import Sets
from intentc.verify.sources import Sources, Unprovable, matches

_BILLION = 1_000_000_000
_ELEMENT_KINDS = ("link", "node", "site", "region", "srlg", "provider", "media")


@frozen
class Ground:
    """Nodes and links that exist."""

    nodes: frozenset[str]
    links: frozenset[str]


@frozen
class Expander:
    """Expands the sets of assertions over one network and program."""

    topology: Topology
    sources: Sources

    def ground(self, term: ast.Term) -> Ground:
        """Return the nodes and links of a set; raise `Unprovable` where it names nothing."""
        found = self._ground(term)
        nodes = frozenset(name for name in found.nodes if self.topology.nodes[name].state != "planned")
        return Ground(nodes, found.links & self.links)

    @property
    def links(self) -> frozenset[str]:
        """Return all links that exist."""
        return frozenset(link.id for link in self.topology.links.values() if link.state != "planned")

    def nodes(self, term: ast.Term) -> frozenset[str]:
        """Return the nodes of a set of sites and nodes."""
        found = Sets(self.topology, self.sources).expand(term)
        return frozenset(name for name in found if self.topology.nodes[name].state != "planned")

    def intents(self, term: ast.Term) -> frozenset[str]:
        """Return the names of a set of intents."""
        match term:
            case ast.SetExpression():
                return frozenset[str]().union(*(self.intents(part) for part in term.terms))
            case ast.Restricted():
                base, other = self.intents(term.base), self.intents(term.other)
                return base & other if term.operator == "&" else base - other
            case ast.NameTerm():
                return frozenset(name for name in self.sources.talkers if matches(term.name, name))
            case ast.WhereTerm():
                judge = Judge(self.topology, self.sources)
                subjects = self._talkers().items()
                return frozenset(name for name, subject in subjects if judge.holds(term.condition, subject))

    def is_lacking(self, term: ast.Term) -> bool:
        """Return whether some part of a set of intents names none; with an intent that cannot be read that is no mistake of its own."""
        match term:
            case ast.SetExpression():
                return any(self.is_lacking(part) for part in term.terms)
            case ast.Restricted():
                return self.is_lacking(term.base) or self.is_lacking(term.other) or not self.intents(term)
            case _:
                return not self.intents(term)

    def _ground(self, term: ast.Term) -> Ground:
        match term:
            case ast.SetExpression():
                return _united(self._ground(part) for part in term.terms)
            case ast.Restricted():
                base, other = self._ground(term.base), self._ground(term.other)
                if term.operator == "&":
                    return Ground(base.nodes & other.nodes, base.links & other.links)
                return Ground(base.nodes - other.nodes, base.links - other.links)
            case ast.NameTerm():
                return self._named(term)
            case ast.WhereTerm():
                return self._where(term)

    def _where(self, term: ast.WhereTerm) -> Ground:
        topology, judge = self.topology, Judge(self.topology, self.sources)
        if term.kind == "links":
            links = topology.links.values()
            return Ground(
                frozenset(), frozenset(x.id for x in links if judge.holds(term.condition, link_subject(x, topology)))
            )
        if term.kind == "nodes":
            nodes = topology.nodes.values()
            return Ground(
                frozenset(x.name for x in nodes if judge.holds(term.condition, node_subject(x, topology))), frozenset()
            )
        sites = [x for x in topology.sites.values() if judge.holds(term.condition, site_subject(x))]
        return Ground(frozenset(node for site in sites for node in topology.nodes_of_site[site.name]), frozenset())

    def _named(self, term: ast.NameTerm) -> Ground:
        kinds = (term.kind,) if term.kind else _ELEMENT_KINDS[:3] if term.name.is_glob else _ELEMENT_KINDS
        found = [self._of(kind, term.name) for kind in kinds]
        known = [ground for ground in found if ground.nodes or ground.links]
        if known:
            return _united(known)
        members = Sets(self.topology, self.sources).expand(term)
        return Ground(frozenset(members), frozenset())

    def _of(self, kind: str, name: ast.Name) -> Ground:
        topology = self.topology
        if kind == "node":
            return Ground(frozenset(node for node in topology.nodes if matches(name, node)), frozenset())
        if kind == "site":
            sites = [site for site in topology.sites if matches(name, site)]
            return Ground(frozenset(node for site in sites for node in topology.nodes_of_site[site]), frozenset())
        if kind == "region":
            wanted = [region for region in topology.regions if matches(name, region)]
            nodes = {x.name for x in topology.nodes.values() if self._is_in(x.region, wanted)}
            links = {
                x.id for x in topology.links.values() if any(self._is_in(r, wanted) for r in regions_on(x, topology))
            }
            return Ground(frozenset(nodes), frozenset(links))
        tests: Mapping[str, Callable[[str], bool]] = {
            "link": lambda link: matches(name, link),
            "srlg": lambda link: any(matches(name, risk) for risk in shared_risks(topology.links[link], topology)),
            "provider": lambda link: matches(name, topology.links[link].provider or ""),
            "media": lambda link: matches(name, topology.links[link].media or ""),
        }
        if kind not in tests:
            return Ground(frozenset(), frozenset())
        return Ground(frozenset(), frozenset(link for link in topology.links if tests[kind](link)))

    def _is_in(self, region: str | None, wanted: Iterable[str]) -> bool:
        return any(self.topology.is_within(region, name) for name in wanted)

    def _talkers(self) -> Mapping[str, Subject]:
        return {
            name: self._subject(name, clauses_of(item, self.sources)) for name, item in self.sources.talkers.items()
        }

    def _subject(self, name: str, clauses: Clauses) -> Subject:
        priority = clauses.one(ast.Priority)
        pinned: list[str] | None = None
        for pin in clauses.all(ast.Pin):
            regions = [region.text for region in pin.regions]
            pinned = regions if pinned is None else self._inner(pinned, regions)
        fields: dict[str, tuple[Value, ...]] = {
            "name": (("text", name),),
            "priority": (("text", priority.name.text),) if priority is not None else (),
            "region": tuple(("region", region) for region in pinned or ()),
        }
        return Subject(fields, {item.key.text: _label(item.value) for item in clauses.all(ast.LabelClause)})

    def _inner(self, one: Iterable[str], other: Iterable[str]) -> list[str]:
        """Return what two pins leave: the inner of any two regions one of which lies within the other."""
        others = list(other)
        found = {x for x in one if self._is_in(x, others)} | {x for x in others if self._is_in(x, one)}
        return sorted(found)


def _united(found: Iterable[Ground]) -> Ground:
    parts = list(found)
    return Ground(
        frozenset[str]().union(*(part.nodes for part in parts)), frozenset[str]().union(*(part.links for part in parts))
    )


def _label(value: ast.Value) -> LabelValue:
    match value:
        case ast.Name():
            return value.text
        case ast.Boolean():
            return value.value
        case ast.Quantity():
            return value.value // _BILLION
        case _:
            raise Unprovable("no label has such a value", value.span)
