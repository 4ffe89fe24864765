"""What an intent asks for, demand by demand: ends, packets, rates, bounds, and the states to survive."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.language import ast
from intentc.manifest.model import Direction
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.clauses import Clauses, clauses_of
from intentc.verify.ends import AttachedEnd, End, Pair, parts_of
from intentc.verify.failures import Failures, Promised
from intentc.verify.flows import Meant, Offer, meant, offers_of
from intentc.verify.ground import Ground, Surveyor
from intentc.verify.packets import effective
from intentc.verify.rates import Rate, Rates, rates_of, transfer_of
from intentc.verify.sets import ALL_TRAFFIC, Members, Sets
from intentc.verify.sources import Sources, Unprovable


@frozen
class Bounds:
    """Latency bounds in ns: one way, and there and back; None where nothing is bounded."""

    one_way_ns: int | None
    round_trip_ns: int | None


@frozen
class Wanted:
    """One demand as the sources ask for it. `choices`: the packets for each pair of (source node, destination node), by site and node.

    `rate.bandwidth_bps` 0 without `rate.is_committed`. `within_ns` None: nothing is promised under failure.
    """

    intent: str
    source: End
    destination: End
    direction: Direction
    choices: Mapping[tuple[str, str], Meant]
    rate: Rate
    bounds: Bounds
    failover_bounds: Bounds
    promised: Promised
    within_ns: int | None
    services: tuple[str | None, str | None] | None = (
        None  # of a chain's step: the services at both ends, requests first
    )
    towards: frozenset[str] = frozenset()  # the services that requests are for by name


@frozen
class Asked:
    """One intent with what all its demands have in common."""

    name: str
    declaration: ast.Intent | ast.Chain
    clauses: Clauses
    traffic_class: str
    ground: Ground
    is_closed: bool  # beyond the promised states its packets are dropped
    is_spread: bool  # links hold shares of it
    demands: tuple[Wanted, ...]


@frozen
class Reader:
    """Reads intents over one network."""

    topology: Topology
    sources: Sources
    failures: Failures

    def read(self, intent: ast.Intent) -> Asked:
        """Return what `intent` asks; raise `Unprovable` where its clauses do not say."""
        return self.asked(intent, tuple(self._demands(intent, clauses_of(intent, self.sources))))

    def asked(self, intent: ast.Intent | ast.Chain, demands: tuple[Wanted, ...]) -> Asked:
        """Return what the clauses of a declaration say, with its demands."""
        clauses = clauses_of(intent, self.sources)
        priority = clauses.one(ast.Priority)
        return Asked(
            name=intent.name.text,
            declaration=intent,
            clauses=clauses,
            traffic_class=priority.name.text if priority is not None else "default",
            ground=Surveyor(self.topology, self.sources).survey(clauses),
            is_closed=_is_closed(clauses),
            is_spread=clauses.has(ast.Spread),
            demands=demands,
        )

    def _demands(self, intent: ast.Intent, clauses: Clauses) -> Iterator[Wanted]:
        match = clauses.one(ast.Match)
        pairs = tuple(pair for pair in self._pairs(clauses, intent) if not _is_idle(pair, match))
        has_replies = not clauses.has(ast.Unidirectional) and not clauses.has(ast.Among)
        per_source = Counter(source for source, _ in {(pair.source.place, pair.destination.place) for pair in pairs})
        is_single = max(per_source.values(), default=0) <= 1
        rates = rates_of(clauses, self.sources, is_between=clauses.has(ast.Between), is_single=is_single)
        for pair in pairs:
            yield self.wanted(intent, clauses, pair, rates)
            if has_replies:
                back = rates.reply(pair.source.place, pair.destination.place, is_back=pair.is_back)
                yield self.reply(self.wanted(intent, clauses, pair, rates), back)

    def wanted(self, intent: ast.Intent | ast.Chain, clauses: Clauses, pair: Pair, rates: Rates) -> Wanted:
        """Return the forward demand of a pair."""
        failover = clauses.one(ast.Failover)
        bounds = self._bounds(clauses.one(ast.Latency))
        if clauses.has(ast.Transfer) and not clauses.has(ast.Latency):
            bounds = Bounds(transfer_of(clauses, self.sources).latency_ns, None)
        promised = Promised((), ())
        if failover is not None and failover.within is not None:
            is_any_of = pair.destination.is_any_of
            promised = self.failures.promised(failover, pair.source.nodes, pair.destination.nodes, is_any_of=is_any_of)
        return Wanted(
            intent=intent.name.text,
            source=pair.source,
            destination=pair.destination,
            direction="forward",
            choices=_choices(pair, clauses.one(ast.Match)),
            rate=rates.forward(pair.source.place, pair.destination.place, is_back=pair.is_back),
            bounds=bounds,
            failover_bounds=self._bounds(failover.latency)
            if failover is not None and failover.latency is not None
            else bounds,
            promised=promised,
            within_ns=self.sources.quantity(failover.within, ast.Unit.TIME) if failover and failover.within else None,
            towards=pair.destination.services,
        )

    @staticmethod
    def reply(forward: Wanted, rate: Rate) -> Wanted:
        """Return the replies to a forward demand."""
        return Wanted(
            intent=forward.intent,
            source=forward.destination,
            destination=forward.source,
            direction="reverse",
            choices={(stop, start): packets.reversed() for (start, stop), packets in forward.choices.items()},
            rate=rate,
            bounds=forward.bounds,
            failover_bounds=forward.failover_bounds,
            promised=forward.promised,
            within_ns=forward.within_ns,
            services=forward.services,
        )

    def _bounds(self, latency: ast.Latency | None) -> Bounds:
        if latency is None:
            return Bounds(None, None)
        bound = self.sources.quantity(latency.bound, ast.Unit.TIME)
        return Bounds(None, bound) if latency.mode == "rtt" else Bounds(bound, None)

    def _pairs(self, clauses: Clauses, intent: ast.Intent) -> Iterator[Pair]:
        sets = Sets(self.topology, self.sources)
        start, stop = clauses.one(ast.From), clauses.one(ast.To)
        between, among = clauses.one(ast.Between), clauses.one(ast.Among)
        if between is not None:
            yield from _both_ways(self._all_parts(between.left, sets), self._all_parts(between.right, sets))
        elif among is not None:
            ends = self._all_parts(among.set, sets)
            yield from (Pair(one, other) for one in ends for other in ends if one.place != other.place)
        elif start is not None and stop is not None:
            stops = [self.any_of(self.ends(stop.set, sets), stop.set)] if stop.is_any_of else []
            stops = stops or self._all_parts(stop.set, sets)
            yield from (
                Pair(one, other)
                for one in self._all_parts(start.set, sets)
                for other in stops
                if not self._is_home(one, other)
            )
        else:
            raise Unprovable("the intent does not say between whom its traffic runs", intent.name.span)

    def ends(self, terms: ast.SetExpression, sets: Sets) -> list[AttachedEnd]:
        """Return the ends that a set stands for, by name: those with something of it attached."""
        members: Members = sets.expand(terms)
        found: dict[str, dict[str, tuple[Offer, ...]]] = {}
        for node in sorted(members):
            if offers := offers_of(node, members[node], sets):
                found.setdefault(self.topology.nodes[node].site or node, {})[node] = offers
        return [
            AttachedEnd(name, tuple(found[name]), False, found[name], _named(members, found[name]))
            for name in sorted(found)
        ]

    def _all_parts(self, terms: ast.SetExpression, sets: Sets) -> list[AttachedEnd]:
        """Return the ends of a set, with those whose nodes have different prefixes taken apart."""
        return [part for end in self.ends(terms, sets) for part in parts_of(end, self.topology)]

    @staticmethod
    def any_of(hosts: Sequence[AttachedEnd], terms: ast.SetExpression) -> AttachedEnd:
        """Return the end that all hosts of the service are together."""
        name = next((term.name.text for term in terms.terms if isinstance(term, ast.NameTerm)), "any of")
        nodes = tuple(node for host in hosts for node in host.nodes)
        services = frozenset[str]().union(*(host.services for host in hosts))
        offers = {node: found for host in hosts for node, found in host.offers.items()}
        return AttachedEnd(name, nodes, True, offers, services)

    def _is_home(self, source: AttachedEnd, destination: AttachedEnd) -> bool:
        """Return whether traffic stays at the source: the destination, or one of the replicas, is there."""
        return any((self.topology.nodes[node].site or node) == source.place for node in destination.nodes)


def _named(members: Members, nodes: Iterable[str]) -> frozenset[str]:
    return frozenset[str]().union(*(members[node] for node in nodes)) - {ALL_TRAFFIC}


def _both_ways(left: Sequence[AttachedEnd], right: Sequence[AttachedEnd]) -> Iterator[Pair]:
    there = {(one.name, other.name): Pair(one, other) for one in left for other in right if one.place != other.place}
    yield from there.values()
    for pair in there.values():
        if (pair.destination.name, pair.source.name) not in there:
            yield Pair(pair.destination, pair.source, is_back=True)


def _is_idle(pair: Pair, match: ast.Match | None) -> bool:
    """Return whether no packet runs between parts of sites: then others of the same sites are meant."""
    return bool(pair.source.part or pair.destination.part) and not _choices(pair, match)


def _choices(pair: Pair, match: ast.Match | None) -> dict[tuple[str, str], Meant]:
    """Return the packets for each pair of nodes; a pair without any is no choice."""
    found: dict[tuple[str, str], Meant] = {}
    for start in pair.source.nodes:
        for stop in pair.destination.nodes:
            packets = meant(pair.source.offers[start], pair.destination.offers[stop], match)
            if kept := effective(packets.match, packets.excepted):
                found[start, stop] = Meant(kept, packets.excepted)
    return found


def _is_closed(clauses: Clauses) -> bool:
    """Return whether packets are dropped beyond the promised states: as written, else when pinned or encrypted."""
    failover = clauses.one(ast.Failover)
    if failover is not None and failover.otherwise is not None:
        return failover.otherwise.action == "drop"
    return clauses.has(ast.Pin) or clauses.has(ast.Encrypt)
