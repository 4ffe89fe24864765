"""`intentc drift` and `history`: what differs on the devices, and what was done to them."""

from __future__ import annotations

import argparse
import difflib
import json
from dataclasses import asdict, replace

from intentc.cli.carrying import carry_out
from intentc.cli.choosing import agree
from intentc.cli.compilation import compile_project, open_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import (
    Network,
    author_of,
    lab_directory,
    open_network,
    show,
    show_event,
    transaction_options,
)
from intentc.cli.planning import adopted_in, is_agreed, particulars, read_network, refuse_plan
from intentc.cli.states import refresh, state_of
from intentc.diagnostics import Findings
from intentc.diagnostics.jsonform import findings_document
from intentc.diagnostics.text import printable
from intentc.failures import Refusal
from intentc.pipeline import TOPOLOGY_ONLY
from intentc.plan.repair import Way, plan_repair
from intentc.plan.text import plan_lines
from intentc.push.adoption import adopt
from intentc.push.drift import DriftReport, drift
from intentc.push.history import HistoryEntry, history
from intentc.push.refusal import RefusalError
from intentc.run import Run
from intentc.targetkit.model import Target


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run the one of the two that was asked for."""
    return {"drift": _drift, "history": _history}[arguments.command](arguments, console)


def _drift(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_project(open_project(arguments), arguments, console, TOPOLOGY_ONLY)
    if compiled.topology is None:
        raise Refusal("the topology could not be loaded", "see `intentc check`")
    network = _chosen(open_network(compiled, arguments, console), arguments.nodes)
    if arguments.repair:
        return _repair(compiled, network, arguments, console)
    adopted = adopted_in(network)
    report = drift(network.devices, progress=lambda event: show_event(console, event), adopted=adopted)
    console.clear()
    if arguments.adopt:
        return _adopt(report, compiled, network, arguments, console)
    if arguments.format == "json":
        console.out(json.dumps(findings_document(report.findings), ensure_ascii=False, indent=2))
    else:
        _show_drift(report, console)
        show(report.findings, compiled, console)
    return Exit(report.status)


def _chosen(network: Network, nodes: list[str]) -> Network:
    """Return the network with the devices `nodes` only (none: all); raise `Refusal` (status 2) for one that there is not."""
    for node in nodes:
        if node not in network.devices:
            near = difflib.get_close_matches(node, network.devices, n=1)
            raise Refusal(f"there is no device `{node}`", *(f"did you mean `{found}`?" for found in near))
    return replace(network, devices={node: network.devices[node] for node in nodes}) if nodes else network


def _adopt(
    report: DriftReport, compiled: Run, network: Network, arguments: argparse.Namespace, console: Console
) -> Exit:
    """Show what differs and, if the person agrees, record that it is left as it runs."""
    _show_drift(report, console)
    if not report.is_complete:
        show(report.findings, compiled, console)
        raise Refusal("not every device could be read; nothing was adopted", "name those that it is about", status=6)
    fresh = {device.node: device.fresh_lines for device in report.devices if device.has_drifted}
    if not fresh:
        console.out("nothing to adopt")
        return Exit.DONE
    if not is_agreed(arguments, console, "Leave this as it runs until the next apply?"):
        raise Refusal("not adopted", status=6)
    try:
        made = adopt(fresh, transaction_options(network, compiled))
    except RefusalError as refusal:
        show(refusal.findings, compiled, console)
        return Exit.REFUSED
    count = sum(map(len, fresh.values()))
    console.out(
        f"adopted as {made.id}: {count} line{'s' * (count != 1)} on {', '.join(fresh)}; the next apply there takes this back, "
        "as its plan will say"
    )
    return Exit.DONE


def _show_drift(report: DriftReport, console: Console) -> None:
    for device in report.devices:
        if device.lines:
            console.out(console.style.paint(device.node, "1"))
            by = {item.line: item.by for item in device.adopted}
            for item in device.items:
                whose = [by[line] for line in item.lines if line in by]
                adopted = f"; adopted by {whose[0]}" if whose else ""
                console.out("  " + printable(item.words + adopted))
    if report.is_complete and not any(device.has_drifted for device in report.devices):
        owned = sum(device.has_owned for device in report.devices)
        left = [device.node for device in report.devices if device.adopted]
        how = (
            f"all as it was applied but for what was adopted on {', '.join(left)}" if left else "all as it was applied"
        )
        console.out(f"no drift: {owned} of {len(report.devices)} devices hold configuration of ours, {how}")


def _repair(compiled: Run, network: Network, arguments: argparse.Namespace, console: Console) -> Exit:
    """Plan what puts right what has drifted, and nothing else, and carry it out."""
    running, _ = read_network(network, compiled, console)
    ways = {node: _way(compiled.targets[state.platform], state.transport) for node, state in running.items()}
    findings = Findings()
    plan = plan_repair(running, ways, replace(particulars(compiled), adopted=adopted_in(network)), findings)
    if findings.has_errors:
        refuse_plan(findings, compiled, console)
    console.out("\n".join(plan_lines(plan, console.style)))
    agree(plan, arguments, compiled, console)
    if not plan.is_empty and not is_agreed(arguments, console, "Put this right?"):
        raise Refusal("not repaired; nothing was touched", status=6)
    return carry_out(plan, network, compiled, console)


def _way(target: Target, transport: str) -> Way:
    road = target.road(transport)
    return Way(target.name, road.transport, road.commit)


def _history(arguments: argparse.Namespace, console: Console) -> Exit:
    project = open_project(arguments)
    is_lab = arguments.lab or arguments.lab_dir is not None
    state = lab_directory(project, arguments) / "state"
    if not is_lab:
        state, shared = state_of(project, author_of(project.root))
        refresh(state, shared)
    try:
        entries = history(state)
    except RefusalError as refusal:
        raise Refusal(refusal.findings[0].message, *refusal.findings[0].help, status=6) from refusal
    if arguments.format == "json":
        console.out(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
    elif not entries:
        console.out("nothing was applied yet")
    else:
        for entry in entries:
            console.out(_line(entry))
    return Exit.DONE


def _line(entry: HistoryEntry) -> str:
    undo = f", taken back by {entry.undone_by}" if entry.undone_by else ""
    what = f"rollback of {entry.undoes}" if entry.undoes else " ".join((entry.doing, ", ".join(entry.about))).strip()
    commit = f" at {entry.commit}" if entry.commit else ""
    return f"{entry.id}  {entry.at}  {what} by {entry.who} on {entry.host}{commit}: {entry.outcome}, {len(entry.nodes)} device{'s' * (len(entry.nodes) != 1)}{undo}"
