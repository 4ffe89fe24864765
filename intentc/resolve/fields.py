"""The fields that `where` expressions may name: what each one means, and how to read it from an element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Generic, TypeVar

from intentc.topology.model import Directional, LabelValue, Link, Node, Site, Topology
from intentc.values import frozen

E = TypeVar("E")
Values = tuple[LabelValue, ...]  # empty: the value is missing; several: any of them may match


class FieldKind(Enum):
    """What may stand on the right of a comparison; quantities are compared in the unit of `ast.Unit`."""

    TEXT = "a word or text"
    RELEASE = 'a quoted release such as "24.4"'
    REGION = "a region"
    NUMBER = "a number"
    TIME = "a time"
    RATE = "a rate"
    SIZE = "a size"
    RATIO = "a ratio"
    BOOLEAN = "`true` or `false`"


@frozen
class Field(Generic[E]):
    kind: FieldKind
    values: Callable[[E], Values]


@frozen
class NodeView:
    """A node with its site: what the node does not say, its site may."""

    node: Node
    site: Site | None


@frozen
class FieldTable(Generic[E]):
    """The elements of one kind with their fields and labels."""

    noun: str
    elements: Mapping[str, E]
    fields: Mapping[str, Field[E]]
    label: Callable[[E, str], LabelValue | None]
    label_keys: frozenset[str]


def site_table(topology: Topology) -> FieldTable[Site]:
    """Return the table of `sites where`."""
    fields: dict[str, Field[Site]] = {
        "name": Field(FieldKind.TEXT, lambda site: (site.name,)),
        "region": Field(FieldKind.REGION, lambda site: _present(site.region)),
        "role": Field(FieldKind.TEXT, lambda site: _present(site.role)),
    }
    keys = frozenset(key for site in topology.sites.values() for key in site.labels)
    return FieldTable("site", topology.sites, fields, lambda site, key: site.labels.get(key), keys)


def node_table(topology: Topology) -> FieldTable[NodeView]:
    """Return the table of `nodes where`: a node's fields, then its site's."""
    views = {
        node.name: NodeView(node, topology.sites.get(node.site) if node.site is not None else None)
        for node in topology.nodes.values()
    }
    fields: dict[str, Field[NodeView]] = {
        "name": Field(FieldKind.TEXT, lambda view: (view.node.name,)),
        "site": Field(FieldKind.TEXT, lambda view: _present(view.node.site)),
        "region": Field(FieldKind.REGION, lambda view: _present(_own_or_site(view, lambda part: part.region))),
        "role": Field(FieldKind.TEXT, lambda view: _present(_own_or_site(view, lambda part: part.role))),
        "platform": Field(FieldKind.TEXT, lambda view: (view.node.platform,)),
        "release": Field(FieldKind.RELEASE, lambda view: _present(view.node.release)),
        "chassis": Field(FieldKind.TEXT, lambda view: _present(view.node.chassis)),
        "state": Field(FieldKind.TEXT, lambda view: (view.node.state,)),
        "transit": Field(FieldKind.BOOLEAN, lambda view: (view.node.transit,)),
    }
    keys = {key for view in views.values() for key in view.node.labels}
    keys |= {key for site in topology.sites.values() for key in site.labels}
    return FieldTable("node", views, fields, _node_label, frozenset(keys))


def _own_or_site(view: NodeView, read: Callable[[Node | Site], str | None]) -> str | None:
    own = read(view.node)
    return own if own is not None or view.site is None else read(view.site)


def _node_label(view: NodeView, key: str) -> LabelValue | None:
    own = view.node.labels.get(key)
    return own if own is not None or view.site is None else view.site.labels.get(key)


def link_table(topology: Topology) -> FieldTable[Link]:
    """Return the table of `links where`; of two directions the smaller capacity and the larger latency and cost count."""
    fields: dict[str, Field[Link]] = {
        "name": Field(FieldKind.TEXT, lambda link: (link.id,)),
        "id": Field(FieldKind.TEXT, lambda link: (link.id,)),
        "node": Field(FieldKind.TEXT, lambda link: (link.a.node, link.b.node)),
        "region": Field(FieldKind.REGION, lambda link: regions_of_link(topology, link)),
        "crosses": Field(FieldKind.REGION, lambda link: link.crosses or ()),
        "srlg": Field(FieldKind.TEXT, lambda link: link.srlgs),
        "provider": Field(FieldKind.TEXT, lambda link: _present(link.provider)),
        "media": Field(FieldKind.TEXT, lambda link: _present(link.media)),
        "encryption": Field(FieldKind.TEXT, lambda link: _present(link.encryption)),
        "state": Field(FieldKind.TEXT, lambda link: (link.state,)),
        "capacity": Field(FieldKind.RATE, lambda link: (_least(link.capacity_bps),)),
        "background": Field(FieldKind.RATE, lambda link: (_most(link.background_bps),)),
        "latency": Field(FieldKind.TIME, lambda link: _present(_most(link.latency_ns) if link.latency_ns else None)),
        "jitter": Field(FieldKind.TIME, lambda link: _present(link.jitter_ns)),
        "loss": Field(FieldKind.RATIO, lambda link: _present(link.loss_ppb)),
        "queue": Field(FieldKind.SIZE, lambda link: _present(link.queue_bytes)),
        "mtu": Field(FieldKind.NUMBER, lambda link: (link.mtu,)),
        "cost": Field(FieldKind.NUMBER, lambda link: (_most(link.cost),)),
        "igp_metric": Field(FieldKind.NUMBER, lambda link: (_most(link.igp_metric),)),
    }
    keys = frozenset(key for link in topology.links.values() for key in link.labels)
    return FieldTable("link", topology.links, fields, lambda link, key: link.labels.get(key), keys)


def regions_of_link(topology: Topology, link: Link) -> tuple[str, ...]:
    """Return the regions that a link is on: those of its ends and those that it crosses."""
    ends = [topology.nodes[end.node].region for end in (link.a, link.b)]
    return tuple(sorted({region for region in (*ends, *(link.crosses or ())) if region is not None}))


def _present(value: LabelValue | None) -> Values:
    return () if value is None else (value,)


def _least(value: Directional) -> int:
    return min(value.ab, value.ba)


def _most(value: Directional) -> int:
    return max(value.ab, value.ba)
