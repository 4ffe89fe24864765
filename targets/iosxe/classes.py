"""Traffic classes of a device: which queue a packet belongs to, by its code point and by the traffic class field of its label."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.targetkit.kit import PortQueueing, Queue, TrafficClass

from . import escape
from .owned_qos import ClassMap

CONTROL_CODE_POINTS = (48, 56)  # CS6 and CS7 (RFC 4594 §3.2): what routers say to each other
CONTROL_LABELS = (6, 7)
DEFAULT = "default"
DEFAULT_CLASS = "class-default"
_CODE_POINTS = range(64)


def over_dscps(queue: Queue, classes: Mapping[str, TrafficClass]) -> tuple[int, ...]:
    """Return the code points of a queue that mark packets above their rate."""
    own = classes.get(queue.traffic_class)
    if own is None or own.over_dscp is None or own.over_dscp == own.dscp or own.over_dscp not in queue.dscps:
        return ()
    return (own.over_dscp,)


def dscps_of(queue: Queue, port: PortQueueing) -> tuple[int, ...]:
    """Return the code points that come to a queue; the default one has whatever no other queue has."""
    if queue.traffic_class != DEFAULT:
        return tuple(dscp for dscp in queue.dscps if dscp not in CONTROL_CODE_POINTS)
    taken = {dscp for other in port.queues if other.traffic_class != DEFAULT for dscp in other.dscps}
    return tuple(dscp for dscp in _CODE_POINTS if dscp not in taken | set(CONTROL_CODE_POINTS))


def seen_as(queue: Queue, port: PortQueueing) -> ClassMap | None:
    """Return the class of a queue's packets; None for the default class, and where no packet would be in it."""
    dscps = dscps_of(queue, port)
    labels = (queue.tc,) if queue.tc is not None and queue.tc not in CONTROL_LABELS else ()
    return by_code_points(dscps, labels) if queue.traffic_class != DEFAULT and (dscps or labels) else None


def by_code_points(dscps: tuple[int, ...], labels: tuple[int, ...]) -> ClassMap:
    """Return the class of packets with these code points or labels; its name tells its content."""
    words = (*(["DSCP", *map(str, dscps)] if dscps else []), *(["MPLS", *map(str, labels)] if labels else []))
    return ClassMap(f"{escape.OWN}{'-'.join(words)}", dscps=dscps, labels=labels)


CONTROL_CLASS = by_code_points(CONTROL_CODE_POINTS, CONTROL_LABELS)
