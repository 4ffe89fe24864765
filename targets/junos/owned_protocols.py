"""Routing protocols and SR policies on a Junos device, as values. BFD intervals in ms; names of fields are those of the statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class Hop:
    name: str
    label: int | None = None
    address: str | None = None
    is_node: bool = False


@dataclass(frozen=True, slots=True)
class SegmentList:
    name: str
    is_first_inherited: bool
    is_translated: bool
    is_unprotected: bool
    hops: tuple[Hop, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Primary:
    """A segment list of a path; without a discriminator nothing supervises it, without a weight it is the only one."""

    name: str
    weight: int | None = None
    discriminator: int | None = None
    interval_ms: int | None = None
    multiplier: int | None = None


@dataclass(frozen=True, slots=True)
class SrPath:
    """A candidate path of the policy (`to`, `color`); the higher preference wins."""

    name: str
    to: str
    color: int
    preference: int | None  # None: the only path there is
    primary: tuple[Primary, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reflector:
    name: int  # the discriminator
    interval_ms: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Family:
    name: str
    interval_ms: int
    multiplier: int


@dataclass(frozen=True, slots=True)
class Level:
    """What repairs protect against on a level of IS-IS: the failure of the link, or of the node behind it where it can be passed by."""

    name: int
    is_repaired: bool
    is_node: bool


@dataclass(frozen=True, slots=True)
class IsisPort:
    name: str
    families: tuple[Family, ...]
    levels: tuple[Level, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class OspfPort:
    name: str
    interval_ms: int | None = None
    multiplier: int | None = None
    is_repaired: bool = False
    is_node: bool = False
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BackupSpf:
    """Repairs of an IGP are the paths that hold after convergence, by whatever segments they take."""

    is_post_convergence: bool
    most_labels: int
    has_segments: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    ports: tuple[OspfPort, ...]
