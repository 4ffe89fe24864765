"""What schedulers of link ends are made of, by link end, and what of the last ones is taken again.

One demand that takes more or less lets packets wait for longer, or shorter, on many links, and other rates are reserved on all its ways. Mostly who
may be sent at a link end, and as which class, is what it was: then the classes of its queues are, with their labels, and who asked for them all
but for that demand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from intentc.diagnostics import Span
from intentc.ir.model import Origin, PortQueueing
from intentc.ir.usage import Direction, Usage, User
from intentc.realise.model import LinkLoad, QueueBound
from intentc.recall import differing, differing_keys
from intentc.topology.model import Link
from intentc.values import frozen

_Fact = TypeVar("_Fact")
_Queue = tuple[str, str, str]  # link, sending node, class
Users = Mapping[str, tuple[User, ...]]  # by class
Sizes = Mapping[str, tuple[int, int]]  # by class: bytes that the queue holds, and that leave it at once
Rates = Mapping[str, int]  # by class: what is reserved in the worst promised state (bps), where anything is
_FEW = 8  # users that have changed: who asked is told of them sooner than of all


@frozen
class Facts:
    """What schedulers are made of, a row for each link end; `shared`: what all ends have in common."""

    users: Sequence[Users]
    rates: Sequence[Rates]
    sizes: Sequence[Sizes]
    shared: tuple[Sequence[object], ...]

    @property
    def columns(self) -> tuple[Sequence[object], ...]:
        return self.users, self.rates, self.sizes, *self.shared


@frozen
class Last:
    """The schedulers of the last program by link end, with what they were made of."""

    facts: Facts
    origins: Sequence[Origin]
    made: Sequence[PortQueueing]

    def origin(self, at: int, users: Users, is_named: Callable[[Span], bool]) -> Origin | None:
        """Return who asks for the queues of a link end now; None where that is not found from who did. `is_named`: whether any demand names a span."""
        changes = _changes(self.facts.users[at], users)
        if changes is None or len(changes) > _FEW:
            return None
        return patched(self.origins[at], [(was.origin, now.origin) for was, now in changes], is_named)

    def like(self, at: int, now: Facts) -> PortQueueing | None:
        """Return the last scheduler of a link end where one made now has queues of the same classes, for the same labels; else None."""
        if any(column[at] is not other[at] for column, other in zip(self.facts.shared, now.shared, strict=True)):
            return None
        if self.facts.rates[at].keys() != now.rates[at].keys():
            return None
        changes = _changes(self.facts.users[at], now.users[at])
        if changes is None or any(was.is_labelled is not user.is_labelled for was, user in changes):
            return None
        return self.made[at]

    def is_resized(self, at: int, now: Facts) -> bool:
        """Return whether nothing but the sizes of queues differs at a link end; as many of them are known."""
        last = self.facts
        is_same = last.users[at] is now.users[at] and last.rates[at] is now.rates[at]
        return is_same and last.sizes[at].keys() == now.sizes[at].keys()


class Columns:
    """The facts of link ends, and the last schedulers: a column stays the very same one where nothing in it changes, and so does a row."""

    def __init__(self, ends: Sequence[tuple[str, Link, str]]) -> None:
        self.last: Last | None = None
        self._at = {(link.id, node): at for at, (node, link, _) in enumerate(ends)}
        self._nodes = {link.id: (link.a.node, link.b.node) for _, link, _ in ends}
        self._demands: Mapping[Direction, Users] = {}
        self._users: Sequence[Users] = [{}] * len(ends)
        self._queues: Mapping[_Queue, QueueBound] = {}
        self._sizes: Sequence[Sizes] = [{}] * len(ends)
        self._by_link: Mapping[str, LinkLoad] = {}
        self._rates: Sequence[Rates] = [{}] * len(ends)
        self._shared: tuple[tuple[frozenset[str], bool], tuple[Sequence[object], ...]] | None = None

    def facts(
        self,
        usage: Usage,
        loads: Mapping[str, LinkLoad],
        queues: Mapping[_Queue, QueueBound],
        classes: Container[str],
    ) -> Facts:
        """Return what schedulers are made of beside what holds for the network."""
        return Facts(self.users(usage.demands), self.rates(loads), self.sizes(queues, classes), self._in_common(usage))

    def users(self, demands: Mapping[Direction, Users]) -> Sequence[Users]:
        """Return the demands that may be sent at each link end, by class."""
        places = ((self._at.get(direction), direction) for direction in differing_keys(self._demands, demands))
        changes = {at: demands.get(direction, {}) for at, direction in places if at is not None}
        self._demands, self._users = demands, _with(self._users, changes)
        return self._users

    def sizes(self, queues: Mapping[_Queue, QueueBound], classes: Container[str]) -> Sequence[Sizes]:
        """Return what is known of the queues of each link end: how long packets wait is none of a scheduler's business."""
        changes: dict[int, dict[str, tuple[int, int]]] = {}
        for key in differing_keys(self._queues, queues):
            (link, node, name), sizes = key, _sizes(queues.get(key))
            at = self._at.get((link, node))
            if at is None or name not in classes or sizes == self._sizes[at].get(name):
                continue
            row = changes.setdefault(at, dict(self._sizes[at]))  # not the one that was there: who has it compares
            if sizes is None:
                del row[name]
            else:
                row[name] = sizes
        self._queues, self._sizes = queues, _with(self._sizes, changes)
        return self._sizes

    def rates(self, loads: Mapping[str, LinkLoad]) -> Sequence[Rates]:
        """Return what is reserved at each link end: on other ways of a link, or on none, makes no difference there."""
        changes: dict[int, Rates] = {}
        for name in differing_keys(self._by_link, loads):
            a, b = self._nodes.get(name, ("", ""))
            for node, is_ab in ((a, True), (b, a == b)):
                at, rates = self._at.get((name, node)), _rates(loads.get(name), is_ab=is_ab)
                if at is not None and self._rates[at] != rates:
                    changes[at] = rates
        self._by_link, self._rates = loads, _with(self._rates, changes)
        return self._rates

    def _in_common(self, usage: Usage) -> tuple[Sequence[object], ...]:
        facts = usage.strict, usage.is_repaired
        if self._shared is None or self._shared[0] != facts:
            self._shared = facts, tuple([fact] * len(self._at) for fact in facts)
        return self._shared[1]


