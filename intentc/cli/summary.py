"""The table that closes `check` and `compile`: a line per intent."""

from __future__ import annotations

from intentc.cli.console import Console
from intentc.manifest.build import intent_entries, link_entries
from intentc.pipeline import Run
from intentc.report.text import compile_summary


def show_summary(compiled: Run, console: Console) -> None:
    """Print status, class, latency against bound, mechanism and protection of every resolved intent."""
    if compiled.model is None or compiled.topology is None:
        return
    intents = intent_entries(compiled.model, compiled.realised, compiled.findings.sorted())
    links = link_entries(compiled.topology, compiled.realised)
    console.out(compile_summary(intents, links, console.style))
