"""A project whose network runs in a lab, with intentc used on it as a user would: through the command line."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from intentc.cli import main
from intentc.diagnostics import Findings
from intentc.lab.convergence import wait_converged
from intentc.lab.export import export, write
from intentc.lab.lab import Lab
from intentc.lab.layout import lay_out
from intentc.lab.probe import Flow
from intentc.lab.starting import running_lab
from intentc.live.flows import probes
from intentc.manifest.read import read_manifest
from intentc.pipeline import compile_request
from intentc.project import load_project, read_source, read_sources
from intentc.run import Request

EXAMPLES = Path(__file__).resolve().parents[2] / "intents"


@dataclass(frozen=True)
class Said:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class World:
    project: Path
    lab: Lab
    before: Mapping[str, str] = field(default_factory=dict)  # the running state before anything was applied

    def intentc(self, *words: str) -> Said:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = main(["-C", str(self.project), *words])
            except SystemExit as ended:
                status = int(ended.code or 0)
        return Said(status, out.getvalue(), err.getvalue())

    def compiled(self):
        project = load_project(self.project / "intentc.toml")
        findings = Findings()
        intents, topology = read_sources(project, findings)
        request = Request(
            project, intents, topology, dt.date(2026, 11, 20), lambda path: read_source(project, path, findings)
        )
        return compile_request(request, findings)

    @property
    def layout(self):
        return lay_out(self.compiled().topology)

    def manifest(self):
        assert self.intentc("-q", "compile").status == 0
        return read_manifest((self.project / "build" / "manifest.json").read_bytes())

    def probes(self):
        found, missing = probes(self.manifest(), self.layout)
        assert not missing
        return found

    def flow(self, name: str, source: str, destination: str, port: int, *, version: int = 4, **rest) -> Flow:
        """Return a flow between the hosts of two routers."""
        hosts = {host.router: host for host in self.layout.hosts}
        ends = [hosts[source], hosts[destination]]
        addresses = [next(str(a.ip) for a in host.addresses if a.version == version) for host in ends]
        return Flow(name, ends[0].name, ends[1].name, addresses[0], addresses[1], destination_port=port, **rest)

    def running_state(self) -> dict[str, str]:
        """Return everything a change could have touched on every router, as the kernel and FRR show it."""
        commands = {
            "nft": ["nft", "list", "ruleset"],
            "frr": ["vtysh", "-c", "show running-config"],
            "tc": [
                "sh",
                "-c",
                "for i in $(ls /sys/class/net); do tc qdisc show dev $i; tc class show dev $i; tc filter show dev $i; done",
            ],
            "rules": ["sh", "-c", "ip rule; ip -6 rule"],
            "tables": ["sh", "-c", "ip -d route show table all proto 99; ip -d -6 route show table all proto 99"],
        }
        return {
            f"{node} {name}": self.lab.exec(node, argv).stdout
            for node in sorted(self.lab.access)
            for name, argv in commands.items()
        }


@contextlib.contextmanager
def running_world(example: str, directory: Path):
    """Run the lab of an example project for the body of a `with`."""
    project = directory / example
    shutil.copytree(EXAMPLES / example, project, ignore=shutil.ignore_patterns(".intentc", "build"))
    lab_directory = project / ".intentc" / "lab"
    write(export(World(project, None).compiled().topology), lab_directory)  # type: ignore[arg-type]
    with running_lab(lab_directory, "netns") as lab:
        wait_converged(lab, 60)
        yield World(project, lab)
