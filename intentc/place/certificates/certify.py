"""Certificates for all that was refused, made once, when everything else is settled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property, partial

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.causes import CROWDED, FAILOVER_TIME, GIVEN_UP, UNMIRRORED, Cause
from intentc.place.certificates.choices import find_exhausted
from intentc.place.certificates.cut import find_cut
from intentc.place.certificates.docket import Docket, Kept, Refused
from intentc.place.certificates.ground import Ground, Rooms
from intentc.place.certificates.packing import find_packing
from intentc.place.certificates.potential import find_potential, is_in_time
from intentc.place.certificates.scarcity import Scarcity, Shortage
from intentc.place.certificates.walks import find_lists, find_walks
from intentc.place.chain_tasks import ChainTask
from intentc.place.chains import OVER, OVER_FAILED, UNDECIDED, BudgetCause
from intentc.place.context import Context
from intentc.place.ledger import Ledger
from intentc.place.tasks import Task
from intentc.realise.refusals import Cut, Effort, Given, Lists, Potential, Prices, Refusal
from intentc.values import frozen, replace

NO_ROOM_FOUND, NO_ROOM_FOUND_FAILED = "E0527", "E0528"
_UNPROVED = {"E0505": NO_ROOM_FOUND, "E0524": NO_ROOM_FOUND_FAILED}
_PROVED_FULL = {True: "E0505", False: "E0524"}
UNSERVED, ONE_WAY = "E0537", "E0538"
_OfPath = Cut | Potential | Prices | Lists | Effort
_SILENT = frozenset({"E0508", FAILOVER_TIME})  # what devices can do: nothing is claimed of the network


@frozen
class Answer:
    """What became of a cause: the refusal, the effort spent on a proof that does not rest on where others are, and the state."""

    cause: Cause
    refusal: Refusal
    effort: Effort | None
    outage: Outage = NORMAL

    @property
    def is_proof(self) -> bool:
        """Return whether the certificate proves what the finding claims."""
        return self.refusal.finding not in {
            NO_ROOM_FOUND,
            NO_ROOM_FOUND_FAILED,
            GIVEN_UP,
            UNDECIDED,
            UNSERVED,
            UNMIRRORED,
            *_SILENT,
        }


def certify(docket: Docket, gone: Collection[str]) -> list[Answer]:
    """Return one answer per demand and state that stood in the way of an intent, with its certificate if there is one.

    `gone`: intents that were placed first and are not any more; nothing rests on them. The finding of a refusal is the one
    that can be upheld: without a proof it says so.
    """
    context = docket.context
    if context is None:
        return []
    found: list[Answer] = []
    books = _Books(docket, gone, context)
    for rank in sorted({item.rank for item in docket.refused}):
        refused = [item for item in docket.refused if item.rank == rank]
        clerk = _Clerk(context, refused, partial(docket.kept, rank, gone), partial(books.up_to, rank))
        for item in refused:
            found += clerk.answers(item)
    return found


class _Books:
    """The books of what is placed, which grow from one priority to the next that asks for them."""

    def __init__(self, docket: Docket, gone: Collection[str], context: Context) -> None:
        self._docket = docket
        self._gone = gone
        self._ledger = Ledger(context.network, context.model.classes)
        self._entered = set[int]()  # ranks

    def up_to(self, rank: int) -> Ledger:
        """Return them with what is placed at a priority or a higher one; priorities are asked for from the highest on."""
        kept = self._docket.kept(rank, self._gone)
        for placed in kept:
            if placed.task.demand.rank not in self._entered:
                placed.booked.enter_into(self._ledger)
        self._entered |= {placed.task.demand.rank for placed in kept}
        return self._ledger


@frozen
class _Question:
    """One demand that was refused, in one state; `partner` is its other direction where both share a bound."""

    refused: Refused
    task: Task
    outage: Outage
    partner: Task | None
    is_given_up: bool


class _Clerk:
    """Finds the certificates of one priority. What is placed is looked at where something rests on it: most are about one demand alone."""

    def __init__(
        self,
        context: Context,
        refused: Sequence[Refused],
        kept: Callable[[], Sequence[Kept]],
        placed: Callable[[], Ledger],
    ) -> None:
        self._context = context
        self._refused = refused
        self._find_kept = kept
        self._empty = Ledger(context.network, context.model.classes)
        self._rooms = Rooms(self._empty, placed)
        self._full_rooms = Rooms(self._empty, lambda: context.ledger)
        self._lists: dict[str, Lists | None] = {}

    @cached_property
    def _kept(self) -> Sequence[Kept]:
        return self._find_kept()

    @cached_property
    def _scarcity(self) -> Scarcity:
        return Scarcity(self._context, self._kept, self._refused, self._empty)

    def answers(self, refused: Refused) -> Iterator[Answer]:
        """Yield the answers to the causes of an intent."""
        for cause in refused.causes:
            if not isinstance(cause, BudgetCause):
                yield self._answer(refused, cause)
            elif isinstance(refused.item, ChainTask):
                is_over = cause.code in (OVER, OVER_FAILED)
                yield (self._answer_of_chain if is_over else self._answer_beside)(refused.item, cause)

    def _answer_beside(self, item: ChainTask, cause: BudgetCause) -> Answer:
        """Return the answer to a budget that is missed beside what is placed: by the fastest ways there, or after so many rounds."""
        chain, outage = cause.chain, cause.outage
        budget_us = chain.budget_us if outage is NORMAL else chain.failover_budget_us
        found = find_exhausted(
            self._context, self._rooms, item, chain, outage=outage, budget_us=budget_us, given="placed"
        )
        key = f"{chain.name}/{chain.source_site}"
        shown = found or Effort(1, cause.rounds)
        return Answer(cause, Refusal(chain.name, key, cause.code, outage.name, shown), None)

    def _answer_of_chain(self, item: ChainTask, cause: BudgetCause) -> Answer:
        """Return the answer to a budget that even the fastest ways miss."""
        chain, outage = cause.chain, cause.outage
        budget_us = chain.budget_us if cause.code == OVER else chain.failover_budget_us
        found = find_exhausted(self._context, self._rooms, item, chain, outage=outage, budget_us=budget_us)
        code = cause.code if found is not None else UNDECIDED
        key = f"{chain.name}/{chain.source_site}"
        return Answer(cause, Refusal(chain.name, key, code, outage.name, found or Effort(0, 0)), None)

    def _answer(self, refused: Refused, cause: Cause) -> Answer:
        task, outage = cause.verdict.task, cause.verdict.outage
        name, key = refused.item.name, task.demand.key
        is_own = outage is NORMAL or outage in task.promises  # else only others are promised anything in it
        partner = next((other for unit in refused.item.units for other in unit.tasks if _is_pair(task, other)), None)
        if cause.code == CROWDED:
            return self._answer_of_service(refused, cause)
        if cause.code == UNMIRRORED and partner is not None and is_own:
            walks = find_walks(self._context, self._rooms, task, partner, outage)
            code = UNMIRRORED if walks is None else ONE_WAY
            return Answer(cause, Refusal(name, key, code, cause.verdict.state, walks), None)
        if cause.code in (*_SILENT, UNMIRRORED):
            return Answer(cause, Refusal(name, key, cause.code, cause.verdict.state if is_own else "", None), None)
        own = outage if outage in task.promises else NORMAL
        question = _Question(
            refused, task, own, partner if task.round_trip_us(own) is not None else None, cause.code == GIVEN_UP
        )
        is_about_room = cause.code in _UNPROVED or cause.code == GIVEN_UP
        found, at, effort = self._certificate(question, is_about_room=is_about_room)
        code = upheld(cause.code, found, is_normal=at is NORMAL)
        return Answer(cause, Refusal(name, key, code, state_of(task, at), found), effort, at)

    def _answer_of_service(self, refused: Refused, cause: Cause) -> Answer:
        """Return the answer to a service that is asked for too much where requests went."""
        task, crowd = cause.verdict.task, cause.verdict.setback.shortfall.crowd
        found = None if crowd is None else find_packing(self._context, self._kept, refused, task, crowd)
        key = task.demand.key
        if found is None:
            state = state_of(task, cause.verdict.outage) if cause.verdict.outage in task.promises else ""
            return Answer(cause, Refusal(refused.item.name, key, UNSERVED, state, None), None)
        return Answer(cause, Refusal(refused.item.name, key, CROWDED, state_of(task, found[1]), found[0]), None)

    def _certificate(self, question: _Question, *, is_about_room: bool) -> tuple[_OfPath, Outage, Effort | None]:
        """Return the certificate that rests on least, its state, and the effort that a better one was sought with in vain."""
        absolute = self._path_proof(question, is_placed=False)
        if absolute is not None:
            return absolute, question.outage, None
        if not is_about_room:
            return Effort(0, 0), question.outage, None
        if question.task.demand.is_spread:  # its parts may go where the whole has no room: nothing is claimed
            return Effort(0, 0), question.outage, None
        searched = self._scarcity.find(question.refused, question.task, question.outage)
        if isinstance(searched, Shortage):
            return searched.prices, searched.outage, None
        found: _OfPath = self._path_proof(question, is_placed=True) or searched
        if question.is_given_up and isinstance(found, Effort):
            found = self._lists_of(question.task) or found
        return found, question.outage, searched

    def _lists_of(self, task: Task) -> Lists | None:
        """Return the proof that no list of paths serves a demand in all of its states, worked out once."""
        if task.demand.key not in self._lists:
            self._lists[task.demand.key] = find_lists(self._context, self._rooms, task)
        return self._lists[task.demand.key]

    def _path_proof(self, question: _Question, *, is_placed: bool) -> Cut | Potential | None:
        """Return the proof that no path is left: none at all, or none within the bound.

        A path that has room beside all that was ever placed, also of lower priorities and what is gone, has it beside less:
        the books that a proof may rest on are made only where there is none.
        """
        if not is_placed:
            return self._path_proof_in(question, self._rooms, "nothing")
        if self._path_proof_in(question, self._full_rooms, "placed") is None:
            return None
        return self._path_proof_in(question, self._rooms, "placed")

    def _path_proof_in(self, question: _Question, rooms: Rooms, given: Given) -> Cut | Potential | None:
        """Return the proof with the room that is left beside what is given."""
        own = self._ground(question.task, question.outage, rooms, given)
        bound_us = question.task.bound_us(question.outage)
        if bound_us is None or not is_in_time(own, question.task.ahead or 0, bound_us):  # else there is a path, too
            bare = replace(question.task, via=())
            direct = (self._ground(bare, question.outage, rooms, given),) if question.task.via else ()
            for ground in (*direct, own):
                cut = find_cut(ground, given)
                if cut is not None:
                    return cut
            if bound_us is not None:
                found = self._potential([own], given, bound_us)
                if found is not None:
                    return found
        total_us = question.task.round_trip_us(question.outage)
        if total_us is None or question.partner is None:
            return None
        other = self._ground(question.partner, question.outage, rooms, given)
        return self._potential([own, other], given, total_us)

    def _potential(self, grounds: list[Ground], given: Given, bound_us: int) -> Potential | None:
        ahead = grounds[0].task.ahead
        return find_potential(grounds, given, 0, bound_us) or (
            find_potential(grounds, given, ahead, bound_us) if ahead else None
        )

    def _ground(self, task: Task, outage: Outage, rooms: Rooms, given: Given) -> Ground:
        # A demand that stands for several intents reserves what they ask together: each alone would not prove it.
        is_whole = not task.demand.shared_with and not task.demand.is_spread
        known = rooms if task.claim_in(outage).rate_bps and is_whole else None
        return Ground(self._context.network, task, outage, known, is_placed=given == "placed")


def state_of(task: Task, outage: Outage) -> str:
    """Return the id under which a demand is promised a state; of several the shortest, "" normally."""
    return min(task.promised.names(outage), key=lambda name: (name.count("+"), name), default=outage.name)


def _is_pair(task: Task, other: Task) -> bool:
    return other.demand.reply_to == task.demand.key or task.demand.reply_to == other.demand.key


def upheld(code: str, found: _OfPath, *, is_normal: bool) -> str:
    """Return the code that a certificate bears out: one that was given up may be proved after all, one that was not is not told as such."""
    if isinstance(found, Lists):  # of fixed paths; what re-converges might do
        return code
    if isinstance(found, Prices):
        return _PROVED_FULL[is_normal] if code in _UNPROVED or code == GIVEN_UP else code
    if code in _UNPROVED:
        return code if not isinstance(found, Effort) and found.given == "nothing" else _UNPROVED[code]
    if code == GIVEN_UP and not isinstance(found, Effort) and found.given == "nothing":
        return _proved(found, is_normal=is_normal)
    return code if not isinstance(found, Effort) else GIVEN_UP


def _proved(found: Cut | Potential, *, is_normal: bool) -> str:
    """Return the code of what leaves no path on the empty network."""
    if isinstance(found, Potential):
        return "E0502" if is_normal else "E0523"
    reasons = {closed.reason for closed in found.closed}
    if "small" in reasons:
        return _PROVED_FULL[is_normal]
    if found.waypoints or reasons & {"excluded", "fenced"}:
        return "E0503" if is_normal else "E0526"
    return "E0501" if is_normal else "E0521"
