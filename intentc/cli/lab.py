"""`intentc lab …`: export, start, enter, test and stop the network of a project."""

from __future__ import annotations

import argparse
import subprocess
import time

from intentc.cli.compilation import compile_project, open_project, show_findings
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import lab_directory, open_lab
from intentc.failures import Refusal
from intentc.lab.convergence import wait_converged
from intentc.lab.devices import kept_nodes
from intentc.lab.engine import enter
from intentc.lab.export import export, with_configurations, write
from intentc.lab.model import ExportOptions, LabError
from intentc.lab.starting import down, up
from intentc.pipeline import TOPOLOGY_ONLY
from intentc.run import Run


def run(arguments: argparse.Namespace, console: Console) -> int:
    """Run one action of the lab; what the lab refuses is one message (status 6)."""
    actions = {"export": _export, "up": _up, "down": _down, "exec": _exec, "test": _test}
    try:
        return actions[arguments.action](arguments, console)
    except LabError as error:
        raise Refusal(str(error), *error.help, status=6) from error


def _export(arguments: argparse.Namespace, console: Console) -> Exit:
    project = open_project(arguments)
    compiled = compile_project(project, arguments, console, TOPOLOGY_ONLY)
    if compiled.topology is None:
        show_findings(compiled, arguments, console)
        return Exit.FINDINGS
    directory = lab_directory(project, arguments)
    options, count = _options(compiled, arguments), len(compiled.topology.nodes)
    files = export(compiled.topology, options)
    devices = kept_nodes(compiled.topology, options)
    if devices:
        compiled = compile_project(project, arguments, console)
        files = with_configurations(files, _configurations(compiled, devices))
    try:
        write(files, directory)
    except OSError as error:
        raise Refusal(f"cannot write `{error.filename or directory}`: {error.strerror}") from error
    console.out(f"wrote {directory / 'lab.clab.yml'} and the start-up files of {count} routers")
    if devices and compiled.bundle is None:
        console.out("no configuration of an intent lies beside them: `intentc check` says why")
    return Exit.DONE


def _options(compiled: Run, arguments: argparse.Namespace) -> ExportOptions:
    """Return how nodes of other platforms run: as their targets' data say, from the images that were named."""
    from intentc.render.render import render_start_up  # noqa: PLC0415  (brings the template engine along)

    targets = compiled.targets

    def start_up(platform: str, view: object) -> str:
        return render_start_up(targets[platform], view)

    labs = {name: target.lab for name, target in targets.items() if target.lab is not None}
    return ExportOptions(labs=labs, images=dict(arguments.image), kinds=dict(arguments.kind), start_up=start_up)


def _configurations(compiled: Run, nodes: frozenset[str]) -> dict[str, str]:
    """Return what intents make of these nodes, by `NODE/FILE`."""
    devices = compiled.bundle.devices if compiled.bundle is not None else {}
    return {file.path: file.text for node in sorted(nodes & devices.keys()) for file in devices[node].files}


def _up(arguments: argparse.Namespace, console: Console) -> Exit:
    begun = time.monotonic()
    status = _export(arguments, console)
    if status is not Exit.DONE:
        return status
    directory = lab_directory(open_project(arguments), arguments)
    console.progress("starting the routers …")
    lab = up(directory, arguments.engine)
    console.progress("waiting until every router knows every other …")
    wait_converged(lab)
    console.clear()
    console.out(
        f"{len(lab.access)} routers are up after {time.monotonic() - begun:.1f} s ({lab.state.engine}); `intentc lab down` ends them"
    )
    return Exit.DONE


def _down(arguments: argparse.Namespace, console: Console) -> Exit:
    down(lab_directory(open_project(arguments), arguments))
    console.out("the lab is down; nothing of it is left running")
    return Exit.DONE


def _exec(arguments: argparse.Namespace, _console: Console) -> int:
    """Run the command and return its own status."""
    lab = open_lab(open_project(arguments), arguments)
    argv = [word for word in arguments.argv if word != "--"] or ["sh"]
    return subprocess.run(enter(lab.pid(arguments.node), argv), check=False).returncode


def _test(arguments: argparse.Namespace, console: Console) -> Exit:
    from intentc.cli.lab_test import test_lab  # noqa: PLC0415  (brings the compiler and the prover along)

    return test_lab(arguments, console)
