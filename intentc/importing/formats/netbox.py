"""NetBox: lists of its REST API (`GET /api/dcim/devices/` and so on) as one JSON object; the room's README says how to get it."""

from __future__ import annotations

from ipaddress import ip_interface

from intentc.diagnostics import Span
from intentc.importing.desk import Desk, Record
from intentc.importing.documents import json_document
from intentc.importing.model import ImportedEnd, ImportedLink, ImportedNetwork, ImportedNode, ImportedSite, Options
from intentc.importing.netbox_api import BOOKKEEPING, objects, slug_of
from intentc.patterns import pattern
from intentc.topology.model import Directional
from intentc.values import field, mutable

_INTERFACE = "dcim.interface"
_LISTS = ("sites", "regions", "devices", "interfaces", "cables", "ip_addresses")
_BPS_PER_KBPS = 1000
_SPEED = pattern(r"([0-9]+(?:\.[0-9]+)?)(g?)base.*")  # of the type of an interface: 1000base-t, 10gbase-x-sfpp
_BPS = {"": 10**6, "g": 10**9}
_STATES = {"active": None, "planned": "planned", "staged": "planned", "connected": None}

_Pairs = dict[tuple[str, str], Span]


@mutable
class _Port:
    """An interface of a device; `addresses` have their prefix lengths."""

    node: str
    name: str
    rate_bps: int | None
    mtu: int | None
    is_management: bool
    addresses: list[str] = field(default_factory=list)


def read(desk: Desk, _: Options) -> ImportedNetwork | None:
    """Return devices, and the cables (and paths through patch panels) between two of their interfaces."""
    document = json_document(desk)
    if document is None:
        return None
    if document.node("devices") is None:
        desk.unreadable(f"the file holds no `devices`; the lists are {', '.join(_LISTS)}", desk.start)
        return None
    network = ImportedNetwork()
    for region in objects(document, "regions", desk):
        network.regions[region.text("slug", "name") or ""] = slug_of(region, "parent")
    for site in objects(document, "sites", desk):
        _read_site(site, network)
    names: dict[str, str] = {}
    for device in objects(document, "devices", desk):
        _read_device(device, names, network, desk)
    ports, pairs = _read_ports(document, names, desk)
    linked: set[str] = set()
    for (a, b), span in pairs.items():
        if a in ports and b in ports:
            network.links.append(_link(ports[a], ports[b], span))
            linked.update((a, b))
        else:
            desk.leave_out("cables to interfaces or devices that the file does not hold", span)
    for identity, port in ports.items():
        if identity not in linked and not port.is_management:
            _take_addresses(port, network.nodes[port.node])
    return network


def _read_ports(document: Record, names: dict[str, str], desk: Desk) -> tuple[dict[str, _Port], _Pairs]:
    """Return the interfaces by their ids, and which two of them are joined, with the place that says so."""
    ports: dict[str, _Port] = {}
    pairs: _Pairs = {}
    for interface in objects(document, "interfaces", desk):
        _read_interface(interface, names, ports, pairs)
    for cable in objects(document, "cables", desk):
        _read_cable(cable, pairs, desk)
    for address in objects(document, "ip_addresses", desk):
        _read_address(address, ports, desk)
    return ports, pairs


def _identity(record: Record, key: str) -> str | None:
    return slug_of(record, key, "id")


def _read_site(site: Record, network: ImportedNetwork) -> None:
    name, region = site.text("slug", "name") or "", slug_of(site, "region")
    latitude, longitude = site.text("latitude"), site.text("longitude")
    if region is not None:
        network.regions.setdefault(region, None)
    location = (latitude, longitude) if latitude is not None and longitude is not None else None
    network.sites[name] = ImportedSite(name, site.span, region, location)


def _read_device(device: Record, names: dict[str, str], network: ImportedNetwork, desk: Desk) -> None:
    identity, name = device.text("id") or "", device.text("name")
    if name is None or name in network.nodes:
        desk.refuse("a device has no name" if name is None else f"two devices are called `{name}`", device.span)
        return
    site, platform = slug_of(device, "site"), slug_of(device, "platform")
    if site is not None and site not in network.sites:
        network.sites[site] = ImportedSite(site, device.span)
    model = device.record("device_type", "`device_type` of devices")
    if model is not None:
        model.ignore(*BOOKKEEPING, "manufacturer")
    primary = slug_of(device, "primary_ip", "address") or slug_of(device, "primary_ip4", "address")
    status = slug_of(device, "status") or "active"
    if status not in _STATES:
        desk.leave_out(f"the status `{status}` of devices", device.span)
    names[identity] = name
    network.nodes[name] = ImportedNode(
        name,
        device.span,
        site=site,
        role=slug_of(device, "role") or slug_of(device, "device_role"),
        software=platform,
        chassis=None if model is None else model.text("model"),
        management=None if primary is None else primary.partition("/")[0],
        state=_STATES.get(status),
    )


