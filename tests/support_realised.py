"""Placed programs built by hand, for the tests of what comes after the placement.

The network is the diamond of `support_frr`: hosts 10.10.1.0/24 on r1, 10.10.2.0/24 on r4, the ports as real ones.
"""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from support_frr import H1, H1_6, H2, H2_6, INFRASTRUCTURE, MBPS, targets
from support_network import both, link, network, node

from intentc.diagnostics import Findings, Span
from intentc.realise.model import LatencyParts, LinkLoad, Path, Realised, RealisedDemand, SteeringRule
from intentc.render.targets import capabilities
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import (
    Candidate,
    Demand,
    Endpoint,
    FailoverRequirement,
    FailureState,
    Flow,
    Model,
    ResolvedIntent,
)
from intentc.topology.model import Attachment, LinkEnd

FLOW = Flow(4, H1, H2, "udp", None, (7000, 7000))
FLOW_6 = Flow(6, H1_6, H2_6, "udp", None, (7000, 7000))
NO_LATENCY = LatencyParts(0, 0, 0, "none")


def span(line, file="intents/x.intent"):
    return Span(file, line, 1, line, 10)


def attached(prefix, interface="eth1", trust="none"):
    return Attachment(ipaddress.ip_network(prefix), interface, trust, "default", span(90, "topology/net.yaml"))


def router(number, *attachments, **rest):
    usual = {
        "loopback": ipaddress.ip_interface(f"10.0.0.{number}/32"),
        "loopback6": ipaddress.ip_interface(f"fd00::{number}/128"),
        "release": "8.4",
    }
    return replace(node(f"r{number}", **{**usual, **rest}), attached=attachments)


def wire(name, one, other, *, mbps=100, **rest):
    (a, port_a), (b, port_b) = one.split(":"), other.split(":")
    ends = {"a": LinkEnd(a, port_a, None, None), "b": LinkEnd(b, port_b, None, None)}
    return replace(link(name, a, b, mbps=mbps), **{**ends, **rest})


def diamond(**changed):
    """Return the network; `changed` replaces nodes by name (`r2=…`) or is passed on (`bfd=…`)."""
    nodes = {
        "r1": router(1, attached(H1), attached(H1_6)),
        "r2": router(2),
        "r3": router(3),
        "r4": router(4, attached(H2), attached(H2_6)),
    }
    nodes |= {name: changed.pop(name) for name in list(changed) if name in nodes}
    links = [
        wire("L12", "r1:eth2", "r2:eth1"),
        wire("L13", "r1:eth3", "r3:eth1"),
        wire("L24", "r2:eth2", "r4:eth2"),
        wire("L34", "r3:eth2", "r4:eth3"),
    ]
    return network(list(nodes.values()), links, **changed)


def end(name, *prefixes):
    return Endpoint(name, name, prefixes or ({"r1": (H1, H1_6), "r4": (H2, H2_6)}.get(name, ())))


def candidate(source="r1", destination="r4", flows=(FLOW,), excepted=()):
    return Candidate(end(source), end(destination), tuple(flows), tuple(excepted))


def demand(key="voice/r1>r4", **rest):
    blank = Demand(
        key=key,
        intent=key.split("/")[0],
        direction="forward",
        reply_to=None,
        source_site="r1",
        destination_name="r4",
        candidates=(candidate(),),
        is_any_of=False,
        traffic_class="critical",
        rank=0,
        bound_ns=None,
        rtt_bound_ns=None,
        has_bandwidth=False,
        bandwidth_bps=0,
        pool=key,
        pool_bps=0,
        ceiling_bps=None,
        burst_bytes=15_000,
        exclusions=(),
        via=(),
        failover=None,
        otherwise="best-effort",
        precedence=1,
        span=span(1),
        clause_spans={"priority": span(2), "bandwidth": span(3), "via": span(4), "failover": span(5)},
    )
    return replace(blank, **rest)


def with_rate(rate, **rest):
    return {"has_bandwidth": True, "bandwidth_bps": rate, "pool_bps": rate, **rest}


def failover(**rest):
    state = FailureState("link:L13", frozenset(), frozenset({"L13"}))
    blank = FailoverRequirement(300_000_000, (state,), None, 0, 0, 60_000_000_000, span(5))
    return replace(blank, **rest)


def placed(asked, *, path=("r1", "L13", "r3", "L34", "r4"), steering=(), states=()):
    return RealisedDemand(
        demand=asked,
        id=asked.key,
        chosen=asked.candidates[0],
        mechanism="pbr" if steering else "igp",
        segments=(),
        primary=(Path(path[::2], path[1::2]),),
        latency=NO_LATENCY,
        steering=tuple(steering),
        alternatives=(),
        states=tuple(states),
        unprotected=(),
        protection=None,
        reason="",
    )


def steered(at="r1", ingress=None, waypoints=("r2",), *, closed=True):
    return SteeringRule(at, ingress, tuple(waypoints), closed)


def load(name, **by_class):
    """Return the load of a link: class -> Mbps towards b (a pair: towards b and towards a)."""
    pairs = {key: rate if isinstance(rate, tuple) else (rate, 0) for key, rate in by_class.items()}
    rates = {key: replace(both(0), ab=ab * MBPS, ba=ba * MBPS) for key, (ab, ba) in pairs.items()}
    total = replace(both(0), ab=sum(r.ab for r in rates.values()), ba=sum(r.ba for r in rates.values()))
    return LinkLoad(name, total, rates, total, ("", ""), rates)


def program(*items, topology=None, loads=(), isolations=(), intents=(), classes=BUILT_IN):
    """Return the placed program of these demands."""
    ordered = {item.demand.key: item for item in sorted(items, key=lambda item: item.demand.key)}
    model = Model(
        topology=topology or diamond(),
        classes=classes,
        intents=tuple(intents),
        demands={key: item.demand for key, item in ordered.items()},
        isolations=tuple(isolations),
        waivers=(),
        infrastructure=INFRASTRUCTURE,
    )
    return Realised(model, ordered, {item.link: item for item in loads}, (), 0)


def intent(name, telemetry=None):
    return ResolvedIntent(name, None, span(1), "critical", (), {}, telemetry, is_rejected=False, is_unsupported=False)


def abilities(topology):
    """Return what the devices can do, by the product's own targets."""
    findings = Findings()
    found = capabilities(topology, targets(), findings)
    assert not findings.items, findings.items
    return found
