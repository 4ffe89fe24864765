"""Links that are too narrow for the hosts' packets with the labels in front of them (`host_mtu`)."""

from __future__ import annotations

from intentc.forwarding.network import Network
from intentc.place.context import Context
from intentc.place.trial import Trial
from intentc.realise.labels import LABEL_BYTES


def links_below(context: Context, labels: int) -> frozenset[int]:
    """Return the links that do not carry the hosts' largest packets with so many labels; none where nobody says how large."""
    network = context.network
    found = context.narrow.get((network, labels))
    if found is None:
        found = context.narrow[network, labels] = _links_below(network, labels)
    return found


def _links_below(network: Network, labels: int) -> frozenset[int]:
    host_mtu = network.topology.routing.host_mtu
    if host_mtu is None:
        return frozenset()
    size = host_mtu + LABEL_BYTES * labels
    return frozenset(index for index, name in enumerate(network.links) if network.topology.links[name].mtu < size)


def too_narrow(context: Context, trial: Trial) -> frozenset[int]:
    """Return the links that its packets do not fit, if any of its paths in any promised state runs over one."""
    closed = links_below(context, trial.labels)
    if not closed:
        return closed
    walks = [trial.normal.taken, *(carried.taken for carried in trial.states.values())]
    return closed if any(arc >> 1 in closed for taken in walks for arc in taken.arcs) else frozenset()
