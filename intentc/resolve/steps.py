"""The steps of a chain, read: between whom each one runs, and where it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from intentc.clauses import read_clause
from intentc.clauses.requirement import EVERYTHING, Destinations, Refusal, Selection, worst
from intentc.diagnostics import Label, Span
from intentc.language import ast
from intentc.resolve.chain_model import StepEnds
from intentc.resolve.end_model import End
from intentc.resolve.ends import note_of_gateways, start_ends, stop_ends
from intentc.resolve.scope import ProgramScope
from intentc.resolve.wording import listed
from intentc.values import frozen

EMPTY, SCATTERED, MIXED, ADRIFT = "E0262", "E0263", "E0264", "E0265"


@frozen
class ReadStep:
    """A step with the ends that it may start at, and the one that it goes to; `services` name them where services do.

    `origin` is the number of the latest earlier step that went to exactly where this one starts from.
    """

    number: int
    stage: int
    calls: int
    processing_ns: int
    starts: tuple[End, ...]
    stop: End
    services: StepEnds
    origin: int | None
    span: Span
    source_span: Span

    def start_name(self, start: End) -> str:
        """Return the name of a starting end in keys."""
        return start.name if self.services.source is None else f"{self.services.source}@{start.name}"

    @property
    def stop_name(self) -> str:
        """Return the name of the destination in keys."""
        return self.services.destination or self.stop.name

    def served_at(self, start: End) -> tuple[str, ...]:
        """Return the nodes that answer on the spot, where the start's own site has some; those of the start come first."""
        own = [item.node for item in self.stop.attachments if item.site == start.name]
        return tuple(sorted(own, key=lambda node: (node not in start.nodes, node)))

    def start_for(self, site: str) -> End | None:
        """Return where the step starts in the chain of a source site: there, else at its only end, else nowhere certain."""
        found = next((end for end in self.starts if end.name == site), None)
        return found or (self.starts[0] if len(self.starts) == 1 else None)


def read_steps(chain: ast.Chain, scope: ProgramScope) -> list[ReadStep] | Refusal:
    """Return the steps of a chain in the order written; what one of them cannot mean is a finding."""
    refusal = _refuse_nothing(chain, scope)
    reader = _Reader(scope)
    for stage, item in enumerate(chain.steps, start=1):
        steps = item.steps if isinstance(item, ast.Parallel) else (item,)
        refusal = worst(refusal, *[reader.read(step, stage) for step in steps])
    refusal = refusal or _refuse_adrift(reader.steps, scope)
    if refusal is not None:
        return refusal
    starts = {end.name: end for step in reversed(reader.steps) for end in reversed(step.starts)}
    note_of_gateways(reversed(starts.values()), reader.steps[0].source_span, scope)
    return reader.steps


def _refuse_nothing(chain: ast.Chain, scope: ProgramScope) -> Refusal | None:
    empty = [item.span for item in chain.steps if isinstance(item, ast.Parallel) and not item.steps]
    if chain.steps and not empty:
        return None
    where = empty[0] if empty else chain.name.span
    what = "`parallel` has no step in it" if empty else f"chain `{chain.name.text}` has no step"
    return scope.report(EMPTY, what, where, help=("write who calls whom: `step frontend -> any of backend`",))


class _Reader:
    """Reads one step after the other and knows where the earlier ones went."""

    def __init__(self, scope: ProgramScope) -> None:
        self._scope = scope
        self._gone: list[tuple[Mapping[str, frozenset[str]], int, int]] = []  # members, number, stage
        self._count = 0
        self.steps: list[ReadStep] = []

    def read(self, step: ast.Step, stage: int) -> Refusal | None:
        """Read a step; return why there is none."""
        self._count += 1
        scope, number = self._scope, self._count
        sources = scope.select(step.source)
        goals = read_clause(ast.To(step.destination, step.is_any_of, step.destination.span), scope)
        processing = _processing(step, scope)
        if isinstance(goals, Destinations):
            self._gone.append((goals.selection.members, number, stage))
        if isinstance(sources, Refusal) or not isinstance(goals, Destinations) or isinstance(processing, Refusal):
            return worst(sources, goals, processing) or Refusal.BROKEN
        starts = start_ends(sources, step.source.span, scope, is_answered=True, is_step=True)
        stops = stop_ends(goals, scope, is_step=True)
        services = [self._service(sources, step.source.span), self._service(goals.selection, step.destination.span)]
        if isinstance(starts, Refusal) or isinstance(stops, Refusal) or worst(*services):
            return worst(starts, stops, *services) or Refusal.BROKEN
        if len(stops) > 1:
            return self._refuse_scattered(step, stops)
        named = [item for item in services if not isinstance(item, Refusal)]
        self.steps.append(
            ReadStep(
                number=number,
                stage=stage,
                calls=step.calls,
                processing_ns=processing,
                starts=tuple(starts),
                stop=stops[0],
                services=StepEnds(*named),
                origin=self._origin(sources, stage),
                span=step.span,
                source_span=step.source.span,
            )
        )
        return None

    def _service(self, selection: Selection, span: Span) -> str | Refusal | None:
        """Return the one service that a set stands for, None for sites with all they have."""
        services = selection.services
        if services == {EVERYTHING}:
            return None
        if len(services) == 1:
            return min(services)
        return self._scope.report(
            MIXED,
            "an end of a step is one service, or sites with all that they have, not both",
            span,
            help=("write a step for each service",),
        )

    def _refuse_scattered(self, step: ast.Step, stops: Sequence[End]) -> Refusal:
        return self._scope.report(
            SCATTERED,
            f"a step goes to one place, and this one to {listed([end.name for end in stops])}",
            step.destination.span,
            help=("write `any of` before the service if either may answer, or a step for each",),
        )

    def _origin(self, sources: Selection, stage: int) -> int | None:
        found = [number for members, number, at in self._gone if at < stage and members == sources.members]
        return found[-1] if found else None


def _processing(step: ast.Step, scope: ProgramScope) -> int | Refusal:
    return 0 if step.processing is None else scope.quantity(step.processing, ast.Unit.TIME, "processing", minimum=0)


def _refuse_adrift(steps: Sequence[ReadStep], scope: ProgramScope) -> Refusal | None:
    """Refuse steps of which nobody can tell where they start: neither where the chain does nor where an earlier one went."""
    found = [_adrift(step, steps[0], scope) for step in steps if step.origin is None]
    return worst(*found)


def _adrift(step: ReadStep, first: ReadStep, scope: ProgramScope) -> Refusal | None:
    lost = [end.name for end in first.starts if step.start_for(end.name) is None]
    if not lost:
        return None
    return scope.report(
        ADRIFT,
        f"step {step.number} starts at one of {listed([end.name for end in step.starts])}, and nothing says at which"
        f" for a chain from {listed(lost)}",
        step.source_span,
        help=(
            "start it where the chain starts, at what an earlier step went to (the same service), or at a single site",
        ),
        related=(Label(first.source_span, "the chain starts here"),),
    )


def starts_of(step: ReadStep, site: str) -> Iterator[End]:
    """Yield the ends that a step may start at in the chain of a source site."""
    if step.origin is not None:
        yield from step.starts
    elif (start := step.start_for(site)) is not None:
        yield start
