"""What intentc owns on an IOS XR device for telemetry, as values: what the router sends, measures and answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class Collector:
    """A group of one collector: where it listens, how it is spoken to."""

    name: str
    family: str
    address: str
    port: int
    is_grpc: bool
    encoding: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sensor:
    path: str


@dataclass(frozen=True, slots=True)
class Sensors:
    """A group of paths to counters."""

    name: str
    paths: tuple[Sensor, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who is sent what, and how often."""

    name: str
    sensors: str
    interval_ms: int
    collector: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """An IP SLA measurement: a burst of `count` packets, `interval_ms` apart, every `frequency_s`; `tos` is the whole octet."""

    number: int
    frequency_s: int
    timeout_ms: int
    source: str
    destination: str
    port: int
    count: int
    interval_ms: int
    is_uncontrolled: bool
    tos: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an operation runs."""

    number: int
    is_forever: bool
    is_now: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class AnsweringPort:
    number: int


@dataclass(frozen=True, slots=True)
class Responder:
    """An address of this router whose ports answer IP SLA."""

    address: str
    ports: tuple[AnsweringPort, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who may send test packets to a reflector, from any port."""

    address: str
    port: str
    vrf: str


@dataclass(frozen=True, slots=True)
class Reflector:
    """Where a test session is answered."""

    address: str
    port: int
    senders: tuple[Sender, ...]


@dataclass(frozen=True, slots=True)
class TestSession:
    """A session of TWAMP Light (RFC 5357, appendix I) by its number: the router answers, and keeps nothing else."""

    number: int
    reflectors: tuple[Reflector, ...]
    origin: Origin | None = field(default=None, compare=False)
