"""Where each value stands at the command line: the same values as in `shapes`, as `show running-config` prints them.

The words are those of Cisco's command references for IOS XE ("IP Routing: Protocol-Independent", "Security", "IPv6", "Quality of Service
Solutions", "IP SLAs", "Programmability": telemetry), in whose order they are typed. In which lines performance measurement, segment lists
and SR policies stand nothing at hand says well enough, so they are not here, and refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from intentc.targetkit.kit import (
    NUMBER,
    CliBlocks,
    CliEach,
    CliFlag,
    CliLine,
    CliSection,
    CliShape,
    CliWithin,
    Kind,
)

from . import escape, numbers, owned, owned_probing
from .entry_lines import entry_kind
from .lines_qos import CLASS_MAP, POLICY_MAP, said

_ADDRESS = Kind(str, lambda text: text.lower() if ":" in text else text)  # IOS prints IPv6 addresses in capitals


@dataclass(frozen=True, slots=True)
class RouteLine:
    """One way of a static route: one line. `rest`: words in which we write none."""

    address: str
    mask: str | None = None
    hop: str | None = None
    distance: int | None = None
    name: str | None = None
    track: int | None = None
    rest: str | None = None


@dataclass(frozen=True, slots=True)
class StepLine:
    """One sequence of a route map: a block of its own."""

    name: str
    action: str
    number: int
    list4: str | None = None
    list6: str | None = None
    hop4: str | None = None
    hop6: str | None = None


def _list(family: int) -> CliSection:
    words = "ip access-list extended {name}" if family == 4 else "ipv6 access-list {name}"
    shape = CliShape(owned.AccessList, words, (CliEach("entries", "{item*}", entry_kind(family)),))
    return CliSection(f"lists{family}", shape, numbered=1 if family == 4 else 2)


_STEP = CliShape(
    StepLine,
    "route-map {name} {action} {number}",
    (
        CliLine("match ip address {list4}"),
        CliLine("match ipv6 address {list6}"),
        CliLine("set ip next-hop recursive {hop4}"),
        CliLine("set ipv6 next-hop recursive {hop6}", {"hop6": _ADDRESS}),
    ),
    {"number": NUMBER},
)


def _steps(value: owned.RouteMap) -> tuple[StepLine, ...]:
    if any(one.lengths for one in value.steps):
        raise ValueError("no source says in which line a route map matches lengths")
    return tuple(
        StepLine(value.name, one.action, one.number, one.list4, one.list6, one.hop4, one.hop6) for one in value.steps
    )


def _one_step(line: StepLine) -> owned.RouteMap:
    own = (owned.Step(line.number, line.action, line.list4, line.list6, line.hop4, line.hop6),)
    return owned.RouteMap(line.name, own)


def _more_steps(one: owned.RouteMap, other: owned.RouteMap) -> owned.RouteMap:
    return replace(one, steps=tuple(sorted((*one.steps, *other.steps), key=lambda step: step.number)))


def _route(family: int) -> CliShape:
    start = "ip route {address} {mask} " if family == 4 else "ipv6 route {address} "
    kinds = {"distance": NUMBER, "track": NUMBER, "address": _ADDRESS, "hop": _ADDRESS}

    def line(words: str) -> CliShape:
        return CliShape(RouteLine, f"{start}{words}", kinds=kinds)

    tracked, plain = line("{hop} {distance} name {name} track {track}"), line("{hop} {distance} name {name}")
    return replace(tracked, others=(line("{hop} {distance} track {track} name {name}"), plain, line("{rest*}")))


def _route_lines(value: owned.Route) -> tuple[RouteLine, ...]:
    if value.policies:
        raise ValueError("no source says in which line a static route into an SR policy is typed")
    return tuple(
        RouteLine(value.address, value.mask, way.hop, way.distance, way.name, way.track)
        if way.distance
        else RouteLine(value.address, value.mask, rest=way.hop)
        for way in (*value.untracked, *value.tracked)
    )


def _one_way(line: RouteLine) -> owned.Route | None:
    """Return the route that a line is a way of; None for one to an address that is nobody's but theirs."""
    try:
        if not numbers.is_reserved(line.address):
            return None
    except ValueError:
        return None
    way = owned.Way(line.hop or line.rest or "", line.distance or 0, line.name or "", line.track)
    if line.track is None or line.mask is None:  # those of IPv6 stand in one list
        return owned.Route(line.address, line.mask, untracked=(way,))
    return owned.Route(line.address, line.mask, tracked=(way,))


