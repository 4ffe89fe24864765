"""From the command line to a compiled run: find the project, read its files, run the pipeline, show what was found."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import os
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from intentc import __version__
from intentc.cli.console import Console
from intentc.cli.executing import executing
from intentc.cli.exits import Exit
from intentc.cli.publishing import prefix, show
from intentc.diagnostics import Findings, Source
from intentc.failures import Refusal
from intentc.pipeline import STAGES, assess, compile_request
from intentc.project import Project, ProjectError, bare_project, find_project, load_project, read_source, read_sources
from intentc.run import EarlierBuild, Request, Run
from intentc.topology.overlay import Overlay, OverlayError, read_overlay

if TYPE_CHECKING:
    from intentc.ci.model import Outcomes


Compiler = Callable[[Request, Findings, tuple[Callable[[Run], None], ...]], Run]  # runs stages over a request

MOST_UNCOLLECTED = (
    10_000_000  # values more than were freed: what the stages make is not circular, and stays till the end
)


def open_project(arguments: argparse.Namespace) -> Project:
    """Return the project of `-C DIR`, or a bare one of the files named on the command line.

    Raises `Refusal` (status 2) when there is none or its `intentc.toml` cannot be used.
    """
    files = list(getattr(arguments, "files", ()))
    topology = list(getattr(arguments, "topology", ()))
    try:
        if files or topology:
            return _bare(arguments.directory, files, topology)
        path = project_file(arguments.directory)
        if path is None:
            raise Refusal(
                f"no intentc.toml in `{arguments.directory}` or above it",
                "run in a project, name one with `-C DIR`, or check bare files: `intentc check a.intent --topology t.yaml`",
            )
        return load_project(path)
    except ProjectError as error:
        raise _refusal(error) from error


def project_file(directory: Path) -> Path | None:
    """Return the `intentc.toml` of `-C DIR` or above it, None where there is none; raise `Refusal` (status 2) where there is no such folder."""
    try:
        return find_project(directory.resolve(strict=True))
    except (OSError, RuntimeError) as error:  # the latter: links in a circle
        reason = error.strerror if isinstance(error, OSError) else "its links lead in a circle"
        raise Refusal(f"cannot go to the folder `{directory}`: {reason}") from error


def _bare(directory: Path, files: list[Path], topology: list[Path]) -> Project:
    if not files or not topology:
        missing = "`--topology FILE`" if not topology else "an intent file"
        path = project_file(directory)
        hints = () if path is None else (f"to check the project of `{path}`, leave FILE and `--topology` out",)
        raise Refusal(f"bare files need {missing} as well", *hints)
    return bare_project([directory / file for file in files], [directory / file for file in topology])


def _refusal(error: ProjectError) -> Refusal:
    place = f"{error.path}:{error.line}: " if error.line else (f"{error.path}: " if error.path else "")
    return Refusal(f"{place}{error.message}", *error.help)


def today(arguments: argparse.Namespace) -> dt.date:
    """Return the day to judge by: `--today`, else SOURCE_DATE_EPOCH, else today in UTC."""
    if arguments.today is not None:
        given: dt.date = arguments.today
        return given
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        if not epoch.isascii() or not epoch.isdigit():
            raise Refusal(f"SOURCE_DATE_EPOCH is `{epoch}`, not a number of seconds")
        try:
            return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC).date()
        except (ValueError, OverflowError, OSError) as error:
            raise Refusal(f"SOURCE_DATE_EPOCH is `{epoch}`, which is after the year 9999") from error
    return dt.datetime.now(tz=dt.UTC).date()


def compile_project(
    project: Project,
    arguments: argparse.Namespace,
    console: Console,
    stages: tuple[Callable[[Run], None], ...] = STAGES,
    earlier: EarlierBuild | None = None,
    *,
    overlay: Overlay | None = None,
    asked: str | None = None,
    by: Compiler | None = None,
) -> Run:
    """Read the project's files and run the stages; findings are in the run. `earlier`: the build to keep what still holds of.

    `overlay`: what is failed or drained (None: what `--state` says). `asked`: the one intent of which repairs are tried. `by`: who
    runs the stages (None: the pipeline, from nothing).
    """
    gc.set_threshold(MOST_UNCOLLECTED, 50, 100)
    if overlay is None:
        overlay = overlay_of_arguments(project, arguments, console)
    findings = Findings()
    try:
        intents, topology = read_sources(project, findings)
    except ProjectError as error:
        raise _refusal(error) from error

    def read(path: str) -> Source | None:
        return read_source(project, path, findings)

    with executing(arguments) if assess in stages else nullcontext() as executor:
        request = Request(project, intents, topology, today(arguments), read, earlier, executor, overlay, asked)
        try:
            if by is not None:
                return by(request, findings, stages)
            run = compile_request(request, findings, lambda stage: console.progress(f"{stage} …"), stages)
        except OverlayError as error:
            raise Refusal(f"the state overlay does not fit: {error}", *error.help) from error
    console.clear()
    return run


def overlay_of_arguments(project: Project, arguments: argparse.Namespace, console: Console) -> Overlay | None:
    """Return what `--state FILE|live` says is failed or drained; None without the option. Raises `Refusal`."""
    given: str | None = getattr(arguments, "state", None)
    if given is None:
        return None
    if given == "live":
        from intentc.cli.live_state import live_overlay  # noqa: PLC0415  (it connects to devices: start-up)

        return live_overlay(project, arguments, console)
    try:
        return read_overlay(Path(given).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise Refusal(f"cannot read `--state {given}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Refusal(f"cannot read `--state {given}`: it is no text in UTF-8") from error
    except OverlayError as error:
        raise Refusal(f"cannot use `--state {given}`: {error}", *error.help) from error


def show_findings(run: Run, arguments: argparse.Namespace, console: Console) -> None:
    """Print the findings in the chosen format to standard output."""
    show(run.findings.sorted(), run.sources, arguments, console, lambda: _outcomes(run))


def _outcomes(run: Run) -> Outcomes:
    from intentc.ci.cases import cases, promised_of_model  # noqa: PLC0415  (only the formats of CI need it: start-up)
    from intentc.ci.model import Outcomes  # noqa: PLC0415
    from intentc.manifest.build import assertion_entries, intent_entries  # noqa: PLC0415

    findings, project = run.findings.sorted(), run.request.project
    intents = tuple(intent_entries(run.model, run.realised, findings, places=run.places)) if run.model else ()
    assertions = tuple(assertion_entries(run.assertions))
    promised = promised_of_model(run.model) if run.model else {}
    found = tuple(cases(findings, promised, intents, assertions))
    return Outcomes(
        project.name, prefix(project.root), findings, found, intents, assertions, run.is_accepted, __version__
    )


def verdict(run: Run) -> Exit:
    """Return the exit status that a compilation stands for."""
    return Exit.DONE if run.is_accepted else Exit.FINDINGS
