"""In which order intents are placed: by priority, the hardest and biggest first; the others make room for one that fails."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from intentc.place.ahead import Ahead
from intentc.place.causes import Cause
from intentc.place.chain_tasks import ChainTask
from intentc.place.chains import place_chain
from intentc.place.context import Context
from intentc.place.goals import UTILISATION
from intentc.place.intents import Effort, IntentTask, PlacedIntent, place_intent
from intentc.values import frozen, replace

_MOST_ORDERS = 3  # further ones
_CROWD = 8  # one in so many that finds no room is a crowd
_SCARCE = 50  # where one in so many finds none, room is scarce: the smallest first, then
MOST_AGAIN = 500  # how often intents of a priority are placed once more, for others or in other orders
MOST_IN_VAIN = 24  # intents one after the other for which no room could be made: the network is full
_CURABLE = frozenset(
    {"E0505", "E0509", "E0524", "E0532", "E0533", "E0536"}
)  # what the order within a priority may be to blame for


@frozen
class Outcome:
    """What an order came to: intents that were placed, and what kept the others out."""

    placed: Mapping[str, PlacedIntent]
    failed: Mapping[str, Sequence[Cause]]

    def enter(self) -> None:
        """Enter all placed intents into the books (again)."""
        for placed in self.placed.values():
            placed.enter()

    def withdraw(self) -> None:
        """Take all placed intents out of the books."""
        for placed in self.placed.values():
            placed.withdraw()


class Below:
    """The books without anything of a priority: made when the first of its intents finds no room, as few others are in them by then."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._found: Context | None = None

    def books(self, placed: Mapping[str, PlacedIntent]) -> Context:
        """Return the context with these books; `placed` are the intents of the priority that are in those of all now."""
        if self._found is None:
            from intentc.place.displace import without  # noqa: PLC0415  (start-up)

            self._found = without(self._context, placed)
        return self._found


def place_rank(context: Context, intents: Iterable[IntentTask]) -> Outcome:
    """Place the intents of one priority, each once; only its reservations stay.

    For an intent that finds no room others of its priority make some, as long as they all find another place: first for the
    hardest and biggest. One that finds none even as the first of its priority fails for good. Where room is scarce the smallest go
    first, where many fail a few other orders are tried, and the one with the fewest failures counts. All of that ends when
    `MOST_AGAIN` have been placed once more, and making room when it was in vain `MOST_IN_VAIN` times on end: on a large network
    with little room that would take longer than all else.
    """
    order: Sequence[IntentTask] = sorted(intents, key=lambda item: order_key(context, item))
    context.plans.clear()
    effort, below = Effort(MOST_AGAIN), Below(context)
    order, outcome = _place_by_size(context, order, effort, below)
    outcome = _plan_jointly(context, order, outcome)
    outcome = _make_room(context, order, outcome, effort, below)
    if _is_one_in(_CROWD, outcome, order):
        outcome = _best_of_orders(context, order, outcome, effort)
    return _without_caps(context, outcome, order) if context.ledger.has_caps else outcome


