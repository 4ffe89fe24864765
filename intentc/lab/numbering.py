"""Names for ports and addresses for links that the topology leaves open: the same ones in every lab and every compile."""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain

from intentc.diagnostics import Findings, Span
from intentc.patterns import pattern
from intentc.targetkit.model import Lab
from intentc.topology.model import Attachment, IPAddress, IPInterface, IPNetwork, Link, LinkEnd, Node, Topology
from intentc.values import replace

LINKS4 = ipaddress.IPv4Network("100.64.0.0/10")  # shared address space (RFC 6598); one /31 (RFC 3021) per link
LINKS6 = ipaddress.IPv6Network("fd00:100:64::/48")  # unique local (RFC 4193); one /127 (RFC 6164) per link
_LIMITED = "frr"  # the platform on which interfaces have the names that Linux gives them
_LINUX_NAME = pattern(r"[A-Za-z][A-Za-z0-9_.-]{0,14}")  # IFNAMSIZ is 16 bytes with the closing zero

NO_LABS: Mapping[str, Lab] = {}
_LINUX = Lab()

_Ends = dict[tuple[str, str], LinkEnd]  # (link id, "a" or "b") -> end


def number(topology: Topology, findings: Findings, labs: Mapping[str, Lab] = NO_LABS) -> Topology:
    """Return the topology with every interface named and every link addressed; what is written stays as it is.

    - On each node the link ends without an interface are `eth1`, `eth2`, …, or what `labs` says that ports of its platform
      are called, in the order of the links, then the attached prefixes without one in the order of `attached`; names that
      the node already uses are left out. The first IPv4 and
      the first IPv6 prefix without an interface share a port, so do the second ones, and so on, if they are trusted alike.
    - A link without addresses gets the next free /31 of 100.64.0.0/10 and, if the network has any IPv6, the next free
      /127 of fd00:100:64::/48, in the order of the links; end a has the lower address. A range that overlaps anything
      written in the topology is left out. With one end written the other gets the other address of its prefix.

    Findings: E0390 (no address left for a link end), E0391 (an FRR node's interface name that Linux cannot have).
    """
    is_whole = _is_whole(topology)
    if is_whole and not any(node.platform == _LIMITED for node in topology.nodes.values()):
        return topology
    names = _written_names(topology)
    for node, places in names.items():
        _refuse_names(topology.nodes[node], places, findings)
    if is_whole:
        return topology
    pools = {node: free_names(places, labs.get(topology.nodes[node].platform)) for node, places in names.items()}
    ends = _name_ends(topology, pools)
    nodes = {name: _name_attachments(node, pools[name]) for name, node in topology.nodes.items()}
    for version in _versions(topology):
        _address(topology, version, ends, findings)
    links = {key: _with_ends(link, ends[key, "a"], ends[key, "b"]) for key, link in topology.links.items()}
    return replace(topology, nodes=nodes, links=links)


def number_unmanaged(topology: Topology, findings: Findings, labs: Mapping[str, Lab] = NO_LABS) -> Topology:
    """Return what `number` does, but with the nodes that have a `management` address left as they are written.

    Those are real devices: their ports and addresses exist and nobody may guess them.
    """
    numbered = number(topology, findings, labs)
    if numbered is topology:
        return topology
    real = {name for name, node in topology.nodes.items() if node.management is not None}
    nodes = {name: topology.nodes[name] if name in real else node for name, node in numbered.nodes.items()}
    links = {
        key: _with_ends(
            link,
            topology.links[key].a if link.a.node in real else link.a,
            topology.links[key].b if link.b.node in real else link.b,
        )
        for key, link in numbered.links.items()
    }
    return replace(topology, nodes=nodes, links=links)


def _with_ends(link: Link, a: LinkEnd, b: LinkEnd) -> Link:
    return link if a is link.a and b is link.b else replace(link, a=a, b=b)


def is_linux_name(name: str) -> bool:
    """Return whether Linux can have an interface of this name (at most 15 characters)."""
    return _LINUX_NAME.fullmatch(name) is not None


def free_names(taken: Iterable[str], lab: Lab | None = None) -> Iterator[str]:
    """Yield `eth1`, `eth2`, …, or the names of ports in a lab of that kind, without the names in `taken`."""
    series = lab if lab is not None and lab.startup is not None else _LINUX
    used = frozenset(name.removesuffix(series.unit) for name in taken)
    count = series.first
    while True:
        name = series.port.format(count)
        if name not in used:
            yield name
        count += 1


def _is_whole(topology: Topology) -> bool:
    """Return whether every interface has its name and every link its addresses, as in the network of real devices."""
    ends = [end for link in topology.links.values() for end in (link.a, link.b)]
    attached = [item for node in topology.nodes.values() for item in node.attached]
    if None in chain((end.interface for end in ends), (item.interface for item in attached)):
        return False
    nodes = topology.nodes.values()
    versions = {item.prefix.version for item in attached}
    has_old = 4 in versions or any(end.address is not None for end in ends) or any(node.loopback for node in nodes)
    has_new = 6 in versions or any(end.address6 is not None for end in ends) or any(node.loopback6 for node in nodes)
    if has_new and not all(end.address6 is not None for end in ends):
        return False
    return (has_new and not has_old) or all(end.address is not None for end in ends)


