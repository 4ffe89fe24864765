"""The fields `addresses` and `addresses6` of a link: one address per end, in one prefix."""

from __future__ import annotations

from intentc.topology.fields import Fields
from intentc.topology.model import IPInterface
from intentc.topology.scalars import is_null
from intentc.topology.tree import Node, Scalar
from intentc.topology.values import read_address

Pair = tuple[IPInterface | None, IPInterface | None]
_EXAMPLE = {4: "as in `[10.0.0.0/31, 10.0.0.1/31]`", 6: "as in `[2001:db8::/127, 2001:db8::1/127]`"}
_POINT_TO_POINT = {4: 31, 6: 127}  # RFC 3021, RFC 6164: from here on, both addresses of the prefix are hosts


def read_addresses(name: str, version: int, link: str, fields: Fields) -> Pair:
    """Return the addresses of end a and end b; `null` leaves one of them open."""
    items = fields.items(name)
    if items is None:
        return None, None
    if len(items) != 2:
        fields.refuse("E0305", f"`{name}` must be one address per end", fields.span(name), _EXAMPLE[version])
        return None, None
    a, b = (_read_end(name, version, item, fields) for item in items)
    if a is not None and b is not None:
        _match(link, (a, b), items, fields)
    return a, b


def _read_end(name: str, version: int, item: Node, fields: Fields) -> IPInterface | None:
    if isinstance(item, Scalar) and is_null(item):
        return None
    if isinstance(item, Scalar) and "/" not in item.text:
        fields.refuse("E0309", f"`{item.text}` has no prefix length", item.span, _EXAMPLE[version])
        return None
    address = fields.value(name, "one address per end", item, lambda scalar: read_address(scalar, version))
    if address is not None and _is_no_host(address):
        message = f"`{address}` is not an address that a host can have"
        fields.refuse("E0309", message, item.span, f"take one between the first and the last of `{address.network}`")
        return None
    return address


def _is_no_host(address: IPInterface) -> bool:
    """Return whether it is the network or broadcast address of an IPv4 prefix that has such."""
    network = address.network
    if network.version == 6 or network.prefixlen >= _POINT_TO_POINT[4]:
        return False
    return address.ip in (network.network_address, network.broadcast_address)


def _match(link: str, pair: tuple[IPInterface, IPInterface], items: tuple[Node, ...], fields: Fields) -> None:
    a, b = pair
    is_one = int(a) == int(b)  # of one version; `ip` makes an address each time that it is asked for
    if not is_one and a.network == b.network:
        return
    if is_one:
        fields.refuse(
            "E0328", f"both ends of link `{link}` have the address `{a.ip}`", items[1].span, "change one of them"
        )
        return
    message = f"the ends of link `{link}` are not in one prefix: `{a}` is in `{a.network}`, `{b}` in `{b.network}`"
    fields.refuse("E0329", message, items[1].span, _partner(a))


def _partner(a: IPInterface) -> str:
    """Return a help line that names the other end's address, or the prefix that it has to be in."""
    network = a.network
    if network.prefixlen == _POINT_TO_POINT[network.version]:
        other = network[1] if a.ip == network[0] else network[0]
        return f"the other end of `{a}` is `{other}/{network.prefixlen}`"
    return "give both ends an address of one prefix, with the same length"
