"""SSH into nodes without a network for it: listeners on this machine's loopback hand connections to sshd in the nodes."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import secrets
import socket
from collections.abc import Callable, Mapping
from pathlib import Path

from intentc.lab.definition import NodeDefinition
from intentc.lab.engine import enter, run_inside, run_outside
from intentc.lab.model import LabError
from intentc.lab.runs import Access

_PORT = 2222
_TRIES = 50
_FIRST_BLOCK = int(ipaddress.IPv4Address("127.64.0.0"))
_BLOCKS = 63 * 256  # /24 blocks from 127.64.0.0 to 127.126.255.0


class Doors:
    """One listener per router. `pid_of` tells a node's first process, 0 while it is off: then connections are closed."""

    def __init__(self, pid_of: Callable[[str], int], log: Path) -> None:
        self._pid_of = pid_of
        self._log = log
        self._listeners: dict[str, socket.socket] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def open(self, nodes: Mapping[str, NodeDefinition], *, has_fixed: bool) -> Mapping[str, tuple[str, int]]:
        """Return where each router listens.

        With `has_fixed` a router whose management address is on loopback listens exactly there (`LabError` when that is
        taken); all others get 127.X.Y.N:2222 from a block that nobody uses, so labs run side by side.
        """
        routers = [node for node in nodes.values() if node.is_router]
        fixed = {node.name: place for node in routers if has_fixed and (place := _written_place(node)) is not None}
        for name, place in fixed.items():
            try:
                self._listeners[name] = _listen(place)
            except OSError as problem:
                raise LabError(f"{name} cannot listen on {place[0]} port {place[1]}: {problem.strerror}") from problem
        self._listeners |= _listen_in_free_block([node.name for node in routers if node.name not in fixed])
        self._tasks = [asyncio.create_task(self._serve(node, item)) for node, item in self._listeners.items()]
        return {node: listener.getsockname() for node, listener in sorted(self._listeners.items())}

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for listener in self._listeners.values():
            listener.close()

    async def _serve(self, node: str, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            connection, _ = await loop.sock_accept(listener)
            with connection, contextlib.suppress(OSError):  # whoever called may be gone again
                connection.setblocking(True)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                pid = self._pid_of(node)
                if pid:
                    await self._hand_over(pid, connection)

    async def _hand_over(self, pid: int, connection: socket.socket) -> None:
        argv = ["setpriv", "--pdeathsig", "KILL", *enter(pid, ["/usr/sbin/sshd", "-i", "-e"])]
        pipe = connection.fileno()
        with self._log.open("ab") as log:
            await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, stderr=log)


async def give_keys(node: str, pid: int, authorized: str, folder: Path) -> str:
    """Return the public host key (OpenSSH text) of a node that now has it and opens for the `authorized` key."""
    path = folder / node
    await run_outside(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", node, "-f", str(path)], "ssh-keygen")
    store = "sh -c 'umask 077; cat >/etc/ssh/lab_host_key'"
    await run_inside(pid, node, store, path.read_text(encoding="utf-8"))
    await run_inside(pid, node, "sh -c 'cat >/etc/ssh/lab_authorized_keys'", authorized)
    path.unlink()  # the private half is the node's alone
    return _public_key(path)


def known_hosts(access: Mapping[str, Access]) -> str:
    """Return the lines of a known_hosts file for strict checking."""
    places = [(item, item.host if item.port == 22 else f"[{item.host}]:{item.port}") for item in access.values()]
    return "".join(sorted(f"{place} {item.host_key}\n" for item, place in places))


def _public_key(private: Path) -> str:
    kind, key, *_ = Path(f"{private}.pub").read_text(encoding="utf-8").split()
    return f"{kind} {key}"


def _written_place(node: NodeDefinition) -> tuple[str, int] | None:
    host, _, port = node.labels.get("intentc-management", "").partition(" ")
    try:
        is_loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        return None
    return (host, int(port)) if is_loopback else None


def _listen_in_free_block(nodes: list[str]) -> dict[str, socket.socket]:
    for _ in range(_TRIES):
        base = _FIRST_BLOCK + 256 * secrets.randbelow(_BLOCKS)
        made: dict[str, socket.socket] = {}
        try:
            for count, node in enumerate(nodes, 1):
                made[node] = _listen((str(ipaddress.IPv4Address(base + count)), _PORT))
        except OSError:
            for listener in made.values():
                listener.close()
        else:
            return made
    raise LabError("no free loopback addresses for the nodes' SSH servers")


def _listen(place: tuple[str, int]) -> socket.socket:
    listener = socket.socket(socket.AF_INET6 if ":" in place[0] else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(16)
    except OSError:
        listener.close()
        raise
    return listener
