"""What `manifest.json` (schema 1) holds: one dataclass per JSON object, its fields in the order of the keys.

The field names are the keys; a key that is a Python keyword is given as `metadata["key"]`. Times in µs (ms for the
protection), rates in bps, bursts in bytes, shares in parts per million. README.md explains every key.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from intentc.manifest.refusal_model import RefusalEntry
from intentc.values import field, frozen

SCHEMA = 1
NORMAL_STATE = "normal"  # `worst_state` of a link whose heaviest load is that of the normal state
ANY_STATE = "any"

Status = Literal["placed", "infeasible", "rejected", "waived", "degraded", "unsupported"]
Direction = Literal["forward", "reverse"]
Mechanism = Literal["igp", "flex-algo", "sr-policy", "pbr"]
Basis = Literal["proved", "queue-limit", "assumed", "none"]
Liveness = Literal["bfd", "igp", "carrier"]
PreferenceReason = Literal["clauses", "room", "other"]
Severity = Literal["error", "warning", "note"]
Effort = Literal["descent", "flat"]
Option = str | int | bool | None


@frozen
class Generator:
    """Who wrote the manifest, with what date (ISO 8601) and which options."""

    version: str
    language: int
    today: str
    options: Mapping[str, Option]


@frozen
class FlowEntry:
    """A set of packets: all parts hold. Prefixes in canonical text, port ranges inclusive, null where anything goes."""

    family: int
    source: str
    destination: str
    protocol: str
    source_ports: tuple[int, int] | None
    destination_ports: tuple[int, int] | None
    dscp: int | None


@frozen
class PathEntry:
    """Node names and the ids of the links between them; `share_ppm` of the traffic takes this path."""

    path: tuple[str, ...]
    links: tuple[str, ...]
    share_ppm: int


@frozen
class LatencyEntry:
    """One-way latency of the worst of the paths, in µs, every part rounded up."""

    propagation: int
    serialisation: int
    queueing: int
    total: int


@frozen
class PrimaryEntry:
    paths: tuple[PathEntry, ...]
    latency_us: LatencyEntry
    basis: Basis


@frozen
class AlternativeEntry:
    preference: int
    segments: tuple[str, ...]
    liveness: Liveness
    paths: tuple[PathEntry, ...]


@frozen
class StateEntry:
    """What a demand does in the states `when`: failure states by id, or `any`."""

    when: tuple[str, ...]
    paths: tuple[PathEntry, ...]
    latency_us: LatencyEntry
    basis: Basis
    destination: str


@frozen
class SwitchEntry:
    """When a path that is up is left: `count` probes in a row, one every `interval_ms`, show more than `threshold`.

    `metric` `latency`: µs; `loss`: parts per billion. `detect_ms` is how long that takes to tell.
    """

    metric: str
    threshold: int
    interval_ms: int
    count: int
    detect_ms: int


@frozen
class ProtectionEntry:
    detector: str
    detect_ms: int
    repair_ms: int
    basis: str
    switches: tuple[SwitchEntry, ...] = ()


Protects = Literal["link", "node", "either"]


@frozen
class RepairEntry:
    """`node` repairs locally what leaves it by `link`, around the link, the node behind it, or either, which are the same way."""

    node: str
    link: str
    protects: Protects


@frozen
class ReplicaEntry:
    """Other packets of the same demand: those to (or from) a replica that stands by, with addresses of its own."""

    source: str
    destination: str
    match: tuple[FlowEntry, ...]
    excepted: tuple[FlowEntry, ...] = field(metadata={"key": "except"})


@frozen
class SteeringEntry:
    """At `node`, packets that came in by `ingress` (null: from attached hosts) go loosely to the first live waypoint.

    `replica` null: the packets of the demand's own `match`; else those of a replica that stands by.
    """

    node: str
    ingress: str | None
    waypoints: tuple[str, ...]
    fail_closed: bool
    replica: ReplicaEntry | None


@frozen
class ListEntry:
    """One of several segment lists of a candidate path: flows are hashed over those that are up, by `weight`."""

    weight: int
    segments: tuple[str, ...]


@frozen
class CandidateEntry:
    """A candidate path: of those that are up the one with the highest preference carries.

    `lists` is empty where `segments` is the only one; else `segments` repeats the first of them.
    """

    preference: int
    segments: tuple[str, ...]
    lists: tuple[ListEntry, ...] = ()


@frozen
class PolicyEntry:
    """An SR policy at `node` for packets from attached hosts, which ends at `end_point`; `replica` as in a `SteeringEntry`."""

    node: str
    end_point: str
    fail_closed: bool
    candidates: tuple[CandidateEntry, ...]
    replica: ReplicaEntry | None


@frozen
class PreferenceEntry:
    """What became of one preference in the normal state: README.md explains `off` and `why`."""

    text: str
    met: bool
    off: int
    why: PreferenceReason | None


@frozen
class DemandEntry:
    """One direction of traffic between two ends and all that is promised for it; one line of the file."""

    id: str
    source_site: str
    destination_site: str
    source: str
    destination: str
    direction: Direction
    match: tuple[FlowEntry, ...]
    bandwidth_bps: int
    burst_bytes: int
    bound_us: int | None
    margin_us: int | None
    mechanism: Mechanism
    segments: tuple[str, ...]
    primary: PrimaryEntry
    alternatives: tuple[AlternativeEntry, ...]
    states: tuple[StateEntry, ...]
    unprotected: tuple[str, ...]
    protection: ProtectionEntry | None
    excepted: tuple[FlowEntry, ...] = field(metadata={"key": "except"})
    ceiling_bps: int | None
    rtt_bound_us: int | None
    steering: tuple[SteeringEntry, ...]
    reason: str
    policies: tuple[PolicyEntry, ...]
    repairs: tuple[RepairEntry, ...] = ()
    preferences: tuple[PreferenceEntry, ...] = ()


@frozen
class IntentEntry:
    name: str
    file: str
    line: int
    status: Status
    traffic_class: str | None = field(metadata={"key": "class"})
    demands: tuple[DemandEntry, ...]
    refused: tuple[RefusalEntry, ...] = ()


@frozen
class ChainStepEntry:
    """One step: `network_us` is that of all its calls; `demands` are the ids of requests and replies, none on the spot.

    `slack_us`: by how much the step, for itself, could take longer.
    """

    step: int
    calls: int
    processing_us: int
    replica: str
    network_us: int
    demands: tuple[str, ...]
    slack_us: int


@frozen
class ChainWorstEntry:
    state: str
    slack_us: int


@frozen
class ChainEntry:
    """A chain for one source site. `slack_us` and the steps are those of the normal state; see README.md for the sums."""

    name: str
    source_site: str
    budget_us: int
    slack_us: int
    steps: tuple[ChainStepEntry, ...]
    worst: ChainWorstEntry | None


@frozen
class WorstEntry:
    state: str
    value: float


@frozen
class AssertionEntry:
    name: str
    holds: bool
    worst: WorstEntry | None


@frozen
class RateEntry:
    """Bits per second from end a to end b and back."""

    ab: int
    ba: int


@frozen
class StatePairEntry:
    ab: str
    ba: str


@frozen
class LinkEntry:
    """Reservations on one link; `capacity_bps` is one number where both directions have the same."""

    id: str
    a: str
    b: str
    capacity_bps: int | RateEntry
    reserved_bps: RateEntry
    by_class: Mapping[str, RateEntry]
    worst_bps: RateEntry
    worst_state: StatePairEntry
    worst_by_class: Mapping[str, RateEntry]


@frozen
class DeviceFile:
    """A rendered file: its path in the build directory and the SHA-256 of its bytes, in hexadecimal."""

    path: str
    sha256: str


@frozen
class DeviceEntry:
    node: str
    target: str
    transport: str
    files: tuple[DeviceFile, ...]
    intents: tuple[str, ...]


@frozen
class FindingEntry:
    """One finding in the contract's JSON form; what stands inside the last four is not looked into."""

    id: str
    code: str
    severity: Severity
    message: str
    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    intent: str | None
    node: str | None
    state: str | None
    waived: bool
    related: tuple[object, ...]
    help: tuple[str, ...]
    repairs: tuple[object, ...]
    fix: object


@frozen
class Objective:
    """Worst utilisation of a link in the normal state, as a fraction, and what no routing of the placed demands can beat.

    `prices` prove it: at these prices per bit (integers of no unit, links that cost nothing left out) the traffic pays
    `lower_bound` × Σ price × capacity even on its cheapest ways. `effort`: what was done to find them.
    """

    max_utilisation: float
    lower_bound: float | None
    prices: Mapping[str, RateEntry]
    effort: Effort | None


@frozen
class Manifest:
    """The whole file. `project` and everything below is as the compiler claims it; `verify` proves it."""

    schema: int
    project: str
    generator: Generator
    inputs: Mapping[str, str]
    intents: tuple[IntentEntry, ...]
    chains: tuple[ChainEntry, ...]
    assertions: tuple[AssertionEntry, ...]
    links: tuple[LinkEntry, ...]
    devices: tuple[DeviceEntry, ...]
    findings: tuple[FindingEntry, ...]
    objective: Objective
