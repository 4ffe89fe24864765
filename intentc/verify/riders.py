"""Who sends what to which queue in every state: the demands of a manifest as token buckets on their paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.manifest.elements import NOTHING, Elements
from intentc.manifest.model import PathEntry
from intentc.topology.model import Topology
from intentc.values import frozen, unique
from intentc.verify.behaviour import behaviour
from intentc.verify.case import Case, World
from intentc.verify.check_states import claimed
from intentc.verify.labels import with_most_labels
from intentc.verify.shares import held_on
from intentc.verify.tunnels import ports_below

Queue = tuple[str, str, str]  # link, sending node, class


@frozen
class Arrival:
    """How a ride comes to a queue: over which link (None: from hosts, or over several), and the least propagation up to it."""

    ingress: str | None
    least_ns: int


@unique
class Ride:
    """A demand on its paths in some state. `is_held`: meters hold it to its rate, of which `parts` come to each queue.

    `wholes`: what would come there of all of it, which is what its pool may bring. `under`: the queues below tunnels.
    """

    paths: tuple[PathEntry, ...]
    is_held: bool
    arrivals: Mapping[Queue, Arrival]
    parts: Mapping[Queue, int]
    wholes: Mapping[Queue, int]
    under: frozenset[Queue]


@unique
class Rider:
    """A demand: a token bucket (bps, bits) that its pool shares; `is_free`: nothing meters it.

    `moved` has its ride in those states in which it goes another way, None where it goes nowhere.
    """

    name: str
    pool: str
    entry: str
    burst: int
    has_rate: bool
    is_free: bool
    normal: Ride
    moved: Mapping[Elements, Ride | None]

    def ride(self, state: Elements | None) -> Ride | None:
        """Return what it does in a state (None: nothing has failed)."""
        return self.normal if state is None else self.moved.get(state, self.normal)

    def rides(self) -> Iterator[Ride]:
        """Yield all rides."""
        yield self.normal
        yield from (ride for ride in self.moved.values() if ride is not None)


def find_riders(world: World, cases: Mapping[str, tuple[Case, ...]]) -> list[Rider]:
    """Return the riders of all demands whose paths are paths of the network."""
    topology = world.topology
    states = {state.failed for group in cases.values() for state in group[0].wanted.promised.states}
    known = sorted(states, key=lambda failed: (sorted(failed.nodes), sorted(failed.links)))
    sound = (group for group in cases.values() if is_sound(topology, group[0]))
    return [_rider(world, group, known) for group in sound]


def is_sound(topology: Topology, case: Case) -> bool:
    """Return whether all paths of a demand are paths of the network."""
    paths = [*case.entry.primary.paths, *(path for entry in case.entry.states for path in entry.paths)]
    return bool(case.entry.primary.paths) and all(
        len(path.path) == len(path.links) + 1
        and all(
            name in topology.links and node in {topology.links[name].a.node, topology.links[name].b.node}
            for node, name in zip(path.path, path.links, strict=False)
        )
        for path in paths
    )


def _rider(world: World, group: tuple[Case, ...], states: Sequence[Elements]) -> Rider:
    case, name = group[0], group[0].asked.traffic_class
    rate = sum(each.wanted.rate.bandwidth_bps for each in group)
    after = sum(each.wanted.rate.failover_bps for each in group)
    primary = case.entry.primary.paths
    own = {state.failed: state for state in case.wanted.promised.states}
    moved: dict[Elements, Ride | None] = {}
    rides: dict[object, Ride] = {}
    for failed in states:
        told = claimed(case, own[failed]) if failed in own else None
        if told is not None and told.paths and told.paths != primary:
            labels = _labels(world, case, failed)
            key = told.paths, tuple(sorted(labels.items()))
            if key not in rides:
                # Meters know of no failure: they let the normal rate through, and not more.
                rides[key] = _ride(world, case, told.paths, (min(rate, after), labels), is_held=after >= rate)
            moved[failed] = rides[key]
        elif failed.breaks(primary):
            moved[failed] = None
    facts = case.facts
    return Rider(
        name=name,
        pool=f"{case.asked.name}/{case.wanted.rate.pool}",
        entry=case.entry.source,
        burst=8 * with_most_labels(world.topology, case.entry, sum(each.wanted.rate.burst_bytes for each in group)),
        has_rate=facts is not None,
        is_free=facts is None or not facts.is_metered,
        normal=_ride(world, case, primary, (rate, _labels(world, case, NOTHING)), is_held=True),
        moved=moved,
    )


def _labels(world: World, case: Case, failed: Elements) -> Mapping[tuple[str, str], int]:
    return behaviour(world, case, failed).labels if case.entry.policies else {}


def _ride(
    world: World,
    case: Case,
    paths: tuple[PathEntry, ...],
    sent: tuple[int, Mapping[tuple[str, str], int]],
    *,
    is_held: bool,
) -> Ride:
    """Return a ride of what is sent: a rate, with labels in front of packets by link."""
    name, topology = case.asked.traffic_class, world.topology
    ways: dict[Queue, list[tuple[str | None, int]]] = {}
    lower = set[Queue]()
    for path in paths:
        for queue, before, (taken, _), under in steps(topology, name, path):
            ways.setdefault(queue, []).append((before, taken))
            lower.update(under)
    arrivals = {
        queue: Arrival(found[0][0] if len({before for before, _ in found}) == 1 else None, min(ns for _, ns in found))
        for queue, found in ways.items()
    }
    held = held_on(topology, paths, *sent, is_spread=case.asked.is_spread)
    found = {queue: held[queue[0], topology.links[queue[0]].is_ab(queue[1])] for queue in arrivals}
    parts = {queue: each.bps for queue, each in found.items()}
    wholes = {queue: each.whole for queue, each in found.items()}
    return Ride(paths, is_held, arrivals, parts, wholes, frozenset(lower))


def steps(
    topology: Topology, name: str, path: PathEntry
) -> Iterator[tuple[Queue, str | None, tuple[int, int], list[Queue]]]:
    """Yield each queue of a path with the link that leads to it, the least and the most propagation (ns) up to there and the

    queues below it.
    """
    taken, late, before = 0, 0, None
    for node, link_id in zip(path.path, path.links, strict=False):
        link = topology.links[link_id]
        yield (link_id, node, name), before, (taken, late), _under(topology, name, node, link_id)
        hop = link.latency_ns.towards(is_ab=link.is_ab(node)) if link.latency_ns is not None else 0
        taken += hop
        late += hop + (link.jitter_ns or 0)
        before = None if link.over else link_id  # no one link's rate shapes what comes out of a tunnel


def _under(topology: Topology, name: str, node: str, link: str) -> list[Queue]:
    return [(low, sender, name) for low, sender in ports_below(topology, node, link)]
