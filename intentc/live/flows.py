"""From the demands of a manifest to probe flows between the hosts of a lab."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping

from intentc.lab.model import Host, Layout
from intentc.lab.probe import Flow
from intentc.manifest.model import DemandEntry, FlowEntry, Manifest
from intentc.values import frozen

_PROTOCOLS = ("udp", "tcp", "any")  # in the order of preference: a UDP probe is the cheapest
_SOURCE_PORT = 40_000
_DESTINATION_PORT = 50_000


@frozen
class Probe:
    """One measurable flow of a demand. `name` is unique: the demand's id, with the family where there are two."""

    name: str
    demand: DemandEntry
    intent: str
    traffic_class: str
    flow: Flow


@frozen
class Unmeasured:
    """A demand that no probe can stand for, and why."""

    demand: str
    reason: str


def probes(manifest: Manifest, layout: Layout) -> tuple[tuple[Probe, ...], tuple[Unmeasured, ...]]:
    """Return a probe per demand and address family, and the demands that have none with the reason."""
    hosts = {(host.router, str(prefix)): host for host in layout.hosts for prefix in host.prefixes}
    found: list[Probe] = []
    missing: list[Unmeasured] = []
    for intent in manifest.intents:
        for demand in intent.demands:
            made = list(_probes(demand, intent.name, intent.traffic_class or "", hosts, len(found)))
            found += made
            if not made:
                missing.append(
                    Unmeasured(demand.id, "its match has no flow that a UDP or TCP probe between lab hosts belongs to")
                )
    return tuple(found), tuple(missing)


def _probes(
    demand: DemandEntry, intent: str, traffic_class: str, hosts: Mapping[tuple[str, str], Host], index: int
) -> Iterator[Probe]:
    chosen = _one_per_family(demand.match, demand, hosts)
    for offset, flow in enumerate(chosen):
        name = demand.id if len(chosen) == 1 or flow.family == 4 else f"{demand.id} (IPv6)"
        yield Probe(name, demand, intent, traffic_class, _flow(name, flow, demand, hosts, index + offset))


def _one_per_family(
    flows: Iterable[FlowEntry], demand: DemandEntry, hosts: Mapping[tuple[str, str], Host]
) -> tuple[FlowEntry, ...]:
    usable = [
        flow
        for flow in flows
        if flow.protocol in _PROTOCOLS
        and (demand.source, flow.source) in hosts
        and (demand.destination, flow.destination) in hosts
    ]
    best: dict[int, FlowEntry] = {}
    for flow in sorted(usable, key=lambda flow: _PROTOCOLS.index(flow.protocol)):
        best.setdefault(flow.family, flow)
    return tuple(best[family] for family in sorted(best))


def _flow(name: str, flow: FlowEntry, demand: DemandEntry, hosts: Mapping[tuple[str, str], Host], index: int) -> Flow:
    source, destination = hosts[demand.source, flow.source], hosts[demand.destination, flow.destination]
    return Flow(
        name=name,
        source=source.name,
        destination=destination.name,
        source_address=_address(source, flow.source),
        destination_address=_address(destination, flow.destination),
        source_port=flow.source_ports[0] if flow.source_ports else _SOURCE_PORT + index,
        destination_port=flow.destination_ports[0] if flow.destination_ports else _DESTINATION_PORT + index,
        protocol="tcp" if flow.protocol == "tcp" else "udp",
        dscp=flow.dscp or 0,
    )


def _address(host: Host, prefix: str) -> str:
    network = ipaddress.ip_network(prefix)
    return next(str(address.ip) for address in host.addresses if address.ip in network)
