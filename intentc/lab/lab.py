"""A running lab in the hands of its user: commands in nodes, failures, repairs, and how its nodes are reached over SSH."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from intentc.lab.engine import enter, enter_network
from intentc.lab.model import LabError
from intentc.lab.runs import KNOWN_HOSTS, Access, State, read_state, start_time
from intentc.lab.supervisor import CONTROL
from intentc.topology.model import Management, Topology
from intentc.values import frozen

_CONTROL_S = 120.0
_DOWN_S = 30.0
_DIRECTIONS = {None: None, "ab": 0, "ba": 1}


@frozen
class Completed:
    """What a command in a node did."""

    argv: tuple[str, ...]
    returncode: int
    stdout: str
    stderr: str


@frozen
class Lab:
    """A running lab; `run` is its run directory. Everything else is asked anew each time, as nodes come and go."""

    run: Path

    @property
    def state(self) -> State:
        return read_state(self.run)

    @property
    def access(self) -> Mapping[str, Access]:
        """Return where each router's SSH server listens; user `root` (all of Linux) or `netops` (vtysh only)."""
        return self.state.access

    @property
    def known_hosts(self) -> Path:
        return self.run / KNOWN_HOSTS

    @property
    def key(self) -> Path:
        """Return the private key that opens every router of the lab."""
        return Path(self.state.key)

    def exec(
        self,
        node: str,
        argv: Sequence[str],
        *,
        stdin: str = "",
        timeout_s: float = 60.0,
        check: bool = True,
        is_network_only: bool = False,
    ) -> Completed:
        """Return what a command did inside a node; `LabError` when it fails and `check` holds.

        With `is_network_only` it sees this machine's files and processes, and only the network is the node's.
        """
        pid = self.pid(node)
        full = enter_network(pid, argv) if is_network_only else enter(pid, argv)
        try:
            done = subprocess.run(full, input=stdin, capture_output=True, text=True, timeout=timeout_s, check=False)
        except subprocess.TimeoutExpired:
            raise LabError(f"`{' '.join(argv)}` on {node} took longer than {timeout_s:g} s") from None
        if check and done.returncode != 0:
            words = " ".join((done.stderr or done.stdout).split())
            raise LabError(f"`{' '.join(argv)}` on {node} failed with status {done.returncode}: {words}")
        return Completed(tuple(argv), done.returncode, done.stdout, done.stderr)

    def pid(self, node: str) -> int:
        """Return the first process of a node that is on."""
        pids = self.state.pids
        if node not in pids:
            raise LabError(f"the lab has no node `{node}`")
        if not pids[node]:
            raise LabError(f"node `{node}` is off")
        return pids[node]

    def restart(self, node: str) -> None:
        """Cut a node's power and boot it from its disk; returns when it has run its start-up commands."""
        self._ask(do="restart", node=node)

    def fail_node(self, node: str) -> None:
        """Cut a node's power: its neighbours lose their carrier."""
        self._ask(do="stop", node=node)

    def repair_node(self, node: str) -> None:
        """Boot a node whose power was cut."""
        self._ask(do="start", node=node)

    def fail_link(self, *links: str, mode: str = "drop", direction: str | None = None) -> None:
        """Fail links at the same moment, and the tunnels over them.

        `drop` loses every frame in silence (`direction` `ab` or `ba`: only that way); `down` takes the carrier from both ends.
        """
        self._ask(do="fail", links=list(links), mode=mode, direction=_DIRECTIONS[direction])

    def repair_link(self, *links: str) -> None:
        """Make links, and the tunnels over them, as good as new."""
        self._ask(do="repair", links=list(links))

    def set_delay(self, link: str, ab_us: int, ba_us: int) -> None:
        """Give a link another propagation delay."""
        self._ask(do="shape", link=link, direction=0, delay_us=ab_us)
        self._ask(do="shape", link=link, direction=1, delay_us=ba_us)

    def down(self) -> None:
        """End the lab; returns when nothing of it is left."""
        state = self.state
        self._ask(do="down")
        end = time.monotonic() + _DOWN_S
        while start_time(state.supervisor) == state.supervisor_start:
            if time.monotonic() > end:
                raise LabError(f"lab {state.name} did not end within {_DOWN_S:g} s (process {state.supervisor})")
            time.sleep(0.02)

    def managed(self, topology: Topology) -> Topology:
        """Return the topology with the lab's routers reached through the lab: over SSH, with their host keys pinned.

        `credentials` is `lab`: user root with `key`.
        """
        nodes = dict(topology.nodes)
        for name, access in self.access.items():
            if name in nodes and nodes[name].platform != "none":
                span = nodes[name].span
                made = Management(access.host, "ssh", access.port, "lab", access.host_key, span)
                nodes[name] = replace(nodes[name], management=made)
        return replace(topology, nodes=nodes)

    def _ask(self, **request: object) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(_CONTROL_S)
            try:
                connection.connect(str(self.run / CONTROL))
                connection.sendall(json.dumps(request).encode() + b"\n")
                answer = connection.makefile().readline()
            except OSError as problem:
                raise LabError(f"the lab in {self.run} does not answer: {problem}") from problem
        raise_refusal(answer or '{"error": "the lab ended"}')


def raise_refusal(answer: str) -> None:
    """Raise the `LabError` that a supervisor's answer (a line of JSON) stands for, if it does."""
    data = json.loads(answer)
    if "error" in data:
        raise LabError(data["error"], *data.get("help", ()))
