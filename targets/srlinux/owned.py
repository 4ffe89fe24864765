"""What intentc owns on an SR Linux device, as values in the device's own terms. Sizes in bytes, rates in kbps of 1024 bits, shares in percent.

Every list of the device has keys and no order of its own, so tuples are sorted by their keys.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

from .owned_pausing import LineCard, PauseMapping, PauseQueue, PauseSize
from .owned_routing import BfdPort, Instance, Reflector, Session

OWN = "ITC-"  # every object that intentc makes has a name that begins so
REFLECTS = "ITC"  # the description of the reflector of measurements, which has no name


@dataclass(frozen=True, slots=True)
class Match:
    """The conditions of an entry; all of them hold. The fields of one family are in use."""

    protocol: str | None = None
    source: str | None = None
    destination: str | None = None
    dscps: tuple[int, ...] = ()
    source_first: int | None = None
    source_last: int | None = None
    destination_first: int | None = None
    destination_last: int | None = None
    message: int | None = None  # the type of ICMPv6 messages


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an ACL. What it matches is counted; `counters` are the names that the counts have for intentc."""

    name: int  # its number: lower ones are asked first
    counters: str | None = None
    match: tuple[Match, ...] = ()  # at most one
    is_accepted: bool = False
    is_dropped: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """An ACL of one family."""

    name: str
    kind: str  # ipv4 | ipv6
    is_counting: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """An ACL that a subinterface has in one direction."""

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
    index: int


@dataclass(frozen=True, slots=True)
class ForwardingClass:
    name: str
    index: int
    queue: str


@dataclass(frozen=True, slots=True)
class CodePoint:
    """Where packets with a code point go; `drop` is their drop probability."""

    name: int
    forwarding_class: str
    drop: str


@dataclass(frozen=True, slots=True)
class DscpPolicy:
    name: str
    points: tuple[CodePoint, ...]


@dataclass(frozen=True, slots=True)
class LabelClass:
    name: int
    forwarding_class: str
    drop: str


@dataclass(frozen=True, slots=True)
class LabelPolicy:
    name: str
    classes: tuple[LabelClass, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of a classifier: the class of what it matches, and the code point that is written (None: left as it is)."""

    name: int
    forwarding_class: str
    match: tuple[Match, ...] = ()
    dscp: int | None = None
    drop: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Classifier:
    """A multifield classifier of one family."""

    name: str
    kind: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Metered:
    name: str  # a forwarding class


@dataclass(frozen=True, slots=True)
class Policer:
    """What a subinterface takes in of some forwarding classes; packets above it are dropped."""

    name: int
    classes: tuple[Metered, ...]
    peak_kbps: int
    committed_kbps: int
    peak_burst: int
    committed_burst: int
    is_dropping: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PolicerTemplate:
    name: str
    policers: tuple[Policer, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """One queue below a scheduler: capped at `peak_percent` of the port; `weight` is None where the scheduler is strict."""

    name: str
    kind: str
    queue: str
    peak_percent: int
    weight: int | None


@dataclass(frozen=True, slots=True)
class Scheduler:
    name: int  # 0: strict, 1: weighted
    priority: str | None
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class SchedulerPolicy:
    name: str
    schedulers: tuple[Scheduler, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Slope:
    """From `first` bytes on packets are marked or dropped, from `last` bytes on `most_percent` of them are."""

    traffic: str
    drop: str
    is_ecn: str  # true | false
    first: int
    last: int
    is_enabled: str
    most_percent: int


@dataclass(frozen=True, slots=True)
class QueueProfile:
    name: str
    slopes: tuple[Slope, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Size:
    name: str  # a queue
    limit: int


@dataclass(frozen=True, slots=True)
class BufferProfile:
    """Sizes of the queues of ports out, or of those of flow control at ports in."""

    name: str
    queues: tuple[Size, ...] = ()
    paused: tuple[PauseSize, ...] = ()
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
    """What a port or a subinterface is given: schedulers and buffers hang on ports, classification on subinterfaces."""

    name: str
    interface: str
    subinterface: int | None = None
    dscp_policy: str | None = None
    label_policy: str | None = None
    classifiers: tuple[ClassifierRef, ...] = ()
    policers: str | None = None
    profiles: tuple[ProfileRef, ...] = ()
    scheduler: str | None = None
    buffers: str | None = None
    pause_mapping: str | None = None
    is_pausing: bool | None = None
    pause_buffers: str | None = None


@dataclass(frozen=True, slots=True)
class EcnSwitch:
    """Marking by ECN, switched on for the whole device; it has no name, so it may as well be someone else's."""

    name: str | None = None


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything that is intentc's on a device."""

    filters: tuple[Filter, ...] = ()
    acl_ports: tuple[AclPort, ...] = ()
    queues: tuple[QueueName, ...] = ()
    forwarding_classes: tuple[ForwardingClass, ...] = ()
    dscp_policies: tuple[DscpPolicy, ...] = ()
    label_policies: tuple[LabelPolicy, ...] = ()
    classifiers: tuple[Classifier, ...] = ()
    schedulers: tuple[SchedulerPolicy, ...] = ()
    qos_ports: tuple[QosPort, ...] = ()
    queue_profiles: tuple[QueueProfile, ...] = ()
    buffers: tuple[BufferProfile, ...] = ()
    policer_templates: tuple[PolicerTemplate, ...] = ()
    pause_queues: tuple[PauseQueue, ...] = ()
    pause_mappings: tuple[PauseMapping, ...] = ()
    ecn: tuple[EcnSwitch, ...] = ()  # at most one
    linecards: tuple[LineCard, ...] = ()  # at most one
    bfd: tuple[BfdPort, ...] = ()
    instances: tuple[Instance, ...] = ()  # at most one
    sessions: tuple[Session, ...] = ()
    reflectors: tuple[Reflector, ...] = ()  # at most one