def _written_names(topology: Topology) -> dict[str, dict[str, Span]]:
    """Return, per node, the interfaces that the topology names, each with the place that names it."""
    found: dict[str, dict[str, Span]] = {name: {} for name in topology.nodes}
    for link in topology.links.values():
        for end in (link.a, link.b):
            if end.interface is not None:
                found[end.node].setdefault(end.interface, link.span)
    for node in topology.nodes.values():
        for attachment in node.attached:
            if attachment.interface is not None:
                found[node.name].setdefault(attachment.interface, attachment.span)
    return found


def _name_ends(topology: Topology, names: Mapping[str, Iterator[str]]) -> _Ends:
    ends: _Ends = {}
    for link in topology.links.values():
        for side, end in (("a", link.a), ("b", link.b)):
            is_named = end.interface is not None
            ends[link.id, side] = end if is_named else replace(end, interface=next(names[end.node]))
    return ends


def _name_attachments(node: Node, names: Iterator[str]) -> Node:
    counts: Counter[tuple[str, str, int]] = Counter()
    ports: dict[tuple[str, str, int], str] = {}
    attached: list[Attachment] = []
    for item in node.attached:
        if item.interface is not None:
            attached.append(item)
            continue
        counts[item.trust, item.vrf, item.prefix.version] += 1
        place = (item.trust, item.vrf, counts[item.trust, item.vrf, item.prefix.version])
        if place not in ports:
            ports[place] = next(names)
        attached.append(replace(item, interface=ports[place]))
    is_same = all(item is before for item, before in zip(attached, node.attached, strict=True))
    return node if is_same else replace(node, attached=tuple(attached))


def _versions(topology: Topology) -> tuple[int, ...]:
    """Return the IP versions of the network; a network without any address is IPv4."""
    versions = {network.version for network in _written_networks(topology)}
    return tuple(sorted(versions)) or (4,)


def _written_networks(topology: Topology) -> tuple[IPNetwork, ...]:
    found: list[IPNetwork] = []
    for node in topology.nodes.values():
        found += [address.network for address in (node.loopback, node.loopback6) if address is not None]
        found += [attachment.prefix for attachment in node.attached]
    for link in topology.links.values():
        for end in (link.a, link.b):
            found += [address.network for address in (end.address, end.address6) if address is not None]
    return tuple(found)


def _address(topology: Topology, version: int, ends: _Ends, findings: Findings) -> None:
    pool = _pool(version, _written_networks(topology))
    for link in topology.links.values():
        a, b = _address_of(ends[link.id, "a"], version), _address_of(ends[link.id, "b"], version)
        if a is None and b is None:
            a, b = next(pool, (None, None))
        elif a is None and b is not None:
            a = _other(b)
        elif b is None and a is not None:
            b = _other(a)
        if a is None or b is None:
            _refuse_link(link, version, findings)
            continue
        ends[link.id, "a"] = _with_address(ends[link.id, "a"], a)
        ends[link.id, "b"] = _with_address(ends[link.id, "b"], b)


def _pool(version: int, written: Iterable[IPNetwork]) -> Iterator[tuple[IPInterface, IPInterface]]:
    """Yield the free pairs of the version's range, lowest first."""
    whole: IPNetwork = LINKS4 if version == 4 else LINKS6
    inside = (net for net in written if net.version == version and net.overlaps(whole))
    busy = deque(sorted({(int(net[0]), int(net[-1])) for net in inside}))
    low, last, length = int(whole[0]), int(whole[-1]), whole.max_prefixlen - 1
    while low < last:
        while busy and busy[0][1] < low:
            busy.popleft()
        if busy and busy[0][0] <= low + 1:
            low = busy[0][1] + 1
            low += low % 2
            continue
        a, b = whole[low - int(whole[0])], whole[low + 1 - int(whole[0])]
        yield _interface(a, length), _interface(b, length)
        low += 2


def _interface(address: IPAddress, length: int) -> IPInterface:
    return ipaddress.ip_interface(f"{address}/{length}")


def _other(written: IPInterface) -> IPInterface | None:
    """Return the lowest other address of the prefix that a host may have, None when there is none."""
    network = written.network
    for address in network.hosts():
        if address != written.ip:
            return _interface(address, network.prefixlen)
    return None


def _address_of(end: LinkEnd, version: int) -> IPInterface | None:
    return end.address if version == 4 else end.address6


def _with_address(end: LinkEnd, address: IPInterface) -> LinkEnd:
    return replace(end, address=address) if address.version == 4 else replace(end, address6=address)


def _refuse_link(link: Link, version: int, findings: Findings) -> None:
    findings.error(
        "E0390",
        f"link `{link.id}` has an end without an IPv{version} address, and no address is left to give it",
        link.span,
        help=("write both addresses of the link",),
    )


def _refuse_names(node: Node, places: Mapping[str, Span], findings: Findings) -> None:
    if node.platform != _LIMITED:  # other systems have other names; the labs rename them
        return
    for name, span in sorted(places.items()):
        if not is_linux_name(name):
            message = f"`{name}` cannot be an interface of the FRR node `{node.name}`"
            help_ = ("Linux interface names have at most 15 letters, digits, `.`, `_` and `-`, as in `eth1`",)
            findings.error("E0391", message, span, node=node.name, help=help_)
