"""`intentc check`: everything that can be known without devices."""

from __future__ import annotations

import argparse

from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.fixing import fix_sources
from intentc.cli.summary import show_summary

_MOST_ROUNDS = 8  # of edits and new findings


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run all stages, print the findings and, for people, a line per intent; with `--fix` mend first what leaves no doubt."""
    project = open_project(arguments)
    compiled = compile_project(project, arguments, console)
    rounds = _MOST_ROUNDS if arguments.fix else 0
    while rounds and fix_sources(compiled, project.root, console):  # a mended word may bring more to light
        compiled = compile_project(project, arguments, console)
        rounds -= 1
    show_findings(compiled, arguments, console)
    if arguments.format == "text" and not arguments.quiet and compiled.realised is not None:
        show_summary(compiled, console)
    return verdict(compiled)
