"""How the scheduler at a link's end serves each class: what it guarantees, and how long it may serve others first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from intentc.delay.curves import Service
from intentc.delay.streams import BITS, NANOBITS
from intentc.resolve.model import Scheduling, TrafficClass
from intentc.values import frozen, replace

_PPB = 1_000_000_000
_US_PER_S = 1_000_000
_NS_PER_US = 1000
_BITS_PER_BYTE = 8
_FRAMES_AT_ONCE = 2  # a class's shaper may be ahead of its rate by two frames,
_MS_PER_S = 1000  # or by 1 ms of its rate: timers are not finer
_BYTES_PER_WEIGHT = 300  # its turn, where classes take turns
_PERCENT, _DIVIDED = 100, 75  # of a link, of which at least so much is divided where classes share by weights
_LEAST_FRAMES = {Scheduling.STRICT: 16, Scheduling.WEIGHT: 32, Scheduling.SHARE: 32, Scheduling.IDLE: 32}
# How long a full queue may hold a packet: short where latency counts, longer where TCP fills it (RFC 3246 §2, RFC 7567).
_HOLD_US = {Scheduling.STRICT: 10_000, Scheduling.WEIGHT: 50_000, Scheduling.SHARE: 50_000, Scheduling.IDLE: 50_000}


def guarantee_bps(own: TrafficClass, rate_bps: int, reserved_bps: int) -> int:
    """Return what a class is sure of on a link: its reservations in the worst promised state, or its fixed share."""
    share = rate_bps * own.share_ppb // _PPB
    match own.scheduling:
        case Scheduling.STRICT:
            return min(reserved_bps, share)
        case Scheduling.SHARE:
            return share
        case Scheduling.IDLE:
            return max(reserved_bps, share)
        case Scheduling.WEIGHT:
            return reserved_bps


def least_limit_bytes(own: TrafficClass, mtu: int) -> int:
    """Return the size that a queue has at least."""
    return _LEAST_FRAMES[own.scheduling] * mtu


def hold_ns(own: TrafficClass) -> int:
    """Return how long a queue may hold a packet where no bound asks for less."""
    return _HOLD_US[own.scheduling] * _NS_PER_US


def open_limit_bytes(own: TrafficClass, mtu: int, served_bps: int, bursts: int) -> int:
    """Return the size of a queue of which nobody knows what comes: a bounded time of service, room for `bursts` bytes."""
    hold = served_bps * _HOLD_US[own.scheduling] // (_BITS_PER_BYTE * _US_PER_S)
    return max(least_limit_bytes(own, mtu), hold, bursts)


@frozen
class Share:
    """A class at a link's end. `takes_bps`: the most that it may take before others in the long run.

    `is_held`: all that comes is held to token buckets, and the scheduler lets their bursts pass before what is not.
    """

    own: TrafficClass
    guarantee_bps: int
    takes_bps: int
    is_held: bool

    @property
    def is_strict(self) -> bool:
        return self.own.scheduling is Scheduling.STRICT

    @property
    def is_idle(self) -> bool:
        return self.own.scheduling is Scheduling.IDLE

    @property
    def weight(self) -> int:
        return self.own.weight if self.own.scheduling is Scheduling.WEIGHT else 0


@frozen
class End:
    """A link's end as sender: the classes in use by name, the rate that is theirs together, and the largest packet.

    `even_bps`: where classes share by weights (None: guarantees come first), what each unit of weight brings beside guarantees at least.
    `is_shaping`: nobody knows that the cap of a strict class lets the bursts pass that were admitted.
    """

    rate_bps: int
    mtu: int
    line_bps: int
    queue_bytes: int | None
    shares: Mapping[str, Share]
    even_bps: int | None = None
    is_shaping: bool = False

    @property
    def packet(self) -> int:
        """Return the largest packet in nanobits."""
        return self.mtu * BITS

    @property
    def packet_ns(self) -> int:
        """Return how long the largest packet takes on the line."""
        return -(-self.packet // self.line_bps)

    def is_sharing(self, name: str) -> bool:
        """Return whether a class has a part by weight of what strict ones leave: nobody publishes how long others are served first."""
        return self.even_bps is not None and not self.shares[name].is_strict

    def is_assumed(self, name: str) -> bool:
        """Return whether nothing is proved of a class, whatever comes: nobody publishes its turns, or what its cap lets pass at once."""
        return self.is_sharing(name) or (self.is_shaping and self.shares[name].is_strict)

    @property
    def is_tight(self) -> bool:
        """Return whether the guarantees exceed the rate: those of states that never come together."""
        return sum(share.takes_bps for share in self.shares.values()) > self.rate_bps

    @property
    def may_be_tight(self) -> bool:
        """Return whether they do, or may come to where strict classes turn out to be held by nothing."""
        return (
            sum(
                max(share.takes_bps, _cap(share.own, self.line_bps) if share.is_strict else 0)
                for share in self.shares.values()
            )
            > self.rate_bps
        )


@frozen
class Burst:
    """What a held class may bring to a link's end at once, and what it may send there at once, both in nanobits."""

    arriving: int
    leaving: int


