"""`intentc diff REV [REV]`: what a change of the repository does to the meaning."""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from intentc.cli.builds import Build
from intentc.cli.compilation import compile_project, open_project, verdict
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.compare.compare import compare
from intentc.compare.markdown import markdown
from intentc.compare.model import Comparison, Compiled
from intentc.compare.revision import lay_out
from intentc.compare.text import render
from intentc.failures import Refusal
from intentc.manifest.codec import encode
from intentc.manifest.digest import input_digest
from intentc.manifest.read import read_manifest
from intentc.outcome import manifest_text
from intentc.project import Project, ProjectError, load_project
from intentc.run import EarlierBuild, Run

_HERE = "the files here"


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Compile two revisions (the second: what stands here, unless it is given) and print what differs.

    The status is that of the second one: 0 where all its intents hold.
    """
    project = open_project(arguments)
    with tempfile.TemporaryDirectory(prefix="intentc-diff-") as name:
        folder = Path(name)
        old = _compiled(_at(project, arguments.before, folder / "before"), arguments, console, arguments.before)
        before, digest = _side(old)
        earlier = Build(before.manifest, digest).to_keep if arguments.keep else None
        wanted = project if arguments.after is None else _at(project, arguments.after, folder / "after")
        new = _compiled(wanted, arguments, console, arguments.after or _HERE, earlier)
        after, _ = _side(new)
    _show(compare(before, after), f"{arguments.before} → {arguments.after or _HERE}", arguments, console)
    _count_findings(new, arguments.after or _HERE, console)
    return verdict(new)


def _at(project: Project, revision: str, folder: Path) -> Project:
    folder.mkdir()
    root = lay_out(project.root, revision, folder)
    try:
        return load_project(root / "intentc.toml")
    except ProjectError as error:
        raise Refusal(f"the project in `{revision}` cannot be used: {error.message}", *error.help) from error


def _compiled(
    project: Project, arguments: argparse.Namespace, console: Console, title: str, earlier: EarlierBuild | None = None
) -> Run:
    compiled = compile_project(project, arguments, console, earlier=earlier)
    if compiled.model is None:
        raise Refusal(f"the topology of {_quoted(title)} could not be loaded", "`intentc check` there says why")
    return compiled


def _side(compiled: Run) -> tuple[Compiled, str]:
    """Return a run as one side, and the digest of its manifest."""
    text, bundle = manifest_text(compiled), compiled.bundle
    files = (
        {node: {Path(file.path).name: file.text for file in device.files} for node, device in bundle.devices.items()}
        if bundle is not None
        else None
    )
    return Compiled(read_manifest(text), files, compiled.is_accepted), input_digest(text.encode())


def _show(comparison: Comparison, title: str, arguments: argparse.Namespace, console: Console) -> None:
    if arguments.format == "json":
        console.out(json.dumps(encode(comparison), ensure_ascii=False, indent=2))
    elif arguments.format == "markdown":
        console.out(markdown(comparison, title))
    else:
        console.out(render(comparison, console.style))


def _count_findings(compiled: Run, title: str, console: Console) -> None:
    errors = sum(item.is_error and not item.waived for item in compiled.findings.items)
    if errors:
        console.err(f"{_quoted(title)}: {errors} error{'s' * (errors > 1)}; `intentc check` shows them")


def _quoted(title: str) -> str:
    return title if title == _HERE else f"`{title}`"
