"""Traffic classes: the built-in ones, and those that the program declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Refusal, worst
from intentc.language import ast
from intentc.resolve.model import Scheduling, TrafficClass

if TYPE_CHECKING:
    from intentc.resolve.scope import ProgramScope

DEFAULT_CLASS = "default"  # what no intent gives a class: DF
_PERCENT = 10_000_000  # ppb
_STRICT_CAP = 30 * _PERCENT
_RANK = {Scheduling.STRICT: 0, Scheduling.SHARE: 2, Scheduling.WEIGHT: 2, Scheduling.IDLE: 4}
_CUSTOM_WEIGHT = 20  # that of `normal`, whose rank a class without a queue shares
LE, DF = 1, 0


def _strict(name: str, rank: int, dscp: int, share_ppb: int) -> TrafficClass:
    return TrafficClass(name, rank, dscp, None, Scheduling.STRICT, 0, share_ppb, "low", False, False, None)


def _weighted(name: str, rank: int, dscp: int, over: int, *, weight: int, drop: str = "medium") -> TrafficClass:
    return TrafficClass(name, rank, dscp, over, Scheduling.WEIGHT, weight, 0, drop, False, False, None)


def _idle(name: str, rank: int, dscp: int, share_ppb: int) -> TrafficClass:
    return TrafficClass(name, rank, dscp, dscp, Scheduling.IDLE, 0, share_ppb, "high", False, False, None)


# LE and DF yield by their queue, so what exceeds a rate keeps its code point there: no other one would be served less.
BUILT_IN: Mapping[str, TrafficClass] = {
    item.name: item
    for item in (
        _strict("critical", 0, 46, _STRICT_CAP),
        _weighted("high", 1, 34, 36, weight=30),
        _weighted("normal", 2, 18, 20, weight=20),
        _weighted("low", 3, 10, 12, weight=10),
        _idle("background", 4, LE, _PERCENT),
        _weighted(DEFAULT_CLASS, 5, DF, DF, weight=10, drop="high"),
    )
}


def over_dscp(dscp: int, scheduling: Scheduling) -> int | None:
    """Return the code point above the committed rate; None: dropped.

    A strict class would hurt itself, so its excess is dropped (RFC 3246). AFx1 and AFx2 go to the next drop precedence of
    their class (RFC 2597), LE and DF stay. Every other code point has no higher drop precedence: its excess becomes DF.
    """
    if scheduling is Scheduling.STRICT:
        return None
    if dscp in {LE, DF}:
        return dscp
    is_assured = 10 <= dscp <= 38 and dscp % 2 == 0 and dscp % 8 != 0
    return dscp + 2 if is_assured and dscp % 8 < 6 else DF


def read_class(declaration: ast.ClassDeclaration, scope: ProgramScope) -> TrafficClass | Refusal:
    """Return a declared class; what it does not say, a built-in one of its name does."""
    name = declaration.name.text
    if name == DEFAULT_CLASS:
        return scope.report(
            "E0221", f"`{name}` is the class of whatever no intent names", declaration.name.span, help=("rename it",)
        )
    base = BUILT_IN.get(name)
    dscp = _dscp(declaration, base, scope)
    queue = _queue(declaration.queue, base, scope)
    refusal = worst(dscp, queue, _refuse_early_drop(declaration, scope))
    if refusal is not None or isinstance(dscp, Refusal) or isinstance(queue, Refusal):
        return refusal or Refusal.BROKEN
    scheduling, weight, share = queue
    return TrafficClass(
        name=name,
        rank=base.rank if base is not None else _RANK[scheduling],
        dscp=dscp,
        over_dscp=dscp if declaration.is_lossless else over_dscp(dscp, scheduling),
        scheduling=scheduling,
        weight=weight,
        share_ppb=share,
        drop=declaration.drop or ("low" if scheduling is Scheduling.STRICT else "medium"),
        is_ecn=declaration.is_ecn,
        is_lossless=declaration.is_lossless,
        span=declaration.name.span,
        is_drop_written=declaration.drop is not None,
    )


def _dscp(declaration: ast.ClassDeclaration, base: TrafficClass | None, scope: ProgramScope) -> int | Refusal:
    if declaration.dscp is not None:
        return scope.dscp(declaration.dscp)
    if base is not None:
        return base.dscp
    return scope.report(
        "E0221",
        f"class `{declaration.name.text}` has no code point",
        declaration.name.span,
        help=("add `dscp NAME` or `dscp N`: it is how routers tell the class apart",),
    )


def _queue(
    queue: ast.Queue | None, base: TrafficClass | None, scope: ProgramScope
) -> tuple[Scheduling, int, int] | Refusal:
    """Return scheduling, weight and share (ppb of the link)."""
    if queue is None:
        return (base.scheduling, base.weight, base.share_ppb) if base else (Scheduling.WEIGHT, _CUSTOM_WEIGHT, 0)
    scheduling = Scheduling.STRICT if queue.is_strict else Scheduling.SHARE
    if queue.share is None:
        return scheduling, 0, _STRICT_CAP
    share = scope.quantity(queue.share, ast.Unit.RATIO, "queue")
    if isinstance(share, Refusal):
        return share
    if share > 100 * _PERCENT:
        return scope.report("E0209", "a queue has at most 100% of a link", queue.share.span)
    return scheduling, 0, share


def _refuse_early_drop(declaration: ast.ClassDeclaration, scope: ProgramScope) -> Refusal | None:
    """Refuse early drops in a queue that marks in their place, or that loses nothing."""
    words = {"ecn": declaration.is_ecn, "lossless": declaration.is_lossless}
    other = next((word for word, is_written in words.items() if is_written), None)
    if other is None or declaration.drop in {None, "low"}:
        return None
    why = "packets are marked in place of being dropped early" if other == "ecn" else "nothing of it is ever dropped"
    return scope.report(
        "E0236",
        f"a class with `{other}` cannot have `drop {declaration.drop}`: {why}",
        declaration.name.span,
        help=("leave one of them out, or write `drop low`: that is dropped only where the queue is full",),
    )
