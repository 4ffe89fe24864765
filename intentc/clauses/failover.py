from __future__ import annotations

from intentc.clauses import bandwidth, latency
from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Promise, Rate, Refusal, SurvivedFailures, worst
from intentc.clauses.scope import Scope
from intentc.language import ast
from intentc.resolve.model import Switch

_TIME = ast.Unit.TIME  # a member is sought through its class, which takes longer than a name
DEFAULT_REVERT_NS = 60_000_000_000
DEFAULT_HOLD_NS = 3_000_000_000
LEAST_PROBES = 3
LEAST_INTERVAL_MS = 10
_NS_PER_MS = 1_000_000
_WHOLE_PPB = 1_000_000_000


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
        tuple([line for line in lines if isinstance(line, SurvivedFailures)])
        or (SurvivedFailures((("link", 1),), is_except_access=False, span=clause.span),),
        bound,
        rate,
        revert,
        clause.revert is not None,
        clause.otherwise.action if clause.otherwise is not None else None,
        clause.span,
        tuple([switch for switch in switches if isinstance(switch, Switch)]),
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


def _switch(clause: ast.SwitchWhen, scope: Scope) -> Switch | Refusal:
    """Return the probes that tell: as many in a row as show the threshold, in the time that `for` gives (3 s without it)."""
    unit = _TIME if clause.metric == "latency" else ast.Unit.RATIO
    threshold = scope.quantity(clause.threshold, unit, clause.metric, minimum=0)
    hold = scope.quantity(clause.hold, _TIME, "for", minimum=0) if clause.hold is not None else DEFAULT_HOLD_NS
    if isinstance(threshold, Refusal) or isinstance(hold, Refusal):
        return worst(threshold, hold) or Refusal.BROKEN
    count = LEAST_PROBES
    if clause.metric == "loss" and threshold:
        count = max(count, -(-_WHOLE_PPB // threshold))  # of fewer probes one that is lost would be more than the share
    if hold < count * LEAST_INTERVAL_MS * _NS_PER_MS:
        return scope.report(
            "E0238",
            f"to tell takes {count} probes, and these take {count * LEAST_INTERVAL_MS}ms",
            clause.hold.span if clause.hold is not None else clause.span,
            help=(f"write `for {count * LEAST_INTERVAL_MS}ms`, or longer",),
        )
    return Switch(clause.metric, threshold, -(-hold // (count * _NS_PER_MS)), count, clause.span)


CLAUSE = ClauseKind(
    keyword="failover",
    syntax=ast.Failover,
    repeats=Repeats.NEVER,
    is_supported=True,
    read=read,
    document=Document(
        syntax=(
            "failover none | failover within T [{ survive any N link|node|srlg|site|provider [and any M …] [except access] …"
            "  latency <= T  bandwidth R [reverse R]  revert after T|never  switch when latency > T|loss > P [for T] …  otherwise drop|best-effort }]"
        ),
        meaning=(
            "In every named state (N failures at once, and fewer) a path remains that meets all hard constraints, with the block's latency and bandwidth in"
            " place of the normal ones, at most T after forwarding was lost. Failures of the ends themselves are outside, the"
            " loss of an `any of` replica is not; `except access` also leaves out failures that cut an end's only attachment."
            " `switch when` leaves a candidate path also where it is up but slow or lossy for so long: nothing is reserved for that"
            " beyond what the named states need."
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
