"""What every placed demand does in any state: at which replica its packets end, and all that they touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from intentc.assertions.follow import follow
from intentc.assertions.journey import NOWHERE, Journey, join
from intentc.assertions.policies import Views, make_router
from intentc.assertions.tracks import Course, Track
from intentc.forwarding.outage import NORMAL, Outage
from intentc.values import replace

_MOST_JOURNEYS = 20_000  # in failure states, before the routing tables of past states are let go


class Behaviour:
    """Simulates the demands of a placed program. The journeys of the normal state are kept, the others made anew.

    `find_track` returns the track of a placed demand, None for one that was not placed; `views` has the network as the IGP and
    each Flexible Algorithm see it.
    """

    def __init__(self, views: Views, find_track: Callable[[str], Track | None]) -> None:
        self.views = views
        self.network, _ = views[0]
        self._find_track = find_track
        self._router = make_router(views)
        self._normal: dict[str, Journey] = {}
        self._made = 0

    def is_placed(self, key: str) -> bool:
        """Return whether a demand was placed."""
        return self._find_track(key) is not None

    def track(self, key: str) -> Track:
        """Return the track of a placed demand."""
        found = self._find_track(key)
        assert found is not None, key  # noqa: S101  (only placed demands are asked for)
        return found

    def journey(self, key: str, outage: Outage) -> Journey:
        """Return where the packets of a demand go in a state.

        Hosts talk to the chosen replica as long as all packets arrive there, then to the next one; what they send in vain
        counts too. They enter at the first of their nodes that is up and has a link. Replies start where the requests end.
        """
        if outage is not NORMAL:
            self._forget()
            return self._journey(key, outage)
        if key not in self._normal:
            self._normal[key] = self._journey(key, outage)
        return self._normal[key]

    def _forget(self) -> None:
        self._made += 1
        if self._made % _MOST_JOURNEYS == 0:
            self._router = make_router(self.views)

    def _journey(self, key: str, outage: Outage) -> Journey:
        track = self.track(key)
        if track.reply_to is None or not self.is_placed(track.reply_to):
            return self._there(track, outage)
        return self._back(track, self.journey(track.reply_to, outage), outage)

    def _there(self, track: Track, outage: Outage) -> Journey:
        tried: list[Journey] = []
        for course in track.courses:
            start, dependence = self._entrance(course, outage)
            if start is None:
                continue
            journey = self._follow(course, start, outage)
            tried.append(replace(journey, dependence=journey.dependence | dependence) if dependence else journey)
            if tried[-1].is_whole and course.accepted - outage.nodes:
                return join(tried, is_whole=True, most_links=tried[-1].most_links)
        return join(tried, is_whole=False, most_links=0)

    def _entrance(self, course: Course, outage: Outage) -> tuple[int | None, int]:
        """Return the source at which packets enter, and what has to stay up so that they do.

        Hosts turn to another router of their site where the one before is down, or is left without any link.
        """
        alive = [at for at, node in enumerate(course.sources) if node not in outage.nodes]
        if len(alive) < 2:
            return (course.sources[alive[0]] if alive else None), 0
        first = next(
            (at for at in alive if not 0 < len(course.access[at]) == len(course.access[at] & outage.links)), alive[0]
        )
        left = course.access[first] - outage.links
        return course.sources[first], self.network.link_bit(min(left)) if left else 0

    def _back(self, track: Track, requests: Journey, outage: Outage) -> Journey:
        if not requests.ends:
            return join([NOWHERE], is_whole=False, most_links=0, dependence=requests.dependence)
        found = [self._from(track, start, outage) for start in sorted(requests.ends)]
        is_whole = requests.is_whole and all(journey.is_whole for journey in found)
        most_links = max(journey.most_links for journey in found) if is_whole else 0
        return join(found, is_whole=is_whole, most_links=most_links, dependence=requests.dependence)

    def _from(self, track: Track, start: int, outage: Outage) -> Journey:
        """Return where replies go that start at a node: by its own addresses, to the first place where they arrive."""
        tried: list[Journey] = []
        for course in _leaving(track, start):
            tried.append(self._follow(course, start, outage))
            if tried[-1].is_whole:
                return join(tried, is_whole=True, most_links=tried[-1].most_links)
        return join(tried, is_whole=False, most_links=0)

    def _follow(self, course: Course, start: int, outage: Outage) -> Journey:
        return follow(self._router, course.steering, course.kinds, start, outage)


def _leaving(track: Track, start: int) -> Iterator[Course]:
    """Yield the courses whose packets start at a node, or all of them where none is written for it."""
    own = [course for course in track.courses if start in course.sources]
    yield from own or track.courses
