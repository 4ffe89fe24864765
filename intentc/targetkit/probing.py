"""Between which devices delay can be measured."""

from __future__ import annotations

from intentc.targetkit.model import Capabilities

AMONG_OWN = "probing-own"  # by a protocol that only devices of the same platform answer


def can_measure(capabilities: Capabilities, node: str, peer: str) -> bool:
    """Return whether `node` can measure the delay to `peer`: by STAMP, which any platform may answer, or as two of one platform."""
    if _can(capabilities, node, "probing") and _can(capabilities, peer, "reflecting"):
        return True
    is_own = _can(capabilities, node, AMONG_OWN) and _can(capabilities, peer, AMONG_OWN)
    return is_own and capabilities[node].platform == capabilities[peer].platform


def _can(capabilities: Capabilities, node: str, feature: str) -> bool:
    own = capabilities.get(node)
    support = own.features.get(feature) if own is not None and own.platform != "none" else None
    return support is not None and support.is_supported