def _place_by_size(
    context: Context, order: Sequence[IntentTask], effort: Effort, below: Below
) -> tuple[Sequence[IntentTask], Outcome]:
    """Place intents in their order, or the smallest first where room turns out to be scarce; return the order as well.

    What a big one takes is room for several small ones, and one that finds none takes longer than ten that do, so that this is
    done as soon as room is known to be scarce. Only where they are more than may be placed once more (`effort`): fewer are
    served by making room; and not where all of them can be planned together, which does more about it.
    """
    if len(order) <= effort.left or _planned_together(context, order):
        return order, _place_all(context, order, below=below)
    outcome = _place_all(context, order, len(order) // _SCARCE, below)
    if not _is_one_in(_SCARCE, outcome, order):
        return order, outcome
    outcome.withdraw()
    others = sorted(order, key=lambda item: _smallness(context, item))
    return others, _place_all(context, others)


def _planned_together(context: Context, order: Sequence[IntentTask]) -> list[IntentTask]:
    """Return the intents for which a plan can be made together; none on a network too large for one."""
    from intentc.place.joint.replan import planned_together  # noqa: PLC0415  (start-up)

    return planned_together(context, order)


def _plan_jointly(context: Context, order: Sequence[IntentTask], before: Outcome) -> Outcome:
    """Return what comes of a plan for all intents of the priority together, where that is better; `before` is in the books."""
    if not any(_is_curable(before, item.name) for item in order):
        return before
    from intentc.place.joint.replan import make_plan  # noqa: PLC0415  (start-up)

    movable = _planned_together(context, order)
    if not any(_is_curable(before, item.name) for item in movable):
        return before
    names = {item.name for item in movable}
    fixed = {name: placed for name, placed in before.placed.items() if name not in names}
    before.withdraw()
    Outcome(fixed, {}).enter()
    make_plan(context, movable)
    ahead = [item for item in movable if _is_planned(context, item)]
    taken = {item.name for item in ahead} | fixed.keys()
    rest = [item for item in order if item.name not in taken]
    found = _place_all(replace(context, is_lean=True), [*ahead, *rest])
    planned = Outcome({**fixed, **found.placed}, found.failed)
    if _is_better(context, order, planned, before):
        return planned
    context.plans.clear()
    planned.withdraw()
    before.enter()
    return before


def _is_better(context: Context, order: Sequence[IntentTask], found: Outcome, before: Outcome) -> bool:
    """Return whether fewer intents fail, and none of those that an earlier build placed only gives way to new ones."""
    if len(found.failed) >= len(before.failed):
        return False
    lost = [item for item in order if item.name in found.failed and item.name in before.placed]
    return all(_is_new_or_more(context, item) for item in lost)


def _is_planned(context: Context, item: IntentTask) -> bool:
    return any(task.demand.key in context.plans for unit in item.units for task in unit.tasks)


def _is_one_in(many: int, outcome: Outcome, order: Sequence[IntentTask]) -> bool:
    """Return whether more than one in so many of some intents found no room."""
    return sum(_is_curable(outcome, item.name) for item in order) * many > len(order)


def _make_room(
    context: Context, order: Sequence[IntentTask], outcome: Outcome, effort: Effort, below: Below
) -> Outcome:
    cramped = [item for item in order if _is_curable(outcome, item.name)]
    if not cramped or not outcome.placed:
        return outcome
    from intentc.place.displace import Displacer, Placer  # noqa: PLC0415  (start-up)

    placer = Placer(_place_one, lambda *of: _place_all(*of).placed, effort)
    displacer, in_vain = Displacer(context, order, outcome.placed, placer, below.books(outcome.placed)), 0
    for item in cramped:
        if effort.left > 0 and in_vain < MOST_IN_VAIN:
            in_vain = 0 if displacer.make_room(item) else in_vain + 1
    displacer.close()
    failed = {name: causes for name, causes in outcome.failed.items() if name not in displacer.placed}
    return Outcome(displacer.placed, failed)


def _best_of_orders(context: Context, order: Sequence[IntentTask], best: Outcome, effort: Effort) -> Outcome:
    """Return the best outcome of a few orders, in each of which another intent that failed comes first."""
    outcome, promoted = best, set[str]()
    while len(promoted) < _MOST_ORDERS:
        culprit = next((item for item in order if item.name not in promoted and _is_curable(outcome, item.name)), None)
        if culprit is None or effort.left < len(outcome.failed):
            break
        promoted.add(culprit.name)
        order = [culprit, *(item for item in order if item is not culprit)]
        outcome.withdraw()
        outcome = _place_around(context, order, outcome, effort)
        if _is_better(context, order, outcome, best):
            best = outcome
    if best is not outcome:
        outcome.withdraw()
        best.enter()
    return best


def _place_around(context: Context, order: Sequence[IntentTask], before: Outcome, effort: Effort) -> Outcome:
    """Place the first of an order where nothing of its priority is, then put back what it leaves room for, then place the rest."""
    first = _place_all(context, order[:1])
    if first.failed:
        before.enter()
        return Outcome(before.placed, {**before.failed, **first.failed})
    kept: dict[str, PlacedIntent] = {}
    for item in order[1:]:
        placed = before.placed.get(item.name)
        if placed is not None and _returns(placed):
            kept[item.name] = placed
    others = [item for item in order[1:] if item.name not in kept]
    effort.left -= len(others)
    rest = _place_all(context, others)
    return Outcome({**first.placed, **kept, **rest.placed}, rest.failed)


def _returns(placed: PlacedIntent) -> bool:
    """Enter an intent into the books again if everything on its links still fits then; return whether it is there."""
    placed.enter()
    if any(trial.overfull() or trial.clash() is not None or trial.crowd() is not None for trial in placed.trials):
        placed.withdraw()
        return False
    return True


def _without_caps(context: Context, best: Outcome, order: Sequence[IntentTask]) -> Outcome:
    """Place what only an assertion's limit on links kept out: the assertion then fails, not the intent."""
    with context.ledger.without_caps():
        late = _place_all(context, [item for item in order if item.name in best.failed])
    failed = {name: causes for name, causes in best.failed.items() if name not in late.placed}
    return Outcome({**best.placed, **late.placed}, {**failed, **late.failed})


def _place_all(
    context: Context, order: Sequence[IntentTask], most: int | None = None, below: Below | None = None
) -> Outcome:
    """Place intents one after the other; with `most`, until more than so many have found no room. `below` is for whom room will be made."""
    placed: dict[str, PlacedIntent] = {}
    failed: dict[str, Sequence[Cause]] = {}
    left = len(order) if most is None else most
    context.proposals.clear()
    with Ahead(context, order) as ahead:
        for place, item in enumerate(order):
            if left < 0:
                break
            if not context.proposals and _is_flexible(item):
                from intentc.place.proposal import propose  # noqa: PLC0415  (start-up)

                tasks = [task for other in order[place:] for unit in other.units for task in unit.tasks]
                context.proposals.update(propose(context, [task for task in tasks if task.demand.goal == UTILISATION]))
            ahead.of(place)
            found = _place_one(context, item)
            if isinstance(found, PlacedIntent):
                placed[item.name] = found
            else:
                failed[item.name] = found
                left -= _is_curable_by(found)
                if below is not None and _is_curable_by(found):
                    below.books(placed)
    return Outcome(placed, failed)


def _place_one(context: Context, item: IntentTask) -> PlacedIntent | list[Cause]:
    return place_chain(context, item) if isinstance(item, ChainTask) else place_intent(context, item)


def _is_curable(outcome: Outcome, name: str) -> bool:
    return _is_curable_by(outcome.failed.get(name, ()))


def _is_curable_by(causes: Iterable[Cause]) -> bool:
    return any(cause.code in _CURABLE for cause in causes)


def _is_flexible(item: IntentTask) -> bool:
    """Return whether an intent goes where the others leave most room: such intents are placed last, all together."""
    return any(task.demand.goal == UTILISATION for unit in item.units for task in unit.tasks)


def order_key(context: Context, item: IntentTask) -> tuple[object, ...]:
    """Return what sorts the intents of a priority."""
    return _is_new_or_more(context, item), *_hardness(item)


def _smallness(context: Context, item: IntentTask) -> tuple[object, ...]:
    """Return what sorts the intents of a priority where room is scarce: as ever, but by rate the smallest first."""
    is_flexible, asked, rate_bps, name = _hardness(item)
    return _is_new_or_more(context, item), is_flexible, asked, -rate_bps, name


def _is_new_or_more(context: Context, item: IntentTask) -> bool:
    """Return whether an earlier build, if there is one, did not place all of an intent, at its rates: what it did goes first."""
    demands = (task.demand for unit in item.units for task in unit.tasks)
    return any(context.kept.asks_more(demand) for demand in demands)


def _hardness(item: IntentTask) -> tuple[bool, int, int, str]:
    """Return what sorts the intents: those that ask for most kinds of things first, then those that ask for most."""
    demands = [task.demand for unit in item.units for task in unit.tasks]
    asked = max(
        (
            bool(demand.exclusions)
            + bool(demand.via)
            + (demand.bound_ns is not None or demand.rtt_bound_ns is not None)
            + (demand.failover is not None)
            for demand in demands
        ),
        default=0,
    )
    return _is_flexible(item), -asked, -sum(demand.bandwidth_bps for demand in demands), item.name
