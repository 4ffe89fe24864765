"""What every target can do, as a table with the condition or the reason of each cell; all of it from the targets' data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.render.support import REFINEMENTS
from intentc.targetkit.model import Feature, Limits, Target
from intentc.values import frozen

YES, SOMETIMES, NO = "●", "◐", "–"
LEGEND = f"{YES} yes; {SOMETIMES} with the condition that stands below; {NO} no: it is refused, for the reason that stands below"

# The order of the rows. A feature that is not named here comes after them, by name: new ones need no edit here.
_ORDER = (
    *("marking", "metering", "queueing", "subport-queueing", "ecn", "early-drop", "lossless"),
    *("steering", "sr-policy", "sr-policy-ipv6", "weighted-lists", "sbfd", "flex-algo"),
    *("flex-algo-affinity", "flex-algo-delay", "flex-algo-te", "flex-algo-ospf"),
    *("fence", "isolation", "counting", "streaming", "probing", "probing-own", "reflecting"),
    *("bfd", "ti-lfa", "revert", "switching", "switching-loss", "health-check", "ipv6"),
)
_ABSENT = "its target.toml does not speak of it"


@frozen
class Row:
    """One line of the table: what it is about, and a short word for each target."""

    label: str
    cells: tuple[str, ...]


@frozen
class Remark:
    """What stands behind the cells of a target that are not a plain yes: those of `labels` have it in common."""

    mark: str
    labels: tuple[str, ...]
    text: str


@frozen
class Column:
    """One target: its name and title, facts in sentences, and the remarks to its cells in the order of the rows."""

    name: str
    title: str
    facts: tuple[str, ...]
    remarks: tuple[Remark, ...]


@frozen
class Matrix:
    """The columns by name, and rows with a cell for each."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def matrix(targets: Mapping[str, Target]) -> Matrix:
    """Return the matrix of these targets: releases and transport, then mechanisms, then features."""
    columns = [targets[name] for name in sorted(targets)]
    features = _features(columns)
    mechanisms = _mechanisms(columns)
    rows = [
        Row("run on its software", tuple(_span(target.tested_releases) for target in columns)),
        Row("syntax-checked only", tuple(_span(_unproven(target)) for target in columns)),
        Row("transport", tuple(", ".join(target.transports) for target in columns)),
        *(Row(f"by {name}", tuple(_mechanism(target, name)[0] for target in columns)) for name in mechanisms),
        *(Row(name, tuple(_cell(target, name)[0] for target in columns)) for name in features),
    ]
    return Matrix(tuple(_column(target, mechanisms, features) for target in columns), tuple(rows))


def _features(columns: list[Target]) -> tuple[str, ...]:
    named = {name for target in columns for name in target.features}
    return (*(name for name in _ORDER if name in named), *sorted(named - set(_ORDER)))


def _mechanisms(columns: list[Target]) -> tuple[str, ...]:
    return tuple(sorted({name for target in columns for name in target.mechanisms}))


def _unproven(target: Target) -> tuple[str, ...]:
    return tuple(release for release in target.releases if release not in target.tested_releases)


def _span(releases: tuple[str, ...]) -> str:
    if not releases:
        return NO
    return releases[0] if len(releases) == 1 else f"{releases[0]}…{releases[-1]}"


def _column(target: Target, mechanisms: tuple[str, ...], features: tuple[str, ...]) -> Column:
    found: dict[tuple[str, str], list[str]] = {}
    for label, (mark, text) in (
        *((f"by {name}", _mechanism(target, name)) for name in mechanisms if name in target.mechanisms),
        *((name, _cell(target, name)) for name in features),
    ):
        if mark != YES:
            found.setdefault((mark, text), []).append(label)
    remarks = tuple(Remark(mark, tuple(labels), text) for (mark, text), labels in found.items())
    return Column(target.name, target.title, tuple(_facts(target)), remarks)


def _mechanism(target: Target, name: str) -> tuple[str, str]:
    since = target.mechanisms.get(name)
    if since is None:
        return NO, ""
    return (YES, "") if since == target.releases[0] else (SOMETIMES, f"from {since} on")


