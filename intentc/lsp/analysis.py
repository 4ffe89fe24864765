"""What the compiler says of a project whose files are being edited: syntax and names as one types, all of it when asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.incremental.front_end import FrontEnd
from intentc.incremental.memory import Memory
from intentc.lsp.names import Names, names_of
from intentc.project import Project, read_source, read_sources
from intentc.run import Request, Run

_TYPING = (pipeline.resolve, pipeline.settle)


class Analysis:
    """The files of a project as they stand in the editor, and what was found. `run` has what was resolved."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.files = run.files
        self.findings = run.findings.sorted()

    @cached_property
    def names(self) -> Names:
        """The names of the program, once asked for."""
        return names_of(self.files, self.run.topology)


class Analyst:
    """Analyses one project again and again; what has not changed is not read twice."""

    def __init__(self, project: Project, today: dt.date) -> None:
        self.project = project
        self._today = today
        self._disk: tuple[tuple[Source, ...], tuple[Source, ...]] | None = None
        self._disk_findings: tuple[Diagnostic, ...] = ()
        self._front_end = FrontEnd()
        self._memory = Memory(is_lasting=True)

    def refresh(self) -> None:
        """Read the files again: one was saved, made or deleted."""
        self._disk = None

    def path_of(self, file: Path) -> str | None:
        """Return the name by which the compiler knows a file, or None for one outside the project."""
        try:
            return file.resolve().relative_to(self.project.root.resolve()).as_posix()
        except ValueError:
            return None

    def analyse(self, texts: Mapping[str, str], *, is_whole: bool = False) -> Analysis:
        """Return what holds of the project with these texts in place of the files; `is_whole`: with placement and all.

        Raises `ProjectError` where the project's files cannot be found.
        """
        intents, topology = self._sources()
        intents = tuple(replace(source, text=texts.get(source.path, source.text)) for source in intents)
        known = {source.path for source in intents}
        intents += tuple(
            Source(path, text) for path, text in sorted(texts.items()) if path not in known and path.endswith(".intent")
        )
        topology = tuple(replace(source, text=texts.get(source.path, source.text)) for source in topology)
        findings = Findings(list(self._disk_findings))
        memory = self._memory if is_whole else None
        run = Run(self._request(intents, topology, texts, findings), findings, memory=memory)
        self._front_end.read(run)
        stages = pipeline.STAGES[pipeline.STAGES.index(pipeline.resolve) :] if is_whole else _TYPING
        for stage in stages:
            stage(run)
        return Analysis(run)

    def _sources(self) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
        if self._disk is None:
            findings = Findings()
            self._disk = read_sources(self.project, findings)
            self._disk_findings = findings.sorted()
        return self._disk

    def _request(
        self,
        intents: tuple[Source, ...],
        topology: tuple[Source, ...],
        texts: Mapping[str, str],
        findings: Findings,
    ) -> Request:
        def read(path: str) -> Source | None:
            if path in texts:
                return Source(path, texts[path])
            return read_source(self.project, path, findings)

        return Request(self.project, intents, topology, self._today, read)
