"""In which order intents are placed: by priority, the hardest and biggest first, a failed one once more at the front."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from intentc.place.causes import Cause
from intentc.place.chain_tasks import ChainTask
from intentc.place.chains import place_chain
from intentc.place.context import Context
from intentc.place.goals import UTILISATION
from intentc.place.intents import IntentTask, PlacedIntent, place_intent
from intentc.place.proposal import propose

MOST_ORDERS = 4
_CURABLE = frozenset(
    {"E0505", "E0509", "E0524", "E0532", "E0533"}
)  # what the order within a priority may be to blame for


@dataclass(frozen=True, slots=True)
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


def place_rank(context: Context, intents: Iterable[IntentTask]) -> Outcome:
    """Place the intents of one priority and return the best outcome of a few orders; only its reservations stay.

    An intent that finds no room goes to the front of the next order. One that fails at the front too fails for good: what
    was placed before it has a higher priority. The others stay where they are unless they are in its way.
    """
    order = sorted(intents, key=lambda item: (_is_new(context, item), _hardness(item)))
    best = outcome = _place_all(context, order)
    promoted: set[str] = set()
    while len(promoted) < MOST_ORDERS - 1:
        culprit = next((item for item in order if item.name not in promoted and _is_curable(outcome, item.name)), None)
        if culprit is None or culprit is order[0]:
            break
        promoted.add(culprit.name)
        order = [culprit, *(item for item in order if item is not culprit)]
        outcome.withdraw()
        outcome = _place_around(context, order, outcome)
        if len(outcome.failed) < len(best.failed):
            best = outcome
    if best is not outcome:
        outcome.withdraw()
        best.enter()
    return _without_caps(context, best, order) if context.ledger.has_caps else best


def _place_around(context: Context, order: Sequence[IntentTask], before: Outcome) -> Outcome:
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
    rest = _place_all(context, [item for item in order[1:] if item.name not in kept])
    return Outcome({**first.placed, **kept, **rest.placed}, rest.failed)


def _returns(placed: PlacedIntent) -> bool:
    """Enter an intent into the books again if everything on its links still fits then; return whether it is there."""
    placed.enter()
    if any(trial.overfull() or trial.clash() is not None for trial in placed.trials):
        placed.withdraw()
        return False
    return True


def _without_caps(context: Context, best: Outcome, order: Sequence[IntentTask]) -> Outcome:
    """Place what only an assertion's limit on links kept out: the assertion then fails, not the intent."""
    with context.ledger.without_caps():
        late = _place_all(context, [item for item in order if item.name in best.failed])
    failed = {name: causes for name, causes in best.failed.items() if name not in late.placed}
    return Outcome({**best.placed, **late.placed}, {**failed, **late.failed})


def _place_all(context: Context, order: Sequence[IntentTask]) -> Outcome:
    placed: dict[str, PlacedIntent] = {}
    failed: dict[str, Sequence[Cause]] = {}
    context.proposals.clear()
    for place, item in enumerate(order):
        if not context.proposals and _is_flexible(item):
            tasks = [task for other in order[place:] for unit in other.units for task in unit.tasks]
            context.proposals.update(propose(context, [task for task in tasks if task.demand.goal == UTILISATION]))
        found = place_chain(context, item) if isinstance(item, ChainTask) else place_intent(context, item)
        if isinstance(found, PlacedIntent):
            placed[item.name] = found
        else:
            failed[item.name] = found
    return Outcome(placed, failed)


def _is_curable(outcome: Outcome, name: str) -> bool:
    return any(cause.code in _CURABLE for cause in outcome.failed.get(name, ()))


def _is_flexible(item: IntentTask) -> bool:
    """Return whether an intent goes where the others leave most room: such intents are placed last, all together."""
    return any(task.demand.goal == UTILISATION for unit in item.units for task in unit.tasks)


def _is_new(context: Context, item: IntentTask) -> bool:
    """Return whether an earlier build, if there is one, did not place all of an intent: what it did goes first."""
    return any(task.demand.key not in context.kept.demands for unit in item.units for task in unit.tasks)


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