def _more_ways(one: owned.Route, other: owned.Route) -> owned.Route:
    return replace(one, untracked=(*one.untracked, *other.untracked), tracked=(*one.tracked, *other.tracked))


def _words(*places: int) -> Callable[[str], str]:
    """Return what takes the words of a line at `places`."""

    def take(line: str) -> str:
        words = line.split()
        return " ".join(words[place] for place in places if place < len(words))

    return take


_TRACK4 = CliShape(
    owned.Track,
    "track {number} ip route {address4} {mask4} reachability",
    kinds={"number": NUMBER},
    fixed={"is_reachable4": True},
    is_mode=True,
)
_TRACK6 = CliShape(
    owned.Track,
    "track {number} ipv6 route {address6} reachability",
    kinds={"number": NUMBER, "address6": _ADDRESS},
    fixed={"is_reachable6": True},
    is_mode=True,
)
_TIMER = CliShape(
    owned.Timer,
    "track timer ip route {seconds4}",
    kinds={"seconds4": NUMBER},
    others=(CliShape(owned.Timer, "track timer ipv6 route {seconds6}", kinds={"seconds6": NUMBER}),),
)
_RESPONDER = CliShape(
    owned_probing.Responder,
    "ip sla responder twamp-light test-session {number} local-ip {local} local-port {local_port} remote-ip {remote} remote-port any",
    kinds={"number": NUMBER, "local_port": NUMBER, "local": _ADDRESS, "remote": _ADDRESS},
    fixed={"is_any_port": True},
)


def _each_timer(value: owned.Timer) -> tuple[owned.Timer, ...]:
    found = (owned.Timer(seconds4=value.seconds4), owned.Timer(seconds6=value.seconds6))
    return tuple(one for one in found if one != owned.Timer())


def _one_timer(one: owned.Timer, other: owned.Timer) -> owned.Timer:
    return owned.Timer(one.seconds4 or other.seconds4, one.seconds6 or other.seconds6)


_PROCESS = CliShape(
    owned.Process,
    "router isis {name}",
    (
        CliFlag("is_repaired1", "fast-reroute per-prefix level-1 all"),
        CliFlag("is_repaired2", "fast-reroute per-prefix level-2 all"),
        CliLine("fast-reroute tie-break level-1 node-protecting {node_rank1}", {"node_rank1": NUMBER}),
        CliLine("fast-reroute tie-break level-2 node-protecting {node_rank2}", {"node_rank2": NUMBER}),
        CliFlag("is_ti_lfa1", "fast-reroute ti-lfa level-1"),
        CliFlag("is_ti_lfa2", "fast-reroute ti-lfa level-2"),
    ),
)
_BFD = CliShape(
    owned.Bfd,
    "bfd interval {interval_ms} min_rx {min_rx_ms} multiplier {multiplier}",
    kinds=dict.fromkeys(("interval_ms", "min_rx_ms", "multiplier"), NUMBER),
)
_PROTECTED = "isis fast-reroute ti-lfa protection {name}"
_LEVEL = CliShape(
    owned.Level,
    _PROTECTED,
    fixed={"is_off": False},
    others=(CliShape(owned.Level, f"{_PROTECTED} disable", fixed={"is_off": True}),),
)
# What others may have put into a slot has more words, and it is theirs all the same.
_PORT = CliShape(
    owned.Port,
    "interface {name}",
    (
        CliWithin("ip access-group {in4*} in", fixed={"is_in4": True}),
        CliWithin("ip access-group {out4*} out", fixed={"is_out4": True}),
        CliLine("ip policy route-map {map4*}"),
        CliFlag("is_ospf_bfd", "ip ospf bfd"),
        CliFlag("is_ospf_bfd_off", "ip ospf bfd disable"),
        CliLine("ipv6 policy route-map {map6*}"),
        CliBlocks("filters6", CliShape(owned.Filter6, "ipv6 traffic-filter {name} {direction}")),
        CliBlocks("bfd", _BFD),
        CliFlag("is_isis_bfd", "isis bfd"),
        CliFlag("is_isis_bfd_off", "isis bfd disable"),
        CliBlocks("repaired", _LEVEL),
        CliLine("service-policy input {input*}"),
        CliLine("service-policy output {output*}"),
    ),
)


