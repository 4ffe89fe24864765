"""The process behind a running lab: parent of its nodes, keeper of its SSH listeners, and the one that obeys the user.

It ends, and takes everything with it, on request, on SIGTERM, and (when bound) as soon as its standard input closes, which
happens however its starter dies. It answers one JSON request per connection on `control` in the run directory:
`down`, `restart|stop|start node`, `fail|repair links mode direction`, `shape link delay_us`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from intentc.lab.containerlab import Containerlab
from intentc.lab.definition import Definition, read_definition
from intentc.lab.doors import Doors, give_keys, known_hosts
from intentc.lab.engine import Engine
from intentc.lab.export import ensure_key_pair
from intentc.lab.model import LabError
from intentc.lab.netns import Netns
from intentc.lab.runs import KNOWN_HOSTS, Access, State, start_time, write_state

CONTROL = "control"
Answer = Mapping[str, str | tuple[str, ...]]  # empty, or `error` and `help`


class Supervisor:
    """One running lab."""

    def __init__(self, run: Path, definition: Definition, engine: Engine, engine_name: str) -> None:
        self._run = run
        self._definition = definition
        self._engine = engine
        self._engine_name = engine_name
        self._doors = Doors(lambda node: engine.pids[node], run / "sshd.log")
        self._key = ensure_key_pair(definition.directory)
        self._authorized = Path(f"{self._key}.pub").read_text(encoding="utf-8")
        self._access: Mapping[str, Access] = {}
        self._failed: dict[str, str] = {}
        self._stop = asyncio.Event()
        self._turn = asyncio.Lock()

    async def run(self, ready: int, *, is_bound: bool, has_fixed: bool) -> None:
        """Start the lab, report on the descriptor `ready` (`{}` or an error), and keep it until it has to stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._stop.set)
        if is_bound:
            loop.add_reader(0, self._stop.set)  # nobody writes there: readable means closed
        try:
            server = await self._start(ready, has_fixed=has_fixed)
            if server is not None:
                await self._stop.wait()
                server.close()
        finally:
            await self._doors.close()
            await self._engine.down()

    async def _start(self, ready: int, *, has_fixed: bool) -> asyncio.Server | None:
        starting = asyncio.create_task(self._bring_up(has_fixed=has_fixed))
        stopping = asyncio.create_task(self._stop.wait())
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return None
        try:
            server = starting.result()
        except (LabError, OSError, TimeoutError) as problem:
            _report(ready, _refusal(problem))
            return None
        _report(ready, {})
        return server

    async def _bring_up(self, *, has_fixed: bool) -> asyncio.Server:
        await self._engine.up()
        places = self._doors.open(self._definition.nodes, has_fixed=has_fixed)
        keys = self._run / "keys"
        keys.mkdir()
        pids = self._engine.pids
        made = await asyncio.gather(*(give_keys(node, pids[node], self._authorized, keys) for node in places))
        self._access = {
            node: Access(host, port, key) for (node, (host, port, *_)), key in zip(places.items(), made, strict=True)
        }
        (self._run / KNOWN_HOSTS).write_text(known_hosts(self._access), encoding="utf-8")
        self._write()
        return await asyncio.start_unix_server(self._answer, self._run / CONTROL)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        request = json.loads(line) if line else {"do": "nothing"}
        try:
            async with self._turn:
                await self._carry_out(request)
            answer: Answer = {}
        except (LabError, OSError, TimeoutError) as problem:
            answer = _refusal(problem)
        if request["do"] != "down":
            self._write()
        writer.write(json.dumps(answer).encode() + b"\n")
        await writer.drain()
        writer.close()

    async def _carry_out(self, request: Mapping[str, object]) -> None:
        match request:
            case {"do": "down"}:
                self._stop.set()
            case {"do": "restart" | "stop" | "start" as what, "node": str(node)}:
                await self._switch(what, node)
            case {"do": "fail", "links": [*links], "mode": str(mode), "direction": None | 0 | 1 as direction}:
                for link in self._with_tunnels([str(link) for link in links]):
                    await self._engine.fail(link, mode, direction)
                    self._failed[link] = mode
            case {"do": "repair", "links": [*links]}:
                for link in self._with_tunnels([str(link) for link in links]):
                    await self._engine.fail(link, "up", None)
                    self._failed.pop(link, None)
            case {"do": "shape", "link": str(link), "direction": int(direction), "delay_us": int(delay)}:
                self._require_link(link)
                await self._engine.shape(link, direction, delay)
            case _:
                raise LabError(f"unknown request {request}")

    async def _switch(self, what: str, node: str) -> None:
        if node not in self._engine.pids:
            raise LabError(f"the lab has no node `{node}`")
        if what != "start":
            await self._engine.stop_node(node)
        elif self._engine.pids[node]:
            raise LabError(f"node `{node}` is on already")
        if what != "stop":
            await self._engine.start_node(node)

    def _require_link(self, link: str) -> None:
        links = [item.id for item in self._definition.links.values() if item.is_emulated]
        if link not in links:
            raise LabError(f"the lab has no link `{link}` between routers", f"its links are {', '.join(links)}")

    def _with_tunnels(self, links: Sequence[str]) -> list[str]:
        """Return the links and every tunnel that runs over one of them."""
        for link in links:
            self._require_link(link)
        found = list(links)
        for link in found:  # grows while it is walked: a tunnel may carry a tunnel
            found += [item.id for item in self._definition.links.values() if link in item.over and item.id not in found]
        return found

    def _write(self) -> None:
        state = State(
            name=self._definition.name,
            engine=self._engine_name,
            directory=str(self._definition.directory),
            key=str(self._key),
            supervisor=os.getpid(),
            supervisor_start=start_time(os.getpid()),
            pids=dict(self._engine.pids),
            access=dict(self._access),
            failed_links=dict(self._failed),
            notes=self._engine.notes,
        )
        write_state(self._run, state)


def main() -> None:
    """Run one lab until it has to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("directory", type=Path)
    parser.add_argument("ready", type=int)
    parser.add_argument("--engine", default="netns")
    parser.add_argument("--bound", action="store_true")
    parser.add_argument("--free-addresses", action="store_true")
    arguments = parser.parse_args()
    run: Path = arguments.run
    try:
        _supervise(arguments)
    except LabError as problem:
        with contextlib.suppress(OSError):  # reported before: what fails now is the end, which only the log can tell
            _report(arguments.ready, _refusal(problem))
        print(problem.message, file=sys.stderr)
        sys.exit(1)
    finally:
        shutil.rmtree(run, ignore_errors=True)


def _supervise(arguments: argparse.Namespace) -> None:
    definition = read_definition(arguments.directory)
    engine = _engine(arguments.engine, definition, arguments.run)
    supervisor = Supervisor(arguments.run, definition, engine, arguments.engine)
    asyncio.run(supervisor.run(arguments.ready, is_bound=arguments.bound, has_fixed=not arguments.free_addresses))


def _engine(name: str, definition: Definition, run: Path) -> Engine:
    if name == "containerlab":
        return Containerlab(definition, run)
    disks = run / "disks"
    disks.mkdir()
    return Netns(definition, disks, run)


def _refusal(problem: LabError | OSError | TimeoutError) -> Answer:
    if isinstance(problem, LabError):
        return {"error": problem.message, "help": problem.help}
    return {"error": str(problem) or "no answer in time", "help": ()}


def _report(ready: int, answer: Answer) -> None:
    with os.fdopen(ready, "w") as pipe:
        pipe.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
