"""What one clause asks, with its names resolved: the values between the clauses and the demands."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from intentc.diagnostics import Span
from intentc.resolve.model import Exclusion, Preference, Switch, Waypoint
from intentc.topology.model import LabelValue
from intentc.values import acyclic, frozen

EVERYTHING = ""  # in a selection: all that a node has attached, rather than one service


class Refusal(Enum):
    """Why there is no value; the finding that says so has been made."""

    UNSUPPORTED = "unsupported"  # sound, but nothing can honour it yet
    BROKEN = "broken"


def worst(*values: object) -> Refusal | None:
    """Return the gravest refusal among `values`, or None when all of them are values."""
    found: Refusal | None = None
    for value in values:
        if type(value) is Refusal:  # of an enumeration nothing is derived; `isinstance` asks its metaclass each time
            if value is Refusal.BROKEN:
                return value
            found = value
    return found


@frozen
class Selection:
    """An evaluated set: nodes, each with the services whose traffic it stands for (or `EVERYTHING`)."""

    members: Mapping[str, frozenset[str]]

    @property
    def nodes(self) -> frozenset[str]:
        return frozenset(self.members)

    @property
    def services(self) -> frozenset[str]:
        return frozenset[str]().union(*self.members.values())


@acyclic
class Elements:
    """Nodes and links that a `KIND X` stands for, and the names that X matches."""

    nodes: frozenset[str]
    links: frozenset[str]
    names: tuple[str, ...] = ()


@acyclic
class Outside:
    """What does not lie inside a union of regions; `unknown_links` only because nobody said what they cross."""

    nodes: frozenset[str]
    links: frozenset[str]
    unknown_links: tuple[str, ...]


@frozen
class Sources:
    selection: Selection
    span: Span


@frozen
class Destinations:
    """Where to; `service` names the one whose replicas are alternatives (`any of`), else None."""

    selection: Selection
    service: str | None
    span: Span


@frozen
class BothWays:
    left: Selection
    right: Selection
    span: Span


@frozen
class Mesh:
    selection: Selection
    span: Span


@acyclic
class OneWay:
    span: Span


@acyclic
class Pattern:
    """One FLOW of a match. None leaves a part to its default: the service's ports, any DSCP, the attached prefixes.

    `protocol` `any` is every protocol, `ports` are those of the destination; prefixes are canonical text.
    """

    protocol: str | None
    ports: tuple[int, int] | None
    dscp: int | None
    source: str | None
    destination: str | None
    span: Span


@acyclic
class Matching:
    patterns: tuple[Pattern, ...]
    excepted: tuple[Pattern, ...]
    span: Span


@acyclic
class Overriding:
    intents: tuple[str, ...]
    span: Span


@acyclic
class Treatment:
    traffic_class: str
    span: Span


@acyclic
class LatencyBound:
    bound_ns: int
    is_round_trip: bool
    span: Span


@acyclic
class JitterBound:
    bound_ns: int
    span: Span


@acyclic
class LossBound:
    """The largest share of packets that may be lost, in parts per billion."""

    bound_ppb: int
    span: Span


@acyclic
class Rate:
    """Committed rates in bps, burst in bytes; None where nothing was written. `per` is `pair source total`.

    `is_one_way`: replies have none, unless both ends send.
    """

    rate_bps: int
    reverse_bps: int | None
    per: str | None
    ceiling_bps: int | None
    burst_bytes: int | None
    span: Span
    is_one_way: bool = False


@acyclic
class BulkTransfer:
    """A piece of `size_bytes` has to get through in `within_ns`."""

    size_bytes: int
    within_ns: int
    span: Span


@acyclic
class Pinned:
    """`unknown_links` are left out only because nobody said what they cross."""

    exclusion: Exclusion
    regions: tuple[str, ...]
    unknown_links: tuple[str, ...]


@acyclic
class Avoided:
    """One element to avoid; `regions` names those that are avoided as such."""

    exclusion: Exclusion
    regions: tuple[str, ...]


@acyclic
class AvoidedAll:
    elements: tuple[Avoided, ...]


@acyclic
class Encrypted:
    exclusion: Exclusion


@acyclic
class Through:
    waypoints: tuple[Waypoint, ...]


@acyclic
class SurvivedFailures:
    """`survive any N KIND [and any M KIND]`: up to so many failures of each kind (`link node srlg site provider`) at once.

    `failures` pairs kinds with numbers, sorted, each kind once.
    """

    failures: tuple[tuple[str, int], ...]
    is_except_access: bool
    span: Span


@acyclic
class Promise:
    """A failover clause; `within_ns` None is `failover none`. None elsewhere: the block does not say."""

    within_ns: int | None
    survive: tuple[SurvivedFailures, ...]
    latency: LatencyBound | None
    rate: Rate | None
    revert_ns: int | None
    is_revert_written: bool
    otherwise: str | None
    span: Span
    switches: tuple[Switch, ...] = ()


@acyclic
class Labelled:
    key: str
    value: LabelValue
    span: Span


@acyclic
class Isolated:
    direction: str  # to | from | both
    span: Span


@acyclic
class Exported:
    """Telemetry every `every_ns`, to a collector of the topology or wherever the target keeps its counters."""

    every_ns: int
    collector: str | None
    span: Span


@acyclic
class Spreading:
    """The load of several paths counts by share."""

    span: Span


@acyclic
class Mirrored:
    """Replies take the same links as what they answer."""

    span: Span


@acyclic
class Preferred:
    preferences: tuple[Preference, ...]


@acyclic
class Objective:
    goal: str
    span: Span


@acyclic
class Waived:
    """Accepts findings of `code` up to and including `until` (ISO date)."""

    code: str
    until: str
    because: str
    span: Span


Requirement = (
    Sources
    | Destinations
    | BothWays
    | Mesh
    | OneWay
    | Matching
    | Overriding
    | Treatment
    | LatencyBound
    | JitterBound
    | LossBound
    | Rate
    | BulkTransfer
    | Pinned
    | AvoidedAll
    | Encrypted
    | Through
    | Promise
    | Labelled
    | Isolated
    | Exported
    | Spreading
    | Mirrored
    | Preferred
    | Objective
    | Waived
)
