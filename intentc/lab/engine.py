"""What starts and stops the nodes of a lab, and how a command gets inside one."""

from __future__ import annotations

import asyncio
import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import intentc
from intentc.lab.model import LabError

_COMMAND_S = 120.0
_ENVIRONMENT = {
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
}


class Engine(Protocol):
    """Runs the nodes and links of one lab.

    - `up` returns when every node has run its commands, or raises `LabError`; `down` ends all that `up` began, also half done
    - `pids` has the first process of every node as this machine sees it, 0 for a node that is off
    - `notes` say in words what of the lab this engine cannot do here
    - `stop_node` is a power cut: neighbours lose their carrier; `start_node` boots from what the node's disk holds
    - `shape` and `fail` act on links between routers, `direction` None is both; modes are `drop`, `down` and `up`
    """

    @property
    def pids(self) -> Mapping[str, int]: ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    async def up(self) -> None: ...

    async def down(self) -> None: ...

    async def stop_node(self, node: str) -> None: ...

    async def start_node(self, node: str) -> None: ...

    async def shape(self, link: str, direction: int, delay_us: int) -> None: ...

    async def fail(self, link: str, mode: str, direction: int | None) -> None: ...


def enter(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the command line that runs `argv` inside the node whose first process is `pid`, with its files and network."""
    environment = [f"{key}={value}" for key, value in _ENVIRONMENT.items()]
    return ["nsenter", "-t", str(pid), "-n", "-m", "-p", "-u", "--", "env", "-i", *environment, *argv]


def enter_network(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the command line that runs `argv` on this machine, but in the node's network."""
    return ["nsenter", "-t", str(pid), "-n", "--", *argv]


def environment() -> dict[str, str]:
    """Return this process's environment for a Python of its own: the package that runs now is found from a checkout too."""
    home = str(Path(intentc.__file__).parent.parent)
    rest = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": os.pathsep.join([home, rest] if rest else [home])}


async def run_inside(pid: int, node: str, command: str, text: str = "") -> None:
    """Run one command inside a node, `text` on its standard input; `LabError` with its words if it fails."""
    await run_outside(enter(pid, shlex.split(command)), f"`{command}` on {node}", text)


async def run_outside(argv: Sequence[str], what: str, text: str = "") -> str:
    """Return what a command prints; `LabError` with its words if it fails, or takes more than two minutes."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=pipe)
    try:
        out, err = await asyncio.wait_for(process.communicate(text.encode()), _COMMAND_S)
    except TimeoutError:
        process.kill()
        raise LabError(f"{what} took longer than {_COMMAND_S:g} s") from None
    if process.returncode != 0:
        words = " ".join((err or out).decode(errors="replace").split())
        raise LabError(f"{what} failed: {words or f'exit status {process.returncode}'}")
    return out.decode(errors="replace")
