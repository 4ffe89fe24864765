"""`intentc apply`, `rollback` and `recover`: the commands that change devices."""

from __future__ import annotations

import argparse
from dataclasses import replace

from intentc.cli.carrying import carry_out, tell
from intentc.cli.choosing import agree, refuse_choices
from intentc.cli.compilation import compile_project, open_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import open_network, show, show_event, transaction_options
from intentc.cli.planning import (
    adopted_in,
    compile_accepted,
    is_agreed,
    kit,
    particulars,
    plan_project,
    read_network,
    refuse_plan,
    wishes_of,
)
from intentc.cli.states import break_lease
from intentc.diagnostics import Diagnostic, Findings
from intentc.failures import Refusal
from intentc.plan.file import mismatch, read_plan
from intentc.plan.model import Plan
from intentc.plan.text import plan_lines
from intentc.push.recover import recover
from intentc.push.refusal import RefusalError
from intentc.push.rollback import choose, plan_rollback
from intentc.run import Run


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run the one of the three that was asked for."""
    return {"apply": _apply, "rollback": _rollback, "recover": _recover}[arguments.command](arguments, console)


def _apply(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_accepted(arguments, console)
    if compiled is None:
        return Exit.FINDINGS
    if arguments.planfile is not None:
        refuse_choices(arguments)
    planned = plan_project(compiled, arguments, console)
    plan = planned.plan
    if arguments.planfile is not None:
        plan = _same_plan(arguments, plan, compiled, console)
    elif not plan.is_empty:
        console.out("\n".join(plan_lines(plan, console.style)))
    agree(plan, arguments, compiled, console)
    if arguments.planfile is None and not plan.is_empty and not is_agreed(arguments, console, "Apply this plan?"):
        raise Refusal("not applied; nothing was touched", status=6)
    return carry_out(plan, planned.network, compiled, console)


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


def _rollback(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_accepted(arguments, console)
    if compiled is None:
        return Exit.FINDINGS
    network = open_network(compiled, arguments, console)
    findings = Findings()
    try:
        entry = choose(network.state, arguments.id)
        running, _ = read_network(network, compiled, console)
        plan = plan_rollback(
            network.state,
            entry,
            running,
            kit(compiled, wishes_of(running, frozenset())),
            replace(particulars(compiled), adopted=adopted_in(network)),
            findings,
        )
    except RefusalError as refusal:
        show(refusal.findings, compiled, console)
        return Exit.REFUSED
    if findings.has_errors:
        refuse_plan(findings, compiled, console)
    console.out("\n".join(plan_lines(plan, console.style)))
    agree(plan, arguments, compiled, console)
    if not plan.is_empty and not is_agreed(arguments, console, "Roll back?"):
        raise Refusal("not rolled back; nothing was touched", status=6)
    return carry_out(plan, network, compiled, console)


def _recover(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_project(open_project(arguments), arguments, console)
    if compiled.topology is None:
        raise Refusal(
            "the topology could not be loaded: recovery needs to know how devices are reached", "see `intentc check`"
        )
    network = open_network(compiled, arguments, console)
    options = transaction_options(network, compiled)
    if arguments.break_lease:
        break_lease(options, arguments, console)
    reports = recover(network.devices, options, lambda event: show_event(console, event))
    if not reports:
        console.out("nothing to recover: no apply was interrupted")
    statuses = [tell(report, compiled, console) for report in reports]
    worst = [status for status in statuses if status not in (Exit.DONE, Exit.ROLLED_BACK)]
    return worst[0] if worst else Exit.DONE
