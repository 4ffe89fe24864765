"""The fields of one link beyond its ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.topology.defaults import ENCRYPTIONS, LARGEST_METRIC, STATES, Defaults
from intentc.topology.fields import Fields
from intentc.topology.flex_algos import LARGEST_TE_METRIC
from intentc.topology.link_addresses import read_addresses
from intentc.topology.link_ends import Draft
from intentc.topology.location import estimate_latency
from intentc.topology.model import Directional, Link, LinkEnd, Node, Region, Routing, Site, Upgrade
from intentc.topology.names import DEVICE_NAME
from intentc.topology.quantities import Measure
from intentc.topology.reading import Reading
from intentc.topology.routing import LARGEST_MTU, SMALLEST_MTU
from intentc.topology.tunnels import Inherited
from intentc.values import frozen

UPGRADE_FIELDS = frozenset(("cost", "to"))
_WHOLE_PPB = 10**9
_DEAREST = 10**9
_NOTHING = Directional(0, 0)


@frozen
class Surroundings:
    """What the fields of a link refer to."""

    nodes: Mapping[str, Node]
    sites: Mapping[str, Site]
    regions: Mapping[str, Region]
    defaults: Defaults
    routing: Routing


def read_link(
    draft: Draft, over: Sequence[str], inherited: Inherited | None, around: Surroundings, reading: Reading
) -> Link:
    """Return the link; `inherited` is None unless it is a tunnel. What is wrong has its finding in `draft.fields`."""
    fields, defaults = draft.fields, around.defaults
    overhead = fields.quantity("overhead", Measure.SIZE) or 0
    capacity = _read_capacity(draft, inherited, overhead, around, reading)
    latency, is_estimated = _read_latency(draft, inherited, around)
    encryption = fields.choice("encryption", ENCRYPTIONS) or defaults.encryption
    a, b = _read_ends(draft)
    return Link(
        id=draft.id,
        a=a,
        b=b,
        capacity_bps=capacity,
        latency_ns=latency,
        is_latency_estimated=is_estimated,
        igp_metric=fields.two_way_integer("igp_metric", 1, LARGEST_METRIC[around.routing.igp]) or defaults.igp_metric,
        mtu=_read_mtu(fields, inherited, overhead, defaults),
        cost=fields.two_way_integer("cost", 0, _DEAREST) or defaults.cost,
        srlgs=_read_srlgs(fields, inherited),
        provider=fields.name("provider"),
        media=fields.text("media") or defaults.media,
        encryption=None if encryption == "none" else encryption,
        crosses=_read_crosses(fields, inherited, around, reading),
        loss_ppb=_read_loss(fields),
        jitter_ns=fields.quantity("jitter", Measure.TIME),
        background_bps=fields.two_way_quantity("background", Measure.RATE) or _NOTHING,
        queue_bytes=fields.quantity("queue", Measure.SIZE, low=1) or defaults.queue,
        state=fields.choice("state", STATES) or "up",
        upgrade=_read_upgrade(fields, capacity, reading),
        over=tuple(over),
        overhead_bytes=overhead,
        labels=fields.labels(),
        span=draft.span,
        affinity=tuple(sorted(name for name, _ in fields.names("affinity", DEVICE_NAME) or ())),
        te_metric=fields.two_way_integer("te_metric", 1, LARGEST_TE_METRIC),
    )


def _read_mtu(fields: Fields, inherited: Inherited | None, overhead: int, defaults: Defaults) -> int:
    """Return the MTU: written, else what the links below a tunnel leave of theirs, at most the default."""
    written = fields.integer("mtu", SMALLEST_MTU, LARGEST_MTU)
    if inherited is None:
        return written or defaults.mtu
    most = inherited.mtu - overhead
    if most < max(written or 0, SMALLEST_MTU):
        where = (
            fields.span("mtu") if written is not None else fields.span("overhead") if overhead else fields.table.span
        )
        fields.refuse(
            "E0345",
            f"packets of {written or SMALLEST_MTU} bytes with {overhead} bytes around them do not fit the links below",
            where,
            f"the narrowest of them has an MTU of {inherited.mtu}: that leaves {max(most, 0)} bytes",
        )
    return written or max(min(most, defaults.mtu), SMALLEST_MTU)


def _read_ends(draft: Draft) -> tuple[LinkEnd, LinkEnd]:
    a4, b4 = read_addresses("addresses", 4, draft.id, draft.fields)
    a6, b6 = read_addresses("addresses6", 6, draft.id, draft.fields)
    return LinkEnd(draft.a.node, draft.a.interface, a4, a6), LinkEnd(draft.b.node, draft.b.interface, b4, b6)


def _read_capacity(
    draft: Draft, inherited: Inherited | None, overhead: int, around: Surroundings, reading: Reading
) -> Directional:
    """Return the capacity for IP packets: written, else what the narrowest link below a tunnel leaves, else the default.

    Of what that link carries a packet of the mean size takes its part, and the bytes around it the rest.
    """
    fields, defaults = draft.fields, around.defaults
    capacity = fields.two_way_quantity("capacity", Measure.RATE, low=1)
    if capacity is None and inherited is not None and inherited.capacity_bps is not None:
        packet, below = around.routing.mean_packet, inherited.capacity_bps
        whole = packet + overhead
        capacity = Directional(max(below.ab * packet // whole, 1), max(below.ba * packet // whole, 1))
    capacity = capacity or defaults.capacity
    is_carried = fields.has("over") and inherited is None  # what it runs over has its finding
    if capacity is None and not is_carried and "capacity" not in reading.broken_defaults:
        help_ = "write what it carries per direction, as in `capacity: 10Gbps`, or a default"
        fields.require("capacity", draft.span, help_)
    return capacity or _NOTHING


def _read_latency(draft: Draft, inherited: Inherited | None, around: Surroundings) -> tuple[Directional | None, bool]:
    """Return the latency and whether it is estimated: written, else the sum below a tunnel, else from the locations."""
    latency = draft.fields.two_way_quantity("latency", Measure.TIME)
    if latency is not None:
        return latency, False
    if inherited is not None:
        return inherited.latency_ns, inherited.latency_ns is not None and inherited.is_latency_estimated
    a, b = around.nodes.get(draft.a.node), around.nodes.get(draft.b.node)
    value = estimate_latency(a, b, around.sites) if a is not None and b is not None else None
    return (None, False) if value is None else (Directional(value, value), True)


def _read_srlgs(fields: Fields, inherited: Inherited | None) -> tuple[str, ...]:
    """Return the link's own shared risk groups and those below a tunnel (a link without one is its own)."""
    own = {name for name, _ in fields.names("srlg", DEVICE_NAME) or ()}
    return tuple(sorted(own.union(inherited.srlgs if inherited is not None else ())))


