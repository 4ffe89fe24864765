"""What a demand may stand on: the elements that pin, avoid and encrypt forbid, and the waypoints that `via` asks for."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.language import ast
from intentc.topology.model import LabelValue, Link, Topology
from intentc.values import frozen
from intentc.verify.clauses import Clauses
from intentc.verify.conditions import Judge, link_subject, node_subject, regions_on
from intentc.verify.sources import Sources, Unprovable, matches


@frozen
class Elements:
    """Nodes and links."""

    nodes: frozenset[str]
    links: frozenset[str]

    def touches(self, nodes: Iterable[str], links: Iterable[str]) -> bool:
        """Return whether any of the elements is among those given."""
        return not (self.nodes.isdisjoint(nodes) and self.links.isdisjoint(links))


@frozen
class Ban:
    """What one clause forbids, in the user's words."""

    text: str
    elements: Elements


@frozen
class Ground:
    """Everything forbidden to an intent, and its waypoints in order."""

    bans: tuple[Ban, ...]
    waypoints: tuple[Ban, ...]

    @property
    def banned_nodes(self) -> frozenset[str]:
        """Return the nodes that some clause forbids."""
        return frozenset[str]().union(*(ban.elements.nodes for ban in self.bans))

    @property
    def banned_links(self) -> frozenset[str]:
        """Return the links that some clause forbids."""
        return frozenset[str]().union(*(ban.elements.links for ban in self.bans))


@frozen
class Liking:
    """One preference: a place to be passed, or else links that others are to be left for."""

    text: str
    elements: Elements
    is_place: bool

    def off(self, nodes: Iterable[str], links: Iterable[str]) -> int:
        """Return how many links of a path are not of it; of a place 1 where the path does not pass it."""
        if self.is_place:
            return int(not self.elements.touches(nodes, links))
        return sum(link not in self.elements.links for link in links)


