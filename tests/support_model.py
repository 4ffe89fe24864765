"""Models built by hand, for tests of the placement: networks from lines of text, demands with only what a test needs."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from support_network import link, node

from intentc.diagnostics import Findings, Span
from intentc.place.model import Placement
from intentc.place.place import place
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.model import Realised
from intentc.realise.realise import realise
from intentc.resolve.model import (
    Candidate,
    Demand,
    Endpoint,
    Exclusion,
    FailoverRequirement,
    FailureState,
    Flow,
    Model,
    ResolvedIntent,
    Scheduling,
    TrafficClass,
    Waypoint,
)
from intentc.targetkit.model import NodeCapabilities, Support
from intentc.topology.model import Bfd, Link, Node, Routing, Topology

MS, US = 1_000_000, 1_000  # ns
MBPS = 1_000_000
FAR_AWAY = 10_000 * MS


def span(line: int, file: str = "intents/x.intent") -> Span:
    return Span(file, line, 1, line, 10)


def traffic_class(name: str, rank: int, scheduling: Scheduling, *, dscp: int = 34, **rest) -> TrafficClass:
    blank = TrafficClass(name, rank, dscp, None, scheduling, 0, 0, "low", False, False, None)
    return replace(blank, **rest)


CLASSES = {
    "critical": traffic_class("critical", 0, Scheduling.STRICT, dscp=46, share_ppb=300_000_000),
    "high": traffic_class("high", 1, Scheduling.WEIGHT, dscp=34, weight=30),
    "normal": traffic_class("normal", 2, Scheduling.WEIGHT, dscp=18, weight=20),
    "low": traffic_class("low", 3, Scheduling.WEIGHT, dscp=10, weight=10),
    "background": traffic_class("background", 4, Scheduling.IDLE, dscp=1),
    "fixed": traffic_class("fixed", 2, Scheduling.SHARE, dscp=20, share_ppb=200_000_000),
}


def router(name: str, *prefixes: str, **rest) -> Node:
    """A node with a loopback made of its name's bytes, so that it does not depend on the order of nodes."""
    number = int.from_bytes(name.encode()[-2:].rjust(2, b"\0"), "big")
    loopback = ipaddress.ip_interface(f"10.255.{number // 256}.{number % 256}/32")
    loopback6 = ipaddress.ip_interface(f"2001:db8:ff::{number:x}/128")
    return node(name, attached=prefixes, **{"loopback": loopback, "loopback6": loopback6} | rest)


def wire(
    name: str, *, ms: float = 1.0, mbps: int = 1000, metric: int = 10, ends: tuple[str, str] | None = None, **rest
) -> Link:
    """A link whose name says its ends: `a-b`, parallel ones `a-b#2`."""
    a, b = ends or name.split("#", maxsplit=1)[0].split("-")
    return link(name, a, b, ms=ms, mbps=mbps, metric=metric, **rest)


def prefix_of(name: str) -> str:
    """The prefix that `network` attaches to an end."""
    number = int.from_bytes(name.encode()[-2:].rjust(2, b"\0"), "big")
    return f"10.{number // 256}.{number % 256}.0/24"


def network(
    links: Iterable[Link],
    *,
    ends: Iterable[str] = (),
    nodes: Mapping[str, Mapping[str, object]] | None = None,
    prefixes: Mapping[str, tuple[str, ...]] | None = None,
    igp: str = "isis",
    bfd: Bfd | None = None,
) -> Topology:
    """A topology from links; `ends` get a prefix each, `nodes` overrides fields, `prefixes` what is attached."""
    links = list(links)
    given = {name: tuple(found) for name, found in (prefixes or {}).items()}
    attached = {name: (prefix_of(name),) for name in ends} | given
    names = {end for item in links for end in (item.a.node, item.b.node)} | set(attached)
    found = [router(name, *attached.get(name, ()), **(nodes or {}).get(name, {})) for name in names]
    return Topology(
        name="test",
        regions={},
        routing=Routing(igp, False, bfd, None),
        collectors={},
        sites={},
        nodes={item.name: item for item in found},
        links={item.id: item for item in links},
    )


