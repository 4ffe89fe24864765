"""What classifies packets at a port: classes with their access lists, and the policies that treat them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from intentc.targetkit.kit import Fleet, PacketBundle, to_routers

from . import escape
from .entries import PERMIT, access_list
from .owned import AccessList
from .owned_qos import ClassMap, PolicyMap

Outcome = TypeVar("Outcome")
FAMILIES = (4, 6)
EXEMPT = f"{escape.OWN}ROUTERS"


@dataclass(frozen=True, slots=True)
class Classified:
    """Access lists of either family, classes and policies, and the policy of each interface."""

    lists4: tuple[AccessList, ...] = ()
    lists6: tuple[AccessList, ...] = ()
    class_maps: tuple[ClassMap, ...] = ()
    policies: tuple[PolicyMap, ...] = ()
    slots: tuple[tuple[str, str], ...] = ()  # interface and policy


def together(parts: Iterable[Classified]) -> Classified:
    """Return several as one."""
    known = tuple(parts)
    return Classified(
        lists4=tuple(one for part in known for one in part.lists4),
        lists6=tuple(one for part in known for one in part.lists6),
        class_maps=tuple(one for part in known for one in part.class_maps),
        policies=tuple(one for part in known for one in part.policies),
        slots=tuple(slot for part in known for slot in part.slots),
    )


def list_name(name: str, family: int) -> str:
    """Return the name of an access list, which lists of both families share."""
    return f"{name}-{family}"


def exempt_list(fleet: Fleet, family: int) -> AccessList:
    """Return the packets that no rule touches."""
    flows = to_routers(fleet.infrastructure, family)
    return access_list(list_name(EXEMPT, family), ((flow, PERMIT, None) for flow in flows))


def exempt(fleet: Fleet) -> Classified:
    """Return the class of packets that no rule touches."""
    lists4, lists6 = ((exempt_list(fleet, family),) for family in FAMILIES)
    return Classified(lists4, lists6, (ClassMap(EXEMPT, lists=(lists4[0].name, lists6[0].name)),))


def classified(bundle: PacketBundle[Outcome], name: str) -> Classified:
    """Return the class of a bundle of packets."""
    lists = {
        family: access_list(list_name(name, family), ((one.flow, PERMIT, one.origin) for one in bundle.of(family)))
        for family in FAMILIES
        if bundle.of(family)
    }
    names = tuple(lists[family].name for family in sorted(lists))
    return Classified(
        tuple(lists[family] for family in lists if family == 4),
        tuple(lists[family] for family in lists if family == 6),
        (ClassMap(name, lists=names),),
    )


def names(keys: Iterable[str], port: str) -> list[str]:
    """Return a name for each class: of its key, with a number where a key stands more than once."""
    result: list[str] = []
    for key in keys:
        base = escape.rule_name(key, port)
        name, number = base, 2
        while name in result:
            name, number = f"{base}-{number}", number + 1
        result.append(name)
    return result
