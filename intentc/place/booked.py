"""What a demand does in each promised state, as it was fixed, and its place in the books."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.forwarding.figures import ends_of, worst_latency
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Walk
from intentc.place.compact import Ways as SharedWays
from intentc.place.compact import is_large
from intentc.place.context import Context
from intentc.place.courses import new_course
from intentc.place.ledger import Ledger
from intentc.place.model import Carried, Course
from intentc.place.parts import labels_on
from intentc.place.reservation import Reservation, Shortage
from intentc.place.reserve import reserve
from intentc.place.roles import Ends, Role, Setback, Variation
from intentc.place.services import Crowd, Load
from intentc.place.settled import Settled, SettledStates, by_outage
from intentc.place.tasks import Task
from intentc.realise.model import Protection

if TYPE_CHECKING:
    from intentc.native.ways import Ways


class Booked:
    """A demand with what was fixed for it: `enter` it into the books; `overfull`, `clash` and `crowd` say whether it fits there.

    `states` are the promised states in which it does not go as normally, `lacking` those that stay without a path. `settled`: all
    these states, where a kernel has found them.
    """

    def __init__(self, context: Context, task: Task, role: Role, variation: Variation) -> None:
        self.task = task
        self.variation = variation
        self.settled: Settled | None = None
        self._states: dict[Outage, Carried] = {}
        # promised to others alone; of `settled`: what touches the IGP's paths touches these, so nothing is claimed wherever nothing is promised
        self._freed: Sequence[Outage] | None = None
        self._met: int | None = None  # how many states had been met when that was asked first
        self.lacking: list[Setback] = []
        self._context = context
        self._courses: dict[int, Course] = {}
        self._reservation: Reservation | None = None
        self._ends = role.ends_in(NORMAL)[0]
        self._unsteered: Carried | None = None  # the normal state, where it is known that nothing steers
        self.protection: Protection | None = None  # once found to be soon enough, where nothing steers

    @property
    def states(self) -> dict[Outage, Carried]:
        """The promised states in which it does not go as normally."""
        if self.settled is not None and not self._states:
            self._states = by_outage(SettledStates(self.settled, self._context.network, self._ends.group))
        return self._states

    def carried(self, course: int) -> Sequence[Carried]:
        """Return what it does in each of these states, under some number of its course where a kernel has found them; nothing is kept of that."""
        if self.settled is None:
            return tuple(self._states.values())
        return SettledStates(self.settled, self._context.network, course)

    def rest(self) -> None:
        """Let go of what can be made anew; where it goes is settled."""
        if self.settled is not None:
            self._states, self._reservation = {}, None
        if is_large(self._context.network):
            self._reservation = None
            self._courses = {} if self._unsteered is not None else self._courses

    def compact(self) -> None:
        """Do the same once the demand holds, on a large network: of a steered one also have equal ways as one object."""
        if not is_large(self._context.network):
            return
        self._reservation = None
        if self.settled is not None:
            self._freed = None
        else:
            ways = SharedWays(self._context.network.head)
            for outage, carried in self._states.items():
                taken = ways.one(carried.taken)
                course = self._course(carried.course)
                if course.policies and not course.rules:
                    course.keep(outage, taken)
                    self._states[outage] = Carried(outage, carried.course, taken)

    @property
    def ends(self) -> Ends:
        """Where its packets enter in the normal state."""
        return self._ends

    @property
    def courses(self) -> Mapping[int, Course]:
        """The courses in use, by the index of their group; the first one is that of the normal state."""
        if not self._courses and self._unsteered is not None:
            self._course(self._ends.group)
        return self._courses

    @property
    def normal(self) -> Carried:
        """Where the packets go in the normal state, with the steering as it is by now."""
        if self._unsteered is not None:
            return self._unsteered
        return Carried(NORMAL, self._ends.group, self._course(self._ends.group).walk(NORMAL, self._ends.start))

    def carried_in(self, outage: Outage) -> Carried:
        """Return what the demand does in a promised state."""
        return self.states.get(outage) or self.normal

    def latency_us(self, outage: Outage) -> int:
        """Return the latency of the worst path in a promised state."""
        return worst_latency(self._context.network, self.carried_in(outage).taken.trails, self.task.ahead).total

    def landings(self, outage: Outage) -> tuple[int, ...]:
        """Return the nodes where packets end in a promised state: one, or routers of one site to which the way is equally long."""
        return ends_of(self._context.network, self.carried_in(outage).taken)

    def landing(self, outage: Outage) -> int:
        """Return the first of these nodes."""
        return self.landings(outage)[0]

    def _course(self, group: int) -> Course:
        if group not in self._courses:
            self._courses[group] = new_course(self._context, self.task, self.variation, self._ends, group)
        return self._courses[group]

    def _forget(self) -> None:
        """Let go of what was only needed to find this."""

    def reservation(self) -> Reservation:
        """Return what the demand claims, once all promised states are fixed."""
        if self._reservation is None:
            walks: dict[Outage, Walk | None] = {outage: self._walk_now(each) for outage, each in self.states.items()}
            walks |= dict.fromkeys((setback.outage for setback in self.lacking), None)
            walks |= dict.fromkeys(self.freed, None)
            self._reservation = reserve(self._context.network, self.task, self.normal.taken, walks)
        return self._reservation

    @property
    def freed(self) -> Sequence[Outage]:
        """The states promised to others alone in which it claims nothing; the same whenever its claims are made anew: others may meet further ones."""
        if self._freed is None:
            self._freed = self._met_first(tuple(self._released(self.normal.taken)))
        return self._freed

    def _met_first(self, outages: Sequence[Outage]) -> Sequence[Outage]:
        """Return those of some states that had been met when they were asked for first."""
        known = self._context.realiser.outages
        if self._met is None:
            self._met = len(known)
        return outages if self._met == len(known) else known.among_first(self._met, outages)

    @property
    def all_arcs(self) -> frozenset[int]:
        """The arcs that it claims in any state."""
        settled = self.settled
        if settled is None or self._reservation is not None or self._context.network.under:
            return self.reservation().all_arcs
        ways = settled.over(self._context.network)
        return frozenset(self.normal.taken.each_arc).union(*map(ways.arcs, range(ways.kinds)))

    def _walk_now(self, carried: Carried) -> Walk:
        """Return a walk with the labels that packets have by now: lists may have changed since its state was fixed."""
        course, taken = self._course(carried.course), carried.taken
        return course.walk(carried.outage, taken.start) if course.policies else taken

    @property
    def labels(self) -> int:
        """Return how many labels the longest of its lists puts in front of packets."""
        policies = (policy for course in self._courses.values() for policy in course.policies.values())
        return max((policy.labels for policy in policies), default=0)

    def labels_for(self, clash: Shortage) -> int:
        """Return how many labels packets have on an arc that lacks room, where it would not without them; 0 where it would."""
        carried = self.carried_in(clash.outage)
        labels = labels_on(self._walk_now(carried)).get(clash.arc, 0)
        claim = self.task.claim_in(carried.outage)
        added = claim.with_labels(labels, self._context.network.topology.routing.mean_packet).own_bps - claim.own_bps
        return labels if clash.missing_bps <= added else 0

    def arcs_over(self, arc: int) -> frozenset[int]:
        """Return an arc with those of the tunnels that run over it: all that lead over it."""
        return frozenset({arc}) | self._context.network.above.get(arc, frozenset())

    def _released(self, taken: Walk) -> Iterator[Outage]:
        """Yield the states that others are promised, but not this demand, and in which its packets do not go as normally."""
        promised = self.task.promises
        course = self._course(self._ends.group)
        own = self._context.network.mask_of(taken.start, taken.arcs)
        for outage in self._context.realiser.outages.touching(taken.dependence):
            if outage in promised:
                continue
            if outage.touches(own) or not course.walk(outage, taken.start).is_like(taken):
                yield outage

    def _enter_settled(self, ledger: Ledger, sign: int) -> bool:
        """Enter, or take out, what the demand claims as the kernel has found its states; return False where only a reservation will do."""
        settled = self.settled
        return settled is not None and self._enter_ways(ledger, settled.over(self._context.network), sign)

    def _enter_ways(self, ledger: Ledger, ways: Ways, sign: int) -> bool:
        """Do the same with the ways at hand."""
        normal, failed = self.task.claim, self.task.failed_claim
        if failed.rate_bps > normal.rate_bps or failed.limit_bps > normal.limit_bps:
            return False
        taken = self.normal.taken
        if normal.is_spread and len(taken.trails) > 1:
            return False
        if self._freed is None:
            self._freed = self._met_first(self._unpromised(taken))
        return ledger.enter_ways((normal, failed), taken.each_arc, (ways, self.task.promises), self._freed, sign)

    def _unpromised(self, taken: Walk) -> Sequence[Outage]:
        """Return the states that others are promised, but not this demand, and that touch a way of the normal state that nothing steers."""
        context = self._context
        known = context.realiser.outages
        return context.unpromised.along(context.network, known, self.task.promises, taken.start, taken.each_arc)

    def enter(self) -> None:
        """Enter what the demand claims into the books: reservations and steering tables."""
        self._forget()
        self.enter_into(self._context.ledger)
        self._post_tables(self._context, 1)
        if (load := self.load()) is not None:
            self._context.services.post(load, 1)

    def enter_into(self, ledger: Ledger) -> None:
        """Enter what the demand claims into books, its own or others: reservations alone."""
        if not self._enter_settled(ledger, 1):
            ledger.add(self.reservation())

    def enters(self, ways: Ways) -> bool:
        """Enter what the demand claims, which nothing steers and no service counts, if it fits; return whether it is there.

        `ways`: what it was settled as.
        """
        ledger = self._context.ledger
        if not self._enter_ways(ledger, ways, 1):
            return False
        if ledger.are_sure(self.normal.taken.each_arc, ways) or self.clash() is None:
            return True
        self.withdraw()
        return False

    def withdraw(self) -> None:
        """Take what was entered out of the books."""
        self.take_out_of(self._context)

    def take_out_of(self, context: Context) -> None:
        """Take the same out of other books that it stands in, a copy of its own."""
        if not self._enter_settled(context.ledger, -1):
            context.ledger.remove(self.reservation())
        self._post_tables(context, -1)
        if (load := self.load()) is not None:
            context.services.post(load, -1)

    def move_to(self, context: Context) -> None:
        """Take what was entered out of the books, and enter it into others, which are its own from now on."""
        self.withdraw()
        self._context = context
        self.enter()

    def _post_tables(self, context: Context, sign: int) -> None:
        is_closed = self.task.demand.otherwise == "drop"
        for course in self._courses.values():
            context.tables.post(course.rules, sign, is_fail_closed=is_closed)

    def clash(self) -> Shortage | None:
        """Return the first thing that a link lacks now that the demand is in the books."""
        settled = self.settled
        network, ledger = self._context.network, self._context.ledger
        if settled is not None and ledger.are_sure(self.normal.taken.each_arc, settled.over(network)):
            return None
        return next(ledger.shortages(self.reservation()), None)

    def load(self) -> Load | None:
        """Return what the demand asks of services with a capacity; None where it asks nothing of any."""
        services = self._context.services.limited(self.task.demand.services)
        if not services:
            return None
        claimed, nodes = self.reservation(), self._context.network.nodes
        states = {outage: nodes[self.landing(outage)] if arcs else None for outage, arcs in claimed.states.items()}
        host = nodes[self.landing(NORMAL)]
        return Load(self.task.demand.intent, services, self.task.claim, host, self.task.failed_claim, states)

    def crowd(self) -> Crowd | None:
        """Return the first service that is asked for too much now that the demand is in the books."""
        load = self.load()
        return None if load is None else self._context.services.crowd(load)

    def overfull(self) -> frozenset[int]:
        """Return the nodes that have more steering tables than they can hold now that the demand is in the books."""
        nodes = {node for course in self._courses.values() for node, _ in course.rules}
        return self._context.tables.overfull(nodes, self._context.realiser)