Loads = Mapping[str, int]  # class -> bps
Bursts = Mapping[str, Burst]


def make_share(own: TrafficClass, line_bps: int, reserved_bps: int, *, is_held: bool) -> Share:
    """Return a class's share of a link; a strict class that nothing holds may take all of its cap."""
    sure = guarantee_bps(own, line_bps, reserved_bps)
    is_loose = not is_held and own.scheduling is Scheduling.STRICT
    return Share(own, sure, _cap(own, line_bps) if is_loose else sure, is_held)


def even_bps(known: Iterable[TrafficClass], line_bps: int, rate_bps: int, reserved_bps: Mapping[str, int]) -> int:
    """Return what each unit of weight brings at least at a link's end of `line_bps`, of which `rate_bps` are for classes.

    Targets divide by weight what caps and guarantees leave; network control, whole percents and queues that nobody uses take less
    than a quarter of the link from that. `known`: all classes of the program, as a port may have queues for any.
    """
    sure = weights = 0
    for own in known:
        is_strict = own.scheduling is Scheduling.STRICT
        sure += _cap(own, line_bps) if is_strict else guarantee_bps(own, line_bps, reserved_bps.get(own.name, 0))
        weights += own.weight
    return max(0, rate_bps * _DIVIDED // _PERCENT - sure) // max(1, weights)


def loosened(end: End, name: str) -> End:
    """Return the link's end with the class `name` as one that nothing holds."""
    share = end.shares[name]
    takes = _cap(share.own, end.line_bps) if share.is_strict else share.takes_bps
    return replace(end, shares={**end.shares, name: replace(share, takes_bps=takes, is_held=False)})


def _cap(own: TrafficClass, line_bps: int) -> int:
    return line_bps * own.share_ppb // _PPB


@frozen
class Term:
    """What a held class adds to what goes first: its burst as it comes or as it leaves, and `least` at least (nanobits)."""

    name: str
    is_leaving: bool
    least: int = 0


@frozen
class Recipe:
    """A service but for the bursts of others: `ahead` nanobits and the terms are sent first, at `left_bps`."""

    rate_bps: int
    left_bps: int
    ahead: int
    terms: tuple[Term, ...] = ()
    extra_ns: int = 0

    def service(self, bursts: Bursts) -> Service:
        """Return the service beside classes with these bursts."""
        ahead = self.ahead
        for term in self.terms:
            burst = bursts.get(term.name)
            own = 0 if burst is None else burst.leaving if term.is_leaving else burst.arriving
            ahead += max(term.least, own)
        return Service(self.rate_bps, -(-ahead // self.left_bps) + self.extra_ns)


def services(end: End, name: str, loads: Loads | None, bursts: Bursts) -> tuple[Service, ...]:
    """Return what the class `name` is served beside others with these bursts, each of several bounds being true."""
    return tuple(recipe.service(bursts) for recipe in recipes(end, name, loads))


def recipes(end: End, name: str, loads: Loads | None) -> tuple[Recipe, ...]:
    """Return what the class `name` is served, each of several bounds being true; none where nothing is left for it.

    `loads`: what each other class brings in a state; None: what it may take in any.
    """
    share = end.shares[name]
    others = [other for other in end.shares.values() if other is not share]
    if end.is_sharing(name):
        found = [_sharing(end, share, others, loads, is_after_held=is_after) for is_after in (True, False)]
    elif not share.is_held:
        found = [_loose(end, share, others, loads)]
    elif share.is_strict:
        found = [_after(end, [other for other in others if other.is_strict], loads)]
    else:
        found = [_after(end, others, loads), _in_turn(end, share, others, loads)]
    return tuple(recipe for recipe in found if recipe is not None)


@frozen
class Part:
    """Of the rate that `others` leave, `own` of `whole` parts."""

    others: tuple[Share, ...]
    own: int = 1
    whole: int = 1


def parts(end: End, name: str) -> tuple[Part, ...]:
    """Return what each of the services of a held class has of a link's end, in the order of its `recipes`."""
    share = end.shares[name]
    others = [other for other in end.shares.values() if other is not share]
    strict = tuple([other for other in others if other.is_strict])
    if share.is_strict:
        return (Part(strict),)
    own = _turn(end, share)
    turns = sum(_turn(end, other) for other in others if not (other.is_strict or other.is_idle))
    return Part(tuple(others)), Part(strict, own, own + turns)


def _after(end: End, others: Sequence[Share], loads: Loads | None) -> Recipe | None:
    """Return what is left after all that others may send: their rates and bursts (blind multiplexing)."""
    left = end.rate_bps - sum(_taken(other, loads) for other in others)
    ahead = 2 * end.packet + sum(_early(end, other) for other in others if not (other.is_held or other.is_idle))
    terms = tuple(Term(other.own.name, is_leaving=False) for other in others if other.is_held)
    return Recipe(left, left, ahead, terms) if left > 0 else None


def _in_turn(end: End, share: Share, others: Sequence[Share], loads: Loads | None) -> Recipe | None:
    """Return what taking turns leaves to a class, after the strict ones, whatever the others send."""
    strict = [other for other in others if other.is_strict]
    peers = [other for other in others if not (other.is_strict or other.is_idle)]
    left = end.rate_bps - sum(_taken(other, loads) for other in strict)
    own = _turn(end, share)
    turns = sum(_turn(end, other) for other in peers)
    rate = left * own // (own + turns)
    ahead = (len(peers) + 3) * end.packet - (-turns * (own + end.packet) // own)
    ahead += sum(_shaped(end, _cap(other.own, end.line_bps)) for other in strict if not other.is_held)
    return Recipe(rate, left, ahead, _leaving(strict)) if left > 0 and rate > 0 else None


def _sharing(
    end: End, share: Share, others: Sequence[Share], loads: Loads | None, *, is_after_held: bool
) -> Recipe | None:
    """Return what a class has by weight beside its peers, after the strict classes; `is_after_held`: and after whoever else is held."""
    first = [other for other in others if other.is_strict or (is_after_held and other.is_held)]
    left = end.rate_bps - sum(_taken(other, loads) for other in first)
    peers = [(other.guarantee_bps, max(1, other.weight)) for other in others if other not in first]
    peers += [(0, 1)] if _over_queues(end) else []  # what is above its rate waits in one queue, or with its class
    rate = _weighed(end, share, peers, left)
    if left <= 0 or rate <= 0:
        return None
    ahead = (len(peers) + 3) * end.packet - (-(_turn(end, share) + end.packet) * (left - rate) // rate)
    ahead += sum(_shaped(end, _cap(other.own, end.line_bps)) for other in first if not other.is_held)
    return Recipe(rate, left, ahead, _leaving(first))


def _weighed(end: End, share: Share, peers: Sequence[tuple[int, int]], left_bps: int) -> int:
    """Return the part of `left_bps` that a class has beside `peers` (guarantee and weight), rounded down.

    Each has its guarantee and, by weight, of what is spare; weights on devices are a percent of the link too coarse at most. Nobody
    knows how much is spare on the device: the part is least where that is least, or where it is most.
    """
    own, weight, coarse = share.guarantee_bps, share.weight, -(-end.line_bps // _PERCENT)
    sure = sum(guarantee + coarse - (-coarse * each // weight if weight else 0) for guarantee, each in peers)
    weights = sum(each for _, each in peers)
    least = end.even_bps or 0
    mine = own + max(0, least * weight - coarse)
    few = mine, sure + least * weights
    spare = max(0, left_bps + end.line_bps - end.rate_bps - own - sum(guarantee for guarantee, _ in peers))
    all_weights = weight + weights
    many = own * all_weights + spare * weight, sure * all_weights + spare * weights
    return min(left_bps * mine // (mine + theirs) if mine + theirs else left_bps for mine, theirs in (few, many))


def _loose(end: End, share: Share, others: Sequence[Share], loads: Loads | None) -> Recipe | None:
    """Return the guarantee and, of what nobody is guaranteed, the part by weight."""
    left = end.rate_bps - sum(_taken(other, loads) for other in others)
    rate = min(left, _part(end, share, left))
    if left <= 0 or rate <= 0:
        return None
    strict = [other for other in others if other.is_strict]
    ahead = 2 * end.packet + _over_rate(end)
    ahead += sum(_shaped(end, _cap(other.own, end.line_bps)) for other in strict if not other.is_held)
    terms = list(_leaving(strict))
    for other in others:
        if not other.is_strict:
            least = max(_early(end, other), _turn(end, other) + end.packet)
            if other.is_held:
                terms.append(Term(other.own.name, is_leaving=True, least=least))
            else:
                ahead += least
    return Recipe(rate, left, ahead, tuple(terms), -(-end.packet // rate))


def _leaving(strict: Sequence[Share]) -> tuple[Term, ...]:
    return tuple(Term(other.own.name, is_leaving=True) for other in strict if other.is_held)


def _part(end: End, share: Share, left_bps: int) -> int:
    if share.is_strict:
        return _cap(share.own, end.line_bps)
    spare = left_bps - share.guarantee_bps
    weights = sum(other.weight for other in end.shares.values())
    return left_bps if spare <= 0 else share.guarantee_bps + (spare * share.weight // weights if weights else 0)


def _taken(share: Share, loads: Loads | None) -> int:
    return share.takes_bps if loads is None or not share.is_held else min(share.takes_bps, loads.get(share.own.name, 0))


def _early(end: End, share: Share) -> int:
    """Return how much a class that nothing holds may send beyond its guarantee before the others (nanobits)."""
    return _shaped(end, _cap(share.own, end.line_bps) if share.is_strict else share.guarantee_bps)


def _shaped(end: End, rate_bps: int) -> int:
    return max(_FRAMES_AT_ONCE * end.packet, rate_bps * (NANOBITS // _MS_PER_S)) + end.packet


def _turn(end: End, share: Share) -> int:
    """Return what a class may send when it is its turn (nanobits)."""
    return max(end.packet, share.weight * _BYTES_PER_WEIGHT * BITS)


def _over_rate(end: End) -> int:
    """Return what the queues of re-marked packets may send before a class that exceeds its guarantee (nanobits)."""
    return _over_queues(end) * _shaped(end, 0)


def _over_queues(end: End) -> int:
    """Return how many classes have packets re-marked that are above their rate."""
    shares = [share for share in end.shares.values() if not share.is_strict]
    return sum(1 for share in shares if share.own.over_dscp not in {None, share.own.dscp})
