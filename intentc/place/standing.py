"""Books that stand as the last placement left them: what has changed is taken out and tried, and nothing else is touched.

A placement enters intents in their order, each where those before it have left room. Where all of them are quiet (`memory.py`), what
comes of it is found without that order:

- A quiet try comes to the same in any books in which it fits. In these books everything else stands already, so they are never
  emptier than those at the try's turn; what fits here fits there, as less that is reserved leaves no less room.
- An intent that is not touched fitted at its turn. Now it meets the same on all arcs, in the same order, but for what was taken out,
  and for what the tries have entered, or was moved to another place in the order. On the arcs of these everything fits
  even if the worst states of all came together, and no arc is fuller than what a quiet try may make it: so whatever part of that is
  there at an intent's turn, the intent fits.
- Tables and services count what is there, whatever the order; those of the tries are looked at when all are in.

Where anything of this does not hold, the books are let go, and all is placed in order, in new ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.place.arrangement import Arrangement
from intentc.place.caps import Caps, UtilisationCap, utilisation_caps
from intentc.place.context import Context, Tables
from intentc.place.crossing import Crossing
from intentc.place.intents import IntentTask, PlacedIntent, place_intent
from intentc.place.ledger import Ledger
from intentc.place.loads import Loads
from intentc.place.memory import Memory, by_key
from intentc.place.primary import UTILISATION_LIMIT_PPM
from intentc.place.ranks import order_key
from intentc.place.services import Services
from intentc.place.trial import Trial
from intentc.resolve.model import Model, ServiceFacts, TrafficClass
from intentc.values import frozen, replace

OrderKey = tuple[object, ...]


@frozen
class Standing:
    """The books of a placement in which every intent stands and is quiet, with what they rest on; `order` as in `Resumed`."""

    ledger: Ledger
    tables: Tables
    services: Services
    order: Mapping[str, OrderKey]
    loads: Loads
    classes: Mapping[str, TrafficClass]
    caps: tuple[UtilisationCap, ...]
    facts: Mapping[str, ServiceFacts]

    def cross(self, crossing: Crossing) -> bool:
        """Be of another network; return False where these cannot be its books."""
        if not crossing.is_same_room:
            return False
        self.ledger.lie_over(crossing.network, Caps(crossing.network, self.caps))
        return True

    def is_for(self, model: Model) -> bool:
        """Return whether these could be the books of a model over the same network."""
        return (self.classes, self.facts, self.caps) == (model.classes, model.services, utilisation_caps(model))


@frozen
class Resumed:
    """A placement that went on from books that stood: all intents; by intent what puts it in order; the loads of links.

    `calm` are intents that were not looked at, as nothing of them has changed.
    """

    context: Context
    placed: Mapping[str, PlacedIntent]
    order: Mapping[str, OrderKey]
    loads: Loads
    calm: frozenset[str]


def stand(memory: Memory, context: Context, order: Mapping[str, OrderKey], loads: Loads) -> None:
    """Leave the books of a placement to the next one, where that may go on from them: all of `order` was placed, and is quiet."""
    if not memory.is_lasting or memory.known.keys() != order.keys() or context.network.under:
        return
    model = context.model
    books = context.ledger, context.tables, context.services
    memory.standing = Standing(*books, order, loads, model.classes, utilisation_caps(model), model.services)


def orders(context: Context, ranks: Iterable[Iterable[IntentTask]]) -> dict[str, OrderKey]:
    """Return what puts each intent in order."""
    return {item.name: order_key(context, item) for items in ranks for item in items}


def resume(memory: Memory, context: Context, arranged: Arrangement) -> Resumed | None:
    """Return what a placement comes to over the books that stand; None where all has to be placed in order, in new books."""
    standing, memory.standing = memory.standing, None
    if standing is None or not standing.is_for(context.model):
        return None
    if context.model.chains:
        return None
    outages = context.realiser.outages
    met = len(outages)
    books = replace(
        context,
        ledger=standing.ledger,
        tables=standing.tables,
        services=standing.services,
        proposals={},
        plans={},
        confined=[],
        splits=set(),
    )
    resumption = _Resumption(memory, books, standing, memory.calm(context, arranged))
    found = resumption.run(arranged.ranks)
    if found is None:
        if len(outages) == met:
            memory.note(books, resumption.settled)
        outages.back_to(met)  # what tries have met would be met at another place in the order
    return found


class _Resumption:
    def __init__(self, memory: Memory, context: Context, standing: Standing, calm: frozenset[str]) -> None:
        self._memory, self._context, self._standing, self._calm = memory, context, standing, calm
        self._placed: dict[str, PlacedIntent] = {}
        self._order: dict[str, OrderKey] = {}
        self._doubtful: set[int] = set()  # arcs with something that was not there, or not there in the order
        self._left: set[int] = set()  # arcs with something less
        self.settled: dict[str, PlacedIntent] = {}  # as tried quietly

    def run(self, ranks: Sequence[Sequence[IntentTask]]) -> Resumed | None:
        self._stay()
        changed = [item for items in ranks for item in sorted(self._changed(items), key=self._key_of)]
        for name in self._memory.known.keys() - self._placed.keys():
            for trial in self._memory.known[name].trials:
                self._left |= trial.reservation().all_arcs
                trial.take_out_of(self._context)
        tried: list[Trial] = []
        for item in changed:
            placed = place_intent(self._context, item)
            if not isinstance(placed, PlacedIntent) or not self._memory.is_settled(self._context, placed):
                return None
            self._placed[item.name] = self.settled[item.name] = placed
            tried += placed.trials
        for trial in tried:
            self._doubtful |= trial.reservation().all_arcs
        if not self._has_room() or any(trial.overfull() or trial.crowd() is not None for trial in tried):
            return None
        loads = self._standing.loads.changed(self._context, self._doubtful | self._left)
        return Resumed(self._context, self._placed, self._order, loads, self._calm)

    def _stay(self) -> None:
        """Leave the intents where they stand of which nothing has changed."""
        known, context, order = self._memory.known, self._context, self._standing.order
        for name in self._calm:
            placed = self._placed[name] = known[name].placed
            self._order[name] = order[name]
            for trial in placed.trials:
                trial.stay(context, trial.task)
        self._memory.recalled |= self._calm
        context.splits.update(self._calm)

    def _changed(self, items: Iterable[IntentTask]) -> Iterator[IntentTask]:
        """Yield the intents that have to be tried; the others stand."""
        memory, context = self._memory, self._context
        for item in items:
            if item.name in self._calm:
                continue
            known = memory.known.get(item.name)
            if known is not None and memory.is_untouched(context, item, known):
                self._order[item.name] = self._standing.order[item.name]
                tasks = {trial.task.demand.key: trial.task for trial in known.trials}
            elif known is not None and memory.is_same(context, item, known):
                self._order[item.name] = order_key(context, item)
                if self._order[item.name] != self._standing.order[item.name]:
                    self._doubtful.update(*(trial.reservation().all_arcs for trial in known.trials))
                tasks = by_key(item)
            else:
                self._order[item.name] = order_key(context, item)
                yield item
                continue
            for trial in known.trials:
                trial.stay(context, tasks[trial.task.demand.key])
            memory.count(item, is_recalled=True)
            context.splits.add(item.name)
            self._placed[item.name] = known.placed

    def _key_of(self, item: IntentTask) -> OrderKey:
        return self._order[item.name]

    def _has_room(self) -> bool:
        """Return whether everything fits on the doubtful arcs in any order."""
        ledger = self._context.ledger
        return ledger.are_enough(self._doubtful) and all(
            ledger.utilisation_ppm(arc) <= UTILISATION_LIMIT_PPM for arc in self._doubtful
        )
