"""The containerlab topology of a lab, and the script that gives its links their delay there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from intentc.lab.devices import device_lab, type_of
from intentc.lab.model import ExportOptions, Host, Layout
from intentc.lab.underlay import Underlay, has_bfd, ospf_links, underlay
from intentc.lab.yamltext import Value, yaml_text
from intentc.targetkit.model import Lab
from intentc.topology.model import Directional, Link, Node

_KEEP_RUNNING = (
    "sh -c \"trap '' CHLD; exec sleep infinity\""  # ignoring CHLD, the first process reaps what daemons leave
)
_SYSCTLS: dict[str, Value] = {
    "net.ipv4.conf.all.rp_filter": 0,
    "net.ipv4.conf.default.rp_filter": 0,
    "net.ipv4.conf.all.send_redirects": 0,
    "net.ipv4.conf.default.send_redirects": 0,
    "net.ipv4.icmp_ratelimit": 0,
    "net.ipv6.icmp.ratelimit": 0,
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
}
_ROUTER_SYSCTLS: dict[str, Value] = {
    "net.ipv4.ip_forward": 1,
    "net.ipv4.fib_multipath_hash_policy": 1,
    "net.ipv6.conf.all.forwarding": 1,
    "net.ipv6.conf.default.forwarding": 1,
    "net.ipv6.conf.all.keep_addr_on_down": 1,
    "net.ipv6.conf.default.keep_addr_on_down": 1,
    "net.ipv6.fib_multipath_hash_policy": 1,
}


Endpoints = Mapping[tuple[str, str], str]  # by node and port: what containerlab calls the port


def clab_topology(layout: Layout, name: str, options: ExportOptions, endpoints: Endpoints) -> str:
    """Return lab.clab.yml: FRR routers and hosts as `kind: linux` containers that need no privileges beyond three capabilities.

    They have no management network: the runner reaches them through their namespaces. Devices of vendors have containerlab's
    own, and start from their file. What containerlab does not know
    stands in the `vars` of a link (`id`, `delay-ms`, `jitter-ms`, `loss-ppm`, `over`) and in `labels`.
    """
    topology = layout.topology
    nodes: dict[str, Value] = {name: _node(underlay(layout, name), options) for name in topology.nodes}
    nodes |= {host.name: _host(host) for host in layout.hosts}
    return "# written by intentc lab export\n" + yaml_text(
        {
            "name": name,
            "mgmt": {"network": f"clab-{name}", "skip-when-unused": True},
            "topology": {
                "kinds": {"linux": _defaults(options)},
                "groups": {"router": {"sysctls": dict(_ROUTER_SYSCTLS)}},
                "nodes": nodes,
                "links": [
                    *(_link(link, endpoints) for link in topology.links.values()),
                    *(_access(host, endpoints) for host in layout.hosts),
                ],
            },
        }
    )


def impair_script(layout: Layout, name: str, endpoints: Endpoints) -> str:
    """Return impair.sh: containerlab keeps impairments out of its topology file, so they are set after `deploy`."""
    head = [
        "#!/bin/sh",
        "# Gives the links of a deployed lab their delay, jitter and loss; needs netem in the kernel and has to run again",
        "# after a node restarts. Netem is the root queueing discipline: queueing applied to a port takes its place.",
        "# Usage: impair.sh [LAB]",
        "set -eu",
        f"lab=${{1:-{name}}}",
    ]
    lines = [line for link in layout.topology.links.values() for line in _netem(link, endpoints)]
    return "\n".join([*head, *lines, ""])


def milliseconds(nanoseconds: int) -> Decimal:
    """Return a time in ms, exact and without trailing zeros."""
    return _trimmed(Decimal(nanoseconds) / 1_000_000)


def _trimmed(value: Decimal) -> Decimal:
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def _defaults(options: ExportOptions) -> dict[str, Value]:
    return {
        "image": options.image,
        "cmd": _KEEP_RUNNING,
        "privileged": False,
        "cap-add": ["NET_ADMIN", "NET_RAW", "SYS_ADMIN"],
        "network-mode": "none",
        "sysctls": dict(_SYSCTLS),
    }


def _node(router: Underlay, options: ExportOptions) -> dict[str, Value]:
    lab = device_lab(router.node, options)
    return _router(router) if lab is None else _device(router.node, lab, options)


def _device(node: Node, lab: Lab, options: ExportOptions) -> dict[str, Value]:
    """Return a node that runs as what it is."""
    own_type = type_of(node, lab)
    return {
        "kind": options.kinds.get(node.platform, lab.kinds[0]),
        **({"type": own_type} if own_type is not None else {}),
        "image": options.images[node.platform],
        "startup-config": f"routers/{node.name}/{lab.startup}",
        "labels": {"intentc-role": "device", "intentc-platform": node.platform},
    }


def _router(router: Underlay) -> dict[str, Value]:
    node, topology = router.node, router.topology
    loopbacks = [str(item.ip) for item in (node.loopback, node.loopback6) if item is not None]
    links = [link for link in topology.links_of[node.name] if has_bfd(link, topology)]
    labels = {
        "intentc-role": "router",
        "intentc-loopbacks": " ".join(loopbacks),
        "intentc-bfd-links": " ".join(link.id for link in links),
        **{f"intentc-ospf-links-{family}": " ".join(ospf_links(router, family)) for family in (4, 6)},
    }
    if node.management is not None:
        labels["intentc-management"] = f"{node.management.host} {node.management.port or 22}"
    return {
        "kind": "linux",
        "group": "router",
        "labels": {key: value for key, value in labels.items() if value},
        "binds": [
            f"routers/{node.name}/frr:/etc/frr",
            f"routers/{node.name}/sshd_config:/etc/ssh/sshd_config",
            "node/start.sh:/etc/lab/start.sh",
        ],
        "exec": ["sh /etc/lab/start.sh"],
    }


def _host(host: Host) -> dict[str, Value]:
    commands = [f"ip link set dev {host.interface} up gso_max_segs 1"]  # packets as small as on a wire
    commands += [f"ip address replace {address} dev {host.interface}" for address in host.addresses]
    first = {gateway.version: gateway.ip for gateway in reversed(host.gateways)}
    commands += [f"ip route replace default via {first[version]}" for version in sorted(first)]
    labels = {
        "intentc-role": "host",
        "intentc-router": host.router,
        "intentc-addresses": " ".join(str(address) for address in host.addresses),
    }
    return {"kind": "linux", "labels": labels, "exec": list(commands)}


def _link(link: Link, endpoints: Endpoints) -> dict[str, Value]:
    values: dict[str, Value] = {"id": link.id}
    delay = link.latency_ns
    if delay is not None and delay.ab == delay.ba:
        values["delay-ms"] = milliseconds(delay.ab)
    elif delay is not None:
        values |= {"delay-ab-ms": milliseconds(delay.ab), "delay-ba-ms": milliseconds(delay.ba)}
    if link.jitter_ns:
        values["jitter-ms"] = milliseconds(link.jitter_ns)
    if link.loss_ppb:
        values["loss-ppm"] = _trimmed(Decimal(link.loss_ppb) / 1000)
    if link.over:
        values["over"] = list(link.over)
    ends = [f"{end.node}:{endpoints[end.node, end.interface or '']}" for end in (link.a, link.b)]
    return {"endpoints": ends, "mtu": link.mtu, "vars": values}


def _access(host: Host, endpoints: Endpoints) -> dict[str, Value]:
    port = endpoints[host.router, host.router_interface]
    return {"endpoints": [f"{host.router}:{port}", f"{host.name}:{host.interface}"]}


def _netem(link: Link, endpoints: Endpoints) -> Iterator[str]:
    delays = link.latency_ns or Directional(0, 0)
    for end, delay in ((link.a, delays.ab), (link.b, delays.ba)):
        settings = [f"--delay {milliseconds(delay)}ms"] if delay else []
        settings += [f"--jitter {milliseconds(link.jitter_ns)}ms"] if link.jitter_ns else []
        settings += [f"--loss {Decimal(link.loss_ppb) / 10_000_000:f}"] if link.loss_ppb else []
        if settings:
            where = f'-n "clab-$lab-{end.node}" -i {endpoints[end.node, end.interface or ""]}'
            yield f"containerlab tools netem set {where} {' '.join(settings)}"