def endpoint(topology: Topology, name: str) -> Endpoint:
    return Endpoint(name, name, tuple(str(item.prefix) for item in topology.nodes[name].attached))


def candidate(topology: Topology, source: str, destination: str) -> Candidate:
    one, other = endpoint(topology, source), endpoint(topology, destination)
    flows = [
        Flow(ipaddress.ip_network(here).version, here, there)
        for here in one.prefixes
        for there in other.prefixes
        if ipaddress.ip_network(here).version == ipaddress.ip_network(there).version
    ]
    return Candidate(one, other, tuple(sorted(flows)), ())


def exclusion(
    *, nodes: Iterable[str] = (), links: Iterable[str] = (), kind: str = "avoid", line: int = 30
) -> Exclusion:
    nodes, links = frozenset(nodes), frozenset(links)
    return Exclusion(kind, f"{kind} {' '.join(sorted(nodes | links))}", nodes, links, span(line))


def waypoint(*, nodes: Iterable[str] = (), links: Iterable[str] = (), line: int = 40) -> Waypoint:
    nodes, links = frozenset(nodes), frozenset(links)
    return Waypoint(f"via {' '.join(sorted(nodes | links))}", nodes, links, span(line))


def failed(kind: str, name: str, *, links: Iterable[str] = (), nodes: Iterable[str] = ()) -> FailureState:
    """A state; of a single link or node its elements follow from the name."""
    links = frozenset(links) or (frozenset({name}) if kind == "link" else frozenset())
    nodes = frozenset(nodes) or (frozenset({name}) if kind == "node" else frozenset())
    return FailureState(f"{kind}:{name}", nodes, links)


def every_link(topology: Topology) -> tuple[FailureState, ...]:
    return tuple(failed("link", name) for name in sorted(topology.links))


def every_two_links(topology: Topology) -> tuple[FailureState, ...]:
    return tuple(failed("pair", "+".join(pair), links=pair) for pair in combinations(sorted(topology.links), 2))


def every_node(topology: Topology, *ends: str) -> tuple[FailureState, ...]:
    return tuple(failed("node", name) for name in sorted(topology.nodes) if name not in ends)


def failover(
    *states: FailureState,
    within_ms: int = 1000,
    bound_ms: float | None = None,
    mbps: float = 0,
    rtt_ms: float | None = None,
) -> FailoverRequirement:
    return FailoverRequirement(
        within_ns=within_ms * MS,
        states=tuple(states),
        bound_ns=None if bound_ms is None else round(bound_ms * MS),
        bandwidth_bps=round(mbps * MBPS),
        pool_bps=round(mbps * MBPS),
        revert_ns=60_000 * MS,
        span=span(50),
        rtt_bound_ns=None if rtt_ms is None else round(rtt_ms * MS),
    )


def demand(
    topology: Topology,
    source: str,
    *destinations: str,
    intent: str = "x",
    name: str | None = None,
    bound_ms: float | None = None,
    rtt_ms: float | None = None,
    mbps: float = 0,
    priority: str = "high",
    candidates: Iterable[Candidate] | None = None,
    **rest,
) -> Demand:
    """A forward demand; several destinations are replicas of a service."""
    found = tuple(candidates or (candidate(topology, source, item) for item in destinations))
    stop = name or (destinations[0] if len(destinations) == 1 else "service")
    key = f"{intent}/{source}>{stop}"
    blank = Demand(
        key=key,
        intent=intent,
        direction="forward",
        reply_to=None,
        source_site=source,
        destination_name=stop,
        candidates=found,
        is_any_of=len(destinations) > 1,
        traffic_class=priority,
        rank=CLASSES[priority].rank,
        bound_ns=None if bound_ms is None else round(bound_ms * MS),
        rtt_bound_ns=None if rtt_ms is None else round(rtt_ms * MS),
        has_bandwidth=mbps > 0,
        bandwidth_bps=round(mbps * MBPS),
        pool=key,
        pool_bps=round(mbps * MBPS),
        ceiling_bps=None,
        burst_bytes=0,
        exclusions=(),
        via=(),
        failover=None,
        otherwise="best-effort",
        precedence=1,
        span=span(1),
        clause_spans={"latency": span(10), "bandwidth": span(20), "failover": span(50)},
    )
    return replace(blank, **rest)


