"""What a configuration asks for and the models cannot say, although each of its building blocks they can: found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, PortQueueing, SteerRule

from .queueing import CONTROL

_ETHERNET_GBPS = (1, 10, 25, 40, 50, 100, 200, 400, 800)
_GBPS = 1_000_000_000
_QUEUEING = "queueing by class"
_STEERING = "steering off the IGP's own path"


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what of a configuration cannot be written, in a fixed order."""
    asked = tuple(port for port in config.queueing if port.origin.spans)
    found = (
        *(one for port in asked for one in _queueing(port, fleet)),
        *(one for rule in config.steering for one in _steering(rule, fleet)),
    )
    return tuple(dict.fromkeys(found))


def _queueing(port: PortQueueing, fleet: Fleet) -> Iterator[Obstacle]:
    if port.rate_bps not in {gbps * _GBPS for gbps in _ETHERNET_GBPS}:
        yield Obstacle(
            block=_QUEUEING,
            reason=f"the capacity of the link `{port.link}` is no speed of a port, and the models shape queues, not ports",
            instead="write the speed of the port as capacity, or end the link at a platform that shapes ports",
            origin=port.origin,
        )
    for queue in port.queues:
        own = fleet.classes.get(queue.traffic_class)
        if own is not None and {own.dscp, own.over_dscp} & set(CONTROL):
            yield Obstacle(
                block=_QUEUEING,
                reason=f"the class `{own.name}` has a code point of network control, which has a queue of its own",
                instead="give the class another `dscp`",
                origin=port.origin,
            )
        if queue.scheduling == "share":
            yield Obstacle(
                block=_QUEUEING,
                reason=f"the class `{queue.traffic_class}` has a fixed share, and the models cap strict queues only",
                instead="give the class a weight, or end the link at another platform",
                origin=port.origin,
            )


def _steering(rule: SteerRule, fleet: Fleet) -> Iterator[Obstacle]:
    family = rule.flow.family
    for node in rule.waypoints:
        if fleet.loopbacks[node][0 if family == 4 else 1] is None:
            yield Obstacle(
                block=_STEERING,
                reason=f"`{node}` has no IPv{family} loopback to be steered to",
                instead="give the node a loopback of that family, or steer the other family only",
                origin=rule.origin,
            )
