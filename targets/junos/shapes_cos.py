"""Where the values of class of service stand in the configuration."""

from __future__ import annotations

from intentc.targetkit.kit import NUMBER, Flag, Items, Kind, Leaf, Many, Shape

from . import owned_cos as owned
from .words import RATE

_NAME = Leaf("name", ("name",))


def table(kind: Kind, code: str) -> Shape:
    """Return where the classes of a classifier or rewrite rule stand; `code` is the element of a code point."""
    codes = Shape(owned.Codes, (_NAME, Many("codes", (code,), kind)))
    classes = Shape(owned.ClassCodes, (_NAME, Items("codes", ("loss-priority",), codes)))
    return Shape(owned.Table, (_NAME, Items("classes", ("forwarding-class",), classes)))


_DROP_MAP = Shape(
    owned.DropMap,
    (
        Leaf("loss_priority", ("loss-priority",)),
        Leaf("protocol", ("protocol",)),
        Leaf("profile", ("drop-profile",)),
    ),
)
SCHEDULER = Shape(
    owned.Scheduler,
    (
        _NAME,
        Leaf("transmit_bps", ("transmit-rate", "rate"), RATE),
        Leaf("excess_proportion", ("excess-rate", "proportion"), NUMBER),
        Leaf("shaping_bps", ("shaping-rate", "rate"), RATE),
        Leaf("shaping_burst_bytes", ("shaping-rate", "burst-size"), RATE),
        Leaf("buffer_us", ("buffer-size", "temporal"), RATE),
        Flag("is_buffer_exact", ("buffer-size", "exact")),
        Leaf("priority", ("priority",)),
        Leaf("excess_priority", ("excess-priority",)),
        Items("drop_profiles", ("drop-profile-map",), _DROP_MAP),
        Flag("is_ecn", ("explicit-congestion-notification",)),
    ),
)
DROP_PROFILE = Shape(
    owned.DropProfile,
    (
        _NAME,
        Many("fill_levels", ("interpolate", "fill-level"), NUMBER),
        Many("probabilities", ("interpolate", "drop-probability"), NUMBER),
    ),
)
MAP = Shape(
    owned.SchedulerMap,
    (
        _NAME,
        Items(
            "classes",
            ("forwarding-class",),
            Shape(owned.ClassScheduler, (_NAME, Leaf("scheduler", ("scheduler",)))),
        ),
    ),
)
PROFILE = Shape(
    owned.Profile,
    (_NAME, Leaf("scheduler_map", ("scheduler-map",)), Leaf("rate_bps", ("shaping-rate", "rate"), RATE)),
)
_REWRITE = Shape(owned.Rewrite, (_NAME, Many("protocols", ("protocol",))))
_COS_UNIT = Shape(
    owned.CosUnit,
    (
        Leaf("name", ("name",), NUMBER),
        Leaf("profile", ("output-traffic-control-profile", "profile-name")),
        Leaf("classify4", ("classifiers", "dscp", "name")),
        Leaf("classify6", ("classifiers", "dscp-ipv6", "name")),
        Leaf("classify_exp", ("classifiers", "exp", "classifier-name")),
        Items("rewrite4", ("rewrite-rules", "dscp"), _REWRITE),
        Items("rewrite6", ("rewrite-rules", "dscp-ipv6"), _REWRITE),
        Items("rewrite_exp", ("rewrite-rules", "exp"), _REWRITE),
    ),
)
COS_INTERFACE = Shape(
    owned.CosInterface,
    (
        _NAME,
        Leaf("scheduler_map", ("scheduler-map",)),
        Leaf("rate_bps", ("shaping-rate", "rate"), RATE),
        Items("units", ("unit",), _COS_UNIT),
    ),
)
FORWARDING_CLASS = Shape(owned.ForwardingClass, (_NAME, Leaf("queue", ("queue-num",), NUMBER)))
