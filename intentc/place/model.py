"""What the search for paths asks of the mechanisms, and what it hands on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Protocol

from intentc.forwarding.igp import Igp
from intentc.forwarding.outage import Outage, Outages
from intentc.forwarding.policy import NO_POLICIES, Policies
from intentc.forwarding.promised import Promised
from intentc.forwarding.walk import Arcs, Packets, Rules, Trail, Walk
from intentc.place.bound import Bound
from intentc.realise.labels import Labels
from intentc.realise.model import LinkLoad, Protection, Standing
from intentc.resolve.model import Candidate, Demand, Model
from intentc.values import acyclic, field, frozen


@frozen
class Hop:
    """A step that devices can be made to take: over `arcs` (parallel links that share the load) to the node `head`.

    `is_steered`: a steering rule has to be added or changed for it.
    """

    arcs: Arcs
    head: int
    is_steered: bool


@frozen
class Promise:
    """How soon packets have to be back, and in which states; `confined`: nodes where others' packets are that fences hold.

    What is repaired locally runs under labels, which no fence sees, so nothing is repaired at these nodes. `is_plain`: no rule
    and no policy steers the packets in any state; `families` are those of their addresses.
    """

    within_ms: int
    packets: Packets
    families: frozenset[int]
    outages: Sequence[Outage]
    is_plain: bool
    confined: frozenset[int]


@frozen
class Way:
    """Where packets would go in a state if each candidate of their SR policy had the `marks` that are there for it.

    These are the links with which it goes down, and the nodes at which a segment of it ends.
    """

    taken: Walk
    marks: tuple[tuple[frozenset[int], frozenset[int]], ...]


class Course(Protocol):
    """The packets of one demand that have the same addresses, and the steering that is theirs alone.

    * `walk` simulates the mechanisms as they are by now; it changes nothing.
    * `hops` lists the steps that packets which came to `node` over the arcs `arrival` (empty: from attached hosts) can be
      made to take in a state, given all that was kept and steered before; `is_free`: whatever arcs they came over, and
      whatever was fixed. `single`: a byte per arc, 1 for those that are a step by themselves in every state in which their link
      is up, in the order of the network, there being no other steps; None: only `hops` tells.
    * `keep` and `steer` fix what happens in a state. `steer` returns a walk with a fault, and changes nothing, where the path
      turns out to be more than devices can do.
    * `resume` puts steering in force that an earlier build found; only on a course on which nothing was fixed.
    * `divide` is `steer` for the normal state over several ways at once, each with a weight, `most_ways` how many there can be.
    * `keep_same` fixes, for states in which nothing happens to the packets, that they go as in the normal state.
    * `ways` are other walks in a state that need no new path, the one with the least change first; `adopt` puts one in force.
    * `may_steer` is False where `steer` would refuse any path that is not there already; it says so without one.
    * `moved` returns the states fixed by `keep` or `steer` in which packets go another way by what was done since, once: they
      are fixed no more. What is fixed for the normal state never moves.
    * `ends` are the nodes among which a path to be steered from `start` has to end (None: any); where it `may_turn` others
      will do for a failure state, but are worse.
    * `rules` and `policies` are the fewest found that make all of it true.
    """

    def walk(self, outage: Outage, start: int) -> Walk: ...

    def hops(self, outage: Outage, node: int, arrival: Arcs) -> Sequence[Hop]: ...

    def resume(self, rules: Rules, policies: Policies) -> None: ...

    def keep(self, outage: Outage, taken: Walk) -> None: ...

    def keep_same(self, outages: Sequence[Outage]) -> None: ...

    def steer(self, outage: Outage, start: int, hops: Sequence[Hop]) -> Walk: ...

    def most_ways(self, start: int) -> int: ...

    def divide(self, start: int, ways: Sequence[tuple[Arcs, int]]) -> Walk: ...

    def ways(self, outage: Outage, start: int) -> Iterable[Way]: ...

    def may_steer(self, outage: Outage, start: int) -> bool: ...

    def adopt(self, outage: Outage, way: Way) -> None: ...

    def moved(self) -> Mapping[Outage, Walk]: ...

    def ends(self, start: int) -> frozenset[int] | None: ...

    def may_turn(self, start: int) -> bool: ...

    @property
    def rules(self) -> Rules: ...

    @property
    def policies(self) -> Policies: ...

    @property
    def is_free(self) -> bool: ...

    @property
    def single(self) -> bytes | None: ...


class Realiser(Protocol):
    """The mechanisms of the network's devices.

    * `igp` and `outages` are shared by all who simulate the same network.
    * `course` returns packets that nothing steers yet; `avoid` are nodes that must not get a rule (their tables are full),
      `starts` the nodes where packets enter: the first one's device decides how they are steered. With `algorithm` they can
      only be sent the way of that Flexible Algorithm, which is one of its `ways`. With `is_second` it is by what the device
      likes second best, where it has a choice: `means` are the mechanisms that lead packets which enter at a node along paths
      (`sr-policy`, `pbr`), preferred first.
    * `labels` are those that packets which enter at a node have on each link of a path that they are steered along, if links
      `pinned` take the path down with them; empty where nothing labels them, None where they cannot be told to take it.
      `led` is where they go then in a state in which something on it fails, None where its list is down.
    * `algorithms` are those that packets which enter at a node can be sent into, and that never take them over a fence.
    * `steps` are those that any packets can be steered to take at a node in the normal state.
    * `table_room` is the number of steering tables that a node has, 0 where it cannot steer at all.
    * `can_fence` says whether a node can be made to drop packets instead of sending them over a link.
    * `protection` is the time to repair what breaks on the paths `primary`, with the paths `backups` to go to in failure
      states, under the SR policies of the course of the normal state; None where there is nothing to protect. Where that is
      longer than promised, devices that can repair locally do so, if all can that have to.
    """

    @property
    def igp(self) -> Igp: ...

    @property
    def outages(self) -> Outages: ...

    def course(
        self,
        packets: Packets,
        families: frozenset[int],
        avoid: frozenset[int],
        starts: Sequence[int],
        algorithm: int | None = None,
        *,
        is_second: bool = False,
    ) -> Course: ...

    def means(self, packets: Packets, families: frozenset[int], start: int) -> Sequence[str]: ...

    def labels(
        self, packets: Packets, families: frozenset[int], start: int, arcs: Arcs, pinned: frozenset[int]
    ) -> Labels | None: ...

    def led(
        self, packets: Packets, start: int, arcs: Arcs, pinned: frozenset[int], outage: Outage
    ) -> Sequence[Trail] | None: ...

    def algorithms(self, packets: Packets, start: int) -> Sequence[int]: ...

    def steps(self, node: int) -> Sequence[Hop]: ...

    def table_room(self, node: int) -> int: ...

    def can_fence(self, node: int) -> bool: ...

    def protection(
        self,
        primary: Carried,
        backups: Sequence[Carried],
        policies: Policies = NO_POLICIES,
        promise: Promise | None = None,
    ) -> Protection | None: ...


@frozen
class PlacedCourse:
    """Steering for the packets of `candidates`, all of which have the same flows."""

    packets: Packets
    rules: Rules
    candidates: tuple[Candidate, ...]
    policies: Policies = field(default_factory=dict)


@acyclic
class Carried:
    """What a demand does in one state: the packets of the course with index `course` walk as `taken` says."""

    outage: Outage
    course: int
    taken: Walk


@frozen
class PlacedDemand:
    """A demand with its paths. `states` are those promised states in which it does not go as in the normal one.

    `promised` pairs the ids of all promised states with their outages, `unprotected` are the ids of those that a waiver
    leaves without a path, `ahead` the packets of assumed queueing per hop (None: propagation only). `strays` are states that
    others are promised, in which it goes another way although its path is whole.
    """

    demand: Demand
    courses: tuple[PlacedCourse, ...]
    normal: Carried
    states: Sequence[Carried]
    promised: Promised
    unprotected: tuple[str, ...]
    ahead: int | None
    protection: Protection | None
    reason: str
    strays: tuple[Outage, ...] = ()
    standings: tuple[Standing, ...] = ()


@frozen
class Placement:
    """All placed demands by key, sorted; `infeasible` names the intents that could not be placed, sorted."""

    model: Model
    igp: Igp
    demands: Mapping[str, PlacedDemand]
    loads: Mapping[str, LinkLoad]
    infeasible: tuple[str, ...]
    max_utilisation_ppm: int
    bound: Callable[[Collection[str]], Bound] = field(
        compare=False
    )  # how full a link has to be for some demands (slow)
