"""The section `defaults`: what nodes, links, attachments and management take where they say nothing themselves."""

from __future__ import annotations

from intentc.topology.fields import Fields
from intentc.topology.model import Bfd, Directional
from intentc.topology.quantities import Measure
from intentc.topology.reading import Reading
from intentc.topology.routing import LARGEST_MTU, SMALLEST_MTU, read_bfd
from intentc.topology.tree import Table
from intentc.values import frozen

DEFAULTS_FIELDS = frozenset(
    (
        "bfd",
        "capacity",
        "chassis",
        "cost",
        "credentials",
        "encryption",
        "igp_metric",
        "media",
        "mtu",
        "platform",
        "port",
        "queue",
        "release",
        "transit",
        "transport",
        "trust",
    )
)

ENCRYPTIONS = ("macsec", "ipsec", "none")
TRANSPORTS = ("ssh", "netconf")
TRUSTS = ("none", "dscp", "fabric")
STATES = ("up", "drained", "planned")
LARGEST_METRIC = {"isis": 2**24 - 2, "ospf": 2**16 - 1}  # RFC 5305 §3: 2^24-1 takes a link out of SPF; RFC 2328 A.4.2


USUAL_METRIC = Directional(10, 10)
FREE = Directional(0, 0)


@frozen
class Defaults:
    """The fields of the section as values; None where it says nothing and the language has no default."""

    platform: str | None = None
    release: str | None = None
    chassis: str | None = None
    transit: bool = True
    bfd: Bfd | None = None
    capacity: Directional | None = None
    igp_metric: Directional = USUAL_METRIC
    mtu: int = 1500
    cost: Directional = FREE
    media: str | None = None
    encryption: str | None = None
    queue: int | None = None
    trust: str = "none"
    transport: str | None = None
    port: int | None = None
    credentials: str = "default"


def read_defaults(table: Table | None, igp: str, reading: Reading) -> Defaults:
    """Return the defaults; a wrong one has its finding and counts as not written."""
    if table is None:
        return Defaults()
    fields = Fields(table, "`defaults`", DEFAULTS_FIELDS, reading.findings)
    blank = Defaults()
    transit = fields.boolean("transit")
    defaults = Defaults(
        platform=fields.device_name("platform"),
        release=fields.text("release"),
        chassis=fields.text("chassis"),
        transit=blank.transit if transit is None else transit,
        bfd=read_bfd(fields, reading.findings),
        capacity=fields.two_way_quantity("capacity", Measure.RATE, low=1),
        igp_metric=fields.two_way_integer("igp_metric", 1, LARGEST_METRIC[igp]) or blank.igp_metric,
        mtu=fields.integer("mtu", SMALLEST_MTU, LARGEST_MTU) or blank.mtu,
        cost=fields.two_way_integer("cost", 0, 10**9) or blank.cost,
        media=fields.text("media"),
        encryption=fields.choice("encryption", ENCRYPTIONS),
        queue=fields.quantity("queue", Measure.SIZE, low=1),
        trust=fields.choice("trust", TRUSTS) or blank.trust,
        transport=fields.choice("transport", TRANSPORTS),
        port=fields.integer("port", 1, 65535),
        credentials=fields.device_name("credentials") or blank.credentials,
    )
    reading.broken_defaults |= {name for name in DEFAULTS_FIELDS if not fields.is_sound and fields.has(name)}
    return defaults
