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
from intentc.place.memory import Memory
from intentc.place.primary import UTILISATION_LIMIT_PPM
from intentc.place.quiet import by_key
from intentc.place.ranks import order_key
from intentc.place.services import Services
from intentc.place.trial import Trial
from intentc.resolve.model import Model, ServiceFacts, TrafficClass
from intentc.values import frozen, replace

OrderKey = tuple[object, ...]


@frozen
class Stood:
    """The intents of a placement; all but `stirred` ones are known to stand in the books of `context` (None: of nobody that is known).

    Whoever resumes the placement goes on with the same mapping.
    """

    context: Context
    placed: dict[str, PlacedIntent]
    stirred: frozenset[str] | None


@frozen
class Standing:
    """The books of a placement in which every intent stands and is quiet, with what they rest on; `order` as in `Resumed`."""

    stood: Stood
    ledger: Ledger
    tables: Tables
    services: Services
    order: dict[str, OrderKey]
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

    None but `stirred` intents were looked at, as nothing of the others has changed (None: all were).
    """

    context: Context
    placed: dict[str, PlacedIntent]
    order: dict[str, OrderKey]
    loads: Loads
    stirred: frozenset[str] | None


def stand(memory: Memory, context: Context, order: dict[str, OrderKey], loads: Loads, stood: Stood) -> None:
    """Leave the books of a placement to the next one, where that may go on from them: all of `order` was placed, and is quiet."""
    # none is known that was not placed
    if not memory.is_lasting or len(memory.known) != len(order) or context.network.under:
        return
    model = context.model
    books = context.ledger, context.tables, context.services
    memory.standing = Standing(stood, *books, order, loads, model.classes, utilisation_caps(model), model.services)


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
        unpromised=standing.stood.context.unpromised,
    )
    books.unpromised.turn(outages)
    resumption = _Resumption(memory, books, standing, memory.stirred(context, arranged))
    found = resumption.run(arranged)
    if found is None:
        if len(outages) == met:
            memory.note(resumption.context, resumption.settled)
        memory.stay(())
        outages.back_to(met)  # what tries have met would be met at another place in the order
    return found


class _Resumption:
    def __init__(self, memory: Memory, context: Context, standing: Standing, stirred: frozenset[str] | None) -> None:
        self._memory, self.context, self._standing, self._stirred = memory, context, standing, stirred
        self._placed: dict[str, PlacedIntent] = {}
        self._order: dict[str, OrderKey] = {}
        self._doubtful: set[int] = set()  # arcs with something that was not there, or not there in the order
        self._left: set[int] = set()  # arcs with something less
        self.settled: dict[str, PlacedIntent] = {}  # as tried quietly

    def run(self, arranged: Arrangement) -> Resumed | None:
        stirred, known = self._stirred, self._memory.known
        ranks: Sequence[Sequence[IntentTask]] = arranged.ranks
        if stirred is not None:
            self._stay(stirred)
            ranks = arranged.some(stirred)
        changed = [item for items in ranks for item in sorted(self._changed(items), key=self._key_of)]
        for name in [name for name in (known if stirred is None else stirred) if name not in self._placed]:
            for trial in known[name].trials:
                self._left |= trial.all_arcs
                trial.take_out_of(self.context)
        tried: list[Trial] = []
        for item in changed:
            placed = place_intent(self.context, item)
            if not isinstance(placed, PlacedIntent) or not self._memory.is_settled(self.context, placed):
                return None
            self._placed[item.name] = self.settled[item.name] = placed
            tried += placed.trials
        for trial in tried:
            self._doubtful |= trial.all_arcs
        if not self._has_room() or any(trial.overfull() or trial.crowd() is not None for trial in tried):
            return None
        loads = self._standing.loads.changed(self.context, self._doubtful | self._left)
        return Resumed(self.context, self._placed, self._order, loads, stirred)

    def _stay(self, stirred: frozenset[str]) -> None:
        """Leave the intents where they stand of which nothing has changed."""
        standing, stood = self._standing, self._standing.stood
        self._placed, self._order = stood.placed, standing.order
        for name in stirred:
            del self._placed[name], self._order[name]
        fresh: Iterable[str] = self._placed
        if stood.stirred is not None:  # all others know this context
            stood.context.turn(self.context)
            self.context, fresh = stood.context, stood.stirred - stirred
        for name in fresh:
            for trial in self._placed[name].trials:
                trial.stay(self.context, trial.task)
        self._memory.stay(self._placed)

    def _changed(self, items: Iterable[IntentTask]) -> Iterator[IntentTask]:
        """Yield the intents that have to be tried; the others stand."""
        memory, context = self._memory, self.context
        for item in items:
            known = memory.known.get(item.name)
            if known is not None and memory.is_untouched(context, item, known):
                self._order[item.name] = self._standing.order[item.name]
                tasks = {trial.task.demand.key: trial.task for trial in known.trials}
            elif known is not None and memory.is_same(context, item, known):
                self._order[item.name] = order_key(context, item)
                if self._order[item.name] != self._standing.order[item.name]:
                    self._doubtful.update(*(trial.all_arcs for trial in known.trials))
                tasks = by_key(item)
            else:
                self._order[item.name] = order_key(context, item)
                yield item
                continue
            for trial in known.trials:
                trial.stay(context, tasks[trial.task.demand.key])
            memory.count(item, is_recalled=True)
            self._placed[item.name] = known.placed

    def _key_of(self, item: IntentTask) -> OrderKey:
        return self._order[item.name]

    def _has_room(self) -> bool:
        """Return whether everything fits on the doubtful arcs in any order."""
        ledger = self.context.ledger
        return ledger.are_enough(self._doubtful) and all(
            ledger.utilisation_ppm(arc) <= UTILISATION_LIMIT_PPM for arc in self._doubtful
        )
