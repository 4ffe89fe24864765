"""`intentc compile`: check, then configurations per device and the manifest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from intentc.cli.ahead import Ahead
from intentc.cli.asking import ask
from intentc.cli.builds import load_earlier
from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.ending import ENDING
from intentc.cli.exits import Exit
from intentc.cli.summary import show_summary
from intentc.executor.beside import Beside
from intentc.failures import Refusal
from intentc.manifest.build_directory import Begun, write_build
from intentc.outcome import manifest_parts
from intentc.project import Project
from intentc.run import Run

if TYPE_CHECKING:
    from intentc.cli.desk import Desk


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Compile the project and write the build directory; without an accepted program only the manifest is written."""
    project = open_project(arguments)
    status = ask(project, arguments, console)
    return _carry_out(project, arguments, console) if status is None else Exit(status)


def run_at(desk: Desk, arguments: argparse.Namespace, console: Console) -> Exit:
    """Do the same with what the desk holds of the project."""
    return _carry_out(open_project(arguments), arguments, console, desk)


def _carry_out(project: Project, arguments: argparse.Namespace, console: Console, desk: Desk | None = None) -> Exit:
    directory = output_directory(project, arguments)
    with Beside() as beside, Ahead(beside, directory, None if desk is None else desk.repeated) as ahead:
        if desk is None:
            earlier = load_earlier(arguments.keep, beside.begin) if arguments.keep is not None else None
            compiled = compile_project(project, arguments, console, ahead.stages(), earlier)
        else:
            compiled = desk.compiled(project, arguments, console, ahead.stages())
        if compiled.model is not None:
            _write(compiled, directory, ahead.begun, console)
            if desk is not None:
                desk.wrote(directory)
    ENDING.keep(compiled)
    show_findings(compiled, arguments, console)
    if arguments.format == "text" and not arguments.quiet:
        show_summary(compiled, console)
        _say_where(compiled, directory, console)
    return verdict(compiled)


def output_directory(project: Project, arguments: argparse.Namespace) -> Path:
    """Return `-o DIR`, else the project's output below its root."""
    return arguments.output if arguments.output is not None else project.root / project.output


def _write(compiled: Run, directory: Path, begun: Begun, console: Console) -> None:
    """Write what `compiled` came to below `directory`; raise `Refusal` (status 2) where that is not possible."""

    def say(holder: int | None) -> None:
        by = "another process" if holder is None else f"process {holder}"
        console.err(f"waiting until {by} has written its build to `{directory}` (Ctrl-C: nothing is written)")

    try:
        write_build(manifest_parts(compiled), directory, begun, say)
    except FileExistsError as error:
        raise Refusal(f"cannot write to `{directory}`: there is something of that name that is no folder") from error
    except OSError as error:
        place = error.filename2 or error.filename or directory  # the second one is what a file was to become
        raise Refusal(f"cannot write `{place}`: {error.strerror}") from error


def _say_where(compiled: Run, directory: Path, console: Console) -> None:
    if compiled.model is None:
        console.out("nothing was written: the topology could not be loaded")
    elif compiled.bundle is None:
        console.out(f"wrote {directory / 'manifest.json'}; no configuration, because not every intent holds")
    else:
        console.out(
            f"wrote {directory / 'manifest.json'} and the configuration of {len(compiled.bundle.devices)} devices"
        )
