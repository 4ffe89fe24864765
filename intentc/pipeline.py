"""READ ME FIRST: the one way through, as an ordered list of stages, and the function that runs them.

    text ─parse→ files ───┐
    YAML ─load→ topology ─┴─resolve→ model ─place→ realised ─check→ ─prove→ ─explain→ ─certify→ ─lower→ fleet ─render→ bundle

Every stage is one function, typed in and out; user mistakes go to `Findings`, never into an exception. A finding stops a
declaration and what depends on it, not the run: sound intents are still resolved and placed. Device configuration is made
only when nothing is wrong, so that nothing half-right can be pushed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from intentc import resources
from intentc.diagnostics import Findings, Severity, Source
from intentc.run import Request, Run

if TYPE_CHECKING:
    from intentc.delay.settle import Memory as QueuedMemory
    from intentc.language import ast
    from intentc.place.causes import Cause
    from intentc.place.context import Context

Progress = Callable[[str], None]
_FEW = 2_000  # declarations, of which trials are made that need not resolve them again


def parse(run: Run) -> None:
    """Parse the intent files and all that they import."""
    from intentc.language.parser import parse as parse_source  # noqa: PLC0415  (stages are imported when they run: start-up)
    from intentc.resolve.imports import load_closure  # noqa: PLC0415

    def parsed(source: Source) -> ast.File:
        known = run.parsed.get(source.path)
        return parse_source(source, run.findings) if known is None else known

    def read(path: str) -> ast.File | None:
        source = run.request.read(path)
        return None if source is None else parsed(source)

    entries = [parsed(source) for source in run.request.intents]
    run.files = load_closure(entries, read, run.findings)


def load(run: Run) -> None:
    """Load the topology and the targets, give names and addresses to what the topology leaves to the labs, and note which ports share by weights."""
    from intentc.lab.numbering import number_unmanaged  # noqa: PLC0415
    from intentc.render.sharing import with_schedulers  # noqa: PLC0415
    from intentc.render.targets import load_targets  # noqa: PLC0415
    from intentc.topology.load import load as load_topology  # noqa: PLC0415
    from intentc.topology.overlay import lay_over  # noqa: PLC0415

    topology = load_topology(run.request.topology, run.findings)
    if topology is None:
        return
    extra = [run.request.project.root / path for path in run.request.project.targets]
    if not run.targets:  # else a trial has them from its run: no repair changes a platform
        platforms = {node.platform for node in topology.nodes.values()}
        run.targets = load_targets(resources.targets_paths(extra), run.findings, platforms)
    labs = {name: target.lab for name, target in run.targets.items() if target.lab is not None}
    numbered = with_schedulers(number_unmanaged(topology, run.findings, labs), run.targets)
    run.topology = numbered if run.request.overlay is None else lay_over(numbered, run.request.overlay)


def equip(run: Run) -> None:
    """Find what each device can do."""
    from intentc.render.capabilities import capabilities  # noqa: PLC0415

    if run.topology is not None:
        run.capabilities = capabilities(run.topology, run.targets, run.findings)


def resolve(run: Run) -> None:
    """Resolve names and sets into demands."""
    from intentc.resolve.kept import Kept  # noqa: PLC0415
    from intentc.resolve.resolve import resolve as resolve_files  # noqa: PLC0415

    if run.topology is not None:
        if run.kept is None and run.memory is not None and sum(len(file.declarations) for file in run.files) <= _FEW:
            run.kept = Kept()
        run.model = resolve_files(run.files, run.topology, run.request.today, run.findings, run.kept)


def place(run: Run) -> None:
    """Choose replicas and paths, asking the mechanisms that the devices have what would then really happen.

    Not over a topology with mistakes: a link left out for one would come back as intents that cannot be placed.
    """
    from intentc.place.certificates.docket import Docket  # noqa: PLC0415
    from intentc.place.place import place as place_model  # noqa: PLC0415
    from intentc.realise.mechanisms import Mechanisms  # noqa: PLC0415
    from intentc.realise.realise import realise  # noqa: PLC0415

    if run.model is not None and run.topology is not None and not run.is_topology_broken:
        earlier = run.request.earlier.demands() if run.request.earlier is not None else None
        memory = run.memory
        known = memory.mechanisms_of(run.topology, run.capabilities) if memory is not None else None
        mechanisms = known or Mechanisms(run.topology, run.capabilities)
        if memory is not None:
            memory.mechanisms = mechanisms
        run.docket = None if run.is_trial else Docket()
        placement = place_model(
            run.model,
            mechanisms,
            run.findings,
            _inquiry(run),
            earlier,
            docket=run.docket,
            memory=memory.placed if memory is not None else None,
        )
        last = memory.realised if memory is not None and memory.placed.is_any else None
        run.realised = realise(placement, last, mechanisms.router)
        mechanisms.igp.rest()


def _inquiry(run: Run) -> Callable[..., None] | None:
    """Return what looks into intents that cannot be placed; None where a repair is being tried, or texts cannot be asked."""
    if run.is_trial or run.places.is_any:
        return None

    def inquire(context: Context, intent: str, causes: Sequence[Cause]) -> None:
        from intentc.whynot.inquest import Inquest  # noqa: PLC0415
        from intentc.whynot.texts import Texts  # noqa: PLC0415

        if run.inquest is None:
            texts = Texts(run.files, context.model.topology, run.all_sources)
            run.inquest = Inquest(texts, run.request.today, run.request.asked)
        run.inquest(context, intent, causes)
        if run.foresee is not None:
            run.foresee(run)

    return inquire


def queue(run: Run) -> None:
    """Bound what queues do to what was placed; an intent that misses its bounds with it is placed no more.

    Nor is one whose lossless packets could wait for each other in a circle, or whose packets some link on their way cannot
    carry with their labels.
    """
    from intentc.delay.deadlock import report_deadlocks  # noqa: PLC0415
    from intentc.delay.settle import settle_queueing  # noqa: PLC0415
    from intentc.delay.sizes import settle_sizes  # noqa: PLC0415
    from intentc.delay.withdraw import withdraw  # noqa: PLC0415

    if run.realised is not None:
        stuck = report_deadlocks(run.realised, run.findings)
        moving = withdraw(run.realised, stuck) if stuck else run.realised
        run.realised = settle_queueing(settle_sizes(moving, run.findings), run.findings, queued(run))


def queued(run: Run) -> QueuedMemory | None:
    """Return what bounding queues has left to be used again."""
    return run.memory.queued if run.memory is not None else None


def settle_chains(run: Run) -> None:
    """Sum up what the steps of each chain take, from the final figures; a chain above its budget is placed no more."""
    if run.realised is None or not run.realised.model.chains:
        return
    from intentc.delay.settle import settle_queueing  # noqa: PLC0415
    from intentc.delay.withdraw import withdraw  # noqa: PLC0415
    from intentc.realise.chains import report_missed, with_chains  # noqa: PLC0415

    run.realised = with_chains(run.realised)
    if lost := report_missed(run.realised, run.findings):
        run.realised = with_chains(settle_queueing(withdraw(run.realised, lost), run.findings, queued(run)))


def check(run: Run) -> None:
    """Ask the targets whether they can express what was placed; an intent that they cannot is placed no more, nor is who shares its demand."""
    since = len(run.findings.items)
    ask_targets(run)
    is_unable = any(item.is_error for item in run.findings.items[since:])
    if is_unable or (run.realised is not None and run.realised.infeasible):
        from intentc.unable import leave_out  # noqa: PLC0415  (where something is not placed: start-up)

        if is_unable:
            settle(run)
        leave_out(run)


def ask_targets(run: Run) -> None:
    """Report what the targets cannot express of what is placed now."""
    from intentc.render.checks import check_capabilities  # noqa: PLC0415

    if run.realised is not None:
        memory = run.memory
        known, last_seen = (memory.checked, memory.last_seen) if memory is not None else (None, None)
        check_capabilities(run.realised, run.capabilities, run.findings, known, last_seen)


def assess(run: Run) -> None:
    """Check the assertions over what was placed, in every state that they speak of."""
    if run.realised is not None and run.realised.model.assertions:
        from intentc.assertions.check import check_assertions  # noqa: PLC0415  (where there are any: start-up)

        run.assertions = check_assertions(run.realised, run.findings, run.request.executor)


def settle(run: Run) -> None:
    """Mark the findings that a waiver accepts."""
    if run.model is not None:
        from intentc.resolve.waive import apply_waivers  # noqa: PLC0415

        run.findings.items = list(apply_waivers(run.findings.items, run.model.waivers, run.request.today))


def degrade(run: Run) -> None:
    """Tell what only the state overlay takes away from what is wrong without it."""
    if run.request.overlay is not None:
        from intentc.degrade import degrade as degrade_findings  # noqa: PLC0415

        degrade_findings(run)


def prove(run: Run) -> None:
    """Give what cannot be placed its certificates."""
    is_all_well = all(item.severity is Severity.NOTE for item in run.findings.items)
    if run.realised is not None and run.docket is not None and not (is_all_well and not run.docket.refused):
        from intentc.place.certificates.findings import proved  # noqa: PLC0415  (where something is refused: start-up)

        run.realised, run.proofs = proved(run.realised, run.docket, run.findings.items)
        run.docket = None


def explain(run: Run) -> None:
    """Say of what cannot be placed which clauses and facts cannot hold together, and which repairs were compiled and hold."""
    if run.inquest is not None and run.model is not None:
        from intentc.executor.beside import Beside  # noqa: PLC0415  (where something is refused: start-up)
        from intentc.trials import Trials, begin_trials  # noqa: PLC0415
        from intentc.whynot.explain import explain as explain_findings  # noqa: PLC0415

        trials = Trials(run)
        holds = trials.holds if run.early is None else partial(run.early.holds, trials)
        with Beside() as beside:
            if run.begun is None and run.early is None:
                begin_trials(run, beside.begin)
            run.findings.items = explain_findings(
                run.findings.items,
                run.inquest.cases,
                holds,
                trials.effort,
                run.inquest.passed_over,
                is_asked=run.request.asked is not None,
                begun=run.begun,
            )
        run.early = run.begun = None  # they hold the run


def certify(run: Run) -> None:
    """Tell what certificates bear out; a finding that none bears out says so by its code."""
    if run.proofs is not None:
        from intentc.place.certificates.findings import certified  # noqa: PLC0415  (where something is refused: start-up)

        run.findings.items, run.proofs = certified(run.proofs, run.findings.items), None


def lower(run: Run) -> None:
    """Turn what was placed into vendor-neutral device configuration."""
    if run.realised is not None and run.is_accepted:
        from intentc.ir.lower import lower as lower_realised  # noqa: PLC0415  (where nothing is refused: start-up)
        from intentc.render.obstacles import check_obstacles  # noqa: PLC0415

        memory = run.memory.lowered if run.memory is not None and run.memory.is_lasting else None
        last_seen = run.memory.last_seen if run.memory is not None else None
        run.fleet = lower_realised(run.realised, run.capabilities, run.findings, memory, last_seen)
        check_obstacles(run.fleet, run.targets, run.findings)
        if run.findings.has_errors:
            _leave_out_late(run)


def _leave_out_late(run: Run) -> None:
    """Take back what only the devices' configuration shows not to be possible; assertions are checked over what is left."""
    from intentc.resolve.waive import apply_waivers  # noqa: PLC0415
    from intentc.unable import leave_out  # noqa: PLC0415  (where something cannot be expressed: start-up)

    if leave_out(run) and run.assertions and run.realised is not None:
        run.findings.items = [item for item in run.findings.items if not item.code.startswith("E07")]
        since = len(run.findings.items)
        assess(run)
        found = apply_waivers(run.findings.items[since:], run.realised.model.waivers, run.request.today)
        run.findings.items[since:] = found


