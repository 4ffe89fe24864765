"""Whether lossless packets could wait for each other in a circle, in the normal state or in a promised one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import networkx as nx

from intentc.manifest.model import PathEntry
from intentc.verify.case import Case, World
from intentc.verify.check_states import claimed
from intentc.verify.classes import class_facts
from intentc.verify.failures import State

_CODE = "E0593"
_NORMAL = ""


def check_deadlock(world: World, cases: Iterable[Case]) -> None:
    """Judge, for every state that a lossless demand is promised, that no queues on their ways wait for each other."""
    found = [case for case in cases if _is_lossless(world, case)]
    states: dict[str, State | None] = {_NORMAL: None}
    for case in found:
        states.update((state.id, state) for state in case.wanted.promised.states)
    for name, state in states.items() if found else ():
        graph: nx.DiGraph[tuple[str, str]] = nx.DiGraph()
        for case in found:
            graph.add_edges_from(_moves(_paths(case, state)))
        world.court.judge(
            "deadlock",
            _CODE,
            holds=nx.is_directed_acyclic_graph(graph),
            otherwise="lossless packets could wait for each other in a circle of queues",
            state=name or None,
        )


def _is_lossless(world: World, case: Case) -> bool:
    facts = class_facts(case.asked.traffic_class, world.sources)
    return facts is not None and facts.is_lossless


def _paths(case: Case, state: State | None) -> Iterator[PathEntry]:
    """Yield where a demand goes; of one that a state breaks which it is not promised nothing is told."""
    told = claimed(case, state) if state is not None else None
    for path in told.paths if told is not None else case.entry.primary.paths:
        if path.path and (told is not None or state is None or not state.failed.breaks([path])):
            yield path


def _moves(paths: Iterable[PathEntry]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    for path in paths:
        yield from pairwise(zip(path.links, path.path, strict=False))
