"""What intentc owns of routing and measuring on an SR Linux device, as values in the device's own terms. Times of BFD in microseconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class BfdPort:
    """The timers of a subinterface; who asks for sessions is the IGP."""

    name: str
    state: str
    send_us: int
    receive_us: int
    multiplier: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class IgpPort:
    name: str
    has_bfd: bool | None = None
    has_bfd6: bool | None = None
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Igp:
    """A process of IS-IS: repairs (TI-LFA) are switched on for all of its ports at once."""

    name: str
    repairs: str | None = None  # enable | disable, as below
    topology_independent: str | None = None
    most_labels: int | None = None
    node_protecting: str | None = None
    ports: tuple[IgpPort, ...] = ()
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Instance:
    """The network instance of the IGP."""

    name: str
    igps: tuple[Igp, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """A measurement of delay and loss (STAMP, RFC 8762) with packets of one code point."""

    name: str
    target: str
    target_port: int
    source: str
    instance: str
    dscp: int
    state: str
    interval: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Peer:
    name: str


@dataclass(frozen=True, slots=True)
class Reflector:
    """The device answers such packets of some addresses. It has one per network instance: `description` tells whose it is."""

    name: str  # the network instance
    description: str
    state: str
    peers: tuple[Peer, ...]
    port: int
    origin: Origin | None = field(default=None, compare=False)
