"""Whether what devices drop at their ports is exactly what fences and isolation say, packet by packet, over all platforms.

What a target reads out of its own words (`Screen`) and what the IR asks for are both lists of which the first entry that has a
packet decides. Two lists are compared as sets of packets, so that spelling, order and what is written out do not count. Of the
IR there are two lists, since platforms differ in what nobody promises:

- what has to be dropped: not what never leaves a link, nor what has a router's address as source;
- what may be dropped: never what is sent to a router; with a router's address as source only at devices where hosts hang, who
  may have forged it.

Code points in what isolation allows of packets as they come in are those behind the marking of that very port, which some
platforms see and some do not: there a packet has to be dropped if it is with every code point, and may be if it is with any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from intentc.ir.model import DeviceConfig
from intentc.resolve.model import Flow
from intentc.resolve.packets import Box, box, example, meet, remainder, subtract
from intentc.targetkit.network_traffic import addresses, never_routed
from intentc.targetkit.packet_sets import EVERYTHING, PacketRule, decide_packets
from intentc.targetkit.screen import Screen, ScreenEntry
from intentc.values import ordered

_WAYS = {"in": "coming in", "out": "going out"}
Place = tuple[str, str, int]  # interface, direction, family


@ordered
class Screened:
    """A packet, in words, with which a port does not do what was asked for: `promised` and `found` are "dropped" or "passed"."""

    interface: str
    way: str
    packet: str
    promised: str
    found: str


def filtering_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports of a device that anything of intentc is about, sorted."""
    named = {
        name for rules in (config.fences, config.isolation, config.counting) for one in rules for name in one.interfaces
    }
    named |= {edge.interface for edge in config.edges} | {port.interface for port in config.queueing}
    return tuple(sorted(named))


def screened(config: DeviceConfig, infrastructure: tuple[str, ...], screens: Iterable[Screen]) -> Iterator[Screened]:
    """Yield, by port, one packet that passes and has to be dropped, and one that is dropped and has to pass, if there are any."""
    known = {(one.interface, one.direction, one.family): one.entries for one in screens}
    for place in sorted({*known, *_places(config)}):
        interface, direction, family = place
        found = _boxes(known.get(place, ()), family)
        least, most = (_boxes(own, family) for own in _promised(config, infrastructure, place))
        for one, other, promised, really in ((least, found, "dropped", "passed"), (found, most, "passed", "dropped")):
            piece = _dropped_by_one(one, other)
            if piece is not None:
                yield Screened(interface, _WAYS[direction], example(family, piece), promised, really)


def _places(config: DeviceConfig) -> Iterator[Place]:
    for fence in config.fences:
        yield from ((name, "out", fence.flow.family) for name in fence.interfaces)
    for rule in config.isolation:
        direction = "out" if rule.direction == "to" else "in"
        yield from ((name, direction, 6 if ":" in rule.prefix else 4) for name in rule.interfaces)


def _promised(
    config: DeviceConfig, infrastructure: tuple[str, ...], place: Place
) -> tuple[list[ScreenEntry], list[ScreenEntry]]:
    """Return what has to be dropped at a place and what may be, each as entries of which the first decides."""
    _, direction, family = place
    every = EVERYTHING[family]
    to_routers = [replace(every, destination=one) for one in addresses(infrastructure, family)]
    from_routers = [replace(every, source=one) for one in addresses(infrastructure, family)]
    local = [replace(every, destination=one) for one in never_routed(family)]
    local += [replace(every, source=one) for one in never_routed(family)]
    has_hosts = bool(config.edges or config.isolation)
    least = [ScreenEntry(flow, is_dropped=False) for flow in (*to_routers, *from_routers, *local)]
    most = [ScreenEntry(flow, is_dropped=False) for flow in to_routers]
    if direction == "in" or not has_hosts:
        most += [ScreenEntry(flow, is_dropped=has_hosts) for flow in from_routers]
    return [*least, *_decided(config, place, is_wide=True)], [*most, *_decided(config, place, is_wide=False)]


def _decided(config: DeviceConfig, place: Place, *, is_wide: bool) -> Iterator[ScreenEntry]:
    """Yield what fences and isolation decide at a place; `is_wide`: what is allowed with a code point inwards is with any."""
    interface, direction, family = place
    every = EVERYTHING[family]
    rules = [
        PacketRule(one.flow, one.excepted, "drop")
        for one in config.fences
        if direction == "out" and interface in one.interfaces and one.flow.family == family
    ]
    for one in config.isolation:
        if interface in one.interfaces and (one.direction == "to") == (direction == "out"):
            is_out = direction == "out"
            guarded = replace(every, destination=one.prefix) if is_out else replace(every, source=one.prefix)
            if (":" in one.prefix) == (family == 6):
                rules.append(PacketRule(guarded, _allowed(one.allowed, direction, is_wide=is_wide), "drop"))
    for found in decide_packets([rules], every):
        yield ScreenEntry(found.flow, bool(found.outcomes))


def _allowed(flows: tuple[Flow, ...], direction: str, *, is_wide: bool) -> tuple[Flow, ...]:
    if direction == "out":
        return flows
    return tuple(replace(flow, dscp=None) for flow in flows if is_wide or flow.dscp is None)


_Entry = tuple[Box, bool]


def _boxes(entries: Sequence[ScreenEntry], family: int) -> list[_Entry]:
    """Return the entries as boxes; what none of them has passes."""
    return [*((box(one.flow), one.is_dropped) for one in entries), (box(EVERYTHING[family]), False)]


def _dropped_by_one(one: Sequence[_Entry], other: Sequence[_Entry]) -> Box | None:
    """Return packets that the first list drops and the other lets pass; None where there are none."""
    for index, (whole, is_dropped) in enumerate(one):
        found = _passing(whole, one[:index], other) if is_dropped else None
        if found is not None:
            return found
    return None


def _passing(whole: Box, before: Sequence[_Entry], other: Sequence[_Entry]) -> Box | None:
    """Return packets of a box that no entry before has and the other list lets pass; None where there are none."""
    undecided = [whole]
    for entry, is_dropped in other:
        hits = [both for piece in undecided if (both := meet(piece, entry)) is not None]
        if is_dropped and hits:
            undecided = [rest for piece in undecided for rest in subtract(piece, entry)]
            if not undecided:
                return None
        elif not is_dropped:  # where all of it is decided before, it may stay among what is not decided here
            for both in hits:
                left = _left(both, before)
                if left is not None:
                    return left
    return None


def _left(piece: Box, taken: Sequence[_Entry]) -> Box | None:
    """Return packets of a box that no entry has; None where there are none."""
    near = [both for one, _ in taken if (both := meet(piece, one)) is not None]
    return None if piece in near else next(iter(remainder(piece, near)), None)
