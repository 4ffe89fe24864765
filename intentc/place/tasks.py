"""Demands made ready for the search: names as indices, exclusions as links, promised states as outages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property, partial
from operator import is_
from typing import TYPE_CHECKING

from intentc.forwarding.addresses import Attachments
from intentc.forwarding.figures import packets_ahead
from intentc.forwarding.outage import NORMAL, Outage, Watch
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import Packets
from intentc.place.book import Claim
from intentc.place.fences import find_fences
from intentc.place.known_tasks import KnownTasks
from intentc.place.model import Realiser
from intentc.place.potentials import Via
from intentc.resolve.model import Candidate, Demand, Exclusion, FailureState, Flow, Model, TrafficClass
from intentc.resolve.remaining import Remaining
from intentc.values import frozen, replace

if TYPE_CHECKING:
    from intentc.place.unit import Unit

_NS_PER_US = 1000
_EndsOf = tuple[frozenset[int], tuple[frozenset[int], ...], frozenset[int], frozenset[int], frozenset[int]]
_NO_FENCES: tuple[frozenset[int], tuple[int, ...]] = frozenset(), ()


@frozen
class Group:
    """Candidates with the same flows: the network tells their packets apart only by where they enter and where they end.

    `sources` in the order of the candidates, `accepted` the nodes where packets should end, `addresses` and `families` as
    in `Packets` and `Flow`. `targets` are the nodes where all packets end rightly, `stops` those where any end, rightly or not.
    """

    candidates: tuple[Candidate, ...]
    sources: tuple[int, ...]
    accepted: frozenset[int]
    addresses: tuple[frozenset[int], ...]
    families: frozenset[int]
    targets: frozenset[int]
    stops: frozenset[int]


@frozen
class Task:
    """A demand as the search sees it; links and nodes are indices.

    `fences`: links that its packets never enter, `leaks`: nodes that cannot be kept from sending them over such a link and
    are therefore fenced off. `barred`: links that no promised path uses (fenced, drained, or of unknown latency where
    there is a bound). `promised`: the failure states by id. `ahead`: packets of assumed queueing per hop,
    None where only propagation is promised.
    """

    demand: Demand
    groups: tuple[Group, ...]
    fences: frozenset[int]
    leaks: tuple[int, ...]
    barred: frozenset[int]
    via: Via
    ahead: int | None
    promised: Promised
    claim: Claim
    failed_claim: Claim

    @property
    def promises(self) -> Watch:
        """Return the promised failure states, each once, whatever their ids."""
        return self.promised.watch

    @property
    def outages(self) -> tuple[Outage, ...]:
        """Return the same as a tuple, which takes a while: there are thousands."""
        return self.promises.outages

    def packets(self, group: Group) -> Packets:
        """Return what forwarding needs to know of one group's packets."""
        failover = self.demand.failover
        is_probed = failover is not None and bool(failover.switches)
        return Packets(group.addresses, self.fences, self.demand.otherwise == "drop", is_probed)

    def claim_in(self, outage: Outage) -> Claim:
        """Return what the demand reserves in a state in which it does not go as in the normal one."""
        return self.claim if outage is NORMAL else self.failed_claim

    def with_labels(self, labels: int, mean_packet: int) -> Task:
        """Return the same demand as it weighs on links with so many labels in front of its packets."""
        if not labels:
            return self
        return replace(
            self,
            claim=self.claim.with_labels(labels, mean_packet),
            failed_claim=self.failed_claim.with_labels(labels, mean_packet),
        )

    def bound_us(self, outage: Outage) -> int | None:
        """Return the one-way bound in a state. The path of the normal state is also kept in failures: it meets both bounds."""
        failover = self.demand.failover
        after = failover.bound_ns if failover is not None and self.promised else None
        return _tightest(after if outage is not NORMAL else self.demand.bound_ns, after)

    def round_trip_us(self, outage: Outage) -> int | None:
        """Return the bound on both directions together, like `bound_us`."""
        failover = self.demand.failover
        after = failover.rtt_bound_ns if failover is not None and self.promised else None
        return _tightest(after if outage is not NORMAL else self.demand.rtt_bound_ns, after)


def _tightest(one_ns: int | None, other_ns: int | None) -> int | None:
    least_ns = other_ns if one_ns is None else one_ns if other_ns is None else min(one_ns, other_ns)
    return None if least_ns is None else least_ns // _NS_PER_US


