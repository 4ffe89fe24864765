"""Where quality of service stands at the command line: the same values as in `shapes_qos`, as `show running-config` prints them.

The words are those of Cisco's "Quality of Service Solutions Command Reference".
"""

from __future__ import annotations

from intentc.targetkit.kit import (
    DSCP,
    NUMBER,
    CliBlocks,
    CliEach,
    CliFlag,
    CliKinds,
    CliLine,
    CliShape,
    CliWords,
)

from . import owned_qos as owned

CLASS_MAP = CliShape(
    owned.ClassMap,
    "class-map {matching} {name}",
    (
        CliWords("dscps", "match dscp {items*}", DSCP),
        CliWords("labels", "match mpls experimental topmost {items*}", NUMBER),
        CliEach("lists", "match access-group name {item}"),
    ),
)
_POLICE = CliShape(
    owned.Police,
    "police cir {rate} bc {burst}[ pir {peak_rate} be {peak_burst}]",
    (
        CliFlag("is_conform_sent", "conform-action transmit"),
        CliLine("exceed-action set-dscp-transmit {exceed_dscp}", {"exceed_dscp": DSCP}),
        CliFlag("is_exceed_dropped", "exceed-action drop"),
        CliFlag("is_violate_dropped", "violate-action drop"),
    ),
    dict.fromkeys(("rate", "burst", "peak_rate", "peak_burst"), NUMBER),
)
_EARLY = CliShape(
    owned.Early,
    "random-detect dscp {dscp} {low} {low_unit} {high} {high_unit} {denominator}",
    kinds={"dscp": DSCP, "low": NUMBER, "high": NUMBER, "denominator": NUMBER},
)
_ACTIONS: dict[str, tuple[CliLine | CliFlag | CliBlocks, ...]] = {
    "priority": (CliLine("priority level {level}", {"level": NUMBER}),),
    "police": (CliBlocks("police", _POLICE),),
    "bandwidth": (CliLine("bandwidth remaining {remaining_kind} {remaining}", {"remaining": NUMBER}),),
    "queue-limit": (CliLine("queue-limit {limit} {limit_unit}", {"limit": NUMBER}),),
    "shape": (CliLine("shape average {shape}", {"shape": NUMBER}),),
    "random-detect": (
        CliFlag("is_by_dscp", "random-detect dscp-based"),
        CliBlocks("early", _EARLY),
        CliFlag("is_ecn", "random-detect ecn"),
    ),
    "set": (
        CliLine("set dscp {dscp}", {"dscp": DSCP}),
        CliLine("set mpls experimental imposition {label}", {"label": NUMBER}),
    ),
    "service-policy": (CliLine("service-policy {child}"),),
}
_TREATMENT = CliShape(owned.Treatment, "class {name}", (CliKinds("actions", owned.Action, "kind", _ACTIONS),))
POLICY_MAP = CliShape(owned.PolicyMap, "policy-map {name}", (CliBlocks("classes", _TREATMENT),))
_SAID = ("priority", "bandwidth", "queue-limit", "shape", "set dscp", "set mpls experimental")


def said(line: str) -> str:
    """Return what a line of a class says: typed with another amount it takes the place of the one that is there."""
    if line.startswith("random-detect dscp "):
        return " ".join(line.split()[:3])
    return next((words for words in _SAID if line.startswith(f"{words} ")), line)
