"""Taking intents back: their demands, what they reserve, and the word of those that share them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from intentc.delay.holdings import whole
from intentc.delay.ledger import Ledger, pairs
from intentc.delay.promises import names_of, promised_by
from intentc.delay.rows import Rows
from intentc.realise.model import NO_FLOOR, Floor, LinkLoad, Path, Realised, RealisedDemand
from intentc.realise.shares import shares_of
from intentc.resolve.model import Demand
from intentc.topology.model import Directional
from intentc.values import Later, replace

_PPM = 1_000_000
_Arc = tuple[str, bool]  # link, and whether from its end a to its end b
_Claim = tuple[str, str, int, int]  # class, pool, rate and the pool's limit in bps
_Elements = tuple[frozenset[str], frozenset[str]]  # nodes, links
_Pool = tuple[str, str]  # class, pool


def withdraw(realised: Realised, intents: Collection[str]) -> Realised:
    """Return the program without the demands of `intents`, with the loads that the others make (the arithmetic is that of

    intentc/place/README.md, "Capacity").
    """
    return Withdrawals().withdraw(realised, intents)


class Withdrawals:
    """Takes intents out of one program, time and again: of the books only what changes on links since the last time is counted anew."""

    def __init__(self, rows: Rows | None = None) -> None:
        self._rows = rows
        self._books: _Books | Ledger | None = None
        self._placed: Realised | None = None  # the first one

    def withdraw(self, realised: Realised, intents: Collection[str]) -> Realised:
        """Return the program without `intents`; it is to be the first one, or what came of it, but for its latencies."""
        gone = {key: item.demand for key, item in realised.demands.items() if item.demand.intent in intents}
        kept = {key: item for key, item in realised.demands.items() if key not in gone}
        placed = self._placed = self._placed or realised
        if self._rows is not None:
            self._rows.ahead(replace(realised, demands=kept))
        if self._books is None and self._rows is not None:
            self._books = Ledger(self._rows, placed)
        if self._books is None or not self._books.hold(kept):
            self._books = _Books(realised, kept)
        loads = self._books.loads()
        sharing = {name for demand in gone.values() for name in demand.shared_with}
        return replace(
            realised,
            demands=kept,
            loads=loads if isinstance(self._books, Ledger) else _told(placed, kept, loads),
            infeasible=tuple(sorted({*realised.infeasible, *intents, *sharing})),
            max_utilisation_ppm=self._books.fullest_ppm(),
            floor=_floor(realised, frozenset(kept)),
        )


def _told(placed: Realised, kept: Mapping[str, RealisedDemand], counted: Mapping[str, LinkLoad]) -> dict[str, LinkLoad]:
    """Return the loads of what is left, sorted: those that were placed, and those that are `counted` on links that something withdrawn comes to.

    Where the states that are promised are other ones all are counted.
    """
    if names_of(promised_by(kept)) != names_of(promised_by(placed.demands)):
        return dict(counted)
    met = {link for key in placed.demands.keys() - kept.keys() for link in _links_of(placed.demands[key], placed)}
    found = {name: load for name, load in placed.loads.items() if name not in met}
    found |= {name: load for name, load in counted.items() if name in met}
    return {name: found[name] for name in sorted(found)}


def _links_of(item: RealisedDemand, placed: Realised) -> Iterator[str]:
    """Yield the links that a demand comes to in any state, and those below them."""
    for paths in (item.primary, *(result.paths for result in item.states)):
        for link, _ in shares_of(placed.model.topology, item.demand, paths).senders(paths):
            yield link


def _floor(realised: Realised, kept: Collection[str]) -> Later[Floor]:
    """Return the bound anew: that of a placement with more in it proves nothing."""
    return NO_FLOOR if realised.floor_among is None else Later(partial(realised.floor_among, kept))


class _Books:
    """Claims by link direction: those of the normal state, and what failure states change."""

    def __init__(self, realised: Realised, demands: Mapping[str, RealisedDemand]) -> None:
        self._topology = realised.model.topology
        self._normal: dict[_Arc, dict[str, _Claim]] = {}
        self._changes: dict[_Arc, dict[_Elements, dict[str, _Claim | None]]] = {}
        self._arcs_of: dict[str, set[_Arc]] = {}  # of each demand, where it claims anything in any state
        self._known: dict[str, LinkLoad] = {}
        self._names = names_of(promised_by(demands))
        members = Counter((item.demand.traffic_class, item.demand.pool) for item in demands.values())
        self._lone = {pool for pool, count in members.items() if count == 1}
        self._at_node: dict[str, list[_Elements]] = {}
        self._at_link: dict[str, list[_Elements]] = {}
        for elements in self._names:
            for node in elements[0]:
                self._at_node.setdefault(node, []).append(elements)
            for link in elements[1]:
                self._at_link.setdefault(link, []).append(elements)
        for item in demands.values():
            self._enter(item)

    def hold(self, kept: Mapping[str, RealisedDemand]) -> bool:
        """Hold these demands and no others, or return False: some states are promised to nobody any more, or some demands are new."""
        names = names_of(promised_by(kept))
        if names.keys() != self._names.keys() or not kept.keys() <= self._arcs_of.keys():
            return False
        if names != self._names:
            self._names = names
            self._known.clear()  # the worst state may have another name
        for key in self._arcs_of.keys() - kept.keys():
            for arc in self._arcs_of.pop(key):
                self._known.pop(arc[0], None)
                self._normal.get(arc, {}).pop(key, None)
                changes = self._changes.get(arc, {})
                for changed in changes.values():
                    changed.pop(key, None)
        self._normal = {arc: claims for arc, claims in self._normal.items() if claims}
        self._changes = {
            arc: left
            for arc, changes in self._changes.items()
            if (left := {elements: changed for elements, changed in changes.items() if changed})
        }
        return True

    def _enter(self, item: RealisedDemand) -> None:
        demand = item.demand
        claim = (demand.traffic_class, demand.pool, demand.bandwidth_bps, demand.pool_bps)
        normal = self._claims(demand, item.primary, claim)
        arcs = self._arcs_of[demand.key] = set(normal)
        for arc, own in normal.items():
            self._normal.setdefault(arc, {})[demand.key] = own
        for elements, claims in self._changed(item, claim).items():
            for arc in normal.keys() | claims.keys():
                after = claims.get(arc)
                if after != normal.get(arc):
                    arcs.add(arc)
                    self._changes.setdefault(arc, {}).setdefault(elements, {})[demand.key] = after

    def _changed(self, item: RealisedDemand, claim: _Claim) -> dict[_Elements, dict[_Arc, _Claim]]:
        """Return what a demand claims in the states in which that may differ from the normal one."""
        demand, failed = item.demand, self._failed_claim(item)
        found: dict[_Elements, dict[_Arc, _Claim]] = {elements: {} for elements in self._lost(item)}
        promised = demand.failover.states if demand.failover is not None else ()
        if failed[2] > claim[2]:
            kept = self._claims(demand, item.primary, failed)
            found = {(state.nodes, state.links): kept for state in promised} | found
        results = {
            name: claims
            for result in item.states
            for claims in (self._claims(demand, result.paths, failed),)
            for name in result.when
        }
        told = {(state.nodes, state.links): results[state.id] for state in promised if state.id in results}
        return found | told

    def _failed_claim(self, item: RealisedDemand) -> _Claim:
        demand = item.demand
        rates = demand if demand.failover is None else demand.failover
        return demand.traffic_class, demand.pool, rates.bandwidth_bps, rates.pool_bps

    def _lost(self, item: RealisedDemand) -> Iterator[_Elements]:
        """Yield the states that break the normal paths of a demand, or in which it strays from them."""
        for path in item.primary:
            for node in path.nodes:
                yield from self._at_node.get(node, ())
            for link in path.links:
                yield from self._at_link.get(link, ())
        if item.strays:
            yield from (elements for elements in self._names if whole(self._topology, elements) in item.strays)

    def _claims(self, demand: Demand, paths: Sequence[Path], claim: _Claim) -> dict[_Arc, _Claim]:
        """Return what a demand claims on each direction of a link on its paths, and below them: by share where it is spread."""
        links, shares = self._topology.links, shares_of(self._topology, demand, paths)
        name, pool, rate, limit = claim
        return {
            (link, links[link].is_ab(node)): (
                name,
                pool,
                shares.on(link, node, rate),
                shares.whole(link, node, limit),
            )
            for link, node in shares.senders(paths)
        }

    def loads(self) -> dict[str, LinkLoad]:
        """Return the loads of all links in use, sorted."""
        names = sorted({name for name, _ in (*self._normal, *self._changes)})
        self._known = {name: self._known.get(name) or self._load(name) for name in names}
        return dict(self._known)

    def fullest_ppm(self) -> int:
        """Return how full the fullest direction of a link that is in use in the normal state is, in ppm."""
        found = [0]
        for (name, is_ab), claims in self._normal.items():
            link = self._topology.links[name]
            used = sum(_reserved(claims.values()).values()) + link.background_bps.towards(is_ab=is_ab)
            found.append(-(-used * _PPM // link.capacity_bps.towards(is_ab=is_ab)))
        return max(found)

    def _load(self, name: str) -> LinkLoad:
        sides = [self._side((name, is_ab)) for is_ab in (True, False)]
        (ab, worst_ab, state_ab, peaks_ab), (ba, worst_ba, state_ba, peaks_ba) = sides
        return LinkLoad(
            link=name,
            reserved=Directional(sum(ab.values()), sum(ba.values())),
            by_class=pairs(ab, ba),
            worst=Directional(worst_ab, worst_ba),
            worst_state=(state_ab, state_ba),
            worst_by_class=pairs(peaks_ab, peaks_ba),
        )

    def _side(self, arc: _Arc) -> tuple[dict[str, int], int, str, dict[str, int]]:
        """Return a direction's reservations by class, the worst sum with its state, and the worst of each class."""
        claims = self._normal.get(arc, {})
        normal = _reserved(claims.values())
        pools = _by_pool(claims)
        base = sum(normal.values())
        worst, state, peaks = base, "", dict(normal)
        for elements, changed in self._changes.get(arc, {}).items():
            moved = _moved(claims, pools, changed, self._lone)
            total = base + sum(moved.values())
            if total > worst or (total == worst and state and self._names[elements] < state):
                worst, state = total, self._names[elements]
            for name, bps in moved.items():
                peaks[name] = max(normal.get(name, 0) + bps, peaks.get(name, 0))
        return normal, worst, state, peaks


