"""What a configuration asks for and Junos cannot do, although each of its building blocks it can: found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle

from . import streaming

_ALGORITHM = "sending packets the way of a Flexible Algorithm"


def obstacles(config: DeviceConfig, fleet: Fleet) -> tuple[Obstacle, ...]:
    """Return what of a configuration cannot be written, in a fixed order."""
    found = (*streaming.obstacles_of(config, fleet), *_algorithms(config))
    return tuple(dict.fromkeys(one for one in found if one.origin.spans))


def _algorithms(config: DeviceConfig) -> Iterator[Obstacle]:
    names = {policy.name for policy in config.algorithm_policies}
    for rule in config.policy_steering:
        if rule.policy in names and rule.flow.family != 4:
            yield Obstacle(
                block=_ALGORITHM,
                reason="it is not shown that Junos sends IPv6 packets into a static path towards an IPv4 end point",
                instead="leave room for the IGP's own path in IPv6, or steer IPv4 only",
                origin=rule.origin,
            )
