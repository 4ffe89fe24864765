"""Entry functions for whoever starts and finds labs: the command line, and tests that want one for a while."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from intentc.lab import containerlab, netns
from intentc.lab.definition import Definition, read_definition
from intentc.lab.engine import environment
from intentc.lab.export import TOPOLOGY_FILE
from intentc.lab.lab import Lab, raise_refusal
from intentc.lab.model import LabError
from intentc.lab.runs import State, new_run, running

ENGINES = ("auto", "containerlab", "netns")
_END_S = 30.0


def up(directory: Path, engine: str = "auto") -> Lab:
    """Start the lab in `directory` and leave it running after this process; `down` ends it.

    Routers whose management address is on loopback listen exactly there for SSH, the others where there is room.
    """
    if any(Path(state.directory) == directory.resolve() for state in running().values()):
        raise LabError(f"the lab in {directory} is already running")
    with _starting(directory, engine, []) as (run, argv, log):
        reader, writer = os.pipe()
        with os.fdopen(reader) as answers:
            subprocess.run(
                ["setsid", "--fork", *argv, str(writer)],
                env=environment(),
                pass_fds=(writer,),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                check=True,
            )
            os.close(writer)
            _await(answers.readline(), run)
    return Lab(run)


def down(directory: Path) -> None:
    """End the lab that was started from `directory`."""
    find(directory).down()


def find(directory: Path) -> Lab:
    """Return the lab that was started from `directory`; `LabError` when none is running."""
    for run, state in running().items():
        if Path(state.directory) == directory.resolve():
            return Lab(run)
    raise LabError(f"the lab in {directory} is not running", "`intentc lab up` starts it")


def labs() -> Mapping[Path, State]:
    """Return all running labs of this machine by run directory."""
    return running()


@contextmanager
def running_lab(directory: Path, engine: str = "auto") -> Iterator[Lab]:
    """Run the lab in `directory` for the body of a `with`; it ends with this process, however that ends.

    Several may run at once, also from one directory: every SSH server gets a free address of its own.
    """
    with _starting(directory, engine, ["--bound", "--free-addresses"]) as (run, argv, log):
        reader, writer = os.pipe()
        with os.fdopen(reader) as answers:
            process = subprocess.Popen(
                [*argv, str(writer)],
                env=environment(),
                pass_fds=(writer,),
                stdin=subprocess.PIPE,  # closes with this process: that is what binds them
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for this process, which then ends the lab in order
            )
            os.close(writer)
            try:
                _await(answers.readline(), run)
                yield Lab(run)
            finally:
                process.communicate(timeout=_END_S)


@contextmanager
def _starting(directory: Path, engine: str, options: list[str]) -> Iterator[tuple[Path, list[str], IO[bytes]]]:
    """Yield a new run directory, the supervisor's command line without its last argument, and its log."""
    chosen = choose_engine(engine)
    definition = read_definition(directory)
    _refuse_kinds(definition)
    run = new_run(definition.name)
    argv = ["unshare", "--mount", "--propagation", "private"] if chosen == "netns" else []
    argv += [
        sys.executable,
        "-m",
        "intentc.lab.supervisor",
        *options,
        "--engine",
        chosen,
        str(run),
        str(directory.resolve()),
    ]
    with (run / "supervisor.log").open("ab") as log:
        yield run, argv, log


def _refuse_kinds(definition: Definition) -> None:
    """Raise `LabError` for nodes that are no Linux: nothing here can ask them whether they are up, or cut their links."""
    others = [f"`{node.name}` ({node.kind})" for node in definition.nodes.values() if node.kind != "linux"]
    if others:
        raise LabError(
            f"intentc starts FRR routers and hosts only, and this lab has {', '.join(others)}",
            f"`containerlab deploy -t {definition.directory / TOPOLOGY_FILE}` starts it",
        )


def choose_engine(engine: str) -> str:
    """Return the engine to use; `LabError` with every reason when it cannot run here."""
    if engine not in ENGINES:
        raise LabError(f"`{engine}` is no engine of labs: {', '.join(ENGINES)}")
    lacking = {"containerlab": containerlab.missing, "netns": netns.missing}
    tried = ("containerlab", "netns") if engine == "auto" else (engine,)
    reasons = {name: lacking[name]() for name in tried}
    for name in tried:
        if not reasons[name]:
            return name
    words = "; ".join(f"{name}: {', '.join(found)}" for name, found in reasons.items())
    raise LabError(f"no lab can run here ({words})")


def _await(answer: str, run: Path) -> None:
    if not answer:
        words = _last_words(run)
        shutil.rmtree(run, ignore_errors=True)
        raise LabError(f"the lab did not start: {words}")
    raise_refusal(answer)


def _last_words(run: Path) -> str:
    try:
        return (run / "supervisor.log").read_text(errors="replace").strip()[-500:] or "its supervisor ended"
    except FileNotFoundError:
        return "its supervisor ended"
