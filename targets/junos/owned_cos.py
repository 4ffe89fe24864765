"""Class of service on a Junos device, as values. Rates in bps, bursts in bytes, buffers in µs; names of fields are those of the statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class ForwardingClass:
    name: str
    queue: int


@dataclass(frozen=True, slots=True)
class Codes:
    """Code points of a forwarding class and loss priority, in a classifier."""

    name: str  # the loss priority
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClassCodes:
    name: str
    codes: tuple[Codes, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A classifier or a rewrite rule."""

    name: str
    classes: tuple[ClassCodes, ...]


@dataclass(frozen=True, slots=True)
class Scheduler:
    name: str
    transmit_bps: int
    shaping_bps: int | None
    shaping_burst_bytes: int | None
    excess_proportion: int | None
    buffer_us: int
    is_buffer_exact: bool
    priority: str
    excess_priority: str | None
    drop_profiles: tuple[DropMap, ...] = ()
    is_ecn: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class DropMap:
    loss_priority: str
    protocol: str
    profile: str


@dataclass(frozen=True, slots=True)
class DropProfile:
    name: str
    fill_levels: tuple[int, ...]  # percent of the buffer
    probabilities: tuple[int, ...]  # percent


@dataclass(frozen=True, slots=True)
class ClassScheduler:
    name: str
    scheduler: str


@dataclass(frozen=True, slots=True)
class SchedulerMap:
    name: str
    classes: tuple[ClassScheduler, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """The shaping of a logical interface that shares its port."""

    name: str
    scheduler_map: str
    rate_bps: int


@dataclass(frozen=True, slots=True)
class Rewrite:
    name: str
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CosUnit:
    name: int
    profile: str | None = None
    classify4: str | None = None
    classify6: str | None = None
    classify_exp: str | None = None
    rewrite4: tuple[Rewrite, ...] = ()
    rewrite6: tuple[Rewrite, ...] = ()
    rewrite_exp: tuple[Rewrite, ...] = ()


@dataclass(frozen=True, slots=True)
class CosInterface:
    name: str
    scheduler_map: str | None
    rate_bps: int | None
    units: tuple[CosUnit, ...]
