"""The steps of a chain that are placed so far, in the order in which they were."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.attempt import MayLack, attempt
from intentc.place.chain_tasks import Ban, ChainTask, Limits, Option
from intentc.place.context import Context
from intentc.place.roles import Ends, Landing, Role, Setback, Variation
from intentc.place.tasks import Task
from intentc.place.trial import Trial
from intentc.place.unit import Unit, forward_role, reply_roles
from intentc.values import frozen, replace


@frozen
class Entry:
    """A demand with its replies in the books, as it was asked for."""

    key: str
    option: Option
    limits: Limits
    forward: Trial
    reply: Trial

    @property
    def trials(self) -> tuple[Trial, Trial]:
        return self.forward, self.reply

    @cached_property
    def changes(self) -> frozenset[Outage]:
        """The failure states in which a direction goes another way than normally, or has none."""
        lacking = {setback.outage for trial in self.trials for setback in trial.lacking}
        return frozenset(self.forward.states) | frozenset(self.reply.states) | lacking

    @cached_property
    def promised(self) -> frozenset[Outage]:
        """The failure states that are promised and have a path both ways."""
        lacking = {setback.outage for trial in self.trials for setback in trial.lacking}
        return frozenset(self.forward.task.outages) - lacking

    @cached_property
    def _normal(self) -> tuple[int, int, int]:
        """Where requests end normally, and the time of both directions."""
        forward, reply = self.trials
        return forward.landing(NORMAL), forward.latency_us(NORMAL), reply.latency_us(NORMAL)

    @property
    def ends(self) -> tuple[int, int]:
        """The nodes where requests start and end normally."""
        return self.option.start, self._normal[0]

    def start(self, outage: Outage) -> int:
        """Return the node where requests start in a state."""
        return self.forward.carried_in(outage).taken.start if outage in self.forward.states else self.option.start

    def landing(self, outage: Outage) -> int:
        """Return the node where requests end in a state."""
        return self.forward.landing(outage) if outage in self.forward.states else self._normal[0]

    def latencies_us(self, outage: Outage) -> tuple[int, int]:
        """Return the time of the requests and of the replies in a state."""
        there, back = self._normal[1:]
        if outage in self.forward.states:
            there = self.forward.latency_us(outage)
        if outage in self.reply.states:
            back = self.reply.latency_us(outage)
        return there, back


@frozen
class Blocked:
    """A demand that found no path.

    Where replies found none, `own_bans` are arcs of its requests that they lack (with `symmetric` all of them), and `landings` where requests ended in the
    states that stopped them.
    """

    setbacks: tuple[Setback, ...]
    own_bans: tuple[Ban, ...] = ()
    landings: frozenset[Landing] = frozenset()

    @property
    def is_proven(self) -> bool:
        """Whether no path at all is in the way of it: failure states are settled by what devices do, not by all that there is."""
        return all(setback.outage is NORMAL and not setback.has_given_up for setback in self.setbacks)


class Desk:
    """Places demands one after the other; what a new round asks for in the same way as the last one stays as it is."""

    def __init__(self, context: Context, item: ChainTask, may_lack: MayLack) -> None:
        self._context = context
        self._item = item
        self._may_lack = may_lack
        self._entries: list[Entry] = []
        self._reached = 0
        self.entries: dict[str, Entry] = {}  # what this round has placed, by key

    def begin(self) -> None:
        """Begin a new round."""
        self._reached = 0
        self.entries = {}

    def put(self, key: str, option: Option, limits: Limits) -> Entry | Blocked:
        """Place a demand with its replies, or return what stood in the way."""
        unit = self._item.by_key[key]
        own = limits.of(*(task.demand.key for task in unit.tasks))
        if self._reached < len(self._entries):
            known = self._entries[self._reached]
            if (known.key, known.option, known.limits) == (key, option, own):
                return self._reach(known)
            self.clear(self._reached)
        made = self._place(unit, option, own)
        if not isinstance(made, Entry):
            return made
        self._entries.append(made)
        return self._reach(made)

    def _reach(self, entry: Entry) -> Entry:
        self._reached += 1
        self.entries[entry.key] = entry
        return entry

    def clear(self, after: int | None = None) -> None:
        """Take everything that this round did not ask for out of the books, or all after so many."""
        kept = self._reached if after is None else after
        for entry in reversed(self._entries[kept:]):
            for trial in reversed(entry.trials):
                trial.withdraw()
        del self._entries[kept:]

    def trials(self) -> Iterator[Trial]:
        """Yield all that is in the books, in the order of placement."""
        for entry in self._entries:
            yield from entry.trials

    def _place(self, unit: Unit, option: Option, limits: Limits) -> Entry | Blocked:
        if unit.reply is None:
            raise ValueError("a step has replies")
        role = _capped(forward_role(self._context, unit, Ends(option.group, option.start)), unit.forward, limits)
        closed = frozenset((outage, node) for key, outage, node in limits.closed if key == unit.forward.demand.key)
        forward = self._attempt(unit.forward, role, limits, closed | _other_ends(unit.forward, option))
        if not isinstance(forward, Trial):
            return Blocked(tuple(forward))
        setbacks: list[Setback] = []
        landings: set[Landing] = set()
        for home in reply_roles(unit.reply, forward):
            reply = self._attempt(unit.reply, _capped(home, unit.reply, limits), limits)
            if isinstance(reply, Trial):
                return Entry(unit.forward.demand.key, option, limits, forward, reply)
            landings.update((item.outage, ends.start) for item in reply for ends in home.ends_in(item.outage)[:1])
            setbacks = setbacks or reply
        bans = tuple(_bans_of(forward) if unit.is_symmetric else bans_for(self._context, forward, unit.reply))
        forward.withdraw()
        return Blocked(tuple(setbacks), bans, frozenset(landings))

    def _attempt(
        self, task: Task, role: Role, limits: Limits, shunned: frozenset[Landing] = frozenset()
    ) -> Trial | list[Setback]:
        banned = frozenset(arc for name, arc in limits.bans if name == task.demand.key)
        return attempt(self._context, task, role, self._may_lack, Variation(banned=banned, shunned=shunned))


def _other_ends(task: Task, option: Option) -> frozenset[Landing]:
    """Return where packets of a choice must not end: the other nodes of its group, normally; under failure any will do."""
    return frozenset((NORMAL, node) for node in task.groups[option.group].accepted.difference(option.nodes))


def bans_for(context: Context, trial: Trial, task: Task) -> Iterator[Ban]:
    """Yield the arcs of a placed primary path that lack room for another demand in some state."""
    for ban in _bans_of(trial):
        if context.ledger.is_short_anywhere(ban[1], task.claim):
            yield ban


def _bans_of(trial: Trial) -> Iterator[Ban]:
    """Yield the arcs of a placed primary path: replies that have to take it too, and cannot, need another one."""
    for arc in sorted(trial.normal.taken.arcs):
        yield trial.task.demand.key, arc


def _capped(role: Role, task: Task, limits: Limits) -> Role:
    """Return a role with no more time than the limits give it."""
    key = task.demand.key
    if not any(name == key for name, _, _ in limits.caps):
        return role

    def bound_us(outage: Outage) -> int | None:
        bounds = (role.bound_us(outage), limits.cap_of(key, outage))
        return min((bound for bound in bounds if bound is not None), default=None)

    return replace(role, bound_us=bound_us, is_even=False)
