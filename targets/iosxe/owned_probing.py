"""What intentc owns on an IOS XE device that measures and tells of it, as values.

Fields are in the order of the statements. Intervals are in the units of their names, those of subscriptions hundredths of a second.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class Operation:
    """Probes (`icmp-echo`) that measure the time there and back."""

    number: int
    destination: str
    source: str
    interval_s: int
    threshold_ms: int
    size: int
    tos: int
    timeout_ms: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When an operation runs."""

    number: int
    life: str
    is_now: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ProbeProfile:
    """How an end point is probed."""

    name: str
    mode: str
    interval_ms: int
    dscp: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class EndPoint:
    """A measurement of delay to a router."""

    name: str
    profile: str
    destination: str
    source: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Responder:
    """A session of TWAMP light (RFC 5357, appendix I) that is answered."""

    number: int
    local: str
    local_port: int
    remote: str
    is_any_port: bool
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Receiver:
    address: str
    port: int
    protocol: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """What is sent to whom, and how often."""

    number: int
    stream: str
    encoding: str
    source: str | None
    period: int
    path: str
    receivers: tuple[Receiver, ...]
    origin: Origin | None = field(default=None, compare=False)
