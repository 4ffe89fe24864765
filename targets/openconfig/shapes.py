"""Where the values of `owned` stand in the models: one table serves writing and reading.

The models say keys twice, beside `config` and in it; `document` sees to it that both are the same when they are read.
"""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, TEXT, Items, Kind, Leaf, Many, Path, Shape

from . import owned
from .words import ADDRESS, NEXT_HOP, PORTS, PREFIX, PROTOCOL, identity

DEFAULT = "DEFAULT"  # the network instance that ports are in unless someone moves them
_HERE = identity("")


def _key(element: str, kind: Kind = TEXT, field: str = "name") -> tuple[Leaf, Leaf]:
    return Leaf(field, (element,), kind), Leaf(field, ("config", element), kind)


def _keys(first: str, second: str, field: str, kind: Kind) -> tuple[Leaf, ...]:
    """Return two keys, the second of which is in `field`; both stand beside `config` before they do in it."""
    one, other = _key(first), _key(second, kind, field)
    return one[0], other[0], one[1], other[1]


def _config(field: str, element: str, kind: Kind = TEXT) -> Leaf:
    return Leaf(field, ("config", element), kind)


_REFERENCE = (
    Leaf("interface", ("interface-ref", "config", "interface")),
    Leaf("subinterface", ("interface-ref", "config", "subinterface"), NUMBER),
)
_MATCH = Shape(
    owned.Match,
    (
        Leaf("source", ("source-address",), PREFIX),
        Leaf("destination", ("destination-address",), PREFIX),
        Leaf("dscp", ("dscp",), NUMBER),
        Leaf("protocol", ("protocol",), PROTOCOL),
    ),
)
_CONDITIONS = (
    Items("ipv4", ("ipv4", "config"), _MATCH),
    Items("ipv6", ("ipv6", "config"), _MATCH),
    Leaf("source_ports", ("transport", "config", "source-port"), PORTS),
    Leaf("destination_ports", ("transport", "config", "destination-port"), PORTS),
)
_ENTRY = Shape(
    owned.Entry,
    (
        *_key("sequence-id", NUMBER),
        _config("counters", "description"),
        *_CONDITIONS,
        Leaf("message", ("ipv6", "icmpv6", "config", "type"), identity("oc-icmpv6-types")),
        Leaf("action", ("actions", "config", "forwarding-action"), _HERE),
    ),
)
_ACL_SET = Shape(
    owned.AclSet, (*_keys("name", "type", "kind", _HERE), Items("entries", ("acl-entries", "acl-entry"), _ENTRY))
)
_BOUND = Shape(owned.Bound, _keys("set-name", "type", "kind", _HERE))
_ACL_PORT = Shape(
    owned.AclPort,
    (
        *_key("id"),
        *_REFERENCE,
        Items("inputs", ("ingress-acl-sets", "ingress-acl-set"), _BOUND),
        Items("outputs", ("egress-acl-sets", "egress-acl-set"), _BOUND),
    ),
)
_QUEUE = Shape(owned.QueueName, (*_key("name"), _config("number", "queue-id", NUMBER)))
_GROUP = Shape(owned.Group, (*_key("name"), _config("queue", "output-queue")))