def _cell(target: Target, name: str) -> tuple[str, str]:
    """Return the mark of a feature, and what stands behind it."""
    feature = target.features.get(name) or target.features.get(REFINEMENTS.get(name, name))
    if feature is None:
        return NO, _ABSENT
    if feature.since is None:
        return NO, f"{feature.reason}; instead: {feature.instead}"
    text = "; ".join(_conditions(feature, target))
    return (SOMETIMES, text) if text else (YES, "")


def _conditions(feature: Feature, target: Target) -> Iterator[str]:
    if feature.since != target.releases[0]:
        yield f"from {feature.since} on"
    if feature.note:
        yield feature.note
    if feature.chassis:
        yield f"only chassis {', '.join(feature.chassis)}: {feature.reason}; instead: {feature.instead}"


def _facts(target: Target) -> Iterator[str]:
    tested = ", ".join(target.tested_releases)
    unproven = ", ".join(_unproven(target))
    yield f"our tests run it on its own software: {tested}" if tested else "nothing of it ran on its own software yet"
    if unproven:
        yield f"only parsers or published models have seen its output for {unproven}"
    yield f"over {target.transport}, made safe by {target.commit}"
    for road in target.roads.values():
        lacks = f"; without {', '.join(road.lacks)}" if road.lacks else ""
        yield f"over {road.transport} from {road.since} on where a node asks for it, made safe by {road.commit}: {road.why}{lacks}"
    yield f"mechanisms, preferred first: {', '.join(target.mechanisms)}"
    yield _schedule(target)
    yield ", ".join(_bounds(target.limits))
    yield _in_labs(target)
    for name, kind in target.chassis.items():
        own = ", ".join(_limit(limit, value) for limit, value in kind.limits.items())
        yield f"chassis {name}: {', '.join(kind.names)}{f' ({own})' if own else ''}"


def _schedule(target: Target) -> str:
    """Return how ports serve classes, as far as delays are bounded by it (`intentc/delay/README.md`, "Sharing" and "Assumed")."""
    served = (
        "guarantees before anything else"
        if target.is_by_guarantee
        else "shares by weight, whose turns nobody publishes"
    )
    kinds = [name for name, kind in target.chassis.items() if kind.is_cap_with_bursts]
    own = f", but of chassis {', '.join(kinds)}" if kinds else ""
    unsure = f"capped by a shaper of unknown burst{own}: their delays are assumed"
    capped = "capped with their bursts" if target.is_cap_with_bursts else unsure
    return f"ports serve {served}; strict classes are {capped}"


def _in_labs(target: Target) -> str:
    lab = target.lab
    if lab is None:
        return "no lab runs it: its target.toml does not say how"
    if not lab.kinds:
        return f"no lab runs it: {lab.reason}; instead: {lab.instead}"
    return f"`intentc lab export` makes nodes of kind {' or '.join(lab.kinds)}"


def _bounds(limits: Limits) -> Iterator[str]:
    yield f"at most {limits.max_queues} classes on a port"
    if limits.max_classes is not None:
        yield f"{limits.max_classes} on the whole device"
    if limits.max_strict_classes is not None:
        yield f"{limits.max_strict_classes} strict"
    if limits.max_meter_ports == 1:
        yield "a rate is one port's"
    if limits.max_steering_tables:
        yield f"{limits.max_steering_tables} lists of waypoints"
    yield f"BFD every {_ms(limits.bfd_interval_us)} × {limits.bfd_multiplier}, never below {_ms(limits.bfd_min_interval_us)}"
    yield f"{_ms(limits.repair_us)} from detection to forwarding"


def _limit(name: str, value: int) -> str:
    is_time = name.endswith("_us") and name in Limits.__dataclass_fields__
    return f"{name.removesuffix('_us')} = {_ms(value)}" if is_time else f"{name} = {value}"


def _ms(interval_us: int) -> str:
    return f"{interval_us / 1000:g} ms"