def render(run: Run) -> None:
    """Write each device's configuration in its own words."""
    if run.fleet is not None and run.is_accepted:
        from intentc.render.render import render as render_fleet  # noqa: PLC0415

        asked = {} if run.topology is None else run.topology.transports
        run.bundle = render_fleet(
            run.fleet, run.targets, asked, run.memory.rendered if run.memory is not None else None, run.places
        )


STAGES: tuple[Callable[[Run], None], ...] = (
    load,
    parse,
    equip,
    resolve,
    place,
    queue,
    settle_chains,
    check,
    assess,
    settle,
    degrade,
    prove,
    explain,
    certify,
    lower,
    render,
)
UNSOLVED: tuple[Callable[[Run], None], ...] = (load, parse, equip, resolve)
TOPOLOGY_ONLY: tuple[Callable[[Run], None], ...] = (load,)
SOURCES_ONLY: tuple[Callable[[Run], None], ...] = (load, parse)


def compile_request(
    request: Request,
    findings: Findings,
    progress: Progress | None = None,
    stages: tuple[Callable[[Run], None], ...] = STAGES,
) -> Run:
    """Run `stages` over `request`; `findings` may already hold what was found while the sources were read."""
    from intentc.incremental.memory import Memory  # noqa: PLC0415  (as the stages are)

    run = Run(request, findings, memory=Memory() if explain in stages else None)
    for stage in stages:
        if progress is not None:
            progress(stage.__name__)
        stage(run)
    return run
