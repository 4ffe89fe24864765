"""Words of the models that have more than one spelling, as kinds of values: what a device prints back need not be what it was given."""

from __future__ import annotations

import ipaddress
import re

from intentc.targetkit.kit import Kind

# identities of modules other than the one around them: prefix -> where it is declared
PREFIXES = {
    "oc-icmpv6-types": "http://openconfig.net/yang/openconfig-icmpv6-types",
    "oc-loc-rt": "http://openconfig.net/yang/local-routing",
    "oc-ni-types": "http://openconfig.net/yang/network-instance-types",
    "oc-pol-types": "http://openconfig.net/yang/policy-types",
    "oc-qos-types": "http://openconfig.net/yang/qos-types",
    "oc-tel-types": "http://openconfig.net/yang/telemetry-types",
}
_PORTS = re.compile(r"(?:([0-9]{1,5})\.\.)?([0-9]{1,5})", re.ASCII)
_PROTOCOLS = {"IP_TCP": 6, "IP_UDP": 17, "IP_ICMP": 1}
_DROP = "DROP"


def identity(prefix: str) -> Kind:
    """Return the kind of identities of a module; they are read by their names alone, as prefixes differ."""
    return Kind(lambda name: f"{prefix}:{name}" if prefix else str(name), _name)


def _name(text: str) -> str:
    return text.rpartition(":")[2]


def _protocol(text: str) -> int:
    return _PROTOCOLS[_name(text)] if _name(text) in _PROTOCOLS else int(text)


def _write_ports(ports: tuple[int, int]) -> str:
    return str(ports[0]) if len(set(ports)) == 1 else "..".join(map(str, ports))


def _read_ports(text: str) -> tuple[int, int]:
    found = _PORTS.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return int(found[1] or found[2]), int(found[2])


def _next_hop(text: str) -> str:
    return _DROP if _name(text) == _DROP else str(ipaddress.ip_address(text))


PREFIX = Kind(str, lambda text: str(ipaddress.ip_network(text)))
ADDRESS = Kind(str, lambda text: str(ipaddress.ip_address(text)))
PROTOCOL = Kind(str, _protocol)
PORTS = Kind(_write_ports, _read_ports)
NEXT_HOP = Kind(lambda text: f"oc-loc-rt:{text}" if text == _DROP else str(text), _next_hop)
