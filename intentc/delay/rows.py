"""A placed program as rows of numbers, as the kernels want it: ports, paths, failure states, and what each demand does.

The rows stay while intents are withdrawn: only the kernel's web is woven anew from those that are left.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc.delay.allowances import limits_of
from intentc.delay.breaches import ANY_STATE, bound_us
from intentc.delay.columns import Bounds, ColumnWaits
from intentc.delay.courses import Elements, States, is_metered
from intentc.delay.dishes import Dishes
from intentc.delay.ends import KnownEnds
from intentc.delay.fitness import are_demands_for_kernels, are_links_for_kernels, has_two_cpus, parts_of_us
from intentc.delay.last import Last
from intentc.delay.latency import with_words
from intentc.delay.leeway import Leeway
from intentc.delay.meanwhile import Meanwhile
from intentc.delay.turning import Difference, Tally, difference, is_alike
from intentc.delay.turning import kernels as kernels  # noqa: PLC0414  (part of this module)
from intentc.delay.waiting import Known, Waits
from intentc.native import compiled
from intentc.realise.labels import most_labels, with_labels
from intentc.realise.model import Path, QueueBound, QueueKey, Realised, RealisedDemand
from intentc.realise.results import SettledResults, whens
from intentc.recall import Recall
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.native.careers import Careers
    from intentc.native.queues import Offered
    from intentc.native.roads import Roads
    from intentc.native.routes import Amounts, Routes
    from intentc.native.shares import Shares, Users
    from intentc.native.weave import Web

MANY_DEMANDS = 2_000  # of which two threads weave half each
_MOST_TIMES = 3  # as many paths, or careers, as a program began with
_SMALL, _SMALL_LASTING = 32, 512  # demands that come and go, of which as much as can be is patched; in a session
_NS_PER_US = 1000
_BITS_US = 8 * 1_000_000  # bytes at bps, in µs


@frozen
class _Ahead:
    """The web of a program with these demands, which is being finished."""

    demands: Mapping[str, RealisedDemand]
    web: Web
    finishing: Meanwhile


class Rows:
    """The ports, paths, states and demands of a program, by number."""

    def __init__(self, realised: Realised) -> None:
        topology = self._topology = realised.model.topology
        self._classes = realised.model.classes
        self._states = States(realised)
        self.link_numbers = {name: number for number, name in enumerate(topology.links)}
        self._nodes = {name: number for number, name in enumerate(topology.nodes)}
        self._groups = {name: number for number, name in enumerate(self._classes)}
        self.dishes = Dishes(self._groups)
        self._ports: dict[tuple[str, str], int] = {}
        self.senders: list[tuple[str, str]] = []  # per port: the link, and the node that sends
        self.line_bps: list[int] = []
        self.mtu = [link.mtu for link in topology.links.values()]
        tail, head, packet = list[int](), list[int](), list[int]()
        latency_ns, varies_ns = list[int](), list[int]()
        self._parts = parts_of_us(topology)  # of a µs
        for link in topology.links.values():
            for is_ab, end, other in ((True, link.a.node, link.b.node), (False, link.b.node, link.a.node)):
                self._ports.setdefault((end, link.id), len(self.senders))
                self.senders.append((link.id, end))
                self.line_bps.append(link.capacity_bps.towards(is_ab=is_ab))
                tail.append(self._nodes[end])
                head.append(self._nodes[other])
                packet.append(link.mtu * _BITS_US * self._parts // self.line_bps[-1])
                latency_ns.append(link.latency_ns.towards(is_ab=is_ab) if link.latency_ns is not None else 0)
                varies_ns.append(link.jitter_ns or 0)
        self.routes: Routes = kernels("routes").Routes(
            tail, head, latency_ns, packet, len(self._nodes), self._parts, varies_ns
        )
        self._roads: Roads = kernels("roads").Roads(self.routes, self._ports)
        self._careers: Careers = kernels("careers").Careers(
            self._roads, len(self._groups), len(self._states.numbers) + 1
        )
        self._pools: dict[str, int] = {}
        self._numbers: dict[str, int] = {}  # of careers, by demand
        self._keys: list[str] = []  # of demands, by the numbers of their careers, gone ones among them
        self._users: Users | None = None  # of each queue, in a session
        self._tally: Tally | None = None  # of all demands
        self._there: tuple[Mapping[str, RealisedDemand], dict[str, int]] = (
            {},
            {},
        )  # the last program, and its careers, sorted
        self.leeway = Leeway(self._careers)
        self._limits: dict[str, array[int]] = {}  # of those that are promised more than latency one way
        self._settled: dict[str, tuple[bytes, RealisedDemand]] = {}  # by what packets wait for
        self._items = realised.demands
        self._differing: tuple[Mapping[str, RealisedDemand], Mapping[str, RealisedDemand], Difference] | None = None
        self._paths_at_first = self._careers_at_first = 0
        self._failing: tuple[frozenset[int], list[list[int]], list[list[int]]] | None = None
        self._web: Web | None = None  # the last one, where it was finished
        self._ahead: _Ahead | None = None
        self.ends = KnownEnds()
        self.offered: Recall[list[Offered]] = Recall()
        self.last = Last()
        self.is_lasting = False  # whether other programs are to come, as in a session
        self._crossed: tuple[Amounts, Amounts, Sequence[str]] | None = (
            None  # by what packets waited for before and after
        )
        self._columns = ColumnWaits(self.routes, self._ports, self._groups)
        self._waits = Waits(self.routes, self._ports, self._groups)
        self.known = Known()
        self.class_names = list(self._classes)

    def begin(self, realised: Realised) -> bool:
        """Go on with another program; return False where it is none that these rows could be of.

        What is known of demands that are others is forgotten, and of replies to them; those are not that only stand somewhere else.
        """
        if self._topology is not realised.model.topology or self._classes != realised.model.classes:
            return False
        if (
            len(self.routes) > _MOST_TIMES * self._paths_at_first
            or len(self._careers) > _MOST_TIMES * self._careers_at_first
        ):
            return False  # what nobody does any more is only let go with all
        before, items = self._items, realised.demands
        self._tally = self._tally or Tally(before.values())
        differing = self.difference(before, items)
        for key in differing.come:
            self._settled.pop(key, None)  # it says where a demand stands, too
        alike = {key for key in differing.come if key in before and is_alike(before[key], items[key])}
        gone, come = ([key for key in keys if key not in alike] for keys in (differing.gone, differing.come))
        self._tally.turn([before[key] for key in gone], [items[key] for key in come])
        self._items, self._crossed = items, None
        others = {*gone, *come}
        for key in others:
            for known in (self._numbers, self._limits, self._settled):
                known.pop(key, None)
        for key in [key for key in self._limits if items[key].demand.reply_to in others]:
            del self._limits[key]
        return self._states.turn(self._tally.promised)

    @property
    def is_for_kernels(self) -> bool:
        """Return whether the numbers of all demands are small enough, where these rows have gone on."""
        return self._tally is not None and self._tally.is_for_kernels

    def web(self, realised: Realised) -> Web:
        """Return the kernel's web of a program: this one, or what is left of it, or the next one. It is to be finished (`finish`).

        The last one turns where that spares work, as programs are much the same.
        """
        if self._ahead is not None:
            if self._ahead.demands is realised.demands:
                return self._ahead.web
            self._web = self._wait()
        if not self.is_lasting:
            kernels("weave").keep_apart()
        web = self._turned(realised) or self._woven(realised)
        self._paths_at_first = self._paths_at_first or len(self.routes)
        self._careers_at_first = self._careers_at_first or len(self._careers)
        return web

    def ahead(self, realised: Realised) -> None:
        """Have a second CPU finish the web of what is left of a program, if it turns to that, until `finish` asks for it.

        All that was placed has its career by then, so that none is entered meanwhile. Which link ends may be tight is not known yet: each is
        taken to be as it was.
        """
        if self.is_lasting or not self._is_for_two(realised):
            return
        web = self._turned(realised)
        if web is not None:
            self._ahead = _Ahead(realised.demands, web, Meanwhile(partial(web.finish, None)))

    def _is_for_two(self, realised: Realised) -> bool:
        return len(realised.demands) >= MANY_DEMANDS and has_two_cpus()

    def _turned(self, realised: Realised) -> Web | None:
        """Return the last web, turned to a program; None: it is better woven anew."""
        numbers = self.numbers(realised)
        left = self._states.left(realised) if realised.demands is not self._items else self._states.all()
        last, self._web = self._web, None  # what fails while it turns is of no use any more
        if self._failing is None or self._failing[0] != left:
            at_node, at_link = self._states.at_node, self._states.at_link
            self._failing = (
                left,
                [[number for number in at_node.get(name, ()) if number in left] for name in self._nodes],
                [[number for number in at_link.get(name, ()) if number in left] for name in self.link_numbers],
            )
            return None
        small = _SMALL_LASTING if self.is_lasting else _SMALL
        return last if last is not None and last.turn(numbers.values(), small) else None

    def _woven(self, realised: Realised) -> Web:
        """Return a new web; which states are left in the program is known."""
        assert self._failing is not None  # noqa: S101  (`_turned` has found it; narrows the type)
        topology = self._topology
        found: Web = kernels("weave").Web(
            self._careers,
            self.numbers(realised).values(),
            self._failing[1],
            self._failing[2],
            topology.routing.mean_packet,
            topology.routing.hash_imbalance_ppb,
            self._is_for_two(realised),
        )
        return found

    def finish(self, web: Web, realised: Realised, wide: Sequence[bool] | None, *, is_shared: bool) -> None:
        """Finish the web of a program, and keep it for the next one. `wide`, `is_shared`: as `native.weave` has them."""
        is_known = self._ahead is not None and self._wait() is web and (wide is None or web.is_wide_as(wide))
        # one that does not turn to what it is has numbers that are too large
        if not is_known and (not web.is_finished or web.turn(self.numbers(realised).values())):
            web.finish(wide, is_shared)
        self.keep(web)

    def keep(self, web: Web) -> None:
        """Keep a web that is finished for the next program."""
        self._web = web

    def _wait(self) -> Web | None:
        """Return the web that was begun ahead once it is finished."""
        ahead, self._ahead = self._ahead, None
        if ahead is None:
            return None
        ahead.finishing.wait()
        return ahead.web

    def keys(self, web: Web) -> list[QueueKey]:
        """Return link, sending node and class of every queue of a web."""
        return self.last.keys.of(web, self.senders, self.class_names)

    def numbers(self, realised: Realised) -> dict[str, int]:
        """Return the careers of a program by their demands, sorted by these."""
        (before, found), demands = self._there, realised.demands
        if demands is before:
            return found
        differing = self.difference(before, demands)
        if differing.is_in_place:
            found = dict(found)
        else:
            found = {key: number for key, number in found.items() if key in demands}
        found |= {key: self._number_of(demands[key]) for key in differing.come}
        if not differing.is_in_place:
            found = {key: found[key] for key in sorted(found)}
        self._there = demands, found
        return found

    def difference(self, before: Mapping[str, RealisedDemand], after: Mapping[str, RealisedDemand]) -> Difference:
        """Return in what two programs differ: mostly several ask of the same two."""
        known = self._differing
        if known is None or known[0] is not before or known[1] is not after:
            known = self._differing = before, after, difference(before, after)
        return known[2]

    def _number_of(self, item: RealisedDemand) -> int:
        """Return the number of a demand's career; one that is new is entered."""
        found = self._numbers.get(item.demand.key)
        if found is None:
            found = self._numbers[item.demand.key] = self._enter(item)
            self._keys.append(item.demand.key)
        return found

    def _enter(self, item: RealisedDemand) -> int:
        demand, topology = item.demand, self._topology
        rate, pool, failover = demand.bandwidth_bps, demand.pool_bps, demand.failover
        rate_after = rate if failover is None else min(rate, failover.bandwidth_bps)
        pool_after = pool if failover is None else min(pool, failover.pool_bps)
        is_policed = failover is None or failover.bandwidth_bps >= rate
        burst = with_labels(demand.burst_bytes, most_labels(item), topology.routing.mean_packet)
        entry = item.chosen.source.node
        promised = self._states.promised_to(demand)
        return self._careers.enter(
            self._groups[demand.traffic_class],
            self._pools.setdefault(demand.pool, len(self._pools)),
            self._nodes[entry],
            not is_metered(demand, self._classes[demand.traffic_class]),
            is_policed,
            is_policed and (rate_after, pool_after) == (rate, pool),
            demand.is_spread,
            topology.nodes[entry].platform == "none",
            burst if demand.has_bandwidth else 0,
            burst,
            rate,
            pool,
            rate_after,
            pool_after,
            _told(bound_us(item, "")),
            _told(bound_us(item, ANY_STATE)),
            item,
            promised.whole,
            promised.without,
            item.states.told() if isinstance(item.states, SettledResults) else None,
        )

    def slots(self, item: RealisedDemand) -> list[tuple[int, tuple[str, ...]]]:
        """Return which of the other paths of a demand (`paths_of`) it takes in which states, by their ids."""
        return list(zip(self._careers.slots_of(self._number_of(item)), whens(item.states), strict=True))

    def moved(self, item: RealisedDemand) -> list[tuple[int, list[int]]]:
        """Return the same with states as `states_of` numbers them."""
        return self._careers.moved_of(self._number_of(item))

    def states_of(self, named: Collection[Elements]) -> Mapping[Elements, int] | None:
        """Return the numbers of all promised states, from 0, by the elements that they name; None where any fails by several names."""
        return self._states.named(named)

    def paths_of(self, item: RealisedDemand) -> tuple[list[int], list[list[int]]]:
        """Return the paths of a demand by number: the normal ones, and others, each set once."""
        return self._careers.paths_of(self._number_of(item))

    def links_of(self, items: Iterable[RealisedDemand]) -> bytes:
        """Return of each link whether any of some demands comes to it in any state, a byte each."""
        return self._careers.links_of(map(self._number_of, items))

    def coming(self, items: Iterable[RealisedDemand], links: bytes) -> bytes:
        """Return of each of some demands whether it comes to any of some links in any state, a byte each, as in `links`."""
        return self._careers.coming(map(self._number_of, items), links)

    def sending(self, items: Iterable[RealisedDemand]) -> bytes:
        """Return of each port whether any of some demands sends over it in the normal state, a byte each."""
        return self._careers.sending(map(self._number_of, items))

    def fixed_parts(self, path: Path) -> tuple[int, int]:
        """Return propagation and serialisation of a path in µs, each sum exact and rounded up once."""
        latency_ns, packets = self.routes.fixed(self._roads.number(path))
        return -(-latency_ns // _NS_PER_US), -(-packets // self._parts)

    def allowances(self, realised: Realised) -> Shares:
        """Return of each port and class what its queue may hold a packet for (µs; -1: as long as it likes), and whether it is to lose nothing."""
        return self.leeway.of(realised.demands, self.numbers(realised), self._limits_of)

    def _limits_of(self, key: str, demands: Mapping[str, RealisedDemand]) -> array[int]:
        if (found := self._limits.get(key)) is None:
            found = self._limits[key] = array("q")
            for name, path, share_us in limits_of(self._topology, demands[key], demands, self._fixed_us):
                found.extend((self._roads.number(path), self._groups[name], share_us))
        return found

    def _fixed_us(self, path: Path) -> int:
        return sum(self.fixed_parts(path))

    def is_in_time(self, item: RealisedDemand, amounts: Amounts) -> bool:
        """Return whether a demand keeps its bounds one way, where packets wait for `amounts` (of a queue that has none, for nothing)."""
        return self._careers.is_in_time(self._number_of(item), amounts)

    def with_queueing(self, item: RealisedDemand, amounts: Amounts) -> RealisedDemand:
        """Return a demand with its queueing: the one that is known where nothing else waits than it did there."""
        number = self._number_of(item)
        figures = self._careers.figures(number, amounts)
        known = self._settled.get(item.demand.key)
        if known is None or known[0] != figures:
            words, is_wide = self._careers.latencies(number, figures)
            known = self._settled[item.demand.key] = figures, with_words(item, array("q" if is_wide else "i", words))
        return known[1]

    def waits(self, queues: Mapping[QueueKey, QueueBound]) -> Amounts:
        """Return what packets may wait for along paths."""
        return self._columns.of(queues) if isinstance(queues, Bounds) else self._waits.of(queues)

    def crossing(self, before: Amounts, after: Amounts) -> Sequence[str]:
        """Return the demands one of whose paths leads over a queue where packets wait for something else now."""
        if self._crossed is None or self._crossed[:2] != (before, after):  # both are told by identity
            self._crossed = before, after, self._crossing(before, after)
        return self._crossed[2]

    def _crossing(self, before: Amounts, after: Amounts) -> Sequence[str]:
        shares = kernels("shares")
        if not self.is_lasting:
            found: list[str] = shares.crossing(self._careers, self._numbers, before, after)
            return found
        users: Users = self._users or shares.Users(self._careers)
        self._users = users
        return users.crossing(self._keys, self._numbers, before, after)

    def group(self, name: str) -> int:
        """Return the number of a class."""
        return self._groups[name]


def rows_of(realised: Realised, known: Rows | None = None, *, is_lasting: bool = False) -> Rows | None:
    """Return the rows of a program; None where there are no kernels, or it is for the twin: tunnels, or numbers that are too large.

    `known`: those of the last program, which go on where they can be of this one. `is_lasting`: there will be another one.
    """
    if compiled("queues") is None:
        return None
    goes_on = known is not None and known.begin(realised)  # over links that were asked then
    if known is not None and goes_on:
        is_for_kernels = known.is_for_kernels
    else:
        is_for_kernels = are_demands_for_kernels(realised) and are_links_for_kernels(realised.model.topology)
    if not is_for_kernels:
        return None
    found = known if known is not None and goes_on else Rows(realised)
    found.is_lasting = is_lasting
    return found


def _told(bound: int | None) -> int:
    return -1 if bound is None else bound
