"""Rules with exceptions as one flat list of which the first entry that matches decides, without negations.

Packets of an exception meet the next rule. Devices cannot say so in one list, and in the lists of classes some hardware ignores
denials. So for what a rule and its exception have in common, the rules behind it are written out before the rule itself.
Rules stand in layers that packets meet one after the other, such as what drops them and what counts them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from intentc.ir.model import Origin
from intentc.resolve.model import Flow
from intentc.values import frozen, replace

EVERYTHING = {4: Flow(4, "0.0.0.0/0", "0.0.0.0/0"), 6: Flow(6, "::/0", "::/0")}
Outcome = TypeVar("Outcome")
_Ports = tuple[int, int] | None


@frozen
class PacketRule(Generic[Outcome]):
    """Packets of `flow` but not of `excepted` have this outcome; the others meet the next rule of the layer."""

    flow: Flow
    excepted: tuple[Flow, ...]
    outcome: Outcome
    origin: Origin | None = None


@frozen
class PacketSet(Generic[Outcome]):
    """Packets that no set before has, and what each layer that has a rule for them decides, in the order of the layers."""

    flow: Flow
    outcomes: tuple[Outcome, ...] = ()
    origin: Origin | None = None


def decide_packets(
    layers: Iterable[Sequence[PacketRule[Outcome]]],
    region: Flow,
    is_final: Callable[[Outcome], bool] = lambda _: False,
) -> list[PacketSet[Outcome]]:
    """Return all packets of `region` in sets, in order; those with a final outcome do not meet the layers behind it."""
    sets: list[PacketSet[Outcome]] = [PacketSet(region)]
    for rules in layers:
        found: dict[Flow, PacketSet[Outcome]] = {}
        for one in sets:
            is_done = any(is_final(outcome) for outcome in one.outcomes)
            for part in (one,) if is_done else _split(one, rules):
                found.setdefault(part.flow, part)  # what is written out twice is decided by the first
        sets = list(found.values())
    return sets


def _split(one: PacketSet[Outcome], rules: Sequence[PacketRule[Outcome]]) -> Iterator[PacketSet[Outcome]]:
    for index, rule in enumerate(rules, 1):
        inside = meet(one.flow, rule.flow)
        if inside is None:
            continue
        for hole in rule.excepted:
            within = meet(inside, hole)
            if within is not None:
                yield from _split(replace(one, flow=within), rules[index:])
        yield PacketSet(inside, (*one.outcomes, rule.outcome), joined((one.origin, rule.origin)))
        if inside == one.flow:
            return
    yield one


def joined(origins: Iterable[Origin | None]) -> Origin | None:
    """Return one origin for several; None where nobody asked."""
    found = [origin for origin in origins if origin is not None and origin.spans]
    if not found:
        return None
    return Origin(
        tuple(sorted({intent for origin in found for intent in origin.intents})),
        tuple(sorted({span for origin in found for span in origin.spans})),
    )


def meet(one: Flow, other: Flow) -> Flow | None:
    """Return the packets of both flows, which are a flow again; None where there are none."""
    if one.family != other.family:
        return None
    source = _narrower(one.source, other.source)
    if source is None:
        return None  # first, as it tells most flows apart
    destination = _narrower(one.destination, other.destination)
    if destination is None or not (_agree(one.dscp, other.dscp, None) and _agree(one.protocol, other.protocol, "any")):
        return None
    from_ports = _overlap(one.source_ports, other.source_ports)
    to_ports = _overlap(one.destination_ports, other.destination_ports)
    if any(ports is not None and ports[0] > ports[1] for ports in (from_ports, to_ports)):
        return None
    protocol = other.protocol if one.protocol == "any" else one.protocol
    dscp = one.dscp if one.dscp is not None else other.dscp
    return Flow(one.family, source, destination, protocol, from_ports, to_ports, dscp)


def _agree(one: object, other: object, anything: object) -> bool:
    return one == other or anything in (one, other)


def _overlap(one: _Ports, other: _Ports) -> _Ports:
    if one is None or other is None:
        return one or other
    return max(one[0], other[0]), min(one[1], other[1])


def _narrower(one: str, other: str) -> str | None:
    """Return the prefix that lies within the other; None where neither does."""
    if one == other:
        return one
    first, second = _bits(one), _bits(other)
    inner, outer, text = (first, second, one) if first[1] <= second[1] else (second, first, other)
    return text if inner[0] >> outer[1] == outer[0] >> outer[1] else None


@lru_cache(maxsize=65536)
def _bits(text: str) -> tuple[int, int]:
    """Return the address of a prefix as a number, and how many of its last bits may be anything."""
    network = ipaddress.ip_network(text)
    return int(network.network_address), network.max_prefixlen - network.prefixlen
