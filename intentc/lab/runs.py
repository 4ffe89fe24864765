"""Running labs: each has a directory of its own with its state, its sockets, its logs and the host keys of its nodes."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from intentc.lab.model import LabError
from intentc.values import field, frozen

STATE_FILE = "state.json"
KNOWN_HOSTS = "known_hosts"


@frozen
class Access:
    """Where a node's SSH server listens on this machine, and its public host key in OpenSSH's text form."""

    host: str
    port: int
    host_key: str


@frozen
class State:
    """A running lab as its supervisor last wrote it down.

    `pids` has the first process of each node, 0 when it is off; `notes` say what the engine cannot do here.
    """

    name: str
    engine: str
    directory: str
    key: str
    supervisor: int
    supervisor_start: int
    pids: Mapping[str, int]
    access: Mapping[str, Access] = field(default_factory=dict)
    failed_links: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def new_run(name: str) -> Path:
    """Return a new, empty run directory that only its owner can read."""
    base = _base()
    base.mkdir(parents=True, exist_ok=True, mode=0o755)
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=base))


def running() -> Mapping[Path, State]:
    """Return the running labs by run directory; directories of labs that were killed are cleared away."""
    found: dict[Path, State] = {}
    for run in sorted(_base().iterdir()) if _base().is_dir() else ():
        try:
            state = read_state(run)
        except LabError:
            continue  # still starting
        if start_time(state.supervisor) == state.supervisor_start:
            found[run] = state
        else:
            shutil.rmtree(run, ignore_errors=True)
    return found


def read_state(run: Path) -> State:
    """Return the state of the lab in a run directory."""
    try:
        data = json.loads((run / STATE_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LabError(f"no lab is running in {run}") from None
    data["access"] = {node: Access(**access) for node, access in data["access"].items()}
    return State(**{**data, "notes": tuple(data["notes"])})


def write_state(run: Path, state: State) -> None:
    """Replace the state in one step, so that readers see the old one or the new one."""
    fresh = run / f"{STATE_FILE}.new"
    fresh.write_text(json.dumps(asdict(state)), encoding="utf-8")
    fresh.replace(run / STATE_FILE)


def start_time(pid: int) -> int:
    """Return when a process started, in clock ticks since boot: with its id that names it for good. -1: it has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return -1
    fields = text.rpartition(")")[2].split()
    return -1 if fields[0] in {"X", "Z"} else int(fields[19])


def _base() -> Path:
    if os.geteuid() == 0:
        return Path("/run/intentc/labs")
    return Path(tempfile.gettempdir()) / f"intentc-labs-{os.getuid()}"
