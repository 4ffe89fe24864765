"""Failure states of the network by what `survive` lines name, and what each does to a node."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from intentc.resolve.model import FailureState
from intentc.resolve.remaining import Remaining
from intentc.topology.model import Topology
from intentc.values import frozen

_NONE: frozenset[str] = frozenset()
Line = tuple[tuple[str, int], ...]  # of one `survive` line: kinds and how many of each fail at once


@frozen
class Fate:
    """Ids of the states in which a node is down, of those in which it is up but has no live link, and of both."""

    down: frozenset[str]
    alone: frozenset[str]
    lost: frozenset[str]


class FailureSet:
    """Some failure states, sorted by id, with what each does to a node."""

    def __init__(self, topology: Topology, states: tuple[FailureState, ...]) -> None:
        self.states = states
        self._topology = topology
        self._fates: dict[str, Fate] = {}
        self._remaining: dict[frozenset[str], Remaining[FailureState]] = {}

    def over(self, topology: Topology) -> FailureSet:
        """Return the same states over a topology of which no more is another than figures of links, and which are drained."""
        found = FailureSet(topology, self.states)
        found._remaining, found.places, found._hits = self._remaining, self.places, self._hits
        return found

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each state stands, by id."""
        return {state.id: place for place, state in enumerate(self.states)}

    def without(self, left_out: frozenset[str]) -> Sequence[FailureState]:
        """Return the states but for those with some ids; equal sequences are the same one."""
        if not left_out:
            return self.states
        if left_out not in self._remaining:
            places = sorted([self.places[name] for name in left_out])
            self._remaining[left_out] = Remaining(self.states, tuple(places))
        return self._remaining[left_out]

    def fate(self, node: str) -> Fate:
        """Return what the states do to a node."""
        if node not in self._fates:
            down, alone = self._hits[0].get(node, _NONE), self._without_links(node)
            alone -= down
            self._fates[node] = Fate(down, alone, down | alone)
        return self._fates[node]

    def _without_links(self, node: str) -> frozenset[str]:
        """Return the states that take down every live link of a node; none if it has none, for then it is alone anyway."""
        by_node, by_link = self._hits
        found: frozenset[str] | None = None
        for link in self._topology.links_of[node]:
            if link.state == "up":
                killers = by_link.get(link.id, _NONE) | by_node.get(link.other(node), _NONE)
                found = killers if found is None else found & killers
                if not found:
                    break
        return found or _NONE

    @cached_property
    def _hits(self) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
        """For each node, and for each link, the ids of the states that take it down."""
        by_node: dict[str, set[str]] = {}
        by_link: dict[str, set[str]] = {}
        for state in self.states:
            for node in state.nodes:
                by_node.setdefault(node, set()).add(state.id)
            for link in state.links:
                by_link.setdefault(link, set()).add(state.id)
        return (
            {name: frozenset(found) for name, found in by_node.items()},
            {name: frozenset(found) for name, found in by_link.items()},
        )


class StateMaker:
    """Makes the failure states of a topology."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._links = {link.id: link for link in topology.links.values() if link.state != "planned"}
        self._by_kind: dict[str, Sequence[FailureState]] = {}

    def over(self, topology: Topology) -> StateMaker:
        """Return what makes the very same states over a topology as in `FailureSet.over`."""
        found = StateMaker(topology)
        found._by_kind = self._by_kind
        return found

    def of_lines(self, lines: Iterable[Line]) -> tuple[FailureState, ...]:
        """Return the states of several lines, sorted by id, once each."""
        found = {state.id: state for line in sorted(lines) for state in self._of_line(line)}
        return tuple(found[name] for name in sorted(found))

    def of_kind(self, kind: str) -> Sequence[FailureState]:
        """Return the single failures of a kind."""
        if kind not in self._by_kind:
            self._by_kind[kind] = self._made(kind)
        return self._by_kind[kind]

    def _of_line(self, line: Line) -> Iterable[FailureState]:
        """Return every set of failures that a line names: up to so many of each kind, at least one in all."""
        if line[0][1] == 1 and len(line) == 1:
            return self.of_kind(line[0][0])
        singles = {kind: sorted(self.of_kind(kind), key=lambda state: state.id) for kind, _ in line}
        choices = (
            [chosen for size in range(count + 1) for chosen in itertools.combinations(singles[kind], size)]
            for kind, count in line
        )
        together = ([state for group in chosen for state in group] for chosen in itertools.product(*choices))
        return (self._joined(states) for states in together if states)

    def _joined(self, states: Sequence[FailureState]) -> FailureState:
        """Return simultaneous failures as one state; ids are joined by `+` in sorted order, one that stands twice counts once."""
        if len(states) == 1:
            return states[0]
        links = itertools.chain.from_iterable(state.links for state in states)
        nodes = itertools.chain.from_iterable(state.nodes for state in states)
        return self._state("+".join(sorted({state.id for state in states})), links, nodes)

    def _made(self, kind: str) -> Sequence[FailureState]:
        match kind:
            case "link":
                return [self._state(f"link:{name}", (name,)) for name in self._links]
            case "node":
                return [self._state(f"node:{name}", (), (name,)) for name in self._live_nodes()]
            case "site":
                sites = self._topology.nodes_of_site
                return [self._state(f"site:{name}", (), nodes) for name, nodes in sites.items() if nodes]
            case "provider":
                return [self._state(f"provider:{name}", links) for name, links in self._by_provider().items()]
            case _:
                groups = [self._state(f"srlg:{name}", links) for name, links in self._by_srlg().items()]
                return [*groups, *self.of_kind("link")]

    def _live_nodes(self) -> list[str]:
        return [node.name for node in self._topology.nodes.values() if node.state != "planned"]

    def _by_srlg(self) -> Mapping[str, list[str]]:
        """Return the members of all named groups; a link without one is a group of its own, which tunnels over it are in too."""
        found: dict[str, list[str]] = {}
        for link in self._links.values():
            for name in link.srlgs:
                found.setdefault(name, []).append(link.id)
        for name, members in found.items():
            if name in self._links and not self._links[name].srlgs:
                members.append(name)
        return found

    def _by_provider(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for link in self._links.values():
            if link.provider is not None:
                found.setdefault(link.provider, []).append(link.id)
        return found

    def _state(self, name: str, links: Iterable[str], nodes: Iterable[str] = ()) -> FailureState:
        """Return a state with the tunnels that fall with it; links of a failed node are implied, tunnels over them not."""
        down = frozenset(nodes)
        implied = {link.id for node in down for link in self._topology.links_of[node]}
        fallen = set(links)
        for link in (*fallen, *implied):
            fallen.update(self._topology.riders[link])
        return FailureState(
            name, down, frozenset([link for link in fallen if link in self._links and link not in implied])
        )
