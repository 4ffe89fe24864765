"""The section `nodes`."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Findings
from intentc.topology.attachments import read_attachments, read_management
from intentc.topology.defaults import STATES, Defaults
from intentc.topology.document import elements
from intentc.topology.fields import Fields
from intentc.topology.flex_algos import LARGEST_LABEL, read_algorithm_indexes
from intentc.topology.model import Bfd, IPInterface, Node, Region, SegmentRouting, Site
from intentc.topology.names import DEVICE_NAME
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.topology.regions import is_known_region
from intentc.topology.routing import read_bfd
from intentc.topology.tree import Scalar, Table
from intentc.topology.values import read_integer

NODE_FIELDS = frozenset(
    (
        "attached",
        "bfd",
        "chassis",
        "labels",
        "loopback",
        "loopback6",
        "management",
        "platform",
        "region",
        "release",
        "role",
        "segment_routing",
        "site",
        "state",
        "transit",
    )
)
SEGMENT_ROUTING_FIELDS = frozenset(("flex_algos", "index", "max_sid_depth", "srgb"))
UNMANAGED = "none"  # the platform of a node that cannot be configured
UNMANAGED_BFD = Bfd(interval_us=300_000, multiplier=3)  # what such a node answers unless its `bfd` says otherwise


def read_nodes(
    table: Table | None,
    sites: Mapping[str, Site],
    regions: Mapping[str, Region],
    defaults: Defaults,
    reading: Reading,
) -> dict[str, Node]:
    """Return the nodes by name; one that is wrong in itself, or at an unknown site or region, is left out."""
    found: dict[str, Node] = {}
    for key, body in elements(table, "node", DEVICE_NAME, reading):
        fields = Fields(body, f"node `{key.text}`", NODE_FIELDS, reading.findings)
        node = _read_node(key, fields, sites, defaults, reading)
        if _is_known(node, fields, sites, regions, reading) and fields.is_sound:
            found[node.name] = node
            reading.keep_place("node", node.name, body)
        else:
            reading.leave_out("node", key.text)
    return {name: found[name] for name in sorted(found, key=natural_key)}


def _read_node(key: Scalar, fields: Fields, sites: Mapping[str, Site], defaults: Defaults, reading: Reading) -> Node:
    findings = reading.findings
    site, transit = fields.name("site"), fields.boolean("transit")
    platform = fields.device_name("platform") or defaults.platform
    if platform is None:
        _miss_platform(key, fields, reading)
    usual_bfd = UNMANAGED_BFD if platform == UNMANAGED else defaults.bfd
    return Node(
        name=key.text,
        site=site,
        region=fields.name("region") or (sites[site].region if site is not None and site in sites else None),
        role=fields.text("role"),
        platform=platform or UNMANAGED,
        release=fields.text("release") or defaults.release,
        chassis=fields.text("chassis") or defaults.chassis,
        loopback=_read_loopback(fields, "loopback", 4),
        loopback6=_read_loopback(fields, "loopback6", 6),
        segment_routing=_read_segment_routing(fields, findings),
        attached=read_attachments(fields, defaults, findings),
        management=read_management(fields, defaults, findings),
        bfd=read_bfd(fields, findings) or usual_bfd,
        transit=defaults.transit if transit is None else transit,
        state=fields.choice("state", STATES) or "up",
        labels=fields.labels(),
        span=key.span,
    )


def _miss_platform(key: Scalar, fields: Fields, reading: Reading) -> None:
    fields.is_sound = False
    if fields.lacks("platform") and "platform" not in reading.broken_defaults and reading.is_complete:
        reading.without_platform.append(key.span)


def _is_known(
    node: Node, fields: Fields, sites: Mapping[str, Site], regions: Mapping[str, Region], reading: Reading
) -> bool:
    site = node.site
    is_located = site is None or site in sites or reading.misses("site", site, fields.span("site"), sites, "E0322")
    return is_located and (not fields.has("region") or is_known_region(node.region, fields, regions, reading))


def _read_loopback(fields: Fields, name: str, version: int) -> IPInterface | None:
    address = fields.address(name, version)
    if address is not None and address.network.prefixlen != address.max_prefixlen:
        help_ = f"did you mean `{address.ip}/{address.max_prefixlen}`?"
        fields.refuse("E0309", f"a loopback is one address, a /{address.max_prefixlen}", fields.span(name), help_)
    return address


def _read_segment_routing(node: Fields, findings: Findings) -> SegmentRouting | None:
    """Return the node's SID index, its label block (SRGB) and how many labels it can push (RFC 8402, RFC 8491)."""
    table = node.sub("segment_routing")
    if table is None:
        return None
    fields = Fields(table, f"`segment_routing` of {node.what}", SEGMENT_ROUTING_FIELDS, findings)
    span = node.span("segment_routing")
    fields.require("index", span, "write the node's SID index, as in `index: 1`")
    fields.require("srgb", span, "write the first and last label of the block, as in `srgb: [16000, 23999]`")
    index, srgb = fields.integer("index", 0, LARGEST_LABEL), _read_srgb(fields)
    depth = fields.integer("max_sid_depth", 1, 255)
    algorithms = read_algorithm_indexes(fields, srgb)
    if index is not None and srgb is not None and index > srgb[1] - srgb[0]:
        help_ = f"indexes of this SRGB run from 0 to {srgb[1] - srgb[0]}"
        fields.refuse("E0332", f"the SID index {index} is outside of the SRGB", fields.span("index"), help_)
    node.is_sound = node.is_sound and fields.is_sound
    return SegmentRouting(index, srgb, depth, algorithms) if index is not None and srgb is not None else None


def _read_srgb(fields: Fields) -> tuple[int, int] | None:
    items = fields.items("srgb")
    if items is None:
        return None
    if len(items) != 2:
        fields.refuse("E0305", "`srgb` must be its first and last label", fields.span("srgb"), "as in `[16000, 23999]`")
        return None
    low, high = (
        fields.value("srgb", "labels", item, lambda scalar: read_integer("srgb", scalar, 16, LARGEST_LABEL))
        for item in items
    )
    if low is None or high is None:
        return None
    if low > high:
        fields.refuse("E0306", "`srgb` ends before it starts", fields.span("srgb"), f"did you mean `[{high}, {low}]`?")
        return None
    return low, high
