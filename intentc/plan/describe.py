"""Items of the device IR in a sentence each, for people who read a plan."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from intentc.ir.model import (
    AlgorithmPolicy,
    BfdPort,
    BfdReflector,
    CountRule,
    EdgePort,
    FenceRule,
    IsolationRule,
    MarkRule,
    Meter,
    PausePort,
    PolicySteerRule,
    PortQueueing,
    Probe,
    ProbeReflector,
    Queue,
    RepairPort,
    SrCandidate,
    SrPolicy,
    SrSegment,
    SteerRule,
    Stream,
)
from intentc.resolve.model import Flow

_MOST_KNOWN = 4096  # rates and sizes: many items have the same
_TRUST = {
    "none": "DSCP of what no intent names is cleared",
    "dscp": "DSCP is trusted",
    "fabric": "DSCP is trusted (fabric)",
}


def describe(item: object) -> str:
    """Return what `item` (of any feature of a `DeviceConfig`) does, in one line."""
    return _WORDS[type(item)](item)


def flow_words(flow: Flow) -> str:
    """Return a flow as `source → destination protocol/ports`."""
    parts = [f"{flow.source} → {flow.destination}"]
    if flow.protocol != "any":
        parts.append(flow.protocol + _ports(flow.destination_ports))
    if flow.source_ports is not None:
        parts.append(f"from port{_ports(flow.source_ports).replace('/', ' ')}")
    if flow.dscp is not None:
        parts.append(f"DSCP {flow.dscp}")
    return " ".join(parts)


@lru_cache(_MOST_KNOWN)
def rate_words(bps: int) -> str:
    """Return a rate in the largest decimal unit that keeps it short."""
    for unit, scale in (("Gbps", 10**9), ("Mbps", 10**6), ("kbps", 10**3)):
        if bps >= scale:
            return f"{bps / scale:.4g} {unit}"
    return f"{bps} bps"


@lru_cache(_MOST_KNOWN)
def size_words(size: int) -> str:
    """Return a size in bytes, decimal kilobytes or megabytes."""
    for unit, scale in (("MB", 10**6), ("KB", 10**3)):
        if size >= scale:
            return f"{size / scale:.4g} {unit}"
    return f"{size} B"


def _ports(ports: tuple[int, int] | None) -> str:
    if ports is None:
        return ""
    low, high = ports
    return f"/{low}" if low == high else f"/{low}-{high}"


def _edge(item: EdgePort) -> str:
    return (
        f"edge port {item.interface} ({', '.join(item.prefixes) or 'no prefix'}): {_TRUST.get(item.trust, item.trust)}"
    )


def _meter(item: Meter) -> str:
    parts = []
    if item.committed_bps is not None:
        over = "drop" if item.over_dscp is None else f"re-mark to DSCP {item.over_dscp}"
        parts.append(f"above {rate_words(item.committed_bps)} (burst {size_words(item.burst_bytes)}) {over}")
    if item.ceiling_bps is not None:
        parts.append(f"above {rate_words(item.ceiling_bps)} drop")
    return f"meter {item.name}: {', '.join(parts) or 'no limit'}"


def _mark(item: MarkRule) -> str:
    metered = f", metered by {item.meter}" if item.meter else ""
    return f"mark {_flow(item.flow, item.excepted)} from {_list(item.interfaces)} as {item.traffic_class} (DSCP {item.dscp}){metered}"


def _queueing(item: PortQueueing) -> str:
    queues = "; ".join(_queue(queue) for queue in item.queues)
    return f"queues of {item.interface} (link {item.link}, {rate_words(item.rate_bps)}): {queues}"


def _queue(queue: Queue) -> str:
    match queue.scheduling:
        case "strict":
            return f"{queue.traffic_class} first, at most {rate_words(queue.cap_bps)}"
        case "idle":
            return f"{queue.traffic_class} what is idle"
        case _ if queue.guarantee_bps == 0:
            return f"{queue.traffic_class} what is left"
        case _:
            return f"{queue.traffic_class} {rate_words(queue.guarantee_bps)} guaranteed"


def _steer(item: SteerRule) -> str:
    end = "drop" if item.is_fail_closed else "the IGP's path"
    ways = ", else ".join([*(f"towards {node}" for node in item.waypoints), end])
    return f"steer {_flow(item.flow, item.excepted)} from {_list(item.interfaces)}: {ways}"


def _fence(item: FenceRule) -> str:
    return f"never let {_flow(item.flow, item.excepted)} out by {_list(item.interfaces)} ({item.reason})"


def _isolation(item: IsolationRule) -> str:
    what = "what is sent to" if item.direction == "to" else "what comes from"
    but = f" but {len(item.allowed)} flow{'s' * (len(item.allowed) != 1)}" if item.allowed else ""
    return f"deny {what} {item.prefix} at {_list(item.interfaces)}{but}"


def _bfd(item: BfdPort) -> str:
    return f"BFD on {item.interface} (link {item.link}, {item.igp}): {item.multiplier} × {item.interval_us / 1000:g} ms"


def _repair(item: RepairPort) -> str:
    return f"local repair (TI-LFA, {item.protects} protection) of {item.interface} (link {item.link}, {item.igp})"


def _count(item: CountRule) -> str:
    return f"count {flow_words(item.flow)} out by {_list(item.interfaces)}"


def _reflector(item: BfdReflector) -> str:
    return f"answer S-BFD packets to discriminator {item.discriminator}"


def _policy(item: SrPolicy) -> str:
    ways = [f"{path.preference} over {_lists(path)}" for path in item.candidates]
    ways.append("drop" if item.is_fail_closed else "the IGP's path")
    live = f"S-BFD {item.multiplier} × {item.interval_us / 1000:g} ms"
    return f"SR policy {item.name} (color {item.color}) to {item.end_point}, {live}: {', else '.join(ways)}"


def _lists(path: SrCandidate) -> str:
    """Return the segments of a candidate path; of several lists each with its weight."""
    if not path.lists:
        return _segments(path.segments)
    return " and ".join(f"[{_segments(item.segments)}] × {item.weight}" for item in path.lists)


def _ride(item: AlgorithmPolicy) -> str:
    end = "drop" if item.is_fail_closed else "the IGP's path"
    way = f"algorithm {item.algorithm} (label {item.label})"
    return f"SR policy {item.name} (color {item.color}) to {item.end_point}: the way of {way}, else {end}"


def _segments(segments: tuple[SrSegment, ...]) -> str:
    return " ".join(
        f"{segment.node} ({_algorithm(segment)}label {segment.label})"
        if segment.link is None
        else f"link {segment.link} to {segment.node}"
        for segment in segments
    )


def _algorithm(segment: SrSegment) -> str:
    return f"algorithm {segment.algorithm}, " if segment.algorithm else ""


def _policy_steer(item: PolicySteerRule) -> str:
    return f"steer {_flow(item.flow, item.excepted)} from {_list(item.interfaces)} into SR policy {', else '.join(item.policies)}"


def _stream(item: Stream) -> str:
    where = f"[{item.address}]" if ":" in item.address else item.address
    return f"send counters of {_list(item.interfaces)} to {where}:{item.port} every {item.interval_us / 1000:g} ms"


def _probe(item: Probe) -> str:
    return f"measure delay to {item.peer} with DSCP {item.dscp} every {item.interval_us / 1000:g} ms"


def _probe_reflector(item: ProbeReflector) -> str:
    return f"answer delay measurements of {item.peer}"


def _pause(item: PausePort) -> str:
    room = f", headroom {size_words(item.headroom_bytes)}" if item.headroom_bytes else ""
    return f"pause {item.traffic_class} (priority {item.priority}) on {item.interface} before anything is lost{room}"


def _flow(flow: Flow, excepted: tuple[Flow, ...]) -> str:
    but = f" (but {len(excepted)} exception{'s' * (len(excepted) != 1)})" if excepted else ""
    return flow_words(flow) + but


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "no port"


_WORDS: dict[type, Callable[[Any], str]] = {
    EdgePort: _edge,
    Meter: _meter,
    MarkRule: _mark,
    PortQueueing: _queueing,
    SteerRule: _steer,
    FenceRule: _fence,
    IsolationRule: _isolation,
    BfdPort: _bfd,
    RepairPort: _repair,
    CountRule: _count,
    BfdReflector: _reflector,
    SrPolicy: _policy,
    AlgorithmPolicy: _ride,
    PolicySteerRule: _policy_steer,
    Stream: _stream,
    Probe: _probe,
    ProbeReflector: _probe_reflector,
    PausePort: _pause,
}
