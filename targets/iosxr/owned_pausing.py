"""Flow control of line cards, as values in the router's own terms. Sizes in bytes."""

from __future__ import annotations

from dataclasses import dataclass, field

from intentc.targetkit.kit import Origin


@dataclass(frozen=True, slots=True)
class PausedClass:
    """How much of a traffic class a port holds before it pauses who sends (`pause`), how much may come after that, and where marking begins.

    The number of the class is the priority of its pauses (IEEE 802.1Qbb). Between `mark_from` and `mark_all` packets are marked
    (RFC 3168) in proportion, up to `mark_percent` of them; all from `mark_all` on.
    """

    number: int
    pause: int
    headroom: int
    mark_from: int | None = None
    mark_all: int | None = None
    mark_percent: int | None = None


@dataclass(frozen=True, slots=True)
class OtherClass:
    """A traffic class in a way of buffering that intentc never writes: the vendor's own sizes, or the external memory."""

    number: int


@dataclass(frozen=True, slots=True)
class PauseCard:
    """The flow control of a line card; it has no name of ours, the card has it once."""

    name: str  # where the card is: rack/slot/CPU0
    classes: tuple[PausedClass, ...] = ()
    usual: tuple[OtherClass, ...] = ()
    external: tuple[OtherClass, ...] = ()
    external_usual: tuple[OtherClass, ...] = ()
    origin: Origin | None = field(default=None, compare=False)
