"""`intentc targets`: the targets, their transports and what each can express."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from intentc import resources
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.diagnostics import Findings
from intentc.diagnostics.text import render_text
from intentc.render.matrix import matrix
from intentc.render.matrix_text import markdown, plain_text
from intentc.render.targets import load_targets


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Print what every target.toml says of its target."""
    findings = Findings()
    targets = load_targets(resources.targets_paths(()), findings)
    if arguments.format == "json":
        rows = [asdict(targets[name]) for name in sorted(targets)]
        console.out(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    else:
        shown = matrix(targets)
        console.out(markdown(shown) if arguments.format == "markdown" else plain_text(shown))
    if findings.items:
        console.err(render_text(findings.sorted(), {}, console.error_style))
    return Exit.FINDINGS if findings.has_errors else Exit.DONE
