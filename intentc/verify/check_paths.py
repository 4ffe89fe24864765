"""Whether paths are real, run between the right ends over allowed ground, and are as fast as the manifest says."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from intentc.manifest.model import Basis, LatencyEntry, PathEntry
from intentc.topology.model import Link, Topology
from intentc.values import frozen
from intentc.verify.case import Case, World
from intentc.verify.figures import basis_of, latency_of, worst_latency
from intentc.verify.ground import Ban
from intentc.verify.igp import is_drained
from intentc.verify.wanted import Bounds

_PATH, _GROUND, _FIGURE, _BOUND = "E0566", "E0567", "E0568", "E0569"


def check_paths(world: World, case: Case, paths: Sequence[PathEntry], *, state: str | None = None) -> bool:
    """Judge one set of paths (primary, or of the failure state `state`); return whether they are sound enough to go on."""
    court, where = world.court, _where(case, state)
    if not court.judge("paths", _PATH, holds=bool(paths), otherwise=f"{where} has no path", state=state):
        return False
    flaws = [flaw for path in paths if (flaw := _flaw(world.topology, path)) is not None]
    flaws += [flaw for path in paths if (flaw := _wrong_end(world, case, path, paths[0])) is not None]
    if sum(path.share_ppm for path in paths) != 1_000_000 or any(path.share_ppm <= 0 for path in paths):
        flaws.append("its shares do not add up to 1000000 ppm")
    if not court.judge("paths", _PATH, holds=not flaws, otherwise=f"{where}: {'; '.join(flaws[:2])}", state=state):
        return False
    for path in paths:
        _check_ground(world, case, path, where, state)
    return True


@frozen
class Figures:
    """Paths with the latency and basis that the manifest has for them; `state` None: the normal one."""

    paths: tuple[PathEntry, ...]
    latency_us: LatencyEntry
    basis: Basis
    state: str | None = None


def check_latency(world: World, case: Case, figures: Figures) -> None:
    """Judge the latency figures of sound paths, and the bound that holds in that state."""
    state, paths, told, basis = figures.state, figures.paths, figures.latency_us, figures.basis
    court, where = world.court, _where(case, state)
    derived = worst_latency(world, case, paths)
    holds = derived.total == told.total and (derived == told or _is_worst(world, case, paths, told))
    court.judge(
        "figures",
        _FIGURE,
        holds=holds,
        otherwise=f"{where}: the latency is told as {_parts(told)} µs, but is {_parts(derived)}",
        state=state,
    )
    bases = {basis_of(world, case, [path]) for path in paths if latency_of(world, case, path) in {derived, told}}
    court.judge(
        "figures",
        _FIGURE,
        holds=basis in bases,
        otherwise=f"{where}: the basis is told as `{basis}`, but is {' or '.join(f'`{each}`' for each in sorted(bases))}",
        state=state,
    )
    bounds = case.wanted.bounds if state is None else case.wanted.failover_bounds
    if bounds != Bounds(None, None):
        unknown = sorted(
            {link for path in paths for link in path.links if world.topology.links[link].latency_ns is None}
        )
        court.judge(
            "bounds",
            _BOUND,
            holds=not unknown,
            otherwise=f"{where}: nobody knows the latency of {', '.join(f'`{name}`' for name in unknown)}",
            state=state,
        )
    if bounds.one_way_ns is not None:
        late = f"{where}: it takes {derived.total} µs, more than the {bounds.one_way_ns // 1000} µs allowed"
        is_kept = derived.total * 1000 <= bounds.one_way_ns or may_be_late(world, case, is_failed=state is not None)
        court.judge("bounds", _BOUND, holds=is_kept, otherwise=late, state=state)


def may_be_late(world: World, case: Case, *, is_failed: bool) -> bool:
    """Return whether a waiver accepts that a latency bound is missed, normally or under failure; what has failed already does so

    for a further failure. A failover block without a bound of its own has the normal one, and its waiver.
    """
    if is_failed and world.is_degraded(case):
        return True
    is_normal = not is_failed or case.wanted.failover_bounds == case.wanted.bounds
    return world.excuses(case, *(("E0502",) if is_normal else ()), *(("E0523",) if is_failed else ()))


def check_margin(world: World, case: Case) -> None:
    """Judge what is said to be left of the bound."""
    entry = case.entry
    margin = None if entry.bound_us is None else entry.bound_us - entry.primary.latency_us.total
    said = f"{case.name}: `margin_us` is {entry.margin_us}, but {margin} µs are left"
    world.court.judge("figures", _FIGURE, holds=margin == entry.margin_us, otherwise=said)


def _is_worst(world: World, case: Case, paths: Sequence[PathEntry], told: LatencyEntry) -> bool:
    """Return whether `told` are the figures of another path that is as slow as the slowest."""
    return any(latency_of(world, case, path) == told for path in paths)


def _flaw(topology: Topology, path: PathEntry) -> str | None:
    """Return why this is no path of the network, or None."""
    if len(path.links) != len(path.path) - 1:
        return f"{len(path.path)} nodes are not joined by {len(path.links)} links"
    if unknown := next((node for node in path.path if node not in topology.nodes), None):
        return f"there is no node `{unknown}`"
    if unknown := next((link for link in path.links if link not in topology.links), None):
        return f"there is no link `{unknown}`"
    for (near, far), name in zip(pairwise(path.path), path.links, strict=True):
        link = topology.links[name]
        if {link.a.node, link.b.node} != {near, far}:
            return f"`{name}` does not join `{near}` and `{far}`"
        if not _is_usable(topology, link):
            return f"`{name}` is not in use"
    if closed := next((node for node in path.path[1:-1] if not topology.nodes[node].transit), None):
        return f"`{closed}` carries no traffic of others"
    return None


def _is_usable(topology: Topology, link: Link) -> bool:
    return link.state == "up" and not is_drained(link, topology)


def _wrong_end(world: World, case: Case, path: PathEntry, first: PathEntry) -> str | None:
    if not path.path or (path.path[0], path.path[-1]) not in case.wanted.choices:
        return f"it does not run from `{case.wanted.source.name}` to `{case.wanted.destination.name}`"
    if path.path[:1] != first.path[:1]:
        return "its paths have different starts"
    ends = {path.path[-1], *first.path[-1:]}
    places = {world.topology.nodes[end].site if end in world.topology.nodes else None for end in ends}
    if len(ends) > 1 and (None in places or len(places) > 1):
        return "its paths end at different places"
    return None


def _check_ground(world: World, case: Case, path: PathEntry, where: str, state: str | None) -> None:
    for ban in case.asked.ground.bans:
        used = sorted(ban.elements.nodes.intersection(path.path) | ban.elements.links.intersection(path.links))
        broken = f"{where}: it uses {', '.join(f'`{name}`' for name in used)} against `{ban.text}`"
        world.court.judge("restrictions", _GROUND, holds=not used, otherwise=broken, state=state)
    waypoints = case.asked.ground.waypoints
    if case.wanted.direction == "reverse":
        waypoints = waypoints[::-1]
    missed = _first_missed(path, waypoints)
    if waypoints:
        skipped = f"{where}: it does not pass `{missed.text if missed else ''}` in its turn"
        world.court.judge("restrictions", _GROUND, holds=missed is None, otherwise=skipped, state=state)


def _first_missed(path: PathEntry, waypoints: Sequence[Ban]) -> Ban | None:
    """Return the first waypoint that the path does not touch after the ones before it, or None."""
    steps: list[tuple[str | None, str]] = list(zip((None, *path.links), path.path, strict=True))
    left = list(waypoints)
    for link, node in steps:
        while left and link is not None and link in left[0].elements.links:
            left.pop(0)
        while left and node in left[0].elements.nodes:
            left.pop(0)
    return left[0] if left else None


def _where(case: Case, state: str | None) -> str:
    return case.name if state is None else f"{case.name} in `{state}`"


def _parts(entry: LatencyEntry) -> str:
    return f"{entry.propagation} + {entry.serialisation} + {entry.queueing} = {entry.total}"
