"""Whether a refused demand has no room together with what is placed, in some state, however all of it is routed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import mul

from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.certificates.brief import Brief, Shelf, goals_of, rate_of, starts_of
from intentc.place.certificates.docket import Kept, Refused
from intentc.place.certificates.market import Cargo, Gap, Market
from intentc.place.certificates.prices import ROUNDS, Survey, cut_prices, survey
from intentc.place.certificates.whole import WholeRooms
from intentc.place.context import Context
from intentc.place.fences import exclude
from intentc.place.ledger import Ledger
from intentc.place.room import PPB
from intentc.place.tasks import Task
from intentc.realise.refusals import Effort, Price, Prices
from intentc.resolve.model import Scheduling
from intentc.values import frozen

MOST_VISITS = 500_000  # nodes that all searches of one priority may visit, the last half in states of refusals alone
MOST_TOLD = (
    250_000  # demands, and refused intents, that all states in brief of one priority may have told what they carry
)
_CAPPED = (Scheduling.STRICT, Scheduling.SHARE)


@frozen
class Shortage:
    """Prices that prove that there is no room, with the state in which they do."""

    outage: Outage
    prices: Prices


class _Looks:
    """What was seen of one refused intent: all that it asks for counts together, whatever demand of it is asked about."""

    def __init__(self, refused: Refused) -> None:
        self.refused = refused
        self.reaches: dict[str | None, int | None] = {}
        self.gaps: dict[Shelf, Gap | None] = {}
        self.proofs: dict[Shelf, tuple[tuple[int, ...], int] | None] = {}


class Scarcity:
    """The demands that are placed at one priority or a higher one, and how tight each state is with them."""

    def __init__(self, context: Context, kept: Sequence[Kept], refused: Sequence[Refused], empty: Ledger) -> None:
        self._context = context
        self._kept = kept
        self._empty = empty
        self._known: dict[Shelf, tuple[Market, Survey]] = {}
        self._closed: dict[tuple[object, ...], frozenset[int]] = {}
        self._closed_in: dict[tuple[tuple[object, ...], Outage], frozenset[int]] = {}
        self._outage = NORMAL  # of these
        self._least: dict[str, int] = {}
        self._visits = MOST_VISITS
        self._told = MOST_TOLD
        self._early_at: dict[str | None, tuple[int, Sequence[Outage]]] = {}  # the visits that were left, and the states
        self._refused = refused
        self._looks: _Looks | None = None
        self._whole_rooms = WholeRooms(context.network)
        tasks = [task for item in refused for task in item.tasks]
        self._brief = Brief(context, kept, tasks, self._whole_rooms, self._least_room)

    def find(self, refused: Refused, task: Task, first: Outage) -> Shortage | Effort:
        """Return a proof for the first state, or for another one that the demand is promised; else the effort spent."""
        scheduling = self._context.model.classes[task.demand.traffic_class].scheduling
        names = (None, task.demand.traffic_class) if scheduling in _CAPPED else (None,)
        looks = self._looks_at(refused)
        reaches = {name: self._reach(looks, name) for name in names}
        surveys, is_split_enough, unseen = [], True, 0
        for outage in self._in_question(task, first, reaches):
            for name in names:
                shelf, left = (outage, name), self._visits - (0 if outage is first else MOST_VISITS // 2)
                is_late, reach = shelf not in self._known and self._brief.is_late(shelf, left), reaches[name]
                is_split_enough &= not is_late or outage is not first
                if is_late and reach is not None and not outage.touches(reach):
                    continue
                if is_late and self._told <= 0 and shelf not in looks.gaps:
                    unseen += 1
                    continue
                if is_late:
                    gap = self._gap(looks, shelf)
                    if gap is not None:
                        return self._shortage(outage, name, cut_prices(self._context.network, gap), gap.crossing_bps)
                    continue
                market, found = self._survey(shelf, left)
                surveys.append(found)
                if outage is first:
                    own = self._own(refused, shelf)
                    is_split_enough &= found.load is not None and market.has_flow(found.load, own)
                proof = self._proof_in(looks, shelf)
                if proof is not None:
                    return self._shortage(outage, name, *proof)
        states = 1 + len(task.promises) - unseen // len(names)
        return Effort(states, sum(item.rounds for item in surveys), is_split_enough)

    def _in_question(self, task: Task, first: Outage, reaches: Mapping[str | None, int | None]) -> Iterator[Outage]:
        """Yield the states that may prove something, the first one first; `reaches`: what has to fail in those that come too late."""
        yield first
        if first is not NORMAL:
            yield NORMAL
        near: dict[Outage, None] = {}
        for name, reach in reaches.items():
            if reach is None:
                yield from (outage for outage in task.outages if outage is not first)
                return
            near |= dict.fromkeys([*task.promises.touching(reach), *self._early(name)])
        yield from (outage for outage in task.promises.among(near) if outage is not first)

    def _early(self, name: str | None) -> list[Outage]:
        """Return the states that do not surely come too late, or were surveyed: ever fewer do, as less of the effort is left."""
        visits = self._visits - MOST_VISITS // 2
        known = self._early_at.get(name)
        if known is None or known[0] != visits:
            before = self._context.realiser.outages.known if known is None else known[1]
            early = [outage for outage in before if not self._brief.is_late((outage, name), visits)]
            known = self._early_at[name] = visits, early
        return [*known[1], *(outage for outage, other in self._known if other == name)]

    def _looks_at(self, refused: Refused) -> _Looks:
        """Return what was seen of an intent; one is looked at after the other."""
        if self._looks is None or self._looks.refused is not refused:
            self._looks = _Looks(refused)
        return self._looks

    def _reach(self, looks: _Looks, name: str | None) -> int | None:
        """Return what has to fail for a state in brief to prove anything."""
        if name not in looks.reaches:
            looks.reaches[name] = self._brief.reach(looks.refused.tasks, name)
        return looks.reaches[name]

    def _gap(self, looks: _Looks, shelf: Shelf) -> Gap | None:
        """Return the cut that is too small in a state in brief."""
        if shelf not in looks.gaps:
            looks.gaps[shelf] = self._brief.gap(shelf, self._own(looks.refused, shelf), self._told_in_brief)
        return looks.gaps[shelf]

    def _proof_in(self, looks: _Looks, shelf: Shelf) -> tuple[tuple[int, ...], int] | None:
        """Return the prices that are too high in a state that was surveyed."""
        if shelf not in looks.proofs:
            looks.proofs[shelf] = self._proof(*self._known[shelf], self._own(looks.refused, shelf))
        return looks.proofs[shelf]

    def _shortage(self, outage: Outage, name: str | None, prices: tuple[int, ...], due: int) -> Shortage:
        worth = sum(map(mul, prices, self._room(outage, name)))
        return Shortage(outage, self._named(prices, name, is_whole=due <= worth))

    def _survey(self, shelf: Shelf, left: int) -> tuple[Market, Survey]:
        """Return how tight a state is with what is placed alone; states that come too late are looked at in brief."""
        if shelf not in self._known:
            cargo = self._cargo(shelf)
            market = Market(self._context.network, cargo, self._whole(shelf, cargo))
            rounds = ROUNDS if market.visits * 3 * ROUNDS <= left else 0
            self._visits -= market.visits * 3 * rounds
            self._known[shelf] = market, survey(market, rounds)
        return self._known[shelf]

    def _whole(self, shelf: Shelf, cargo: Sequence[Cargo]) -> list[int]:
        """Return the room of every arc for what is placed and for all that was refused, each of which goes as a whole."""
        outage, name = shelf
        return self._whole_rooms.of([*cargo, *self._all_own(shelf)], self._room(outage, name))

    def _all_own(self, shelf: Shelf, *, has_closed: bool = True) -> list[Cargo]:
        return [item for refused in self._refused for item in self._own(refused, shelf, has_closed=has_closed)]

    def _proof(self, market: Market, found: Survey, own: Sequence[Cargo]) -> tuple[tuple[int, ...], int] | None:
        """Return prices at which some further cargo is too much, and what all cargo pays then."""
        for gap in found.gaps:
            crossing = [item for item in own if item.starts <= gap.inside and not item.goals & gap.inside]
            if gap.crossing_bps + sum(item.rate_bps for item in crossing) <= gap.room_bps:
                continue
            # what has no way at all even alone pays nothing: that is for cuts to prove
            prices = cut_prices(self._context.network, gap)
            more = sum(item.rate_bps for item in crossing if market.fare(prices, item))
            if more and gap.crossing_bps + more > gap.room_bps:
                return prices, gap.crossing_bps + more
        for bill in found.bills:
            more = sum(item.rate_bps * market.fare(bill.prices, item) for item in own)
            if more and bill.paid + more > bill.worth:
                return bill.prices, bill.paid + more
        return None

    def _named(self, prices: Sequence[int], name: str | None, *, is_whole: bool) -> Prices:
        links = self._context.network.links
        sides = zip(links, prices[::2], prices[1::2], strict=True)
        return Prices(name, tuple(Price(link, ab, ba) for link, ab, ba in sides if ab or ba), is_whole)

    def _room(self, outage: Outage, name: str | None) -> list[int]:
        return [self._brief.room(arc, outage, name) for arc in range(len(self._context.network.head))]

    def _own(self, refused: Refused, shelf: Shelf, *, has_closed: bool = True) -> list[Cargo]:
        """Return what the refused intent asks for in the state, all of it: it is placed as a whole or not at all."""
        tasks = (task for task in refused.tasks if not task.demand.shared_with)
        return list(self._carried(tasks, shelf, has_closed=has_closed))

    def _cargo(self, shelf: Shelf, *, has_closed: bool = True) -> list[Cargo]:
        """Return what is placed that has to be carried in the state."""
        tasks = (item.task for item in self._kept if shelf[0] not in item.lacking)
        return list(self._carried(tasks, shelf, has_closed=has_closed))

    def _told_in_brief(self, shelf: Shelf) -> tuple[list[Cargo], list[Cargo]]:
        """Return the same, and what all that was refused asks for, at the cost of what is left of the effort: nothing of it is kept.

        Which links each cannot use is told only where so few are there that they are told apart by it.
        """
        self._told -= len(self._kept) + len(self._refused)
        for has_closed in (False, True):
            found = self._cargo(shelf, has_closed=has_closed), self._all_own(shelf, has_closed=has_closed)
            if not self._whole_rooms.is_told_apart([*found[0], *found[1]]):
                break
        return found

    def _carried(self, tasks: Iterable[Task], shelf: Shelf, *, has_closed: bool = True) -> Iterator[Cargo]:
        """Yield what has to be carried in the state: of each pool its biggest member, which the others can only add to."""
        outage, name = shelf
        biggest: dict[str, Task] = {}
        for task in tasks:
            is_meant = name in (None, task.demand.traffic_class) and task.demand.step is None
            if is_meant and (outage is NORMAL or outage in task.promises):
                rival = biggest.get(task.claim.pool)
                if rival is None or rate_of(task, outage) > rate_of(rival, outage):
                    biggest[task.claim.pool] = task
        for pool in sorted(biggest):
            item = self._one(biggest[pool], outage, has_closed=has_closed)
            if item.rate_bps and item.starts and item.goals and not item.starts & item.goals:
                yield item

    def _one(self, task: Task, outage: Outage, *, has_closed: bool) -> Cargo:
        return Cargo(
            rate_bps=rate_of(task, outage),
            starts=starts_of(task) - outage.nodes,
            goals=goals_of(task) - outage.nodes,
            closed=self._closed_to(task, outage) if has_closed else frozenset(),
            is_whole=task.claim.is_lone and not task.claim.is_spread,
            is_direct=not task.via,
        )

    def _closed_to(self, task: Task, outage: Outage) -> frozenset[int]:
        """Return the arcs that a demand cannot use: those that are down or excluded, or too small for it even alone."""
        claim = task.claim_in(outage)
        size = claim.own_bps if claim.own_bps > self._least_room(claim.traffic_class) else 0
        key = (task.demand.exclusions, claim.traffic_class, size)
        if key not in self._closed:
            network = self._context.network
            shut = exclude(network, task.demand.exclusions) | network.drained
            self._closed[key] = frozenset(
                arc
                for arc in range(len(network.head))
                if arc >> 1 in shut or (size and self._empty.shortage(arc, NORMAL, claim) is not None)
            )
        if (key, outage) not in self._closed_in:
            down = [arc for link in outage.links for arc in (2 * link, 2 * link + 1)]
            self._closed_in = (
                self._closed_in if outage is self._outage else {}
            )  # one state is looked at after the other
            self._outage, self._closed_in[key, outage] = outage, self._closed[key].union(down)
        return self._closed_in[key, outage]

    def _least_room(self, name: str) -> int:
        """Return a rate that fits alone on every link, 0 where that takes a closer look."""
        if name not in self._least:
            network, traffic_class = self._context.network, self._context.model.classes[name]
            is_plain = traffic_class.scheduling in (Scheduling.WEIGHT, Scheduling.STRICT)
            share = traffic_class.share_ppb if traffic_class.scheduling is Scheduling.STRICT else PPB
            rooms = (
                min(capacity - network.background_bps[arc], capacity * share // PPB)
                for arc, capacity in enumerate(network.capacity_bps)
            )
            self._least[name] = max(0, min(rooms, default=0)) if is_plain else 0
        return self._least[name]
