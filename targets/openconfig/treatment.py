"""What packets meet where they leave by a port, read from classifiers and schedulers; weights are parts of what strict ones leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment

from . import escape
from .owned import Owned, QosPort, Scheduler, SchedulerPolicy
from .readback import read_back

_STRICT = "STRICT"
_IPV4 = "IPV4"
_WHOLE_PPM = 1_000_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted; raises `ValueError` where the families differ."""
    owned = read_back(running)
    ports = {port.name: port for port in owned.qos_ports if port.scheduler is not None}
    policies = {policy.name: policy for policy in owned.schedulers}
    found: list[Treatment] = []
    for interface, rate in rates.items():
        port = ports.get(escape.port(interface).name)
        if port is not None and port.scheduler in policies:
            found += _of_port(interface, rate, port, policies[port.scheduler], owned)
    return tuple(sorted(found))


def _of_port(interface: str, rate: int, port: QosPort, policy: SchedulerPolicy, owned: Owned) -> Iterator[Treatment]:
    points, marks, labels = _points(port, owned), dict(_marks(port, owned)), _labels(port, owned)
    for scheduler in policy.schedulers:
        for queue, is_strict, part in _queues(scheduler):
            most = rate if scheduler.rate is None else scheduler.rate
            sure = most if is_strict else 0
            for point in points.get(queue, ()):
                early = marks.get(queue, (0, 0))
                yield Treatment(interface, point, is_strict, sure, part, most, *early, labels=labels.get(queue, ()))


def _queues(scheduler: Scheduler) -> Iterator[tuple[str, bool, int]]:
    """Yield the queues below a scheduler, whether they are served strictly, and their part of what strict ones leave."""
    is_strict = scheduler.priority == _STRICT
    total = sum(one.weight or 0 for one in scheduler.inputs) or 1
    for one in scheduler.inputs:
        yield one.queue, is_strict, 0 if is_strict else (one.weight or 0) * _WHOLE_PPM // total


def _points(port: QosPort, owned: Owned) -> dict[str, tuple[int, ...]]:
    """Return the code points whose packets wait in each queue of a port, the same in both families."""
    queues = {group.name: group.queue for group in owned.groups}
    by_family: dict[bool, dict[str, tuple[int, ...]]] = {True: {}, False: {}}
    bound = {reference.name for reference in port.classifiers}
    for classifier in (one for one in owned.classifiers if one.name in bound):
        for term in classifier.terms:
            points = term.dscps4 if classifier.kind == _IPV4 else term.dscps6
            if points and term.group in queues:
                by_family[classifier.kind == _IPV4][queues[term.group]] = points
    if by_family[True] != by_family[False]:
        raise ValueError(f"code points of {port.name} differ by family")
    return by_family[True]


def _labels(port: QosPort, owned: Owned) -> dict[str, tuple[int, ...]]:
    """Return the traffic class fields of the labels whose packets wait in each queue of a port."""
    queues = {group.name: group.queue for group in owned.groups}
    bound = {reference.name for reference in port.classifiers}
    found: dict[str, tuple[int, ...]] = {}
    for one in (term for classifier in owned.classifiers if classifier.name in bound for term in classifier.terms):
        if one.traffic_class is not None and one.group in queues:
            queue = queues[one.group]
            found[queue] = (*found.get(queue, ()), one.traffic_class)
    return found


def _marks(port: QosPort, owned: Owned) -> Iterator[tuple[str, tuple[int, int]]]:
    slopes = {slope.name: slope for slope in owned.slopes}
    for reference in port.profiles:
        slope = slopes.get(reference.profile)
        if slope is not None and slope.is_ecn == "true":
            yield reference.name, (slope.first, slope.last)
