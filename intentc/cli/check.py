"""`intentc check`: everything that can be known without devices."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from intentc import pipeline
from intentc.cli.asking import ask
from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.ending import ENDING
from intentc.cli.exits import Exit
from intentc.cli.foresight import with_repair_tried
from intentc.cli.summary import show_summary
from intentc.executor.beside import Beside
from intentc.project import Project
from intentc.run import Run

if TYPE_CHECKING:
    from intentc.cli.desk import Desk

_STAGES = tuple(
    stage for stage in pipeline.STAGES if stage is not pipeline.render
)  # files say no more than what is in them
_MOST_ROUNDS = 8  # of edits and new findings


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run all stages, print the findings and, for people, a line per intent; with `--fix` mend first what leaves no doubt."""
    project = open_project(arguments)
    status = ask(project, arguments, console)
    if status is not None:
        return Exit(status)
    with Beside() as beside:
        compiled = compile_project(project, arguments, console, with_repair_tried(_STAGES, beside))
    if arguments.fix:
        compiled = _mended(compiled, project, arguments, console)
    ENDING.keep(compiled)
    return _tell(compiled, arguments, console)


def run_at(desk: Desk, arguments: argparse.Namespace, console: Console) -> Exit:
    """Do the same with what the desk holds of the project."""
    return _tell(desk.compiled(open_project(arguments), arguments, console), arguments, console)


def _tell(compiled: Run, arguments: argparse.Namespace, console: Console) -> Exit:
    show_findings(compiled, arguments, console)
    if arguments.format == "text" and not arguments.quiet and compiled.realised is not None:
        show_summary(compiled, console)
    return verdict(compiled)


def _mended(compiled: Run, project: Project, arguments: argparse.Namespace, console: Console) -> Run:
    from intentc.cli.fixing import fix_sources  # noqa: PLC0415  (start-up)

    rounds = _MOST_ROUNDS
    while rounds and fix_sources(compiled, project.root, console):  # a mended word may bring more to light
        compiled = compile_project(project, arguments, console, _STAGES)
        rounds -= 1
    return compiled
