"""What the intents ask of this network: names resolved, sets expanded, one demand per pair of ends and direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import total_ordering

from intentc.diagnostics import Span
from intentc.resolve.assertion_model import Assertion
from intentc.resolve.chain_model import Chain, StepEnds
from intentc.topology.model import LabelValue, Topology
from intentc.values import acyclic, field, frozen


class Scheduling(StrEnum):
    """How a class is served on a port."""

    STRICT = "strict"  # first, capped at `share_ppb` of the link
    WEIGHT = "weight"  # guaranteed its reservation, then `weight` of what is left
    SHARE = "share"  # exactly `share_ppb` of the link (`queue N%`)
    IDLE = "idle"  # what is idle, at least 1 % (RFC 8622)


@frozen
class TrafficClass:
    """A per-hop behaviour. `over_dscp` None: what exceeds the committed rate is dropped. Lower `rank` is placed first."""

    name: str
    rank: int
    dscp: int
    over_dscp: int | None
    scheduling: Scheduling
    weight: int
    share_ppb: int
    drop: str  # low | medium | high
    is_ecn: bool
    is_lossless: bool
    span: Span | None  # None for the built-in ones
    is_drop_written: bool = False  # by the user: then its queue drops early, but for `low`

    @property
    def drops_early(self) -> bool:
        """Whether packets of the class are dropped before its queue is full."""
        return self.is_drop_written and self.drop != "low"


@total_ordering
@acyclic
class Flow:
    """A set of packets: all parts hold. Prefixes in canonical text of one family; `protocol` `any tcp udp sctp icmp`.

    `icmp` on an IPv6 flow means ICMPv6. Port ranges are inclusive; None means any, and comes first in order.
    """

    family: int  # 4 | 6
    source: str
    destination: str
    protocol: str = "any"
    source_ports: tuple[int, int] | None = None
    destination_ports: tuple[int, int] | None = None
    dscp: int | None = None

    def __lt__(self, other: Flow) -> bool:
        """Return whether this flow comes first, part by part."""
        return self._order() < other._order()

    def _order(self) -> tuple[int, str, str, str, tuple[int, int], tuple[int, int], int]:
        nothing = (-1, -1)
        return (
            self.family,
            self.source,
            self.destination,
            self.protocol,
            self.source_ports or nothing,
            self.destination_ports or nothing,
            -1 if self.dscp is None else self.dscp,
        )

    def reversed(self) -> Flow:
        """Return the flow of the replies: prefixes and ports swapped."""
        return Flow(
            self.family,
            self.destination,
            self.source,
            self.protocol,
            self.destination_ports,
            self.source_ports,
            self.dscp,
        )


@acyclic
class Endpoint:
    """One attachment of an end: the node that carries, and the prefixes of the end that hang on it (canonical text).

    `part`: the nodes, joined by `+`, that have these prefixes, where others of the site have other ones.
    """

    site: str  # the node's own name where it has no site
    node: str
    prefixes: tuple[str, ...]
    part: str = ""


@acyclic
class Candidate:
    """One possible pair of attachments with the packets that run between them, `excepted` ones taken out."""

    source: Endpoint
    destination: Endpoint
    flows: tuple[Flow, ...]
    excepted: tuple[Flow, ...]


@acyclic
class Exclusion:
    """Elements that a demand must never use, and the clause that says so (`kind`: `pin avoid encrypt`)."""

    kind: str
    text: str  # the clause in the user's words: "pin region eu"
    nodes: frozenset[str]
    links: frozenset[str]
    span: Span


@acyclic
class Waypoint:
    """One `via` element: the path must touch one of `nodes` or run over one of `links`."""

    text: str
    nodes: frozenset[str]
    links: frozenset[str]
    span: Span


@acyclic
class Preference:
    """One `prefer` element: a place is to be passed (one of `nodes`, or of `links`), of all else links are to be of `links`."""

    text: str
    nodes: frozenset[str]
    links: frozenset[str]
    is_place: bool
    span: Span


@frozen
class FailureState:
    """Elements that are down together; `id` as in the manifest (`link:L7`, `node:x`, `srlg:duct-9`, …)."""

    id: str
    nodes: frozenset[str]
    links: frozenset[str]  # without those that only fall with a failed node


@acyclic
class Switch:
    """Traffic leaves a candidate path on which `count` probes in a row, one every `interval_ms`, show more than `threshold`.

    `metric` latency: each takes longer (ns); loss: more than that share of them (ppb) is lost.
    """

    metric: str
    threshold: int
    interval_ms: int
    count: int
    span: Span

    @property
    def detect_ms(self) -> int:
        """Return how long it takes to tell."""
        return self.interval_ms * self.count


@frozen
class FailoverRequirement:
    """The promise under failure: in each of `states` a path remains within `bound_ns` and `bandwidth_bps`, back within `within_ns`.

    Times in ns, rates in bps. `states` leaves out failures of the ends themselves and those that cut an end's only
    attachment (`except access` allows them, else they have their finding, and are in `cut` by id where a waiver accepts it).
    `revert_ns` None means never.
    """

    within_ns: int
    states: Sequence[FailureState]
    bound_ns: int | None
    bandwidth_bps: int
    pool_bps: int
    revert_ns: int | None
    span: Span
    rtt_bound_ns: int | None = None  # like `Demand.rtt_bound_ns`, under failure
    is_revert_written: bool = False  # by the user; else `revert_ns` is the language's default
    cut: tuple[str, ...] = ()
    switches: tuple[Switch, ...] = ()


@frozen
class ServiceFacts:
    """A service with more to it than its name: `hosts` gives the host (its site, or itself) of each serving node.

    `capacity_bps`: the most that may be committed towards it (None: any amount), with `is_per_host` towards each host.
    `health_port`: the TCP port that answers as long as a replica lives; `prefixes` are what then leads to it, by node.
    """

    name: str
    hosts: Mapping[str, str]
    prefixes: Mapping[str, tuple[str, ...]]
    capacity_bps: int | None
    is_per_host: bool
    health_port: int | None
    span: Span


@frozen
class Demand:
    """One direction of traffic between two ends, with all that must hold for it.

    `key` is stable and unique: `intent/source>destination` (the service's name stands for an `any of` destination, and
    `site@node+node` for what hangs on these nodes of a site alone), with `/reply` for the reply direction. On each link direction a *pool* reserves min(`pool_bps`, sum of `bandwidth_bps` of
    its demands there). `bandwidth_bps` 0 with `has_bandwidth` False: no clause, nothing reserved, only propagation promised.
    `precedence`: where matches overlap, the smaller number is evaluated first (conflicts are settled by resolve). Only their order tells anything.
    `shared_with`: intents with the same match and treatment; their rates are in this demand, and they name its key.
    `step`: the demand carries a step of a chain (named by `intent`); its time counts in the chain's budget, and its key is
    `chain/source>destination` with `service@site` for an end that was named by a service, and the service's name alone
    for a destination that one answers.
    """

    key: str
    intent: str
    direction: str  # forward | reverse
    reply_to: str | None  # key of the forward demand, for a reply
    source_site: str
    destination_name: str
    candidates: tuple[Candidate, ...]
    is_any_of: bool
    traffic_class: str
    rank: int
    bound_ns: int | None
    rtt_bound_ns: int | None  # on both demands of a pair: the sum of both directions keeps it
    has_bandwidth: bool
    bandwidth_bps: int
    pool: str
    pool_bps: int
    ceiling_bps: int | None
    burst_bytes: int
    exclusions: tuple[Exclusion, ...]
    via: tuple[Waypoint, ...]
    failover: FailoverRequirement | None
    otherwise: str  # drop | best-effort
    precedence: int
    span: Span  # the intent's name
    clause_spans: Mapping[str, Span]  # clause keyword -> where it stands, for findings
    shared_with: tuple[str, ...] = ()
    jitter_ns: int | None = None  # bound on the variation of one-way delay, in every promised state
    loss_ppb: int | None = None  # bound on the share of packets lost within the rate, likewise
    goal: str = "stability"  # what to minimise: stability | latency | cost | utilization
    step: StepEnds | None = None
    is_spread: bool = False  # several paths at once are wanted: each link reserves its share
    services: tuple[str, ...] = ()  # that its requests are for by name; replies are for none
    is_symmetric: bool = False  # requests and replies take one path over the same links
    preferences: tuple[Preference, ...] = ()  # soft, the first one first


@frozen
class Isolation:
    """Default deny around one prefix at the nodes that attach it (`direction`: `to` or `from`), but for `allowed` flows."""

    prefix: str
    nodes: tuple[str, ...]
    direction: str
    allowed: tuple[Flow, ...]
    intents: tuple[str, ...]
    span: Span


@frozen
class TelemetryRequirement:
    every_ns: int
    collector: str | None
    span: Span


@frozen
class Waiver:
    """Accepts findings of `code` for `intent` up to and including `until` (ISO date)."""

    intent: str
    code: str
    until: str
    because: str
    span: Span


@frozen
class CutEnd:
    """A promised state that leaves an end of the demand `key` without any link: all of its `nodes`."""

    key: str
    state: str
    nodes: tuple[str, ...]


@frozen
class ResolvedIntent:
    """One intent (or chain) as resolved; `is_rejected` when a finding of E02–E04 stopped it (then `demands` is empty).

    `demands` is empty as well when a failure that it promises to survive cuts an end off (E0520). Several intents may name
    one demand (`Demand.shared_with`). Of a chain `demands` are all that it may need; which ones it does, placement says.
    `cuts`: where E0520 stopped an intent, the first such state of each pair of ends.
    """

    name: str
    title: str | None
    span: Span
    traffic_class: str | None
    demands: tuple[str, ...]
    labels: Mapping[str, LabelValue]
    telemetry: TelemetryRequirement | None
    is_rejected: bool
    is_unsupported: bool  # stopped by a clause that is not supported yet
    is_chain: bool = False
    cuts: tuple[CutEnd, ...] = ()


@frozen
class Model:
    """The whole of what is asked; tuples and mappings are sorted by name or key."""

    topology: Topology
    classes: Mapping[str, TrafficClass]
    intents: tuple[ResolvedIntent, ...]
    demands: Mapping[str, Demand]
    isolations: tuple[Isolation, ...]
    waivers: tuple[Waiver, ...]
    infrastructure: tuple[str, ...]  # host prefixes of all router addresses, both families: never matched by anything
    chains: tuple[Chain, ...] = ()  # sound ones, by name and source site
    assertions: tuple[Assertion, ...] = ()  # sound ones, by name
    services: Mapping[str, ServiceFacts] = field(default_factory=dict)  # those with a capacity or a health check
    overlapping: frozenset[str] = frozenset()  # intents that match packets which another one matches too
