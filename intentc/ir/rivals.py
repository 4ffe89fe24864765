"""Where packets of several demands meet: whose rules leave which packets alone.

Where matches overlap the demand that is evaluated first has the packets, also where it needs no rule of its own. A rule of
another one would lead them elsewhere, a fence would drop them: so both except them. Routers behind the marking see other code
points than hosts sent: `blurs.py` looks for what they cannot tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.resolve.model import Demand, Flow
from intentc.resolve.packets import Box, box, flows_of, meet, remainder
from intentc.resolve.prefixes import PrefixIndex, network
from intentc.values import replace

Seen = tuple[Flow, tuple[Flow, ...]]  # a flow, and its exceptions


class Rivals:
    """Those placed demands whose packets may meet, by their addresses; `points` are the code points of each class in the network."""

    def __init__(self, demands: Iterable[Demand], points: Mapping[str, Sequence[int]]) -> None:
        self._points = points
        self._by_source: dict[str, dict[str, dict[str, Demand]]] = {}  # by destination and source
        self._keys = set[str]()
        for demand in demands:
            self._keys.add(demand.key)
            for flow, _ in packets_of(demand):
                self._by_source.setdefault(flow.destination, {}).setdefault(flow.source, {})[demand.key] = demand
        self._destinations: PrefixIndex[str] = PrefixIndex()
        for destination in self._by_source:
            self._destinations.add(network(destination), destination)
        self._near: dict[str, tuple[Demand, ...]] = {}

    def near(self, demand: Demand) -> tuple[Demand, ...]:
        """Return the other demands with packets of the same addresses, protocols and ports, by key."""
        if demand.key not in self._keys:
            return ()
        found = self._near.get(demand.key)
        if found is None:
            flows = [replace(flow, dscp=None) for flow, _ in packets_of(demand)]
            others = {key: item for flow in flows for key, item in self._around(flow) if key != demand.key}
            found = tuple([others[key] for key in sorted(others)])
            self._near[demand.key] = found
        return found

    def _around(self, flow: Flow) -> Iterator[tuple[str, Demand]]:
        source, whole = network(flow.source), box(flow)
        for destination in self._destinations.overlapping(network(flow.destination)):
            for other, demands in self._by_source[destination].items():
                if not source.overlaps(network(other)):
                    continue
                for key, demand in demands.items():
                    if any(_share(whole, each, flow.family) for each, _ in packets_of(demand)):
                        yield key, demand

    @property
    def is_empty(self) -> bool:
        """Whether nothing meets anything, as in most programs: thousands of demands need not be asked for one by one."""
        return not self._keys

    def before(self, demand: Demand) -> tuple[Demand, ...]:
        """Return the demands that have the packets which both match, as hosts send them."""
        near = self.near(demand)
        if not near:
            return ()
        starts = {candidate.source.node for candidate in demand.candidates}
        return tuple(
            [
                other
                for other in near
                if other.precedence < demand.precedence
                and not starts.isdisjoint([candidate.source.node for candidate in other.candidates])
                and _share_any(demand, other)
            ]
        )

    def as_sent(self, demand: Demand, flow: Flow, excepted: tuple[Flow, ...]) -> list[Seen]:
        """Return what to match of a flow where hosts hang: all but what others have."""
        taken = [item for other in self.before(demand) for item in packets_of(other)]
        return carve(flow, excepted, taken) if taken else [(flow, excepted)]

    def as_marked(self, demand: Demand, flow: Flow, excepted: tuple[Flow, ...]) -> list[Seen]:
        """Return the same behind the marking, for a flow as it is seen there: code points are those of classes.

        What hosts' code points tell from other packets is left out where its class has others than this one's; else nobody sees whose it is.
        """
        near = self.near(demand)
        if not near:
            return [(flow, excepted)]
        first, own = {other.key for other in self.before(demand)}, self._points[demand.traffic_class]
        taken: list[Seen] = []
        for other in near:
            points = self._points[other.traffic_class]
            for each, holes in packets_of(other):
                if not are_coded((each, *holes)):
                    taken += [(each, holes)] if other.key in first else []
                elif not set(points) & set(own):
                    taken += [(replace(each, dscp=point), still_seen(holes)) for point in points]
        return carve(flow, excepted, taken)


def packets_of(demand: Demand) -> list[Seen]:
    """Return the flows of all candidates, each once, with their exceptions."""
    if len(demand.candidates) == 1:
        only = demand.candidates[0]
        return [(flow, only.excepted) for flow in only.flows]
    return list(dict.fromkeys((flow, item.excepted) for item in demand.candidates for flow in item.flows))


def is_coded(demand: Demand) -> bool:
    """Return whether code points that hosts send tell some packets of a demand from others."""
    return any(are_coded((*candidate.flows, *candidate.excepted)) for candidate in demand.candidates)


def are_coded(flows: Iterable[Flow]) -> bool:
    """Return whether any flow has a code point of its own."""
    return any(flow.dscp is not None for flow in flows)


def still_seen(excepted: Iterable[Flow]) -> tuple[Flow, ...]:
    """Return the exceptions that routers behind the marking can still see: those that name no code point."""
    return tuple(sorted(flow for flow in excepted if flow.dscp is None))


def carve(flow: Flow, excepted: tuple[Flow, ...], taken: Sequence[Seen]) -> list[Seen]:
    """Return what is left of a flow without its exceptions and without some packets, as flows with exceptions."""
    whole = box(flow)
    others = [item for item in taken if _share(whole, item[0], flow.family)]
    if not others:
        return [(flow, excepted)]
    found = [(flow, tuple(sorted({*excepted, *(each for each, _ in others)})))]
    for place, (each, holes) in enumerate(others):
        rest = [*others[:place], *others[place + 1 :]]
        for hole in holes:
            shared = _all_share(flow, each, hole)
            for piece in (flows_of(flow.family, shared) or ()) if shared is not None else ():
                found += carve(piece, excepted, rest)
    return list(dict.fromkeys(found))


def _share_any(one: Demand, other: Demand) -> bool:
    """Return whether two demands match some packets both, as hosts send them."""
    for flow, excepted in packets_of(one):
        for against, more in packets_of(other):
            shared = _all_share(flow, against)
            holes = [box(hole) for hole in (*excepted, *more) if hole.family == flow.family]
            if shared is not None and remainder(shared, holes):
                return True
    return False


def _share(whole: Box, other: Flow, family: int) -> bool:
    return other.family == family and meet(whole, box(other)) is not None


def _all_share(flow: Flow, *others: Flow) -> Box | None:
    found: Box | None = box(flow)
    for other in others:
        found = meet(found, box(other)) if found is not None and other.family == flow.family else None
    return found
