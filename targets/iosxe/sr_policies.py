"""SR policies with their segment lists, and how they are found to be alive.

Probes of performance measurement go along the segments and come back by themselves (loopback), so the end point needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from intentc.targetkit.kit import (
    AlgorithmPolicy,
    DeviceConfig,
    Fleet,
    SrCandidate,
    SrList,
    SrPolicy,
    SrSegment,
    numbers_for,
)

from . import escape, numbers
from .guards import Guard, guards
from .owned import Candidate, Policy, PolicyProfile, Segment, SegmentList, Share
from .steering import loopback

_STEP = 10
_US_PER_MS = 1000
_BACK_BY_ITSELF = "loopback"
_ONLY_PREFERENCE = 100


def policies(config: DeviceConfig, fleet: Fleet) -> tuple[Policy, ...]:
    """Return the SR policies by name."""
    found = (
        *(_policy(policy, fleet) for policy in config.policies),
        *(_algorithm_policy(policy, fleet) for policy in config.algorithm_policies),
        *_guarding(config, fleet),
    )
    return tuple(sorted(found, key=lambda policy: policy.name))


def _policy(policy: SrPolicy, fleet: Fleet) -> Policy:
    name = escape.own_name(policy.name)
    return Policy(
        name=name,
        candidates=tuple(_candidate(policy, one) for one in policy.candidates),
        profile=name,
        is_down_when_dead=True,
        is_dropping=policy.is_fail_closed,
        color=policy.color,
        end_point=loopback(policy.end_point, 4, fleet),
        origin=policy.origin,
    )


def _guarding(config: DeviceConfig, fleet: Fleet) -> Iterator[Policy]:
    """Yield the policies made for paths that are left when they are slow: with such a path first, and with it only.

    Those of probes live as long as their labels are known, and nothing else supervises them.
    """
    found = guards(config)
    made = {one.first_policy for one in found if one.place} | {one.only_policy for one in found}
    colors = numbers_for(made, numbers.COLORS)
    for one in found:
        own = _policy(one.policy, fleet)
        if one.place:
            name = one.first_policy
            yield replace(own, name=name, candidates=_reordered(one, own), color=colors[name])
        only = (own.candidates[one.place],)
        yield replace(
            own,
            name=one.only_policy,
            candidates=only,
            profile=None,
            is_down_when_dead=False,
            is_dropping=False,
            color=colors[one.only_policy],
        )


def _reordered(guard: Guard, policy: Policy) -> tuple[Candidate, ...]:
    """Return the candidates with one of them in front of the others."""
    kept = [one for place, one in enumerate(policy.candidates) if place != guard.place]
    preferences = [one.preference for one in policy.candidates]
    order = (policy.candidates[guard.place], *kept)
    return tuple(replace(one, preference=number) for one, number in zip(order, preferences, strict=True))


def _candidate(policy: SrPolicy, candidate: SrCandidate) -> Candidate:
    """Return a candidate path with its lists: flows are hashed onto those that are up, by their weights."""
    ways = (Share(name, one.weight) for name, one in _named_lists(policy, candidate))
    return Candidate(candidate.preference, tuple(sorted(ways, key=lambda way: way.segment_list)))


def _named_lists(policy: SrPolicy, candidate: SrCandidate) -> Iterator[tuple[str, SrList]]:
    """Yield the lists of a candidate with their names: the first one has that of the candidate."""
    for number, one in enumerate(candidate.lists or (SrList(1, candidate.segments),), 1):
        yield f"{_list_name(policy.name, candidate.preference)}{'' if number == 1 else f'-{number}'}", one


def _algorithm_policy(policy: AlgorithmPolicy, fleet: Fleet) -> Policy:
    """Return the policy whose one segment is the end point in the algorithm; nothing supervises it."""
    return Policy(
        name=escape.own_name(policy.name),
        candidates=(Candidate(_ONLY_PREFERENCE, (Share(_list_name(policy.name, _ONLY_PREFERENCE), 1),)),),
        profile=None,
        is_down_when_dead=False,
        is_dropping=policy.is_fail_closed,
        color=policy.color,
        end_point=loopback(policy.end_point, 4, fleet),
        origin=policy.origin,
    )


def _list_name(policy: str, preference: int) -> str:
    return f"{escape.own_name(policy)}-{preference}"


def profiles(config: DeviceConfig) -> tuple[PolicyProfile, ...]:
    """Return how each supervised policy is probed, by name."""
    return tuple(
        PolicyProfile(
            escape.own_name(policy.name),
            _BACK_BY_ITSELF,
            -(-policy.interval_us // _US_PER_MS),
            policy.multiplier,
            policy.origin,
        )
        for policy in config.policies
    )


def segment_lists(config: DeviceConfig, fleet: Fleet) -> tuple[SegmentList, ...]:
    """Return the segment lists of all candidates by name."""
    supervised = (
        SegmentList(name, tuple(_segments(one.segments, fleet)), policy.origin)
        for policy in config.policies
        for candidate in policy.candidates
        for name, one in _named_lists(policy, candidate)
    )
    others = (
        SegmentList(_list_name(policy.name, _ONLY_PREFERENCE), (Segment(_STEP, label=policy.label),), policy.origin)
        for policy in config.algorithm_policies
    )
    return tuple(sorted((*supervised, *others), key=lambda one: one.name))


def _segments(segments: tuple[SrSegment, ...], fleet: Fleet) -> Iterator[Segment]:
    """Yield the segments: labels as the IR has them (by each node's own SRGB), adjacencies by their far ends' addresses."""
    for number, segment in enumerate(segments, 1):
        if segment.link is None:
            yield Segment(number * _STEP, label=segment.label)
            continue
        address = fleet.wires[segment.link, segment.node].address
        if address is None:
            raise ValueError(f"{segment.node} has no IPv4 address on {segment.link}")
        yield Segment(number * _STEP, adjacency=escape.address(address))