def _by_pool(claims: Mapping[str, _Claim]) -> dict[tuple[str, str], list[str]]:
    """Return the demands with a claim by class and pool."""
    found: dict[tuple[str, str], list[str]] = {}
    for key, (name, pool, _, _) in claims.items():
        found.setdefault((name, pool), []).append(key)
    return found


def _moved(
    claims: Mapping[str, _Claim],
    pools: Mapping[_Pool, list[str]],
    changed: Mapping[str, _Claim | None],
    lone: Collection[_Pool],
) -> dict[str, int]:
    """Return by class how much more is reserved with some claims changed (None: taken away) than with `claims`.

    `lone` are the pools of which no other demand is anywhere.
    """
    found: dict[str, int] = {}
    touched: dict[_Pool, list[_Claim]] = {}
    for key, after in changed.items():
        for claim, sign in ((claims.get(key), -1), (after, 1)):
            if claim is None:
                continue
            name, pool, rate, limit = claim
            if (name, pool) in lone:
                found[name] = found.get(name, 0) + sign * min(rate, limit)
            elif sign < 0:
                touched.setdefault((name, pool), [])
            else:
                touched.setdefault((name, pool), []).append(claim)
    for place, new in touched.items():
        before = [claims[key] for key in pools.get(place, ())]
        kept = [claims[key] for key in pools.get(place, ()) if key not in changed]
        found[place[0]] = found.get(place[0], 0) + _together(kept + new) - _together(before)
    return found


def _together(members: Sequence[_Claim]) -> int:
    """Return what the claims of one pool reserve: no more than the largest limit of its members."""
    if not members:
        return 0
    return min(sum([claim[2] for claim in members]), max([claim[3] for claim in members]))


def _reserved(claims: Iterable[_Claim]) -> dict[str, int]:
    """Return what is reserved by class: a pool no more than the largest limit of its members."""
    pools: dict[tuple[str, str], tuple[int, int]] = {}
    for name, pool, rate, limit in claims:
        total, most = pools.get((name, pool), (0, 0))
        pools[name, pool] = total + rate, max(most, limit)
    found: dict[str, int] = {}
    for (name, _), (total, most) in pools.items():
        found[name] = found.get(name, 0) + min(total, most)
    return found
