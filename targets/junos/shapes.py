"""Where each value stands in the configuration (names of elements as in Juniper's published models, release 24.4R1)."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Leaf, Many, Path, Shape

from . import owned, owned_protocols
from .shapes_cos import COS_INTERFACE, DROP_PROFILE, FORWARDING_CLASS, MAP, PROFILE, SCHEDULER, table
from .shapes_services import CONNECTION, EXPORT, RESPONDER, SENSOR, SERVER
from .words import ADDRESS, DSCP, DSCP_BITS, EXP_BITS, PORTS, PREFIX, PROTOCOL, RATE

_NAME = Leaf("name", ("name",))

_MATCH = Shape(
    owned.Match,
    (
        Leaf("source", ("source-address", "name"), PREFIX),
        Leaf("destination", ("destination-address", "name"), PREFIX),
        Leaf("source_list", ("source-prefix-list", "name")),
        Leaf("destination_list", ("destination-prefix-list", "name")),
        Leaf("protocol", ("protocol",), PROTOCOL),
        Leaf("payload", ("payload-protocol",), PROTOCOL),
        Leaf("first_fragment", ("fragment-offset",)),
        Leaf("source_ports", ("source-port",), PORTS),
        Leaf("destination_ports", ("destination-port",), PORTS),
        Many("icmp_types", ("icmp-type",), NUMBER),
        Leaf("hop_limit", ("hop-limit",), NUMBER),
        Leaf("dscp", ("dscp",), DSCP),
        Leaf("traffic_class", ("traffic-class",), DSCP),
        Many("forwarding_classes", ("forwarding-class",)),
    ),
)
_TERM = Shape(
    owned.Term,
    (
        _NAME,
        Items("match", ("from",), _MATCH),
        Leaf("policer", ("then", "policer")),
        Leaf("counter", ("then", "count")),
        Leaf("loss_priority", ("then", "loss-priority")),
        Leaf("forwarding_class", ("then", "forwarding-class")),
        Leaf("set_dscp", ("then", "dscp"), DSCP),
        Leaf("set_traffic_class", ("then", "traffic-class"), DSCP),
        Flag("is_accepted", ("then", "accept")),
        Flag("is_discarded", ("then", "discard")),
        Leaf("next", ("then", "next")),
        Leaf("instance", ("then", "routing-instance", "routing-instance-name")),
    ),
)
_FILTER = Shape(
    owned.Filter, (_NAME, Flag("is_interface_specific", ("interface-specific",)), Items("terms", ("term",), _TERM))
)
_POLICER = Shape(
    owned.Policer,
    (
        _NAME,
        Flag("is_shared", ("logical-interface-policer",)),
        Flag("is_split", ("shared-bandwidth-policer",)),
        Leaf("rate_bps", ("if-exceeding", "bandwidth-limit"), RATE),
        Leaf("burst_bytes", ("if-exceeding", "burst-size-limit"), RATE),
        Flag("is_discarding", ("then", "discard")),
        Leaf("loss_priority", ("then", "loss-priority")),
        Leaf("forwarding_class", ("then", "forwarding-class")),
    ),
)
_UNIT = Shape(
    owned.Unit,
    (
        Leaf("name", ("name",), NUMBER),
        Leaf("input4", ("family", "inet", "filter", "input", "filter-name")),
        Leaf("output4", ("family", "inet", "filter", "output", "filter-name")),
        Leaf("input6", ("family", "inet6", "filter", "input", "filter-name")),
        Leaf("output6", ("family", "inet6", "filter", "output", "filter-name")),
    ),
)
_INTERFACE = Shape(
    owned.Interface, (_NAME, Flag("per_unit_scheduler", ("per-unit-scheduler",)), Items("units", ("unit",), _UNIT))
)


_ROUTE = Shape(
    owned.Route,
    (
        Leaf("name", ("name",), PREFIX),
        Leaf("next_hop", ("next-hop",), ADDRESS),
        Flag("is_discarded", ("discard",)),
        Leaf("next_table", ("next-table",)),
        Flag("is_resolved", ("resolve",)),
        Leaf("lsp", ("spring-te-lsp-next-hop", "nexthop")),
        Flag("is_static_lsp", ("spring-te-lsp-next-hop", "lsp-source", "static")),
    ),
)
_RIB = Shape(owned.Rib, (_NAME, Items("routes", ("static", "route"), _ROUTE)))
_INSTANCE = Shape(
    owned.Instance,
    (
        _NAME,
        Leaf("kind", ("instance-type",)),
        Items("ribs", ("routing-options", "rib"), _RIB),
        Items("routes", ("routing-options", "static", "route"), _ROUTE),
    ),
)
_RESOLUTION = Shape(owned.Resolution, (_NAME, Many("ribs", ("resolution-ribs",)), Many("policies", ("import",))))
_ENTRY = Shape(owned.Entry, (_NAME,))
_CHOICE = Shape(
    owned.Choice,
    (
        _NAME,
        Leaf("instance", ("from", "instance")),
        Items("lists", ("from", "prefix-list"), _ENTRY),
        Flag("is_balanced", ("then", "load-balance", "per-packet")),
        Flag("is_accepted", ("then", "accept")),
        Flag("is_rejected", ("then", "reject")),
    ),
)
_POLICY = Shape(owned.Policy, (_NAME, Items("terms", ("term",), _CHOICE)))
_LIST = Shape(
    owned.PrefixList,
    (_NAME, Items("prefixes", ("prefix-list-item",), Shape(owned.Entry, (Leaf("name", ("name",), PREFIX),)))),
)
_HOP = Shape(
    owned_protocols.Hop,
    (
        _NAME,
        Leaf("label", ("label",), NUMBER),
        Leaf("address", ("ip-address",), ADDRESS),
        Flag("is_node", ("label-type", "node")),
    ),
)
_SEGMENT_LIST = Shape(
    owned_protocols.SegmentList,
    (
        _NAME,
        Flag("is_first_inherited", ("inherit-label-nexthops",)),
        Flag("is_translated", ("auto-translate",)),
        Flag("is_unprotected", ("auto-translate", "unprotected")),
        Items("hops", ("hop-list",), _HOP),
    ),
)
_BFD = ("bfd-liveness-detection",)
_PRIMARY = Shape(
    owned_protocols.Primary,
    (
        _NAME,
        Leaf("weight", ("weight",), NUMBER),
        Leaf("discriminator", (*_BFD, "sbfd", "remote-discriminator"), NUMBER),
        Leaf("interval_ms", (*_BFD, "minimum-interval"), NUMBER),
        Leaf("multiplier", (*_BFD, "multiplier"), NUMBER),
    ),
)
_PATH = Shape(
    owned_protocols.SrPath,
    (
        _NAME,
        Leaf("to", ("to",), ADDRESS),
        Leaf("color", ("color",), NUMBER),
        Leaf("preference", ("sr-preference",), NUMBER),
        Items("primary", ("primary",), _PRIMARY),
    ),
)
_TIMERS = (
    Leaf("interval_ms", (*_BFD, "minimum-interval"), NUMBER),
    Leaf("multiplier", (*_BFD, "multiplier"), NUMBER),
)
_REPAIRS = (
    Flag("is_repaired", ("post-convergence-lfa",)),
    Flag("is_node", ("post-convergence-lfa", "node-protection")),
)
_ISIS = Shape(
    owned_protocols.IsisPort,
    (
        _NAME,
        Items("families", ("family",), Shape(owned_protocols.Family, (_NAME, *_TIMERS))),
        Items("levels", ("level",), Shape(owned_protocols.Level, (Leaf("name", ("name",), NUMBER), *_REPAIRS))),
    ),
)
_AREA = Shape(
    owned_protocols.Area,
    (_NAME, Items("ports", ("interface",), Shape(owned_protocols.OspfPort, (_NAME, *_TIMERS, *_REPAIRS)))),
)
_BACKUP = Shape(
    owned_protocols.BackupSpf,
    (
        Flag("is_post_convergence", ("use-post-convergence-lfa",)),
        Leaf("most_labels", ("use-post-convergence-lfa", "maximum-labels"), NUMBER),
        Flag("has_segments", ("use-source-packet-routing",)),
    ),
)
_REFLECTOR = Shape(
    owned_protocols.Reflector,
    (Leaf("name", ("name",), NUMBER), Leaf("interval_ms", ("minimum-receive-interval",), NUMBER)),
)

_COS: Path = ("class-of-service",)
GROUP = Shape(
    owned.Owned,
    (
        _NAME,
        Items("interfaces", ("interfaces", "interface"), _INTERFACE),
        Items("classifiers4", (*_COS, "classifiers", "dscp"), table(DSCP_BITS, "code-points")),
        Items("classifiers6", (*_COS, "classifiers", "dscp-ipv6"), table(DSCP_BITS, "code-points")),
        Items("classifiers_exp", (*_COS, "classifiers", "exp"), table(EXP_BITS, "code-points")),
        Items("drop_profiles", (*_COS, "drop-profiles"), DROP_PROFILE),
        Items(
            "forwarding_classes",
            (*_COS, "forwarding-classes", "class"),
            FORWARDING_CLASS,
        ),
        Items("profiles", (*_COS, "traffic-control-profiles"), PROFILE),
        Items("cos_interfaces", (*_COS, "interfaces", "interface"), COS_INTERFACE),
        Items("rewrites4", (*_COS, "rewrite-rules", "dscp"), table(DSCP_BITS, "code-point")),
        Items("rewrites6", (*_COS, "rewrite-rules", "dscp-ipv6"), table(DSCP_BITS, "code-point")),
        Items("rewrites_exp", (*_COS, "rewrite-rules", "exp"), table(EXP_BITS, "code-point")),
        Items("scheduler_maps", (*_COS, "scheduler-maps"), MAP),
        Items("schedulers", (*_COS, "schedulers"), SCHEDULER),
        Items("filters4", ("firewall", "family", "inet", "filter"), _FILTER),
        Items("filters6", ("firewall", "family", "inet6", "filter"), _FILTER),
        Items("policers", ("firewall", "policer"), _POLICER),
        Items("prefix_lists", ("policy-options", "prefix-list"), _LIST, are_shared=True),
        Items("policies", ("policy-options", "policy-statement"), _POLICY),
        Items("instances", ("routing-instances", "instance"), _INSTANCE),
        Many("balancing", ("routing-options", "forwarding-table", "export")),
        Items("resolutions", ("routing-options", "resolution", "rib"), _RESOLUTION),
        Items("reflectors", ("protocols", "bfd", "sbfd", "local-discriminator"), _REFLECTOR),
        Items("isis", ("protocols", "isis", "interface"), _ISIS),
        Items("isis_backup", ("protocols", "isis", "backup-spf-options"), _BACKUP),
        Items("ospf", ("protocols", "ospf", "area"), _AREA),
        Items("ospf_backup", ("protocols", "ospf", "backup-spf-options"), _BACKUP),
        Items("ospf3", ("protocols", "ospf3", "area"), _AREA),
        Leaf("max_depth", ("protocols", "source-packet-routing", "maximum-segment-list-depth"), NUMBER),
        Items("segment_lists", ("protocols", "source-packet-routing", "segment-list"), _SEGMENT_LIST),
        Items("paths", ("protocols", "source-packet-routing", "source-routing-path"), _PATH),
        Items("servers", ("services", "analytics", "streaming-server"), SERVER),
        Items("exports", ("services", "analytics", "export-profile"), EXPORT),
        Items("sensors", ("services", "analytics", "sensor"), SENSOR),
        Items("connections", ("services", "rpm", "twamp", "client", "control-connection"), CONNECTION),
        Items("responders", ("services", "rpm", "twamp", "server"), RESPONDER),
    ),
)

# the values of these fields stand in an order that counts
ORDERED = ("terms", "hops")