def _read_crosses(
    fields: Fields, inherited: Inherited | None, around: Surroundings, reading: Reading
) -> tuple[str, ...] | None:
    """Return the regions that the link passes through; None when nobody said, for a tunnel of any link below it."""
    names = fields.names("crosses")
    for name, span in names or ():
        if name not in around.regions:
            fields.is_sound = reading.misses("region", name, span, around.regions, "E0320")
    own = None if names is None else {name for name, _ in names}
    if inherited is None:
        return None if own is None else tuple(sorted(own))
    return None if inherited.crosses is None else tuple(sorted((own or set()).union(inherited.crosses)))


def _read_loss(fields: Fields) -> int | None:
    loss = fields.quantity("loss", Measure.RATIO)
    if loss is not None and loss > _WHOLE_PPB:
        fields.refuse("E0306", "`loss` cannot be more than everything", fields.span("loss"), "from `0%` to `100%`")
    return loss


def _read_upgrade(fields: Fields, capacity: Directional, reading: Reading) -> Upgrade | None:
    """Return what more capacity would cost; it must be more than the link has in either direction."""
    table = fields.sub("upgrade")
    if table is None:
        return None
    inner = Fields(table, "`upgrade`", UPGRADE_FIELDS, reading.findings)
    to, cost = inner.quantity("to", Measure.RATE, low=1), inner.integer("cost", 0, _DEAREST)
    for name in ("to", "cost"):
        inner.require(name, fields.span("upgrade"), "as in `upgrade: {to: 100Mbps, cost: 40}`")
    if to is not None and to <= max(capacity.ab, capacity.ba):
        inner.refuse("E0334", "the upgrade adds no capacity", inner.span("to"), "write the capacity after the upgrade")
    fields.is_sound = fields.is_sound and inner.is_sound
    return Upgrade(to, cost) if to is not None and cost is not None else None
