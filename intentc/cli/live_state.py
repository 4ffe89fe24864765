"""`--state live`: what has failed, as the devices see it."""

from __future__ import annotations

import argparse

from intentc.cli.compilation import compile_project
from intentc.cli.console import Console
from intentc.cli.network import open_network, show
from intentc.failures import Refusal
from intentc.pipeline import TOPOLOGY_ONLY
from intentc.project import Project
from intentc.push.alive import look_around
from intentc.topology.overlay import NO_OVERLAY, Overlay


def live_overlay(project: Project, arguments: argparse.Namespace, console: Console) -> Overlay:
    """Ask every device for its neighbours and return what has failed; raise `Refusal` where nobody can be asked."""
    compiled = compile_project(project, arguments, console, TOPOLOGY_ONLY, overlay=NO_OVERLAY)
    if compiled.topology is None:
        raise Refusal("the topology could not be loaded", "see `intentc check`")
    network = open_network(compiled, arguments, console)
    found = look_around(compiled.topology, network.devices)
    show(found.findings, compiled, console)
    console.err(f"state: {found.overlay.words or 'nothing has failed'}")
    return found.overlay
