"""What intentc owns on such a device, as values in the models' own terms. Sizes in bytes, rates in bps, intervals in ms."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

OWN = "ITC-"  # every object that intentc makes has a name that begins so
_Ports = tuple[int, int] | None  # first and last; None stands for any


@dataclass(frozen=True, slots=True)
class Match:
    """The conditions that the header of one family has to meet."""

    source: str
    destination: str
    protocol: int | None = None
    dscp: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an ACL. What it matches is counted; `counters` are the names that the counts have for intentc."""

    name: int  # its number: lower ones are asked first
    action: str  # ACCEPT | DROP
    counters: str | None = None
    ipv4: tuple[Match, ...] = ()  # at most one, and one of the two families
    ipv6: tuple[Match, ...] = ()
    source_ports: _Ports = None
    destination_ports: _Ports = None
    message: str | None = None  # the type of ICMPv6 messages, by its name
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AclSet:
    name: str
    kind: str  # ACL_IPV4 | ACL_IPV6
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """An ACL that a port has in one direction."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class AclPort:
    name: str
    interface: str
    subinterface: int
    inputs: tuple[Bound, ...]
    outputs: tuple[Bound, ...]


@dataclass(frozen=True, slots=True)
class QueueName:
    name: str
    number: int


@dataclass(frozen=True, slots=True)
class Group:
    """A forwarding group, and the queue where its packets wait."""

    name: str
    queue: str


@dataclass(frozen=True, slots=True)
class Term:
    """Packets with one of these code points, or with this traffic class field, belong to a group; no two terms overlap."""

    name: str
    group: str
    dscps4: tuple[int, ...] = ()
    dscps6: tuple[int, ...] = ()
    traffic_class: int | None = None


@dataclass(frozen=True, slots=True)
class Classifier:
    name: str
    kind: str  # IPV4 | IPV6 | MPLS
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One queue below a scheduler; `weight` is None where it is the only one."""

    name: str
    kind: str
    queue: str
    weight: int | None


@dataclass(frozen=True, slots=True)
class Scheduler:
    """Schedulers are served by number; one with a rate is shaped to it."""

    name: int
    kind: str | None
    priority: str | None
    inputs: tuple[Input, ...]
    rate: int | None = None
    burst: int | None = None
    behaviour: str | None = None


@dataclass(frozen=True, slots=True)
class SchedulerPolicy:
    name: str
    schedulers: tuple[Scheduler, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Slope:
    """Between two lengths packets are marked or dropped, those of `most_percent` at the second one."""

    name: str
    first: int
    last: int
    is_ecn: str  # true | false
    is_dropping: str
    most_percent: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    name: str  # a queue
    limit: int
    is_shared: str


@dataclass(frozen=True, slots=True)
class Buffers:
    name: str
    queues: tuple[Size, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ClassifierRef:
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class ProfileRef:
    name: str  # a queue
    profile: str


@dataclass(frozen=True, slots=True)
class QosPort:
    name: str
    interface: str
    subinterface: int
    classifiers: tuple[ClassifierRef, ...]
    buffers: str | None
    profiles: tuple[ProfileRef, ...]
    scheduler: str | None


@dataclass(frozen=True, slots=True)
class Steer:
    """One rule of a forwarding policy: packets are looked up in `instance`; without one they go on as usual."""

    name: int
    instance: str | None = None
    ipv4: tuple[Match, ...] = ()
    ipv6: tuple[Match, ...] = ()
    source_ports: _Ports = None
    destination_ports: _Ports = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class SteerPolicy:
    name: str
    kind: str
    rules: tuple[Steer, ...]


@dataclass(frozen=True, slots=True)
class PolicyPort:
    name: str
    policy: str
    interface: str
    subinterface: int


@dataclass(frozen=True, slots=True)
class NextHop:
    """Where a route leads: to an address that is looked up in another instance, or nowhere (`DROP`). Least metric first."""

    name: str
    address: str
    is_recursive: str | None
    metric: int
    instance: str | None


@dataclass(frozen=True, slots=True)
class Route:
    name: str
    next_hops: tuple[NextHop, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    """Routes towards waypoints; what they do not carry is looked up in `fallback`."""

    name: str
    kind: str
    fallback: str | None
    protocol: str
    protocol_name: str
    routes: tuple[Route, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sensor:
    name: str  # a path


@dataclass(frozen=True, slots=True)
class Sensors:
    name: str
    paths: tuple[Sensor, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Collector:
    name: str  # an address
    port: int


@dataclass(frozen=True, slots=True)
class Collectors:
    name: str
    collectors: tuple[Collector, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sample:
    name: str  # a group of sensors
    interval_ms: int


@dataclass(frozen=True, slots=True)
class Sent:
    name: str  # a group of collectors


@dataclass(frozen=True, slots=True)
class Subscription:
    name: str
    protocol: str
    encoding: str
    samples: tuple[Sample, ...]
    sent: tuple[Sent, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything that is intentc's on a device."""

    acl_sets: tuple[AclSet, ...] = ()
    acl_ports: tuple[AclPort, ...] = ()
    queues: tuple[QueueName, ...] = ()
    groups: tuple[Group, ...] = ()
    classifiers: tuple[Classifier, ...] = ()
    schedulers: tuple[SchedulerPolicy, ...] = ()
    slopes: tuple[Slope, ...] = ()
    buffers: tuple[Buffers, ...] = ()
    qos_ports: tuple[QosPort, ...] = ()
    policies: tuple[SteerPolicy, ...] = ()
    policy_ports: tuple[PolicyPort, ...] = ()
    instances: tuple[Instance, ...] = ()
    sensors: tuple[Sensors, ...] = ()
    collectors: tuple[Collectors, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
