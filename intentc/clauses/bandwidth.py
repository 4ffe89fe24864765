from __future__ import annotations

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Rate, Refusal, worst
from intentc.clauses.scope import Scope
from intentc.language import ast

_RATE, _SIZE = ast.Unit.RATE, ast.Unit.SIZE  # a member is sought through its class, which takes longer than a name


def read(clause: ast.Bandwidth, scope: Scope) -> Rate | Refusal:
    """Return the committed rates; a ceiling is not below either of them."""
    rate = scope.quantity(clause.rate, _RATE, "bandwidth")
    reverse = _optional(clause.reverse, _RATE, "reverse", scope, minimum=0)
    ceiling = _optional(clause.ceiling, _RATE, "ceiling", scope)
    burst = _optional(clause.burst, _SIZE, "burst", scope)
    if (
        isinstance(rate, Refusal)
        or isinstance(reverse, Refusal)
        or isinstance(ceiling, Refusal)
        or isinstance(burst, Refusal)
    ):
        return worst(rate, reverse, ceiling, burst) or Refusal.BROKEN
    if clause.ceiling is not None and ceiling is not None and ceiling < max(rate, reverse or 0):
        return scope.report(
            "E0209",
            "the ceiling is below the committed rate",
            clause.ceiling.span,
            help=("above `ceiling` packets are dropped, so it is at least the rate",),
        )
    return Rate(rate, reverse, clause.per, ceiling, burst, clause.span)


def _optional(
    value: ast.QuantityOrConst | None, unit: ast.Unit, what: str, scope: Scope, *, minimum: int = 1
) -> int | Refusal | None:
    return None if value is None else scope.quantity(value, unit, what, minimum=minimum)


CLAUSE = ClauseKind(
    keyword="bandwidth",
    syntax=ast.Bandwidth,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax="bandwidth R [reverse R] [per pair | per source | total] [ceiling R] [burst S]",
        meaning=(
            "The committed rate, reserved on every link in every promised state. `per source` is the sum over a source's"
            " destinations, `total` over all pairs, each per direction. Above it traffic is re-marked and promised nothing;"
            " above `ceiling` it is dropped. Of `between`, `reverse` is the rate from the second side to the first."
        ),
        default=(
            "nothing is reserved; `reverse` is R (0bps reserves nothing); the unit is `per source` if each source has one"
            " destination, else it must be written; burst is the larger of 10 MTU and 10 ms at R"
        ),
        good="bandwidth 50Mbps reverse 5Mbps per source ceiling 80Mbps burst 256KB",
        bad="bandwidth 50Mbps per pair ceiling 10Mbps",
        why="the ceiling is below the rate",
    ),
)
