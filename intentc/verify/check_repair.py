"""Whether traffic is back in time after a failure: what the manifest says of detection and repair."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.topology.model import Bfd, Link, Topology
from intentc.verify.case import Case, World

_CODE = "E0574"
_PROVIDER_BFD = Bfd(interval_us=300_000, multiplier=3)  # language.md: what a `platform: none` node answers
_US_PER_MS = 1000
_NS_PER_MS = 1_000_000


def check_repair(world: World, case: Case) -> None:
    """Judge the protection of a demand that is promised one."""
    within_ns, told = case.wanted.within_ns, case.entry.protection
    if within_ns is None or not _is_breakable(case):
        return
    court = world.court
    if told is None:
        court.deny(_CODE, f"{case.name}: failures break its path, but nothing is said of the time to repair")
        return
    total = told.detect_ms + told.repair_ms
    late = f"{case.name}: detection ({told.detect_ms} ms) and repair ({told.repair_ms} ms) take longer than {within_ns // _NS_PER_MS} ms"
    court.judge("protection", _CODE, holds=total * _NS_PER_MS <= within_ns, otherwise=late)
    least, is_all = _detection_us(world.topology, case)
    at_least = -(-least // _US_PER_MS)
    wrong = f"{case.name}: `detect_ms` is {told.detect_ms}, but the topology's own timers take {at_least} ms"
    holds = told.detect_ms == at_least if is_all and told.detector == "bfd" else told.detect_ms >= at_least
    court.judge("protection", _CODE, holds=holds and told.repair_ms >= 0, otherwise=wrong)


def _is_breakable(case: Case) -> bool:
    paths = case.entry.primary.paths
    return any(state.failed.breaks(paths) for state in case.wanted.promised.states)


def _detection_us(topology: Topology, case: Case) -> tuple[int, bool]:
    """Return the slowest detection that the topology itself settles, and whether it settles that of every link.

    RFC 5880, section 6.8.4: multiplier times interval, each the larger of what both ends have.
    """
    found = [_on_link(topology, topology.links[name]) for path in case.entry.primary.paths for name in path.links]
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
