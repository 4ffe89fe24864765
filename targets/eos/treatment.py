"""What packets meet where they leave by a port, read from the port's profile and from what gives packets their traffic class."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import Treatment

from .owned import Owned, Port, QosProfile, TxQueue
from .readback import read_back

_PPM_OF_PERCENT = 10_000


def treatments(running: str, rates: Mapping[str, int]) -> tuple[Treatment, ...]:
    """Return the treatments of every port of `rates` that has queues, sorted."""
    owned = read_back(running)
    profiles = {profile.name: profile for profile in owned.profiles}
    ports = (port for port in owned.ports if port.name in rates and port.profile in profiles)
    return tuple(
        sorted(one for port in ports for one in _of_port(owned, port, profiles[port.profile or ""], rates[port.name]))
    )


def _of_port(owned: Owned, port: Port, profile: QosProfile, speed: int) -> Iterator[Treatment]:
    rate = profile.rate_bps or speed
    queues = {queue.number: queue for queue in profile.queues}
    for dscp, number in _classified(owned, port):
        if number in queues:
            own = queues[number]
            most = own.cap_bps or rate
            part = (own.percent or 0) * _PPM_OF_PERCENT if own.is_shared else 0
            yield Treatment(
                port.name,
                dscp,
                not own.is_shared,
                0 if own.is_shared else most,
                part,
                most,
                *_marks(own),
                _paused(profile, own),
                tuple(sorted(one.field for one in owned.labels if one.traffic_class == number)),
            )


def _classified(owned: Owned, port: Port) -> Iterator[tuple[int, int]]:
    """Yield code points with the traffic class that the input policy of a port gives them."""
    lists = {one.name: one for one in owned.lists4}
    maps = {one.name: one.list4 for one in owned.qos_classes}
    for policy in owned.qos_policies:
        for one in policy.classes if policy.name == port.qos else ():
            entries = lists[maps[one.name] or ""].entries if maps.get(one.name) in lists else ()
            for entry in entries:
                if entry.dscp is not None and one.traffic_class is not None:
                    yield entry.dscp, one.traffic_class


def _paused(profile: QosProfile, own: TxQueue) -> tuple[int, ...]:
    """Return the priority of flow control of a queue: EOS pauses the queue of that number."""
    return (own.number,) if profile.is_pausing and own.number in profile.paused else ()


def _marks(own: TxQueue) -> tuple[int, int]:
    return own.ecn_from or 0, own.ecn_all or 0
