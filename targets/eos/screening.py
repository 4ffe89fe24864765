"""What is dropped at ports, read from the access lists in their slots; behind its last line a list of EOS denies."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from intentc.targetkit.kit import EVERYTHING, Flow, Screen, ScreenEntry, screens_of

from .owned import AccessList, Entry
from .readback import read_back


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` that have access lists, sorted."""
    owned = read_back(running)
    lists = {4: {one.name: one for one in owned.lists4}, 6: {one.name: one for one in owned.lists6}}
    return screens_of(owned.ports, interfaces, lambda name, family: _entries(lists[family].get(name), family))


def _entries(known: AccessList | None, family: int) -> Iterator[ScreenEntry]:
    if known is None:
        return  # a list that is not there permits everything
    for one in known.entries:
        if one.action == "deny" or (one.action == "permit" and one.kind is None):
            yield ScreenEntry(_flow(one, family), one.action == "deny")
    yield ScreenEntry(EVERYTHING[family], is_dropped=True)


def _flow(one: Entry, family: int) -> Flow:
    every = EVERYTHING[family]
    protocol = "any" if one.protocol in {None, "ip"} else one.protocol or "any"
    return Flow(
        family,
        one.source or every.source,
        one.destination or every.destination,
        protocol,
        one.source_ports,
        one.destination_ports,
        one.dscp,
    )