@frozen
class Surveyor:
    """Finds the ground of intents over one network."""

    topology: Topology
    sources: Sources

    def survey(self, clauses: Clauses) -> Ground:
        """Return what `clauses` forbid and require of paths."""
        bans = [
            *(self._pin(pin) for pin in clauses.all(ast.Pin)),
            *(self._named(element, "avoid") for avoid in clauses.all(ast.Avoid) for element in avoid.elements),
            *(self._encrypt(encrypt) for encrypt in clauses.all(ast.Encrypt)),
        ]
        waypoints = [self._named(element, "via") for via in clauses.all(ast.Via) for element in via.elements]
        return Ground(tuple(bans), tuple(waypoints))

    def likes(self, clauses: Clauses) -> tuple[Liking, ...]:
        """Return what `clauses` prefer, the first preference first."""
        return tuple(self._liking(element) for prefer in clauses.all(ast.Prefer) for element in prefer.elements)

    def _liking(self, element: ast.Element) -> Liking:
        ban = self._named(element, "prefer")
        found = ban.elements
        if element.value is not None:
            ban = Ban(f"{ban.text} = {_written(element.value)}", found)
        is_place = element.kind in {"node", "site", "link"} or (element.kind == "label" and not found.links)
        if element.kind == "region":
            regions = self._regions(element.name)
            found = Elements(
                found.nodes, frozenset(x for x in found.links if self._is_inside(self.topology.links[x], regions))
            )
        return Liking(ban.text, found, is_place)

    def _pin(self, pin: ast.Pin) -> Ban:
        regions = [name.text for name in pin.regions]
        outside = {name for name, node in self.topology.nodes.items() if not self._is_in(node.region, regions)}
        links = {link.id for link in self.topology.links.values() if not self._is_inside(link, regions)}
        return Ban(f"pin region {', '.join(regions)}", Elements(frozenset(outside), frozenset(links)))

    def _is_in(self, region: str | None, regions: Iterable[str]) -> bool:
        return any(self.topology.is_within(region, name) for name in regions)

    def _is_inside(self, link: Link, regions: list[str]) -> bool:
        """Return whether both ends and all that the link crosses are inside; an unknown crossing is not."""
        ends = [self.topology.nodes[end.node].region for end in (link.a, link.b)]
        if not all(self._is_in(region, regions) for region in ends):
            return False
        if not all(self._is_in(region, regions) for region in regions_on(link, self.topology)):
            return False
        parents = {region.parent for region in self.topology.regions.values()}
        return link.crosses is not None or (ends[0] == ends[1] and ends[0] not in parents)

    def _encrypt(self, encrypt: ast.Encrypt) -> Ban:
        judge = Judge(self.topology, self.sources)
        links = {
            link.id
            for link in self.topology.links.values()
            if (link.encryption is None or encrypt.method not in {None, link.encryption})
            and (encrypt.condition is None or judge.holds(encrypt.condition, link_subject(link, self.topology)))
        }
        return Ban(
            "encrypt" + (f" {encrypt.method}" if encrypt.method else ""), Elements(frozenset(), frozenset(links))
        )

    def _named(self, element: ast.Element, clause: str) -> Ban:
        found = self._labelled(element) if element.kind == "label" else self._elements(element)
        if not found.nodes and not found.links:
            raise Unprovable(f"`{element.kind} {element.name.text}` names nothing", element.span)
        return Ban(f"{clause} {element.kind} {element.name.text}", found)

    def _elements(self, element: ast.Element) -> Elements:
        nodes = {node.name for node in self.topology.nodes.values() if self._has_node(node.name, element)}
        links = {link.id for link in self.topology.links.values() if self._has_link(link, element)}
        return Elements(frozenset(nodes), frozenset(links))

    def _has_node(self, name: str, element: ast.Element) -> bool:
        node = self.topology.nodes[name]
        match element.kind:
            case "node":
                return matches(element.name, name)
            case "site":
                return node.site is not None and matches(element.name, node.site)
            case "region":
                return self._is_in(node.region, self._regions(element.name))
            case _:
                return False

    def _has_link(self, link: Link, element: ast.Element) -> bool:
        """Return whether a link is meant: a link is on a region when an end of it or a region that it crosses is in it."""
        match element.kind:
            case "link":
                return matches(element.name, link.id)
            case "region":
                wanted = self._regions(element.name)
                return any(self._is_in(region, wanted) for region in regions_on(link, self.topology))
            case "srlg":
                return any(matches(element.name, name) for name in shared_risks(link, self.topology))
            case "provider":
                return link.provider is not None and matches(element.name, link.provider)
            case "media":
                return link.media is not None and matches(element.name, link.media)
            case _:
                return False

    def _regions(self, name: ast.Name) -> list[str]:
        return [region for region in self.topology.regions if matches(name, region)]

    def _labelled(self, element: ast.Element) -> Elements:
        key = element.name.text.removeprefix("labels.")
        nodes = {
            name
            for name, node in self.topology.nodes.items()
            if _is_label(node_subject(node, self.topology).labels.get(key), element.value)
        }
        links = {link.id for link in self.topology.links.values() if _is_label(link.labels.get(key), element.value)}
        return Elements(frozenset(nodes), frozenset(links))


def shared_risks(link: Link, topology: Topology) -> frozenset[str]:
    """Return the SRLGs of a link; one without any is one of its own, and a tunnel has those of what it runs over."""
    own = set(link.srlgs)
    for under in link.over:
        if under in topology.links and under != link.id:
            own |= set(topology.links[under].srlgs or (under,))
    return frozenset(own or {link.id})


def _is_label(label: LabelValue | None, value: ast.Value | None) -> bool:
    match value:
        case ast.Name():
            return isinstance(label, str) and label == value.text
        case ast.Boolean():
            return isinstance(label, bool) and label == value.value
        case ast.Quantity():
            return isinstance(label, int) and not isinstance(label, bool) and label * 1_000_000_000 == value.value
        case _:
            return False


def _written(value: ast.Value) -> str:
    """Return a value of a label as it is written."""
    if isinstance(value, ast.Boolean):
        return "true" if value.value else "false"
    if isinstance(value, ast.Date):
        return value.value.isoformat()
    return value.text if not isinstance(value, ast.ValueList) else f"({', '.join(map(_written, value.items))})"
