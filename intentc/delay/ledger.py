"""The books of what is left of a program by a kernel: what `withdraw._Books` keeps, with the same result."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import compress

from intentc.delay.holdings import Holdings, Numbering, Side
from intentc.delay.promises import Promised, names_of, promised_by
from intentc.delay.rows import Rows
from intentc.realise.model import LinkLoad, Realised, RealisedDemand
from intentc.topology.model import Directional

_PPM = 1_000_000
_FEW = 2  # how often links are taken up as they are met; then all that are left


class Ledger:
    """What each direction of a link holds.

    Links to which nothing comes that is withdrawn hold what was placed; all others are counted, from then on (`Holdings`). Where the
    states that are promised are other ones, all are.
    """

    def __init__(self, rows: Rows, realised: Realised) -> None:
        self._rows, self._placed = rows, realised
        self._classes, self._links = list(realised.model.classes), list(realised.model.topology.links)
        self._promised = promised_by(realised.demands)
        self._names = self._first_names = names_of(self._promised)
        self._states = Numbering(rows, realised.model.topology, self._names)
        self._parts: list[Holdings] = []
        self._is_counted = self._is_met = bytes(len(self._links))  # at any time, and by what is withdrawn now
        self._known: dict[str, LinkLoad] = {}
        self._sides: dict[int, Side] = {}
        self._sending = rows.sending(realised.demands.values())
        self._rest_ppm = self._fullest_rest_ppm()

    def hold(self, kept: Mapping[str, RealisedDemand]) -> bool:
        """Hold these demands of those that it was made with, and no others."""
        demands = self._placed.demands
        gone = demands.keys() - kept.keys()
        promised = promised_by(kept)
        if promised.keys() != self._promised.keys():
            self._promise(promised)
        if self._names == self._first_names:
            self._is_met = self._rows.links_of(demands[key] for key in gone)
        else:
            self._is_met = b"\1" * len(self._links)
        self._count(self._is_met)
        for part in self._parts:
            for port in part.hold(gone):
                self._sides.pop(port, None)
                self._known.pop(self._links[port // 2], None)
        return True

    def _promise(self, promised: Promised) -> None:
        names = names_of(promised)
        self._promised = promised
        if names != self._names:
            self._names = names
            for part in self._parts:
                part.rank(self._ranks())
            self._sides.clear()
            self._known.clear()

    def _ranks(self) -> list[int]:
        """Return of each state its rank by name, -1 of those that nobody is promised any more."""
        ranks = {name: rank for rank, name in enumerate(sorted(set(self._names.values())))}
        return [ranks.get(self._names.get(elements, ""), -1) for elements in self._states.elements]

    def _count(self, links: bytes) -> None:
        """Count some links from now on, where they are not counted yet."""
        new = bytes(is_one and not is_known for is_one, is_known in zip(links, self._is_counted, strict=True))
        if not any(new):
            return
        if len(self._parts) >= _FEW:
            new = bytes(not is_known for is_known in self._is_counted)
        part = Holdings(self._rows, self._placed, self._states, new)
        part.rank(self._ranks())
        self._parts.append(part)
        self._is_counted = bytes(map(max, new, self._is_counted))
        self._rest_ppm = self._fullest_rest_ppm()

    def loads(self) -> dict[str, LinkLoad]:
        """Return the loads of all links in use, sorted."""
        known, links = self._known, self._links
        self._sides = {port: side for part in self._parts for port, side in part.sides(self._sides).items()}
        numbers = {links[port // 2]: port // 2 * 2 for port in self._sides}
        self._known = {name: known.get(name) or self._load(name, port) for name, port in numbers.items()}
        met = set(compress(links, self._is_met))
        found = {name: load for name, load in self._placed.loads.items() if name not in met}
        found |= {name: load for name, load in self._known.items() if name in met}
        return {name: found[name] for name in sorted(found)}

    def _load(self, name: str, port: int) -> LinkLoad:
        nothing: Side = ({}, 0, -1, {})
        sides = [self._sides.get(port, nothing), self._sides.get(port + 1, nothing)]
        (ab, worst_ab, state_ab, peaks_ab), (ba, worst_ba, state_ba, peaks_ba) = sides
        return LinkLoad(
            link=name,
            reserved=Directional(sum(ab.values()), sum(ba.values())),
            by_class=pairs(self._named(ab), self._named(ba)),
            worst=Directional(worst_ab, worst_ba),
            worst_state=(self._state(state_ab), self._state(state_ba)),
            worst_by_class=pairs(self._named(peaks_ab), self._named(peaks_ba)),
        )

    def _named(self, by_group: Mapping[int, int]) -> dict[str, int]:
        return {self._classes[group]: bps for group, bps in by_group.items()}

    def _state(self, number: int) -> str:
        return "" if number < 0 else self._names[self._states.elements[number]]

    def fullest_ppm(self) -> int:
        """Return how full the fullest direction of a link that is in use in the normal state is, in ppm."""
        counted = [self._fill_ppm(port, sum(normal.values())) for port, (normal, *_) in self._sides.items() if normal]
        return max([self._rest_ppm, *counted])

    def _fullest_rest_ppm(self) -> int:
        """Return the same of the links that are not counted."""
        found, links, loads = [0], self._links, self._placed.loads
        for port in compress(range(2 * len(links)), self._sending):
            if not self._is_counted[port // 2]:
                bps = loads[links[port // 2]].reserved.towards(is_ab=port % 2 == 0)
                found.append(self._fill_ppm(port, bps))
        return max(found)

    def _fill_ppm(self, port: int, bps: int) -> int:
        """Return how full a port is with what is reserved there, and with what nobody declared."""
        link = self._placed.model.topology.links[self._links[port // 2]]
        is_ab = port % 2 == 0
        return -(-(bps + link.background_bps.towards(is_ab=is_ab)) * _PPM // link.capacity_bps.towards(is_ab=is_ab))


def pairs(ab: Mapping[str, int], ba: Mapping[str, int]) -> dict[str, Directional]:
    """Return the amounts of both directions by name, sorted."""
    return {name: Directional(ab.get(name, 0), ba.get(name, 0)) for name in sorted(ab.keys() | ba.keys())}
