"""SR policies (RFC 9256) as colored static paths: one per candidate, supervised by S-BFD (RFC 7880), or one per algorithm (RFC 9350)."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import AlgorithmPolicy, DeviceConfig, Fleet, SrCandidate, SrList, SrPolicy, SrSegment

from . import escape
from .instances import algorithm_path_name, path_name
from .owned_protocols import Hop, Primary, Reflector, SegmentList, SrPath

_US_PER_MS = 1000
_MOST_LABEL = 2**20 - 1
_USUAL_DEPTH = 5  # Junos refuses longer lists unless it is told otherwise
_LEAST_REFLECTED_MS = 10  # who initiates a session decides how often


def paths_of(config: DeviceConfig, fleet: Fleet) -> tuple[tuple[SegmentList, ...], tuple[SrPath, ...]]:
    """Return the segment lists and the candidate paths, which have the same names; further lists of a path have numbers."""
    lists = [
        _segment_list(name, one, policy, fleet)
        for policy in config.policies
        for candidate in policy.candidates
        for name, one in _named_lists(policy, candidate)
    ]
    paths = [_path(policy, candidate, fleet) for policy in config.policies for candidate in policy.candidates]
    lists += [_algorithm_list(policy) for policy in config.algorithm_policies]
    paths += [_algorithm_path(policy, fleet) for policy in config.algorithm_policies]
    return tuple(sorted(lists, key=lambda one: one.name)), tuple(sorted(paths, key=lambda one: one.name))


def deepest(lists: tuple[SegmentList, ...]) -> int | None:
    """Return how long lists may be, where it must be said."""
    most = max((len(one.hops) for one in lists), default=0)
    return most if most > _USUAL_DEPTH else None


def reflectors_of(config: DeviceConfig) -> tuple[Reflector, ...]:
    """Return the discriminators that the device answers to."""
    return tuple(
        Reflector(escape.number(own.discriminator, 1, 2**32 - 1), _LEAST_REFLECTED_MS, own.origin)
        for own in config.reflectors
    )


def _named_lists(policy: SrPolicy, candidate: SrCandidate) -> Iterator[tuple[str, SrList]]:
    """Yield the lists of a candidate with their names: the first one has that of the path."""
    for number, one in enumerate(candidate.lists or (SrList(1, candidate.segments),), 1):
        yield f"{path_name(policy, candidate.preference)}{'' if number == 1 else f'-{number}'}", one


def _segment_list(name: str, one: SrList, policy: SrPolicy, fleet: Fleet) -> SegmentList:
    """Return a list of a candidate.

    Labels of adjacency segments are given out by routers: such a hop is the address at the link's far end, and Junos finds
    the label in its traffic engineering database.
    """
    is_translated = any(segment.link is not None for segment in one.segments)
    hops = _hops(one.segments, fleet, is_translated=is_translated)
    return SegmentList(name, not is_translated, is_translated, is_translated, tuple(hops), policy.origin)


def _hops(segments: tuple[SrSegment, ...], fleet: Fleet, *, is_translated: bool) -> Iterator[Hop]:
    for number, segment in enumerate(segments, 1):
        if segment.link is None:
            if segment.label is None:
                raise ValueError(f"the segment to {segment.node} has no label")
            yield Hop(f"h{number}", label=escape.number(segment.label, 16, _MOST_LABEL), is_node=is_translated)
        else:
            far = fleet.wires[segment.link, segment.node].address
            if far is None:
                raise ValueError(f"the end of {segment.link} at {segment.node} has no IPv4 address")
            yield Hop(f"h{number}", address=escape.address(far))


def _algorithm_list(policy: AlgorithmPolicy) -> SegmentList:
    """Return the one segment of an algorithm's way: where the algorithm has none, the label has no route and the path is down."""
    hop = Hop("h1", label=escape.number(policy.label, 16, _MOST_LABEL))
    return SegmentList(
        algorithm_path_name(policy),
        is_first_inherited=True,
        is_translated=False,
        is_unprotected=False,
        hops=(hop,),
        origin=policy.origin,
    )


def _algorithm_path(policy: AlgorithmPolicy, fleet: Fleet) -> SrPath:
    name = algorithm_path_name(policy)
    return SrPath(name, _end_point(policy, fleet), policy.color, None, (Primary(name),), policy.origin)


def _end_point(policy: SrPolicy | AlgorithmPolicy, fleet: Fleet) -> str:
    loopback = fleet.loopbacks[policy.end_point][0]
    if loopback is None:
        raise ValueError(f"{policy.end_point} has no loopback for IPv4")
    return escape.address(loopback)


def _path(policy: SrPolicy, candidate: SrCandidate, fleet: Fleet) -> SrPath:
    """Return a candidate path: each of its lists has a session, and one that is down leaves its flows to the others."""
    primary = tuple(
        Primary(
            name,
            escape.number(one.weight, 1, 2**32 - 1) if candidate.lists else None,
            escape.number(policy.discriminator, 1, 2**32 - 1),
            -(-policy.interval_us // _US_PER_MS),
            policy.multiplier,
        )
        for name, one in _named_lists(policy, candidate)
    )
    name = path_name(policy, candidate.preference)
    return SrPath(name, _end_point(policy, fleet), policy.color, candidate.preference, primary, policy.origin)
