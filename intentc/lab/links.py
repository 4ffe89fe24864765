"""The supervisor's side of the relay: starts it and tells it what to do, one request after another."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from pathlib import Path

from intentc.lab.model import LabError

_ANSWER_S = 10.0


class RelayClient:
    """Owns the relay process of one lab."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self._socket: socket.socket | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        argv = [sys.executable, "-m", "intentc.lab.relay", str(theirs.fileno())]
        with theirs, self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*argv, pass_fds=(theirs.fileno(),), stderr=log)
        self._socket = ours

    async def stop(self) -> None:
        if self._socket is not None and self._process is not None:
            self._socket.close()
            await self._process.wait()

    async def attach(self, link: str, end: int, *, pid: int, name: str, mtu: int, mac: bytes) -> None:
        await self._ask(do="attach", link=link, end=end, pid=pid, name=name, mtu=mtu, mac=mac.hex())

    async def detach(self, link: str, end: int) -> None:
        await self._ask(do="detach", link=link, end=end)

    async def shape(self, link: str, direction: int, delay_us: int, jitter_us: int, loss_ppb: int) -> None:
        await self._ask(
            do="shape", link=link, direction=direction, delay_us=delay_us, jitter_us=jitter_us, loss_ppb=loss_ppb
        )

    async def fail(self, link: str, mode: str, direction: int | None) -> None:
        await self._ask(do="fail", link=link, mode=mode, direction=direction)

    async def _ask(self, **request: str | int | None) -> None:
        if self._socket is None:
            raise LabError("the lab's relay is not running")
        loop = asyncio.get_running_loop()
        async with self._turn:
            await loop.sock_sendall(self._socket, json.dumps(request).encode())
            answer = await asyncio.wait_for(loop.sock_recv(self._socket, 65_536), _ANSWER_S)
        if not answer:
            raise LabError(f"the lab's relay ended: {self._log.read_text(errors='replace').strip()[-500:]}")
        error = json.loads(answer).get("error")
        if error:
            raise LabError(f"link {request['link']}: {error}")
