"""Where quality of service stands in the configuration: elements as in Cisco's published models (`Cisco-IOS-XE-policy`, 17.18)."""

from __future__ import annotations

from intentc.targetkit.kit import DSCP, NUMBER, Flag, Items, Leaf, Many, Path, Shape

from . import owned_qos as owned

CLASS_MAP = Shape(
    owned.ClassMap,
    (
        Leaf("name", ("name",)),
        Leaf("matching", ("prematch",)),
        Many("dscps", ("match", "dscp"), DSCP),
        Many("labels", ("match", "mpls", "experimental", "topmost"), NUMBER),
        Many("lists", ("match", "access-group", "name")),
    ),
)


def _police(name: str) -> Path:
    return ("actions", name, f"{name.partition('-')[0]}-action")


_POLICE = Shape(
    owned.Police,
    (
        Leaf("rate", ("cir",), NUMBER),
        Leaf("burst", ("bc",), NUMBER),
        Leaf("peak_rate", ("pir",), NUMBER),
        Leaf("peak_burst", ("pir-be", "be"), NUMBER),
        Flag("is_conform_sent", (*_police("conform-transmit"), "transmit")),
        Leaf("exceed_dscp", (*_police("exceed-set-dscp-transmit"), "set-dscp-transmit-config"), DSCP),
        Flag("is_exceed_dropped", (*_police("exceed-drop"), "drop")),
        Flag("is_violate_dropped", (*_police("violate-drop"), "drop")),
    ),
)
_EARLY = Shape(
    owned.Early,
    (
        Leaf("dscp", ("dscp-val",), DSCP),
        Leaf("low", ("min-threshold",), NUMBER),
        Leaf("low_unit", ("min-threshold-unit",)),
        Leaf("high", ("max-threshold",), NUMBER),
        Leaf("high_unit", ("max-threshold-unit",)),
        Leaf("denominator", ("denominator",), NUMBER),
    ),
)
_ACTION = Shape(
    owned.Action,
    (
        Leaf("kind", ("action-type",)),
        Leaf("remaining_kind", ("bandwidth", "remaining", "rem-option")),
        Leaf("remaining", ("bandwidth", "remaining", "percent"), NUMBER),
        Items("police", ("police-policy-map", "police"), _POLICE),
        Leaf("level", ("priority", "level"), NUMBER),
        Leaf("limit", ("queue-limit", "queue-limit-value"), NUMBER),
        Leaf("limit_unit", ("queue-limit", "queue-limit-type")),
        Flag("is_by_dscp", ("random-detect", "dscp-based")),
        Items("early", ("random-detect", "dscp"), _EARLY),
        Flag("is_ecn", ("random-detect", "ecn")),
        Leaf("child", ("service-policy",)),
        Leaf("dscp", ("set", "dscp", "dscp-val"), DSCP),
        Leaf("label", ("set", "mpls", "experimental", "imposition", "exp-value"), NUMBER),
        Leaf("shape", ("shape", "average", "bit-rate"), NUMBER),
    ),
)
_TREATMENT = Shape(owned.Treatment, (Leaf("name", ("name",)), Items("actions", ("action-list",), _ACTION)))
POLICY_MAP = Shape(owned.PolicyMap, (Leaf("name", ("name",)), Items("classes", ("class",), _TREATMENT)))