_TERM = Shape(
    owned.Term,
    (
        *_key("id"),
        Many("dscps4", ("conditions", "ipv4", "config", "dscp-set"), NUMBER),
        Many("dscps6", ("conditions", "ipv6", "config", "dscp-set"), NUMBER),
        Leaf("traffic_class", ("conditions", "mpls", "config", "traffic-class"), NUMBER),
        Leaf("group", ("actions", "config", "target-group")),
    ),
)
_CLASSIFIER = Shape(
    owned.Classifier, (*_key("name"), _config("kind", "type"), Items("terms", ("terms", "term"), _TERM))
)
_INPUT = Shape(
    owned.Input,
    (
        *_key("id"),
        _config("kind", "input-type"),
        _config("queue", "queue"),
        _config("weight", "weight", NUMBER),
    ),
)
_RATE = ("one-rate-two-color", "config")
_SCHEDULER = Shape(
    owned.Scheduler,
    (
        *_key("sequence", NUMBER),
        _config("kind", "type", identity("oc-qos-types")),
        _config("priority", "priority"),
        Items("inputs", ("inputs", "input"), _INPUT),
        Leaf("rate", (*_RATE, "cir"), NUMBER),
        Leaf("burst", (*_RATE, "bc"), NUMBER),
        Leaf("behaviour", (*_RATE, "queuing-behavior")),
    ),
)
_SCHEDULER_POLICY = Shape(
    owned.SchedulerPolicy, (*_key("name"), Items("schedulers", ("schedulers", "scheduler"), _SCHEDULER))
)
_WRED = ("wred", "uniform", "config")
_SLOPE = Shape(
    owned.Slope,
    (
        *_key("name"),
        Leaf("first", (*_WRED, "min-threshold"), NUMBER),
        Leaf("last", (*_WRED, "max-threshold"), NUMBER),
        Leaf("is_ecn", (*_WRED, "enable-ecn")),
        Leaf("is_dropping", (*_WRED, "drop")),
        Leaf("most_percent", (*_WRED, "max-drop-probability-percent"), NUMBER),
    ),
)
_SIZE = Shape(
    owned.Size,
    (*_key("name"), _config("limit", "dedicated-buffer", NUMBER), _config("is_shared", "use-shared-buffer")),
)
_BUFFERS = Shape(owned.Buffers, (*_key("name"), Items("queues", ("queues", "queue"), _SIZE)))
_CLASSIFIER_REF = Shape(owned.ClassifierRef, (*_key("type", field="kind"), _config("name", "name")))
_PROFILE_REF = Shape(owned.ProfileRef, (*_key("name"), _config("profile", "queue-management-profile")))
_QOS_PORT = Shape(
    owned.QosPort,
    (
        *_key("interface-id"),
        *_REFERENCE,
        Items("classifiers", ("input", "classifiers", "classifier"), _CLASSIFIER_REF),
        Leaf("buffers", ("output", "config", "buffer-allocation-profile")),
        Items("profiles", ("output", "queues", "queue"), _PROFILE_REF),
        Leaf("scheduler", ("output", "scheduler-policy", "config", "name")),
    ),
)
_STEER = Shape(
    owned.Steer,
    (
        *_key("sequence-id", NUMBER),
        *_CONDITIONS,
        Leaf("instance", ("action", "config", "network-instance")),
    ),
)
_STEER_POLICY = Shape(
    owned.SteerPolicy, (*_key("policy-id"), _config("kind", "type"), Items("rules", ("rules", "rule"), _STEER))
)
_POLICY_PORT = Shape(
    owned.PolicyPort, (*_key("interface-id"), _config("policy", "apply-forwarding-policy"), *_REFERENCE)
)
_NEXT_HOP = Shape(
    owned.NextHop,
    (
        *_key("index"),
        _config("address", "next-hop", NEXT_HOP),
        _config("is_recursive", "recurse"),
        _config("metric", "metric", NUMBER),
        _config("instance", "nh-network-instance"),
    ),
)
_ROUTE = Shape(owned.Route, (*_key("prefix", PREFIX), Items("next_hops", ("next-hops", "next-hop"), _NEXT_HOP)))
_STATIC: Path = ("protocols", "protocol")
_INSTANCE = Shape(
    owned.Instance,
    (
        *_key("name"),
        _config("kind", "type", identity("oc-ni-types")),
        _config("fallback", "fallback-network-instance"),
        Leaf("protocol", (*_STATIC, "identifier"), identity("oc-pol-types")),
        Leaf("protocol_name", (*_STATIC, "name")),
        Leaf("protocol", (*_STATIC, "config", "identifier"), identity("oc-pol-types")),
        Leaf("protocol_name", (*_STATIC, "config", "name")),
        Items("routes", (*_STATIC, "static-routes", "static"), _ROUTE),
    ),
)
_SENSORS = Shape(
    owned.Sensors,
    (
        *_key("sensor-group-id"),
        Items("paths", ("sensor-paths", "sensor-path"), Shape(owned.Sensor, _key("path"))),
    ),
)
_COLLECTOR = Shape(
    owned.Collector,
    (
        Leaf("name", ("destination-address",), ADDRESS),
        Leaf("port", ("destination-port",), NUMBER),
        _config("name", "destination-address", ADDRESS),
        _config("port", "destination-port", NUMBER),
    ),
)
_COLLECTORS = Shape(
    owned.Collectors, (*_key("group-id"), Items("collectors", ("destinations", "destination"), _COLLECTOR))
)
_SAMPLE = Shape(owned.Sample, (*_key("sensor-group"), _config("interval_ms", "sample-interval", NUMBER)))
_SUBSCRIPTION = Shape(
    owned.Subscription,
    (
        *_key("name"),
        _config("protocol", "protocol", identity("oc-tel-types")),
        _config("encoding", "encoding", identity("oc-tel-types")),
        Items("samples", ("sensor-profiles", "sensor-profile"), _SAMPLE),
        Items("sent", ("destination-groups", "destination-group"), Shape(owned.Sent, _key("group-id"))),
    ),
)

_FORWARDING: Path = ("network-instances", DEFAULT, "policy-forwarding")
# field of `Owned` -> the list that holds it, below a top-level element; `DEFAULT` stands for that network instance.
# Whatever binds objects to ports comes before the objects, which is the order in which all of it is taken away.
LISTS: tuple[tuple[str, Path, Shape], ...] = (
    ("policy_ports", (*_FORWARDING, "interfaces", "interface"), _POLICY_PORT),
    ("policies", (*_FORWARDING, "policies", "policy"), _STEER_POLICY),
    ("instances", ("network-instances", "network-instance"), _INSTANCE),
    ("acl_ports", ("acl", "interfaces", "interface"), _ACL_PORT),
    ("acl_sets", ("acl", "acl-sets", "acl-set"), _ACL_SET),
    ("qos_ports", ("qos", "interfaces", "interface"), _QOS_PORT),
    ("classifiers", ("qos", "classifiers", "classifier"), _CLASSIFIER),
    ("groups", ("qos", "forwarding-groups", "forwarding-group"), _GROUP),
    ("schedulers", ("qos", "scheduler-policies", "scheduler-policy"), _SCHEDULER_POLICY),
    ("buffers", ("qos", "buffer-allocation-profiles", "buffer-allocation-profile"), _BUFFERS),
    ("slopes", ("qos", "queue-management-profiles", "queue-management-profile"), _SLOPE),
    ("queues", ("qos", "queues", "queue"), _QUEUE),
    (
        "subscriptions",
        ("telemetry-system", "subscriptions", "persistent-subscriptions", "persistent-subscription"),
        _SUBSCRIPTION,
    ),
    ("sensors", ("telemetry-system", "sensor-groups", "sensor-group"), _SENSORS),
    ("collectors", ("telemetry-system", "destination-groups", "destination-group"), _COLLECTORS),
)
PORTS_OF = ("policy_ports", "acl_ports", "qos_ports")  # entries of ports, which others may have something in as well
