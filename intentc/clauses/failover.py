from __future__ import annotations

from intentc.clauses import bandwidth, latency
from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Promise, Rate, Refusal, SurvivedFailures, worst
from intentc.clauses.scope import Scope
from intentc.language import ast

_TIME = ast.Unit.TIME  # a member is sought through its class, which takes longer than a name
DEFAULT_REVERT_NS = 60_000_000_000


def read(clause: ast.Failover, scope: Scope) -> Promise | Refusal:
    """Return what is promised under failure; `failover none` promises nothing."""
    if clause.within is None:
        return Promise(None, (), None, None, None, False, None, clause.span)
    within = scope.quantity(clause.within, _TIME, "within")
    lines = [_survived(line, scope) for line in clause.survive]
    bound = latency.read(clause.latency, scope) if clause.latency is not None else None
    rate = _rate(clause.bandwidth, scope)
    revert = _revert(clause.revert, scope)
    switches = [_switch(switch, scope) for switch in clause.switch]
    if (
        isinstance(within, Refusal)
        or isinstance(bound, Refusal)
        or isinstance(rate, Refusal)
        or isinstance(revert, Refusal)
        or worst(*lines, *switches)
    ):
        return worst(within, bound, rate, revert, *lines, *switches) or Refusal.BROKEN
    return Promise(
        within,
        tuple(line for line in lines if isinstance(line, SurvivedFailures))
        or (SurvivedFailures((("link", 1),), is_except_access=False, span=clause.span),),
        bound,
        rate,
        revert,
        clause.revert is not None,
        clause.otherwise.action if clause.otherwise is not None else None,
        clause.span,
    )


def _survived(line: ast.Survive, scope: Scope) -> SurvivedFailures | Refusal:
    for failure in line.failures:
        if failure.count < 1:
            return scope.report("E0209", "at least 1 failure has to be survived", failure.span)
    counts: dict[str, int] = {}
    for failure in line.failures:
        counts[failure.kind] = counts.get(failure.kind, 0) + failure.count
    return SurvivedFailures(tuple(sorted(counts.items())), line.is_except_access, line.span)


def _rate(clause: ast.Bandwidth | None, scope: Scope) -> Rate | Refusal | None:
    """Return the rate that holds under failure; meters at the edge cannot know of a failure and stay as they are."""
    if clause is None:
        return None
    written = [name for name in ("ceiling", "burst") if getattr(clause, name) is not None]
    if written:
        return scope.unsupported(
            f"`{written[0]}` in a failover block",
            clause.span,
            "write it in the intent's own `bandwidth`: it holds in every state",
        )
    return bandwidth.read(clause, scope)


def _revert(clause: ast.Revert | None, scope: Scope) -> int | Refusal | None:
    if clause is None:
        return DEFAULT_REVERT_NS
    return None if clause.after is None else scope.quantity(clause.after, _TIME, "revert", minimum=0)


def _switch(switch: ast.SwitchWhen, scope: Scope) -> Refusal:
    unit = _TIME if switch.metric == "latency" else ast.Unit.RATIO
    threshold = scope.quantity(switch.threshold, unit, switch.metric, minimum=0)
    hold = scope.quantity(switch.hold, _TIME, "for", minimum=0) if switch.hold is not None else 0
    return worst(threshold, hold) or scope.unsupported(
        "`switch when`", switch.span, "leave it out: traffic moves when forwarding is lost"
    )


CLAUSE = ClauseKind(
    keyword="failover",
    syntax=ast.Failover,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax=(
            "failover none | failover within T [{ survive any N link|node|srlg|site|provider [and any M …] [except access] …"
            "  latency <= T  bandwidth R [reverse R]  revert after T|never  otherwise drop|best-effort }]"
        ),
        meaning=(
            "In every named state (N failures at once, and fewer) a path remains that meets all hard constraints, with the block's latency and bandwidth in"
            " place of the normal ones, at most T after forwarding was lost. Failures of the ends themselves are outside, the"
            " loss of an `any of` replica is not; `except access` also leaves out failures that cut an end's only attachment."
        ),
        default=(
            "nothing is promised under failure; in the block: any 1 link, the normal latency and bandwidth, revert after 60s,"
            " otherwise `drop` when pinned or encrypted, else `best-effort`"
        ),
        good="failover within 300ms { survive any 1 srlg except access  latency <= 25ms  otherwise drop }",
        bad="failover within 300ms { survive any 0 link }",
        why="that promises nothing: leave the clause out, or write `failover none`",
    ),
)
