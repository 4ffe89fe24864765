"""Lossless classes: paths whose buffers could wait for each other in a circle, so that nothing on it moves ever again.

A queue that is full pauses those that send to it (priority-based flow control, IEEE 802.1Qbb), so that their queues fill. Where
each of some queues waits for room in the next one, and the last for the first, none can drain. Without such a circle in the
graph of queues and the queues that their packets go on to there is no deadlock (Dally and Seitz, IEEE Trans. Computers 1987;
for PFC: Hu et al., HotNets 2016).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from intentc.diagnostics import Diagnostic, Findings, Label
from intentc.realise.model import Path, Realised, RealisedDemand
from intentc.resolve.model import FailureState
from intentc.values import frozen

CODE = "E0540"
_Arc = tuple[str, str]  # link, sending node
_Graph = dict[_Arc, dict[_Arc, str]]  # and the intent that makes packets of one go on to the other
_SHOWN = 6


@frozen
class Circle:
    """Link ends each of which waits for the next one, in a state (`""`: the normal one), and the intents whose packets do."""

    state: str
    arcs: tuple[_Arc, ...]
    intents: tuple[str, ...]


def report_deadlocks(realised: Realised, findings: Findings) -> tuple[str, ...]:
    """Return the intents that would close a circle of lossless queues in some promised state, each with its finding (E0540).

    Intents are taken in the order of their priority and name: the one that closes a circle has to give way.
    """
    states = _states(realised)
    graphs: dict[str, _Graph] = {name: {} for name in states}
    lost: list[str] = []
    for intent, items in _lossless(realised).items():
        tried = {name: _with(graphs[name], intent, _moves(items, state)) for name, state in states.items()}
        circle = next((found for name, graph in tried.items() if (found := _circle(name, graph)) is not None), None)
        if circle is None:
            graphs = tried
        else:
            lost.append(intent)
            findings.add(_finding(realised, items[0], circle))
    return tuple(lost)


def _lossless(realised: Realised) -> dict[str, list[RealisedDemand]]:
    """Return the demands of lossless classes by intent, by rank and name."""
    found: dict[tuple[int, str], list[RealisedDemand]] = {}
    if not any(item.is_lossless for item in realised.model.classes.values()):
        return {}
    for item in realised.demands.values():
        if realised.model.classes[item.demand.traffic_class].is_lossless:
            found.setdefault((item.demand.rank, item.demand.intent), []).append(item)
    return {intent: found[rank, intent] for rank, intent in sorted(found)}


def _states(realised: Realised) -> Mapping[str, FailureState]:
    """Return the normal state and all that any lossless demand is promised."""
    found = {"": FailureState("", frozenset(), frozenset())}
    for items in _lossless(realised).values():
        for item in items:
            for state in item.demand.failover.states if item.demand.failover is not None else ():
                found.setdefault(state.id, state)
    return found


def _moves(items: Iterable[RealisedDemand], state: FailureState) -> Iterator[tuple[_Arc, _Arc]]:
    """Yield the pairs of queues one after the other on the paths of some demands."""
    for item in items:
        for path in _paths(item, state):
            yield from pairwise(zip(path.links, path.nodes, strict=False))


def _paths(item: RealisedDemand, state: FailureState) -> tuple[Path, ...]:
    """Return where a demand goes; nobody knows of one that a state breaks which it is not promised."""
    for result in item.states:
        if state.id in result.when:
            return result.paths
    is_whole = all(state.nodes.isdisjoint(path.nodes) and state.links.isdisjoint(path.links) for path in item.primary)
    return item.primary if is_whole else ()


def _with(graph: _Graph, intent: str, moves: Iterable[tuple[_Arc, _Arc]]) -> _Graph:
    found = {arc: dict(following) for arc, following in graph.items()}
    for arc, following in moves:
        found.setdefault(arc, {}).setdefault(following, intent)
    return found


def _circle(state: str, graph: _Graph) -> Circle | None:
    """Return the first circle of a graph, searched depth first."""
    done: set[_Arc] = set()
    for root in sorted(graph):
        way: list[_Arc] = [root]
        left = [iter(sorted(graph[root]))]
        while left and root not in done:
            arc = next(left[-1], None)
            if arc is None:
                left.pop()
                done.add(way.pop())
            elif arc in way:
                arcs = tuple(way[way.index(arc) :])
                pairs = zip(arcs, (*arcs[1:], arcs[0]), strict=True)
                return Circle(state, arcs, tuple(sorted({graph[one][other] for one, other in pairs})))
            elif arc not in done:
                way.append(arc)
                left.append(iter(sorted(graph.get(arc, ()))))
    return None


def _finding(realised: Realised, item: RealisedDemand, circle: Circle) -> Diagnostic:
    demand, topology = item.demand, realised.model.topology
    ends = [f"`{link}`" for link, _ in circle.arcs[:_SHOWN]]
    links = ", ".join(ends) + (", …" if len(circle.arcs) > _SHOWN else "")
    others = [name for name in circle.intents if name != demand.intent]
    beside = f" with `{others[0]}`" + (f" and {len(others) - 1} more" if others[1:] else "") if others else ""
    when = f" when `{circle.state}` fails" if circle.state else ""
    return Diagnostic(
        CODE,
        f"lossless packets{beside} could wait for each other in a circle{when}: over {links}",
        demand.clause_spans.get("priority", demand.span),
        related=tuple(Label(topology.links[link].span, "on the circle") for link, _ in circle.arcs[:_SHOWN]),
        help=("keep the paths to one way up and down (`via`, `avoid`), or use a class that drops what it cannot hold",),
        intent=demand.intent,
        state=circle.state or None,
    )
