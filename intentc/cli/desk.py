"""Where commands are done for others: with a project that is held in memory."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path

from intentc.cli.builds import build_in
from intentc.cli.calling import marks_below
from intentc.cli.compilation import compile_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.diagnostics import Findings
from intentc.failures import Refusal
from intentc.incremental.held import Held, Kept
from intentc.pipeline import STAGES, Request, Run
from intentc.project import Project

Stages = tuple[Callable[[Run], None], ...]


class Desk:
    """Compiles one project for those who call. `is_wanted` tells whether somebody still waits for what is done now."""

    def __init__(self) -> None:
        self.is_wanted: Callable[[], bool] = lambda: True
        self._held = Held()
        self._is_kept = False

    def compiled(
        self, project: Project, arguments: argparse.Namespace, console: Console, stages: Stages = STAGES
    ) -> Run:
        """Return the run that the command asks for; raises `Refusal` where nobody waits for it any more, before anything is written."""
        keep: Path | None = getattr(arguments, "keep", None)
        kept = None if keep is None else build_in(keep)
        self._is_kept = kept is not None
        compiled = compile_project(project, arguments, console, stages, by=partial(self._run, kept))
        if not self.is_wanted():
            raise Refusal("nobody waits for this any more: nothing was written", status=Exit.INTERRUPTED)
        return compiled

    def wrote(self, directory: Path) -> None:
        """Note that what was compiled last is in a build directory now."""
        if self._is_kept:
            self._held.wrote(build_in(directory))

    def _run(self, kept: Kept | None, request: Request, findings: Findings, stages: Stages) -> Run:
        project = request.project
        marks = sorted(mark for path in project.targets for mark in marks_below(project.root / path))
        return self._held.compile(request, findings, stages, (project, tuple(marks)), kept)
