"""What stands in the way of leaving a path that is up but slow: thresholds, probes and numbers that a device does not have."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Obstacle, joined

from . import numbers
from .guards import Guard, guards, guards_of
from .switching import INTERVAL_S, MOST_ALIKE, MOST_DOWN_S, TIMEOUT_MS, crowds, down_s, threshold_ms

_BLOCK = "leaving a path that is up but slow or lossy"


def switching_obstacles(config: DeviceConfig) -> Iterator[Obstacle]:
    """Yield what a device cannot be given of it."""
    for policy in config.policies:
        if any(rule.metric != "latency" for rule in policy.switches):
            yield Obstacle(
                _BLOCK, "a track follows the delay of a probe only", "write `switch when latency`", policy.origin
            )
        elif len(policy.switches) > 1:
            yield Obstacle(
                _BLOCK, "a path has one probe, and that one threshold", "write one `switch when latency`", policy.origin
            )
        elif policy.switches and any(candidate.lists for candidate in policy.candidates):
            yield Obstacle(
                _BLOCK,
                "a probe takes one of the segment lists that the packets are spread over, and tells nothing of the others",
                "leave `spread` or `switch when` out",
                policy.origin,
            )
        else:
            yield from (found for guard in guards_of(policy)[:1] for found in _figures(guard))
    for (end_point, dscp), crowd in crowds(config).items():
        if len(crowd) > MOST_ALIKE:
            origin = joined(guard.policy.origin for guard in crowd)
            why = f"{len(crowd)} paths to `{end_point}` would be probed with the code point {dscp}, and {MOST_ALIKE} probes can be told apart"
            if origin is not None:
                yield Obstacle(_BLOCK, why, "let fewer demands leave slow paths there", origin)
    found = guards(config)
    origin = joined(guard.policy.origin for guard in found)
    if len(found) > len(numbers.OPERATIONS) and origin is not None:
        yield Obstacle(
            _BLOCK,
            f"{len(found)} numbers of operations are needed, and {len(numbers.OPERATIONS)} are reserved",
            "let fewer demands leave slow paths there",
            origin,
        )


def _figures(guard: Guard) -> Iterator[Obstacle]:
    if not 1 <= threshold_ms(guard) < TIMEOUT_MS:
        yield Obstacle(
            _BLOCK,
            f"probes measure there and back in whole ms, and go every {INTERVAL_S} s, so that an answer is waited for {TIMEOUT_MS} ms",
            "write a threshold of 1 ms at least, and of less than a second with the way back",
            guard.policy.origin,
        )
    if down_s(guard) > MOST_DOWN_S:
        yield Obstacle(
            _BLOCK,
            f"a track waits {MOST_DOWN_S} s at most",
            f"write `for {MOST_DOWN_S}s`, or less",
            guard.policy.origin,
        )
