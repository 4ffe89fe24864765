"""What differs between two device configurations, item by item, and which intents are the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from intentc.ir.model import DeviceConfig, Origin
from intentc.plan.describe import describe
from intentc.plan.model import Change, Operation, StageName
from intentc.values import frozen, replace

# What makes two items of a feature "the same one, changed"; the order is that of `DeviceConfig` and of the plan's text.
IDENTITY: Mapping[str, Callable[[Any], object]] = {
    "edges": lambda item: item.interface,
    "meters": lambda item: item.name,
    "marking": lambda item: (item.counter, item.flow, item.interfaces),
    "queueing": lambda item: item.interface,
    "steering": lambda item: (item.flow, item.excepted, item.interfaces),
    "fences": lambda item: (item.flow, item.excepted, item.interfaces, item.reason),
    "isolation": lambda item: (item.prefix, item.direction),
    "bfd": lambda item: item.interface,
    "repairs": lambda item: item.interface,
    "counting": lambda item: (item.flow, item.counter),
    "reflectors": lambda item: item.discriminator,
    "policies": lambda item: item.name,
    "algorithm_policies": lambda item: item.name,
    "policy_steering": lambda item: (item.flow, item.excepted, item.interfaces),
    "streams": lambda item: item.name,
    "probes": lambda item: item.name,
    "probe_reflectors": lambda item: item.peer,
    "pauses": lambda item: (item.interface, item.traffic_class),
}

_NOBODY = Origin((), ())


@frozen
class Difference:
    """One item of `feature`: `old` None when it is added, `new` None when it is removed."""

    feature: str
    old: Any
    new: Any

    @property
    def operation(self) -> Operation:
        """Return whether the item is added, changed or removed."""
        if self.old is None:
            return Operation.ADD
        return Operation.REMOVE if self.new is None else Operation.CHANGE


def empty_config(node: str, platform: str, release: str) -> DeviceConfig:
    """Return the configuration of a device on which intentc owns nothing."""
    return DeviceConfig(node, platform, release)


def without_origin(item: Any) -> Any:
    """Return `item` without who asked for it: a line that moved in a source file changes no device."""
    return replace(item, origin=_NOBODY) if hasattr(item, "origin") else item


def items_of(config: DeviceConfig, feature: str) -> tuple[Any, ...]:
    """Return the items of one feature."""
    found: tuple[Any, ...] = getattr(config, feature)
    return found


def is_same(old: DeviceConfig, new: DeviceConfig) -> bool:
    """Return whether both ask the same of the device, whoever asked for it."""
    return all(_bare(old, feature) == _bare(new, feature) for feature in IDENTITY)


def differences(old: DeviceConfig, new: DeviceConfig) -> tuple[Difference, ...]:
    """Return what turns `old` into `new`, by feature and in the order of the items."""
    return tuple(found for feature in IDENTITY for found in _of_feature(feature, old, new))


def changes(
    old: DeviceConfig, new: DeviceConfig, stages: Sequence[tuple[StageName, DeviceConfig]]
) -> tuple[Change, ...]:
    """Return the differences in words; each stands at the first of `stages` after which it is in force."""
    asked = asking(old), asking(new)
    return tuple(_change(difference, stages, asked) for difference in differences(old, new))


def asking(config: DeviceConfig) -> Mapping[object, tuple[str, ...]]:
    """Return the intents behind meters (by name) and edge ports (by interface), which are shared and name nobody themselves."""
    found: dict[object, set[str]] = {}
    for rule in config.marking:
        keys = [("edges", interface) for interface in rule.interfaces]
        if rule.meter is not None:
            keys.append(("meters", rule.meter))
        for key in keys:
            found.setdefault(key, set()).update(rule.origin.intents)
    return {key: tuple(sorted(names)) for key, names in found.items()}


def _of_feature(feature: str, old: DeviceConfig, new: DeviceConfig) -> list[Difference]:
    before, after = _bare(old, feature), _bare(new, feature)
    gone = [item for item in items_of(old, feature) if without_origin(item) not in after]
    come = [item for item in items_of(new, feature) if without_origin(item) not in before]
    identity = IDENTITY[feature]
    by_identity = {identity(item): item for item in gone}
    pairs = [Difference(feature, by_identity.pop(identity(item), None), item) for item in come]
    return [*pairs, *(Difference(feature, item, None) for item in gone if identity(item) in by_identity)]


def _bare(config: DeviceConfig, feature: str) -> frozenset[Any]:
    return frozenset(without_origin(item) for item in items_of(config, feature))


def _change(
    difference: Difference,
    stages: Sequence[tuple[StageName, DeviceConfig]],
    asked: tuple[Mapping[object, tuple[str, ...]], Mapping[object, tuple[str, ...]]],
) -> Change:
    item = difference.old if difference.new is None else difference.new
    return Change(
        stage=_stage(difference, stages),
        operation=difference.operation,
        feature=difference.feature,
        text=describe(item),
        intents=_intents(difference, asked[0] if difference.new is None else asked[1]),
    )


def _stage(difference: Difference, stages: Sequence[tuple[StageName, DeviceConfig]]) -> StageName:
    wanted = difference.old if difference.new is None else difference.new
    is_removal = difference.new is None
    for name, config in stages:
        is_there = without_origin(wanted) in _bare(config, difference.feature)
        if is_there is not is_removal:
            return name
    return StageName.REMOVE if is_removal else StageName.SWITCH


def _intents(difference: Difference, asked: Mapping[object, tuple[str, ...]]) -> tuple[str, ...]:
    item = difference.old if difference.new is None else difference.new
    origin = getattr(item, "origin", None)
    if origin is not None:
        names: tuple[str, ...] = origin.intents
        return tuple(sorted(set(names)))
    return asked.get((difference.feature, IDENTITY[difference.feature](item)), ())
