"""What intentc owns on an IOS XE device beside quality of service and measurements, as values.

Fields are in the order of the statements; the order of entries, sequences and segments is theirs on the device, everything else is
sorted by name. Intervals of BFD and of probes of policies are ms, those of tracking s.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

from .owned_probing import EndPoint, Operation, ProbeProfile, Responder, Schedule, Subscription
from .owned_qos import ClassMap, PolicyMap


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an access list. Each side is all addresses, a host, or a prefix (IPv4: with a wildcard mask), and ports."""

    number: int
    action: str  # permit | deny
    protocol: str
    is_from_any: bool = False
    from_host: str | None = None
    from_prefix: str | None = None
    from_mask: str | None = None
    from_port: int | None = None
    from_first: int | None = None
    from_last: int | None = None
    is_to_any: bool = False
    to_host: str | None = None
    to_prefix: str | None = None
    to_mask: str | None = None
    to_port: int | None = None
    to_first: int | None = None
    to_last: int | None = None
    dscp: int | None = None
    message: str | None = None  # of ICMPv6, by name
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AccessList:
    name: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long packets are, in bytes with their headers."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Step:
    """A sequence of a route map: what is permitted goes to the next hop, what is denied is routed as ever."""

    number: int
    action: str
    list4: str | None = None
    list6: str | None = None
    hop4: str | None = None
    hop6: str | None = None
    lengths: tuple[Lengths, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class RouteMap:
    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class LocalPolicy:
    """The route map that the packets of the router itself meet."""

    name: str


@dataclass(frozen=True, slots=True)
class Way:
    """One next hop of a static route; the lowest distance that resolves and whose track is up carries."""

    hop: str
    distance: int
    name: str
    track: int | None = None


@dataclass(frozen=True, slots=True)
class PolicyWay:
    """An SR policy as the way of a static route."""

    policy: str
    distance: int
    name: str


@dataclass(frozen=True, slots=True)
class Route:
    """A static host route to a reserved address."""

    address: str
    mask: str | None = None
    untracked: tuple[Way, ...] = ()
    tracked: tuple[Way, ...] = ()
    policies: tuple[PolicyWay, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Track:
    """Whether the routing table has exactly this route, or the probes of an operation are answered in time (`is_state`)."""

    number: int
    address4: str | None = None
    mask4: str | None = None
    is_reachable4: bool = False
    address6: str | None = None
    is_reachable6: bool = False
    operation: int | None = None
    is_state: bool = False
    down_s: int | None = None
    up_s: int | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Timer:
    """How often tracked routes and operations are looked at."""

    seconds4: int | None = None
    seconds6: int | None = None
    seconds_sla: int | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    index: int
    label: int | None = None
    adjacency: str | None = None  # the address of the far end of the link whose adjacency segment is meant


@dataclass(frozen=True, slots=True)
class SegmentList:
    name: str
    segments: tuple[Segment, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Share:
    """One segment list of a candidate path, with its share of the flows."""

    segment_list: str
    weight: int


@dataclass(frozen=True, slots=True)
class Candidate:
    preference: int
    ways: tuple[Share, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """An SR policy; `is_dropping`: packets are dropped while no candidate is valid."""

    name: str
    candidates: tuple[Candidate, ...]
    profile: str | None
    is_down_when_dead: bool
    is_dropping: bool
    color: int
    end_point: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyProfile:
    """How SR policies are probed: by packets that come back by themselves."""

    name: str
    mode: str
    interval_ms: int
    multiplier: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Process:
    """The repairs of an IS-IS process, for either level."""

    name: str
    is_repaired1: bool = False
    is_repaired2: bool = False
    node_rank1: int | None = None
    node_rank2: int | None = None
    is_ti_lfa1: bool = False
    is_ti_lfa2: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Bfd:
    """Timers of BFD on an interface."""

    interval_ms: int
    min_rx_ms: int
    multiplier: int


@dataclass(frozen=True, slots=True)
class Level:
    """A level of IS-IS on an interface whose failure is repaired."""

    name: str
    is_off: bool = False


@dataclass(frozen=True, slots=True)
class Filter6:
    """An IPv6 access list in a slot."""

    direction: str
    name: str


@dataclass(frozen=True, slots=True)
class Port:
    """The slots of an interface, each of which holds one thing only, and what its IGP does."""

    name: str
    in4: str | None = None
    is_in4: bool = False
    out4: str | None = None
    is_out4: bool = False
    map4: str | None = None
    is_ospf_bfd: bool = False
    is_ospf_bfd_off: bool = False
    map6: str | None = None
    filters6: tuple[Filter6, ...] = ()
    bfd: tuple[Bfd, ...] = ()
    is_isis_bfd: bool = False
    is_isis_bfd_off: bool = False
    repaired: tuple[Level, ...] = ()
    input: str | None = None
    output: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything of intentc on one device."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    class_maps: tuple[ClassMap, ...] = ()
    policy_maps: tuple[PolicyMap, ...] = ()
    local: tuple[LocalPolicy, ...] = ()
    operations: tuple[Operation, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    tracks: tuple[Track, ...] = ()
    timers: tuple[Timer, ...] = ()
    segment_lists: tuple[SegmentList, ...] = ()
    policy_profiles: tuple[PolicyProfile, ...] = ()
    policies: tuple[Policy, ...] = ()
    routes4: tuple[Route, ...] = ()
    routes6: tuple[Route, ...] = ()
    route_maps: tuple[RouteMap, ...] = ()
    probe_profiles: tuple[ProbeProfile, ...] = ()
    end_points: tuple[EndPoint, ...] = ()
    responders: tuple[Responder, ...] = ()
    processes: tuple[Process, ...] = ()
    ports: tuple[Port, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
