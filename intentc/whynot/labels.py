"""How many labels the packets of a demand need on the best path that was found for it."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.place.context import Context
from intentc.place.diagnose import Verdict


def labels_on(context: Context, verdict: Verdict) -> Mapping[int, int]:
    """Return the labels on each arc of the path of a verdict; none where packets take it by themselves, or no list leads along it."""
    if verdict.route is None or verdict.ends is None:
        return {}
    start, arcs, group = verdict.route.start, verdict.route.arcs, verdict.task.groups[verdict.ends.group]
    packets = verdict.task.packets(group)
    own = context.realiser.course(packets, group.families, frozenset(), (start,)).walk(verdict.outage, start)
    if [trail.arcs for trail in own.trails] == [arcs]:
        return {}
    labels = context.realiser.labels(packets, group.families, start, arcs, frozenset())
    return dict(zip(arcs, labels, strict=True)) if labels else {}
