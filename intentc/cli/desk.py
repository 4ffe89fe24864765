"""Where commands are done for others: with a project that is held in memory."""

from __future__ import annotations

import argparse
import contextlib
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
from intentc.manifest.again import Again
from intentc.manifest.build_directory import Repeated
from intentc.pipeline import STAGES
from intentc.project import Project
from intentc.run import Request, Run

Stages = tuple[Callable[[Run], None], ...]


class Desk:
    """Compiles one project for those who call. `is_wanted` tells whether somebody still waits for what is done now."""

    def __init__(self) -> None:
        self.is_wanted: Callable[[], bool] = lambda: True
        self.repeated = Repeated(Again(), Again())
        self._held = Held()
        self._is_kept = False
        self._written: Kept | None = None

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
        self._written = build_in(directory)
        if self._is_kept:
            self._held.wrote(self._written)

    def rest(self) -> None:
        """Work out what the next command will ask for, while nobody waits: the digest of the manifest that was written."""
        if self._written is not None and self._is_kept:
            with contextlib.suppress(Refusal):  # it is another one already
                self._written.build.digest()
        self._written = None

    def _run(self, kept: Kept | None, request: Request, findings: Findings, stages: Stages) -> Run:
        project = request.project
        marks = sorted(mark for path in project.targets for mark in marks_below(project.root / path))
        return self._held.compile(request, findings, stages, (project, tuple(marks)), kept)
