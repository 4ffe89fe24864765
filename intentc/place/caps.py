"""What the assertions leave of the links, for a placement that seeks to keep them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations, product

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.resolve.assertion_model import FailureCount, UtilisationBound
from intentc.resolve.failures import Failures
from intentc.resolve.model import FailureState, Model
from intentc.topology.model import Topology
from intentc.values import frozen

_PPB_PER_PPM = 1000
_PPM = 1_000_000


@frozen
class UtilisationCap:
    """Each direction of `links` is at most `most_ppm` full, in the normal state and in every state of `under`.

    Utilisation is (reservations + `background`) ÷ capacity, in ppm, rounded up: whoever keeps that below the cap keeps the
    assertion. All counts of `under` fail at the same time; it is empty where the normal state alone is meant.
    """

    assertion: str
    links: frozenset[str]
    most_ppm: int
    under: tuple[FailureCount, ...]


def utilisation_caps(model: Model) -> tuple[UtilisationCap, ...]:
    """Return the caps that the `utilization` assertions of a model set, by name."""
    return tuple(
        UtilisationCap(item.name, frozenset(item.property.links), _most_ppm(item.property), item.under)
        for item in model.assertions
        if isinstance(item.property, UtilisationBound)
    )


def capped_states(cap: UtilisationCap, topology: Topology) -> Iterator[FailureState]:
    """Yield the failure states of a cap one by one; their number is that of all pairs where two fail at the same time."""
    failures = Failures(topology)
    for chosen in product(*(combinations(failures.single(item.kind), item.count) for item in cap.under)):
        parts = [state for group in chosen for state in group]
        if parts:
            yield FailureState(
                "+".join(sorted({state.id for state in parts})),
                frozenset[str]().union(*(state.nodes for state in parts)),
                frozenset[str]().union(*(state.links for state in parts)),
            )


def _most_ppm(bound: UtilisationBound) -> int:
    """Return the largest rounded-up utilisation that keeps a bound."""
    return (bound.bound_ppb - bound.is_strict) // _PPB_PER_PPM


class Caps:
    """What the caps leave of each arc in each state, in bps."""

    def __init__(self, network: Network, caps: Sequence[UtilisationCap]) -> None:
        self._network = network
        self._caps = [_States(network, cap) for cap in caps]
        self._on: dict[int, list[_States]] = {}
        for states in self._caps:
            for name in states.cap.links:
                for arc in _arcs_of(network, name):
                    self._on.setdefault(arc, []).append(states)

    @property
    def is_any(self) -> bool:
        return bool(self._on)

    def most_bps(self, arc: int, outage: Outage) -> int | None:
        """Return the most that may be on an arc in a state, background included; None where no assertion speaks of it."""
        shares = [states.cap.most_ppm for states in self._on.get(arc, ()) if outage in states]
        return self._network.capacity_bps[arc] * min(shares) // _PPM if shares else None

    def least_bps(self, arc: int) -> int | None:
        """Return the least of what may be on an arc over all states."""
        shares = [states.cap.most_ppm for states in self._on.get(arc, ())]
        return self._network.capacity_bps[arc] * min(shares) // _PPM if shares else None


class _States:
    """The states of one cap, found by what is down in them."""

    def __init__(self, network: Network, cap: UtilisationCap) -> None:
        self.cap = cap
        self._network = network

    def __contains__(self, outage: Outage) -> bool:
        return outage is NORMAL or (outage.nodes, outage.links) in self._down

    @cached_property
    def _down(self) -> frozenset[tuple[frozenset[int], frozenset[int]]]:
        network, found = self._network, set()
        for state in capped_states(self.cap, network.topology):
            nodes = frozenset(network.node_index[name] for name in state.nodes if name in network.node_index)
            links = {network.link_index[name] for name in state.links if name in network.link_index}
            links.update(arc >> 1 for node in nodes for arc in network.leaving[node])
            found.add((nodes, frozenset(links)))
        return frozenset(found)


def _arcs_of(network: Network, name: str) -> tuple[int, ...]:
    index = network.link_index.get(name)
    return () if index is None else (2 * index, 2 * index + 1)
