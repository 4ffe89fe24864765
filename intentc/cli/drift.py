"""`intentc drift` and `history`: what differs on the devices, and what was done to them."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from intentc.cli.compilation import compile_project, open_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import author_of, lab_directory, open_network, show, show_event
from intentc.cli.states import refresh, state_of
from intentc.diagnostics.jsonform import findings_document
from intentc.failures import Refusal
from intentc.push.drift import DriftReport, drift
from intentc.push.history import HistoryEntry, history
from intentc.push.refusal import RefusalError


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Run the one of the two that was asked for."""
    return {"drift": _drift, "history": _history}[arguments.command](arguments, console)


def _drift(arguments: argparse.Namespace, console: Console) -> Exit:
    compiled = compile_project(open_project(arguments), arguments, console)
    if compiled.topology is None:
        raise Refusal("the topology could not be loaded", "see `intentc check`")
    network = open_network(compiled, arguments, console)
    report = drift(network.devices, progress=lambda event: show_event(console, event))
    console.clear()
    if arguments.format == "json":
        console.out(json.dumps(findings_document(report.findings), ensure_ascii=False, indent=2))
    else:
        _show_drift(report, console)
        show(report.findings, compiled, console)
    return Exit(report.status)


def _show_drift(report: DriftReport, console: Console) -> None:
    for device in report.devices:
        if device.lines:
            console.out(console.style.paint(device.node, "1"))
            for line in device.lines:
                console.out("  " + line)
    if report.is_complete and not any(device.lines for device in report.devices):
        owned = sum(device.has_owned for device in report.devices)
        console.out(
            f"no drift: {owned} of {len(report.devices)} devices hold configuration of ours, all as it was applied"
        )


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
    what = f"rollback of {entry.undoes}" if entry.undoes else entry.doing
    commit = f" at {entry.commit}" if entry.commit else ""
    return f"{entry.id}  {entry.at}  {what} by {entry.who} on {entry.host}{commit}: {entry.outcome}, {len(entry.nodes)} devices{undo}"
