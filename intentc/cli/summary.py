"""The tables that close `check` and `compile`: a line per intent, one per chain and source site, and one per assertion."""

from __future__ import annotations

from intentc.cli.console import Console
from intentc.manifest.build import assertion_entries, chain_entries, link_entries, listed_intents
from intentc.report.chains import chain_summary
from intentc.report.text import assertion_summary, compile_summary
from intentc.run import Run


def show_summary(compiled: Run, console: Console) -> None:
    """Print status, class, latency against bound, mechanism and protection of every resolved intent."""
    if compiled.model is None or compiled.topology is None:
        return
    intents = listed_intents(compiled.model, compiled.realised, compiled.findings.sorted())
    links = link_entries(compiled.topology, compiled.realised)
    console.out(compile_summary(intents, links, console.style))
    chains = list(chain_entries(compiled.realised, compiled.findings.sorted()))
    if chains:
        console.out(chain_summary(chains, console.style))
    if compiled.assertions:
        console.out("")
        console.out(assertion_summary(assertion_entries(compiled.assertions), console.style))
