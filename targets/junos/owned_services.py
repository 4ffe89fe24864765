"""Telemetry of a Junos device, as values: sensors that stream, and TWAMP (RFC 5357). Times in seconds; names of fields are those of the statements."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class Server:
    """A collector."""

    name: str
    address: str
    port: int
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Export:
    """How a sensor sends: from where, how often, in which form."""

    name: str
    local_address: str
    local_port: int
    rate_s: int
    form: str
    transport: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Sensor:
    """What is sent to which collector; `only`: of which interface."""

    name: str
    servers: tuple[str, ...]
    export: str
    resource: str
    only: str
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Session:
    """One measurement: packets of one code point to one address."""

    name: str
    source: str
    target: str
    dscp: int
    count: int  # packets of a test
    interval_s: int  # between two of them


@dataclass(frozen=True, slots=True)
class Connection:
    """A client of TWAMP Light, which needs no connection beside its packets; tests follow each other without end."""

    name: str
    kind: str
    tests: int  # 0: without end
    pause_s: int  # between two tests
    sessions: tuple[Session, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Peer:
    name: str


@dataclass(frozen=True, slots=True)
class Peers:
    name: str
    addresses: tuple[Peer, ...]


@dataclass(frozen=True, slots=True)
class Responder:
    """The device answers TWAMP and TWAMP Light, which STAMP (RFC 8762) senders may use as well."""

    is_open: bool  # without authentication
    peers: tuple[Peers, ...]
    is_light: bool
    origin: Origin | None = field(default=None, compare=False)
