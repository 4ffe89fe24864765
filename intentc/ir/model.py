"""Vendor-neutral device configuration: per device and feature, each item knowing who asked for it.

Hops are abstract (node names, link ids): targets turn them into addresses, labels and interfaces. Rates in bps, bursts in
bytes, times in µs. Every tuple is sorted, so equal configurations are equal values.
"""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Span
from intentc.resolve.model import Flow, TrafficClass
from intentc.values import field, frozen, ordered


@ordered
class Origin:
    """The intents, and the places in the sources, that asked for an item."""

    intents: tuple[str, ...]
    spans: tuple[Span, ...]


@ordered
class EdgePort:
    """A port with hosts behind it. With trust `none` the DSCP of whatever no rule matches is set to DF."""

    interface: str
    trust: str  # none | dscp | fabric
    prefixes: tuple[str, ...]


@ordered
class Meter:
    """A two-rate meter shared by the rules that name it: above `committed_bps` re-mark to `over_dscp` (None: drop), above

    `ceiling_bps` drop. `committed_bps` None: only the ceiling counts. Bursts in bytes.
    """

    name: str
    committed_bps: int | None
    burst_bytes: int
    over_dscp: int | None
    ceiling_bps: int | None
    ceiling_burst_bytes: int


@ordered
class MarkRule:
    """Packets of `flow` but not of `excepted` that enter by `interfaces` get `dscp`, are metered and counted. First match wins by `precedence`."""

    precedence: int
    flow: Flow
    excepted: tuple[Flow, ...]
    interfaces: tuple[str, ...]
    traffic_class: str
    dscp: int
    meter: str | None
    counter: str  # unique per demand and device: letters, digits, `-`
    origin: Origin


@ordered
class Queue:
    """One class on one port. `guarantee_bps` is reserved; a strict queue may not exceed `cap_bps`.

    `burst_bytes`: what the class may send at once, before all others and at the link's rate, and still keep to its guarantee.
    With `is_ecn` packets are marked (RFC 3168), never dropped early: none while less than `mark_from_bytes` wait, all from
    `mark_all_bytes` on, in between in proportion. `tc`: the traffic class field (RFC 5462) of its packets where they carry
    labels; None: no labelled packets of it come here, or they wait with the default class. Where `drop_all_bytes` is set
    packets are dropped early: none while less than `drop_from_bytes` wait, all from `drop_all_bytes` on (never with `is_ecn`).
    """

    traffic_class: str
    dscps: tuple[int, ...]  # with the re-marked code points
    scheduling: str  # strict | weight | share | idle
    guarantee_bps: int
    cap_bps: int
    weight: int
    limit_bytes: int
    is_ecn: bool
    burst_bytes: int = 0
    mark_from_bytes: int = 0
    mark_all_bytes: int = 0
    tc: int | None = None
    drop_from_bytes: int = 0
    drop_all_bytes: int = 0


@ordered
class PortQueueing:
    """The egress scheduler of one link end, shaped to the link's rate; the default class takes everything else."""

    interface: str
    link: str
    rate_bps: int
    mtu: int
    queues: tuple[Queue, ...]
    origin: Origin


@ordered
class SteerRule:
    """Packets of `flow` that enter by `interfaces` go loosely towards the first reachable node of `waypoints`.

    Without `interfaces` nothing is steered yet: the paths are there, for a later stage to send packets to.
    """

    precedence: int
    flow: Flow
    excepted: tuple[Flow, ...]
    interfaces: tuple[str, ...]
    waypoints: tuple[str, ...]
    is_fail_closed: bool
    origin: Origin


@ordered
class FenceRule:
    """Packets of `flow` never leave by `interfaces` (pin, avoid, encrypt): they are dropped and counted there."""

    flow: Flow
    excepted: tuple[Flow, ...]
    interfaces: tuple[str, ...]
    reason: str  # "pin", "avoid", "encrypt"
    counter: str
    origin: Origin


