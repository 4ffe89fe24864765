"""From the topology and the project's credentials to devices."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from intentc.diagnostics import Diagnostic, Findings
from intentc.inventory.model import Device
from intentc.project.model import Credentials
from intentc.topology.model import Management, Node, Topology

SSH = "ssh"
PORTS = {SSH: 22, "netconf": 830}  # RFC 4253, RFC 6242


def devices_of(
    topology: Topology,
    credentials: Mapping[str, Credentials],
    findings: Findings,
    transports: Mapping[str, Sequence[str]] | None = None,
) -> Mapping[str, Device]:
    """Return the devices to configure, by node in sorted order; a node that cannot be reached as it stands is a finding.

    Nodes of platform `none` are nobody's to configure. `transports` says over what the devices of a platform can be configured
    (`ssh` where it says nothing); a node that asks for none is configured over the first.
    """
    found: dict[str, Device] = {}
    for name in sorted(topology.nodes):
        node = topology.nodes[name]
        if node.platform == "none" or node.state == "planned":
            continue
        if node.management is None:
            findings.add(_unmanaged(node))
            continue
        access = credentials.get(node.management.credentials)
        known = (transports or {}).get(node.platform, (SSH,))
        transport = node.management.transport or known[0]
        if access is None:
            findings.add(_no_credentials(node, node.management, credentials))
        elif transport not in known:
            findings.add(_no_transport(node, transport, known, topology))
        else:
            found[name] = _device(node, node.management, access, transport)
    return found


def _device(node: Node, management: Management, access: Credentials, transport: str) -> Device:
    return Device(
        node=node.name,
        host=management.host,
        port=management.port or PORTS.get(transport, PORTS[SSH]),
        username=access.username,
        key_file=access.key_file,
        known_hosts=access.known_hosts,
        host_key=management.host_key,
        is_agent_allowed=access.is_agent_allowed,
        platform=node.platform,
        transport=transport,
        password=access.password,
        allow_weak=access.allow_weak,
    )


def _no_transport(node: Node, asked: str, known: Sequence[str], topology: Topology) -> Diagnostic:
    words = " or ".join(f"`{transport}`" for transport in known)
    return Diagnostic(
        "E0397",
        f"`{node.name}` is not configured over `{asked}`: `{node.platform}` takes its configuration over {words}",
        topology.span_of("node", node.name, "management.transport"),
        node=node.name,
        help=(f"write `transport: {known[0]}`, or leave it out",),
    )


def _unmanaged(node: Node) -> Diagnostic:
    return Diagnostic(
        "E0395",
        f"nothing says how `{node.name}` is reached",
        node.span,
        node=node.name,
        help=("give it `management: {host: …}`, or write `platform: none` if nobody configures it",),
    )


def _no_credentials(node: Node, management: Management, credentials: Mapping[str, Credentials]) -> Diagnostic:
    near = difflib.get_close_matches(management.credentials, sorted(credentials), n=1)
    table = f"[credentials.{management.credentials}]"
    hints = tuple(f"did you mean `{name}`?" for name in near) or (f"write a table `{table}` into intentc.toml",)
    message = f"there are no credentials `{management.credentials}` for `{node.name}`"
    return Diagnostic("E0396", message, management.span, node=node.name, help=hints)
