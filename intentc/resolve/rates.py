"""`bandwidth`: what each demand commits, and the pools in which demands share a rate."""

from __future__ import annotations

from intentc.clauses.requirement import Promise, Rate, Refusal
from intentc.resolve.end_model import Conversation, Pair
from intentc.resolve.scope import ProgramScope
from intentc.values import frozen

MTU = 1500  # bytes; the default burst is for packets of this size
_BURST_PACKETS = 10
_BURST_PER_SECOND = 100  # 10 ms


@frozen
class Commitment:
    """What one demand reserves: bps and bytes; `failover_bps` holds in failure states."""

    is_written: bool
    rate_bps: int
    failover_bps: int
    pool: str
    ceiling_bps: int | None
    burst_bytes: int


@frozen
class Sharing:
    """How an intent's pairs share its rate (`pair source total`), and the rate as written."""

    rate: Rate | None
    failover: Rate | None
    per: str
    is_between: bool

    def forward(self, intent: str, pair: Pair) -> Commitment:
        """Return the commitment of a forward demand."""
        return self._commitment(f"{intent}/{self._forward_pool(pair)}", is_back=pair.is_back)

    def reply(self, intent: str, pair: Pair) -> Commitment:
        """Return the commitment of a reply; under `between` it shares the pool of what the same site sends forward."""
        if self.is_between:
            answer = Pair(pair.destination, pair.source, is_back=not pair.is_back)
            return self._commitment(f"{intent}/{self._forward_pool(answer)}", is_back=answer.is_back)
        return self._commitment(f"{intent}/{self._forward_pool(pair)}/reply", is_back=True)

    def _forward_pool(self, pair: Pair) -> str:
        return pool_of(self.per, pair.source.place, pair.destination.place, is_back=pair.is_back)

    def _commitment(self, pool: str, *, is_back: bool) -> Commitment:
        if self.rate is None:
            return Commitment(is_written=False, rate_bps=0, failover_bps=0, pool=pool, ceiling_bps=None, burst_bytes=0)
        has_none = self.rate.is_one_way and is_back and not self.is_between
        rate = 0 if has_none else _rate(self.rate, is_back=is_back)
        return Commitment(
            # `reverse 0bps` reserves nothing, whatever has failed: such a demand is neither metered nor promised more than propagation
            is_written=rate > 0,
            rate_bps=rate,
            failover_bps=rate if self.failover is None or not rate else _rate(self.failover, is_back=is_back),
            pool=pool,
            ceiling_bps=self.rate.ceiling_bps,
            burst_bytes=self.rate.burst_bytes or default_burst(rate),
        )


def pool_of(per: str, start: str, stop: str, *, is_back: bool = False) -> str:
    """Return the name, within its intent, of the pool that a demand between two places shares its rate in."""
    match per:
        case "pair":
            return f"{start}>{stop}"
        case "source":
            return f"{start}>*" + ("/back" if is_back else "")
        case _:
            return "*<*" if is_back else "*>*"


def _rate(rate: Rate, *, is_back: bool) -> int:
    return rate.rate_bps if not is_back or rate.reverse_bps is None else rate.reverse_bps


def default_burst(rate_bps: int) -> int:
    """Return the larger of 10 MTU and 10 ms at the rate, in bytes."""
    return max(_BURST_PACKETS * MTU, -(-rate_bps // (8 * _BURST_PER_SECOND)))


def share(
    rate: Rate | None, promise: Promise | None, conversation: Conversation, scope: ProgramScope
) -> Sharing | Refusal:
    """Return how the rate of an intent is shared; a unit that has to be written, or replies that are not, are findings."""
    failover = promise.rate if promise is not None else None
    if rate is None:
        if failover is None:
            return Sharing(None, None, "pair", conversation.is_between)
        return scope.report(
            "E0246",
            "`bandwidth` under failure needs a `bandwidth` of the intent",
            failover.span,
            help=("say what is committed in the normal state",),
        )
    for written in (rate, failover):
        if written is not None and written.reverse_bps is not None and not _has_reverse(conversation):
            return scope.report(
                "E0222", "there are no replies that `reverse` could be for", written.span, help=("leave `reverse` out",)
            )
    if failover is not None and failover.reverse_bps and rate.reverse_bps == 0:
        return scope.report(
            "E0246",
            "replies have a rate under failure, and `reverse 0bps` normally",
            failover.span,
            help=(
                "say what replies commit in the normal state, or leave `reverse` out here: then they reserve nothing",
            ),
        )
    per = rate.per or _default_unit(conversation)
    if per is None:
        return scope.report(
            "E0218",
            "a source has several destinations here: the rate is `per pair`, `per source` or `total`?",
            rate.span,
            help=("`per source` is the sum over a source's destinations, `total` the sum over all pairs",),
        )
    if failover is not None and failover.per not in {None, per}:
        return scope.report(
            "E0218",
            f"the rate is per {per} normally and per {failover.per} under failure",
            failover.span,
            help=("leave the unit out here: it is the same in every state",),
        )
    return Sharing(rate, failover, per, conversation.is_between)


def _has_reverse(conversation: Conversation) -> bool:
    return conversation.has_replies or conversation.is_between


def _default_unit(conversation: Conversation) -> str | None:
    """Return `source` if each source has one destination, else nothing can be assumed."""
    pairs = {pair.places for pair in conversation.pairs}
    return "source" if len({source for source, _ in pairs}) == len(pairs) else None
