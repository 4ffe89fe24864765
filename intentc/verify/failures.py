"""The failure states that a demand is promised to survive, expanded from the `survive` lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, product

from intentc.language import ast
from intentc.manifest.elements import Elements, with_consequences
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.ground import shared_risks

_ONE_LINK = (("link", 1),)


@frozen
class State:
    """Elements that are down together, with the id under which a manifest names them."""

    id: str
    failed: Elements


@frozen
class Promised:
    """The states to survive, by id; `cut` are the ids of those that leave an end without any link."""

    states: tuple[State, ...]
    cut: tuple[str, ...]


class Failures:
    """Expands `survive` lines over one network; equal lines are expanded once."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._single: dict[str, list[tuple[str, frozenset[str], frozenset[str]]]] = {}
        self._lines: dict[tuple[tuple[str, int], ...], tuple[State, ...]] = {}
        self._up_links = {name: up_links(topology, name) for name in topology.links_of}

    def single(self, kind: str) -> tuple[State, ...]:
        """Return every single failure of a kind, with all that it takes down."""
        return tuple(self._state([part]) for part in self._of_kind(kind))

    def promised(
        self, failover: ast.Failover, sources: Sequence[str], destinations: Sequence[str], *, is_any_of: bool
    ) -> Promised:
        """Return what a demand from one of `sources` to one of `destinations` survives.

        Failures of the ends themselves are outside, the loss of a replica is not. A failure that leaves an end up but
        without a link is outside where the line says `except access`; else it is promised and cannot be kept (`cut`).
        """
        kept: dict[str, State] = {}
        cut: set[str] = set()
        for failures, is_except_access in _lines(failover):
            for state in self._states(failures):
                down = state.failed.nodes
                is_all_down = all(node in down for node in destinations)
                if all(node in down for node in sources) or (is_all_down and not is_any_of):
                    continue
                is_alone = self._are_gone(sources, state) or self._are_gone(destinations, state)
                if not is_alone:
                    kept[state.id] = state
                elif not is_except_access or (is_all_down and is_any_of):
                    cut.add(state.id)
        return Promised(tuple(kept[name] for name in sorted(kept)), tuple(sorted(cut)))

    def _are_gone(self, nodes: Sequence[str], state: State) -> bool:
        return all(node in state.failed.nodes or is_cut_off(self._up_links.get(node), state.failed) for node in nodes)

    def _states(self, failures: tuple[tuple[str, int], ...]) -> tuple[State, ...]:
        if failures not in self._lines:
            choices = [
                [chosen for size in range(count + 1) for chosen in combinations(self._of_kind(kind), size)]
                for kind, count in failures
            ]
            found: dict[str, State] = {}
            for chosen in product(*choices):
                parts = [part for group in chosen for part in group]
                if not parts:
                    continue
                state = self._state(parts)
                found.setdefault(state.id, state)
            self._lines[failures] = tuple(found.values())
        return self._lines[failures]

    def _state(self, parts: Iterable[tuple[str, frozenset[str], frozenset[str]]]) -> State:
        """Return the simultaneous failure of `parts`; ids are joined by `+` in sorted order."""
        chosen = {name: (nodes, links) for name, nodes, links in parts}
        nodes = frozenset[str]().union(*(nodes for nodes, _ in chosen.values()))
        links = frozenset[str]().union(*(links for _, links in chosen.values()))
        return State("+".join(sorted(chosen)), with_consequences(nodes, links, self._topology))

    def _of_kind(self, kind: str) -> list[tuple[str, frozenset[str], frozenset[str]]]:
        if kind not in self._single:
            self._single[kind] = list(self._expand(kind))
        return self._single[kind]

    def _expand(self, kind: str) -> Iterator[tuple[str, frozenset[str], frozenset[str]]]:
        """Yield id, nodes and links of every single failure of a kind."""
        topology = self._topology
        nothing = frozenset[str]()
        links = [link for link in topology.links.values() if link.state != "planned"]
        if kind in {"link", "srlg"}:
            # Surviving an SRLG includes each of its links; a link without one is an SRLG of its own.
            yield from ((f"link:{link.id}", nothing, frozenset({link.id})) for link in links)
        if kind == "srlg":
            for name in sorted({name for link in links for name in link.srlgs}):
                members = frozenset(link.id for link in links if name in shared_risks(link, topology))
                yield f"srlg:{name}", nothing, members
        if kind == "node":
            yield from (
                (f"node:{n.name}", frozenset({n.name}), nothing)
                for n in topology.nodes.values()
                if n.state != "planned"
            )
        if kind == "site":
            yield from (
                (f"site:{name}", frozenset(nodes), nothing) for name, nodes in topology.nodes_of_site.items() if nodes
            )
        if kind == "provider":
            for name in sorted({link.provider for link in links if link.provider is not None}):
                yield f"provider:{name}", nothing, frozenset(link.id for link in links if link.provider == name)


def up_links(topology: Topology, node: str) -> frozenset[str]:
    """Return the ids of a node's links that carry traffic when nothing fails."""
    return frozenset(link.id for link in topology.links_of.get(node, ()) if link.state == "up")


def is_cut_off(links: frozenset[str] | None, failed: Elements) -> bool:
    """Return whether a node with these links has lost all of them."""
    return links is not None and bool(links) and links <= failed.links


def _lines(failover: ast.Failover) -> Iterator[tuple[tuple[tuple[str, int], ...], bool]]:
    if not failover.survive:
        yield _ONE_LINK, False
    for line in failover.survive:
        yield tuple((failure.kind, failure.count) for failure in line.failures), line.is_except_access
