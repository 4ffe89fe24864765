"""Small networks and device configurations for the order of a change: one letter per router, `ab` the link from a to b."""

from __future__ import annotations

import ipaddress
from dataclasses import replace

from support_network import HERE, attachment, link, network, node

from intentc.ir.model import (
    BfdReflector,
    DeviceConfig,
    EdgePort,
    FenceRule,
    IsolationRule,
    MarkRule,
    Origin,
    PolicySteerRule,
    PortQueueing,
    Queue,
    SrCandidate,
    SrPolicy,
    SrSegment,
    SteerRule,
)
from intentc.ir.order import in_order
from intentc.resolve.model import Flow
from intentc.topology.model import LinkEnd, SegmentRouting

HOSTS = {"a": "10.1.0.0/16", "z": "10.9.0.0/16", "y": "10.8.0.0/16"}


def flow(source="a", destination="z", port=None, dscp=None):
    ports = None if port is None else (port, port)
    return Flow(4, HOSTS[source], HOSTS[destination], "any" if port is None else "tcp", None, ports, dscp)


def origin(intent="one"):
    return Origin((intent,), (HERE,))


def net(text, *, platforms=None):
    """Return the topology of `ab:ms/metric` words (both may be left out: 1 ms, metric 10); hosts hang on a, y and z."""
    links, names = [], set()
    for word in text.split():
        ends, _, figures = word.partition(":")
        ms, _, metric = figures.partition("/")
        one, other = ends
        names |= {one, other}
        made = link(ends, one, other, ms=float(ms or 1), metric=int(metric or 10))
        links.append(replace(made, a=end(one, other), b=end(other, one)))
    nodes = [
        node(
            name,
            attached=(HOSTS[name],) if name in HOSTS else (),
            platform=(platforms or {}).get(name, "frr"),
            loopback=ipaddress.ip_interface(f"10.0.0.{ord(name)}/32"),
            segment_routing=SegmentRouting(ord(name), (16000, 23999), 5),
        )
        for name in sorted(names)
    ]
    nodes = [replace(one, attached=tuple(replace(x, interface="lan") for x in one.attached)) for one in nodes]
    assert attachment
    return network(nodes, links)


def end(name, other):
    return LinkEnd(name, f"to-{other}", None, None)


def mark(intent="one", *, source="a", destination="z", port=None, name="gold", dscp=34):
    return MarkRule(1, flow(source, destination, port), (), ("lan",), name, dscp, None, f"m-{intent}", origin(intent))


def steer(waypoint, *, by="lan", intent="one", closed=True, **which):
    return SteerRule(1, flow(**which), (), (by,), tuple(waypoint), closed, origin(intent))


def fence(*ports, intent="one", **which):
    return FenceRule(flow(**which), (), tuple(f"to-{port}" for port in ports), "avoid", f"f-{intent}", origin(intent))


def isolate(source_allowed=(), *, node_prefix="z", direction="to"):
    return IsolationRule(HOSTS[node_prefix], ("lan",), direction, tuple(source_allowed), "iso", origin("walls"))


def queues(port, *classes):
    """Return the queues of a port: `gold=34` words."""
    made = []
    for word in (*classes, "default=0"):
        name, _, dscp = word.partition("=")
        made.append(Queue(name, (int(dscp),), "weight", 10**6, 10**7, 1, 15_000, is_ecn=False))
    return PortQueueing(f"to-{port}", f"L-{port}", 10**7, 1500, tuple(sorted(made)), origin())


def policy(name, end_point, *nodes, closed=True):
    segments = tuple(SrSegment(item, None, 16000 + ord(item)) for item in nodes)
    return SrPolicy(name, 7, end_point, (SrCandidate(100, segments),), closed, ord(end_point), 50_000, 3, origin())


def ride(name, *, intent="one", **which):
    return PolicySteerRule(1, flow(**which), (), ("lan",), name, origin(intent))


def reflector(node_name):
    return BfdReflector(ord(node_name), origin())


def device(name, **features):
    """Return the configuration of a router: `edges` are those of its hosts, if it has any."""
    edges = {"edges": (EdgePort("lan", "none", (HOSTS[name],)),)} if name in HOSTS else {}
    return DeviceConfig(name, "frr", "8.4", **edges, **{key: in_order(items) for key, items in features.items()})


def fleet(*devices):
    return {item.node: item for item in devices}


def crossing():
    """Two intents over the same two routers p and q, which need them to change in opposite orders."""
    topology = net("ap aq:1/50 ps:1/10 pt:4/40 sq:1/10 tq:4/40 qu:1/10 qv:4/40 uz:1/10 vz:1/50")
    one, two = {"port": 1, "intent": "one"}, {"port": 2, "intent": "two"}

    def network(p_one, q_one, p_two, q_two):
        marks = [mark(**one), mark(**two)]
        return fleet(
            device("a", marking=marks),
            device("p", steering=[steer(p_one, by="to-a", **one), steer(p_two, by="to-a", **two)]),
            device(
                "q",
                steering=[
                    steer(way, by=by, **which) for by in ("to-s", "to-t") for way, which in ((q_one, one), (q_two, two))
                ],
            ),
        )

    # Fast s then slow v, or slow t then fast u, are within the promise; slow t then slow v is not.
    return topology, network("s", "v", "t", "u"), network("t", "u", "s", "v")


def many(count):
    """Return routers at the edge of a star that all get an intent to z, by one of two carriers: the topology and the configurations."""
    names = [f"e{number}" for number in range(count)]
    prefix = {name: f"10.{100 + number // 250}.{number % 250}.0/24" for number, name in enumerate(names)} | {
        "z": HOSTS["z"]
    }
    pairs = [*((name, carrier) for name in names for carrier in "cd"), ("c", "z"), ("d", "z")]
    links = [
        replace(
            link(f"{one}-{other}", one, other, metric=10 if "c" in {one, other} else 20),
            a=end(one, other),
            b=end(other, one),
        )
        for one, other in pairs
    ]
    nodes = [
        node(
            name,
            attached=(prefix[name],) if name in prefix else (),
            loopback=ipaddress.ip_interface(f"10.0.{number // 250}.{number % 250 + 1}/32"),
        )
        for number, name in enumerate([*names, "c", "d", "z"])
    ]
    nodes = [replace(one, attached=tuple(replace(x, interface="lan") for x in one.attached)) for one in nodes]
    flows = {name: Flow(4, prefix[name], HOSTS["z"], "tcp", None, (443, 443), None) for name in names}
    new = {
        name: DeviceConfig(
            name,
            "frr",
            "8.4",
            edges=(EdgePort("lan", "none", (prefix[name],)),),
            marking=(MarkRule(1, flows[name], (), ("lan",), "gold", 34, None, "m", origin()),),
            steering=(SteerRule(1, flows[name], (), ("lan",), ("d",), True, origin()),),
            queueing=(queues("d", "gold=34"),),
        )
        for name in names
    }
    new["d"] = device("d", queueing=[queues("z", "gold=34")])
    return network(nodes, links), new
