"""Placing a demand and its replies together: the best replica for which both directions hold."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from intentc.forwarding.figures import worst_latency
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.attempt import MayLack, attempt
from intentc.place.check import Lack, Shortfall, Terms
from intentc.place.context import Context
from intentc.place.entrances import Entrances
from intentc.place.goals import COST, LATENCY, find_by_goal, goal_length
from intentc.place.landings import other_landings, shunned_in
from intentc.place.preferences import Score, find_preferred, likings_of
from intentc.place.primary import Avoid, NoPrimary, Primary, find_primary, fullest_ppm
from intentc.place.reach import fastest_us
from intentc.place.roles import Ends, Role, Setback, Variation
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.values import frozen, replace

MOST_LANDED = 4  # tries per source at requests that end where their replies find a way
MOST_MIRRORED = 24  # tries at a path that both directions can take

_PLAIN = Variation()


@frozen
class Unit:
    """A forward demand with its replies, or a demand alone."""

    forward: Task
    reply: Task | None

    @property
    def is_symmetric(self) -> bool:
        """Return whether both directions have to take the same links."""
        return self.reply is not None and self.forward.demand.is_symmetric

    @property
    def tasks(self) -> tuple[Task, ...]:
        return (self.forward,) if self.reply is None else (self.forward, self.reply)


@frozen
class Outcome:
    """Trials that hold for all directions (the forward one first), or what stood in the way at the best replica."""

    trials: tuple[Trial, ...]
    setbacks: tuple[Setback, ...]


def place_unit(context: Context, unit: Unit, may_lack: MayLack) -> Outcome:
    """Place both directions of a demand at the first replica where that is possible now; only then they are in the books."""
    if unit.is_symmetric:
        return place_mirrored(context, unit, _options(context, unit), may_lack)
    first: list[Setback] = []
    for chosen in _options(context, unit):
        outcome = _place_from(context, unit, chosen, may_lack)
        if outcome.trials:
            return outcome
        first = first or list(outcome.setbacks)
    return Outcome((), tuple(first or [_nobody(unit.forward)]))


def _place_from(context: Context, unit: Unit, chosen: Ends, may_lack: MayLack) -> Outcome:
    """Place both directions of a demand from its first choice of ends on; requests end elsewhere where their replies find no way from there."""
    first: list[Setback] = []
    pending = deque([_PLAIN])
    for _ in range(MOST_LANDED):
        if not pending:
            break
        start = pending.popleft()
        role = context.drafts.role(context, unit, chosen) or forward_role(context, unit, chosen, start)
        forward = attempt(context, unit.forward, role, may_lack, start)
        if not isinstance(forward, Trial):
            first = first or forward
            continue
        if unit.reply is None:
            return Outcome((forward,), ())
        failed: list[Setback] = []
        for role in reply_roles(unit.reply, forward):
            reply = attempt(context, unit.reply, role, may_lack)
            if isinstance(reply, Trial):
                return Outcome((forward, reply), ())
            first = first or reply
            failed += reply
        forward.withdraw()
        pending.extend(other_landings(unit.forward, start, failed))
    return Outcome((), tuple(first))


def place_mirrored(context: Context, unit: Unit, options: Sequence[Ends], may_lack: MayLack) -> Outcome:
    """Place both directions over the same links, at the first replica where a path is found that both can take.

    Requests go first; where replies cannot follow in all states, requests leave out one link after the other of those they took.
    """
    first: list[Setback] = []
    for chosen in options:
        pending, seen = deque([Variation()]), {Variation()}
        role = forward_role(context, unit, chosen)
        for _ in range(MOST_MIRRORED):
            if not pending:
                break
            start = pending.popleft()
            forward = attempt(context, unit.forward, role, may_lack, start)
            if not isinstance(forward, Trial):
                first = first or forward
                continue
            (mirrored,) = reply_roles(mirror_of(unit), forward)
            reply = attempt(context, mirror_of(unit), mirrored, may_lack)
            if isinstance(reply, Trial):
                return Outcome((forward, reply), ())
            taken = sorted(forward.normal.taken.arcs)
            forward.withdraw()
            first = first or [_unmirrored(setback) for setback in reply]
            others = [replace(start, banned=start.banned | {arc}) for arc in taken]
            pending.extend(other for other in others if other not in seen)
            seen.update(others)
    return Outcome((), tuple(first or [_nobody(unit.forward)]))


def mirror_of(unit: Unit) -> Task:
    """Return the replies of a demand that has some."""
    if unit.reply is None:
        raise ValueError("there are no replies")
    return unit.reply


def _unmirrored(setback: Setback) -> Setback:
    """Return a setback of replies that follow the requests: what they fall short of on another way says nothing."""
    lack = setback.shortfall if setback.shortfall.lack is Lack.SERVICE else Shortfall(Lack.MIRROR)
    return replace(setback, shortfall=lack, has_given_up=True)


def _nobody(task: Task) -> Setback:
    """Return the setback of a demand none of whose ends exists yet."""
    role = Role(lambda _outage: (), lambda _outage: None)
    return Setback(task, role, NORMAL, Shortfall(Lack.ARRIVAL), has_given_up=False)


def _options(context: Context, unit: Unit) -> list[Ends]:
    """Return the ends to try: by what is preferred, by cost where that is to be small, by latency, then by how full links get,
    then by name; those without a primary path last.
    """
    task = unit.forward
    options = [Ends(index, start) for index, group in enumerate(task.groups) for start in group.sources]
    if len(options) <= 1:
        return options
    return sorted(options, key=lambda ends: _preference(context, unit, ends))


def _preference(context: Context, unit: Unit, ends: Ends) -> tuple[bool, Score, int, int, int, str]:
    task, network = unit.forward, context.network
    group = task.groups[ends.group]
    course = context.realiser.course(task.packets(group), group.families, frozenset(), (ends.start,))
    terms = Terms(task, group, NORMAL, forward_role(context, unit, ends).bound_us(NORMAL))
    found: Primary | NoPrimary | None = None
    if task.demand.preferences:
        found = find_preferred(context, terms, course, ends.start, Avoid())
    elif task.demand.goal in {LATENCY, COST}:
        found = find_by_goal(context, terms, course, ends.start, Avoid())
    if not isinstance(found, Primary) or found.taken.fault is not None:
        found = find_primary(context, terms, course, ends.start)
    name = min(candidate.destination.node for candidate in group.candidates)
    kept = context.kept.demands.get(task.demand.key)
    if kept is not None and kept[0] in group.candidates and kept[0].source.node == network.nodes[ends.start]:
        return False, (), -2, 0, 0, name
    proposal = context.proposals.get(task.demand.key)
    if proposal is not None and proposal.start == ends.start:
        return False, (), -1, 0, 0, name
    if isinstance(found, NoPrimary) or found.taken.fault is not None:
        return True, (), 0, 0, 0, name
    latency = worst_latency(network, found.taken.trails, task.ahead).total
    score = likings_of(network, task.demand).of_walk(network, found.taken)
    cost = sum(map(goal_length(context, terms), found.taken.arcs)) if task.demand.goal == COST else 0
    return False, score, cost, latency, fullest_ppm(context, found.taken, task.claim), name


def forward_role(context: Context, unit: Unit, chosen: Ends, start: Variation = _PLAIN) -> Role:
    """Return what a forward demand has to do: it leaves to its replies the time of their fastest path."""
    task, reply = unit.forward, unit.reply
    own, ends = _Bounds(task), Entrances(context.network, task, chosen)
    mirror = reply if unit.is_symmetric else None
    if own.are_one_way:
        return Role(ends.in_state, own.one_way_us, mirror=mirror, is_even=True)
    fastest: dict[Outage, int] = {}

    def bound_us(outage: Outage) -> int | None:
        one_way, total = own.of(outage)
        if total is not None and reply is not None:
            if outage not in fastest:
                landings = task.groups[chosen.group].accepted - shunned_in(start, outage)
                fastest[outage] = fastest_us(context, reply, outage, landings) or 0
            total -= fastest[outage]
        return one_way if total is None else _least(one_way, total)

    return Role(ends.in_state, bound_us, mirror=mirror)


class _Bounds:
    """The bounds of a task, one way and both, which are the same in all failure states."""

    def __init__(self, task: Task) -> None:
        self._task = task
        self._normal: tuple[int | None, int | None] | None = None  # once asked for
        self._failed: tuple[int | None, int | None] | None = None

    @property
    def are_one_way(self) -> bool:
        """Whether there is none for both ways together: then they are the same in all failure states."""
        failover = self._task.demand.failover
        return self._task.demand.rtt_bound_ns is None and (failover is None or failover.rtt_bound_ns is None)

    def of(self, outage: Outage) -> tuple[int | None, int | None]:
        """Return the bounds in a state."""
        if outage is NORMAL:
            if self._normal is None:
                self._normal = self._task.bound_us(NORMAL), self._task.round_trip_us(NORMAL)
            return self._normal
        if self._failed is None:
            self._failed = self._task.bound_us(outage), self._task.round_trip_us(outage)
        return self._failed

    def one_way_us(self, outage: Outage) -> int | None:
        """Return the one-way bound in a state."""
        return self.of(outage)[0]


def reply_roles(task: Task, forward: Trial) -> Iterator[Role]:
    """Yield what replies may have to do: one role for each node where the forward packets end normally."""
    for home in forward.landings(NORMAL):
        yield _reply_role(task, forward, home)


def _reply_role(task: Task, forward: Trial, home: int) -> Role:
    """Return what replies have to do: they start where the forward packets end, and have the time that these leave.

    Of several nodes where these end, that is `home` as long as it is one of them, else the first.
    """

    def ends_in(outage: Outage) -> Sequence[Ends]:
        landings = forward.landings(outage)
        landing = home if home in landings else landings[0]
        found = [Ends(index, landing) for index, group in enumerate(task.groups) if landing in group.sources]
        found = found or [Ends(index, group.sources[0]) for index, group in enumerate(task.groups)]
        return [ends for ends in found if ends.start not in outage.nodes]

    own = _Bounds(task)

    def bound_us(outage: Outage) -> int | None:
        one_way, total = own.of(outage)
        return one_way if total is None else _least(one_way, total - forward.latency_us(outage))

    lacking = {setback.outage for setback in forward.lacking}

    def only(outage: Outage) -> frozenset[int] | None:
        if not task.demand.is_symmetric or outage in lacking:
            return None
        return frozenset(arc ^ 1 for arc in forward.carried_in(outage).taken.arcs)

    return Role(ends_in, bound_us, forward.states, only, is_even=own.are_one_way)


def _least(*bounds: int | None) -> int | None:
    return min((bound for bound in bounds if bound is not None), default=None)
