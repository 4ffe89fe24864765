"""Lines numbered far apart, so that what comes between two declarations later takes nothing from what stands behind.

A declaration that only stands further down or up than before is another one to all that follows: hundreds of values point into it. Where its
lines keep the numbers that they have it is the very same. All that is asked of numbers is their order, which is that of the lines;
`diagnostics.places.Places` tells which line a number means.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING

APART = 1 << 40  # from one line to the next, where there is room for all
_NEAR = 1 << 16  # between lines that come together: others may come before and behind them
_MOST_LINES = 1 << 22  # whose numbers are words

if TYPE_CHECKING:
    Numbers = array[int]


def spaced(lines: int) -> Numbers | None:
    """Return numbers for the lines of a file; None: they are too many."""
    return array("q", range(APART, (lines + 1) * APART, APART)) if lines <= _MOST_LINES else None


def between(low: int, high: int | None, count: int) -> Sequence[int] | None:
    """Return so many numbers above `low` and below `high` (None: the end of the file); None where there is no room."""
    if high is None:
        found = range(low + APART, low + APART * count + 1, APART)
        return found if low + APART * count < APART * 2 * _MOST_LINES else None
    step = min(_NEAR, (high - low) // (2 * (count + 1)))
    if step < 1:
        return None
    first = low + (high - low - step * (count - 1)) // 2
    return range(first, first + step * count, step)


def renumbered_lines(
    numbers: Sequence[int], old: Sequence[str], new: Sequence[str], first: int
) -> Sequence[int] | None:
    """Return the numbers of lines that have taken the place of the `old` ones, which began at place `first` of `numbers`.

    Lines at their beginning and end that are the same keep theirs. None: there is no room for what is between.
    """
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    own = numbers[first : first + len(old)]
    if len(old) == len(new):
        return own
    behind = first + len(old) - tail
    low = own[head - 1] if head else (numbers[first - 1] if first else 0)
    anew = between(low, numbers[behind] if behind < len(numbers) else None, len(new) - head - tail)
    return None if anew is None else (*own[:head], *anew, *own[len(old) - tail :])
