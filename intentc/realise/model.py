"""What the network will really do: mechanism, paths and figures of each demand, in the normal and every promised state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from itertools import groupby
from typing import Literal

from intentc.realise.path import Path as Path  # noqa: PLC0414  (part of this model)
from intentc.realise.refusals import Refusal
from intentc.resolve.model import Candidate, Demand, Model, Switch
from intentc.topology.model import Directional
from intentc.values import Later, acyclic, field, frozen, ordered, replace


@acyclic
class LatencyParts:
    """One-way latency in µs, each part rounded up; `basis` of the queueing part: `proved queue-limit assumed none`."""

    propagation: int
    serialisation: int
    queueing: int
    basis: str

    @property
    def total(self) -> int:
        return self.propagation + self.serialisation + self.queueing


@frozen
class SteeringRule:
    """At `node`, packets of the demand that arrive over `ingress` go towards the first of `waypoints` that the IGP reaches.

    `ingress` is a link id, or None for the node's own attached ports. "Towards" is loose (RFC 8402): the packet takes the
    IGP's next hop to the waypoint's loopback. With no waypoint left the packet is dropped (`is_fail_closed`) or follows
    the IGP to its destination. At the waypoint itself, and at every node without a rule for that ingress, the IGP carries.
    `candidate`: the replica whose flows are steered, where these differ from those of the chosen one (None).
    """

    node: str
    ingress: str | None
    waypoints: tuple[str, ...]
    is_fail_closed: bool
    candidate: Candidate | None = None


@frozen
class WeightedSegments:
    """One segment list of a candidate path with its weight (RFC 9256, section 2.2)."""

    weight: int
    segments: tuple[str, ...]


@frozen
class CandidatePath:
    """A candidate path of an SR policy; of those whose segment list S-BFD finds up the highest `preference` carries.

    A segment is a node's name (its prefix SID: the IGP's shortest paths there), `NODE~128` (its prefix SID in a Flexible
    Algorithm: that algorithm's shortest paths) or `LINK@NODE` (the adjacency SID of the node for the link, unprotected). `lists`
    are those of a candidate with several, the first of which `segments` repeats: flows are hashed over those that S-BFD finds
    up, by weight.
    """

    preference: int
    segments: tuple[str, ...]
    lists: tuple[WeightedSegments, ...] = ()
    end_point: str = ""  # that of the policy where nothing is said


@frozen
class SegmentPolicy:
    """What SR policies (RFC 9256) do at `node` with packets of the demand that enter by the node's own attached ports.

    It is one policy to `end_point`, or several one after the other: each of the `parts` is one, in the order in which packets are led
    into the first that is up.

    With no candidate up packets are dropped (`is_fail_closed`) or follow the IGP. `candidate` as in `SteeringRule`. With an
    `algorithm` packets are sent the way of that Flexible Algorithm, and its only candidate is up as long as there is one.
    """

    node: str
    end_point: str
    candidates: tuple[CandidatePath, ...]
    is_fail_closed: bool
    candidate: Candidate | None = None
    algorithm: int | None = None
    switches: tuple[Switch, ...] = ()  # when a candidate that is up counts as down
    back_us: int = 0  # what the way back takes that answers to their probes come by: the IGP's slowest one, normally

    @property
    def parts(self) -> tuple[SegmentPolicy, ...]:
        """The policies, each with candidates that end at one node; what drops packets is the last one."""
        ends = groupby(self.candidates, key=lambda path: path.end_point or self.end_point)
        groups = [(end, tuple(found)) for end, found in ends]
        return tuple(
            replace(self, end_point=end, candidates=found, is_fail_closed=self.is_fail_closed and at == len(groups))
            for at, (end, found) in enumerate(groups, 1)
        )


@frozen
class Alternative:
    """An ordered alternative as the devices see it; the first whose `liveness` is up carries."""

    preference: int
    segments: tuple[str, ...]
    liveness: str  # bfd | igp | carrier
    paths: tuple[Path, ...]


@acyclic
class StateResult:
    """What a demand does in the failure states `when`: derived by simulating mechanism and IGP, never wished.

    States with the same paths, and the same labels on them, are one result; those of a demand are in the order of their first ids.
    """

    when: tuple[str, ...]  # sorted
    destination: str  # node; differs from the primary's when an `any of` replica is lost
    paths: tuple[Path, ...]
    latency: LatencyParts


Protects = Literal["link", "node", "either"]


@ordered
class Repair:
    """`node` repairs by itself what leaves it by `link` (TI-LFA, RFC 9855): around the link, or around the node behind it.

    `protects`: "link", "node", or "either" where both are the same way.
    """

    node: str
    link: str
    protects: Protects


@frozen
class Protection:
    """Time from loss of forwarding to the last lost packet: detection plus repair, in ms, rounded up.

    With `repairs` these ports repair locally, else the IGP converges; `hindrance`: what stands in the way of local repair
    where it would be needed ("": nothing, or nobody asked).
    """

    detector: str  # bfd | carrier | igp
    detect_ms: int
    repair_ms: int
    basis: str
    repairs: tuple[Repair, ...] = ()
    hindrance: str = ""

    @property
    def total_ms(self) -> int:
        return self.detect_ms + self.repair_ms


@frozen
class Standing:
    """What became of a preference: how many links of the path are not of it (of a place: 1 where it is not passed), and why.

    `why`: None where it is met; `clauses` where no path does better that does all else that is asked, `room` where links on
    such a path lack it, `other` where an earlier preference, the devices, or promised failures stand in the way.
    """

    text: str
    off: int
    why: str | None


@frozen
class RealisedDemand:
    """A demand with its mechanism and everything derived from it. `id` is the manifest's (with the replica's site).

    `strays`: what fails (nodes, and links with theirs) in states that only others are promised, and in which this demand goes
    another way although its path is whole, as the IGP between its rules does: it reserves nothing there.
    """

    demand: Demand
    id: str
    chosen: Candidate
    mechanism: str  # igp | flex-algo | pbr | sr-policy
    segments: tuple[str, ...]
    primary: tuple[Path, ...]
    latency: LatencyParts
    steering: tuple[SteeringRule, ...]
    alternatives: tuple[Alternative, ...]
    states: Sequence[StateResult]
    unprotected: tuple[str, ...]
    protection: Protection | None
    reason: str  # why this path and mechanism, one sentence for people
    policies: tuple[SegmentPolicy, ...] = ()
    strays: frozenset[tuple[frozenset[str], frozenset[str]]] = frozenset()
    standings: tuple[Standing, ...] = ()  # of its preferences, in the normal state


@frozen
class LinkLoad:
    """Reservations on one link, bps per direction: normal, worst over the promised states, and the same per class."""

    link: str
    reserved: Directional
    by_class: Mapping[str, Directional]
    worst: Directional
    worst_state: tuple[str, str]  # state id for ab, ba ("" when the normal state is the worst)
    worst_by_class: Mapping[str, Directional]


@frozen
class QueueBound:
    """What holds for the queue of a class at one end of a link, in the normal state and in every promised one.

    `delay_ns` runs from a packet's arrival to its last bit on the wire, `queueing_us` is what of it exceeds the serialisation
    of one packet of the link's MTU, rounded up. `limit_bytes` is the size the queue needs, `burst_bytes` what the class may
    send at once. `basis`: `proved` (nothing is lost), `queue-limit` (what is not lost is no later), `assumed`.
    """

    delay_ns: int
    queueing_us: int
    backlog_bytes: int
    limit_bytes: int
    burst_bytes: int
    basis: str


QueueKey = tuple[str, str, str]  # link id, sending node, class


@frozen
class RealisedStep:
    """What a step of a chain takes in the normal state: its calls on the network in µs, and where they end.

    `demands` are the keys of its requests and replies, none where it is served on the spot. `slack_us`: by how much this
    step, for itself, could take longer.
    """

    number: int
    calls: int
    processing_us: int
    destination: str
    replica: str  # the site
    network_us: int
    slack_us: int
    demands: tuple[str, ...]


@frozen
class WorstState:
    """The promised state that leaves a budget least, and what it leaves (negative: by how much it is missed)."""

    state: str
    slack_us: int


@frozen
class RealisedChain:
    """A chain as it is placed for one source site; `slack_us` is that of the normal state."""

    name: str
    source_site: str
    budget_us: int
    slack_us: int
    steps: tuple[RealisedStep, ...]
    worst: WorstState | None  # None: nothing is promised under failure


@frozen
class Floor:
    """No routing of the placed demands has a worst utilisation below `ppm`; `prices` prove it, by link and whether from a to b.

    `effort`: what was done to find them: a `descent`, or only `flat` prices asked.
    """

    ppm: int
    prices: Mapping[tuple[str, bool], int]
    effort: Literal["descent", "flat"]


NO_FLOOR = Later(partial(Floor, 0, {}, "descent"))


@frozen
class Realised:
    """The placed program. `infeasible` names the intents that could not be placed (their findings say why).

    `queues`: what is known of the queues that placed demands use; empty until the stage that bounds them.
    """

    model: Model
    demands: Mapping[str, RealisedDemand]  # by Demand.key, sorted
    loads: Mapping[str, LinkLoad]  # every link with a reservation, sorted
    infeasible: tuple[str, ...]
    max_utilisation_ppm: int
    floor: Later[Floor] = field(default=NO_FLOOR, compare=False)  # worked out for builds: `check` shows nothing of it
    floor_among: Callable[[Collection[str]], Floor] | None = field(default=None, compare=False)  # that of some demands
    queues: Mapping[QueueKey, QueueBound] = field(default_factory=dict)
    chains: tuple[RealisedChain, ...] = ()  # by name and source site; empty until the stage that sums them up
    refusals: tuple[Refusal, ...] = ()  # of the intents that were not placed; empty until the stage that certifies them
