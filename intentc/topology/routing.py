"""The sections `routing` and `collectors`."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Findings
from intentc.topology.document import elements
from intentc.topology.fields import Fields
from intentc.topology.flex_algos import read_flex_algos
from intentc.topology.model import DEFAULT_HASH_IMBALANCE_PPB, DEFAULT_MEAN_PACKET, Bfd, Collector, Region, Routing
from intentc.topology.names import DEVICE_NAME
from intentc.topology.natural_order import natural_key
from intentc.topology.quantities import Measure
from intentc.topology.reading import Reading
from intentc.topology.regions import is_known_region
from intentc.topology.tree import Table
from intentc.topology.values import read_host_address

ROUTING_FIELDS = frozenset(
    ("bfd", "flex_algos", "hash_imbalance", "host_mtu", "igp", "managed", "mean_packet", "process")
)
BFD_FIELDS = frozenset(("interval", "multiplier"))
COLLECTOR_FIELDS = frozenset(("address", "port", "region"))
COLLECTOR_PORT = 57_500  # what collectors of streaming telemetry mostly listen on
IGPS = ("isis", "ospf")
_SMALLEST_PACKET = 40  # TCP over IPv4 without data
SMALLEST_MTU, LARGEST_MTU = 576, 65535  # RFC 791: every host takes 576 bytes
_LONGEST_INTERVAL_US = 60_000_000
_MOST_IMBALANCE_PPB = 1_000_000_000


def read_routing(table: Table | None, reading: Reading) -> Routing:
    """Return what the network runs: IS-IS with metrics that others manage, unless the section says something else."""
    if table is None:
        return Routing("isis", is_managed=False, bfd=None, span=None)
    fields = Fields(table, "`routing`", ROUTING_FIELDS, reading.findings)
    igp = fields.choice("igp", IGPS) or "isis"
    bfd = read_bfd(fields, reading.findings)
    host_mtu = fields.integer("host_mtu", SMALLEST_MTU, LARGEST_MTU)
    return Routing(
        igp,
        fields.boolean("managed") or False,
        bfd,
        table.span,
        fields.device_name("process"),
        read_flex_algos(fields, reading),
        _read_imbalance(fields),
        host_mtu,
        fields.integer("mean_packet", _SMALLEST_PACKET, LARGEST_MTU) or DEFAULT_MEAN_PACKET,
    )


def _read_imbalance(fields: Fields) -> int:
    """Return by how much hashing may exceed a fair share; what would be twice the share or more is nobody's spreading."""
    found = fields.quantity("hash_imbalance", Measure.RATIO)
    if found is not None and found > _MOST_IMBALANCE_PPB:
        fields.refuse(
            "E0306",
            "`hash_imbalance` cannot be more than all of a share",
            fields.span("hash_imbalance"),
            "from `0%` to `100%`",
        )
    return DEFAULT_HASH_IMBALANCE_PPB if found is None else found


def read_bfd(parent: Fields, findings: Findings) -> Bfd | None:
    """Return the field `bfd` of an element; the interval is a whole number of µs (RFC 5880 §4.1) from 1 ms to 60 s."""
    table = parent.sub("bfd")
    if table is None:
        return None
    fields = Fields(table, "`bfd`", BFD_FIELDS, findings)
    interval, multiplier = fields.quantity("interval", Measure.TIME), fields.integer("multiplier", 1, 255)
    fields.require("interval", parent.span("bfd"), "as in `bfd: {interval: 50ms, multiplier: 3}`")
    fields.require("multiplier", parent.span("bfd"), "as in `bfd: {interval: 50ms, multiplier: 3}`")
    interval_us, rest = divmod(interval or 0, 1000)
    if interval is not None and (rest or not 1000 <= interval_us <= _LONGEST_INTERVAL_US):
        fields.refuse("E0306", "this is no interval of BFD", fields.span("interval"), "whole µs from `1ms` to `60s`")
    if not fields.is_sound or interval is None or multiplier is None:
        parent.is_sound = False
        return None
    return Bfd(interval_us, multiplier)


def read_collectors(table: Table | None, regions: Mapping[str, Region], reading: Reading) -> dict[str, Collector]:
    """Return the telemetry collectors by name."""
    found: dict[str, Collector] = {}
    for key, body in elements(table, "collector", DEVICE_NAME, reading):
        fields = Fields(body, f"collector `{key.text}`", COLLECTOR_FIELDS, reading.findings)
        address, region = fields.read("address", "an IP address", read_host_address), fields.name("region")
        fields.require("address", key.span, "write where it listens, as in `address: 10.20.0.9`")
        port = fields.integer("port", 1, 65_535)
        is_placed = is_known_region(region, fields, regions, reading)
        if fields.is_sound and is_placed and address is not None:
            found[key.text] = Collector(key.text, address, region, key.span, port or COLLECTOR_PORT)
            reading.keep_place("collector", key.text, body)
        else:
            reading.leave_out("collector", key.text)
    return {name: found[name] for name in sorted(found, key=natural_key)}
