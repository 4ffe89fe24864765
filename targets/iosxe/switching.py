"""Leaving a path that is up but slow: probes along each candidate path, tracks of their delay, and what follows the tracks.

Packets of the policy go to the first path whose track is up, by a static route with one tracked way for each: a policy in which
that path is the first one and the others follow in their order, so that a path that fails is left at once, as without all this.
The last way is the policy as it is, for the time when all paths are slow. Probes (`icmp-echo` of IP SLA) are packets of the
router itself: the local policy tells those of each path by addresses, code point and length, and sends them into a policy that has
this path only; while that is down they go nowhere. So nothing that can go wrong with a probe takes packets off a path that is up for
longer than the others are thought to be better, and no packet is lost by it.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import DeviceConfig, Fleet, Flow, numbers_for

from . import escape, numbers
from .entries import PERMIT, access_list
from .guards import Guard, guards
from .inputs import Classified
from .owned import AccessList, Lengths, LocalPolicy, RouteMap, Step, Track
from .owned_probing import Operation, Schedule
from .steering import entries, loopback, track_numbers

LOCAL = f"{escape.OWN}LOCAL"
INTERVAL_S = 1  # target.toml says the same (`switch_interval_us`)
TIMEOUT_MS = 999  # less than the interval, and not less than the threshold
UP_S = 60  # as long below the threshold before packets return, so that a path is not left and taken in turn
MOST_DOWN_S = 180
SIZES = range(20)  # probes of one code point to one router that can be told apart by their lengths
MOST_ALIKE = len(SIZES) // 2  # while traffic moves old and new ones stand side by side
_LEAST_SIZE, _SIZE_STEP = 100, 64
_LEAST_HEADERS = 20  # of a length beside the data: an IPv4 header at least, and less than a step
_US_PER_S, _US_PER_MS = 1_000_000, 1000
_DSCP_SHIFT = 2
_FOREVER = "forever"
_STEP = 10


def threshold_ms(guard: Guard) -> int:
    """Return from which time there and back on a path is slow: what the way back takes is no fault of the path. Rounded down."""
    return (guard.rule.threshold + guard.rule.back_us) // _US_PER_MS


def down_s(guard: Guard) -> int:
    """Return how long all probes have to tell that a path is slow: whole seconds, though each interval is of whole ms, rounded up."""
    return -(-(guard.rule.interval_us - _US_PER_MS + 1) * guard.rule.count // _US_PER_S)


def crowds(config: DeviceConfig) -> dict[tuple[str, int], list[Guard]]:
    """Return the paths whose probes differ by their lengths only: by end point and code point."""
    found: dict[tuple[str, int], list[Guard]] = {}
    for guard in guards(config):
        found.setdefault((guard.policy.end_point, guard.rule.dscp), []).append(guard)
    return dict(sorted(found.items()))


def _sizes(config: DeviceConfig) -> dict[str, int]:
    """Return the bytes of data in the probes of each path."""
    return {
        key: _LEAST_SIZE + _SIZE_STEP * number
        for crowd in crowds(config).values()
        for key, number in numbers_for((guard.key for guard in crowd), SIZES).items()
    }


def _numbered(config: DeviceConfig, fleet: Fleet) -> Iterator[tuple[Guard, Operation]]:
    """Yield the probes of each path. What they are is in their number, since a running operation cannot be changed."""
    sizes, source = _sizes(config), loopback(config.node, 4, fleet) if guards(config) else ""
    texts = {
        guard.key: f"{guard.key} {source} {loopback(guard.policy.end_point, 4, fleet)} {sizes[guard.key]}"
        for guard in guards(config)
    }
    known = numbers_for(texts.values(), numbers.OPERATIONS)
    for guard in guards(config):
        yield (
            guard,
            Operation(
                known[texts[guard.key]],
                loopback(guard.policy.end_point, 4, fleet),
                source,
                INTERVAL_S,
                threshold_ms(guard),
                sizes[guard.key],
                guard.rule.dscp << _DSCP_SHIFT,
                TIMEOUT_MS,
                guard.policy.origin,
            ),
        )


def operations(config: DeviceConfig, fleet: Fleet) -> tuple[Operation, ...]:
    """Return the probes by number."""
    return tuple(sorted((one for _, one in _numbered(config, fleet)), key=lambda one: one.number))


def schedules(config: DeviceConfig, fleet: Fleet) -> tuple[Schedule, ...]:
    """Return from when to when they run, by number: from now on, for ever."""
    return tuple(Schedule(one.number, _FOREVER, is_now=True, origin=one.origin) for one in operations(config, fleet))


def delay_tracks(config: DeviceConfig, fleet: Fleet) -> tuple[Track, ...]:
    """Return the tracks of the delay of each path: down when all probes for some time were late or lost."""
    known = track_numbers(config)
    return tuple(
        Track(
            known[guard.key],
            operation=one.number,
            is_state=True,
            down_s=down_s(guard),
            up_s=UP_S,
            origin=guard.policy.origin,
        )
        for guard, one in _numbered(config, fleet)
    )


def local_policy(
    config: DeviceConfig, fleet: Fleet
) -> tuple[tuple[LocalPolicy, ...], tuple[RouteMap, ...], Classified]:
    """Return what sends the router's own probes along their paths; packets that no step of it names are routed as ever."""
    sizes, known = _sizes(config), entries(config)
    steps: list[Step] = []
    lists: list[AccessList] = []
    for (end_point, dscp), crowd in crowds(config).items():
        lists.append(_probes(end_point, dscp, config, fleet))
        for guard in sorted(crowd, key=lambda one: one.key):
            least = sizes[guard.key] + _LEAST_HEADERS
            steps.append(
                Step(
                    (len(steps) + 1) * _STEP,
                    PERMIT,
                    list4=lists[-1].name,
                    hop4=numbers.entry_address(known[guard.only_key], 4),
                    lengths=(Lengths(least, least + _SIZE_STEP - 1),),
                    origin=guard.policy.origin,
                )
            )
    if not steps:
        return (), (), Classified()
    return (LocalPolicy(LOCAL),), (RouteMap(LOCAL, tuple(steps)),), Classified(lists4=tuple(lists))


def _probes(end_point: str, dscp: int, config: DeviceConfig, fleet: Fleet) -> AccessList:
    source, destination = loopback(config.node, 4, fleet), loopback(end_point, 4, fleet)
    flow = Flow(4, f"{source}/32", f"{destination}/32", "icmp", None, None, dscp)
    return access_list(f"{LOCAL}-{destination}-{dscp}", [(flow, PERMIT, None)])
