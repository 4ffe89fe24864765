"""Input policies: marking, trust and metering where hosts hang, and on hardware with split classification the class of everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from intentc.targetkit.kit import (
    EVERYTHING,
    DeviceConfig,
    Fleet,
    MarkRule,
    PacketBundle,
    PacketRule,
    PacketSet,
    bundled,
    decide_packets,
    to_routers,
)

from . import escape
from .classes import CONTROL, CONTROL_CLASS, CONTROL_CODE_POINTS, OVER, Member, by_code_points, members
from .families import Family
from .metering import police
from .owned import AccessList, ClassMap, Mark, PolicyMap, Treatment
from .sequences import access_list

FAMILIES = (4, 6)
EXEMPT = f"{escape.OWN}ROUTERS"
CORE = f"{escape.OWN}CORE"
_DEFAULT_CLASS = "class-default"
_LABEL_SHIFT = 3  # the first three bits of the code point, as routers copy them (RFC 3270, section 3.3)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a packet; `key` names what counts and meters it."""

    key: str
    mark: Mark
    meter: str | None = None


Bundle = PacketBundle[Outcome]  # the entries that share a class, so a meter and a counter


@dataclass(frozen=True, slots=True)
class Inputs:
    """What classifies packets as they come in, and the policy of each interface."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    class_maps: tuple[ClassMap, ...] = ()
    policies: tuple[PolicyMap, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()  # interface and policy


def edge_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports where hosts hang or rules mark, sorted."""
    return tuple(
        sorted(
            {edge.interface for edge in config.edges} | {name for rule in config.marking for name in rule.interfaces}
        )
    )


def inputs(config: DeviceConfig, fleet: Fleet, family: Family) -> Inputs:
    """Return the input policies of all ports of a device."""
    maker = Maker(config, fleet, family)
    parts = [maker.edge(port) for port in edge_ports(config)]
    if any(part.policies for part in parts):
        parts.append(_exempt(fleet))
    if family.is_split and config.queueing:
        parts.append(maker.core())
    return Inputs(
        lists4=tuple(sorted((one for part in parts for one in part.lists4), key=lambda one: one.name)),
        lists6=tuple(sorted((one for part in parts for one in part.lists6), key=lambda one: one.name)),
        class_maps=tuple(one for part in parts for one in part.class_maps),
        policies=tuple(one for part in parts for one in part.policies),
        slots=tuple(slot for part in parts for slot in part.slots),
    )


def _exempt(fleet: Fleet) -> Inputs:
    lists = [
        access_list(EXEMPT, ((flow, True, (), None) for flow in to_routers(fleet.infrastructure, number)))
        for number in FAMILIES
    ]
    return Inputs((lists[0],), (lists[1],), (ClassMap(EXEMPT, list4=EXEMPT, list6=EXEMPT),))


