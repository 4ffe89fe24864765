"""Links that are too narrow for the hosts' packets with the labels in front of them (`host_mtu`)."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.forwarding.network import Network
from intentc.forwarding.policies import Policies
from intentc.place.trial import Trial

_LABEL_BYTES = 4  # RFC 3032, section 2.1


def most_labels(policies: Iterable[Policies]) -> int:
    """Return how many labels the longest list puts in front of a packet: all, but an adjacency segment that comes first."""
    lists = (
        segments
        for by_start in policies
        for policy in by_start.values()
        for position in range(len(policy.candidates))
        for segments, _ in policy.lists(position)
    )
    return max((len(segments) - (segments[0].arc is not None) for segments in lists), default=0)


def links_below(network: Network, labels: int) -> frozenset[int]:
    """Return the links that do not carry the hosts' largest packets with so many labels; none where nobody says how large."""
    host_mtu = network.topology.routing.host_mtu
    if host_mtu is None:
        return frozenset()
    size = host_mtu + _LABEL_BYTES * labels
    return frozenset(index for index, name in enumerate(network.links) if network.topology.links[name].mtu < size)


def too_narrow(network: Network, trial: Trial) -> frozenset[int]:
    """Return the links that its packets do not fit, if any of its paths in any promised state runs over one."""
    closed = links_below(network, most_labels(course.policies for course in trial.courses.values()))
    if not closed:
        return closed
    walks = [trial.normal.taken, *(carried.taken for carried in trial.states.values())]
    return closed if any(arc >> 1 in closed for taken in walks for arc in taken.arcs) else frozenset()
