"""Whether traffic is back in time after a failure: what the manifest says of detection and repair."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.manifest.model import ProtectionEntry
from intentc.topology.model import Bfd, Link, Topology
from intentc.verify.case import Case, World
from intentc.verify.check_policies import own_policy, relies_on_igp

_CODE = "E0574"
_PROVIDER_BFD = Bfd(interval_us=300_000, multiplier=3)  # language.md: what a `platform: none` node answers
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


def _check_detection(world: World, case: Case, told: ProtectionEntry) -> None:
    """Judge detector and detection; where the topology has the timers of every link, they settle both."""
    least, is_all = _detection_us(world.topology, case)
    if own_policy(case) is not None and case.entry.mechanism != "flex-algo":  # an algorithm converges as the IGP does
        # The head-end's own S-BFD is a figure of its target; what the IGP repairs takes at least the links' own detection.
        least, is_all = (least if relies_on_igp(world, case) else 0), False
    at_least = -(-least // _US_PER_MS)
    wrong = f"{case.name}: {told.detector} is said to detect in {told.detect_ms} ms, but the topology's own timers take {at_least} ms by bfd"
    holds = (told.detector, told.detect_ms) == ("bfd", at_least) if is_all else told.detect_ms >= at_least
    world.court.judge("protection", _CODE, holds=holds and told.repair_ms >= 0, otherwise=wrong)


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
