"""What a chain asks for: the demands that may carry its steps, and for each source site the steps with their budget."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from intentc.language import ast
from intentc.values import frozen
from intentc.verify.ends import AttachedEnd, Pair
from intentc.verify.rates import Rate, rates_of
from intentc.verify.sets import ALL_TRAFFIC, Members, Sets
from intentc.verify.sources import Unprovable
from intentc.verify.wanted import Asked, Bounds, Reader, Wanted

_UNBOUNDED = Bounds(None, None)
_NS_PER_US = 1000


@frozen
class Leg:
    """A step from one end: by the demand between two names, or answered at the first of the nodes `spots` beside it that is up."""

    names: tuple[str, str] | None
    spots: tuple[str, ...]


@frozen
class Step:
    """A step; `origin` is the earlier one (by number) where it starts, None where all its legs are one."""

    number: int
    stage: int
    calls: int
    processing_us: int
    origin: int | None
    legs: Mapping[str, Leg]  # by each node of the end where they start


@frozen
class Instance:
    """A chain for one source site."""

    site: str
    budget_us: int
    failover_budget_us: int
    steps: tuple[Step, ...]


@frozen
class ReadChain:
    """A chain with the demands that it may need, and what it is for each source site."""

    asked: Asked
    instances: tuple[Instance, ...]


def read_chain(reader: Reader, chain: ast.Chain) -> ReadChain:
    """Return what `chain` asks; raise `Unprovable` where its clauses or steps do not say."""
    return _ChainReader(reader, chain).read()


@frozen
class _Drawn:
    """A step as it is written, with the members of its sets and its ends."""

    number: int
    stage: int
    step: ast.Step
    starts: Sequence[AttachedEnd]
    stop: AttachedEnd
    services: tuple[str | None, str | None]
    origin: int | None

    def names(self, start: AttachedEnd) -> tuple[str, str]:
        source, destination = self.services
        return f"{source}@{start.name}" if source else start.name, destination or self.stop.name


class _ChainReader:
    def __init__(self, reader: Reader, chain: ast.Chain) -> None:
        self._reader = reader
        self._chain = chain
        self._sets = Sets(reader.topology, reader.sources)
        self._wanted: list[Wanted] = []

    def read(self) -> ReadChain:
        drawn = list(self._drawn())
        if not drawn:
            raise Unprovable("the chain has no step", self._chain.name.span)
        asked = self._reader.asked(self._chain, ())
        legs = {(item.number, start.name): self._leg(item, start, asked) for item in drawn for start in item.starts}
        bound, failover = asked.clauses.one(ast.Latency), asked.clauses.one(ast.Failover)
        if bound is None:
            raise Unprovable("the chain has no budget", self._chain.name.span)
        after = failover.latency if failover is not None and failover.latency is not None else bound
        instances = tuple(
            Instance(
                start.name,
                self._us(bound),
                self._us(after),
                tuple(self._step(item, start.name, legs) for item in drawn),
            )
            for start in drawn[0].starts
        )
        used = {leg.names for instance in instances for step in instance.steps for leg in step.legs.values()}
        forward = [item for item in self._wanted if (item.source.name, item.destination.name) in used]
        return ReadChain(replace(asked, demands=tuple(self._both_ways(forward, asked))), instances)

    def _us(self, latency: ast.Latency) -> int:
        return self._reader.sources.quantity(latency.bound, ast.Unit.TIME) // _NS_PER_US

    def _drawn(self) -> Iterator[_Drawn]:
        gone: list[tuple[Members, int, int]] = []
        number = 0
        for stage, item in enumerate(self._chain.steps):
            for step in item.steps if isinstance(item, ast.Parallel) else (item,):
                number += 1
                source, goal = self._sets.expand(step.source), self._sets.expand(step.destination)
                stops = self._reader.ends(step.destination, self._sets)
                stop = self._reader.any_of(stops, step.destination) if step.is_any_of else stops[0]
                if len(stops) > 1 and not step.is_any_of:
                    raise Unprovable("the step goes to several places", step.span)
                origins = [at for members, at, when in gone if when < stage and dict(members) == dict(source)]
                yield _Drawn(
                    number=number,
                    stage=stage,
                    step=step,
                    starts=self._reader.ends(step.source, self._sets),
                    stop=stop,
                    services=(_service(source, step), _service(goal, step)),
                    origin=origins[-1] if origins else None,
                )
                gone.append((goal, number, stage))

    def _leg(self, item: _Drawn, start: AttachedEnd, asked: Asked) -> Leg:
        topology = self._reader.topology
        own = {stop for stop in item.stop.nodes if (topology.nodes[stop].site or stop) == start.name}
        if own:
            return Leg(None, (*sorted(own.intersection(start.nodes)), *sorted(own.difference(start.nodes))))
        source, destination = item.names(start)
        pair = Pair(replace(start, name=source), replace(item.stop, name=destination))
        made = self._demand(item, pair, asked)
        known = next((other for other in self._wanted if _packets(other) == _packets(made)), None)
        if known is None:
            self._wanted.append(made)
        found = known or made
        return Leg((found.source.name, found.destination.name), ())

    def _demand(self, item: _Drawn, pair: Pair, asked: Asked) -> Wanted:
        rates = rates_of(asked.clauses, self._reader.sources, is_between=False, is_single=True)
        made = self._reader.wanted(self._chain, asked.clauses, pair, rates)
        pool = (
            f"all to {pair.destination.name}"
            if rates.per == "total"
            else f"{pair.source.name} to {pair.destination.name}"
        )
        return replace(
            made,
            bounds=_UNBOUNDED,
            failover_bounds=_UNBOUNDED,
            services=item.services,
            rate=replace(made.rate, pool=pool),
        )

    def _both_ways(self, forward: Sequence[Wanted], asked: Asked) -> Iterator[Wanted]:
        rates = rates_of(asked.clauses, self._reader.sources, is_between=False, is_single=True)
        for made in forward:
            yield made
            back: Rate = rates.reply(made.source.name, made.destination.name, is_back=False)
            yield self._reader.reply(made, replace(back, pool=f"{made.rate.pool} replies"))

    def _step(self, item: _Drawn, site: str, legs: Mapping[tuple[int, str], Leg]) -> Step:
        starts = list(item.starts)
        if item.origin is None:
            starts = [start for start in starts if start.name == site] or starts
            if len(starts) != 1:
                raise Unprovable("nothing says where the step starts", item.step.span)
        processing = item.step.processing
        processing_ns = 0 if processing is None else self._reader.sources.quantity(processing, ast.Unit.TIME)
        return Step(
            number=item.number,
            stage=item.stage,
            calls=item.step.calls,
            processing_us=-(-item.step.calls * processing_ns // _NS_PER_US),
            origin=item.origin,
            legs={node: legs[item.number, start.name] for start in starts for node in start.nodes},
        )


def _packets(wanted: Wanted) -> object:
    """Return what tells the network one demand from another."""
    return frozenset(
        (ends, frozenset(packets.match), frozenset(packets.excepted)) for ends, packets in wanted.choices.items()
    )


def _service(members: Members, step: ast.Step) -> str | None:
    """Return the one service that a set stands for, None where it is sites with all they have."""
    found = frozenset[str]().union(*members.values())
    if len(found) != 1:
        raise Unprovable("an end of the step is several services", step.span)
    name = min(found)
    return None if name == ALL_TRAFFIC else name
