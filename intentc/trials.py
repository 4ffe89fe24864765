"""Trials of repairs: the pipeline once more with some edits made, up to the first finding that shows they do not help."""

from __future__ import annotations

from collections.abc import Callable

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Edit, Findings, Source
from intentc.values import replace
from intentc.whynot.texts import apply_edits, by_file


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

    def judge(self, diagnostic: Diagnostic) -> None:
        """End the trial with a finding that refutes the repair."""
        if diagnostic.is_error and self._refutes(diagnostic):
            raise _RefutedError


def try_repair(run: pipeline.Run, edits: tuple[Edit, ...], refutes: Callable[[Diagnostic], bool]) -> bool:
    """Compile the same program with some edits made, up to the stage before `explain`; return whether nothing refutes them.

    What the edits do not touch is not read again, nor tried where the try would come out as in `run`, and nothing follows the
    first finding that refutes.
    """
    changes = by_file(edits)

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
    findings = _Watched(refutes)
    memory = run.memory.fork() if run.memory is not None else None
    trial = pipeline.Run(request, findings, is_trial=True, memory=memory)
    trial.parsed = {file.source.path: file for file in run.files if file.source.path not in changes}
    is_same_network = not any(source.path in changes for source in run.request.topology)
    if is_same_network:
        trial.topology, trial.targets, trial.capabilities = run.topology, run.targets, run.capabilities
    try:
        for stage in pipeline.STAGES[: pipeline.STAGES.index(pipeline.explain)]:
            if stage not in (pipeline.load, pipeline.equip) or not is_same_network:
                stage(trial)
                if trial.model is not None and findings.waived is None:
                    findings.waived = frozenset((waiver.intent, waiver.code) for waiver in trial.model.waivers)
        for item in trial.findings.items:
            findings.judge(item)
    except _RefutedError:
        return False
    return True
