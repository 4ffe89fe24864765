"""`intentc targets`: the targets, their transports and what each can express."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict

from intentc import resources
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.diagnostics import Findings
from intentc.diagnostics.text import render_text
from intentc.render.targets import load_targets
from intentc.targetkit.model import Feature, Target


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Print what every target.toml says of its target."""
    findings = Findings()
    targets = load_targets(resources.targets_paths(()), findings)
    if arguments.format == "json":
        rows = [asdict(targets[name]) for name in sorted(targets)]
        console.out(json.dumps(rows, ensure_ascii=False, indent=2, default=str))
    else:
        for name in sorted(targets):
            console.out("\n".join(_lines(targets[name])))
    if findings.items:
        console.err(render_text(findings.sorted(), {}, console.error_style))
    return Exit.FINDINGS if findings.has_errors else Exit.DONE


def _lines(target: Target) -> Iterator[str]:
    tested = ", ".join(target.tested_releases)
    proof = f"run on the vendor's own software by our tests: {tested}" if target.is_tested else "syntax-checked only"
    yield f"{target.name}: {target.title}"
    yield f"  releases {', '.join(target.releases)} ({proof})"
    yield f"  over {target.transport}, made safe by {target.commit}"
    yield f"  mechanisms {', '.join(target.mechanisms)}"
    for kind, hardware in target.chassis.items():
        yield f"  chassis {kind}: {', '.join(hardware.names)}"
    for name in sorted(target.features):
        feature = target.features[name]
        yield f"  {name:<18} {_said(feature)}"


def _said(feature: Feature) -> str:
    instead = f" (instead: {feature.instead})" if feature.instead else ""
    if feature.since is None:
        return f"no: {feature.reason}{instead}"
    if feature.chassis:
        return f"yes, from {feature.since}, with chassis {' or '.join(feature.chassis)}: {feature.reason}{instead}"
    return f"yes, from {feature.since}"
