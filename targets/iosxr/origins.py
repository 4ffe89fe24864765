"""Who asked for what several items share."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import Origin


def asking(origins: Iterable[Origin | None]) -> Origin | None:
    """Return one origin for several; None where nobody asked."""
    found = [origin for origin in origins if origin is not None and origin.spans]
    if not found:
        return None
    return Origin(
        tuple(sorted({intent for origin in found for intent in origin.intents})),
        tuple(sorted({span for origin in found for span in origin.spans})),
    )
