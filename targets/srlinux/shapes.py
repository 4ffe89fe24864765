"""Where the values of `owned` stand in the configuration of a device: one table serves writing and reading."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Leaf, Many, Shape

from . import owned, owned_pausing
from .shapes_routing import BFD_PORT, INSTANCE, REFLECTOR, SESSION
from .words import DSCP, MESSAGE, PREFIX, PROTOCOL, TRUTH

_NAME = Leaf("name", ("name",))
_PORTS = (
    Leaf("source_first", ("transport", "source-port", "range", "start"), NUMBER),
    Leaf("source_last", ("transport", "source-port", "range", "end"), NUMBER),
    Leaf("destination_first", ("transport", "destination-port", "range", "start"), NUMBER),
    Leaf("destination_last", ("transport", "destination-port", "range", "end"), NUMBER),
)


def _match(container: str, protocol: str, *more: Leaf) -> Shape:
    return Shape(
        owned.Match,
        (
            Leaf("protocol", (container, protocol), PROTOCOL),
            Leaf("source", (container, "source-ip", "prefix"), PREFIX),
            Leaf("destination", (container, "destination-ip", "prefix"), PREFIX),
            Many("dscps", (container, "dscp-set"), DSCP),
            *_PORTS,
            *more,
        ),
    )


MATCHES = {
    "ipv4": _match("ipv4", "protocol"),
    "ipv6": _match("ipv6", "next-header", Leaf("message", ("ipv6", "icmp6", "type"), MESSAGE)),
}


def filter_shape(kind: str) -> Shape:
    """Return the shape of ACLs of a family."""
    entry = Shape(
        owned.Entry,
        (
            Leaf("name", ("sequence-id",), NUMBER),
            Leaf("counters", ("description",)),
            Items("match", ("match",), MATCHES[kind]),
            Flag("is_accepted", ("action", "accept")),
            Flag("is_dropped", ("action", "drop")),
        ),
    )
    return Shape(
        owned.Filter,
        (
            _NAME,
            Leaf("kind", ("type",)),
            Leaf("is_counting", ("statistics-per-entry",), TRUTH),
            Items("entries", ("entry",), entry),
        ),
    )


def classifier_shape(kind: str) -> Shape:
    """Return the shape of multifield classifiers of a family."""
    rule = Shape(
        owned.Rule,
        (
            Leaf("name", ("sequence-id",), NUMBER),
            Items("match", ("match",), MATCHES[kind]),
            Leaf("forwarding_class", ("action", "forwarding-class")),
            Leaf("drop", ("action", "drop-probability")),
            Leaf("dscp", ("action", "rewrite", "set-dscp"), NUMBER),
        ),
    )
    return Shape(owned.Classifier, (_NAME, Leaf("kind", ("type",)), Items("rules", ("entry",), rule)))


_BOUND = Shape(owned.Bound, (_NAME, Leaf("kind", ("type",))))
_REFERENCE = (
    Leaf("name", ("interface-id",)),
    Leaf("interface", ("interface-ref", "interface")),
    Leaf("subinterface", ("interface-ref", "subinterface"), NUMBER),
)
ACL_PORT = Shape(
    owned.AclPort,
    (
        *_REFERENCE,
        Items("inputs", ("input", "acl-filter"), _BOUND),
        Items("outputs", ("output", "acl-filter"), _BOUND),
    ),
)
QUEUE = Shape(owned.QueueName, (_NAME, Leaf("index", ("queue-index",), NUMBER)))
FORWARDING_CLASS = Shape(
    owned.ForwardingClass,
    (_NAME, Leaf("index", ("forwarding-class-index",), NUMBER), Leaf("queue", ("output", "unicast-queue"))),
)
_CLASSIFIED = (Leaf("forwarding_class", ("forwarding-class",)), Leaf("drop", ("drop-probability",)))
_POINT = Shape(owned.CodePoint, (Leaf("name", ("value",), DSCP), *_CLASSIFIED))
DSCP_POLICY = Shape(owned.DscpPolicy, (_NAME, Items("points", ("dscp",), _POINT)))
_LABEL_CLASS = Shape(owned.LabelClass, (Leaf("name", ("value",), NUMBER), *_CLASSIFIED))
LABEL_POLICY = Shape(owned.LabelPolicy, (_NAME, Items("classes", ("traffic-class",), _LABEL_CLASS)))
_METERED = Shape(owned.Metered, (Leaf("name", ("fc",)),))
_POLICER = Shape(
    owned.Policer,
    (
        Leaf("name", ("sequence-id",), NUMBER),
        Items("classes", ("forwarding-class",), _METERED),
        Leaf("peak_kbps", ("peak-rate-kbps",), NUMBER),
        Leaf("committed_kbps", ("committed-rate-kbps",), NUMBER),
        Leaf("peak_burst", ("maximum-burst-size",), NUMBER),
        Leaf("committed_burst", ("committed-burst-size",), NUMBER),
        Flag("is_dropping", ("violate-action", "drop")),
    ),
)
POLICER_TEMPLATE = Shape(owned.PolicerTemplate, (_NAME, Items("policers", ("policer",), _POLICER)))
_INPUT = Shape(
    owned.Input,
    (
        Leaf("name", ("id",)),
        Leaf("kind", ("input-type",)),
        Leaf("queue", ("queue-name",)),
        Leaf("peak_percent", ("peak-rate-percent",), NUMBER),
        Leaf("weight", ("weight",), NUMBER),
    ),
)
_SCHEDULER = Shape(
    owned.Scheduler,
    (Leaf("name", ("sequence",), NUMBER), Leaf("priority", ("priority",)), Items("inputs", ("input",), _INPUT)),
)
SCHEDULER_POLICY = Shape(owned.SchedulerPolicy, (_NAME, Items("schedulers", ("scheduler",), _SCHEDULER)))
_SLOPE = Shape(
    owned.Slope,
    (
        Leaf("traffic", ("traffic-type",)),
        Leaf("drop", ("drop-probability",)),
        Leaf("is_ecn", ("enable-ecn",)),
        Leaf("first", ("min-threshold",), NUMBER),
        Leaf("last", ("max-threshold",), NUMBER),
        Leaf("is_enabled", ("slope-enabled",)),
        Leaf("most_percent", ("max-drop-probability-percent",), NUMBER),
    ),
)
QUEUE_PROFILE = Shape(owned.QueueProfile, (_NAME, Items("slopes", ("wred", "wred-slope"), _SLOPE)))
_SIZE = Shape(owned.Size, (Leaf("name", ("queue-name",)), Leaf("limit", ("maximum-burst-size",), NUMBER)))
_PAUSED = Shape(
    owned_pausing.PauseSize,
    (
        Leaf("name", ("pfc-queue-name",)),
        Leaf("limit", ("maximum-burst-size",), NUMBER),
        Leaf("headroom", ("maximum-pfc-reserved-share-bytes",), NUMBER),
    ),
)
BUFFERS = Shape(
    owned.BufferProfile,
    (_NAME, Items("queues", ("queues", "queue"), _SIZE), Items("paused", ("queues", "pfc-queue"), _PAUSED)),
)
PAUSE_QUEUE = Shape(
    owned_pausing.PauseQueue, (Leaf("name", ("pfc-queue-name",)), Leaf("index", ("queue-index",), NUMBER))
)
_SENT = Shape(
    owned_pausing.SentPause,
    (
        Leaf("name", ("pfc-queue-name",)),
        Many("classes", ("forwarding-class",)),
        Leaf("priority", ("pfc-pause-frame-priority",), NUMBER),
    ),
)
_HEARD = Shape(
    owned_pausing.HeardPause,
    (
        Leaf("name", ("queue-name",)),
        Leaf("priority", ("pfc-pause-frame-priority",), NUMBER),
        Leaf("is_enabled", ("enable-pfc",), TRUTH),
    ),
)
PAUSE_MAPPING = Shape(
    owned_pausing.PauseMapping,
    (
        _NAME,
        Items("sent", ("received-traffic", "unicast-mapping", "pfc-queue"), _SENT),
        Items("heard", ("received-pfc-pause-frames", "queue"), _HEARD),
    ),
)
_COMPLEX = Shape(
    owned_pausing.Complex,
    (Leaf("name", ("name",)), Leaf("reserved_percent", ("input", "pfc-buffer-reservation"), NUMBER)),
)
LINECARD = Shape(
    owned_pausing.LineCard,
    (Leaf("name", ("slot",), NUMBER), Items("complexes", ("forwarding-complex",), _COMPLEX)),
)
_CLASSIFIER_REF = Shape(owned.ClassifierRef, (Leaf("kind", ("type",)), _NAME))
_PROFILE_REF = Shape(owned.ProfileRef, (Leaf("name", ("queue-name",)), Leaf("profile", ("queue-management-profile",))))
QOS_PORT = Shape(
    owned.QosPort,
    (
        *_REFERENCE,
        Leaf("pause_mapping", ("pfc", "pfc-mapping-profile")),
        Leaf("is_pausing", ("pfc", "pfc-enable"), TRUTH),
        Leaf("dscp_policy", ("input", "classifiers", "dscp-policy")),
        Leaf("label_policy", ("input", "classifiers", "mpls-traffic-class-policy")),
        Items("classifiers", ("input", "classifiers", "classifier"), _CLASSIFIER_REF),
        Leaf("policers", ("input", "policer-templates", "policer-template")),
        Leaf("pause_buffers", ("input", "pfc-buffer-allocation-profile")),
        Items("profiles", ("output", "queues", "queue"), _PROFILE_REF),
        Leaf("scheduler", ("output", "scheduler", "scheduler-policy")),
        Leaf("buffers", ("output", "buffer-allocation-profile")),
    ),
)
# field of `Owned` -> the list that holds it; lists of both families have a shape for each
LISTS: tuple[tuple[str, tuple[str, ...], Shape | None], ...] = (
    ("filters", ("acl", "acl-filter"), None),
    ("acl_ports", ("acl", "interface"), ACL_PORT),
    ("queues", ("qos", "queues", "queue"), QUEUE),
    ("forwarding_classes", ("qos", "forwarding-classes", "forwarding-class"), FORWARDING_CLASS),
    ("dscp_policies", ("qos", "classifiers", "dscp-policy"), DSCP_POLICY),
    ("label_policies", ("qos", "classifiers", "mpls-traffic-class-policy"), LABEL_POLICY),
    ("classifiers", ("qos", "classifiers", "multifield-classifier"), None),
    ("schedulers", ("qos", "scheduler-policies", "scheduler-policy"), SCHEDULER_POLICY),
    ("qos_ports", ("qos", "interfaces", "interface"), QOS_PORT),
    ("queue_profiles", ("qos", "buffer-management", "queue-management-profile"), QUEUE_PROFILE),
    ("buffers", ("qos", "buffer-management", "buffer-allocation-profile"), BUFFERS),
    ("policer_templates", ("qos", "policer-templates", "policer-template"), POLICER_TEMPLATE),
    ("pause_queues", ("qos", "queues", "pfc-queue"), PAUSE_QUEUE),
    ("pause_mappings", ("qos", "pfc-mapping-profile"), PAUSE_MAPPING),
    ("ecn", ("qos", "explicit-congestion-notification"), Shape(owned.EcnSwitch, (_NAME,))),
    ("linecards", ("qos", "linecard"), LINECARD),
    ("bfd", ("bfd", "subinterface"), BFD_PORT),
    ("instances", ("network-instance",), INSTANCE),
    ("sessions", ("oam", "performance-monitoring", "ip", "session"), SESSION),
    ("reflectors", ("oam", "stamp", "session-reflector", "network-instance"), REFLECTOR),
)
# what has no name of its own: whose it is, only a payload of ours can tell
NAMELESS = ("ecn", "linecards", "bfd", "instances")


def shape_of(field: str, kind: str) -> Shape:
    """Return the shape of an item of a list, given its family ("" where the list has one shape)."""
    if field == "filters":
        return filter_shape(kind)
    if field == "classifiers":
        return classifier_shape(kind)
    return next(shape for name, _, shape in LISTS if name == field and shape is not None)
