"""Carrying a plan out, and telling what came of it."""

from __future__ import annotations

from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import Network, show, show_event, transaction_options
from intentc.plan.model import Plan
from intentc.push.apply import apply
from intentc.push.report import Report
from intentc.run import Run


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
        if device.text and not console.has_json_log:
            console.err(f"  {device.node}: {device.standing.value}: {device.text}")
    console.out(report.sentence)
    if report.mixed_ms:
        console.out(
            f"devices differed for {report.mixed_ms / 1000:.1f} s at most; "
            f"their own timers bound it to {report.mixed_bound_ms / 1000:.0f} s before the decision"
        )
    console.log(
        "outcome",
        id=report.id,
        outcome=report.outcome.value,
        status=report.status,
        unknown=list(report.unknown),
        mixed_ms=report.mixed_ms,
        phases={phase.phase: phase.milliseconds for phase in report.phases},
    )
    return Exit(report.status)
