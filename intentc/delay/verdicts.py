"""What follows for one queue from what comes to it and what it is served: delay, backlog, size, and on what basis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.delay.curves import Arrival, Service, delay_ns
from intentc.delay.service import End, Share, least_limit_bytes, open_limit_bytes
from intentc.delay.streams import BITS
from intentc.values import frozen

CEILING_NS = 1_000_000_000  # a queue that could hold a packet for longer counts as one without a bound
PROVED, QUEUE_LIMIT, ASSUMED = "proved", "queue-limit", "assumed"

Offer = tuple[Service, ...]  # all of them hold
Offers = Sequence[Offer]  # of several states


@frozen
class Worst:
    """The worst over some states: delay (None: none is bounded) and backlog, what comes at once, in nanobits."""

    delay_ns: int | None
    backlog: int
    burst: int

    @property
    def known_delay_ns(self) -> int:
        return CEILING_NS if self.delay_ns is None else self.delay_ns


@frozen
class Verdict:
    """What is known of a queue; `is_held`: its bursts are known."""

    delay_ns: int
    backlog: int
    limit_bytes: int
    basis: str
    is_held: bool


@frozen
class Case:
    """A queue at a link's end. `bursts`: of all demands that ever use it, in bytes.

    `most_ns`: how long it may hold a packet (None: as long as it takes), where that leaves room for those bursts.
    """

    end: End
    share: Share
    bursts: int
    most_ns: int | None

    @property
    def least_bytes(self) -> int:
        return least_limit_bytes(self.share.own, self.end.mtu)

    def most_delay_ns(self, offers: Offers) -> int:
        """Return the delay that its size keeps, whatever comes."""
        if self.most_ns is None:
            return CEILING_NS
        return max(self.most_ns, within(offers, max(self.least_bytes, self.bursts)))

    def strains(self, offer: Offer, limit_bytes: int) -> tuple[int, int, int]:
        """Return how bad a service is where its size bounds a queue: the delay that it makes of the bursts, the size that

        holds no packet for too long, negative, and the delay that it makes of a size.
        """
        full = within([offer], limit_bytes)
        if self.most_ns is None:
            return 0, 0, full
        return within([offer], max(self.least_bytes, self.bursts)), -self._room([offer]), full

    def judged(self, worst: Worst, offers: Offers, most_delay_ns: int) -> Verdict:
        """Return what holds where something limits what comes."""
        backlog, needed = worst.backlog, max(self.least_bytes, -(-worst.backlog // BITS))
        limit = self._clipped(needed)
        if not self.share.is_held:
            delay = CEILING_NS if worst.delay_ns is None else within(offers, limit)
            if delay > most_delay_ns:
                sized = self._sized(offers)
                limit = self._clipped(sized if worst.delay_ns is None else min(needed, sized))
            return Verdict(min(delay, most_delay_ns), limit * BITS, limit, QUEUE_LIMIT, is_held=False)
        delay = worst.known_delay_ns
        if delay > most_delay_ns:
            limit, delay = self._clipped(min(needed, self._sized(offers))), most_delay_ns
        if limit * BITS >= backlog and worst.delay_ns is not None:
            basis = QUEUE_LIMIT if self.share.own.drops_early else PROVED
            return Verdict(delay, backlog, limit, basis, is_held=True)
        if self.end.queue_bytes is not None:
            delay = min(delay, within(offers, limit))
        return Verdict(delay, limit * BITS, limit, QUEUE_LIMIT, is_held=True)

    def open(self, offers: Offers) -> Verdict:
        """Return what holds where nobody knows what comes."""
        served = min(max(service.rate_bps for service in offer) for offer in _distinct(offers))
        limit = self._clipped(open_limit_bytes(self.share.own, self.end.mtu, served, self.bursts))
        return Verdict(within(offers, limit), limit * BITS, limit, QUEUE_LIMIT, is_held=False)

    def unserved(self) -> Verdict:
        """Return what is known where nothing is left for the class."""
        return Verdict(CEILING_NS, 0, self.least_bytes, ASSUMED, is_held=False)

    def _sized(self, offers: Offers) -> int:
        """Return the size that holds no packet for too long, but has room for the bursts."""
        return max(self.least_bytes, self.bursts, self._room(offers))

    def _room(self, offers: Offers) -> int:
        most = self.most_ns or 0
        return min(
            max((most - service.latency_ns) * service.rate_bps // BITS for service in offer)
            for offer in _distinct(offers)
        )

    def _clipped(self, wanted: int) -> int:
        """Return the size of a queue in bytes, where the device's buffer may be smaller than what is wanted."""
        end = self.end
        return wanted if end.queue_bytes is None else max(end.mtu, min(wanted, end.queue_bytes))


def worst_of(cases: Iterable[tuple[Arrival, Offer]]) -> Worst:
    """Return the worst of some states, for each the best that any of its services proves."""
    worst, backlog, burst = 0, 0, 0
    is_bounded = True
    for arrival, offer in cases:
        delay, waiting = deviations(arrival, offer)
        if delay is None:
            is_bounded = False
        elif delay > worst:
            worst = delay
        backlog = max(backlog, waiting)
        burst = max(burst, arrival.burst)
    return Worst(worst if is_bounded else None, backlog, burst)


def deviations(arrival: Arrival, offer: Offer) -> tuple[int | None, int]:
    """Return the least delay that any of the services proves, and the least backlog: at most rate × delay of one of them."""
    delay: int | None = None
    backlog = 0
    slope, start = arrival.slope, arrival.start
    for service in offer:
        rate_bps = service.rate_bps
        found = service.latency_ns - (-start // rate_bps) if slope <= rate_bps else delay_ns(arrival, service)
        if found is not None:
            waiting = rate_bps * found
            if delay is None:
                delay, backlog = found, waiting
            else:
                delay, backlog = min(delay, found), min(backlog, waiting)
    return delay, backlog


def _distinct(offers: Offers) -> Offers:
    """Return the offers but for those that are one with the first: most queues are served the same in all states."""
    return [offers[0], *(offer for offer in offers if offer is not offers[0])]


def within(offers: Offers, limit_bytes: int) -> int:
    """Return the delay of what finds room in a queue of some size, in the worst state."""
    limit = limit_bytes * BITS
    return max(
        min(service.latency_ns - (-limit // service.rate_bps) for service in offer) for offer in _distinct(offers)
    )


def leaving(cases: Iterable[Arrival], delay: int) -> int:
    """Return what may leave at once after a delay, in nanobits."""
    return max(arrival.burst + arrival.rate_bps * delay for arrival in cases)
