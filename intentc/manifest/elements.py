"""What the state ids of a manifest mean: the nodes and links that are down, and what a demand then does."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.manifest.model import ANY_STATE, DemandEntry, PathEntry
from intentc.topology.model import Topology
from intentc.values import frozen


@frozen
class Elements:
    """Failed elements; `links` holds also those of failed nodes and the tunnels that run over failed links."""

    nodes: frozenset[str]
    links: frozenset[str]

    def breaks(self, paths: Iterable[PathEntry]) -> bool:
        """Return whether any of `paths` uses a failed element."""
        return any(not (self.nodes.isdisjoint(path.path) and self.links.isdisjoint(path.links)) for path in paths)


NOTHING = Elements(frozenset(), frozenset())


def failed_elements(state: str, topology: Topology) -> Elements | None:
    """Return what is down in `state` (`link:L7`, `srlg:a+node:b`, …), or None where it names nothing of the topology."""
    nodes: set[str] = set()
    links: set[str] = set()
    for part in _parts(state):
        kind, _, name = part.partition(":")
        found = _named(kind, name, topology)
        if found is None:
            return None
        nodes |= found.nodes
        links |= found.links
    return with_consequences(nodes, links, topology)


def with_consequences(nodes: Iterable[str], links: Iterable[str], topology: Topology) -> Elements:
    """Return the failed elements with the links of failed nodes and every tunnel over a failed link."""
    down_nodes = frozenset(nodes)
    down = set(links)
    down |= {link.id for link in topology.links.values() if {link.a.node, link.b.node} & down_nodes}
    while added := {
        link.id for link in topology.links.values() if link.id not in down and not down.isdisjoint(link.over)
    }:
        down |= added
    return Elements(down_nodes, frozenset(down))


def paths_in_state(demand: DemandEntry, state: str, failed: Elements) -> tuple[PathEntry, ...]:
    """Return the paths that the manifest gives `demand` in `state`; none where it is unprotected or nothing is said."""
    if not failed.breaks(demand.primary.paths):
        return demand.primary.paths
    for entry in demand.states:
        is_any = entry.when == (ANY_STATE,)
        if state in entry.when or (is_any and not failed.breaks(entry.paths)):
            return entry.paths
    return ()


def _parts(state: str) -> list[str]:
    """Split at the `+` that precede a kind, as names may hold a `+` themselves."""
    parts: list[str] = []
    for piece in state.split("+"):
        if parts and piece.partition(":")[0] not in _KINDS:
            parts[-1] += f"+{piece}"
        else:
            parts.append(piece)
    return parts


_KINDS = frozenset({"link", "node", "srlg", "site", "provider"})


def _named(kind: str, name: str, topology: Topology) -> Elements | None:
    none: frozenset[str] = frozenset()
    if kind == "link" and name in topology.links:
        return Elements(none, frozenset({name}))
    if kind == "node" and name in topology.nodes:
        return Elements(frozenset({name}), none)
    if kind == "srlg" and name in topology.srlgs:
        return Elements(none, frozenset(topology.srlgs[name]))
    if kind == "site" and name in topology.sites:
        return Elements(frozenset(topology.nodes_of_site[name]), none)
    if kind == "provider":
        links = frozenset(link.id for link in topology.links.values() if link.provider == name)
        return Elements(none, links) if links else None
    return None
