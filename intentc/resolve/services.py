from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Refusal, Selection, worst
from intentc.language import ast
from intentc.resolve.model import ServiceFacts
from intentc.resolve.prefixes import Network, meet, network, text_of
from intentc.values import frozen

if TYPE_CHECKING:
    from intentc.diagnostics import Span
    from intentc.resolve.scope import ProgramScope
    from intentc.topology.model import Topology

PortSet = tuple[str, tuple[int, int] | None]  # protocol, and an inclusive range of ports or all of them
ANY_PORT: tuple[PortSet, ...] = (("any", None),)


@frozen
class Service:
    """A service as the network offers it: per serving node the prefixes of the service that hang on it, and its ports."""

    name: str
    served: Mapping[str, tuple[Network, ...]]
    ports: tuple[PortSet, ...]
    capacity_bps: int | None = None
    is_per_host: bool = False
    health_port: int | None = None

    @property
    def selection(self) -> Selection:
        """Return the serving nodes as a set."""
        return Selection(dict.fromkeys(self.served, frozenset({self.name})))


def read_service(service: ast.Service, scope: ProgramScope) -> Service | Refusal:
    """Return a service with its hosts; what is missing or unattached is a finding."""
    hosts = _hosts(service, scope)
    prefixes = [scope.prefix(prefix) for prefix in service.prefixes]
    ranges = [scope.ports(ports) for ports in service.ports]
    capacity, health = _read_capacity(service, scope), _read_health(service, scope)
    refusal = worst(hosts, *prefixes, *ranges, capacity, health)
    if isinstance(hosts, Refusal) or isinstance(capacity, Refusal) or isinstance(health, Refusal) or refusal:
        return refusal or Refusal.BROKEN
    wanted = [network(text) for text in prefixes if isinstance(text, str)]
    served = {node: found for node in sorted(hosts.nodes) if (found := _served(wanted, scope.ground.attached[node]))}
    refusal = worst(_refuse_idle_hosts(service, hosts, served, scope), _refuse_wide_health(service, served, scope))
    ports = tuple(
        (ports.protocol, found)
        for ports, found in zip(service.ports, ranges, strict=True)
        if not isinstance(found, Refusal)
    )
    is_per_host = service.capacity is not None and service.capacity.is_per_host
    return refusal or Service(service.name.text, served, ports or ANY_PORT, capacity, is_per_host, health)


def _hosts(service: ast.Service, scope: ProgramScope) -> Selection | Refusal:
    if service.at is None:
        return scope.report(
            "E0215",
            f"service `{service.name.text}` has no hosts",
            service.name.span,
            help=("say where it runs with `at SET`",),
        )
    return scope.select(service.at)


def _served(wanted: Sequence[Network], attached: Sequence[Network]) -> tuple[Network, ...]:
    """Return what of a service's prefixes hangs on a node; a service without prefixes is all that does."""
    if not wanted:
        return tuple(attached)
    shared = (meet(one, other) for one in wanted for other in attached)
    return tuple(sorted({found for found in shared if found is not None}))


def _refuse_idle_hosts(
    service: ast.Service, hosts: Selection, served: Mapping[str, object], scope: ProgramScope
) -> Refusal | None:
    """Report the hosts (a site is one) with nothing of the service attached."""
    by_host: dict[str, list[str]] = {}
    for node in sorted(hosts.nodes):
        by_host.setdefault(scope.topology.nodes[node].site or node, []).append(node)
    idle = [host for host, nodes in by_host.items() if not any(node in served for node in nodes)]
    if not idle:
        return None
    prefixes = ", ".join(text_of(network(prefix.text)) for prefix in service.prefixes) or "any prefix"
    span = service.at.span if service.at is not None else service.name.span
    return scope.report(
        "E0215",
        f"host {', '.join(f'`{host}`' for host in idle)} has nothing of `{service.name.text}` attached ({prefixes})",
        span,
        help=("attach one of the service's prefixes to a node of the host in the topology, or leave the host out",),
    )


def _refuse_wide_health(
    service: ast.Service, served: Mapping[str, Sequence[Network]], scope: ProgramScope
) -> Refusal | None:
    """Refuse to ask for the health of what is no single address."""
    wide = next((one for own in served.values() for one in own if one.low < one.high), None)
    if service.health is None or wide is None:
        return None
    return scope.report(
        "E0239",
        f"`{text_of(wide)}` is no single address to ask whether `{service.name.text}` lives",
        service.health.span,
        help=("give the service prefixes of one address each (`/32`, `/128`)",),
    )


def _read_capacity(service: ast.Service, scope: ProgramScope) -> int | Refusal | None:
    return None if service.capacity is None else scope.quantity(service.capacity.rate, ast.Unit.RATE, "capacity")


def _read_health(service: ast.Service, scope: ProgramScope) -> int | Refusal | None:
    """Return the TCP port that answers as long as a replica lives."""
    if service.health is None:
        return None
    found = scope.ports(service.health)  # the parser has seen to it that it is one
    return found if isinstance(found, Refusal) or found is None else found[0]


def facts_of(service: Service, topology: Topology, span: Span) -> ServiceFacts | None:
    """Return what placement and devices have to know of a service; None where that is its name alone."""
    if service.capacity_bps is None and service.health_port is None:
        return None
    return ServiceFacts(
        service.name,
        {node: topology.nodes[node].site or node for node in service.served},
        {node: tuple(text_of(prefix) for prefix in prefixes) for node, prefixes in service.served.items()},
        service.capacity_bps,
        service.is_per_host,
        service.health_port,
        span,
    )
