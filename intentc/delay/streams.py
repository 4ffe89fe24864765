"""The port queues, the streams that come to each of them in every state, and the ways that these have come.

A *queue* is (link, sending node, class), a *way* a path up to a queue: ways with a common beginning share it, so that what
has been waited for up to there is added up once. A *stream* is what the demands of one pool bring to a queue together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.delay.courses import Career, Course
from intentc.realise.model import Path, QueueKey
from intentc.topology.crossings import senders_below
from intentc.topology.model import Topology
from intentc.values import field, frozen, mutable

NANOBITS = 1_000_000_000  # a bit, so that bps × ns counts exactly
BITS = 8 * NANOBITS  # a byte
NO_LINK = -1  # comes from attached hosts, or over several links at once: no link's rate shapes it
_ROOT = -1


@frozen
class Member:
    """A demand at a queue in some state: its spot, the link it comes over, the least propagation of its paths up to there."""

    spot: int
    ingress: int
    least_ns: int
    rate_bps: int
    pool_bps: int
    burst: int
    pool: str
    entry: str


@frozen
class Stream:
    """A pool at a queue: burst in nanobits; `spots` with how much longer than the shortest way to each takes (ns)."""

    ingress: int
    rate_bps: int
    burst: int
    spots: tuple[tuple[int, int], ...]


@frozen
class Change:
    """What some failure states take from the streams of the normal one, and what they bring."""

    states: tuple[int, ...]
    lost: tuple[Stream, ...]
    won: tuple[Stream, ...]

    @property
    def growth_bps(self) -> int:
        """Return by how much the sum of the rates grows."""
        return sum([item.rate_bps for item in self.won]) - sum([item.rate_bps for item in self.lost])

    @property
    def growth(self) -> int:
        """Return by how much the sum of the bursts grows, as they enter the network."""
        return sum([item.burst for item in self.won]) - sum([item.burst for item in self.lost])


@mutable
class Web:
    """All queues by number. Per way: the one before it (-1: none), its queue, and how many paths take it; per spot: ways, with the

    time they take more.
    """

    keys: list[QueueKey] = field(default_factory=list)
    number: dict[QueueKey, int] = field(default_factory=dict)
    before: list[int] = field(default_factory=list)
    queue_of: list[int] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    ways_at: list[list[int]] = field(default_factory=list)
    spots: list[list[tuple[int, int]]] = field(default_factory=list)
    normal: list[tuple[Stream, ...]] = field(default_factory=list)
    changes: list[tuple[Change, ...]] = field(default_factory=list)
    is_open: list[bool] = field(default_factory=list)
    is_policed: list[bool] = field(default_factory=list)
    users: list[dict[str, Career]] = field(default_factory=list)


def weave(topology: Topology, careers: Sequence[Career]) -> Web:
    """Return the queues that the careers use, with their streams."""
    weaver = _Weaver(topology, careers)
    for career in careers:
        weaver.enter(career)
    for career in careers:
        weaver.release(career)
    weaver.finish()
    return weaver.web


_Members = dict[int, Member]  # by queue
_Step = tuple[
    int, int, int, int
]  # way, propagation, that with all that links may add (`jitter` in the topology), link before


class _Weaver:
    def __init__(self, topology: Topology, careers: Sequence[Career]) -> None:
        self.web = Web()
        self._topology = topology
        self._links = {name: number for number, name in enumerate(topology.links)}
        self._hops: dict[tuple[str, str], tuple[int, int, int]] = {}
        self._ways: dict[tuple[int, int], int] = {}
        self._spots: dict[tuple[int, str], int] = {}
        self._normal: list[dict[str, Member]] = []  # by queue: demand -> member
        self._changed: list[dict[int, dict[str, Member | None]]] = []  # by queue: state -> demand -> member
        self._relevant: dict[tuple[str, str], set[int]] = {}  # link and sender -> states that bring something
        self._courses: dict[str, dict[int, _Members]] = {}
        self._alone: dict[int, Stream] = {}  # by member, all of which are kept
        self._pools = Counter(career.demand.pool for career in careers)

    def enter(self, career: Career) -> None:
        """Enter what a demand does normally, and where a failure state brings it more."""
        key = career.demand.key
        own = self._members(career, career.normal, {})
        for queue, member in own.items():
            self._normal[queue][key] = member
        known: dict[object, _Members] = {}
        self._courses[key] = {}
        for state, course in career.moved.items():
            if course is None:
                self._courses[key][state] = {}
                continue
            if course.paths not in known:
                known[course.paths] = self._members(career, course, own if _keeps_rate(career, course) else {})
            self._courses[key][state] = known[course.paths]
            self._compare(key, state, own, known[course.paths])

    def _compare(self, key: str, state: int, own: _Members, members: _Members) -> None:
        """Enter the members that a state has in place of the normal ones."""
        for queue, member in members.items():
            before = own.get(queue)
            if before is member or before == member:
                continue
            self._changed[queue].setdefault(state, {})[key] = member
            if before is None or _is_more(before, member):
                self._relevant.setdefault(self.web.keys[queue][:2], set()).add(state)

    def release(self, career: Career) -> None:
        """Enter what a failure state takes away, where it brings something else."""
        key = career.demand.key
        if career.normal.is_open:
            return
        own = [
            (queue, states)
            for queue in self._own_queues(career)
            if (states := self._relevant.get(self.web.keys[queue][:2])) is not None
        ]
        for state, members in self._courses[key].items() if own else ():
            for queue, states in own:
                if state in states and queue not in members:
                    self._changed[queue].setdefault(state, {})[key] = None

    def _own_queues(self, career: Career) -> Iterable[int]:
        number, name = self.web.number, career.traffic_class
        return dict.fromkeys(
            number[link, node, name]
            for path in career.normal.paths
            for node, link in zip(path.nodes, path.links, strict=False)
        )

    def _members(self, career: Career, course: Course, own: _Members) -> _Members:
        """Return a demand's membership at each queue of its paths; where nothing limits it, it only makes them open.

        `own` are those of the normal state: as far as the only path is the same, so are they.
        """
        found: dict[int, list[_Step]] = {}
        members: _Members = {}
        trunk = career.normal.paths[0] if own and len(career.normal.paths) == len(course.paths) == 1 else None
        for path in course.paths:
            way, taken_ns, late_ns, before, is_same = _ROOT, 0, 0, NO_LINK, trunk is not None
            for place, (node, name) in enumerate(zip(path.nodes, path.links, strict=False)):
                is_same = is_same and trunk is not None and _is_alike(trunk, path, place)
                queue = self._queue((name, node, career.traffic_class))
                way = self._way(way, queue)
                if is_same and queue in own:
                    members[queue] = own[queue]
                else:
                    self.web.users[queue][career.demand.key] = career
                    step = (way, taken_ns, late_ns, before)
                    steps = found.setdefault(queue, [])
                    if step not in steps:
                        steps.append(step)
                hop_ns, varies_ns, before = self._hop(node, name)
                taken_ns += hop_ns
                late_ns += hop_ns + varies_ns
                for low in self._queues_below(node, name, career):
                    # what comes out of a tunnel has waited there too, and no one link's rate shapes it
                    way, before = self._way(way, low), NO_LINK
        for queue, steps in found.items():
            if self._is_limited(course, queue):
                members[queue] = self._member(career, course, queue, steps)
        return members

    def _queues_below(self, node: str, name: str, career: Career) -> Iterator[int]:
        """Yield the queues below a tunnel, which nobody knows of how packets come to: from now on nothing limits them."""
        link = self._topology.links[name]
        for low, sender in senders_below(self._topology, link, node) if link.over else ():
            queue = self._queue((low, sender, career.traffic_class))
            self.web.users[queue][career.demand.key] = career
            self.web.is_open[queue] = True
            yield queue

    def _hop(self, node: str, name: str) -> tuple[int, int, int]:
        """Return the propagation over a link from `node` and how much longer it may take (ns), and the link's number."""
        if (node, name) not in self._hops:
            link = self._topology.links[name]
            latency = link.latency_ns.towards(is_ab=link.is_ab(node)) if link.latency_ns is not None else 0
            self._hops[node, name] = latency, link.jitter_ns or 0, self._links[name]
        return self._hops[node, name]

    def _is_limited(self, course: Course, queue: int) -> bool:
        if course.is_open:
            self.web.is_open[queue] = True
        if not course.is_policed:
            self.web.is_policed[queue] = False
        return not course.is_open

    def _member(self, career: Career, course: Course, queue: int, steps: list[_Step]) -> Member:
        _, least, _, ingress = steps[0]
        if len(steps) > 1:
            least = min(taken for _, taken, _, _ in steps)
            ingress = ingress if len({before for *_, before in steps}) == 1 else NO_LINK
        key = (queue, career.demand.key)
        spot = self._spots.setdefault(key, len(self.web.spots))
        if spot == len(self.web.spots):
            self.web.spots.append([])
        known = self.web.spots[spot]
        for way, _, late, _ in steps:
            if (way, late - least) not in known:
                known.append((way, late - least))
        return Member(
            spot,
            ingress,
            least if self._pools[career.demand.pool] > 1 else 0,  # it matters beside others only
            course.rate_on(*self.web.keys[queue][:2]),
            course.pool_on(*self.web.keys[queue][:2]),
            course.burst_bytes * BITS,
            career.demand.pool,
            career.entry,
        )

    def _queue(self, key: QueueKey) -> int:
        web = self.web
        found = web.number.setdefault(key, len(web.keys))
        if found == len(web.keys):
            web.keys.append(key)
            web.ways_at.append([])
            web.is_open.append(False)
            web.is_policed.append(True)
            web.users.append({})
            self._normal.append({})
            self._changed.append({})
        return found

    def _way(self, before: int, queue: int) -> int:
        web = self.web
        found = self._ways.setdefault((before, queue), len(web.before))
        if found == len(web.before):
            web.before.append(before)
            web.queue_of.append(queue)
            web.taken.append(0)
            web.ways_at[queue].append(found)
        web.taken[found] += 1
        return found

    def finish(self) -> None:
        """Turn members into streams: equal changes once, those that only take away left out."""
        for queue, members in enumerate(self._normal):
            pools = _by_pool(members)
            streams = {name: self._stream(tuple(pool.values())) for name, pool in pools.items()}
            self.web.normal.append(tuple(streams.values()))
            states = self._relevant.get(self.web.keys[queue][:2], set())
            alike: dict[
                tuple[tuple[str, int], ...], list[int]
            ] = {}  # members are one and the same where demands go one way
            for state in sorted(states.intersection(self._changed[queue])):
                changed = self._changed[queue][state]
                alike.setdefault(tuple([(key, id(member)) for key, member in changed.items()]), []).append(state)
            self.web.changes.append(tuple([self._change(queue, same, pools, streams) for same in alike.values()]))

    def _change(self, queue: int, states: Sequence[int], pools: _Pools, streams: Mapping[str, Stream]) -> Change:
        """Return what some states, in which the same happens to a queue, take from its normal streams, and bring."""
        members, after = self._normal[queue], dict[str, dict[str, Member]]()
        for key, member in self._changed[queue][states[0]].items():
            pool = members[key].pool if member is None else member.pool
            own = after.get(pool)
            if own is None:
                own = after[pool] = dict(pools.get(pool, {}))
            if member is not None:
                own[key] = member
            else:
                del own[key]
        return Change(
            tuple(states),
            lost=tuple([streams[pool] for pool in after if pool in streams]),
            won=tuple([self._stream(tuple(own.values())) for own in after.values() if own]),
        )

    def _stream(self, members: tuple[Member, ...]) -> Stream:
        """Return what the members of a pool bring; the same where they are the same."""
        if len(members) > 1:
            return _joined(members)
        found = self._alone.get(id(members[0]))
        if found is None:
            one = members[0]
            rate = min(one.pool_bps, one.rate_bps)
            found = self._alone[id(one)] = Stream(one.ingress, rate, one.burst, ((one.spot, 0),))
        return found


