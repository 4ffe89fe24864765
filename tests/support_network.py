"""Networks and realised programs built by hand, for tests of rooms that stand behind the placement."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import replace

from intentc.diagnostics import Span
from intentc.topology.model import (
    Attachment,
    Bfd,
    Directional,
    Link,
    LinkEnd,
    Node,
    Region,
    Routing,
    Site,
    Topology,
)

HERE = Span("topology/net.yaml", 1, 1, 1, 2)


def both(value: int) -> Directional:
    return Directional(value, value)


def attachment(prefix: str) -> Attachment:
    return Attachment(ipaddress.ip_network(prefix), None, "none", "default", HERE)


def node(
    name: str, *, site: str | None = None, region: str | None = None, attached: tuple[str, ...] = (), **rest
) -> Node:
    blank = Node(
        name=name,
        site=site,
        region=region,
        role=None,
        platform="frr",
        release=None,
        chassis=None,
        loopback=None,
        loopback6=None,
        segment_routing=None,
        attached=tuple(attachment(prefix) for prefix in attached),
        management=None,
        bfd=None,
        transit=True,
        state="up",
        labels={},
        span=HERE,
    )
    return replace(blank, **rest)


def link(name: str, a: str, b: str, *, ms: float = 1.0, mbps: int = 1000, metric: int = 10, **rest) -> Link:
    blank = Link(
        id=name,
        a=LinkEnd(a, None, None, None),
        b=LinkEnd(b, None, None, None),
        capacity_bps=both(mbps * 1_000_000),
        latency_ns=both(round(ms * 1_000_000)),
        is_latency_estimated=False,
        igp_metric=both(metric),
        mtu=1500,
        cost=both(0),
        srlgs=(),
        provider=None,
        media=None,
        encryption=None,
        crosses=None,
        loss_ppb=None,
        jitter_ns=None,
        background_bps=both(0),
        queue_bytes=None,
        state="up",
        upgrade=None,
        over=(),
        overhead_bytes=0,
        labels={},
        span=HERE,
    )
    return replace(blank, **rest)


def site(name: str, region: str | None, location: tuple[float, float] | None = None, **rest) -> Site:
    return replace(Site(name, region, None, location, {}, HERE), **rest)


def network(
    nodes: list[Node],
    links: list[Link],
    *,
    sites: list[Site] | None = None,
    regions: Mapping[str, str | None] | None = None,
    name: str = "acme",
    bfd: Bfd | None = None,
) -> Topology:
    known = {item.name: item for item in sites or []}
    located = [
        replace(item, region=known[item.site].region) if item.region is None and item.site in known else item
        for item in nodes
    ]
    return Topology(
        name=name,
        regions={key: Region(key, parent, HERE) for key, parent in sorted((regions or {}).items())},
        routing=Routing("isis", False, bfd, None),
        collectors={},
        sites=dict(sorted(known.items())),
        nodes={item.name: item for item in sorted(located, key=lambda item: item.name)},
        links={item.id: item for item in sorted(links, key=lambda item: item.id)},
        sources=(HERE.file,),
    )


def wan() -> Topology:
    """Ten routers in five cities and three regions, with a shared duct, a cable through a third country and a thin branch."""
    regions = {"eu": None, "de": "eu", "nl": "eu", "fr": "eu", "us": None, "uk": None}
    sites = [
        site("ber", "de", (52.52, 13.40), role="branch"),
        site("fra", "de", (50.11, 8.68), role="dc"),
        site("ams", "nl", (52.37, 4.90), role="dc"),
        site("par", "fr", (48.86, 2.35), role="branch"),
        site("lon", "uk", (51.51, -0.13), role="branch"),
        site("nyc", "us", (40.71, -74.01), role="dc"),
    ]
    nodes = [
        node("ber-br1", site="ber", attached=("10.1.0.0/24",)),
        node("ber-pe1", site="ber"),
        node("fra-pe1", site="fra"),
        node("fra-dc1", site="fra", attached=("10.20.0.0/24",)),
        node("ams-pe1", site="ams"),
        node("ams-dc1", site="ams", attached=("10.21.0.0/24",)),
        node("par-br1", site="par", attached=("10.2.0.0/24",)),
        node("lon-pe1", site="lon", attached=("10.3.0.0/24",)),
        node("nyc-pe1", site="nyc", platform="none"),
        node("nyc-dc1", site="nyc", attached=("10.40.0.0/24",)),
    ]
    links = [
        link("L1", "ber-br1", "ber-pe1", ms=0.2, mbps=1000),
        link("L2", "ber-pe1", "fra-pe1", ms=2.7, mbps=10_000, srlgs=("duct-7",), crosses=()),
        link("L3", "ber-pe1", "ams-pe1", ms=3.4, mbps=10_000, srlgs=("duct-9",), crosses=()),
        link("L4", "fra-pe1", "ams-pe1", ms=2.1, mbps=10_000, metric=12, srlgs=("duct-7",), crosses=()),
        link("L5", "fra-pe1", "fra-dc1", ms=0.1, mbps=10_000),
        link("L6", "ams-pe1", "ams-dc1", ms=0.1, mbps=10_000),
        link("L7", "fra-pe1", "par-br1", ms=2.6, mbps=1000, crosses=()),
        link("L8", "ams-pe1", "lon-pe1", ms=2.2, mbps=2500, crosses=()),
        link("L9", "par-br1", "lon-pe1", ms=1.9, mbps=1000, crosses=("uk",)),
        link("L10", "lon-pe1", "nyc-pe1", ms=34.0, mbps=2500),
        link("L11", "ams-pe1", "nyc-pe1", ms=38.0, mbps=2500),
        link("L12", "nyc-pe1", "nyc-dc1", ms=0.1, mbps=2500),
        link("ber-br1--ams-pe1", "ber-br1", "ams-pe1", ms=9.0, mbps=50, metric=100, media="lte", crosses=()),
    ]
    return network(nodes, links, sites=sites, regions=regions, name="acme-wan")
