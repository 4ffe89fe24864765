"""What packets touch in one state, and how journeys of several packets make one."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.values import frozen


@frozen
class Journey:
    """Where packets go in one state.

    `nodes` and `arcs` are all that any of them touches, `starts` and `ends` where they enter and are delivered. `is_whole`:
    all of them arrive; then `most_links` is the number of links of the longest path. The journey is the same with any
    further failure that takes none of the elements of `dependence` down.
    """

    starts: frozenset[int]
    ends: frozenset[int]
    nodes: frozenset[int]
    arcs: frozenset[int]
    is_whole: bool
    most_links: int
    dependence: int


NOWHERE = Journey(frozenset(), frozenset(), frozenset(), frozenset(), is_whole=False, most_links=0, dependence=0)


def join(journeys: Iterable[Journey], *, is_whole: bool, most_links: int, dependence: int = 0) -> Journey:
    """Return the journey of packets some of which go each way."""
    found = list(journeys)
    for journey in found:
        dependence |= journey.dependence
    return Journey(
        starts=frozenset[int]().union(*(journey.starts for journey in found)),
        ends=frozenset[int]().union(*(journey.ends for journey in found)),
        nodes=frozenset[int]().union(*(journey.nodes for journey in found)),
        arcs=frozenset[int]().union(*(journey.arcs for journey in found)),
        is_whole=is_whole,
        most_links=most_links,
        dependence=dependence,
    )
