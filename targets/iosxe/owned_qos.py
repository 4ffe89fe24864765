"""Quality of service of an IOS XE device, as values. Rates are bps, bursts, queues and thresholds bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class ClassMap:
    """A class of packets that have any of these."""

    name: str
    matching: str = "match-any"
    lists: tuple[str, ...] = ()
    dscps: tuple[int, ...] = ()
    labels: tuple[int, ...] = ()  # traffic class fields of the top label


@dataclass(frozen=True, slots=True)
class Police:
    """A meter (RFC 2697, or RFC 2698 with a peak rate): below the rate, between, above the peak rate."""

    rate: int
    burst: int
    peak_rate: int | None = None
    peak_burst: int | None = None
    is_conform_sent: bool = True
    exceed_dscp: int | None = None
    is_exceed_dropped: bool = False
    is_violate_dropped: bool = False


@dataclass(frozen=True, slots=True)
class Early:
    """Random early detection of a code point between two fill levels; at the upper one every `denominator`-th."""

    dscp: int
    low: int
    low_unit: str
    high: int
    high_unit: str
    denominator: int


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that is done to a class; `kind` says which of the fields count."""

    kind: str
    remaining_kind: str | None = None
    remaining: int | None = None
    police: tuple[Police, ...] = ()
    level: int | None = None  # of strict priority; 1 is served first
    limit: int | None = None
    limit_unit: str | None = None
    is_by_dscp: bool = False
    early: tuple[Early, ...] = ()
    is_ecn: bool = False
    child: str | None = None
    dscp: int | None = None
    label: int | None = None  # traffic class field of labels that are pushed
    shape: int | None = None


@dataclass(frozen=True, slots=True)
class Treatment:
    """A class of a policy map."""

    name: str
    actions: tuple[Action, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PolicyMap:
    name: str
    classes: tuple[Treatment, ...]
