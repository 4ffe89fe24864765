"""The engine that lets containerlab and Docker run the same topology file."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from intentc.lab.definition import Definition, LinkDefinition
from intentc.lab.engine import enter_network, run_outside
from intentc.lab.export import TOPOLOGY_FILE
from intentc.lab.model import LabError

_DOCKER_S = 10.0
_NAME = re.compile(r"^name:.*$", re.MULTILINE)


def missing() -> tuple[str, ...]:
    """Return why containerlab cannot run labs here, in words; empty when it can."""
    reasons = [] if os.geteuid() == 0 else ["not root"]
    if binary() is None:
        reasons.append("no `containerlab`")
    if not Path("/proc/modules").exists():
        reasons.append("the kernel has no module support, without which containerlab does not start")
    if shutil.which("nsenter") is None:
        reasons.append("no `nsenter`")
    if not _has_docker():
        reasons.append("no Docker daemon answers")
    return tuple(reasons)


def binary() -> str | None:
    """Return the path of containerlab: on PATH, or where `go install` puts it."""
    home = Path(os.environ.get("GOPATH") or Path.home() / "go")
    return shutil.which("containerlab") or shutil.which("containerlab", path=str(home / "bin"))


def docker() -> str:
    """Return Docker's own client: the first `docker` on PATH may be another program."""
    return "/usr/bin/docker" if Path("/usr/bin/docker").exists() else "docker"


class Containerlab:
    """Runs a lab with containerlab: the same nodes as containers, links as veth pairs, delay from netem.

    The files are copied into the run directory first: what routers write must not change the exported lab. Without netem in
    the kernel links have no delay, and silent loss cannot be emulated.
    """

    def __init__(self, definition: Definition, run: Path) -> None:
        self._definition = definition
        self._name = re.sub(r"[^a-z0-9]+", "-", run.name.lower()).strip("-")  # unique, as the run directory is
        self._folder = run / "containerlab"
        self._binary = binary() or "containerlab"
        self._has_netem = False
        self._is_deployed = False
        self._pids: dict[str, int] = dict.fromkeys(definition.nodes, 0)

    @property
    def pids(self) -> Mapping[str, int]:
        return self._pids

    @property
    def notes(self) -> tuple[str, ...]:
        return () if self._has_netem else ("this kernel has no netem: links have no delay here",)

    async def up(self) -> None:
        self._copy()
        self._is_deployed = True
        await run_outside([self._binary, "deploy", "-t", str(self._folder / TOPOLOGY_FILE)], "containerlab deploy")
        for node in self._definition.nodes:
            shown = await run_outside(
                [docker(), "inspect", "-f", "{{.State.Pid}}", self._container(node)], "docker inspect"
            )
            self._pids[node] = int(shown)
        self._has_netem = await self._find_netem()
        for link in self._definition.links.values() if self._has_netem else ():
            for direction in (0, 1) if link.is_emulated else ():
                await self.shape(link.id, direction, link.delay_us[direction])
        await self._check_boot()

    async def down(self) -> None:
        if self._is_deployed:
            argv = [self._binary, "destroy", "-t", str(self._folder / TOPOLOGY_FILE), "--cleanup"]
            await run_outside(argv, "containerlab destroy")

    async def stop_node(self, node: str) -> None:
        raise LabError(f"containerlab cannot power-cycle `{node}` and keep its links", "use `--engine netns`")

    async def start_node(self, node: str) -> None:
        raise LabError(f"containerlab cannot power-cycle `{node}` and keep its links", "use `--engine netns`")

    async def shape(self, link: str, direction: int, delay_us: int) -> None:
        made = self._definition.links[link]
        await self._netem(made, direction, ["--delay", f"{delay_us}us", *_impairments(made)])

    async def fail(self, link: str, mode: str, direction: int | None) -> None:
        made = self._definition.links[link]
        for end in (0, 1) if direction is None else (direction,):
            await self._set_up(made, end, is_up=mode != "down")
            if mode == "drop":
                await self._netem(made, end, ["--loss", "100"])
            elif self._has_netem:
                await self.shape(link, end, made.delay_us[end])

    async def _set_up(self, link: LinkDefinition, end: int, *, is_up: bool) -> None:
        node, interface = link.ends[end]
        argv = ["ip", "link", "set", "dev", interface, "up" if is_up else "down"]
        await run_outside(enter_network(self._pids[node], argv), f"ip link set on {node}")

    async def _netem(self, link: LinkDefinition, end: int, settings: list[str]) -> None:
        if not self._has_netem:
            raise LabError(
                "this kernel has no netem, which containerlab needs for delay and loss", "use `--engine netns`"
            )
        node, interface = link.ends[end]
        argv = [self._binary, "tools", "netem", "set", "-n", self._container(node), "-i", interface, *settings]
        await run_outside(argv, f"containerlab tools netem on {node}")

    async def _find_netem(self) -> bool:
        """Return whether the kernel can delay packets, as a node without any link to harm shows."""
        pid = next(iter(self._pids.values()))
        for action in ("add", "del"):
            argv = enter_network(pid, ["tc", "qdisc", action, "dev", "lo", "root", "netem", "delay", "1ms"])
            process = await asyncio.create_subprocess_exec(*argv, stderr=asyncio.subprocess.DEVNULL)
            if await process.wait() != 0:
                return False
        return True

    async def _check_boot(self) -> None:
        """Fail when a router did not take its configuration: containerlab only logs what commands say."""
        for node in self._definition.nodes.values():
            if node.is_router:
                argv = [docker(), "exec", self._container(node.name), "sh", "-c", "test -e /run/lab-started"]
                await run_outside(argv, f"the start of {node.name} (see /var/log/frr/boot.log there)")

    def _copy(self) -> None:
        shutil.copytree(self._definition.directory, self._folder, ignore=shutil.ignore_patterns("ssh", "clab-*"))
        path = self._folder / TOPOLOGY_FILE
        text = path.read_text(encoding="utf-8")
        path.write_text(_NAME.sub(f"name: {self._name}", text, count=1), encoding="utf-8")

    def _container(self, node: str) -> str:
        return f"clab-{self._name}-{node}"


def _impairments(link: LinkDefinition) -> list[str]:
    jitter = ["--jitter", f"{link.jitter_us}us"] if link.jitter_us else []
    return [*jitter, "--loss", f"{link.loss_ppb / 10_000_000:f}"] if link.loss_ppb else jitter


def _has_docker() -> bool:
    try:
        done = subprocess.run(
            [docker(), "version", "-f", "{{.Server.Version}}"], capture_output=True, timeout=_DOCKER_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
