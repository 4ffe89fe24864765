"""Measuring the demands of a manifest in a running lab: delay, loss, code points, the path taken, the cost of a failure."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from intentc.lab.lab import Lab
from intentc.lab.probe import Flow, FlowResult, measure, probing
from intentc.lab.trace import Hop, addresses, trace_from
from intentc.live.flows import Probe
from intentc.manifest.elements import Elements
from intentc.topology.model import Topology
from intentc.values import frozen, replace
from intentc.verify.live import Measurement

_TRACES_AT_A_TIME = 4
# All flows together must not load the lab's emulated links, which carry some 10 000 packets a second, hop by hop.
_HOPS_PER_SECOND = 6_000
_HOPS = 4  # of an ordinary path
_CLOSEST_US, _WIDEST_US = 5_000, 50_000
_BEFORE_S = 1.0  # of undisturbed traffic before a failure


@frozen
class Failure:
    """What fails together; `links` without those that fall with a node."""

    nodes: tuple[str, ...]
    links: tuple[str, ...]


def failure_of(failed: Elements, topology: Topology) -> Failure:
    """Return what has to be cut so that exactly `failed` is down."""
    alone = [
        link for link in failed.links if not {topology.links[link].a.node, topology.links[link].b.node} & failed.nodes
    ]
    return Failure(tuple(sorted(failed.nodes)), tuple(sorted(alone)))


@frozen
class Cost:
    """What a failure cost one probe: the longest outage, and what was lost of what was sent."""

    probe: Probe
    outage_ms: float
    lost: int
    sent: int
    path: tuple[str, ...] | None  # taken once the network has settled


def spaced(probes: Sequence[Probe]) -> list[Flow]:
    """Return the flows of the probes, sent as closely as the lab bears for so many of them."""
    interval_us = len(probes) * _HOPS * 1_000_000 // _HOPS_PER_SECOND
    chosen = min(max(interval_us, _CLOSEST_US), _WIDEST_US)
    return [replace(probe.flow, interval_us=chosen) for probe in probes]


def measure_demands(lab: Lab, probes: Sequence[Probe], duration_s: float) -> Mapping[str, Measurement]:
    """Return what each probe (by name) saw while all were sent together for `duration_s`, and the path each takes."""
    results = measure(lab, spaced(probes), duration_s)
    paths = trace_all(lab, probes)
    return {probe.name: _measurement(probe, results[probe.name], paths[probe.name]) for probe in probes}


def measure_failure(lab: Lab, probes: Sequence[Probe], failure: Failure, duration_s: float) -> tuple[Cost, ...]:
    """Make `failure` happen in silence under running probes, measure for `duration_s`, then repair it.

    Links lose every packet without losing their carrier, as a fault in the middle of a carrier's network does; nodes lose power.
    """
    with _cut_later(lab, failure) as cut:
        with probing(lab, spaced(probes)) as measurement:
            time.sleep(_BEFORE_S)
            cut()
            time.sleep(duration_s)
        paths = trace_all(lab, probes)
    return tuple(_cost(probe, measurement[probe.name], paths[probe.name]) for probe in probes)


def trace_all(lab: Lab, probes: Sequence[Probe]) -> Mapping[str, tuple[str, ...] | None]:
    """Return the routers that each probe's packets pass, None where one of them did not answer.

    Hosts trace side by side, each one flow at a time: replies of a service share its port.
    """
    by_host: dict[str, list[Probe]] = {}
    for probe in probes:
        by_host.setdefault(probe.flow.source, []).append(probe)

    known = addresses(lab)

    def paths(mine: Sequence[Probe]) -> list[tuple[str, tuple[str, ...] | None]]:
        found = trace_from(lab, mine[0].flow.source, [probe.flow for probe in mine], known)
        return [(probe.name, _path(hops, probe.flow)) for probe, hops in zip(mine, found, strict=True)]

    with ThreadPoolExecutor(_TRACES_AT_A_TIME) as pool:
        return dict(found for group in pool.map(paths, by_host.values()) for found in group)


def _path(hops: Sequence[Hop], flow: Flow) -> tuple[str, ...] | None:
    routers = [hop.node for hop in hops if hop.node not in (flow.source, flow.destination)]
    if not routers or None in routers:
        return None
    return tuple(node for node in routers if node is not None)


@contextmanager
def _cut_later(lab: Lab, failure: Failure) -> Iterator[_Cut]:
    """Yield what makes `failure` happen; all of it is repaired in the end."""
    cut = _Cut(lab, failure)
    try:
        yield cut
    finally:
        cut.repair()


class _Cut:
    def __init__(self, lab: Lab, failure: Failure) -> None:
        self._lab = lab
        self._failure = failure
        self._is_cut = False

    def __call__(self) -> None:
        self._is_cut = True
        if self._failure.links:
            self._lab.fail_link(*self._failure.links)
        for node in self._failure.nodes:
            self._lab.fail_node(node)

    def repair(self) -> None:
        if self._is_cut:
            for node in self._failure.nodes:
                self._lab.repair_node(node)
            if self._failure.links:
                self._lab.repair_link(*self._failure.links)


def _measurement(probe: Probe, result: FlowResult, path: tuple[str, ...] | None) -> Measurement:
    has_arrived = result.received > 0
    return Measurement(
        demand=probe.demand.id,
        packet_bytes=probe.flow.size_bytes,
        sent=result.sent,
        received=result.received,
        p50_us=result.delay.p50_us if has_arrived else None,
        p99_us=result.delay.p99_us if has_arrived else None,
        max_us=result.delay.max_us if has_arrived else None,
        dscps=result.dscps,
        path=path,
    )


def _cost(probe: Probe, result: FlowResult, path: tuple[str, ...] | None) -> Cost:
    return Cost(probe, result.outage_ms, result.lost, result.sent, path)