@ordered
class IsolationRule:
    """Default deny for `prefix` behind `interfaces`: `to` guards what is sent to it, `from` what it sends."""

    prefix: str
    interfaces: tuple[str, ...]
    direction: str
    allowed: tuple[Flow, ...]
    counter: str
    origin: Origin


@ordered
class BfdPort:
    """A BFD session (RFC 5880) on the IGP adjacency of a port, owned by intentc because the underlay declares none."""

    interface: str
    link: str
    igp: str
    interval_us: int
    multiplier: int
    origin: Origin


@ordered
class RepairPort:
    """Topology-independent loop-free alternates (TI-LFA, RFC 9855) for what leaves by a port: the device repairs by itself, before

    the IGP has converged, along the paths that will hold afterwards. `protects`: "link" or "node" (node where there is one, else link).
    """

    interface: str
    link: str
    igp: str
    protects: str
    origin: Origin


@ordered
class CountRule:
    """Packets of `flow` but not of `excepted` that leave by `interfaces` towards their hosts are counted (for telemetry)."""

    flow: Flow
    interfaces: tuple[str, ...]
    counter: str
    origin: Origin
    excepted: tuple[Flow, ...] = ()


@ordered
class SrSegment:
    """One segment of a list, which ends at `node`: its node segment, or the adjacency segment over `link`.

    `label` is that of the node segment as the node reads it where the segment before ends (the first one: the head-end), by
    that node's own SRGB. Labels of adjacency segments are given out by routers: targets name them by the link's addresses.
    `algorithm` is that of a node segment: 0 the IGP's own, from 128 on a Flexible Algorithm.
    """

    node: str
    link: str | None
    label: int | None
    algorithm: int = 0


@ordered
class SrList:
    """A segment list; of several of a candidate each takes flows in proportion to its weight (RFC 9256, section 2.2)."""

    weight: int
    segments: tuple[SrSegment, ...]


@ordered
class SrCandidate:
    """A candidate path; the higher preference wins (RFC 9256, section 2.7).

    `lists` is empty where `segments` is the only list. Otherwise it has all of them, the first of which `segments` repeats;
    S-BFD supervises each, and a list that is down leaves its share to the others. The candidate is up while one of them is.
    """

    preference: int
    segments: tuple[SrSegment, ...]
    lists: tuple[SrList, ...] = ()


@ordered
class SwitchRule:
    """Probes along each candidate path, one every `interval_us`: it counts as down when `count` in a row show more than `threshold`.

    `metric` "latency": each takes longer (µs); "loss": a larger share of them (parts per billion) is lost. Probes have the code
    point `dscp` of the packets that they stand for. Where there and back is measured, `back_us` of it is the way back: what
    the IGP's slowest way from the end point takes normally, by the topology. Where all candidates count as down because of
    probes, the first one that is up carries.
    """

    metric: str
    threshold: int
    interval_us: int
    count: int
    dscp: int
    back_us: int


@ordered
class SrPolicy:
    """An SR policy of this head-end to `end_point`: the first of `candidates` that S-BFD (RFC 7880) finds up carries.

    With none up packets are dropped (`is_fail_closed`) or follow the IGP. `discriminator` is that of the reflector. A candidate
    that one of `switches` finds wanting is left as if it were down.
    """

    name: str
    color: int
    end_point: str
    candidates: tuple[SrCandidate, ...]
    is_fail_closed: bool
    discriminator: int
    interval_us: int
    multiplier: int
    origin: Origin
    switches: tuple[SwitchRule, ...] = ()


@ordered
class AlgorithmPolicy:
    """An SR policy of this head-end that sends packets the way of a Flexible Algorithm (RFC 9350) to `end_point`.

    It is the prefix SID of the end point in `algorithm`, with `label` as this head-end reads it, or whatever else a platform
    has to say the same. Nothing supervises it: where the algorithm has no way, packets are dropped (`is_fail_closed`) or
    follow the IGP.
    """

    name: str
    color: int
    end_point: str
    algorithm: int
    label: int
    is_fail_closed: bool
    origin: Origin


