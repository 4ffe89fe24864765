"""Whether traffic is back in time after a failure: what the manifest says of detection and repair."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import networkx as nx

from intentc.manifest.model import ProtectionEntry, RepairEntry
from intentc.topology.model import Bfd, Link, Topology
from intentc.verify.behaviour import common_ends, fences
from intentc.verify.case import Case, World
from intentc.verify.check_policies import own_policy, relies_on_igp
from intentc.verify.policies import lists_of
from intentc.verify.repairs import NotRepairedError, needed_repairs

_CODE = "E0574"
_PROVIDER_BFD = Bfd(interval_us=300_000, multiplier=3)  # language.md: what a `platform: none` node answers
_DETECTORS = ("bfd", "igp", "carrier")
_US_PER_MS = 1000
_NS_PER_MS = 1_000_000


def check_repair(world: World, case: Case) -> None:
    """Judge what is said of the time to repair: there where failures break the path, and only where something is promised."""
    within_ns, told, court = case.wanted.within_ns, case.entry.protection, world.court
    is_needed = within_ns is not None and _is_breakable(case)
    if told is None:
        without = f"{case.name}: failures break its path, but nothing is said of the time to repair"
        court.judge("protection", _CODE, holds=not is_needed, otherwise=without)
    elif within_ns is None:
        court.deny(_CODE, f"{case.name}: nothing is promised under failure, but a time to repair is told")
    else:
        total = told.detect_ms + told.repair_ms
        late = f"{case.name}: detection ({told.detect_ms} ms) and repair ({told.repair_ms} ms) take longer than {within_ns // _NS_PER_MS} ms"
        is_late = is_needed and total * _NS_PER_MS > within_ns and not world.excuses(case, "E0620")
        court.judge("protection", _CODE, holds=not is_late, otherwise=late)
        _check_detection(world, case, told)
    _check_local(world, case)


def _check_local(world: World, case: Case) -> None:
    """Judge the ports that are said to repair locally: all that have to, no others, and that this is enough."""
    told = case.entry.repairs
    if not told:
        return
    name, court = case.name, world.court
    if not court.judge(
        "protection", _CODE, holds=case.entry.protection is not None, otherwise=f"{name}: repairs what nobody protects"
    ):
        return
    try:
        needed = needed_repairs(world, case)
    except NotRepairedError as problem:
        court.deny(_CODE, f"{name}: local repair is counted on, but {problem}")
        return
    other = f"{name}: the ports that have to repair locally are {_shown(needed)}, not {_shown(told)}"
    court.judge("protection", _CODE, holds=needed == told, otherwise=other)


def check_repair_ports(world: World, cases: Iterable[Case]) -> None:
    """Judge all local repair together: what it labels passes no fence, and no port is asked for two things at once.

    Fences do not see labelled packets, so nothing is repaired where packets come to that fences hold back. An adjacency
    segment is not to be repaired: its candidate path counts on going down with the link.
    """
    known = list(cases)
    repairing = [case for case in known if case.entry.repairs]
    if not repairing:
        return
    held = frozenset[str]().union(*(_held(world, case) for case in known))
    named = {segment for case in known for segment in _segments(case)}
    kinds: dict[tuple[str, str], set[str]] = {}
    for case in repairing:
        world.court.intent, world.court.span = case.asked.name, case.asked.declaration.name.span
        for port in case.entry.repairs:
            asked = kinds.setdefault((port.node, port.link), set())
            asked.add(port.protects)
            where = f"{case.name}: `{port.node}` repairs link `{port.link}` locally, but"
            for holds, why in (
                (port.node not in held, "packets with fences come there"),
                (f"{port.link}@{port.node}" not in named, "a segment list names that link"),
                (not asked >= {"link", "node"}, "also has to go around the node behind it"),
            ):
                world.court.judge("protection", _CODE, holds=holds, otherwise=f"{where} {why}")


def _held(world: World, case: Case) -> frozenset[str]:
    """Return the nodes that a demand's packets come to as long as the fences hold; none without fences."""
    if not case.asked.ground.bans:
        return frozenset()
    fenced = fences(world.topology, case.asked.ground, common_ends(world, case))
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(source for source, _ in case.wanted.choices)
    graph.add_edges_from(
        (link.a.node, link.b.node)
        for link in world.topology.links.values()
        if link.state != "planned" and link.id not in fenced
    )
    sources = {source for source, _ in case.wanted.choices}
    return frozenset().union(*(nx.node_connected_component(graph, source) for source in sources))


def _segments(case: Case) -> Iterator[str]:
    for policy in case.entry.policies:
        for candidate in policy.candidates:
            for _, segments in lists_of(candidate):
                yield from segments


def _shown(repairs: tuple[RepairEntry, ...]) -> str:
    return ", ".join(f"`{item.link}` at `{item.node}` ({item.protects})" for item in repairs) or "none"


def _check_detection(world: World, case: Case, told: ProtectionEntry) -> None:
    """Judge detector and detection; where the topology has the timers of every link, they settle both."""
    least, is_all = _detection_us(world.topology, case)
    detectors: tuple[str, ...] = _DETECTORS
    if own_policy(case) is not None and case.entry.mechanism != "flex-algo":  # an algorithm converges as the IGP does
        # The head-end's own S-BFD is a figure of its target; what the IGP repairs takes at least the links' own detection.
        relies = relies_on_igp(world, case)
        detectors = _DETECTORS if relies and not is_all else _DETECTORS[:1]
        least, is_all = (least if relies else 0), False
    at_least = -(-least // _US_PER_MS)
    wrong = f"{case.name}: {told.detector} is said to detect in {told.detect_ms} ms, but the topology's own timers take {at_least} ms by bfd"
    holds = (told.detector, told.detect_ms) == ("bfd", at_least) if is_all else told.detect_ms >= at_least
    holds = holds and told.detector in detectors
    world.court.judge("protection", _CODE, holds=holds and told.repair_ms >= 0, otherwise=wrong)


def _is_breakable(case: Case) -> bool:
    paths = case.entry.primary.paths
    return any(state.failed.breaks(paths) for state in case.wanted.promised.states)


def _detection_us(topology: Topology, case: Case) -> tuple[int, bool]:
    """Return the slowest detection that the topology itself settles, and whether it settles that of every link.

    RFC 5880, section 6.8.4: multiplier times interval, each the larger of what both ends have.
    """
    names = {name for path in case.entry.primary.paths for name in path.links}
    names |= {item.link for item in case.entry.repairs if item.link in topology.links}
    found = [_on_link(topology, topology.links[name]) for name in sorted(names)]
    known = [value for value in found if value is not None]
    return max(known, default=0), len(known) == len(found)


def _on_link(topology: Topology, link: Link) -> int | None:
    timers = list(_timers(topology, link))
    if len(timers) < 2:
        return None
    return max(timer.interval_us for timer in timers) * max(timer.multiplier for timer in timers)


def _timers(topology: Topology, link: Link) -> Iterator[Bfd]:
    for end in (link.a, link.b):
        node = topology.nodes[end.node]
        timer = node.bfd or (_PROVIDER_BFD if node.platform == "none" else topology.routing.bfd)
        if timer is not None:
            yield timer
