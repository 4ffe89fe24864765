"""Carrying a plan out, and telling what came of it."""

from __future__ import annotations

from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import Network, show, show_event, transaction_options
from intentc.pipeline import Run
from intentc.plan.model import Plan
from intentc.push.apply import apply
from intentc.push.report import Report


def carry_out(plan: Plan, network: Network, compiled: Run, console: Console) -> Exit:
    """Carry a plan out, print what came of it, and return the exit status."""
    options = transaction_options(network, compiled)
    report = apply(plan, network.devices, options, lambda event: show_event(console, event))
    return tell(report, compiled, console)


def tell(report: Report, compiled: Run, console: Console) -> Exit:
    """Print what came of a transaction and return the exit status."""
    console.clear()
    show(report.findings, compiled, console)
    for device in report.devices:
        if device.text:
            console.err(f"  {device.node}: {device.standing.value}: {device.text}")
    console.out(report.sentence)
    return Exit(report.status)