@ordered
class PolicySteerRule:
    """Packets of `flow` but not of `excepted` that enter by `interfaces` take the SR or algorithm policy `policy`.

    While that is down they take the first of `others` that is not, SR policies with other end points.
    """

    precedence: int
    flow: Flow
    excepted: tuple[Flow, ...]
    interfaces: tuple[str, ...]
    policy: str
    origin: Origin
    others: tuple[str, ...] = ()

    @property
    def policies(self) -> tuple[str, ...]:
        """All policies in order."""
        return self.policy, *self.others


@ordered
class BfdReflector:
    """The node answers S-BFD packets to this discriminator."""

    discriminator: int
    origin: Origin


@ordered
class Stream:
    """Counters of `interfaces` and of their queues go to the collector at `address`, every `interval_us`."""

    name: str
    address: str
    port: int
    interval_us: int
    interfaces: tuple[str, ...]
    origin: Origin


@ordered
class Probe:
    """Delay and loss from this node's loopback to that of `peer`, measured with packets of `dscp` (STAMP, RFC 8762)."""

    name: str
    peer: str
    dscp: int
    interval_us: int
    origin: Origin


@ordered
class ProbeReflector:
    """The node sends such packets of `peer` back."""

    peer: str
    origin: Origin


@ordered
class PausePort:
    """Priority-based flow control (IEEE 802.1Qbb) of `priority`, in both directions of a port, for packets of `dscps`.

    `headroom_bytes`: what may still come after a pause was sent; 0 where nobody knows (ports of hosts).
    """

    interface: str
    traffic_class: str
    priority: int
    dscps: tuple[int, ...]
    headroom_bytes: int
    origin: Origin


@ordered
class WireEnd:
    """One end of a link: its port and addresses (without length), and those of the other end; None: not known."""

    node: str
    interface: str | None
    address: str | None
    address6: str | None
    peer: str
    peer_address: str | None
    peer_address6: str | None


@frozen
class DeviceConfig:
    """All that intentc owns on one device."""

    node: str
    platform: str
    release: str
    edges: tuple[EdgePort, ...] = ()
    meters: tuple[Meter, ...] = ()
    marking: tuple[MarkRule, ...] = ()
    queueing: tuple[PortQueueing, ...] = ()
    steering: tuple[SteerRule, ...] = ()
    fences: tuple[FenceRule, ...] = ()
    isolation: tuple[IsolationRule, ...] = ()
    bfd: tuple[BfdPort, ...] = ()
    repairs: tuple[RepairPort, ...] = ()
    counting: tuple[CountRule, ...] = ()
    reflectors: tuple[BfdReflector, ...] = ()
    policies: tuple[SrPolicy, ...] = ()
    algorithm_policies: tuple[AlgorithmPolicy, ...] = ()
    policy_steering: tuple[PolicySteerRule, ...] = ()
    streams: tuple[Stream, ...] = ()
    probes: tuple[Probe, ...] = ()
    probe_reflectors: tuple[ProbeReflector, ...] = ()
    pauses: tuple[PausePort, ...] = ()
    hardware: str | None = None  # the kind of chassis, as the target's data names it; None where it names none


@frozen
class Fleet:
    """The configuration of every device that has any, and the facts that targets need to make hops concrete."""

    devices: Mapping[str, DeviceConfig]  # by node, sorted
    loopbacks: Mapping[str, tuple[str | None, str | None]]  # node -> (IPv4, IPv6) address text
    classes: Mapping[str, TrafficClass]
    infrastructure: tuple[str, ...]  # host prefixes of router addresses: exempt from every rule
    wires: Mapping[tuple[str, str], WireEnd] = field(default_factory=dict)  # by link and node
    igp_process: str | None = None  # what routers call the IGP's process; None: the topology does not say
