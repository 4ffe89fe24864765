"""Findings and results in the formats that CI systems read."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from intentc.cli.console import Console
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.jsonform import findings_document
from intentc.diagnostics.text import render_text

_MODULES = ("sarif", "junit", "github", "markdown")  # of intentc.ci; each has a function of its name


def show(
    findings: Sequence[Diagnostic],
    sources: Mapping[str, str],
    arguments: argparse.Namespace,
    console: Console,
    outcomes: Callable[[], object],
) -> None:
    """Print findings in the chosen format to standard output; `outcomes` gives what the formats of CI tell beside them."""
    if arguments.format == "json":
        console.out(json.dumps(findings_document(findings), ensure_ascii=False, indent=2))
    elif arguments.format in _MODULES:
        import importlib  # noqa: PLC0415  (only one of them is needed: start-up)

        module = importlib.import_module(f"intentc.ci.{arguments.format}")
        console.out(getattr(module, arguments.format)(outcomes()))
    else:
        if arguments.quiet:
            findings = [item for item in findings if item.is_error]
        elif not arguments.verbose:
            findings = [item for item in findings if item.severity.value != "note"]
        console.out(render_text(findings, sources, console.style))


def prefix(root: Path) -> str:
    """Return where a project lies in its repository, as `path/to/project/`: CI systems know paths from there."""
    place = root.resolve()
    for folder in (place, *place.parents):
        if (folder / ".git").exists():
            inner = place.relative_to(folder).as_posix()
            return "" if inner == "." else f"{inner}/"
    return ""
