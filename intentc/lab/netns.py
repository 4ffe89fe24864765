"""The engine without Docker: a node is a set of Linux namespaces, a link between routers goes through the relay."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import signal
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path

from intentc.lab.definition import Definition, LinkDefinition, NodeDefinition
from intentc.lab.engine import run_inside, run_outside
from intentc.lab.links import RelayClient
from intentc.lab.model import LabError

_START_S = 30.0
_TOOLS = ("ip", "mount", "nsenter", "pivot_root", "setpriv", "ssh-keygen", "unshare")
_FILES = ("/dev/net/tun", "/usr/lib/frr/zebra", "/usr/sbin/sshd")


def missing() -> tuple[str, ...]:
    """Return why labs cannot run in namespaces here, in words; empty when they can."""
    reasons = [] if os.geteuid() == 0 else ["not root"]
    reasons += [f"no `{tool}`" for tool in _TOOLS if shutil.which(tool) is None]
    reasons += [f"no {path}" for path in _FILES if not Path(path).exists()]
    return tuple(reasons)


class Netns:
    """Runs a lab in network, mount, process and host name namespaces of this machine, with its own FRR and sshd.

    Nodes die with this process (the kernel kills them), and their disks with its mount namespace: it must have one of its
    own, and `disks` must be a directory there.
    """

    def __init__(self, definition: Definition, disks: Path, logs: Path) -> None:
        self._definition = definition
        self._disks = disks
        self._logs = logs
        self._has_disks = False
        self._relay = RelayClient(logs / "relay.log")
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._pids: dict[str, int] = dict.fromkeys(definition.nodes, 0)

    @property
    def pids(self) -> Mapping[str, int]:
        return self._pids

    @property
    def notes(self) -> tuple[str, ...]:
        return ()

    async def up(self) -> None:
        await run_outside(["mount", "-t", "tmpfs", "-o", "mode=700", "intentc-lab", str(self._disks)], "mount")
        self._has_disks = True
        await self._relay.start()
        nodes = self._definition.nodes
        await asyncio.gather(*(self._create(node) for node in nodes.values()))
        for link in self._emulated(nodes):
            await self._relay.shape(link.id, 0, link.delay_us[0], link.jitter_us, link.loss_ppb)
            await self._relay.shape(link.id, 1, link.delay_us[1], link.jitter_us, link.loss_ppb)
        await self._connect(nodes)
        await asyncio.gather(*(self._boot(node) for node in nodes.values()))

    async def down(self) -> None:
        for pid in self._pids.values():
            _kill(pid)
        for process in self._processes.values():
            _kill(process.pid if process.returncode is None else 0)
        await asyncio.gather(*(process.wait() for process in self._processes.values()))
        await self._relay.stop()
        if self._has_disks:
            await run_outside(["umount", "-l", str(self._disks)], "umount")

    async def stop_node(self, node: str) -> None:
        _kill(self._pids[node])
        await self._processes[node].wait()
        self._pids[node] = 0
        for link in self._emulated([node]):
            await self._relay.detach(link.id, _end(link, node))

    async def start_node(self, node: str) -> None:
        await self._create(self._definition.nodes[node])
        await self._connect([node])
        await self._boot(self._definition.nodes[node])
        for peer in sorted(self._behind_cables(node)):  # their cable is new, and so are the addresses and routes on it
            await self._boot(self._definition.nodes[peer])

    async def shape(self, link: str, direction: int, delay_us: int) -> None:
        made = self._definition.links[link]
        await self._relay.shape(link, direction, delay_us, made.jitter_us, made.loss_ppb)

    async def fail(self, link: str, mode: str, direction: int | None) -> None:
        await self._relay.fail(link, mode, direction)

    async def _create(self, node: NodeDefinition) -> None:
        """Start a node's first process; its disk is made when it has none yet."""
        disk = self._disks / node.name
        start = "is_restart" if disk.exists() else "is_first"
        disk.mkdir(exist_ok=True)
        script = str(resources.files("intentc.lab").joinpath("node", "init.sh"))
        sysctls = [f"{key}={value}" for key, value in node.sysctls]
        binds = [part for source, target in node.binds for part in (str(source.resolve()), target)]
        argv = ["setpriv", "--pdeathsig", "KILL", "unshare", "-n", "-m", "-p", "-u", "--fork", "--kill-child"]
        argv += ["sh", script, str(disk), node.name, start, *sysctls, "--", *binds]
        log = self._logs / f"{node.name}.log"
        with log.open("ab") as errors:
            process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE, stderr=errors)
        self._processes[node.name] = process
        assert process.stdout is not None  # noqa: S101  (it is a pipe: tells the type checker)
        line = await asyncio.wait_for(process.stdout.readline(), _START_S)
        if not line:
            raise LabError(f"node {node.name} did not start: {log.read_text(errors='replace').strip()[-500:]}")
        self._pids[node.name] = int(line)

    async def _connect(self, nodes: Iterable[str]) -> None:
        """Plug in the links of nodes that have just started: TAP devices for emulated links, veth pairs for cables."""
        started = frozenset(nodes)
        for link in self._emulated(started):
            for end, (node, interface) in enumerate(link.ends):
                if node in started:
                    pid, mac = self._pids[node], _mac(node, interface)
                    await self._relay.attach(link.id, end, pid=pid, name=interface, mtu=link.mtu, mac=mac)
        cables = [link for link in self._definition.links.values() if not link.is_emulated and _touches(link, started)]
        batch = "".join(self._cable(link) for link in cables if all(self._pids[node] for node, _ in link.ends))
        if batch:
            await run_outside(["ip", "-batch", "-"], "ip link add", batch)

    def _cable(self, link: LinkDefinition) -> str:
        (a, a_port), (b, b_port) = link.ends
        near = f"name {a_port} netns {self._pids[a]} mtu {link.mtu} address {_mac(a, a_port).hex(':')}"
        far = f"name {b_port} netns {self._pids[b]} mtu {link.mtu} address {_mac(b, b_port).hex(':')}"
        return f"link add {near} type veth peer {far}\n"

    async def _boot(self, node: NodeDefinition) -> None:
        for command in node.commands:
            await run_inside(self._pids[node.name], node.name, command)

    def _emulated(self, nodes: Iterable[str]) -> list[LinkDefinition]:
        chosen = frozenset(nodes)
        return [link for link in self._definition.links.values() if link.is_emulated and _touches(link, chosen)]

    def _behind_cables(self, node: str) -> set[str]:
        cables = (link for link in self._definition.links.values() if not link.is_emulated and _touches(link, {node}))
        peers = {peer for link in cables for peer, _ in link.ends if peer != node and self._pids[peer]}
        return {peer for peer in peers if not self._definition.nodes[peer].is_router}


def _touches(link: LinkDefinition, nodes: frozenset[str] | set[str]) -> bool:
    return any(node in nodes for node, _ in link.ends)


def _end(link: LinkDefinition, node: str) -> int:
    return 0 if link.ends[0][0] == node else 1


def _mac(node: str, interface: str) -> bytes:
    """Return an address that stays over restarts, as a router's does: neighbours keep what they resolved."""
    return b"\x02" + hashlib.sha256(f"{node}:{interface}".encode()).digest()[:5]


def _kill(pid: int) -> None:
    if pid:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
