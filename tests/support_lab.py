"""Topologies built by hand for the tests of the labs."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from intentc.diagnostics import Span
from intentc.lab.probe import Flow
from intentc.topology.model import Attachment, Bfd, Directional, Link, LinkEnd, Node, Routing, Topology

SPAN = Span("topology.yaml", 1, 1, 1, 2)


def routing(igp="isis", bfd_ms=None, multiplier=3):
    bfd = None if bfd_ms is None else Bfd(bfd_ms * 1000, multiplier)
    return Routing(igp, is_managed=False, bfd=bfd, span=SPAN)


def node(name, number=None, attached=(), *, has_ipv6=True, **changes):
    """Return an FRR router; `number` gives the loopbacks 10.255.0.N and fd00:255::N, `attached` are prefixes or Attachments."""
    made = Node(
        name=name,
        site=None,
        region=None,
        role=None,
        platform="frr",
        release=None,
        chassis=None,
        loopback=None if number is None else ipaddress.ip_interface(f"10.255.0.{number}/32"),
        loopback6=None if number is None or not has_ipv6 else ipaddress.ip_interface(f"fd00:255::{number:x}/128"),
        segment_routing=None,
        attached=tuple(attachment(item) for item in attached),
        management=None,
        bfd=None,
        transit=True,
        state="up",
        labels={},
        span=SPAN,
    )
    return replace(made, **changes)


def attachment(prefix, interface=None):
    if isinstance(prefix, Attachment):
        return prefix
    return Attachment(ipaddress.ip_network(prefix), interface, "none", "default", SPAN)


def link(a, b, *, delay_ms=0.0, metric=10, name=None, addresses=(None, None), addresses6=(None, None), **changes):
    """Return a link of 1 Gbps; an end is `node` or `node:interface`; a pair of delays or metrics is per direction."""
    made = Link(
        id=name or f"{a.partition(':')[0]}--{b.partition(':')[0]}",
        a=_end(a, addresses[0], addresses6[0]),
        b=_end(b, addresses[1], addresses6[1]),
        capacity_bps=Directional(10**9, 10**9),
        latency_ns=Directional(*(round(value * 1_000_000) for value in _pair(delay_ms))),
        is_latency_estimated=False,
        igp_metric=Directional(*_pair(metric)),
        mtu=1500,
        cost=Directional(0, 0),
        srlgs=(),
        provider=None,
        media=None,
        encryption=None,
        crosses=None,
        loss_ppb=None,
        jitter_ns=None,
        background_bps=Directional(0, 0),
        queue_bytes=None,
        state="up",
        upgrade=None,
        over=(),
        overhead_bytes=0,
        labels={},
        span=SPAN,
    )
    return replace(made, **changes)


def topology(nodes, links, *, name="test", igp="isis", bfd_ms=None):
    return Topology(
        name=name,
        regions={},
        routing=routing(igp, bfd_ms),
        collectors={},
        sites={},
        nodes={item.name: item for item in nodes},
        links={item.id: item for item in links},
    )


def diamond(*, igp="isis", bfd_ms=50, name="diamond"):
    """r1–{r2: 2+2 ms, metric 10 | r3: 5+5 ms, metric 20}–r4 with one dual-stack host port at r1, at r3 and at r4."""
    lan = {
        count: (attachment(f"10.10.{count}.0/24", "lan0"), attachment(f"2001:db8:a{count}::/64", "lan0"))
        for count in (1, 3, 4)
    }
    nodes = [node(f"r{number}", number, lan.get(number, ())) for number in (1, 2, 3, 4)]
    links = [
        link("r1", "r2", delay_ms=2),
        link("r1", "r3", delay_ms=5, metric=20),
        link("r2", "r4", delay_ms=2),
        link("r3", "r4", delay_ms=5, metric=20),
    ]
    return topology(nodes, links, igp=igp, bfd_ms=bfd_ms, name=name)


def flow(source, destination, *, version=4, **changes):
    """Return a flow between two hosts of the diamond, given by the numbers of their routers."""
    made = Flow(
        name=f"{source}>{destination}",
        source=f"r{source}-h1",
        destination=f"r{destination}-h1",
        source_address=f"10.10.{source}.10" if version == 4 else f"2001:db8:a{source}::10",
        destination_address=f"10.10.{destination}.10" if version == 4 else f"2001:db8:a{destination}::10",
        destination_port=5001,
        interval_us=2_000,
    )
    return replace(made, **changes)


def _end(text, address, address6):
    name, _, interface = text.partition(":")
    return LinkEnd(name, interface or None, _interface(address), _interface(address6))


def _interface(text):
    return None if text is None else ipaddress.ip_interface(text)


def _pair(value):
    return value if isinstance(value, tuple) else (value, value)