def _keeps_rate(career: Career, course: Course) -> bool:
    """Return whether a demand may send the same on another course."""
    normal = career.normal
    return (course.rate_bps, course.pool_bps, course.is_policed) == (normal.rate_bps, normal.pool_bps, True)


def _is_alike(one: Path, other: Path, place: int) -> bool:
    """Return whether two paths take the same link at a place, with as many labels."""
    is_same = one.links[place : place + 1] == other.links[place : place + 1]
    return is_same and one.labels[place : place + 1] == other.labels[place : place + 1]


def _is_more(before: Member, now: Member) -> bool:
    return before.ingress != now.ingress or before.least_ns != now.least_ns or now.rate_bps > before.rate_bps


_Pools = dict[str, dict[str, Member]]  # pool -> demand -> member


def _by_pool(members: dict[str, Member]) -> _Pools:
    found: _Pools = {}
    for key, member in members.items():
        found.setdefault(member.pool, {})[key] = member
    return found


def _joined(members: tuple[Member, ...]) -> Stream:
    """Return what the members of a pool bring: no more than the pool's rate, one burst for each node where they enter."""
    bursts: dict[str, int] = {}
    for member in members:
        bursts[member.entry] = max(member.burst, bursts.get(member.entry, 0))
    least = min(member.least_ns for member in members)
    return Stream(
        ingress=members[0].ingress if len({member.ingress for member in members}) == 1 else NO_LINK,
        rate_bps=min(sum(member.rate_bps for member in members), max(member.pool_bps for member in members)),
        burst=sum(bursts.values()),
        spots=tuple(sorted((member.spot, member.least_ns - least) for member in members)),
    )
