"""The devices that a command acts on: those of the topology, or the routers of a running lab."""

from __future__ import annotations

import argparse
import getpass
import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from intentc.cli.console import Console
from intentc.cli.states import refresh, state_of
from intentc.diagnostics import Diagnostic, Findings
from intentc.diagnostics.text import render_text
from intentc.failures import Refusal
from intentc.inventory import Device, devices_of
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.starting import find
from intentc.plan.make import find_unspoken
from intentc.project import Credentials, Project
from intentc.push.memory import FOLDER
from intentc.push.shared import Shared
from intentc.push.team import Author, Event, Limits, Options
from intentc.run import Run
from intentc.topology.model import Topology
from intentc.values import frozen, replace

LAB_CREDENTIALS = "lab"


@frozen
class Network:
    """The devices to act on, by node, and where the state of transactions on them lies (in `shared`, which `state` mirrors).

    `wait_s`: how long to wait for others who are at work.
    """

    devices: Mapping[str, Device]
    state: Path
    lab: Lab | None
    shared: Shared | None = None
    wait_s: float = 0.0


def lab_directory(project: Project, arguments: argparse.Namespace) -> Path:
    """Return `--lab-dir DIR`, else the project's own place for its lab."""
    given: Path | None = arguments.lab_dir
    return given if given is not None else project.root / ".intentc" / "lab"


def open_lab(project: Project, arguments: argparse.Namespace) -> Lab:
    """Return the running lab; raise `Refusal` (status 6) when it is not running."""
    try:
        return find(lab_directory(project, arguments))
    except LabError as error:
        raise Refusal(str(error), status=6) from error


def open_network(compiled: Run, arguments: argparse.Namespace, console: Console) -> Network:
    """Return the devices of the topology, or with `--lab` those of the project's running lab.

    Raises `Refusal` (status 6) when a device cannot be reached for want of an address, credentials or a transport.
    """
    project, topology = compiled.request.project, compiled.topology
    assert topology is not None  # noqa: S101  (the caller compiled it; narrows the type)
    findings = Findings()
    _refuse_transports(compiled, topology, console)
    if arguments.lab or arguments.lab_dir is not None:
        lab = open_lab(project, arguments)
        credentials = {LAB_CREDENTIALS: Credentials(username="root", key_file=lab.key)}
        main = {name: (target.transport,) for name, target in compiled.targets.items()}
        found = devices_of(_only(lab.managed(topology), lab), credentials, findings, main)
        network = _network(found, lab_directory(project, arguments) / "state", lab)
    else:
        _refuse_unmanaged(topology)
        transports = {name: target.transports for name, target in compiled.targets.items()}
        found = devices_of(topology, project.credentials, findings, transports)
        state, shared = state_of(project, author_of(project.root))
        refresh(state, shared)
        network = replace(_network(found, state, None), shared=shared)
    network = replace(network, wait_s=getattr(arguments, "wait", 0.0))
    if findings.has_errors:
        show(findings.sorted(), compiled, console)
        raise Refusal("not every device can be reached as the project stands; nothing was touched", status=6)
    return network


def _network(devices: Mapping[str, Device], state: Path, lab: Lab | None) -> Network:
    """Return the network with the place where it is remembered what devices were given that keep no copy of it."""
    folder = state / FOLDER
    return Network({node: replace(device, memory=folder) for node, device in devices.items()}, state, lab)


def _refuse_transports(compiled: Run, topology: Topology, console: Console) -> None:
    """Raise `Refusal` where a device is configured over a transport, or with a way to commit, that is not spoken yet."""
    found = Findings()
    for node in topology.nodes.values():
        target = compiled.targets.get(node.platform)
        road = None if target is None else target.road(topology.transports.get(node.name))
        unspoken = None if road is None else find_unspoken(road.transport, road.commit)
        if unspoken is not None and node.state != "planned":
            found.error(
                "E0823",
                f"`{node.name}` is configured over {unspoken}, which this version cannot apply",
                node.span,
                node=node.name,
                help=("apply its files from the build directory by hand, or leave it out of the project's intents",),
            )
    if found.has_errors:
        show(found.sorted(), compiled, console)
        raise Refusal("not every device can be reached by this version; nothing was touched", status=6)


def _only(topology: Topology, lab: Lab) -> Topology:
    """Return the topology as it is: `managed` gave every router of the lab an address."""
    missing = [name for name, node in topology.nodes.items() if node.platform != "none" and name not in lab.access]
    if missing:
        raise Refusal(
            f"the lab has no router `{missing[0]}`",
            "`intentc lab down`, then `up`: it is from an older topology",
            status=6,
        )
    return topology


def _refuse_unmanaged(topology: Topology) -> None:
    if not any(node.management for node in topology.nodes.values()):
        raise Refusal(
            "no node of the topology says how it is reached",
            "give nodes `management: {host: …}`, or act on the project's lab: `intentc lab up`, then `--lab`",
            status=6,
        )


def transaction_options(network: Network, compiled: Run) -> Options:
    """Return who does it, with which limits, and where the journal goes."""
    apply = compiled.request.project.apply
    author, limits = (
        author_of(compiled.request.project.root),
        Limits(concurrency=apply.concurrency, whole_s=apply.deadline_s),
    )
    return Options(network.state, author, limits, network.shared, network.wait_s)


def show_event(console: Console, event: Event) -> None:
    """Show a step of progress."""
    console.progress(f"{event.phase} {event.done}/{event.total} ({event.node})")
    if event.done == event.total:
        console.log("phase", phase=event.phase, devices=event.total)


def show(findings: tuple[Diagnostic, ...], compiled: Run, console: Console) -> None:
    """Print findings about devices to standard error."""
    if console.has_json_log:
        for found in findings:
            console.log(
                "finding", code=found.code, severity=found.severity.value, node=found.node, message=found.message
            )
    elif findings:
        console.err(render_text(findings, compiled.sources, console.error_style))


def author_of(root: Path) -> Author:
    """Return who runs this process, on which machine, from which commit."""
    return Author(_user(), socket.gethostname(), _commit(root))


def _user() -> str:
    try:
        return os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):
        return str(os.getuid())


def _commit(root: Path) -> str:
    """Return the commit of the project's repository, with `+` when files differ from it; empty without git."""
    try:
        head = subprocess.run(
            ["git", "rev-parse", "--short=12", "HEAD"], cwd=root, capture_output=True, text=True, check=False
        )
        changed = subprocess.run(
            ["git", "status", "--porcelain", "."], cwd=root, capture_output=True, text=True, check=False
        )
    except OSError:
        return ""
    return head.stdout.strip() + ("+" if changed.stdout.strip() else "") if head.returncode == 0 else ""
