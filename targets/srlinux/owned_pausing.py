"""Flow control on an SR Linux device, as values in the device's own terms. Sizes in bytes, shares in percent."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class PauseSize:
    """How much of a class a port may hold before it pauses the sender, and how much still comes after that."""

    name: str  # a queue of flow control
    limit: int
    headroom: int


@dataclass(frozen=True, slots=True)
class PauseQueue:
    name: str
    index: int


@dataclass(frozen=True, slots=True)
class SentPause:
    """The forwarding classes whose packets a port pauses, and with which priority (IEEE 802.1Qbb)."""

    name: str  # a queue of flow control
    classes: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class HeardPause:
    name: str  # a queue
    priority: int
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class PauseMapping:
    name: str
    sent: tuple[SentPause, ...]
    heard: tuple[HeardPause, ...]
    origin: Origin | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Complex:
    name: str
    reserved_percent: int


@dataclass(frozen=True, slots=True)
class LineCard:
    """The part of the buffer that is kept for what comes after a pause; it has no name, the device has it once."""

    name: int
    complexes: tuple[Complex, ...]
