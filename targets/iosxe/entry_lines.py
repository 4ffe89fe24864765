"""Lines of access lists: written in the order of words that IOS XE has, read in every spelling that it prints.

The order of words is that of `permit` and `deny` in Cisco's command references for named access lists ("Cisco IOS Security Command
Reference", "Cisco IOS IPv6 Command Reference"): protocol, source, destination, type of an ICMP message, `dscp`. Entries of IPv6 lists
begin with `sequence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from intentc.targetkit.kit import DSCP, Kind

from .owned import Entry
from .words import PORT, PROTOCOL4, PROTOCOL6

_ACTIONS = ("permit", "deny")
_PROTOCOL = {4: PROTOCOL4, 6: PROTOCOL6}
_BEFORE = {4: "", 6: "sequence "}


def entry_kind(family: int) -> Kind:
    """Return the words of the entries of a family's lists."""

    def write(entry: Entry) -> str:
        protocol = _PROTOCOL[family].write(entry.protocol)
        sides = (*_side(entry, "from"), *_side(entry, "to"))
        rest = [entry.message] if entry.message is not None else []
        rest += [f"dscp {entry.dscp}"] if entry.dscp is not None else []
        return " ".join([f"{_BEFORE[family]}{entry.number}", entry.action, protocol, *sides, *rest])

    def read(text: str) -> Entry:
        if not text.startswith(_BEFORE[family]):
            raise ValueError(f"not an entry: {text!r}")
        number, action, *rest = text.removeprefix(_BEFORE[family]).split()
        if action not in _ACTIONS:
            raise ValueError(f"not an entry: {text!r}")
        return _Words(rest, family).entry(int(number), action)

    return Kind(write, read)


def _side(entry: Entry, side: str) -> Iterator[str]:
    host, prefix, mask, port, first, last = (
        getattr(entry, f"{side}_{part}") for part in ("host", "prefix", "mask", "port", "first", "last")
    )
    if getattr(entry, f"is_{side}_any"):
        yield "any"
    else:
        yield f"host {host}" if host is not None else prefix if mask is None else f"{prefix} {mask}"
    if port is not None:
        yield f"eq {port}"
    elif first is not None:
        yield f"range {first} {last}"


class _Words:
    """The words of an entry behind its action, taken one by one; raises `ValueError` for any that no entry of intentc has."""

    def __init__(self, words: list[str], family: int) -> None:
        self._left = words
        self._family = family

    def entry(self, number: int, action: str) -> Entry:
        protocol = _PROTOCOL[self._family].read(self._take())
        sides = self._side("from") | self._side("to")
        message = self._take() if self._left and protocol == "icmp" and self._left[0] != "dscp" else None
        dscp = DSCP.read(self._take()) if self._has("dscp") else None
        if self._left:
            raise ValueError(f"more than an entry has: {self._left}")
        return Entry(number, action, protocol, dscp=dscp, message=message, **sides)

    def _take(self) -> str:
        if not self._left:
            raise ValueError("a word is missing")
        return self._left.pop(0)

    def _has(self, word: str) -> bool:
        if self._left[:1] != [word]:
            return False
        self._take()
        return True

    def _side(self, side: str) -> dict[str, Any]:
        if self._has("any"):
            found: dict[str, Any] = {f"is_{side}_any": True}
        elif self._has("host"):
            found = {f"{side}_host": self._take().lower()}
        else:
            found = {f"{side}_prefix": self._take().lower()}
            if self._family == 4:
                found[f"{side}_mask"] = self._take()
        if self._has("eq"):
            found[f"{side}_port"] = PORT.read(self._take())
        elif self._has("range"):
            found |= {f"{side}_first": PORT.read(self._take()), f"{side}_last": PORT.read(self._take())}
        return found
