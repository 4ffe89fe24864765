"""What a placement leaves to the next one of much the same program: tries that would come out the same are not made again.

A try is *quiet* when it took what the devices do by themselves, or what an earlier build had steered, and all of that fitted:
then it looked for nothing, and what it came to does not depend on what else is in the books, as long as it fits there. So an
intent whose demands are the same, with the same steering to begin with, is entered as it was, at its turn in the same
order; where anything lacks room with it, it is taken out again and tried like any other. Room in the books as they are with
a demand in them is what a try asks for and more: the books hold what each state takes, so what fits with it fitted before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import is_
from typing import TYPE_CHECKING

from intentc.forwarding.outage import Outages
from intentc.place.arrangement import Arrangement, arrange
from intentc.place.earlier import LastKept
from intentc.place.intents import IntentTask, PlacedIntent
from intentc.place.known_tasks import KnownTasks
from intentc.place.later import Later
from intentc.place.model import Hop, PlacedDemand, Realiser
from intentc.place.potentials import Guides
from intentc.place.primary import UTILISATION_LIMIT_PPM, fullest_ppm
from intentc.place.quiet import Steering, begins_alike, by_key, is_quiet, is_sure, steering
from intentc.place.record import record
from intentc.place.settled import SettledStates
from intentc.place.tasks import Task
from intentc.place.traffic import KnownTraffic
from intentc.place.trial import Trial
from intentc.recall import Recall, differing_keys
from intentc.resolve.alike import Likeness
from intentc.values import frozen, replace

if TYPE_CHECKING:
    from intentc.place.context import Context
    from intentc.place.crossing import Crossing
    from intentc.place.joint.burdens import Burdens
    from intentc.place.standing import Standing
    from intentc.realise.earlier import Earlier
    from intentc.resolve.model import Candidate, Model


@frozen
class Known:
    """An intent whose tries were quiet: what each began with from an earlier build (None: nothing steered), and what came of it.

    `kept` is what there was of that build; with the same, it `is_sure` that the next tries begin as these did.
    """

    placed: PlacedIntent
    began: tuple[Steering | None, ...]
    kept: tuple[tuple[Candidate, Earlier] | None, ...]
    is_sure: bool
    demands: tuple[PlacedDemand, ...]

    @property
    def trials(self) -> tuple[Trial, ...]:
        return self.placed.trials


class Memory:
    """What is known of the last placement over some network, for the next one over the very same.

    One that is not lasting notes only placements that have refused something, whose repairs are tried.
    """

    def __init__(self, *, is_lasting: bool = True) -> None:
        self.is_lasting = is_lasting
        self.guides: Guides | None = None
        self.burdens: Burdens | None = None  # of this program and its trials
        self.tried: set[str] = set()  # intents that the last placement did not enter as they were
        self._recalled: set[str] = set()  # others, of which each was looked at
        self._stood: Iterable[str] = ()  # intents of which all stood but those that were tried
        self._outages: Outages | None = None
        self.known: Mapping[str, Known] = {}
        self.standing: Standing | None = None  # books from which the next placement may go on
        self.spoken: frozenset[str] = frozenset()  # intents that were placed, and of which something was said
        self.demands: Mapping[str, PlacedDemand] = {}  # as they were handed on
        self.tasks: Mapping[str, Sequence[Task]] = {}  # of each intent
        self._unsure: frozenset[str] = frozenset()  # of those that are known
        self._arranged: Arrangement | None = None
        self._kept: Mapping[str, tuple[Candidate, Earlier]] = {}  # what there was of an earlier build, by demand
        self.last_kept = LastKept()
        self.traffic = KnownTraffic()
        self.steps: Recall[tuple[tuple[Hop, ...], ...]] = Recall()  # over one link, of a network
        self._likeness = Likeness()
        self._tasks = KnownTasks()
        self._is_trial = False
        self._crossing: Crossing | None = None  # where the network is another one than the last time
        self._changed: frozenset[str] = frozenset()  # intents to be tried for that

    def arrange(self, model: Model, realiser: Realiser) -> Arrangement:
        """Return the intents of a program in order; one that is not lasting, or of a trial, keeps none."""
        if not self.is_lasting:
            return arrange(model, realiser)
        found = arrange(model, realiser, self._tasks, self._arranged)
        self._arranged = None if self._is_trial else found
        return found

    def stirred(self, context: Context, arranged: Arrangement) -> frozenset[str] | None:
        """Return the intents that may not stay as they are; None: all may not.

        Of the others nothing that a try would begin with has changed since the last placement.
        """
        # known are intents of the last placement, which has the same ones where it is told what has changed since
        if arranged.changed is None or len(self.known) != len(arranged.by_intent):
            return None
        before, kept, demands = self._kept, context.kept.demands, context.model.demands
        moved = [key for key in differing_keys(before, kept) if before.get(key) != kept.get(key)]
        return arranged.changed.union(
            self._unsure, self._changed, [demands[key].intent for key in moved if key in demands]
        )

    @property
    def recalled(self) -> set[str]:
        """Return the intents that the last placement entered as they were, or left where they stood."""
        return self._recalled.union(self._stood) - self.tried

    def stay(self, names: Iterable[str]) -> None:
        """Note intents that were left where they stood, but for those that will be tried: the very thing is held, not looked through."""
        self._stood = names

    def rest(self) -> None:
        """Note that nothing had to be tried, as nothing had changed."""
        self._recalled |= self.tried
        self.tried = set()

    def fork(self) -> Memory:
        """Return the same, to be changed apart."""
        found = Memory(is_lasting=self.is_lasting)
        found.guides, found._outages, found.known = self.guides, self._outages, self.known
        found.burdens, found._is_trial = self.burdens, True
        return found

    @property
    def may_cross(self) -> bool:
        """Return whether anything can be taken on to another network: what a trial knows is its run's."""
        return self.is_lasting and not self._is_trial

    def cross(self, crossing: Crossing) -> None:
        """Know what holds over another network, for the placement that begins now."""
        self._crossing, self.guides, self.burdens = crossing, None, None
        self._changed = frozenset([name for name, known in self.known.items() if not crossing.stays(known)])
        self._tasks.cross()
        self._arranged = None
        if self.standing is not None and not self.standing.cross(crossing):
            self.standing = None

    def begin(self, outages: Outages) -> None:
        """Begin a placement with these promised states; of one with others, or in another order, no demand is known."""
        if self._outages is None or not outages.is_like(self._outages):
            self.known, self.standing = {}, None
        self._recalled, self._stood, self.tried, self._likeness = set(), (), set(), Likeness()
        if not self._is_trial:
            self.burdens = None  # else a session would know all paths that anybody ever had
        self._outages = outages

    def recall(self, context: Context, item: IntentTask) -> PlacedIntent | None:
        """Return an intent as it was placed before, in the books; None where it has to be tried."""
        known = self.known.get(item.name)
        if known is None or context.is_lean or not self.is_same(context, item, known):
            self.count(item, is_recalled=False)
            return None
        tasks = by_key(item)
        trials: list[Trial] = []
        for trial in known.trials:
            trials.append(trial.again(context, tasks[trial.task.demand.key]))
            if not _enters(context, trials[-1]):
                for entered in trials[:-1]:
                    entered.withdraw()
                self.count(item, is_recalled=False)
                return None
        self.count(item, is_recalled=True)
        context.splits.add(item.name)  # nobody notes whether single paths would be other ones
        return PlacedIntent(tuple(trials), ())

    def recorded(self, context: Context, trial: Trial) -> PlacedDemand | None:
        """Return what is handed on of a demand that was entered as it was; None where it has to be made."""
        demand = context.model.demands[trial.task.demand.key]
        known = self.known.get(demand.intent) if trial.is_again else None
        if known is None:
            return None
        found = next(item for item in known.demands if item.demand.key == demand.key)
        if isinstance(found.states, SettledStates) and (states := found.states.on(context.network)) is not found.states:
            found = replace(found, states=states)
        is_same = found.demand is demand and found.promised is trial.task.promised
        return found if is_same else replace(found, demand=demand, promised=trial.task.promised)

    @property
    def is_any(self) -> bool:
        """Return whether anything is known."""
        return self.is_lasting or isinstance(self.known, Later) or bool(self.known)

    def keep(
        self,
        context: Context,
        placed: Mapping[str, PlacedIntent],
        came: tuple[Mapping[str, PlacedDemand], Mapping[str, Sequence[Task]]],
        stirred: frozenset[str] | None,
        *,
        is_needed: bool,
    ) -> None:
        """Note what came of a placement, by demand and by intent; only `stirred` intents are not as they were (None: all).

        `is_needed`: something was refused. For trials of repairs that is done when the first of them asks: mostly there are none.
        """
        self._crossing, self._changed = None, frozenset()
        if not self.is_lasting and not is_needed:
            self.known = {}
            return
        self.guides, known = context.guides, self.known

        def noted() -> dict[str, Known]:
            return {
                name: self._noted(context, known.get(name), placed[name], came[0])
                for name in (placed if stirred is None else stirred)
                if self.is_quiet(context, placed[name])
            }

        if self.is_lasting:
            self._learn(noted(), stirred)
        else:
            self.known = Later(noted)
        if self._arranged is not None:
            (self.demands, self.tasks), self._kept = came, context.kept.demands

    def _learn(self, noted: dict[str, Known], stirred: frozenset[str] | None) -> None:
        """Know what was noted of intents, and of all but `stirred` ones what was known (None: of nobody)."""
        unsure = frozenset([name for name, item in noted.items() if not item.is_sure])
        if stirred is None:
            self.known, self._unsure = noted, unsure
        else:
            known = {**self.known, **noted}
            for name in stirred.difference(noted):
                del known[name]
            self.known = known
            self._unsure = self._unsure - stirred | unsure

    def note(self, context: Context, settled: Mapping[str, PlacedIntent]) -> None:
        """Note quiet tries that were made in books that were let go: the same would come of them in others."""
        demands = {
            trial.task.demand.key: record(context, trial) for placed in settled.values() for trial in placed.trials
        }
        known = {name: self._noted(context, self.known.get(name), placed, demands) for name, placed in settled.items()}
        self.known, self._changed = {**self.known, **known}, self._changed.difference(known)

    def is_quiet(self, context: Context, item: PlacedIntent) -> bool:
        """Return whether all tries of an intent were quiet."""
        return not item.accepted and all(is_quiet(context, trial) for trial in item.trials)

    @staticmethod
    def _noted(context: Context, known: Known | None, item: PlacedIntent, demands: Mapping[str, PlacedDemand]) -> Known:
        tasks = [trial.task for trial in item.trials]
        kept = tuple([context.kept.demands.get(task.demand.key) for task in tasks])
        came = tuple([demands[task.demand.key] for task in tasks])
        if known is not None and known.is_sure and known.placed is item and known.kept == kept:
            return known if all(map(is_, known.demands, came)) else replace(known, demands=came)
        began = tuple(steering(context, task) for task in tasks)
        return Known(item, began, kept, is_sure(context, item, began), came)

    def is_settled(self, context: Context, item: PlacedIntent) -> bool:
        """Return whether an intent was tried quietly, and would come to the same in any books with room for that."""
        began = [steering(context, trial.task) for trial in item.trials]
        return self.is_quiet(context, item) and is_sure(context, item, began)

    def count(self, item: IntentTask, *, is_recalled: bool) -> None:
        (self._recalled if is_recalled else self.tried).add(item.name)
        (self.tried if is_recalled else self._recalled).discard(item.name)

    def is_untouched(self, context: Context, item: IntentTask, known: Known) -> bool:
        """Return whether an intent is surely the same, which is quick to tell: its tasks are the very same ones, and so on."""
        tasks = [task for unit in item.units for task in unit.tasks]
        if item.name in self._changed or not known.is_sure or len(tasks) != len(known.trials):
            return False
        kept = context.kept.demands
        return all(
            task is trial.task and kept.get(task.demand.key) == before
            for task, trial, before in zip(tasks, known.trials, known.kept, strict=True)
        )

    def is_same(self, context: Context, item: IntentTask, known: Known) -> bool:
        """Return whether the tries of an intent would begin as they did, for demands that ask for the same."""
        tasks = by_key(item)
        if (
            item.name in self._changed
            or list(tasks) != [trial.task.demand.key for trial in known.trials]
            or any(key in context.plans for key in tasks)
        ):
            return False
        return all(
            self._is_like(tasks[trial.task.demand.key], trial.task)
            and begins_alike(context, trial, began, is_reply=trial.task.demand.reply_to in tasks)
            for trial, began in zip(known.trials, known.began, strict=True)
        )

    def _is_like(self, one: Task, other: Task) -> bool:
        """Return whether two tasks over the same network and devices are the same to a try; what stays uses no link that has changed."""
        if one is other:
            return True
        mine, others = (one.claim, one.failed_claim, one.ahead), (other.claim, other.failed_claim, other.ahead)
        barred = one.barred == other.barred or (
            self._crossing is not None and one.barred ^ other.barred <= self._crossing.links
        )
        return barred and mine == others and self._likeness.of_demands(one.demand, other.demand)


def _enters(context: Context, trial: Trial) -> bool:
    """Enter a demand into the books if it would have been placed as it is; return whether it is there."""
    claim = trial.task.claim
    if claim.rate_bps and fullest_ppm(context, trial.normal.taken, claim) > UTILISATION_LIMIT_PPM:
        return False
    trial.enter()
    if trial.overfull() or trial.clash() is not None or trial.crowd() is not None:
        trial.withdraw()
        return False
    return True
