"""What is dropped where packets come in and go out, in no vendor's words: each target reads it out of its own configuration."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Protocol

from intentc.resolve.model import Flow
from intentc.values import ordered


@ordered
class ScreenEntry:
    """Packets of `flow` that no entry before has are dropped, or pass."""

    flow: Flow
    is_dropped: bool


@ordered
class Screen:
    """What a port does with packets of a family that come in ("in") or go out ("out"); those that no entry has pass.

    What a platform does with packets of no entry stands there as a last entry. Code points of what goes out are those that the
    packets leave with; of what comes in those that each platform sees there, before or behind its marking.
    """

    interface: str
    direction: str
    family: int
    entries: tuple[ScreenEntry, ...]


class ScreenReader(Protocol):
    """What the code of a target offers besides, where its filters can be compared with those of other platforms."""

    def screens(self, running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
        """Return what is dropped at those of `interfaces` (as the topology names them) that filter anything, sorted.

        `running` is what `differences` takes. Conditions that no flow has, such as types of ICMP messages: an entry that lets
        pass what meets them is left out, one that drops it counts for the whole flow. Pure; raises `ValueError` for what cannot
        be read.
        """


class FilteringPort(Protocol):
    """A port whose slots hold the name of one access list for each direction and family."""

    @property
    def name(self) -> str: ...
    @property
    def in4(self) -> str | None: ...
    @property
    def out4(self) -> str | None: ...
    @property
    def in6(self) -> str | None: ...
    @property
    def out6(self) -> str | None: ...


def screens_of(
    ports: Iterable[FilteringPort], interfaces: Collection[str], entries: Callable[[str, int], Iterable[ScreenEntry]]
) -> tuple[Screen, ...]:
    """Return the screens of ports with such slots, sorted; `entries` has those of a list by its name and family."""
    return tuple(
        sorted(
            Screen(port.name, direction, family, tuple(entries(name, family)))
            for port in ports
            if port.name in interfaces
            for direction, family, name in (
                ("in", 4, port.in4),
                ("out", 4, port.out4),
                ("in", 6, port.in6),
                ("out", 6, port.out6),
            )
            if name is not None
        )
    )