def _read_interface(interface: Record, names: dict[str, str], ports: dict[str, _Port], pairs: _Pairs) -> None:
    identity, node = interface.text("id") or "", names.get(_identity(interface, "device") or "")
    kind, speed = slug_of(interface, "type", "value") or "", interface.scaled(_BPS_PER_KBPS, "speed")
    match = _SPEED.fullmatch(kind)
    if not speed and match is not None:
        speed = round(float(match[1]) * _BPS[match[2]])
    mtu, is_management = interface.integer("mtu"), interface.text("mgmt_only") == "true"
    if node is not None:
        ports[identity] = _Port(node, interface.text("name") or "", speed, mtu, is_management)
    interface.ignore(
        "cable", "cable_end", "link_peers", "link_peers_type", "connected_endpoints_reachable", "_occupied"
    )
    ends = interface.records("connected_endpoints", "`connected_endpoints` of interfaces")
    for end in ends:
        end.ignore_all()
    if interface.text("connected_endpoints_type") == _INTERFACE and len(ends) == 1:
        _join(identity, ends[0].text("id") or "", interface.span, pairs)


def _join(a: str, b: str, span: Span, pairs: _Pairs) -> None:
    if (b, a) not in pairs:
        pairs.setdefault((a, b), span)


def _read_cable(cable: Record, pairs: _Pairs, desk: Desk) -> None:
    """Take a cable from interface to interface; before NetBox 3.3 a cable had one termination per end."""
    ends = []
    for side in ("a", "b"):
        found = cable.records(f"{side}_terminations", "`terminations` of cables")
        for item in found:
            item.ignore("object")
        types = [item.text("object_type") for item in found] or [cable.text(f"termination_{side}_type")]
        identities = [item.text("object_id") for item in found] or [cable.text(f"termination_{side}_id")]
        ends.append((types, identities))
    (a_types, a), (b_types, b) = ends
    if a_types != [_INTERFACE] or b_types != [_INTERFACE]:
        desk.leave_out("cables that do not join two interfaces", cable.span)
    elif a[0] is not None and b[0] is not None:
        _join(a[0], b[0], cable.span, pairs)


def _read_address(address: Record, ports: dict[str, _Port], desk: Desk) -> None:
    owner, text = address.text("assigned_object_id"), address.text("address")
    kind = address.text("assigned_object_type")
    address.ignore("assigned_object", "family")
    if kind == _INTERFACE and text is not None and owner in ports and address.node("vrf") is None:
        ports[owner].addresses.append(text)
    else:
        desk.leave_out("addresses of no interface here, or in a VRF", address.span)


def _take_addresses(port: _Port, node: ImportedNode) -> None:
    """Addresses of an interface without a link: a host address is a loopback, else the prefix is attached there."""
    for text in port.addresses:
        try:
            address = ip_interface(text)
        except ValueError:
            node.attached.append((text, port.name))  # the loader says what is wrong with it
            continue
        if address.network.prefixlen < address.max_prefixlen:
            node.attached.append((str(address.network), port.name))
        elif address.version == 4:
            node.loopback = node.loopback or str(address)
        else:
            node.loopback6 = node.loopback6 or str(address)


def _link(a: _Port, b: _Port, span: Span) -> ImportedLink:
    rates = [rate for rate in (a.rate_bps, b.rate_bps) if rate]
    sizes = [mtu for mtu in (a.mtu, b.mtu) if mtu]
    made = ImportedLink(ImportedEnd(a.node, a.name), ImportedEnd(b.node, b.name), span)
    made.capacity_bps = Directional(min(rates), min(rates)) if rates else None
    made.mtu = min(sizes) if sizes else None
    made.addresses = (_address(a, is_ipv6=False), _address(b, is_ipv6=False))
    made.addresses6 = (_address(a, is_ipv6=True), _address(b, is_ipv6=True))
    return made


def _address(port: _Port, *, is_ipv6: bool) -> str | None:
    return next((text for text in port.addresses if (":" in text) is is_ipv6), None)
