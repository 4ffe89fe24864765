"""Input policies: marking, trust and metering where hosts hang, and the class of what comes in over links.

Classes look at access lists that only permit. A class of EOS has one list of one family, so each of ours stands once per family.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    Flow,
    MarkRule,
    Origin,
    PacketRule,
    PacketSet,
    decide_packets,
    joined,
    meet,
)

from . import escape
from .classes import CONTROL, DEFAULT_NUMBER, Member, members, number_of
from .flows import FAMILIES, access_list, entry, to_routers
from .metering import police_of
from .owned import AccessList, ClassMap, QosClass, QosPolicy

ROUTERS = f"{escape.OWN}ROUTERS"
CORE = f"{escape.OWN}CORE"
REST = f"{escape.OWN}REST"
_DF = 0
OVER = 1  # the drop precedence of packets above their rate


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a packet; `key` names what counts and meters it."""

    key: str
    dscp: int | None
    traffic_class: int
    drop_precedence: int | None = None
    meter: str | None = None


@dataclass(slots=True)
class Bundle:
    """The packets of one family that share a class, so a meter and a counter."""

    family: int
    outcome: Outcome
    sets: list[PacketSet[Outcome]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What classifies packets as they come in, and the policy of each interface."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    classes: tuple[ClassMap, ...] = ()
    policies: tuple[QosPolicy, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()  # interface and policy


def edge_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports where hosts hang or rules mark, sorted."""
    marked = {name for rule in config.marking for name in rule.interfaces}
    return tuple(sorted({edge.interface for edge in config.edges} | marked))


def inputs(config: DeviceConfig, fleet: Fleet) -> Inputs:
    """Return the input policies of all ports of a device."""
    own = members(config, fleet)
    parts = [_edge(port, config, own) for port in edge_ports(config)]
    if any(part.policies for part in parts):
        parts.append(_both(ROUTERS, lambda family: to_routers(fleet, family)))
    if config.queueing:
        parts += _core(config, own)
    if any(part.policies for part in parts):
        parts.append(_both(REST, lambda family: (EVERYTHING[family],)))
    return Inputs(
        lists4=tuple(one for part in parts for one in part.lists4),
        lists6=tuple(one for part in parts for one in part.lists6),
        classes=tuple(one for part in parts for one in part.classes),
        policies=tuple(one for part in parts for one in part.policies),
        slots=tuple(slot for part in parts for slot in part.slots),
    )


def bundles(port: str, family: int, config: DeviceConfig, own: tuple[Member, ...]) -> list[Bundle]:
    """Return the classes of packets of a family that enter by a port where hosts hang, but for those that no rule names.

    Packets with the same meter or counter come together wherever nothing between them wants the same packets; where
    that cannot be, the same key stands twice.
    """
    rest = rest_of(config, port)
    sets = decide_packets([list(_rules(port, family, config, own))], EVERYTHING[family])
    found: list[Bundle] = []
    for one in sets[:-1]:
        _bundle(found, one, one.outcomes[0] if one.outcomes else rest)
    if sets[-1].outcomes:
        _bundle(found, sets[-1], sets[-1].outcomes[0])
    return found


def _bundle(found: list[Bundle], one: PacketSet[Outcome], outcome: Outcome) -> None:
    for bundle in reversed(found):
        if bundle.outcome == outcome:
            bundle.sets.append(one)
            return
        if any(meet(other.flow, one.flow) is not None for other in bundle.sets):
            break
    found.append(Bundle(one.flow.family, outcome, [one]))


def rest_of(config: DeviceConfig, port: str) -> Outcome:
    """Return what becomes of packets that no rule names: at an untrusted port they are DF."""
    return Outcome("rest", None if _is_trusted(config, port) else _DF, DEFAULT_NUMBER)


def _is_trusted(config: DeviceConfig, port: str) -> bool:
    return all(edge.trust != "none" for edge in config.edges if edge.interface == port)


def _rules(port: str, family: int, config: DeviceConfig, own: tuple[Member, ...]) -> Iterator[PacketRule[Outcome]]:
    """Yield the marking rules of a port, and where code points are believed what each of them means."""
    for rule in sorted(config.marking, key=lambda one: one.precedence):
        if port in rule.interfaces and rule.flow.family == family:
            yield PacketRule(rule.flow, rule.excepted, _outcome(rule, own), rule.origin)
    if _is_trusted(config, port):
        for outcome, dscps in _meanings(own):
            for dscp in dscps:
                yield PacketRule(replace(EVERYTHING[family], dscp=dscp), (), outcome)


def _outcome(rule: MarkRule, own: tuple[Member, ...]) -> Outcome:
    key = rule.counter if rule.meter is None else rule.meter
    return Outcome(key, escape.dscp(rule.dscp), number_of(own, rule.traffic_class), meter=rule.meter)


def _meanings(own: tuple[Member, ...]) -> Iterator[tuple[Outcome, tuple[int, ...]]]:
    """Yield what code points mean; those of the default class need no word, but for that it may have packets above a rate."""
    for number, dscp in sorted(CONTROL.items(), reverse=True):
        yield Outcome(f"control-{number}", None, number), (dscp,)
    for member in own:
        if member.dscps and member.number != DEFAULT_NUMBER:
            yield Outcome(f"class-{member.number}", None, member.number), member.dscps
        if member.over:
            yield Outcome(f"over-{member.number}", None, member.number, OVER), member.over


def _edge(port: str, config: DeviceConfig, own: tuple[Member, ...]) -> Inputs:
    """Return the policy of a port where hosts hang."""
    found = [bundle for family in FAMILIES for bundle in bundles(port, family, config, own)]
    named = list(zip(found, _names(found, port), strict=True))
    policy = QosPolicy(
        escape.port_name("IN", port),
        (
            *_plain(ROUTERS, Outcome("routers", None, DEFAULT_NUMBER)),
            *(_treatment(bundle, name, config) for bundle, name in named),
            *_plain(REST, rest_of(config, port)),
        ),
    )
    return Inputs(
        lists4=tuple(_list(bundle, name) for bundle, name in named if bundle.family == 4),
        lists6=tuple(_list(bundle, name) for bundle, name in named if bundle.family == 6),
        classes=tuple(_class(name, bundle.family) for bundle, name in named),
        policies=(policy,),
        slots=((escape.interface(port), policy.name),),
    )


def _core(config: DeviceConfig, own: tuple[Member, ...]) -> list[Inputs]:
    """Return the policy of the ports where routers hang: the class of a packet is what its code point says."""
    known = [(name_of_points(dscps), outcome, dscps) for outcome, dscps in _meanings(own)]
    lists = [_both(name, partial(_with_points, dscps)) for name, _, dscps in known]
    classes = [one for name, outcome, _ in known for one in _plain(name, outcome)]
    policy = QosPolicy(CORE, (*classes, *_plain(REST, Outcome("rest", None, DEFAULT_NUMBER))))
    hosts = set(edge_ports(config))
    slots = ((escape.interface(port.interface), CORE) for port in config.queueing if port.interface not in hosts)
    return [*lists, Inputs(policies=(policy,), slots=tuple(slots))]


def _with_points(dscps: tuple[int, ...], family: int) -> Iterator[Flow]:
    return (replace(EVERYTHING[family], dscp=one) for one in dscps)


def name_of_points(dscps: tuple[int, ...]) -> str:
    """Return the name of the class of code points: it tells its content."""
    return "-".join((f"{escape.OWN}DSCP", *map(str, dscps)))


def _both(name: str, flows: Callable[[int], Iterable[Flow]]) -> Inputs:
    """Return lists and classes of both families for flows by family."""
    lists = {family: access_list(f"{name}-{family}", map(entry, flows(family))) for family in FAMILIES}
    return Inputs((lists[4],), (lists[6],), tuple(_class(f"{name}-{family}", family) for family in FAMILIES))


def _plain(name: str, outcome: Outcome) -> Iterator[QosClass]:
    for family in FAMILIES:
        yield QosClass(f"{name}-{family}", outcome.dscp, outcome.traffic_class, outcome.drop_precedence)


def _treatment(bundle: Bundle, name: str, config: DeviceConfig) -> QosClass:
    outcome = bundle.outcome
    meter = next((one for one in config.meters if one.name == outcome.meter), None)
    return QosClass(
        name,
        outcome.dscp,
        outcome.traffic_class,
        outcome.drop_precedence,
        None if meter is None else police_of(meter),
        _asked(bundle.sets),
    )


def _asked(sets: Iterable[PacketSet[Outcome]]) -> Origin | None:
    return joined(one.origin for one in sets)


def _list(bundle: Bundle, name: str) -> AccessList:
    return access_list(name, (entry(one.flow, origin=one.origin) for one in bundle.sets))


def _class(name: str, family: int) -> ClassMap:
    return ClassMap(name, list4=name) if family == 4 else ClassMap(name, list6=name)


def _names(found: list[Bundle], port: str) -> list[str]:
    """Return a name for each class: of its key and family, with a number where a key stands more than once."""
    result: list[str] = []
    for bundle in found:
        base = f"{escape.rule_name(bundle.outcome.key, port)}-{bundle.family}"
        name, number = base, 2
        while name in result:
            name, number = f"{base}-{number}", number + 1
        result.append(name)
    return result
