"""What intentc owns on an EOS device, as values in the device's own terms. Rates in bps, sizes in bytes, times in ms.

Tuples stand in the order in which they are written; those whose order means nothing on the device are sorted.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin

Ports = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an access list: a remark, or what is permitted or denied."""

    number: int
    action: str  # permit | deny | remark
    remark: str | None = None
    protocol: str | None = None  # ip | tcp | udp | sctp | icmp, in both families
    source: str | None = None  # a prefix
    source_ports: Ports = None
    destination: str | None = None
    destination_ports: Ports = None
    kind: str | None = None  # of an ICMPv6 message
    dscp: int | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AccessList:
    name: str
    is_counting: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ClassMap:
    """The packets that one list permits; a class of EOS has one list of one family."""

    name: str
    list4: str | None = None
    list6: str | None = None


@dataclass(frozen=True, slots=True)
class Police:
    """Packets above `rate_bps` get `over_dscp`, those above `ceiling_bps` are dropped; without a ceiling those above the rate."""

    rate_bps: int
    burst_bytes: int
    over_dscp: int | None = None
    ceiling_bps: int | None = None
    ceiling_burst_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class QosClass:
    name: str
    dscp: int | None = None
    traffic_class: int | None = None
    drop_precedence: int | None = None
    police: Police | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class QosPolicy:
    name: str
    classes: tuple[QosClass, ...]


@dataclass(frozen=True, slots=True)
class PbrClass:
    """Packets of a class go where the route to `next_hop` goes; without one as the routing table says."""

    number: int
    name: str
    next_hop: str | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PbrPolicy:
    name: str
    classes: tuple[PbrClass, ...]


@dataclass(frozen=True, slots=True)
class TxQueue:
    """A queue of a port: strict, or with `percent` of what strict ones leave (`is_shared`).

    Packets are marked between `ecn_from` and `ecn_all`, or dropped between `drop_from` and `drop_all` (of `drop_precedence`).
    """

    kind: str  # tx-queue | uc-tx-queue
    number: int
    is_shared: bool
    percent: int | None = None
    cap_bps: int | None = None
    ecn_from: int | None = None
    ecn_all: int | None = None
    ecn_percent: int | None = None
    drop_from: int | None = None
    drop_all: int | None = None
    drop_percent: int | None = None
    over_precedence: int | None = None
    over_from: int | None = None
    over_all: int | None = None
    over_percent: int | None = None


@dataclass(frozen=True, slots=True)
class QosProfile:
    """What a port does: its rate, its queues, flow control of some priorities."""

    name: str
    rate_bps: int | None = None
    is_pausing: bool = False
    paused: tuple[int, ...] = ()
    queues: tuple[TxQueue, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Route:
    """A static route; of several to a prefix the one with the least distance whose next hop is reachable is used."""

    prefix: str
    next_hop: str  # an address, or Null0
    distance: int
    name: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class LabelClass:
    """The traffic class of packets by the traffic class field of their label."""

    field: int
    traffic_class: int


@dataclass(frozen=True, slots=True)
class Reflector:
    """The discriminator that the device answers to by S-BFD."""

    discriminator: int | None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sbfd:
    reflectors: tuple[Reflector, ...]


@dataclass(frozen=True, slots=True)
class RouterBfd:
    services: tuple[Sbfd, ...]


@dataclass(frozen=True, slots=True)
class RepairFamily:
    """Local repair by the IS-IS process for a family of addresses."""

    name: str  # ipv4 | ipv6
    mode: str | None  # link-protection | node-protection
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class IsisProcess:
    name: str
    families: tuple[RepairFamily, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """What an interface refers to, and its BFD session."""

    name: str
    bfd_ms: int | None = None
    bfd_rx_ms: int | None = None
    bfd_multiplier: int | None = None
    in4: str | None = None
    out4: str | None = None
    in6: str | None = None
    out6: str | None = None
    pbr: str | None = None
    qos: str | None = None
    profile: str | None = None
    is_isis_bfd: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Owned:
    """Everything that is intentc's on a device, in the order of the file: what is referred to stands first."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    qos_classes: tuple[ClassMap, ...] = ()
    pbr_classes: tuple[ClassMap, ...] = ()
    qos_policies: tuple[QosPolicy, ...] = ()
    pbr_policies: tuple[PbrPolicy, ...] = ()
    profiles: tuple[QosProfile, ...] = ()
    routes: tuple[Route, ...] = ()
    labels: tuple[LabelClass, ...] = ()
    bfd: tuple[RouterBfd, ...] = ()
    processes: tuple[IsisProcess, ...] = ()
    ports: tuple[Port, ...] = ()
