"""Placing one demand: tries with other primaries and another order of states until one holds, within a fixed effort."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.check import Lack, Shortfall
from intentc.place.context import Context
from intentc.place.covers import find_cover
from intentc.place.diagnose import is_hopeless
from intentc.place.direct import place_directly
from intentc.place.goals import STABILITY
from intentc.place.primary import UTILISATION_LIMIT_PPM, fullest_ppm
from intentc.place.rescue import Known
from intentc.place.reservation import Shortage
from intentc.place.roles import Role, Setback, Variation, without_room
from intentc.place.tasks import Task
from intentc.place.trial import MOST_SETBACKS, Trial
from intentc.place.widths import too_narrow
from intentc.values import replace

MOST_TRIALS = 12
# From the first try on that got as far as failure states: the more of them lack room, the less others are worth.
_FEW = 4  # states without room that are worth settling first, and spares seeking with the primary path
_MOST_SETTLED = ((_FEW, 5), (MOST_SETBACKS, 3))  # by up to how many of them, tries with it
_LEAST_SETTLED = 2
_MOST_WIDENED = 3  # searches off links that are too narrow: a longer way round may take more labels


MayLack = Callable[[Setback], bool]  # whether a waiver accepts that a failure state stays without a path


_PLAIN = Variation()


def attempt(
    context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation = _PLAIN
) -> Trial | list[Setback]:
    """Return a trial that holds in all promised states and is in the books, or what stood in the way of the first one.

    Where its packets do not fit some links with their labels, others are sought off all such links; one that finds none
    stays, and is for the stage that judges sizes.
    """
    direct = place_directly(context, task, role) if start == _PLAIN else None
    if direct is not None:
        return direct
    first = _attempt_any(context, task, role, may_lack, start)
    found, closed = first, frozenset[int]()
    for _ in range(_MOST_WIDENED):
        narrow = too_narrow(context, found) if isinstance(found, Trial) else frozenset()
        if not isinstance(found, Trial) or not narrow or task.demand.is_symmetric:
            break
        found.withdraw()
        closed |= narrow
        found = _attempt_any(context, replace(task, barred=task.barred | closed), role, may_lack, start)
    if found is first or (isinstance(found, Trial) and not too_narrow(context, found)):
        return found
    if isinstance(found, Trial):
        found.withdraw()
    if isinstance(first, Trial):
        first.enter()
    return first


def _attempt_any(
    context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation
) -> Trial | list[Setback]:
    """Return the same, whatever the sizes of packets.

    Every try keeps what `start` leaves out. The steering of an earlier build is tried before all others. Where the IGP's own
    path does not do, that of a Flexible Algorithm is preferred to steering along a path. What the mechanism that a
    device prefers cannot do is left to the next one.
    """
    found = _by_algorithm(context, task, role, may_lack, start)
    if isinstance(found, Trial) or not _has_second(context, task):
        return found
    second = _along_paths(context, task, role, may_lack, replace(start, is_second=True))
    return second if isinstance(second, Trial) else found


def _has_second(context: Context, task: Task) -> bool:
    """Return whether some device that packets enter at can lead them along paths by more than one mechanism."""
    ends = ((task.packets(group), group.families, start) for group in task.groups for start in group.sources)
    return any(len(context.realiser.means(*each)) > 1 for each in ends)


def _along_paths(
    context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation
) -> Trial | list[Setback]:
    """Return a trial on the preferred path, else on any."""
    found = _attempt(context, task, role, may_lack, start)
    if task.demand.preferences and not isinstance(found, Trial):  # better any path than the preferred one or none
        indifferent = _attempt(context, task, role, may_lack, replace(start, is_indifferent=True))
        found = indifferent if isinstance(indifferent, Trial) else found
    return found


def _by_algorithm(
    context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation
) -> Trial | list[Setback]:
    """Return a trial along a path, or on the way of a Flexible Algorithm that does as well."""
    found = _along_paths(context, task, role, may_lack, start)
    for variation in _algorithms(context, task, role, found, start):
        if isinstance(found, Trial):
            found.withdraw()
        trial = Trial(context, task, role, variation)
        if not _try(trial, role, may_lack)[0]:
            if not isinstance(found, Trial):
                return trial
            trial.withdraw()
            if _is_preferred(context, trial, found):
                trial.enter()
                trial.give_reasons_of(found)
                return trial
        if isinstance(found, Trial):
            found.enter()
    return found


def _algorithms(
    context: Context, task: Task, role: Role, found: Trial | list[Setback], start: Variation
) -> Iterator[Variation]:
    """Yield a try for each Flexible Algorithm that may carry the demand, where it is not carried by the IGP or as before."""
    if isinstance(found, Trial):
        is_steered = any(course.rules or course.policies for course in found.courses.values())
        if not is_steered or found.variation.is_kept:
            return
    for ends in role.ends_in(NORMAL)[:1]:
        packets = task.packets(task.groups[ends.group])
        for number in context.realiser.algorithms(packets, ends.start):
            yield replace(start, algorithm=number)


def _is_preferred(context: Context, trial: Trial, other: Trial) -> bool:
    """Return whether the way of an algorithm does as well as a path that takes more state; neither is in the books."""
    claim, ways = trial.task.claim, (trial.normal.taken, other.normal.taken)
    if trial.task.demand.goal != STABILITY and not ways[0].is_like(ways[1]):
        return False
    if [item.off for item in trial.found.standings] > [item.off for item in other.found.standings]:
        return False
    if {setback.outage for setback in trial.lacking} - {setback.outage for setback in other.lacking}:
        return False
    if not claim.rate_bps:
        return True
    if context.is_wasteful(trial.task, claim, ways[0], most=len(ways[1].trails)):
        return False
    fills = [fullest_ppm(context, taken, claim) for taken in ways]
    return fills[0] <= max(UTILISATION_LIMIT_PPM, fills[1])


def _attempt(context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation) -> Trial | list[Setback]:
    """Return a trial that the IGP and steering along paths make hold, or what stood in the way of the first one.

    What a try suggests that got as far as failure states goes before what others do: these left out too little.
    """
    if start == _PLAIN and _was_steered(context, task, role):
        trial = Trial(context, task, role, Variation(is_kept=True))
        if not _try(trial, role, may_lack)[0]:
            return trial
    pending, known = deque([start]), Known()
    seen = set(pending)
    first, early = list[Setback](), list[Setback]()
    looked_at, suspects = set[Outage](), dict[Outage, None]()
    left, later = MOST_TRIALS, deque[Variation]()
    while left and (pending or later):
        left -= 1
        trial = Trial(context, task, role, (pending or later).popleft(), known)
        is_brief = bool(first) and len(pending) >= left  # what it suggests would not be tried any more
        setbacks, others = _try(trial, role, may_lack, tuple(suspects) if is_brief else None)
        if not setbacks:
            return trial
        if trial.is_settled:
            left = left if first else min(left, _most_further(setbacks))
            first = first or setbacks
            suspects |= dict.fromkeys(setback.outage for setback in setbacks)
        # whether a state is hopeless depends on what others have reserved, not on what this try did
        fresh = [setback for setback in setbacks if setback.outage not in looked_at]
        hopeless = [setback for setback in fresh if is_hopeless(context, setback)]
        if hopeless:
            return hopeless if early else setbacks
        early = early or setbacks
        looked_at.update(setback.outage for setback in fresh if not setback.has_given_up)
        for other in others:
            if other not in seen:
                seen.add(other)
                (pending if trial.is_settled or other.is_wary else later).append(other)
    is_trapped = not start.banned and any(setback.outage is not NORMAL for setback in first)
    is_trapped = is_trapped and without_room(first) <= _FEW
    return (_with_cover(context, task, role, may_lack, start) if is_trapped else None) or first or early


def _most_further(setbacks: Sequence[Setback]) -> int:
    """Return how many more tries there are after the first one that failure states stopped."""
    full = without_room(setbacks)
    return next((tries - 1 for states, tries in _MOST_SETTLED if full <= states), _LEAST_SETTLED - 1)


def _with_cover(context: Context, task: Task, role: Role, may_lack: MayLack, start: Variation) -> Trial | None:
    """Return a trial that follows a primary and spares sought together, where the search state by state got trapped."""
    key = task.demand.key
    plan = find_cover(context, task, role) if key not in context.plans else None
    if plan is None:
        return None
    context.plans[key] = plan
    try:
        trial = Trial(context, task, role, start)
        return None if _try(trial, role, may_lack, ())[0] else trial
    finally:
        del context.plans[key]


def _was_steered(context: Context, task: Task, role: Role) -> bool:
    """Return whether an earlier build steered a demand from where it begins now; what only had to keep still is as good as new."""
    found = context.kept.demands.get(task.demand.key)
    if found is None or not found[1].is_steered or task.demand.goal != STABILITY or task.demand.preferences:
        return False
    ends = role.ends_in(NORMAL)[0]
    candidates = task.groups[ends.group].candidates
    is_there = found[0] in candidates and context.network.nodes[ends.start] == found[0].source.node
    known = context.network, task.demand, candidates
    return is_there and context.kept.rules(*known) is not None and context.kept.policies(*known) is not None


def _try(
    trial: Trial, role: Role, may_lack: MayLack, suspects: Sequence[Outage] | None = None
) -> tuple[list[Setback], list[Variation]]:
    """Return what stands in the way of a trial, and the variations that may help; no setbacks when it holds.

    `suspects` as in `Trial.settle_failures`.
    """
    setback = trial.settle_normal()
    if setback is not None:
        return [setback], []
    clash = trial.early_clash()
    if clash is not None:
        return _clashing(trial, role, clash)
    setbacks = trial.settle_failures(may_lack, suspects)
    if setbacks:
        return setbacks, list(_around(trial, setbacks))
    trial.enter()
    overfull, clash = trial.overfull(), trial.clash()
    if overfull or clash is not None:
        trial.withdraw()
    if overfull:
        variation = replace(trial.variation, unsteered=trial.variation.unsteered | overfull)
        return [_late(trial, role, Shortfall(Lack.TABLES, node=min(overfull)))], [variation]
    if clash is not None:
        return _clashing(trial, role, clash)
    if (crowd := trial.crowd()) is not None:
        trial.withdraw()
        return [replace(_late(trial, role, Shortfall(Lack.SERVICE, crowd=crowd)), outage=crowd.outage)], []
    return [], []


def _clashing(trial: Trial, role: Role, clash: Shortage) -> tuple[list[Setback], list[Variation]]:
    """Return the setback of a path that takes what others need on an arc, if only for its labels, and other paths to try."""
    labels = trial.labels_for(clash)
    shortfall = Shortfall(Lack.CAPACITY, link=clash.arc >> 1, missing_bps=clash.missing_bps, labels=labels)
    others = [
        *((replace(trial.variation, labels=labels),) if labels > trial.variation.labels else ()),
        replace(trial.variation, is_wary=True),
        replace(trial.variation, banned=trial.variation.banned | trial.arcs_over(clash.arc)),
    ]
    late = replace(_late(trial, role, shortfall), outage=clash.outage)
    return [late], [*others, *_other_primaries(trial)]


def _late(trial: Trial, role: Role, shortfall: Shortfall) -> Setback:
    return Setback(trial.task, role, trial.normal.outage, shortfall, has_given_up=True)


def _around(trial: Trial, setbacks: list[Setback]) -> Iterator[Variation]:
    """Yield the same primary with the failed states settled first, then other primaries."""
    states = tuple(setback.outage for setback in setbacks)
    is_new = not set(states) <= set(trial.variation.first)
    if is_new and without_room(setbacks) <= _FEW and len(trial.states) + len(states) > 1:
        yield replace(
            trial.variation, first=(*states, *(state for state in trial.variation.first if state not in states))
        )
    yield from _other_primaries(trial, frozenset().union(*(state.links for state in states)))


def _other_primaries(trial: Trial, failed: frozenset[int] = frozenset()) -> Iterator[Variation]:
    arcs = trial.normal.taken.arcs
    for arc in sorted(arcs, key=lambda arc: (arc >> 1 not in failed, arc)):
        yield replace(trial.variation, banned=trial.variation.banned | {arc}, first=())
