"""From what a file says to what a topology may say: names that are allowed, and what the user adds where the file is silent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network

from intentc.diagnostics import Span
from intentc.importing.desk import Desk, exact, shown
from intentc.importing.model import (
    ImportedEnd,
    ImportedLink,
    ImportedNetwork,
    ImportedNode,
    ImportedSite,
    Options,
)
from intentc.importing.naming import is_legal, legal_names
from intentc.topology.model import Directional
from intentc.topology.names import DEVICE_NAME, HOST, INTERFACE_NAME, NAME, TEXT
from intentc.topology.natural_order import natural_key
from intentc.topology.nodes import UNMANAGED
from intentc.values import replace

ORIGINAL = "imported_name"  # the label that keeps a name which a topology cannot have
_SHOWN = 3
_DEGREES = (90, 180)


def settle(network: ImportedNetwork, options: Options, desk: Desk) -> None:
    """Change the network in place; what is changed, added or missing has its finding (E0352, E0353, W0351, N0352)."""
    _check_ends(network, desk)
    _rename(network, desk)
    for site in network.sites.values():
        _clean_site(site, desk)
    for node in network.nodes.values():
        _clean_node(node, desk)
    for link in network.links:
        _clean_link(link, desk)
    _fill_nodes(network, options, desk)
    _fill_links(network, options, desk)


def is_located(link: ImportedLink, network: ImportedNetwork) -> bool:
    """Return whether the loader can estimate the latency of a link from the places of its ends."""
    a, b = (network.nodes[end.node].site for end in (link.a, link.b))
    if a is None or b is None:
        return False
    return a == b or all(network.sites[site].location is not None for site in (a, b))


# -- names -------------------------------------------------------------------------------------------------------------


def _check_ends(network: ImportedNetwork, desk: Desk) -> None:
    """Links end at two nodes of the file; others are left out, with their finding."""
    sound = []
    for link in network.links:
        missing = [end.node for end in (link.a, link.b) if end.node not in network.nodes]
        if missing:
            desk.refuse(f"a link ends at `{missing[0]}`, and there is no such node", link.span)
        elif link.a.node == link.b.node:
            desk.refuse_link(f"a link from `{link.a.node}` to itself", link.span)
        else:
            sound.append(link)
    network.links = sound


def _rename(network: ImportedNetwork, desk: Desk) -> None:
    parents = [parent for parent in network.regions.values() if parent is not None]
    regions = legal_names((*network.regions, *parents), NAME)
    network.regions = {
        **{regions[name]: None for name in parents},
        **{regions[name]: None if up is None else regions[up] for name, up in network.regions.items()},
    }
    sites, nodes = legal_names(network.sites, NAME), legal_names(network.nodes, DEVICE_NAME)
    for site in network.sites.values():
        site.region = None if site.region is None else regions[site.region]
    for node in network.nodes.values():
        node.site = None if node.site is None else sites[node.site]
    _name("sites", [*network.sites.values()], sites, desk)
    _name("nodes", [*network.nodes.values()], nodes, desk)
    network.sites = {site.name: site for site in network.sites.values()}
    network.nodes = {node.name: node for node in network.nodes.values()}
    _rename_links(network.links, nodes, desk)
    if network.name is not None:
        network.name = legal_names((network.name,), NAME)[network.name]


def _name(kind: str, items: Sequence[ImportedNode] | Sequence[ImportedSite], names: dict[str, str], desk: Desk) -> None:
    """Give elements their names; those that had another one keep it in a label."""
    changed = [(item.name, names[item.name], item.span) for item in items if names[item.name] != item.name]
    for item in items:
        if names[item.name] != item.name:
            item.labels[ORIGINAL] = item.name
            item.name = names[item.name]
    _tell(kind, changed, desk)


def _tell(kind: str, changed: Sequence[tuple[str, str, Span]], desk: Desk) -> None:
    if changed:
        pairs = ", ".join(f"`{shown(old)}` to `{new}`" for old, new, _ in changed[:_SHOWN])
        more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
        help_ = f"the label `{ORIGINAL}` has what it is called in the file"
        desk.about("N0352", f"names of {kind} changed: {pairs}{more}", [span for *_, span in changed], help_)


def _rename_links(links: Sequence[ImportedLink], nodes: dict[str, str], desk: Desk) -> None:
    ids = legal_names([link.id for link in links if link.id is not None], NAME)
    groups = legal_names([name for link in links for name in link.srlgs], DEVICE_NAME)
    changed = []
    for link in links:
        link.a, link.b = (ImportedEnd(nodes[end.node], end.interface) for end in (link.a, link.b))
        link.over = tuple(ids.get(name, name) for name in link.over)
        link.srlgs = tuple(groups[name] for name in link.srlgs)
        if link.id is not None and ids[link.id] != link.id:
            changed.append((link.id, ids[link.id], link.span))
            link.labels[ORIGINAL] = link.id
            link.id = ids[link.id]
    _tell("links", changed, desk)


# -- what cannot stand as it is ----------------------------------------------------------------------------------------


def _clean_site(site: ImportedSite, desk: Desk) -> None:
    if site.location is not None:
        degrees = [exact(text) for text in site.location]
        is_sound = all(value is not None and abs(value) <= most for value, most in zip(degrees, _DEGREES, strict=True))
        if not is_sound:
            desk.leave_out("locations that are no latitude and longitude", site.span)
            site.location = None


def _clean_node(node: ImportedNode, desk: Desk) -> None:
    for name in ("role", "chassis"):
        text = getattr(node, name)
        if text is not None and not is_legal(text, TEXT):
            setattr(node, name, shown(text) or None)
    if node.management is not None:
        node.management = node.management.partition("/")[0]
        if not HOST.allows(node.management):
            desk.leave_out("management addresses that are no host", node.span)
            node.management = None


def _clean_link(link: ImportedLink, desk: Desk) -> None:
    ends = []
    for end in (link.a, link.b):
        is_named = end.interface is None or INTERFACE_NAME.allows(end.interface)
        if not is_named:
            desk.leave_out(f"interfaces whose names cannot stand in a topology ({INTERFACE_NAME.words})", link.span)
        ends.append(end if is_named else replace(end, interface=None))
    link.a, link.b = ends


# -- what the file does not say ----------------------------------------------------------------------------------------


def _fill_nodes(network: ImportedNetwork, options: Options, desk: Desk) -> None:
    unknown, homeless = [], []
    free = _free_loopbacks(network, options.loopbacks)
    for node in sorted(network.nodes.values(), key=lambda item: natural_key(item.name)):
        node.platform = node.platform or options.target_of(node.software)
        if node.is_passive and node.platform is None:
            node.platform = UNMANAGED
            continue
        node.platform = node.platform or options.platform
        if node.platform in {None, UNMANAGED}:
            unknown += [node.span] if node.platform is None else []
            continue
        if node.loopback is None and node.loopback6 is None and not _number(node, free, options):
            homeless.append(node.span)
    _say(desk, unknown, "node", "without a platform that a target serves", "`--platform frr` gives them one")
    help_ = "`--loopbacks` has no more addresses" if options.loopbacks else "`--loopbacks 10.255.0.0/16` numbers them"
    _say(desk, homeless, "node", "without a loopback", help_)


def _say(desk: Desk, spans: Sequence[Span], kind: str, what: str, help_: str) -> None:
    if spans:
        many = f"{len(spans)} {kind}s" if len(spans) > 1 else f"a {kind}"
        written = "are written as" if len(spans) > 1 else "is written as"
        desk.about("W0351", f"{many} {what} {written} `platform: none`, which nobody configures", spans, help_)


def _free_loopbacks(network: ImportedNetwork, prefix: IPv4Network | IPv6Network | None) -> Iterator[str]:
    """Yield host addresses of the prefix that no node has."""
    taken = {text for node in network.nodes.values() for text in (node.loopback, node.loopback6) if text is not None}
    length = 0 if prefix is None else prefix.max_prefixlen
    for address in () if prefix is None else prefix.hosts():
        text = f"{address}/{length}"
        if text not in taken:
            yield text


def _number(node: ImportedNode, free: Iterator[str], options: Options) -> bool:
    text = next(free, None)
    if text is not None and options.loopbacks is not None:
        setattr(node, "loopback" if options.loopbacks.version == 4 else "loopback6", text)
    return text is not None


def _fill_links(network: ImportedNetwork, options: Options, desk: Desk) -> None:
    without = [link.span for link in network.links if link.capacity_bps is None]
    if without and options.capacity_bps is None:
        many = f"{len(without)} links" if len(without) > 1 else "a link"
        desk.about(
            "E0353", f"the file does not say the capacity of {many}", without, "`--capacity 10Gbps` says it for them"
        )
    slow = []
    for link in network.links:
        if link.latency_ns is not None or is_located(link, network):
            continue
        if options.latency_ns is not None:
            link.latency_ns = Directional(options.latency_ns, options.latency_ns)
        else:
            slow.append(link.span)
    if slow:
        many = f"{len(slow)} links" if len(slow) > 1 else "a link"
        message = f"nothing says the latency of {many}, so no intent with a latency bound can use it"
        desk.about(
            "W0351",
            message.replace("use it", "use them") if len(slow) > 1 else message,
            slow,
            "`--latency 1ms` says it for them",
        )
