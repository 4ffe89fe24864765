"""`intentc targets`: the targets, their transports and what each can express."""

from __future__ import annotations

import argparse
import json

from intentc import resources
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.diagnostics import Findings
from intentc.diagnostics.text import render_text
from intentc.render.targets import load_targets, matrix


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Print the matrix of targets and features, made from the target.toml files."""
    findings = Findings()
    targets = load_targets(resources.targets_paths(()), findings)
    rows = matrix(targets)
    if arguments.format == "json":
        console.out(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        for row in rows:
            console.out("\n".join(row))
    if findings.items:
        console.err(render_text(findings.sorted(), {}, console.error_style))
    return Exit.FINDINGS if findings.has_errors else Exit.DONE