def reply(forward: Demand, **rest) -> Demand:
    """The replies of a demand: candidates turned round, with a pool of their own."""
    turned = tuple(
        Candidate(
            item.destination,
            item.source,
            tuple(sorted(flow.reversed() for flow in item.flows)),
            tuple(sorted(flow.reversed() for flow in item.excepted)),
        )
        for item in forward.candidates
    )
    back = replace(
        forward,
        key=f"{forward.key}/reply",
        direction="reverse",
        reply_to=forward.key,
        source_site=forward.destination_name,
        destination_name=forward.source_site,
        candidates=turned,
        pool=f"{forward.pool}/reply",
        via=forward.via[::-1],
    )
    return replace(back, **rest)


def model(topology: Topology, *demands: Demand, waivers=(), classes: Mapping[str, TrafficClass] | None = None) -> Model:
    names = sorted({item.intent for item in demands})
    intents = [
        ResolvedIntent(
            name,
            None,
            span(1),
            None,
            tuple(item.key for item in demands if item.intent == name),
            {},
            None,
            False,
            False,
        )
        for name in names
    ]
    return Model(
        topology=topology,
        classes=CLASSES | dict(classes or {}),
        intents=tuple(intents),
        demands={item.key: item for item in demands},
        isolations=(),
        waivers=tuple(waivers),
        infrastructure=(),
    )


def capabilities(topology: Topology, **overrides: Mapping[str, object]) -> dict[str, NodeCapabilities]:
    """What the nodes can do: FRR everything, nodes of platform `none` nothing but forward; overrides by node."""
    found = {}
    for name, item in topology.nodes.items():
        is_own = item.platform != "none"
        features = {word: Support(is_own) for word in ("steering", "fence", "bfd", "marking", "queueing")}
        blank = NodeCapabilities(
            node=name,
            platform=item.platform,
            release="8.4",
            is_release_assumed=False,
            mechanisms=("igp", "pbr") if is_own else ("igp",),
            features=features,
            bfd_min_interval_us=50_000,
            bfd_interval_us=50_000,
            bfd_multiplier=3,
            repair_us=60_000,
            max_steering_tables=100 if is_own else 0,
            max_queues=8,
        )
        found[name] = replace(blank, **overrides.get(name, {}))
    return found


def placed(of: Model, **overrides: Mapping[str, object]) -> tuple[Placement, Findings]:
    findings = Findings()
    mechanisms = Mechanisms(of.topology, capabilities(of.topology, **overrides))
    return place(of, mechanisms, findings), findings


def realised(of: Model, **overrides: Mapping[str, object]) -> tuple[Realised, Findings]:
    placement, findings = placed(of, **overrides)
    return realise(placement), findings


def nodes_of(found: Realised, key: str) -> list[str]:
    """The primary paths of a demand, each as one text of its nodes."""
    return [" ".join(path.nodes) for path in found.demands[key].primary]


def in_state(found: Realised, key: str, state: str) -> list[str]:
    """The paths of a demand in a state: its own if it is named, else the primary ones."""
    for result in found.demands[key].states:
        if state in result.when:
            return [" ".join(path.nodes) for path in result.paths]
    return nodes_of(found, key)


def codes(findings: Findings) -> list[str]:
    return [item.code for item in findings.sorted()]
