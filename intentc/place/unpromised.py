"""States that others are promised, but not a demand: what touches its paths there frees what it has reserved."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.outage import Outage, Outages, Watch

_MOST_KNOWN = 64  # promises; most demands share a few


class Unpromised:
    """Answers for many demands, most of which are promised the very same states but for some that cut their ends off."""

    def __init__(self) -> None:
        self._known: dict[
            Watch, tuple[int, int, Watch]
        ] = {}  # by what is promised: how many states there are in all, and in it; the others
        self._met: tuple[Outages, dict[Outage, int]] | None = None  # all states by their places

    def touching(self, outages: Outages, promised: Watch, mask: int) -> Sequence[Outage]:
        """Return the states that are not promised and touch an element of a mask, in the order in which they were met."""
        places, whole = self._places(outages), promised.whole
        found = self._known.get(whole)
        if found is None or found[:2] != (len(places), len(whole.all)):
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            others = Watch(whole.without_any(places))
            found = self._known[whole] = len(places), len(whole.all), others
        touched = found[2].touching(mask)
        gone = [outage for outage in promised.gone if outage.touches(mask) and outage in places and outage in whole]
        return sorted([*touched, *gone], key=places.__getitem__) if gone else touched

    def _places(self, outages: Outages) -> dict[Outage, int]:
        if self._met is None or self._met[0] is not outages or len(self._met[1]) != len(outages):
            self._met = outages, {outage: place for place, outage in enumerate(outages.known)}
        return self._met[1]
