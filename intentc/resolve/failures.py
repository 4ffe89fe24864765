"""Failure states of the network, and which of them a demand has to survive."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intentc.clauses.requirement import SurvivedFailures
from intentc.resolve.model import FailureState
from intentc.topology.model import Topology

_NONE: frozenset[str] = frozenset()
Line = tuple[tuple[str, int], ...]  # of one `survive` line: kinds and how many of each fail at once
Kinds = frozenset[Line]


@dataclass(frozen=True, slots=True, order=True)
class Cut:
    """A promised state that leaves these nodes, an end of a demand, without any link."""

    state: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survival:
    """The states that a demand survives, sorted by id, and those that it was promised to but cannot."""

    states: tuple[FailureState, ...]
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class _Fate:
    """Ids of the states in which a node is down, and of those in which it is up but has no live link."""

    down: frozenset[str]
    alone: frozenset[str]


class Failures:
    """Every failure of the topology by kind, single or several at once, with what it does to each node; computed when first asked for."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._links = {link.id: link for link in topology.links.values() if link.state != "planned"}
        self._by_kinds: dict[Kinds, tuple[FailureState, ...]] = {}
        self._fates: dict[tuple[Kinds, str], _Fate] = {}
        self._hit: dict[Kinds, tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]] = {}
        self._place: dict[Kinds, Mapping[str, int]] = {}
        self._remaining: dict[tuple[Kinds, frozenset[str]], tuple[FailureState, ...]] = {}
        self._survivals: dict[tuple[object, ...], Survival] = {}

    def single(self, kind: str) -> tuple[FailureState, ...]:
        """Return every single failure of a kind, sorted by id; those of an SRLG with those of each link."""
        return self._states(frozenset({((kind, 1),)}))

    def survival(
        self, lines: Sequence[SurvivedFailures], source: str, destinations: Sequence[str], *, is_any_of: bool
    ) -> Survival:
        """Return what a demand from a node to one of several survives.

        The end itself is outside: a state that takes the source down, or all of the destination, unless replicas may stand
        for each other. A state that leaves an end up but cuts it off is outside with `except access`, else one of the `cuts`.
        """
        key = (tuple((line.failures, line.is_except_access) for line in lines), source, tuple(destinations), is_any_of)
        if key not in self._survivals:
            self._survivals[key] = self._survival(lines, source, destinations, is_any_of=is_any_of)
        return self._survivals[key]

    def _survival(
        self, lines: Sequence[SurvivedFailures], source: str, destinations: Sequence[str], *, is_any_of: bool
    ) -> Survival:
        kinds = frozenset(line.failures for line in lines)
        strict = frozenset(line.failures for line in lines if not line.is_except_access)
        start = self._fate(kinds, source)
        stops = [self._fate(kinds, node) for node in destinations]
        all_down = frozenset.intersection(*(fate.down for fate in stops))
        lost = frozenset.intersection(*(fate.down | fate.alone for fate in stops))
        outside = start.down if is_any_of else start.down | all_down
        cut = (start.alone | lost) - outside
        excused = cut - self._places(strict).keys() - (all_down if is_any_of else _NONE) if cut else cut
        promised = self._without(kinds, outside | cut)
        cuts = (Cut(name, (source,) if name in start.alone else tuple(destinations)) for name in sorted(cut - excused))
        return Survival(promised, tuple(cuts))

    def _without(self, kinds: Kinds, left_out: frozenset[str]) -> tuple[FailureState, ...]:
        """Return the states of some kinds but for a few, sorted by id; equal tuples are the same one."""
        key = (kinds, left_out)
        if key not in self._remaining:
            states, places = self._states(kinds), self._places(kinds)
            cuts = sorted(places[name] for name in left_out)
            runs = zip([-1, *cuts], [*cuts, len(states)], strict=True)
            kept = (states[after + 1 : until] for after, until in runs)
            self._remaining[key] = tuple(itertools.chain.from_iterable(kept)) if cuts else states
        return self._remaining[key]

    def _places(self, kinds: Kinds) -> Mapping[str, int]:
        if kinds not in self._place:
            self._place[kinds] = {state.id: place for place, state in enumerate(self._states(kinds))}
        return self._place[kinds]

    def _states(self, kinds: Kinds) -> tuple[FailureState, ...]:
        """Return the states of several kinds, sorted by id, once each."""
        if kinds not in self._by_kinds:
            found = {state.id: state for line in sorted(kinds) for state in self._of_line(line)}
            self._by_kinds[kinds] = tuple(found[name] for name in sorted(found))
        return self._by_kinds[kinds]

    def _of_line(self, line: Line) -> Iterable[FailureState]:
        """Return every set of failures that a line names: up to so many of each kind, at least one in all."""
        if line[0][1] == 1 and len(line) == 1:
            return self._of_kind(line[0][0])
        singles = {kind: sorted(self._of_kind(kind), key=lambda state: state.id) for kind, _ in line}
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

    def size(self, line: Line) -> int:
        """Return how many states a line names (some may be the same)."""
        sizes = {kind: len(list(self._of_kind(kind))) for kind, _ in line}
        return math.prod(sum(math.comb(sizes[kind], size) for size in range(count + 1)) for kind, count in line) - 1

    def _of_kind(self, kind: str) -> Iterable[FailureState]:
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
                return [*groups, *self._of_kind("link")]

    def _live_nodes(self) -> list[str]:
        return [node.name for node in self._topology.nodes.values() if node.state != "planned"]

    def _by_srlg(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for link in self._links.values():
            for name in link.srlgs:
                found.setdefault(name, []).append(link.id)
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
        fallen = {link for link in fallen if link in self._links and link not in implied}
        return FailureState(name, down, frozenset(fallen))

    def _fate(self, kinds: Kinds, node: str) -> _Fate:
        key = (kinds, node)
        if key not in self._fates:
            by_node, by_link = self._hits(kinds)
            down = by_node.get(node, _NONE)
            live = [link for link in self._topology.links_of[node] if link.state == "up"]
            killers = [by_link.get(link.id, _NONE) | by_node.get(link.other(node), _NONE) for link in live]
            alone = frozenset.intersection(*killers) - down if killers else _NONE  # without links it is alone anyway
            self._fates[key] = _Fate(down, alone)
        return self._fates[key]

    def _hits(self, kinds: Kinds) -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
        """Return for each node, and for each link, the ids of the states that take it down."""
        if kinds not in self._hit:
            by_node: dict[str, set[str]] = {}
            by_link: dict[str, set[str]] = {}
            for state in self._states(kinds):
                for node in state.nodes:
                    by_node.setdefault(node, set()).add(state.id)
                for link in state.links:
                    by_link.setdefault(link, set()).add(state.id)
            self._hit[kinds] = (
                {name: frozenset(found) for name, found in by_node.items()},
                {name: frozenset(found) for name, found in by_link.items()},
            )
        return self._hit[kinds]
