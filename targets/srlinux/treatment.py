"""What packets meet where they leave by a port, read from schedulers, whose numbers are percents and weights of the port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment

from . import escape
from .owned import Owned, QosPort, SchedulerPolicy
from .readback import read_back

_STRICT = "strict"
_PERCENT = 100
_WHOLE_PPM = 1_000_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    owned = read_back(running)
    ports = {port.name: port for port in owned.qos_ports if port.scheduler is not None}
    policies = {policy.name: policy for policy in owned.schedulers}
    found: list[Treatment] = []
    for interface, rate in rates.items():
        port = ports.get(escape.port(interface).interface)
        if port is not None and port.scheduler in policies:
            found += _of_port(interface, rate, port, policies[port.scheduler], owned)
    return tuple(sorted(found))


def _of_port(interface: str, rate: int, port: QosPort, policy: SchedulerPolicy, owned: Owned) -> Iterator[Treatment]:
    classes = {one.name: one.queue for one in owned.forwarding_classes}
    marks = dict(_marks(port, owned))
    for tier in policy.schedulers:
        weights = sum(one.weight or 0 for one in tier.inputs) or 1
        for one in tier.inputs:
            is_strict, most = tier.priority == _STRICT, _part(rate, one.peak_percent)
            part = 0 if is_strict else (one.weight or 0) * _WHOLE_PPM // weights
            for point in (point for points in owned.dscp_policies for point in points.points):
                if classes.get(point.forwarding_class) == one.queue:
                    yield Treatment(
                        interface,
                        point.name,
                        is_strict,
                        most if is_strict else 0,
                        part,
                        most,
                        *marks.get(one.queue, (0, 0)),
                        _paused(port, point.forwarding_class, one.queue, owned),
                        _labels(interface, one.queue, owned),
                    )


def _labels(interface: str, queue: str, owned: Owned) -> tuple[int, ...]:
    """Return the traffic class fields of labels whose packets wait in a queue; subinterfaces have policies for them."""
    reference = escape.port(interface).reference
    names = {port.label_policy for port in owned.qos_ports if port.name == reference}
    queues = {one.name: one.queue for one in owned.forwarding_classes}
    bound = (policy for policy in owned.label_policies if policy.name in names)
    return tuple(one.name for policy in bound for one in policy.classes if queues.get(one.forwarding_class) == queue)


def _paused(port: QosPort, forwarding_class: str, queue: str, owned: Owned) -> tuple[int, ...]:
    """Return the priorities by which packets of a class are paused as they come in, and their queue when somebody else pauses."""
    mappings = [one for one in owned.pause_mappings if port.is_pausing and one.name == port.pause_mapping]
    sent = {item.priority for one in mappings for item in one.sent if forwarding_class in item.classes}
    heard = {item.priority for one in mappings for item in one.heard if item.is_enabled and item.name == queue}
    return tuple(sorted(sent & heard))


def _marks(port: QosPort, owned: Owned) -> Iterator[tuple[str, tuple[int, int]]]:
    profiles = {profile.name: profile for profile in owned.queue_profiles}
    for reference in port.profiles:
        for slope in profiles[reference.profile].slopes:
            if slope.is_ecn == "true":
                yield reference.name, (slope.first, slope.last)


def _part(rate: int, percent: int) -> int:
    return rate * percent // _PERCENT
