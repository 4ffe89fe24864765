"""What intentc owns on an IOS XR device, as values. Rates are amounts with a unit, BFD intervals are ms, bursts and queues bytes.

Fields are in the order of the statements; the order of sequences, classes and segments is theirs on the device, everything else
is sorted by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

from .owned_pausing import PauseCard
from .owned_telemetry import Collector, Operation, Responder, Schedule, Sensors, Subscription, TestSession

Ports = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Amount:
    """A rate, a share or a size, in the unit given."""

    value: int
    unit: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sequence: all addresses, a host or a prefix; `wildcard` only as devices write it."""

    is_any: bool = False
    host: str | None = None
    address: str | None = None
    length: int | None = None
    wildcard: str | None = None
    port: int | None = None
    first_port: int | None = None
    last_port: int | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """What a sequence matches, and for forwarding by access list up to three next hops, the first reachable one wins."""

    protocol: str
    source: tuple[Side, ...]  # one
    destination: tuple[Side, ...]  # one
    dscp: int | None = None
    icmp_type: int | None = None
    hop1: str | None = None
    hop2: str | None = None
    hop3: str | None = None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One entry of an access list; exactly one of `deny` and `permit` has a match."""

    number: int
    deny: tuple[Match, ...] = ()
    permit: tuple[Match, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AccessList:
    name: str
    sequences: tuple[Sequence, ...]


@dataclass(frozen=True, slots=True)
class ClassMap:
    """A class of packets that have any of these."""

    name: str
    is_any: bool = True
    list4: str | None = None
    list6: str | None = None
    dscps: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()  # traffic class fields of the top label
    traffic_class: int | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What is written into packets, or beside them."""

    traffic_class: int | None = None
    discard_class: int | None = None
    dscp: int | None = None
    label: int | None = None  # traffic class field of labels that are pushed
    group: int | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """What becomes of packets of one colour."""

    is_sent: bool = False
    is_dropped: bool = False
    discard_class: int | None = None
    dscp: int | None = None


@dataclass(frozen=True, slots=True)
class Police:
    """A meter (RFC 2697, or RFC 2698 with a peak rate): below the rate, between, above the peak rate."""

    rate: tuple[Amount, ...]
    burst: tuple[Amount, ...]
    peak_burst: tuple[Amount, ...]
    peak_rate: tuple[Amount, ...]
    conform: tuple[Action, ...]
    exceed: tuple[Action, ...]
    violate: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Early:
    """Random early detection between two fill levels, of packets with these marks (none: of all)."""

    low: int
    low_unit: str
    high: int
    high_unit: str
    discard_class: int | None = None
    dscp: int | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A class of a policy map; what is None, False or empty is not asked for."""

    name: str
    kind: str = "qos"
    bandwidth: tuple[Amount, ...] = ()
    remaining: tuple[Amount, ...] = ()
    police: tuple[Police, ...] = ()
    level: int | None = None  # of strict priority; 1 is served first
    limits: tuple[Amount, ...] = ()
    is_ecn: bool = False
    early: tuple[Early, ...] = ()
    child: str | None = None
    child_kind: str | None = None
    mark: tuple[Mark, ...] = ()
    shape: tuple[Amount, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyMap:
    name: str
    classes: tuple[Treatment, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """The slots of an interface, each of which holds one thing only. Input and output policies are lists in the model."""

    name: str
    in4: str | None = None
    out4: str | None = None
    in6: str | None = None
    out6: str | None = None
    pausing: str | None = None  # "on": who sends is paused, and heard
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Segment:
    index: int
    kind: str
    label: int | None = None
    address: str | None = None  # of the far end of the link whose adjacency segment is meant


@dataclass(frozen=True, slots=True)
class SegmentList:
    name: str
    segments: tuple[Segment, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Way:
    """One segment list of a candidate path, with its share of the flows."""

    kind: str
    hops: str
    segment_list: str
    weight: int


@dataclass(frozen=True, slots=True)
class Candidate:
    preference: int
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """An SR policy; `is_dropping`: packets are dropped while no candidate is valid. Without BFD the way of an algorithm."""

    name: str
    is_dropping: bool
    color: int
    end_point_kind: str
    end_point: str
    candidates: tuple[Candidate, ...]
    multiplier: int | None = None
    interval_ms: int | None = None
    when_down: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Route:
    """A static route to a reserved address: into an SR policy, or to nowhere."""

    address: str
    length: int
    policy: str | None = None
    interface: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Discriminator:
    """A number to which the node answers seamless BFD."""

    number: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Remote:
    """The discriminators that another node answers to."""

    address: str
    numbers: tuple[Discriminator, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Repair:
    """Local repair (TI-LFA) of an interface's routes of one family; `node_index`: how ways around the node behind it rank."""

    family: str
    kind: str
    is_per_prefix: bool
    is_ti_lfa: bool
    node_index: int | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """BFD and local repair on an IS-IS interface; what is None, False or empty is not asked for."""

    name: str
    is_ipv4: bool = False
    interval_ms: int | None = None
    multiplier: int | None = None
    repairs: tuple[Repair, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Process:
    """The IS-IS process that the sessions belong to."""

    name: str
    sessions: tuple[Session, ...]


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything of intentc on one device."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    class_maps: tuple[ClassMap, ...] = ()
    policy_maps: tuple[PolicyMap, ...] = ()
    routes4: tuple[Route, ...] = ()
    routes6: tuple[Route, ...] = ()
    segment_lists: tuple[SegmentList, ...] = ()
    policies: tuple[Policy, ...] = ()
    discriminators: tuple[Discriminator, ...] = ()
    remotes: tuple[Remote, ...] = ()
    processes: tuple[Process, ...] = ()
    operations: tuple[Operation, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    responders: tuple[Responder, ...] = ()
    test_sessions: tuple[TestSession, ...] = ()
    collectors: tuple[Collector, ...] = ()
    sensors: tuple[Sensors, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    pause_cards: tuple[PauseCard, ...] = ()
    ports: tuple[Port, ...] = ()