class Maker:
    """Makes the input policies of one device."""

    def __init__(self, config: DeviceConfig, fleet: Fleet, family: Family) -> None:
        self._config = config
        self._is_split = family.is_split
        self._members = members(config, fleet.classes) if family.is_split else ()
        self._numbers = {member.name: member.number for member in self._members}
        self._has_labels = bool(config.policies or config.algorithm_policies)  # packets may be given labels here

    def bundles(self, port: str) -> list[Bundle]:
        """Return the classes of packets that enter by a port where hosts hang, but for the default class."""
        otherwise = Outcome("rest", self._rest(is_trusted=self._is_trusted(port)))
        return bundled(
            one if one.outcomes else replace(one, outcomes=(otherwise,))
            for family in FAMILIES
            for one in decide_packets([self._rules(port, family)], EVERYTHING[family])
            if one != PacketSet(EVERYTHING[family])
        )

    def edge(self, port: str) -> Inputs:
        """Return the policy of a port where hosts hang."""
        found = self.bundles(port)
        is_trusted = self._is_trusted(port)
        if not found and is_trusted:
            return Inputs()  # nothing is asked of packets there
        named = list(zip(found, _names(found, port), strict=True))
        policy = PolicyMap(
            escape.port_name("MARK", port),
            (
                Treatment(EXEMPT, mark=(self._neutral(),)),
                *(self._treatment(bundle, name) for bundle, name in named),
                Treatment(_DEFAULT_CLASS, mark=(self._rest(is_trusted=is_trusted),)),
            ),
        )
        return Inputs(
            lists4=tuple(_class_list(bundle, name, 4) for bundle, name in named if bundle.of(4)),
            lists6=tuple(_class_list(bundle, name, 6) for bundle, name in named if bundle.of(6)),
            class_maps=tuple(_class_map(bundle, name) for bundle, name in named),
            policies=(policy,),
            slots=((port, policy.name),),
        )

    def core(self) -> Inputs:
        """Return the policy of the ports where routers hang: the class of a packet is what its code point or label says."""
        known = [
            (CONTROL_CLASS, Mark(traffic_class=CONTROL)),
            *(one for two in map(_of_member, self._members) for one in two),
        ]
        policy = PolicyMap(
            CORE,
            (
                *(Treatment(one.name, mark=(mark,)) for one, mark in known),
                Treatment(_DEFAULT_CLASS, mark=(self._neutral(),)),
            ),
        )
        slots = tuple((escape.interface(port.interface), CORE) for port in self._config.queueing)
        return Inputs(class_maps=tuple(one for one, _ in known), policies=(policy,), slots=slots)

    def _is_trusted(self, port: str) -> bool:
        return all(edge.trust != "none" for edge in self._config.edges if edge.interface == port)

    def _rules(self, port: str, family: int) -> list[PacketRule[Outcome]]:
        """Return the marking rules of a port, and where code points are believed and split what each of them means."""
        found = [
            PacketRule(rule.flow, rule.excepted, self._outcome(rule), rule.origin)
            for rule in self._config.marking
            if port in rule.interfaces and rule.flow.family == family
        ]
        if self._is_split and self._is_trusted(port):
            found += [
                PacketRule(
                    replace(EVERYTHING[family], dscp=dscp), (), Outcome(f"class-{mark.traffic_class}", mark), None
                )
                for mark, dscps in self._meanings()
                for dscp in dscps
            ]
        return found

    def _meanings(self) -> Iterator[tuple[Mark, tuple[int, ...]]]:
        yield Mark(traffic_class=CONTROL), CONTROL_CODE_POINTS
        for member in self._members:
            yield Mark(traffic_class=member.number), member.dscps
            yield Mark(traffic_class=member.number, discard_class=OVER), member.over

    def _outcome(self, rule: MarkRule) -> Outcome:
        mark = Mark(
            traffic_class=self._numbers.get(rule.traffic_class, 0) if self._is_split else None,
            dscp=rule.dscp,
            label=rule.dscp >> _LABEL_SHIFT if self._has_labels else None,
        )
        return Outcome(rule.counter if rule.meter is None else rule.meter, mark, rule.meter)

    def _treatment(self, bundle: Bundle, name: str) -> Treatment:
        (outcome,) = bundle.outcomes
        meter = next((one for one in self._config.meters if one.name == outcome.meter), None)
        return Treatment(
            name,
            police=(police(meter, is_split=self._is_split),) if meter is not None else (),
            mark=(outcome.mark,),
            origin=bundle.origin,
        )

    def _neutral(self) -> Mark:
        """Return what leaves a packet as it is, for classes must say something."""
        return Mark(traffic_class=0) if self._is_split else Mark(group=0)

    def _rest(self, *, is_trusted: bool) -> Mark:
        """Return what becomes of packets that no rule names: at an untrusted port they are DF."""
        if is_trusted:
            return self._neutral()
        return Mark(traffic_class=0 if self._is_split else None, dscp=0, label=0 if self._has_labels else None)


def _of_member(member: Member) -> Iterator[tuple[ClassMap, Mark]]:
    if member.dscps or member.labels:
        yield by_code_points(member.dscps, member.labels), Mark(traffic_class=member.number)
    if member.over:
        yield by_code_points(member.over, ()), Mark(traffic_class=member.number, discard_class=OVER)


def _names(found: list[Bundle], port: str) -> list[str]:
    """Return a name for each class: of its key, with a number where a key stands more than once."""
    result: list[str] = []
    for bundle in found:
        base = escape.rule_name(bundle.outcomes[0].key, port)
        name, number = base, 2
        while name in result:
            name, number = f"{base}-{number}", number + 1
        result.append(name)
    return result


def _class_list(bundle: Bundle, name: str, family: int) -> AccessList:
    return access_list(name, ((one.flow, True, (), one.origin) for one in bundle.of(family)))


def _class_map(bundle: Bundle, name: str) -> ClassMap:
    return ClassMap(name, list4=name if bundle.of(4) else None, list6=name if bundle.of(6) else None)
