"""Links that a file gives one direction at a time."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.diagnostics import Span
from intentc.importing.desk import Desk
from intentc.importing.model import ImportedEnd, ImportedLink
from intentc.topology.model import Directional
from intentc.values import frozen


@frozen
class Arc:
    """One direction of a link; rates in bps, times in ns."""

    source: ImportedEnd
    target: ImportedEnd
    span: Span
    id: str | None = None
    capacity_bps: int | None = None
    latency_ns: int | None = None
    metric: int | None = None
    te_metric: int | None = None
    srlgs: tuple[str, ...] = ()


def join_arcs(arcs: Iterable[Arc], desk: Desk) -> list[ImportedLink]:
    """Return links from pairs of arcs between the same ends; one without a way back is E0352.

    Of several between two nodes without interfaces, the first there goes with the first back.
    """
    waiting: dict[tuple[ImportedEnd, ImportedEnd], list[Arc]] = {}
    pairs: list[tuple[Arc, Arc]] = []
    for arc in arcs:
        others = waiting.get((arc.target, arc.source))
        if others:
            pairs.append((others.pop(0), arc))
        else:
            waiting.setdefault((arc.source, arc.target), []).append(arc)
    for alone in (arc for left in waiting.values() for arc in left):
        message = f"no link leads back from `{alone.target.node}` to `{alone.source.node}` between the same interfaces"
        desk.refuse_link(message, alone.span, "a link of a topology goes both ways")
    return [_link(there, back) for there, back in sorted(pairs, key=lambda pair: pair[0].span)]


def _link(there: Arc, back: Arc) -> ImportedLink:
    return ImportedLink(
        there.source,
        there.target,
        there.span,
        id=there.id,
        capacity_bps=_both(there.capacity_bps, back.capacity_bps),
        latency_ns=_both(there.latency_ns, back.latency_ns),
        metric=_both(there.metric, back.metric),
        te_metric=_both(there.te_metric, back.te_metric),
        srlgs=tuple(dict.fromkeys((*there.srlgs, *back.srlgs))),
    )


def _both(there: int | None, back: int | None) -> Directional | None:
    """Return both directions; what is said of one only counts for the other."""
    if there is None and back is None:
        return None
    first = there if there is not None else back
    second = back if back is not None else there
    return Directional(first or 0, second or 0)