def _one_port(port: owned.Port) -> owned.Port | None:
    """Return a port as the document has it, where what is switched off is there, too; None for an interface that is never ours."""
    try:
        escape.interface(port.name)
    except ValueError:
        return None
    is_isis, is_ospf = port.is_isis_bfd or port.is_isis_bfd_off, port.is_ospf_bfd or port.is_ospf_bfd_off
    return replace(port, is_isis_bfd=is_isis, is_ospf_bfd=is_ospf)


def _typed_port(port: owned.Port) -> tuple[owned.Port, ...]:
    is_isis, is_ospf = port.is_isis_bfd and not port.is_isis_bfd_off, port.is_ospf_bfd and not port.is_ospf_bfd_off
    return (replace(port, is_isis_bfd=is_isis, is_ospf_bfd=is_ospf),)


def _slot(line: str) -> str:
    """Return the slot of an interface that a line fills: all but the name or the amount."""
    words = line.split()
    if words[:2] == ["ip", "access-group"] or words[:2] == ["ipv6", "traffic-filter"]:
        return " ".join([*words[:2], words[-1]])
    if words[:1] == ["service-policy"] or words[:2] in (["bfd", "interval"], ["isis", "bfd"]):
        return " ".join(words[:2])
    return " ".join(words[:3]) if words[1:2] in (["policy"], ["ospf"]) else line


_SUBSCRIPTION = CliShape(
    owned_probing.Subscription,
    "telemetry ietf subscription {number}",
    (
        CliLine("encoding {encoding}"),
        CliLine("filter xpath {path}"),
        CliLine("source-address {source}", {"source": _ADDRESS}),
        CliLine("stream {stream}"),
        CliLine("update-policy periodic {period}", {"period": NUMBER}),
        CliBlocks(
            "receivers",
            CliShape(
                owned_probing.Receiver,
                "receiver ip address {address} {port} protocol {protocol}",
                kinds={"port": NUMBER, "address": _ADDRESS},
            ),
        ),
    ),
    {"number": NUMBER},
)

# What is referred to comes before what refers to it: each line takes effect when it is typed.
SECTIONS = (
    _list(4),
    _list(6),
    CliSection("class_maps", CLASS_MAP, place=_words(0, 2)),
    CliSection("policy_maps", POLICY_MAP, ordered="class ", said=said),
    CliSection("tracks", replace(_TRACK4, others=(_TRACK6,)), place=_words(0, 1)),
    CliSection("timers", _TIMER, is_whole=False, split=_each_timer, joined=_one_timer, place=_words(0, 1, 2, 3)),
    CliSection("routes4", _route(4), split=_route_lines, made=_one_way, joined=_more_ways, place=_words(0, 1, 2, 3, 4)),
    CliSection("routes6", _route(6), split=_route_lines, made=_one_way, joined=_more_ways, place=_words(0, 1, 2, 3)),
    CliSection(
        "route_maps",
        _STEP,
        split=_steps,
        made=_one_step,
        joined=_more_steps,
        place=_words(0, 1, 3),
        kept="match ",
        said=lambda line: line.rpartition(" ")[0] if " next-hop recursive " in line else line,
    ),
    CliSection("responders", _RESPONDER, place=_words(0, 1, 2, 3, 4, 5)),
    CliSection("processes", _PROCESS, is_whole=False),
    CliSection("ports", _PORT, is_whole=False, is_binding=True, made=_one_port, split=_typed_port, slot=_slot),
    CliSection("subscriptions", _SUBSCRIPTION),
)
