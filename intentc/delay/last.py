"""What the last program of a session came to, queue by queue, for the next one with the same rows. It only spares work."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.delay.columns import Case, Cases
from intentc.delay.streams import Web as Table
from intentc.delay.turning import other_keys
from intentc.delay.wiring import Siblings, find_siblings
from intentc.realise.model import QueueBound, QueueKey
from intentc.recall import differing
from intentc.values import frozen, replace

if TYPE_CHECKING:
    from intentc.delay.service import End
    from intentc.native.queues import Offers as Served
    from intentc.native.queues import Row
    from intentc.native.replay import Replay
    from intentc.native.shares import Shares
    from intentc.native.weave import Web

Sender = tuple[str, str]  # link, sending node
Facts = tuple[tuple[int, int, int, int, int], bool]  # of a queue's bound
Worst = Mapping[QueueKey, frozenset[int]]


@frozen
class Marks:
    """What is known of each queue before anything of its streams is: `table` has whether it is open, and policed."""

    web: Web
    layout: int
    edition: int
    table: Table
    siblings: Siblings
    is_unknown: Sequence[bool]
    cases: Sequence[Case]


class Keys:
    """The queues of one web after the other."""

    def __init__(self) -> None:
        self._last: tuple[Web, int, list[QueueKey]] | None = None
        self._order: tuple[list[QueueKey], list[int]] | None = None
        self._places: tuple[list[QueueKey], dict[QueueKey, int]] | None = None

    def of(self, web: Web, senders: Sequence[Sender], names: Sequence[str]) -> list[QueueKey]:
        """Return link, sending node and class of every queue."""
        last = self._last
        if last is not None and last[0] is web and last[1] == web.layout:
            return last[2]
        found = [(*senders[port], names[group]) for port, group in web.places_of()]
        if last is not None and last[2] == found:
            found = last[2]
        self._last = web, web.layout, found
        return found

    def order(self, keys: list[QueueKey]) -> list[int]:
        """Return the numbers of queues in the order of their keys."""
        if self._order is None or self._order[0] is not keys:
            self._order = keys, sorted(range(len(keys)), key=keys.__getitem__)
        return self._order[1]

    def places(self, keys: list[QueueKey]) -> dict[QueueKey, int]:
        """Return the places of keys in their order, in this order."""
        if self._places is None or self._places[0] is not keys:
            self._places = keys, {keys[queue]: place for place, queue in enumerate(self.order(keys))}
        return self._places[1]


@frozen
class Offers:
    """What all queues were offered, with what that was made of: by queue, but `tight`, the ends at which every state is served by itself."""

    keys: Sequence[QueueKey]
    ends: Mapping[Sender, End]
    cases: Sequence[Case]
    tight: Collection[Sender]
    rows: list[Row]  # those of the next program are these, but for what differs

    def changed(self, ends: Mapping[Sender, End], cases: Sequence[Case], due: Iterable[int] | None) -> set[Sender]:
        """Return the link ends with the same queues at which something may be offered that was not; `due`: the queues with other streams."""
        found = set(other_keys(self.ends, ends))
        found.update(self.tight if due is None else {self.keys[queue][:2] for queue in due} & set(self.tight))
        if cases is not self.cases:
            found.update([self.keys[queue][:2] for queue in differing(cases, self.cases)])
        return found


@frozen
class Kept:
    """What all queues were served where nobody keeps the rows, for the next program over the same web; `tight`: as in `Offers`."""

    served: Served
    web: Web
    keys: Sequence[QueueKey]
    ends: Mapping[Sender, End]
    cases: Cases
    tight: Collection[Sender]

    def again(self, keys: Sequence[QueueKey], ends: Mapping[Sender, End], cases: Cases) -> bytearray:
        """Return of each queue whether it is served as it was, a byte each: its link's end is the same, and so is what is known of it."""
        same = {sender for sender, end in ends.items() if self.ends.get(sender) is end} - set(self.tight)
        numbers: Iterable[int | None] = range(len(keys))
        if keys is not self.keys:
            numbers = map({key: number for number, key in enumerate(self.keys)}.get, keys)
        return bytearray(
            number is not None and key[:2] in same and cases.is_as(queue, self.cases, number)
            for queue, (key, number) in enumerate(zip(keys, numbers, strict=True))
        )


