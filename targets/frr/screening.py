"""What is dropped at ports, read from `guard.nft`: its chains drop what they do not return, and the forward hook accepts the rest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_network

from intentc.targetkit.kit import EVERYTHING, Flow, PacketRule, Screen, ScreenEntry, decide_packets

from .nft_text import read_table
from .readback import sections

_WHERE = re.compile(r"(?P<key>[io]ifname) (?P<not>!= )?(?P<names>\{ [^}]* \}|\"[^\"]*\") ")
_FAMILIES = {"ip": 4, "ip6": 6, "ipv4": 4, "ipv6": 6}
_PROTOCOLS = {"ipv6-icmp": "icmp"}
_DIRECTIONS = {"iifname": "in", "oifname": "out"}
_VERDICT = re.compile(r"(?:counter name \S+ )?(?P<word>drop|accept|return|jump (?P<chain>\S+))")


@dataclass(frozen=True, slots=True)
class _Line:
    """A rule of nft: where it holds, the flows that meet it, and what becomes of these."""

    key: str | None
    is_negated: bool
    names: frozenset[str]
    flows: tuple[Flow, ...] | None  # None: all packets
    verdict: str
    chain: str | None

    def holds_at(self, interface: str, direction: str) -> bool:
        """Return whether it is about packets of this direction; for those going out nobody knows where they came in."""
        if self.key is None:
            return True
        if _DIRECTIONS[self.key] == direction:
            return (interface in self.names) != self.is_negated
        return self.is_negated


def screens(running: str, interfaces: Collection[str]) -> tuple[Screen, ...]:
    """Return what is dropped at those of `interfaces` for which any rule drops, sorted."""
    table = read_table(sections(running).get("guard.nft", ""))
    lines = [_line(text, table) for text in table.get("chain forward", ()) if not text.startswith("type ")]
    found = (
        Screen(interface, direction, family, tuple(_entries(lines, table, interface, direction, family)))
        for interface in interfaces
        for direction in ("in", "out")
        for family in EVERYTHING
    )
    return tuple(sorted(one for one in found if any(entry.is_dropped for entry in one.entries)))


def _entries(
    lines: Sequence[_Line], table: Mapping[str, Sequence[str]], interface: str, direction: str, family: int
) -> Iterator[ScreenEntry]:
    every = EVERYTHING[family]
    rules = [
        PacketRule(flow, _excepted(one, table), one.verdict != "accept")
        for one in lines
        if one.holds_at(interface, direction)
        for flow in ((every,) if one.flows is None else one.flows)
    ]
    for found in decide_packets([rules], every):
        yield ScreenEntry(found.flow, any(found.outcomes))


def _excepted(line: _Line, table: Mapping[str, Sequence[str]]) -> tuple[Flow, ...]:
    """Return what the chain behind a rule hands back before it drops; raises `ValueError` for any other chain."""
    if line.chain is None:
        return ()
    *back, last = (_line(text, table) for text in table.get(f"chain {line.chain}", ()))
    if last.verdict != "drop" or last.flows is not None or any(one.verdict != "return" for one in back):
        raise ValueError(f"not a chain of intentc: {line.chain}")
    return tuple(flow for one in back for flow in one.flows or ())


def _line(text: str, table: Mapping[str, Sequence[str]]) -> _Line:
    """Return a rule; raises `ValueError` for one that intentc does not write."""
    place = _WHERE.match(text)
    rest = text if place is None else text[place.end() :]
    found = re.search(rf"(?:^| ){_VERDICT.pattern}$", rest)
    if found is None:
        raise ValueError(f"not a rule of intentc: {text!r}")
    return _Line(
        None if place is None else place["key"],
        place is not None and place["not"] is not None,
        frozenset() if place is None else frozenset(re.findall(r'"([^"]*)"', place["names"])),
        _flows(rest[: found.start()].split(), table),
        found["word"].partition(" ")[0],
        found["chain"],
    )


def _flows(words: list[str], table: Mapping[str, Sequence[str]]) -> tuple[Flow, ...] | None:
    """Return the flows of the conditions of a rule: one for each address of a set; None where it has no conditions."""
    if not words:
        return None
    (family,) = {_FAMILIES[word] for word in words if word in _FAMILIES}
    found = [EVERYTHING[family]]
    for name, key, value in zip(words[::3], words[1::3], words[2::3], strict=True):
        found = [flow for one in found for flow in _narrowed(one, f"{name} {key}", value, table)]
    return tuple(found)


def _narrowed(one: Flow, key: str, value: str, table: Mapping[str, Sequence[str]]) -> Iterator[Flow]:
    name, _, part = key.partition(" ")
    if part == "saddr":
        yield from (replace(one, source=str(ip_network(prefix))) for prefix in _members(value, table))
    elif part == "daddr":
        yield from (replace(one, destination=str(ip_network(prefix))) for prefix in _members(value, table))
    elif part == "sport":
        yield replace(one, protocol=name, source_ports=_ports(value))
    elif part == "dport":
        yield replace(one, protocol=name, destination_ports=_ports(value))
    elif part == "dscp":
        yield replace(one, dscp=int(value))
    elif key == "meta l4proto":
        yield replace(one, protocol=_PROTOCOLS.get(value, value))
    elif key == "meta nfproto":
        yield one
    else:
        raise ValueError(f"not a condition of intentc: {key!r}")


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high or low)


def _members(value: str, table: Mapping[str, Sequence[str]]) -> Sequence[str]:
    """Return an address or prefix, or the elements of the set that is named."""
    if not value.startswith("@"):
        return (value,)
    elements = next((line for line in table.get(f"set {value[1:]}", ()) if line.startswith("elements = ")), "")
    return [item for item in elements.removeprefix("elements = ").strip("{} ").split(", ") if item]