def patched(
    origin: Origin, changes: Iterable[tuple[Origin, Origin]], is_named: Callable[[Span], bool]
) -> Origin | None:
    """Return what several origins are merged to, where some were others when they were merged to `origin`; None: that is not found from it.

    What one of them names no more goes where nobody names it (`is_named`); who else does is not known here.
    """
    spans = list(origin.spans)
    for was, now in changes:
        gone = [span for span in was.spans if span not in now.spans]
        if was.intents != now.intents or any(map(is_named, gone)):
            return None
        for span in gone:
            at = bisect_left(spans, span)
            if spans[at : at + 1] == [span]:
                del spans[at]
        for span in now.spans:
            at = bisect_left(spans, span)
            if spans[at : at + 1] != [span]:
                spans.insert(at, span)
    return Origin(origin.intents, tuple(spans))


def _changes(before: Users, users: Users) -> list[tuple[User, User]] | None:
    """Return the users of a link end that others have taken the place of, with these; None where not as many are of each class."""
    if before.keys() != users.keys() or any(len(those) != len(before[name]) for name, those in users.items()):
        return None
    return list(_replaced(before, users))


def _replaced(before: Users, users: Users) -> Iterator[tuple[User, User]]:
    for name, those in users.items():
        for at in differing(before[name], those):
            yield before[name][at], those[at]


def _with(column: Sequence[_Fact], changes: Mapping[int, _Fact]) -> Sequence[_Fact]:
    """Return a column with some changes."""
    if not changes:
        return column
    found = list(column)
    for at, fact in changes.items():
        found[at] = fact
    return found


def _sizes(bound: QueueBound | None) -> tuple[int, int] | None:
    return None if bound is None else (bound.limit_bytes, bound.burst_bytes)


def _rates(load: LinkLoad | None, *, is_ab: bool) -> Rates:
    """Return what each class reserves in one direction, in the worst promised state."""
    if load is None:
        return {}
    return {name: bps for name, both in load.worst_by_class.items() if (bps := both.towards(is_ab=is_ab))}
