"""A small compiled program, computed by hand: four routers in a diamond, one intent, and its manifest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from intentc.diagnostics import Findings, Source
from intentc.ir.model import DeviceConfig
from intentc.lab.numbering import number
from intentc.language import ast
from intentc.language.parser import parse
from intentc.manifest.digest import input_digest
from intentc.manifest.model import Generator, Manifest
from intentc.manifest.read import read_manifest
from intentc.manifest.write import Compiled, manifest_text
from intentc.realise.model import LatencyParts, LinkLoad, Path, Protection, Realised, RealisedDemand, StateResult
from intentc.render.model import Bundle, DeviceBundle, LineOrigin, RenderedFile
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
from intentc.topology.load import load
from intentc.topology.model import Directional, Topology

# a – b – d is the IGP's own way (1 ms links); a – c – d the detour (3 ms links, metric 20).
DIAMOND = """
name: diamond
regions: {eu: []}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites:
  sa: {region: eu}
  sd: {region: eu}
nodes:
  a: {site: sa, platform: frr, release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b: {region: eu, platform: frr, release: "8.4", loopback: 10.255.0.2/32}
  c: {region: eu, platform: frr, release: "8.4", loopback: 10.255.0.3/32}
  d: {site: sd, platform: frr, release: "8.4", loopback: 10.255.0.4/32, attached: [10.9.0.0/24]}
links:
  - {id: ab, a: a, b: b, capacity: 1Gbps, latency: 1ms}
  - {id: ac, a: a, b: c, capacity: 1Gbps, latency: 3ms, igp_metric: 20}
  - {id: bd, a: b, b: d, capacity: 1Gbps, latency: 1ms}
  - {id: cd, a: c, b: d, capacity: 1Gbps, latency: 3ms, igp_metric: 20}
"""

INTENT = """intent scoring "Card-fraud scoring" {
  from sa
  to sd
  priority high
  latency <= 10ms
  bandwidth 100Mbps per pair
  failover within 1s { survive any 1 link }
}
"""

TOPOLOGY_PATH, INTENT_PATH = "topology/net.yaml", "intents/scoring.intent"
TODAY = "2026-11-20"


@dataclass(frozen=True)
class Sample:
    """Everything that a proof needs."""

    files: tuple[ast.File, ...]
    topology: Topology
    manifest: Manifest
    text: str


def topology(text: str = DIAMOND) -> Topology:
    findings = Findings()
    loaded = load([Source(TOPOLOGY_PATH, text)], findings)
    assert loaded is not None
    numbered = number(loaded, findings)
    assert not findings.has_errors, findings.items
    return numbered


def files(text: str = INTENT) -> tuple[ast.File, ...]:
    findings = Findings()
    parsed = parse(Source(INTENT_PATH, text), findings)
    assert not findings.has_errors, findings.items
    return (parsed,)


@cache
def sample() -> Sample:
    text = written(compiled())
    return Sample(files(), topology(), read_manifest(text), text)


def written(result: Compiled) -> str:
    return manifest_text(result)


def compiled() -> Compiled:
    """Return what a compile of the diamond ends with; every figure was worked out on paper.

    One packet of 1500 bytes takes 12 µs at 1 Gbps. At the first hop class `high` waits for five of them (two, and three that
    the shaper of the default class lets pass) and for its burst, 1 Mbit, less its own packet: 1048 µs. At the second the
    packets come one after the other: 60 µs.
    """
    network = topology()
    demands = {item.demand.key: item for item in (_realised("forward"), _realised("reverse"))}
    intent = files()[0].declarations[0]
    assert isinstance(intent, ast.Intent)
    resolved = ResolvedIntent(
        name="scoring",
        title="Card-fraud scoring",
        span=intent.name.span,
        traffic_class="high",
        demands=tuple(sorted(demands)),
        labels={},
        telemetry=None,
        is_rejected=False,
        is_unsupported=False,
    )
    model = Model(network, {}, (resolved,), {key: item.demand for key, item in demands.items()}, (), (), ())
    return Compiled(
        project="diamond",
        model=model,
        realised=Realised(model, demands, _loads(), (), 100_000),
        bundle=_bundle(intent),
        findings=(),
        generator=Generator("0.1.0", 1, TODAY, {}),
        inputs={INTENT_PATH: input_digest(INTENT.encode()), TOPOLOGY_PATH: input_digest(DIAMOND.encode())},
    )


def _realised(direction: str) -> RealisedDemand:
    nodes, links = ("a", "b", "d"), ("ab", "bd")
    around, detour = ("a", "c", "d"), ("ac", "cd")
    if direction == "reverse":
        nodes, links, around, detour = nodes[::-1], links[::-1], around[::-1], detour[::-1]
    demand = _demand(direction)
    states = tuple(
        StateResult((f"link:{name}",), around[-1], (Path(around, detour),), LatencyParts(6000, 24, 1108, "proved"))
        for name in ("ab", "bd")
    )
    return RealisedDemand(
        demand=demand,
        id=demand.key,
        chosen=demand.candidates[0],
        mechanism="igp",
        segments=(),
        primary=(Path(nodes, links),),
        latency=LatencyParts(2000, 24, 1108, "proved"),
        steering=(),
        alternatives=(),
        states=states,
        unprotected=(),
        protection=Protection("bfd", 150, 100, "topology"),
        reason="the IGP's own path meets everything",
    )


def _demand(direction: str) -> Demand:
    ends = (Endpoint("sa", "a", ("10.1.0.0/24",)), Endpoint("sd", "d", ("10.9.0.0/24",)))
    flow = Flow(4, "10.1.0.0/24", "10.9.0.0/24")
    source, destination = ends if direction == "forward" else ends[::-1]
    key = "scoring/sa>sd" + ("" if direction == "forward" else "/reply")
    span = files()[0].declarations[0].span
    return Demand(
        key=key,
        intent="scoring",
        direction=direction,
        reply_to=None if direction == "forward" else "scoring/sa>sd",
        source_site=source.site,
        destination_name=destination.site,
        candidates=(Candidate(source, destination, (flow if direction == "forward" else flow.reversed(),), ()),),
        is_any_of=False,
        traffic_class="high",
        rank=1,
        bound_ns=10_000_000,
        rtt_bound_ns=None,
        has_bandwidth=True,
        bandwidth_bps=100_000_000,
        pool=key,
        pool_bps=100_000_000,
        ceiling_bps=None,
        burst_bytes=125_000,
        exclusions=(),
        via=(),
        failover=FailoverRequirement(
            within_ns=1_000_000_000,
            states=tuple(
                FailureState(f"link:{name}", frozenset(), frozenset({name})) for name in ("ab", "ac", "bd", "cd")
            ),
            bound_ns=10_000_000,
            bandwidth_bps=100_000_000,
            pool_bps=100_000_000,
            revert_ns=60_000_000_000,
            span=span,
        ),
        otherwise="best-effort",
        precedence=1,
        span=span,
        clause_spans={},
    )


def _loads() -> dict[str, LinkLoad]:
    full, none = Directional(100_000_000, 100_000_000), Directional(0, 0)
    primary = {name: LinkLoad(name, full, {"high": full}, full, ("", ""), {"high": full}) for name in ("ab", "bd")}
    detour = {name: LinkLoad(name, none, {}, full, ("link:ab", "link:ab"), {"high": full}) for name in ("ac", "cd")}
    return dict(sorted((primary | detour).items()))


def _bundle(intent: ast.Intent) -> Bundle:
    return Bundle(
        {
            name: DeviceBundle(
                node=name,
                target="frr",
                transport="ssh",
                config=DeviceConfig(name, "frr", "8.4"),
                files=(RenderedFile(f"{name}/itc.nft", "table inet itc\n"),),
                provenance=(LineOrigin(f"{name}/itc.nft", 1, ("scoring",), (intent.name.span,)),),
            )
            for name in ("a", "d")
        }
    )


def changed(result: Compiled, key: str, **fields: object) -> Compiled:
    """Return `result` with some fields of one realised demand replaced."""
    assert result.realised is not None
    demands = dict(result.realised.demands)
    demands[key] = replace(demands[key], **fields)
    return replace(result, realised=replace(result.realised, demands=demands))
