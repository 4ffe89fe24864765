"""`intentc apply`, `rollback` and `recover`: the commands that change devices."""

from __future__ import annotations

import argparse

from intentc.cli.compilation import compile_project, open_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import Network, open_network, show, show_event, transaction_options
from intentc.cli.planning import compile_accepted, is_agreed, kit, particulars, plan_project, read_network, refuse_plan
from intentc.diagnostics import Diagnostic, Findings
from intentc.failures import Refusal
from intentc.pipeline import Run
from intentc.plan.file import mismatch, read_plan
from intentc.plan.model import Plan
from intentc.plan.text import plan_lines
from intentc.push.apply import apply
from intentc.push.recover import recover
from intentc.push.refusal import RefusalError
from intentc.push.report import Report
from intentc.push.rollback import choose, plan_rollback


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run the one of the three that was asked for."""
    return {"apply": _apply, "rollback": _rollback, "recover": _recover}[arguments.command](arguments, console)


def _apply(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_accepted(arguments, console)
    if compiled is None:
        return Exit.FINDINGS
    planned = plan_project(compiled, arguments, console)
    plan = planned.plan
    if arguments.planfile is not None:
        plan = _same_plan(arguments, plan, compiled, console)
    elif not plan.is_empty:
        console.out("\n".join(plan_lines(plan, console.style)))
        if not is_agreed(arguments, console, "Apply this plan?"):
            raise Refusal("not applied; nothing was touched", status=6)
    return _carry_out(plan, planned.network, compiled, console)


def _same_plan(arguments: argparse.Namespace, fresh: Plan, compiled: Run, console: Console) -> Plan:
    """Return the plan in the file when it is what would be planned now; else raise `Refusal` (status 6)."""
    try:
        plan = read_plan(arguments.planfile)
    except OSError as error:
        raise Refusal(f"cannot read `{arguments.planfile}`: {error.strerror}") from error
    problem = plan if isinstance(plan, Diagnostic) else mismatch(plan, fresh.inputs)
    if problem is not None:
        show((problem,), compiled, console)
        raise Refusal("the plan was not carried out; nothing was touched", status=6)
    assert isinstance(plan, Plan)  # noqa: S101  (narrows the type)
    return plan


def _carry_out(plan: Plan, network: Network, compiled: Run, console: Console) -> Exit:
    options = transaction_options(network, compiled)
    report = apply(plan, network.devices, options, lambda event: show_event(console, event))
    return _tell(report, compiled, console)


def _rollback(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_accepted(arguments, console)
    if compiled is None:
        return Exit.FINDINGS
    network = open_network(compiled, arguments, console)
    findings = Findings()
    try:
        entry = choose(network.state, arguments.id)
        running = read_network(network, compiled, console)
        plan = plan_rollback(network.state, entry, running, kit(compiled), particulars(compiled), findings)
    except RefusalError as refusal:
        show(refusal.findings, compiled, console)
        return Exit.REFUSED
    if findings.has_errors:
        refuse_plan(findings, compiled, console)
    console.out("\n".join(plan_lines(plan, console.style)))
    if not plan.is_empty and not is_agreed(arguments, console, "Roll back?"):
        raise Refusal("not rolled back; nothing was touched", status=6)
    return _carry_out(plan, network, compiled, console)


def _recover(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_project(open_project(arguments), arguments, console)
    if compiled.topology is None:
        raise Refusal(
            "the topology could not be loaded: recovery needs to know how devices are reached", "see `intentc check`"
        )
    network = open_network(compiled, arguments, console)
    options = transaction_options(network, compiled)
    reports = recover(network.devices, options, lambda event: show_event(console, event))
    if not reports:
        console.out("nothing to recover: no apply was interrupted")
    statuses = [_tell(report, compiled, console) for report in reports]
    worst = [status for status in statuses if status not in (Exit.DONE, Exit.ROLLED_BACK)]
    return worst[0] if worst else Exit.DONE


def _tell(report: Report, compiled: Run, console: Console) -> Exit:
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
