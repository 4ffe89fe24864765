"""Class of service on interfaces: classifiers where code points are believed, rewrite rules and schedulers on link ports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from intentc.targetkit.kit import DeviceConfig, Fleet, PortQueueing

from . import escape
from .classes import BEST_EFFORT, NETWORK_CONTROL, NETWORK_CONTROL_CODES, OVER_QUEUE, Classes
from .owned import Interface
from .owned_cos import ClassCodes, Codes, CosInterface, CosUnit, ForwardingClass, Profile, Rewrite, Table

CLASSIFY, CLASSIFY_EXP = "ITC-DSCP", "ITC-EXP"
REWRITE, REWRITE_EXP, REWRITE_PUSHED = "ITC-DSCP", "ITC-EXP", "ITC-DSCP-MPLS"
_CODE_POINTS, _LABEL_CLASSES = 64, 8
_CONTROL_LABELS = (6, 7)
_MARKED = ("low", "high")  # loss priorities of packets that were classified by their code point, or marked
_LABELLED = "medium-low"  # of those that were classified by a label


@dataclass(frozen=True, slots=True)
class Tables:
    """Forwarding classes, classifiers and rewrite rules of a device."""

    forwarding_classes: tuple[ForwardingClass, ...]
    classifiers: tuple[Table, ...]
    classifiers_exp: tuple[Table, ...]
    rewrites: tuple[Table, ...]
    rewrites_exp: tuple[Table, ...]


def tables_of(config: DeviceConfig, fleet: Fleet, classes: Classes) -> Tables:
    """Return what gives packets their class, and back."""
    if not classes.queues:
        return Tables((), (), (), (), ())
    has_mpls = uses_mpls(fleet)
    own = Table(REWRITE, tuple(_rewrites(classes)))
    return Tables(
        forwarding_classes=tuple(ForwardingClass(name, queue) for name, queue in sorted(_named(classes).items())),
        classifiers=(Table(CLASSIFY, tuple(_classifier(classes))),),
        classifiers_exp=(Table(CLASSIFY_EXP, tuple(_exp_classifier(classes))),) if has_mpls else (),
        rewrites=(own, replace(own, name=REWRITE_PUSHED)) if pushes_labels(config) else (own,),
        rewrites_exp=(Table(REWRITE_EXP, tuple(_exp_rewrites(classes))),) if has_mpls else (),
    )


def uses_mpls(fleet: Fleet) -> bool:
    """Return whether labelled packets are on the network because of intentc."""
    return any(pushes_labels(config) for config in fleet.devices.values())


def pushes_labels(config: DeviceConfig) -> bool:
    """Return whether a device sends packets into policies."""
    return bool(config.policies or config.algorithm_policies)


def _named(classes: Classes) -> dict[str, int]:
    return {classes.forwarding_class(dscp): queue for dscp, queue in classes.queues.items()}


def _classifier(classes: Classes) -> Iterator[ClassCodes]:
    """Yield all 64 code points: none is left to what the device would do with it."""
    for dscp, queue in sorted(classes.queues.items()):
        loss = "high" if queue == OVER_QUEUE else "low"
        yield ClassCodes(classes.forwarding_class(dscp), (Codes(loss, (dscp,)),))
    control = tuple(dscp for dscp in NETWORK_CONTROL_CODES if dscp not in classes.queues)
    others = tuple(
        dscp for dscp in range(_CODE_POINTS) if dscp not in classes.queues and dscp not in NETWORK_CONTROL_CODES
    )
    yield ClassCodes(BEST_EFFORT, (Codes("low", others),))
    if control:
        yield ClassCodes(NETWORK_CONTROL, (Codes("low", control),))


def _exp_classifier(classes: Classes) -> Iterator[ClassCodes]:
    """Yield all eight label classes. Packets classified so keep their code point: it may be one of those above the rate."""
    owners = {number: dscp for dscp, number in sorted(classes.labels.items(), reverse=True)}
    for number, dscp in sorted(owners.items()):
        yield ClassCodes(classes.forwarding_class(dscp), (Codes(_LABELLED, (number,)),))
    others = tuple(number for number in range(_LABEL_CLASSES) if number not in {*owners, *_CONTROL_LABELS})
    yield ClassCodes(BEST_EFFORT, (Codes("low", others),))
    yield ClassCodes(NETWORK_CONTROL, (Codes("low", _CONTROL_LABELS),))


def _rewrites(classes: Classes) -> Iterator[ClassCodes]:
    for dscp in sorted(classes.queues):
        yield ClassCodes(classes.forwarding_class(dscp), tuple(Codes(loss, (dscp,)) for loss in _MARKED))


def _exp_rewrites(classes: Classes) -> Iterator[ClassCodes]:
    losses = (*_MARKED, _LABELLED)
    for dscp in sorted(classes.queues):
        number = classes.labels.get(dscp, 0)
        yield ClassCodes(classes.forwarding_class(dscp), tuple(Codes(loss, (number,)) for loss in losses))
    yield ClassCodes(BEST_EFFORT, tuple(Codes(loss, (0,)) for loss in losses))
    yield ClassCodes(NETWORK_CONTROL, tuple(Codes(loss, _CONTROL_LABELS[:1]) for loss in losses))


def bound_of(config: DeviceConfig, fleet: Fleet, classes: Classes) -> tuple[CosInterface, ...]:
    """Return what is bound to the interfaces: on link ports everything, on trusted host ports the classifiers."""
    found: dict[str, CosInterface] = {}
    for edge in config.edges:
        if edge.trust != "none" and classes.queues:
            physical, unit = escape.port(edge.interface)
            _add(found, CosInterface(physical, None, None, (CosUnit(unit, None, CLASSIFY, CLASSIFY),)))
    for port in config.queueing:
        _add(found, _link_port(port, config, fleet))
    return tuple(found[name] for name in sorted(found))


def _link_port(port: PortQueueing, config: DeviceConfig, fleet: Fleet) -> CosInterface:
    physical, number = escape.port(port.interface)
    name = f"ITC-{escape.port_word(port.interface)}"
    has_mpls = uses_mpls(fleet)
    rewrites = (Rewrite(REWRITE), *((Rewrite(REWRITE_PUSHED, ("mpls",)),) if pushes_labels(config) else ()))
    unit = CosUnit(
        name=number,
        profile=name if number else None,
        classify4=CLASSIFY,
        classify6=CLASSIFY,
        classify_exp=CLASSIFY_EXP if has_mpls else None,
        rewrite4=rewrites,
        rewrite6=rewrites,
        rewrite_exp=(Rewrite(REWRITE_EXP),) if has_mpls else (),
    )
    if number:
        return CosInterface(physical, None, None, (unit,))
    return CosInterface(physical, name, port.rate_bps, (unit,))


def _add(found: dict[str, CosInterface], more: CosInterface) -> None:
    known = found.get(more.name)
    if known is None:
        found[more.name] = more
        return
    units = tuple(sorted({unit.name: unit for unit in (*known.units, *more.units)}.values(), key=lambda one: one.name))
    found[more.name] = CosInterface(
        more.name, more.scheduler_map or known.scheduler_map, more.rate_bps or known.rate_bps, units
    )


def profiles_of(config: DeviceConfig) -> tuple[Profile, ...]:
    """Return the shaping of link ports that are one of several logical interfaces of a physical one."""
    names = {port.interface: f"ITC-{escape.port_word(port.interface)}" for port in config.queueing}
    found = [
        Profile(names[port.interface], names[port.interface], port.rate_bps)
        for port in config.queueing
        if escape.port(port.interface)[1]
    ]
    return tuple(sorted(found, key=lambda one: one.name))


def with_unit_scheduling(interfaces: tuple[Interface, ...], config: DeviceConfig) -> tuple[Interface, ...]:
    """Return the interfaces with scheduling by logical interface where several link ports share one."""
    shared = {escape.port(port.interface)[0] for port in config.queueing if escape.port(port.interface)[1]}
    found = {one.name: one for one in interfaces}
    for name in shared:
        found[name] = replace(found.get(name, Interface(name, False, ())), per_unit_scheduler=True)
    return tuple(found[name] for name in sorted(found))
