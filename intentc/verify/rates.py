"""`bandwidth`: what each demand commits, and with whom it shares."""

from __future__ import annotations

from intentc.language import ast
from intentc.values import frozen
from intentc.verify.clauses import Clauses
from intentc.verify.sources import Sources, Unprovable

_DEFAULT_MTU = 1500
_SECOND_NS = 1_000_000_000
_BURST_PACKETS = 10
_BITS_PER_BURST_BYTE = 800  # 10 ms at a rate: bps / 100 / 8


@frozen
class Rate:
    """One demand's commitment in bps and bytes; a pool reserves no more than the largest rate of its members."""

    is_committed: bool
    bandwidth_bps: int
    failover_bps: int
    ceiling_bps: int | None
    burst_bytes: int
    pool: str


@frozen
class Rates:
    """The rates of one intent, and how its pairs share them (`pair`, `source` or `total`)."""

    normal: _Written | None
    failover: _Written | None
    per: str
    is_between: bool

    def forward(self, source: str, destination: str, *, is_back: bool) -> Rate:
        """Return the rate of a forward demand."""
        return self._rate(self._pool(source, destination, is_back=is_back), is_back=is_back)

    def reply(self, source: str, destination: str, *, is_back: bool) -> Rate:
        """Return the rate of the replies to a forward demand; under `between` they share with what runs their way."""
        if self.is_between:
            return self._rate(self._pool(destination, source, is_back=not is_back), is_back=not is_back)
        return self._rate(f"{self._pool(source, destination, is_back=is_back)} replies", is_back=True)

    def _pool(self, source: str, destination: str, *, is_back: bool) -> str:
        if self.per == "pair":
            return f"{source} to {destination}"
        side = "back" if is_back else "there"
        return f"{source} {side}" if self.per == "source" else f"all {side}"

    def _rate(self, pool: str, *, is_back: bool) -> Rate:
        if self.normal is None:
            return Rate(False, 0, 0, None, 0, pool)
        rate = self.normal.towards(is_back=is_back)
        failover = self.failover.towards(is_back=is_back) if self.failover is not None and rate else rate
        default = max(_BURST_PACKETS * _DEFAULT_MTU, -(-rate // _BITS_PER_BURST_BYTE))
        return Rate(rate > 0, rate, failover, self.normal.ceiling_bps, self.normal.burst_bytes or default, pool)


@frozen
class _Written:
    """A `bandwidth` clause in numbers."""

    rate_bps: int
    reverse_bps: int
    ceiling_bps: int | None
    burst_bytes: int | None

    def towards(self, *, is_back: bool) -> int:
        return self.reverse_bps if is_back else self.rate_bps


@frozen
class Transfer:
    """What a `transfer` comes to: its rate, and the one-way latency that it leaves to the paths in ns."""

    rate_bps: int
    latency_ns: int


def transfer_of(clauses: Clauses, sources: Sources) -> Transfer:
    """Return the rate by which a piece gets through in what the latency and an interruption leave of its time.

    The latency is the larger of the written bounds, else a tenth of the time and at most 1 s.
    """
    clause, failover = clauses.one(ast.Transfer), clauses.one(ast.Failover)
    if clause is None:
        raise ValueError("there is no transfer")
    within = sources.quantity(clause.within, ast.Unit.TIME)
    bounds = [item for item in (clauses.one(ast.Latency), failover.latency if failover else None) if item is not None]
    written = clauses.one(ast.Latency)
    own = sources.quantity(written.bound, ast.Unit.TIME) if written is not None else min(within // 10, _SECOND_NS)
    slowest = max([own, *(sources.quantity(item.bound, ast.Unit.TIME) for item in bounds)])
    is_promised = failover is not None and failover.within is not None
    stop = sources.quantity(failover.within, ast.Unit.TIME) if failover and failover.within else 0
    left = within - (slowest if is_promised else own) - stop
    if left <= 0:
        raise Unprovable("no time is left for the piece", clause.span)
    return Transfer(-(-sources.quantity(clause.size, ast.Unit.SIZE) * 8 * _SECOND_NS // left), own)


def rates_of(clauses: Clauses, sources: Sources, *, is_between: bool, is_single: bool) -> Rates:
    """Return the rates of an intent; `is_single`: each source has one destination, so that the unit may be left out."""
    bandwidth, failover = clauses.one(ast.Bandwidth), clauses.one(ast.Failover)
    if clauses.has(ast.Transfer):
        rate = transfer_of(clauses, sources).rate_bps
        return Rates(_Written(rate, rate if is_between else 0, None, None), None, "pair", is_between)
    if bandwidth is None:
        return Rates(None, None, "pair", is_between)
    per = bandwidth.per or ("source" if is_single else None)
    if per is None:
        raise Unprovable("the rate does not say whether it is per pair, per source or total", bandwidth.span)
    under_failure = failover.bandwidth if failover is not None else None
    return Rates(
        _written(bandwidth, sources), _written(under_failure, sources) if under_failure else None, per, is_between
    )


def _written(clause: ast.Bandwidth, sources: Sources) -> _Written:
    rate = sources.quantity(clause.rate, ast.Unit.RATE)
    return _Written(
        rate,
        sources.quantity(clause.reverse, ast.Unit.RATE) if clause.reverse is not None else rate,
        sources.quantity(clause.ceiling, ast.Unit.RATE) if clause.ceiling is not None else None,
        sources.quantity(clause.burst, ast.Unit.SIZE) if clause.burst is not None else None,
    )