class Tasks:
    """Makes tasks of demands; what they share is looked up once, and what is `known` from the last time taken again."""

    def __init__(self, model: Model, realiser: Realiser, known: KnownTasks | None = None) -> None:
        self._known = known or KnownTasks()
        self._known.begin(model)
        self._model = model
        self._realiser = realiser
        self._network = realiser.igp.network
        self._promised = self._known.promised  # the states are kept, so are their identities
        self._ends: dict[
            tuple[frozenset[str], frozenset[str], frozenset[int]], _EndsOf
        ] = {}  # of groups: most are many demands'
        self._sets: dict[frozenset[int], frozenset[int]] = {}
        self._fenced: dict[tuple[tuple[Exclusion, ...], frozenset[int]], tuple[frozenset[int], tuple[int, ...]]] = {}

    @cached_property
    def _attachments(self) -> Attachments:
        found = self._known.attachments = self._known.attachments or Attachments(self._network)
        return found

    @cached_property
    def _members(self) -> Mapping[str, int]:
        """How many demands each pool has."""
        self._known.members = Counter(demand.pool for demand in self._model.demands.values())
        return self._known.members

    @cached_property
    def _unknown(self) -> frozenset[int]:
        """Links of which nobody knows how long they take."""
        if self._known.unknown is None:
            delays = enumerate(self._network.propagation_ns)
            self._known.unknown = frozenset(arc >> 1 for arc, delay in delays if delay is None)
        return self._known.unknown

    def take_all_again(self) -> None:
        """Take all tasks of the last time again, but for those that are asked for: their promised states have been met, their pools are the same."""
        if self._known.members:
            self._members = self._known.members
        self._promised.update(self._known.before)
        self._known.units = self._known.units_before

    def units(
        self, intent: str, demands: Sequence[Demand], make: Callable[[Sequence[Demand], Tasks], tuple[Unit, ...]]
    ) -> tuple[Unit, ...]:
        """Return the units of the demands of an intent: the very same ones where they would be made of the very same."""
        known = self._known.units_before.get(intent)
        is_known = known is not None and len(known[0]) == len(demands) and all(map(is_, known[0], demands))
        found = known[1] if known and is_known and all(map(self._is_again, known[1])) else make(demands, self)
        self._known.units[intent] = demands, found
        return found

    def _is_again(self, unit: Unit) -> bool:
        """Return whether all that tasks are made of beside their demands is what it was; meet their states as `of` does."""
        for task in unit.tasks:
            failover = task.demand.failover
            promised = self._promises(failover.states if failover is not None else ())
            if promised is not task.promised or task.claim.is_lone != (self._members[task.demand.pool] == 1):
                return False
        return True

    def of(self, demand: Demand) -> Task:
        """Return the task of a demand."""
        failover = demand.failover
        promised = self._promises(failover.states if failover is not None else ())
        is_lone = self._members[demand.pool] == 1
        make = partial(self._task, demand, promised, is_lone=is_lone)
        return self._known.tasks.of(demand.key, (demand, promised), make, is_lone)

    def _task(self, demand: Demand, promised: Promised, *, is_lone: bool) -> Task:
        network = self._network
        groups = self._groups(demand)
        fences, leaks = self._fence(demand.exclusions, groups)
        failover = demand.failover
        barred = fences | network.drained if fences else network.drained
        after = failover if failover is not None else demand
        rates, rates_after = (demand.bandwidth_bps, demand.pool_bps), (after.bandwidth_bps, after.pool_bps)
        claim = _claim(demand, *rates, is_lone=is_lone)
        return Task(
            demand=demand,
            groups=groups,
            fences=fences,
            leaks=leaks,
            barred=barred | self._unknown if self._unknown and _is_bounded(demand) else barred,
            via=tuple(
                (_indices(network.node_index, step.nodes), _indices(network.link_index, step.links))
                for step in demand.via
            ),
            ahead=_ahead(self._model.classes[demand.traffic_class]) if demand.has_bandwidth else None,
            promised=promised,
            claim=claim,
            failed_claim=claim if rates_after == rates else _claim(demand, *rates_after, is_lone=is_lone),
        )

    def _promises(self, states: Sequence[FailureState]) -> Promised:
        """Return states by id; demands mostly share the very same ones, but for some that concern their ends."""
        found = self._promised.get(id(states))
        if found is None:
            known = self._known.before.get(id(states))
            is_known = known is not None and self._is_met_again(states, known[1])
            found = self._promised[id(states)] = known if known and is_known else (states, self._made(states))
        return found[1]

    def _is_met_again(self, states: Sequence[FailureState], known: Promised) -> bool:
        """Meet states as `_made` does; return whether what they are is what they were the last time."""
        outages = self._realiser.outages
        if not isinstance(states, Remaining):
            return outages.meet_again(known)
        whole = self._known.before.get(id(states.whole))
        if whole is None:
            return False
        ids = [states.whole[place].id for place in states.left_out]
        is_same = outages.meet_again(whole[1].among(ids))
        return is_same and self._promises(states.whole) is whole[1]

    def _made(self, states: Sequence[FailureState]) -> Promised:
        if isinstance(states, Remaining):
            gone = [self._pair(states.whole[place]) for place in states.left_out]
            return self._promises(states.whole).without([pair for pair in gone if pair[1] is not NORMAL])
        pairs = map(self._pair, states)
        return Promised(pair for pair in pairs if pair[1] is not NORMAL)

    def _pair(self, state: FailureState) -> tuple[str, Outage]:
        return state.id, self._realiser.outages.of(state)

    def _groups(self, demand: Demand) -> tuple[Group, ...]:
        """Return the candidates by their flows, in the order in which they stand; ends that do not exist yet are left out."""
        index = self._network.node_index
        if len(demand.candidates) == 1:  # most have one, and no flows need to be hashed
            only = demand.candidates[0]
            return (self._group([only]),) if only.source.node in index and only.destination.node in index else ()
        found: dict[tuple[Flow, ...], list[Candidate]] = {}
        for candidate in demand.candidates:
            if candidate.source.node in index and candidate.destination.node in index:
                found.setdefault(candidate.flows, []).append(candidate)
        return tuple(self._group(candidates) for candidates in found.values())

    def _group(self, candidates: list[Candidate]) -> Group:
        index = self._network.node_index
        flows, destinations = candidates[0].flows, frozenset([candidate.destination.node for candidate in candidates])
        key = destinations, frozenset([flow.destination for flow in flows]), frozenset([flow.family for flow in flows])
        ends = self._ends.get(key)
        if ends is None:
            ends = self._ends[key] = self._ends_of(*key)
        sources = tuple(dict.fromkeys([index[candidate.source.node] for candidate in candidates]))
        return Group(tuple(candidates), sources, *ends)

    def _ends_of(self, destinations: Iterable[str], prefixes: Iterable[str], families: frozenset[int]) -> _EndsOf:
        """Return what follows of where packets go, from `accepted` on, of a group."""
        accepted = self._shared(frozenset([self._network.node_index[name] for name in destinations]))
        addresses = self._attachments.sets_of(sorted(prefixes)) or (accepted,)
        targets, stops = accepted.intersection(*addresses), frozenset[int]().union(*addresses)
        families = self._shared(families or frozenset({4}))
        return accepted, addresses, families, self._shared(targets), self._shared(stops)

    def _shared(self, found: frozenset[int]) -> frozenset[int]:
        """Return an equal set that all tasks share: there are few, and each takes more than the numbers in it."""
        return self._sets.setdefault(found, found)

    def _fence(
        self, exclusions: tuple[Exclusion, ...], groups: tuple[Group, ...]
    ) -> tuple[frozenset[int], tuple[int, ...]]:
        if not exclusions or not groups:
            return _NO_FENCES
        ends = common_ends(groups)
        if (exclusions, ends) not in self._fenced:
            self._fenced[exclusions, ends] = find_fences(self._realiser, exclusions, ends)
        return self._fenced[exclusions, ends]


def _claim(demand: Demand, rate_bps: int, limit_bps: int, *, is_lone: bool) -> Claim:
    return Claim(demand.pool, demand.traffic_class, rate_bps, limit_bps, is_lone, demand.is_spread)


def common_ends(groups: tuple[Group, ...]) -> frozenset[int]:
    """Return the nodes where packets end whatever their address."""
    return frozenset.intersection(*(nodes for group in groups for nodes in group.addresses))


def _ahead(traffic_class: TrafficClass) -> int | None:
    """Return the packets of assumed queueing per hop; nobody knows how long those of a lossless class are paused."""
    return None if traffic_class.is_lossless else packets_ahead(traffic_class)


def _is_bounded(demand: Demand) -> bool:
    if demand.step is not None:
        return True
    bounds = [demand.bound_ns, demand.rtt_bound_ns]
    if demand.failover is not None:
        bounds += [demand.failover.bound_ns, demand.failover.rtt_bound_ns]
    return any(bound is not None for bound in bounds)


def _indices(index: Mapping[str, int], names: Iterable[str]) -> frozenset[int]:
    return frozenset(index[name] for name in names if name in index)
