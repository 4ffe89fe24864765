"""`intentc check`: everything that can be known without devices."""

from __future__ import annotations

import argparse

from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.summary import show_summary


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run all stages, print the findings and, for people, a line per intent."""
    compiled = compile_project(open_project(arguments), arguments, console)
    show_findings(compiled, arguments, console)
    if arguments.format == "text" and not arguments.quiet and compiled.realised is not None:
        show_summary(compiled, console)
    return verdict(compiled)
