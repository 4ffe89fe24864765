"""Trials of repairs: the pipeline once more with some edits made, up to the first finding that shows they do not help."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Self

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Edit, Findings, Source
from intentc.executor import beside
from intentc.executor.board import Board
from intentc.language import ast, parser
from intentc.resolve.waive import apply_waivers
from intentc.run import Run
from intentc.values import replace
from intentc.whynot.ahead import Begin as BeginAhead
from intentc.whynot.explain import Key, errors_of, is_own, lone_trial, refuting
from intentc.whynot.explain import begin_trials as begin_all
from intentc.whynot.model import MOST_DEMANDS, Candidate, Case
from intentc.whynot.texts import apply_edits, by_file

_Met = tuple[list[Diagnostic], bool]
Begin = Callable[[Callable[[], _Met]], Callable[[], _Met]]


class _RefutedError(Exception):
    """A trial has found what shows that its repair does not hold."""


class _Watched(Findings):
    """The findings of a trial, which ends with the first that refutes the repair."""

    def __init__(self, refutes: Callable[[Diagnostic], bool]) -> None:
        super().__init__()
        self._refutes = refutes
        self.waived: frozenset[tuple[str, str]] | None = None  # intent and code; None: nothing is known yet

    def add(self, diagnostic: Diagnostic) -> None:
        super().add(diagnostic)
        if self.waived is not None and (diagnostic.intent, diagnostic.code) not in self.waived:
            self.judge(diagnostic)

    def judge_all(self, *, are_settled: bool = False) -> None:
        """Judge what was found until now; before all is settled not what a waiver may accept."""
        for item in self.items:
            if are_settled or (self.waived is not None and (item.intent, item.code) not in self.waived):
                self.judge(item)

    def judge(self, diagnostic: Diagnostic) -> None:
        """End the trial with a finding that refutes the repair."""
        if diagnostic.is_error and self._refutes(diagnostic):
            raise _RefutedError


class Trials:
    """Tries repairs of one run. What their edits do not touch is not read, resolved or tried again where it would come out as in the run."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._files = {file.source.path: file for file in run.files}
        self._memos: dict[str, parser.Memo] = {}
        self._topology = {source.path for source in run.request.topology}

    def effort(self, _edits: tuple[Edit, ...]) -> int:
        """Return how much it is to try some edits: as many demands as there are."""
        return 0 if self._run.model is None else len(self._run.model.demands)

    def holds(
        self,
        edits: tuple[Edit, ...],
        refutes: Callable[[Diagnostic], bool],
        is_news: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Compile the same program with some edits made, up to the stage before `explain`; return whether nothing refutes them.

        Nothing follows the first finding that refutes. `is_news`: whether `refutes` knows more than it did a stage ago.
        """
        findings = _Watched(refutes)
        trial = self._trial(by_file(edits), findings)
        is_same_network = trial.topology is not None
        try:
            for stage in pipeline.STAGES[: pipeline.STAGES.index(pipeline.explain)]:
                if stage not in (pipeline.load, pipeline.equip) or not is_same_network:
                    stage(trial)
                    if trial.model is not None and findings.waived is None:
                        findings.waived = frozenset((waiver.intent, waiver.code) for waiver in trial.model.waivers)
                    if findings.waived is not None and is_news():
                        findings.judge_all()
            findings.judge_all(are_settled=True)
        except _RefutedError:
            return False
        return True

    def _trial(self, changes: Mapping[str, tuple[Edit, ...]], findings: Findings) -> Run:
        """Return the run of a trial before its first stage, with what it takes from the run itself."""
        run = self._run

        def changed(source: Source) -> Source:
            return apply_edits(source, changes[source.path]) if source.path in changes else source

        def read(path: str) -> Source | None:
            source = run.request.read(path)
            return None if source is None else changed(source)

        request = replace(
            run.request,
            intents=tuple(map(changed, run.request.intents)),
            topology=tuple(map(changed, run.request.topology)),
            read=read,
        )
        memory = run.memory.fork() if run.memory is not None else None
        trial = Run(request, findings, is_trial=True, memory=memory)
        trial.kept = run.kept.fork() if run.kept is not None else None
        trial.parsed = {
            path: self._parsed(file, changed(file.source), findings) if path in changes else file
            for path, file in self._files.items()
        }
        trial.targets = run.targets
        if self._topology.isdisjoint(changes):
            trial.topology, trial.capabilities = run.topology, run.capabilities
        return trial

    def _parsed(self, file: ast.File, source: Source, findings: Findings) -> ast.File:
        """Return a changed file, of which only declarations that have changed are parsed."""
        if source.path not in self._memos:
            self._memos[source.path] = parser.Memo.of(file)
        return parser.parse(source, findings, self._memos[source.path].copy())


class Early:
    """The one trial that a run has the effort for, begun by a copy of the process as soon as it is foreseen.

    What the run itself will come to is not known then. So the copy returns the errors that the trial met, up to the first that refutes
    it as far as is known: where all is placed, one that the run has not met; before, none but the very finding that the repair is for.
    """

    def __init__(self, run: Run, case: Case, candidate: Candidate, begin: Begin) -> None:
        self._edits = candidate.edits
        self._board: Board[frozenset[Key]] = Board()
        self.tell(run)
        self._met = begin(partial(_met, Trials(run), candidate.edits, _Refuting(case, self._board)))

    def tell(self, run: Run) -> None:
        """Let the copy know the errors of the run, once all is placed: it ends with the first that is not among them."""
        if run.realised is not None:
            self._board.write(errors_of(_settled(run)))

    @classmethod
    def begun(cls, run: Run, begin: Begin) -> Self | None:
        """Begin the trial that is foreseen after the placement, or while it goes on.

        None: there is none, or there may be several, which copies share later on.
        """
        if run.inquest is None or run.model is None:
            return None
        effort = Trials(run).effort
        if run.realised is None and 2 * effort(()) <= MOST_DEMANDS:
            return None
        lone = lone_trial(_settled(run), run.inquest.cases, effort)
        return None if lone is None else cls(run, *lone, begin)

    def holds(self, trials: Trials, edits: tuple[Edit, ...], refutes: Callable[[Diagnostic], bool]) -> bool:
        """Do what `Trials.holds` does: nothing is tried again whose outcome is known."""
        if edits != self._edits:
            return trials.holds(edits, refutes)
        errors, is_whole = self._met()
        if any(map(refutes, errors)):
            return False
        return is_whole or trials.holds(edits, refutes)


def begin_trials(run: Run, begin: BeginAhead) -> None:
    """Have copies of the process begin some of the trials that `explain` will ask for, if there are several; all that judges has been done."""
    if run.inquest is not None and run.model is not None:
        trials, is_asked = Trials(run), run.request.asked is not None
        run.begun = begin_all(
            run.findings.items,
            run.inquest.cases,
            trials.holds,
            trials.effort,
            is_asked=is_asked,
            begin=begin,
            copies=beside.spare_cpus(),
        )


class _Refuting:
    """Tells the errors that refute a repair, by what the run is known to have met: nothing, until that stands on the board."""

    def __init__(self, case: Case, board: Board[frozenset[Key]]) -> None:
        self._case = case
        self._board = board
        self._refutes: Callable[[Diagnostic], bool] | None = None

    def __call__(self, item: Diagnostic) -> bool:
        if self._refutes is None:
            return is_own(self._case, item)
        return self._refutes(item)

    def is_news(self) -> bool:
        """Look on the board; return whether there is anything for the first time."""
        before = self._board.read() if self._refutes is None else None
        if before is not None:
            self._refutes = refuting(self._case, before)
        return before is not None


def _settled(run: Run) -> Sequence[Diagnostic]:
    """Return the findings of a run so far, with those marked that a waiver accepts."""
    waivers = run.model.waivers if run.model is not None else ()
    return apply_waivers(run.findings.items, waivers, run.request.today)


def _met(trials: Trials, edits: tuple[Edit, ...], refutes: _Refuting) -> _Met:
    """Return the errors that a trial meets, and whether it came to its end."""
    errors: list[Diagnostic] = []

    def note(item: Diagnostic) -> bool:
        errors.append(Diagnostic(item.code, "", intent=item.intent, node=item.node))
        return refutes(item)

    refutes.is_news()
    is_whole = trials.holds(edits, note, refutes.is_news)
    return errors, is_whole
