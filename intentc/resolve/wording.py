from __future__ import annotations

from collections.abc import Sequence

_SHOWN = 5


def listed(names: Sequence[str], shown: int = _SHOWN) -> str:
    """Return names in back-ticks, the first few of many: `a`, `b` and 7 more."""
    ticked = [f"`{name}`" for name in names[:shown]]
    if len(names) > shown:
        return f"{', '.join(ticked)} and {len(names) - shown} more"
    return ticked[0] if len(ticked) == 1 else f"{', '.join(ticked[:-1])} and {ticked[-1]}" if ticked else ""
