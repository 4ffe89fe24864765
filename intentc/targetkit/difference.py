"""One difference between what a device should run and what it runs."""

from __future__ import annotations

from intentc.values import ordered


@ordered
class Difference:
    """Something owned that does not run as it should: "" for `expected` (it should not be there) or `running` (it is missing)."""

    artefact: str
    expected: str
    running: str