@frozen
class Found:
    """The bounds of all queues, sorted, and which states were the worst of each."""

    keys: Sequence[QueueKey]
    bounds: Mapping[QueueKey, QueueBound]
    worst: dict[
        QueueKey, frozenset[int]
    ]  # those of the next program are these, but for what differs: nothing rests on them
    is_unknown: Sequence[bool]


class Last:
    """One part each; `bounds`: with what each was made of."""

    def __init__(self) -> None:
        self.keys = Keys()
        self.marks: Marks | None = None
        self.wide: tuple[Mapping[Sender, bool], Web, int] | None = (
            None  # at which ends all changes were asked for, of what web
        )
        self.replay: Replay | None = None  # the iteration
        self.offers: Offers | None = None
        self.kept: Kept | None = None  # where nobody keeps offers
        self.found: Found | None = None
        self.bounds: dict[QueueKey, tuple[Facts, QueueBound]] = {}


def marks_of(
    web: Web, keys: list[QueueKey], shares: Shares, changed: Iterable[tuple[int, int]] | None, last: Marks | None
) -> Marks:
    """Return what is known of each queue of a web that is not finished; `changed`: the ports and classes to which bounds leave something else.

    What was known the last time is that of now, but for queues at link ends that anybody came to.
    """
    due = web.due()
    is_next = last is not None and last.web is web and last.layout == web.layout and last.edition + 1 == web.edition
    if last is None or not is_next or due is None or changed is None:
        marks = web.marks()
        return Marks(
            web=web,
            layout=web.layout,
            edition=web.edition,
            table=Table(
                keys=keys,
                is_open=[is_open for is_open, *_ in marks],
                is_policed=[not is_unpoliced for _, is_unpoliced, *_ in marks],
            ),
            siblings=find_siblings(Table(keys=keys)),
            is_unknown=[is_unknown for _, _, is_unknown, _ in marks],
            cases=_cases(web, range(len(keys)), shares),
        )
    found = [(mark[0], not mark[1], mark[2]) for mark in web.marks(due)]
    queues = sorted({*due, *web.at(changed)})
    table, is_unknown = last.table, last.is_unknown
    known = [(table.is_open[queue], table.is_policed[queue], is_unknown[queue]) for queue in due]
    if found != known:
        is_unknown = list(is_unknown)
        table = Table(keys=keys, is_open=list(table.is_open), is_policed=list(table.is_policed))
        for queue, mark in zip(due, found, strict=True):
            table.is_open[queue], table.is_policed[queue], is_unknown[queue] = mark
    cases = list(last.cases)
    for queue, case in zip(queues, _cases(web, queues, shares), strict=True):
        if cases[queue] != case:
            cases[queue] = case
    return replace(last, edition=web.edition, table=table, is_unknown=is_unknown, cases=cases)


def columns_of(web: Web, keys: list[QueueKey], shares: Shares) -> Marks:
    """Return the same where there will be no other program: most of it as columns."""
    is_open, is_unpoliced, is_unknown, bursts = web.columns()
    left = [shares.get(*place) for place in web.places_of()]
    table = Table(keys=keys, is_open=list(map(bool, is_open)), is_policed=[not is_any for is_any in is_unpoliced])
    return Marks(
        web=web,
        layout=web.layout,
        edition=web.edition,
        table=table,
        siblings=find_siblings(table),
        is_unknown=list(map(bool, is_unknown)),
        cases=Cases(
            array("q", bursts),
            bytearray(is_lossless for _, is_lossless in left),
            array("q", [waiting_us for waiting_us, _ in left]),
        ),
    )


def _cases(web: Web, queues: Sequence[int], shares: Shares) -> list[Case]:
    found = []
    for queue, place, mark in zip(queues, web.places_of(queues), web.marks(queues), strict=True):
        waiting_us, is_lossless = shares.get(*place)
        found.append((queue, mark[3], is_lossless, waiting_us))
    return found
