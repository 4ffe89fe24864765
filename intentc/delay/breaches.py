"""What a demand was promised and does not get once queueing is bounded: latency, jitter, loss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intentc.delay.latency import Queues, loss_ppb, variation_us, weakest_basis
from intentc.realise.model import LatencyParts, Path, RealisedDemand
from intentc.realise.results import whens
from intentc.topology.model import Topology
from intentc.values import frozen

_NS_PER_US = 1000
ANY_STATE = "any"  # a failure state; which it is does not count
LATENCY, LATE_IN_FAILURE, JITTER, LOSS, UNPROVABLE = "E0502", "E0523", "E0510", "E0511", "E0512"


@frozen
class Breach:
    """A bound that `item` misses in `state` ("": the normal one): `is_value` of what `is_allowed`, both in µs or in ppb.

    `other_us`: what the other direction takes, where both together keep a bound. `clause` is its keyword. `basis`: the weakest of its
    queues, where that is what is wrong.
    """

    code: str
    clause: str
    item: RealisedDemand
    state: str
    paths: tuple[Path, ...]
    parts: LatencyParts
    value: int
    allowed: int
    other_us: int | None = None
    basis: str = ""


@frozen
class _View:
    """A demand in one state."""

    item: RealisedDemand
    state: str
    paths: tuple[Path, ...]
    parts: LatencyParts


def find_breaches(topology: Topology, demands: Mapping[str, RealisedDemand], queues: Queues) -> Iterator[Breach]:
    """Yield the breaches of all demands by key, the normal state first."""
    for key in sorted(demands):
        item = demands[key]
        if item.demand.jitter_ns is None and item.demand.loss_ppb is None and _is_in_time(item, demands):
            continue
        for view in _views(item):
            yield from _late(view)
            yield from _late_together(view, demands)
            yield from _uneven(topology, view, queues)
            yield from _lossy(topology, view, queues)


def _is_in_time(item: RealisedDemand, demands: Mapping[str, RealisedDemand]) -> bool:
    """Return whether a demand keeps its bounds on latency, alone and together with its request: whether nothing is late.

    The bounds of failure states are the same in all of them.
    """
    normally, after = bound_us(item, ""), bound_us(item, ANY_STATE)
    if normally is not None and item.latency.total > normally:
        return False
    if after is not None and any(parts.total > after for parts in _parts_after(item)):
        return False
    request = demands.get(item.demand.reply_to or "")
    return request is None or _is_back_in_time(item, request)


def _is_back_in_time(item: RealisedDemand, request: RealisedDemand) -> bool:
    normally, after = round_trip_us(item, request, ""), round_trip_us(item, request, ANY_STATE)
    if normally is not None and request.latency.total + item.latency.total > normally:
        return False
    if after is None:
        return True
    there = {name: result.latency.total for result in reversed(request.states) for name in result.when}
    back = {name: result.latency.total for result in reversed(item.states) for name in result.when}
    return all(
        there.get(name, request.latency.total) + back.get(name, item.latency.total) <= after
        for name in there.keys() | back.keys()
    )


def _parts_after(item: RealisedDemand) -> Iterable[LatencyParts]:
    """Return what a demand takes in failure states, each once: many share a path."""
    return {id(result.latency): result.latency for result in item.states}.values()


def _views(item: RealisedDemand) -> Iterator[_View]:
    yield _View(item, "", item.primary, item.latency)
    for result in item.states:
        for name in result.when:
            yield _View(item, name, result.paths, result.latency)


def _late(view: _View) -> Iterator[Breach]:
    allowed = bound_us(view.item, view.state)
    if allowed is not None and view.parts.total > allowed:
        yield _breach(_latency_code(view.state), "latency", view, view.parts.total, allowed)


def _late_together(view: _View, demands: Mapping[str, RealisedDemand]) -> Iterator[Breach]:
    """Judge a reply with its request: of the states of either, each once."""
    request = demands.get(view.item.demand.reply_to or "")
    if request is None:
        return
    names = [view.state]
    if not view.state:
        # states in which only the requests go another way
        own = {name for result in view.item.states for name in result.when}
        names += [name for result in request.states for name in result.when if name not in own]
    for name in names:
        allowed = round_trip_us(view.item, request, name)
        there = _at(request, name)
        if allowed is not None and there + view.parts.total > allowed:
            found = _View(view.item, name, view.paths, view.parts)
            yield _breach(_latency_code(name), "latency", found, view.parts.total, allowed, other_us=there)


def _uneven(topology: Topology, view: _View, queues: Queues) -> Iterator[Breach]:
    demand = view.item.demand
    if demand.jitter_ns is None:
        return
    allowed = demand.jitter_ns // _NS_PER_US
    if not demand.has_bandwidth:
        yield _breach(UNPROVABLE, "jitter", view, 0, allowed)
        return
    value = variation_us(topology, view.paths, demand.traffic_class, queues)
    if value > allowed:
        yield _breach(JITTER, "jitter", view, value, allowed)


def _lossy(topology: Topology, view: _View, queues: Queues) -> Iterator[Breach]:
    demand = view.item.demand
    if demand.loss_ppb is None:
        return
    value = loss_ppb(topology, view.paths)
    if value > demand.loss_ppb:
        yield _breach(LOSS, "loss", view, value, demand.loss_ppb)
        return
    basis = weakest_basis(topology, view.paths, demand.traffic_class, queues) if demand.has_bandwidth else ""
    if basis != "proved":
        yield _breach(UNPROVABLE, "loss", view, value, demand.loss_ppb, basis=basis)


def _breach(
    code: str, clause: str, view: _View, value: int, allowed: int, *, other_us: int | None = None, basis: str = ""
) -> Breach:
    return Breach(code, clause, view.item, view.state, view.paths, view.parts, value, allowed, other_us, basis)


def _latency_code(state: str) -> str:
    return LATE_IN_FAILURE if state else LATENCY


def bound_us(item: RealisedDemand, state: str) -> int | None:
    """Return the one-way bound; where a failure state leaves the normal path in use, that path keeps both bounds."""
    demand = item.demand
    after = demand.failover.bound_ns if demand.failover is not None else None
    if state:
        return _us(after)
    return _us(_both(demand.bound_ns, after, item))


def round_trip_us(item: RealisedDemand, request: RealisedDemand, state: str) -> int | None:
    """Return the bound of a reply `item` together with its request; what is kept in a failure state keeps both bounds."""
    demand = item.demand
    after = demand.failover.rtt_bound_ns if demand.failover is not None else None
    if state:
        return _us(after)
    return _us(_both(demand.rtt_bound_ns, after, item, request))


def _has_kept(item: RealisedDemand) -> bool:
    """Return whether a demand goes as normally in some promised state."""
    if item.demand.failover is None:
        return False
    others = set(item.unprotected).union(*whens(item.states))
    return any(state.id not in others for state in item.demand.failover.states)


def _at(item: RealisedDemand, state: str) -> int:
    """Return what a demand takes in a state, in µs."""
    return next((result.latency.total for result in item.states if state in result.when), item.latency.total)


def _both(normally: int | None, after: int | None, *items: RealisedDemand) -> int | None:
    """Return the least bound of what any of these demands keeps in a failure state; that is only asked where it decides."""
    if after is None or (normally is not None and normally <= after):
        return normally
    return after if any(_has_kept(item) for item in items) else normally


def _us(bound_ns: int | None) -> int | None:
    return None if bound_ns is None else bound_ns // _NS_PER_US
