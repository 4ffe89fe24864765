"""BFD (RFC 5880) on the adjacencies of IS-IS, and TI-LFA (RFC 9855) of its process."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import BfdPort as AskedPort
from intentc.targetkit.kit import DeviceConfig, Fleet, Obstacle, Origin

from . import escape
from .owned_routing import BfdPort, Igp, IgpPort, Instance

DEFAULT_INSTANCE = "default"
_LEAST_US, _MOST_US = 10_000, 100_000_000  # of BFD: SR Linux counts in microseconds
_ON = "enable"
_MOST_LABELS = 3  # that repairs may have: no more on any chassis, and 2 where nothing is said
_BFD, _REPAIRS = "BFD on the IGP's adjacencies", "repair by the device itself (TI-LFA)"


def bfd_of(config: DeviceConfig) -> tuple[BfdPort, ...]:
    """Return the timers of the subinterfaces."""
    return tuple(_timers(port) for port in config.bfd)


def _timers(port: AskedPort) -> BfdPort:
    interval_us = escape.number(port.interval_us, _LEAST_US, _MOST_US)
    return BfdPort(
        escape.port(port.interface).reference,
        _ON,
        interval_us,
        interval_us,
        escape.number(port.multiplier, 3, 20),
        port.origin,
    )


def instances_of(config: DeviceConfig, fleet: Fleet) -> tuple[Instance, ...]:
    """Return what the process of IS-IS is told; nothing where it has neither BFD nor repairs of ours.

    Raises `ValueError` where the process has no name, or is none of IS-IS, which was refused before.
    """
    if not (config.bfd or config.repairs):
        return ()
    igps = {port.igp for port in config.bfd} | {port.igp for port in config.repairs}
    if fleet.igp_process is None or igps != {"isis"}:
        raise ValueError("not a process of IS-IS that has a name")
    has_ipv6 = any(loopback6 is not None for _, loopback6 in fleet.loopbacks.values())
    ports = tuple(
        IgpPort(escape.port(port.interface).reference, has_bfd=True, has_bfd6=has_ipv6 or None, origin=port.origin)
        for port in config.bfd
    )
    is_node = any(repair.protects == "node" for repair in config.repairs)
    is_repaired = _ON if config.repairs else None
    igp = Igp(
        escape.process(fleet.igp_process),
        is_repaired,
        is_repaired,
        _MOST_LABELS if config.repairs else None,
        _ON if is_node else None,
        ports,
        _merged([*(port.origin for port in config.repairs), *(port.origin for port in config.bfd)]),
    )
    return (Instance(DEFAULT_INSTANCE, (igp,)),)


def _merged(origins: list[Origin]) -> Origin:
    return Origin(
        tuple(sorted({intent for one in origins for intent in one.intents})),
        tuple(sorted({span for one in origins for span in one.spans})),
    )


def obstacles_of(config: DeviceConfig, fleet: Fleet) -> Iterator[Obstacle]:
    """Yield the sessions and repairs for which nothing can be written."""
    asked = [(_BFD, port.igp, port.origin) for port in config.bfd]
    asked += [(_REPAIRS, port.igp, port.origin) for port in config.repairs]
    for block, igp, origin in asked:
        if igp != "isis":
            yield Obstacle(block, _OSPF[block], _INSTEAD[block], origin)
        elif fleet.igp_process is None:
            why = "IS-IS has processes with names, and nobody says that of this network"
            yield Obstacle(block, why, "write `process` in the section `routing` of the topology", origin)
    if len({repair.protects for repair in config.repairs}) > 1:
        yield Obstacle(
            _REPAIRS,
            "it protects either links or nodes, for all ports of a process",
            "ask for one of them at all links of the node",
            config.repairs[0].origin,
        )


_OSPF = {
    _BFD: "OSPF is told of BFD per area, and areas are not in the topology",
    _REPAIRS: "its OSPF has no loop-free alternates",
}
_INSTEAD = {
    _BFD: "run BFD on the links and write it into the topology (`routing:` with `bfd:`)",
    _REPAIRS: "run IS-IS",
}
