"""What the check of the assertions came to."""

from __future__ import annotations

from enum import StrEnum

from intentc.values import frozen

NORMAL_STATE = "normal"  # the id of the state in which nothing has failed, as in the manifest


class Measure(StrEnum):
    """What the value of an assertion counts; the more, the worse."""

    UTILISATION = "utilisation"  # of the fullest link and direction, in ppm, rounded up
    PAIRS = "pairs"  # of nodes that are up and do not reach each other
    ELEMENTS = "elements"  # forbidden links and nodes that packets of one demand touch
    LINKS = "links"  # of the longest path


@frozen
class Worst:
    """The worst state, of several the normal one, else the first by id; `value` in the unit of the measure."""

    state: str
    value: int


@frozen
class AssertionResult:
    """Whether an assertion holds in all states that it speaks of, and how near it comes to not holding."""

    name: str
    holds: bool
    measure: Measure
    worst: Worst
