"""What intentc owns on a Junos device, as values: the group `INTENTC`. Rates in bps, bursts in bytes, buffers in µs, BFD intervals in ms.

Names of fields are those of the statements where there is one. The order of tuples of terms and routes is theirs on the
device; all others are sorted by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

from .owned_cos import CosInterface, DropProfile, ForwardingClass, Profile, Scheduler, SchedulerMap, Table
from .owned_protocols import Area, BackupSpf, IsisPort, Reflector, SegmentList, SrPath
from .owned_services import Connection, Export, Responder, Sensor, Server

GROUP = "INTENTC"
Ports = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """The conditions of a term; all of them hold."""

    source_list: str | None = None
    source: str | None = None
    destination_list: str | None = None
    destination: str | None = None
    protocol: str | None = None  # of IPv4
    payload: str | None = None  # of IPv6: behind extension headers
    first_fragment: str | None = None  # "0": only packets that have ports
    source_ports: Ports | None = None
    destination_ports: Ports | None = None
    icmp_types: tuple[int, ...] = ()
    hop_limit: int | None = None
    dscp: int | None = None  # of IPv4
    traffic_class: int | None = None  # the same of IPv6
    forwarding_classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """One term: what it matches, and what becomes of it (`next`: "term" where the following terms decide)."""

    name: str
    match: tuple[Match, ...] = ()  # at most one
    policer: str | None = None
    counter: str | None = None
    loss_priority: str | None = None
    forwarding_class: str | None = None
    set_dscp: int | None = None  # of IPv4
    set_traffic_class: int | None = None  # the same of IPv6
    is_discarded: bool = False
    next: str | None = None
    instance: str | None = None
    is_accepted: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Filter:
    name: str
    is_interface_specific: bool
    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Policer:
    """A single-rate policer, shared by both families of a logical interface; without `forwarding_class` it discards."""

    name: str
    is_shared: bool
    is_split: bool  # among the members of a bundle
    rate_bps: int
    burst_bytes: int
    is_discarding: bool
    loss_priority: str | None
    forwarding_class: str | None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Unit:
    """The filters of one logical interface."""

    name: int
    input4: str | None = None
    output4: str | None = None
    input6: str | None = None
    output6: str | None = None


@dataclass(frozen=True, slots=True)
class Interface:
    name: str
    per_unit_scheduler: bool
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Route:
    """A static route: to a next hop that is looked up again, an SR path, another table, or nowhere."""

    name: str  # the prefix
    next_hop: str | None = None
    is_discarded: bool = False
    next_table: str | None = None
    is_resolved: bool = False
    lsp: str | None = None
    is_static_lsp: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Rib:
    name: str
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class Instance:
    name: str
    kind: str
    ribs: tuple[Rib, ...]  # of IPv6
    routes: tuple[Route, ...]  # of IPv4


@dataclass(frozen=True, slots=True)
class Resolution:
    """Where the next hops of a table's routes are looked up, and which routes count there."""

    name: str
    ribs: tuple[str, ...]
    policies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A term of a routing policy: routes to exactly the prefixes of some lists, those of an instance, or all routes.

    `is_balanced`: flows are hashed onto all next hops of such a route by their weights.
    """

    name: str
    instance: str | None = None
    lists: tuple[Entry, ...] = ()
    is_balanced: bool = False
    is_accepted: bool = False
    is_rejected: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    name: str
    terms: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PrefixList:
    name: str
    prefixes: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    name: str


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything below the group."""

    name: str = GROUP
    interfaces: tuple[Interface, ...] = ()
    forwarding_classes: tuple[ForwardingClass, ...] = ()
    classifiers4: tuple[Table, ...] = ()
    classifiers6: tuple[Table, ...] = ()
    classifiers_exp: tuple[Table, ...] = ()
    drop_profiles: tuple[DropProfile, ...] = ()
    profiles: tuple[Profile, ...] = ()
    cos_interfaces: tuple[CosInterface, ...] = ()
    rewrites4: tuple[Table, ...] = ()
    rewrites6: tuple[Table, ...] = ()
    rewrites_exp: tuple[Table, ...] = ()
    scheduler_maps: tuple[SchedulerMap, ...] = ()
    schedulers: tuple[Scheduler, ...] = ()
    filters4: tuple[Filter, ...] = ()
    filters6: tuple[Filter, ...] = ()
    policers: tuple[Policer, ...] = ()
    prefix_lists: tuple[PrefixList, ...] = ()
    policies: tuple[Policy, ...] = ()
    instances: tuple[Instance, ...] = ()
    balancing: tuple[str, ...] = ()  # policies by which routes go into the forwarding table
    resolutions: tuple[Resolution, ...] = ()
    reflectors: tuple[Reflector, ...] = ()
    isis: tuple[IsisPort, ...] = ()
    isis_backup: tuple[BackupSpf, ...] = ()  # at most one
    ospf: tuple[Area, ...] = ()
    ospf_backup: tuple[BackupSpf, ...] = ()  # at most one
    ospf3: tuple[Area, ...] = ()
    segment_lists: tuple[SegmentList, ...] = ()
    max_depth: int | None = None
    paths: tuple[SrPath, ...] = ()
    servers: tuple[Server, ...] = ()
    exports: tuple[Export, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    connections: tuple[Connection, ...] = ()
    responders: tuple[Responder, ...] = ()  # at most one
