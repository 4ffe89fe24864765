"""What the device of a node has of a feature, and if it has it not, why and what would do it."""

from __future__ import annotations

from intentc.targetkit.liveness import LOOPED
from intentc.targetkit.model import Capabilities, Support

# a feature that most platforms have with another one: what is not said of it is said of that one
REFINEMENTS = {"sr-policy-ipv6": "sr-policy", "switching-loss": "switching"}
_UNCONFIGURED = Support(
    is_supported=False,
    reason="nobody configures it",
    instead="write the platform of the node, or attach this end to a node that is configured",
)


def support(capabilities: Capabilities, node: str, feature: str, head_end: str | None = None) -> Support:
    """Return what a node has of a feature; `head_end`: where the policy begins that ends there, if it is about one.

    A policy whose probes come back by themselves needs nothing of its end.
    """
    beginning = capabilities.get(head_end or "")
    if beginning is not None and beginning.features.get(LOOPED, _UNCONFIGURED).is_supported:
        return Support(is_supported=True)
    own = capabilities.get(node)
    if own is None or own.platform == "none":
        return _UNCONFIGURED
    if feature in REFINEMENTS and feature not in own.features:
        return own.features.get(REFINEMENTS[feature], _UNCONFIGURED)
    found = own.features.get(feature)
    if found is not None:
        return found
    return Support(
        is_supported=False, reason=f"`{own.platform}` has nothing for it", instead="use another platform there"
    )
