"""Forwarding classes: one per code point, so that filters set it, rewrite rules write it and classifiers read it alike.

Junos has eight queues: 0 for everything else, 1 for what is above its rate, 3 for network control (where Junos itself puts
it), and five for classes. Queue numbers mean nothing beyond the device; schedulers give them their priority.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, Fleet, Queue, TrafficClass

BEST_EFFORT, NETWORK_CONTROL = "best-effort", "network-control"  # classes that Junos has by itself
NETWORK_CONTROL_CODES = (48, 56)  # CS6 and CS7 (RFC 4594, section 3.2)
DEFAULT_QUEUE, OVER_QUEUE, CONTROL_QUEUE = 0, 1, 3
CLASS_QUEUES = (2, 4, 5, 6, 7)
_PRECEDENCE_SHIFT = 3


@dataclass(frozen=True, slots=True)
class Classes:
    """The code points of a device: the queue of each, and what labels say of it. Empty where nothing is classified."""

    queues: Mapping[int, int]  # code point -> queue
    labels: Mapping[int, int]  # code point -> traffic class field of labels (RFC 5462); 0 where absent
    are_rewritten: bool  # link ports write code points by class; else filters have to

    def forwarding_class(self, dscp: int) -> str:
        """Return the class of packets that were marked with a code point."""
        return f"ITC-D{dscp}" if dscp in self.queues else BEST_EFFORT

    def unmarked(self, dscp: int) -> tuple[str, ...]:
        """Return the classes that a packet may be in whose code point is nobody's."""
        return (NETWORK_CONTROL,) if dscp in NETWORK_CONTROL_CODES else (BEST_EFFORT,)


def classes_of(config: DeviceConfig, fleet: Fleet) -> Classes:
    """Return the classes that a device needs for its queues, its marking and its meters."""
    owners, over = _code_points(config, fleet)
    if not owners and not over:
        return Classes({}, {}, are_rewritten=False)
    owners[0] = 0
    slots = _slots({first for first in owners.values() if first != 0}, fleet)
    queues = {dscp: slots.get(first, DEFAULT_QUEUE) for dscp, first in owners.items()}
    queues |= {dscp: OVER_QUEUE for dscp in over if dscp not in owners}
    return Classes(
        {dscp: queues[dscp] for dscp in sorted(queues)}, _labels(config, fleet), are_rewritten=bool(config.queueing)
    )


def _labels(config: DeviceConfig, fleet: Fleet) -> dict[int, int]:
    """Return the label class of the code points of classes that have one; what is above its rate is labelled like the default class."""
    return {
        first_code(queue, fleet): queue.tc
        for port in config.queueing
        for queue in port.queues
        if queue.tc is not None and first_code(queue, fleet) != 0
    }


def _code_points(config: DeviceConfig, fleet: Fleet) -> tuple[dict[int, int], set[int]]:
    """Return the code points with the one that stands for their class, and those of packets above their rate."""
    owners: dict[int, int] = {}
    over: set[int] = set()
    for port in config.queueing:
        for queue in port.queues:
            for dscp in queue.dscps:
                owners.setdefault(dscp, first_code(queue, fleet))
            above = over_code(queue, fleet)
            if above is not None:
                over.add(above)
    for dscp in over:
        owners.pop(dscp, None)
    for rule in config.marking:
        if rule.dscp not in over:
            owners.setdefault(rule.dscp, rule.dscp)
    over |= {
        meter.over_dscp for meter in config.meters if meter.over_dscp is not None and meter.over_dscp not in owners
    }
    return owners, over - {0}


def first_code(queue: Queue, fleet: Fleet) -> int:
    """Return the code point that stands for the class of a queue."""
    own = fleet.classes.get(queue.traffic_class)
    return own.dscp if own is not None else min(queue.dscps, default=0)


def over_code(queue: Queue, fleet: Fleet) -> int | None:
    """Return the code point of packets of the class that are above their rate, if they wait apart."""
    own = fleet.classes.get(queue.traffic_class)
    if own is None or own.over_dscp is None or own.over_dscp in {own.dscp, 0} or own.over_dscp not in queue.dscps:
        return None
    return own.over_dscp


def _slots(wanted: set[int], fleet: Fleet) -> dict[int, int]:
    """Return a queue per class: that of its class selector where it is free, so that it stays when other classes come and go.

    More classes than queues are only in the middle of a change (`max_classes`): the lowest ones share the default queue then.
    """
    ranks = _ranks(fleet.classes)
    order = sorted(wanted, key=lambda dscp: (ranks.get(dscp, len(ranks)), dscp))[: len(CLASS_QUEUES)]
    found: dict[int, int] = {}
    for dscp in order:
        if dscp >> _PRECEDENCE_SHIFT in set(CLASS_QUEUES) - set(found.values()):
            found[dscp] = dscp >> _PRECEDENCE_SHIFT
    free: Iterator[int] = iter(sorted(set(CLASS_QUEUES) - set(found.values())))
    for dscp in order:
        if dscp not in found:
            found[dscp] = next(free)
    return found


def _ranks(classes: Mapping[str, TrafficClass]) -> dict[int, int]:
    return {own.dscp: own.rank for own in classes.values()}
