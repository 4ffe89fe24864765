"""Whether certificates from going through everything hold: hosts for requests, paths for both directions, lists of paths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from intentc.language import ast
from intentc.manifest.refusal_model import ListsEntry, PackingEntry, WalksEntry
from intentc.verify.classes import queued_ahead
from intentc.verify.failures import State
from intentc.verify.refused import NORMAL, Refused
from intentc.verify.sources import Unprovable
from intentc.verify.terrain import Arc, Terrain
from intentc.verify.wanted import Asked, Wanted

_NS_PER_US = 1000
_MOST_FILLINGS, _MOST_PATHS, _MOST_OPEN = 200_000, 20_000, 50_000
_MOST_LIST = 4  # candidate paths of an SR policy
_Path = tuple[Arc, ...]


def flaw_of_packing(refused: Refused, told: PackingEntry) -> str | None:
    """Return what is wrong with the claim that requests do not fit the hosts of a service, None if it holds."""
    service = refused.world.sources.services.get(told.service)
    if service is None or service.capacity is None:
        return f"`{told.service}` is no service with a capacity"
    try:
        most = refused.world.sources.quantity(service.capacity.rate, ast.Unit.RATE)
    except Unprovable as error:
        return f"what `{told.service}` serves cannot be told: {error.reason}"
    loads = _loads(refused, told.service, is_per_host=service.capacity.is_per_host)
    hosts = tuple(sorted(frozenset[str]().union(*(each for _, each in loads))))
    asked = sum(bps for bps, _ in loads)
    if (told.capacity_bps, told.hosts, told.asked_bps) != (most, hosts, asked):
        return f"{asked} bps are asked of {len(hosts)} hosts with {most} bps each"
    fillings = {frozenset[tuple[str, int]]()}
    for bps, allowed in sorted(loads, key=lambda item: (-item[0], len(item[1]))):
        fillings = {
            frozenset({**held, host: held.get(host, 0) + bps}.items())
            for held in map(dict, fillings)
            for host in allowed
            if held.get(host, 0) + bps <= most
        }
        if len(fillings) > _MOST_FILLINGS:
            return f"there are more than {_MOST_FILLINGS} ways to fill the hosts"
    return "they fit" if fillings else None


def _loads(refused: Refused, service: str, *, is_per_host: bool) -> list[tuple[int, frozenset[str]]]:
    """Return the rates that are asked in the state, with the hosts that may serve each: of a pool its biggest member."""
    biggest: dict[str, tuple[int, frozenset[str]]] = {}
    for asked, wanted, bps in (*_placed(refused), *_own(refused)):
        if service in wanted.towards and wanted.services is None and bps:
            nodes = {end for _, end in wanted.choices} - refused.state.failed.nodes
            planned = refused.world.topology.nodes
            up = {node for node in nodes if planned[node].state != "planned"}
            hosts = frozenset((planned[node].site or node) if is_per_host else "" for node in up)
            pool = f"{asked.name}/{wanted.rate.pool}"
            if hosts and bps > biggest.get(pool, (0, hosts))[0]:
                biggest[pool] = bps, hosts
    return list(biggest.values())


def _placed(refused: Refused) -> Iterator[tuple[Asked, Wanted, int]]:
    for group in refused.placed.values():
        case, state = group[0], refused.state
        own = next((each for each in case.wanted.promised.states if each.failed == state.failed), None)
        if not refused.is_failure or (own is not None and own.id not in case.entry.unprotected):
            yield case.asked, case.wanted, sum(_rate(each.wanted, refused) for each in group)


def _own(refused: Refused) -> Iterator[tuple[Asked, Wanted, int]]:
    for wanted in refused.asked.demands:
        is_promised = any(state.failed == refused.state.failed for state in wanted.promised.states)
        if not refused.is_failure or is_promised:
            yield refused.asked, wanted, _rate(wanted, refused)


def _rate(wanted: Wanted, refused: Refused) -> int:
    return wanted.rate.failover_bps if refused.is_failure else wanted.rate.bandwidth_bps


def flaw_of_walks(refused: Refused, told: WalksEntry) -> str | None:
    """Return what is wrong with the claim that no path does for both directions, None if it holds."""
    there, back = refused.terrain("nothing", 0), refused.terrain("nothing", 0, is_partner=True)
    if not refused.asked.clauses.has(ast.Symmetric) or there is None or back is None or refused.asked.ground.waypoints:
        return "replies need not take the same links, or there is more to it"
    if told.queueing not in {0, queued_ahead(refused.asked.traffic_class, refused.world.sources)}:
        return f"no {told.queueing} packets are assumed to queue at a hop"
    paths = _paths(there, lambda arc: there.is_usable(arc) and back.is_usable(_turned(arc)))
    if paths is None or len(paths) != told.paths:
        return "there are too many paths" if paths is None else f"there are {len(paths)} paths, not {told.paths}"
    one_way, both = refused.bound_us(is_both=False), refused.bound_us(is_both=True)
    for path in paths:
        ahead = sum(there.length_ns(arc, told.queueing) for arc in path)
        home = sum(back.length_ns(_turned(arc), told.queueing) for arc in path)
        if _is_within(max(ahead, home), one_way) and _is_within(ahead + home, both):
            return f"both directions may take {', '.join(arc.link.id for arc in path)}"
    return None


def _is_within(time_ns: int, bound_us: int | None) -> bool:
    return bound_us is None or time_ns <= bound_us * _NS_PER_US


def _turned(arc: Arc) -> Arc:
    return Arc(arc.link, arc.head, arc.tail)


def flaw_of_lists(refused: Refused, told: ListsEntry) -> str | None:
    """Return what is wrong with the claim that no list of fixed paths serves all promised states, None if it holds."""
    states = (NORMAL, *refused.wanted.promised.states)
    fields = [
        Terrain(refused.world, refused.asked, refused.wanted, state.failed, state is not NORMAL, 0, None)
        for state in states
    ]
    is_plain = len(fields[0].sources) == len(fields[0].ends) == 1
    is_plain &= all((field.sources, field.ends) == (fields[0].sources, fields[0].ends) for field in fields)
    if not is_plain or refused.asked.ground.waypoints or told.size != _MOST_LIST or refused.asked.is_spread:
        return "it is not about one path from one node to another one, or not about lists of four"
    found = _paths(fields[0], lambda arc: any(field.is_usable(arc) for field in fields))
    if found is None:
        return "there are too many paths"
    kinds = [_kind(refused, states, fields, path) for path in found]
    able = [kind for kind in kinds if kind[1]]
    if len(able) != told.paths:
        return f"there are {len(able)} paths, not {told.paths}"
    return _flaw_of_kinds(frozenset(range(len(states))), set(able))


def _flaw_of_kinds(every: frozenset[int], kinds: Iterable[tuple[frozenset[int], frozenset[int]]]) -> str | None:
    """Return that a list serves every state, or that nobody can tell."""
    known = sorted(kinds, key=lambda kind: (sorted(kind[0]), sorted(kind[1])))
    left = {every}
    for length in range(1, _MOST_LIST + 1):
        left = {still - whole for still in left for whole, right in known if whole & still and whole & still <= right}
        if frozenset() in left:
            return f"a list of {length} paths serves every state"
        if len(left) > _MOST_OPEN:
            return "there are too many lists"
    return None


def _kind(
    refused: Refused, states: tuple[State, ...], fields: Iterable[Terrain], path: _Path
) -> tuple[frozenset[int], frozenset[int]]:
    """Return the states in which a path is whole, and those in which it keeps the bound and may be used besides."""
    whole: set[int] = set()
    right: set[int] = set()
    for at, (state, field) in enumerate(zip(states, fields, strict=True)):
        if any(field.holds("failed", arc) for arc in path):
            continue
        whole.add(at)
        bounds = [refused.wanted.failover_bounds.one_way_ns] + [refused.wanted.bounds.one_way_ns] * (state is NORMAL)
        time = sum(field.length_ns(arc, 0) for arc in path)
        in_time = all(_is_within(time, bound and bound // _NS_PER_US) for bound in bounds)
        if in_time and all(field.is_usable(arc) for arc in path):
            right.add(at)
    return frozenset(whole), frozenset(right)


def _paths(terrain: Terrain, is_usable: Callable[[Arc], bool]) -> list[_Path] | None:
    """Return all paths to the first end that come to no node twice; None where they are too many to go through."""
    leaving: dict[str, list[Arc]] = {}
    for arc in terrain.arcs:
        if is_usable(arc):
            leaving.setdefault(arc.tail, []).append(arc)
    found: list[_Path] = []
    pending: list[tuple[str, _Path, frozenset[str]]] = [
        (start, (), frozenset({start})) for start in terrain.sources - terrain.ends
    ]
    steps = 0
    while pending:
        here, path, seen = pending.pop()
        steps += 1
        if steps > _MOST_PATHS * 10:
            return None
        if here in terrain.ends:
            found.append(path)
            continue
        pending += [
            (arc.head, (*path, arc), seen | {arc.head}) for arc in leaving.get(here, ()) if arc.head not in seen
        ]
    return found if len(found) <= _MOST_PATHS else None
