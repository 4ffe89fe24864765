"""Places that intentc needs and somebody else holds: slots of interfaces, maps of the whole device, addresses, processes' settings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from intentc.targetkit.kit import CliNode, CliReading, DeviceBundle, Difference

from . import numbers
from .document import OWN_CHOICE, nodes_of, read_document
from .escape import OWN
from .owned import Owned, Port
from .readback import FILE, claimed, wanted_of
from .shapes import PORT, SHAPES

_SLOTS = {
    "in4": "ip access-group in",
    "out4": "ip access-group out",
    "in6": "ipv6 access-group in",
    "out6": "ipv6 access-group out",
    "pbr": "service-policy type pbr input",
    "qos": "service-policy type qos input",
    "profile": "service-profile",
}
# lines of an interface that win over those of its profile
_OVER_PROFILE = re.compile(r"(?:(?:uc-|mc-)?tx-queue \d+|shape rate .*|priority-flow-control .*)")
_QUEUE_MAP = re.compile(r"qos map traffic-class (?P<classes>[0-9 ]+) to (?:(?:uc|mc)-)?tx-queue (?P<queue>\d+)")
_ROUTE = re.compile(r"ip route (?P<prefix>[0-9./]+) .*")


def foreign(expected: DeviceBundle, running: str) -> tuple[Difference, ...]:
    """Return the places that `expected` needs and others hold, sorted: what intentc wants there, and what is there.

    Nothing may be written while there are any. Places without a name (BFD of a port, S-BFD, local repair, classes of
    labels) are others' as long as the device has no object of intentc's. Raises `ValueError` for what is no whole configuration.
    """
    nodes, wanted, read = nodes_of(running), wanted_of(expected), read_document(running)
    found = {*_slots(nodes, wanted), *_globals(nodes, wanted)}
    if not _has_named(read.owned):
        found |= set(_nameless(claimed(read.owned, wanted), wanted))
    return tuple(Difference(FILE, wants, holds) for wants, holds in sorted(found))


def _slots(nodes: tuple[CliNode, ...], wanted: Owned) -> Iterator[tuple[str, str]]:
    ports = {port.name: port for port in wanted.ports}
    for node in nodes:
        running = CliReading().read(node, PORT)
        if running is not None and running.name in ports:
            yield from _held(ports[running.name], running)
            yield from _besides(ports[running.name], node)


def _held(wants: Port, runs: Port) -> Iterator[tuple[str, str]]:
    for field, slot in _SLOTS.items():
        name, holder = getattr(wants, field), getattr(runs, field)
        if name is not None and holder is not None and not holder.startswith(OWN):
            yield f"{slot} of {wants.name}: {name}", f"{slot} of {wants.name}: {holder}"


def _besides(wants: Port, node: CliNode) -> Iterator[tuple[str, str]]:
    """Yield lines of an interface that do not stand in our slots, but win over what stands there or exclude it."""
    for child in node.children:
        if wants.profile is not None and _OVER_PROFILE.fullmatch(child.text):
            yield f"service-profile of {wants.name}: {wants.profile}", f"{wants.name}: {child.text}"
        if (wants.pbr or wants.qos) and child.text.startswith("traffic-policy input "):
            name = wants.pbr or wants.qos
            yield f"service-policy of {wants.name}: {name}", f"{wants.name}: {child.text}"


def _globals(nodes: tuple[CliNode, ...], wanted: Owned) -> Iterator[tuple[str, str]]:
    is_marking = bool(wanted.qos_policies)
    for node in nodes:
        if node.text == "qos rewrite dscp" and is_marking:  # it would write another code point by traffic class
            yield "code points as they were marked", node.text
        queue, route = _QUEUE_MAP.fullmatch(node.text), _ROUTE.fullmatch(node.text)
        if queue is not None and any(profile.queues for profile in wanted.profiles):
            if set(queue["classes"].split()) != {queue["queue"]}:
                yield "each traffic class in the queue of its number", node.text
        elif route is not None and wanted.routes and _is_others(node, route["prefix"]):
            yield f"ip route {numbers.BASE}: addresses of intentc", node.text


def _is_others(node: CliNode, prefix: str) -> bool:
    """Return whether a route of others stands at an address of ours."""
    return f"name {OWN}" not in node.text and numbers.is_reserved(prefix)


def _has_named(owned: Owned) -> bool:
    """Return whether any object of a device has a name of ours."""
    named = [field for field, _ in SHAPES if field not in {"labels", "bfd", "processes", "ports"}]
    return any(getattr(owned, field) for field in named)


def _nameless(runs: Owned, wanted: Owned) -> Iterator[tuple[str, str]]:
    """Yield the settings of others where intentc wants others."""
    ports = {port.name: port for port in wanted.ports}
    for port in runs.ports:
        wants = ports[port.name]
        if port.bfd_ms is not None and _timers(port) != _timers(wants):
            yield f"bfd of {port.name}: {_timers(wants)}", f"bfd of {port.name}: {_timers(port)}"
    if runs.bfd and runs.bfd != wanted.bfd:
        yield "router bfd: reflector of S-BFD", f"router bfd: {runs.bfd[0].services[0].reflectors[0].discriminator}"
    numbers_of = {label.field: label.traffic_class for label in wanted.labels}
    for label in runs.labels:
        if label.traffic_class not in {numbers_of[label.field], OWN_CHOICE[label.field]}:
            place = f"qos map exp {label.field} to traffic-class"
            yield f"{place} {numbers_of[label.field]}", f"{place} {label.traffic_class}"
    families = {(one.name, family.name): family.mode for one in wanted.processes for family in one.families}
    for process in runs.processes:
        for family in process.families:
            mode = families[process.name, family.name]
            if family.mode not in {None, mode}:
                place = f"fast-reroute ti-lfa of {process.name} {family.name}"
                yield f"{place}: {mode}", f"{place}: {family.mode}"


def _timers(port: Port) -> str:
    return f"interval {port.bfd_ms} min-rx {port.bfd_rx_ms} multiplier {port.bfd_multiplier}"
