"""Candidate paths that are left while they are up but slow: which they are, and the names of what is made for each."""

from __future__ import annotations

from dataclasses import dataclass

from intentc.targetkit.kit import DeviceConfig, SrCandidate, SrPolicy, SwitchRule

from . import escape

_LATENCY = "latency"


@dataclass(frozen=True, slots=True)
class Guard:
    """A candidate path of a policy, at its place in the order, and by which delay it is left."""

    policy: SrPolicy
    place: int
    rule: SwitchRule

    @property
    def candidate(self) -> SrCandidate:
        """Return the path that is probed."""
        return self.policy.candidates[self.place]

    @property
    def key(self) -> str:
        """Return what tells the path from all others; policies are never changed, so it tells the content as well."""
        return f"guard {escape.object_name(self.policy.name)} {self.candidate.preference}"

    @property
    def first_key(self) -> str:
        """Return the name of the way into the policy in which this path is the first one."""
        return f"{self.key} first"

    @property
    def only_key(self) -> str:
        """Return the name of the way of the probes, into the policy that has this path only."""
        return f"{self.key} only"

    @property
    def first_policy(self) -> str:
        """Return the name of the policy in which this path is the first one: the policy itself, or one made for it."""
        name = escape.own_name(self.policy.name)
        return name if self.place == 0 else f"{name}-F{self.candidate.preference}"

    @property
    def only_policy(self) -> str:
        """Return the name of the policy that has this path only."""
        return f"{escape.own_name(self.policy.name)}-P{self.candidate.preference}"


def guards_of(policy: SrPolicy) -> tuple[Guard, ...]:
    """Return the candidate paths of a policy that are left by delay, in their order; () where none is."""
    rule = next((one for one in policy.switches if one.metric == _LATENCY), None)
    return () if rule is None else tuple(Guard(policy, place, rule) for place in range(len(policy.candidates)))


def guards(config: DeviceConfig) -> tuple[Guard, ...]:
    """Return all of a device."""
    return tuple(guard for policy in config.policies for guard in guards_of(policy))
