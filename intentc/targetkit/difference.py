"""One difference between what a device should run and what it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something owned that does not run as it should: "" for `expected` (it should not be there) or `running` (it is missing)."""

    artefact: str
    expected: str
    running: str
