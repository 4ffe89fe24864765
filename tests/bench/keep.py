"""One changed intent in a workload: what moves with `--keep`, and what it costs, in process and by the command."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from processes import compile_process
from workload import SIZES, add_load, load, write_project

from intentc.cli.compilation import MOST_UNCOLLECTED
from intentc.diagnostics import Findings
from intentc.incremental.session import Session
from intentc.project import load_project, read_sources
from intentc.run import Request

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support_targets import stages_with_all_targets


def demands(root: Path) -> dict[str, str]:
    """Return what the manifest of a build says of each demand, as bytes would."""
    manifest = json.loads((root / "build" / "manifest.json").read_text())
    found = (demand for entry in manifest["intents"] for demand in entry["demands"])
    keys = ("primary", "steering", "policies", "segments", "alternatives", "states")
    return {demand["id"]: json.dumps([_ways(demand[key]) for key in keys]) for demand in found}


def _ways(value: object) -> object:
    """Return a value without figures of latency: queues that are shared may hold more or less."""
    if isinstance(value, dict):
        return {key: _ways(item) for key, item in value.items() if key not in {"latency_us", "basis"}}
    return [_ways(item) for item in value] if isinstance(value, list) else value


def change_one(root: Path, name: str) -> None:
    """Halve the rate of one intent."""
    path = root / "intents" / "flows.intent"
    head, mark, rest = path.read_text().partition(f"intent {name} ")
    changed = re.sub(r"bandwidth (\d+)", lambda found: f"bandwidth {max(1, int(found[1]) // 2)}", rest, count=1)
    path.write_text(head + mark + changed)


def change_all(root: Path, names: list[str]) -> None:
    """Halve the rates of several intents."""
    for name in names:
        change_one(root, name)


def drain(root: Path, name: str) -> None:
    """Drain a link."""
    path = root / "topology" / "wan.yaml"
    path.write_text(path.read_text().replace(f"{{id: {name}, ", f"{{id: {name}, state: drained, ", 1))


class Sitting:
    """A project held in process: `compile` returns the CPU milliseconds of the next run, without its manifest."""

    def __init__(self, root: Path, left_out: tuple[str, ...] = ()) -> None:
        self.session = Session(tuple(stage for stage in stages_with_all_targets() if stage.__name__ not in left_out))
        self._project = load_project(root / "intentc.toml")

    def compile(self) -> float:
        findings = Findings()
        intents, topology = read_sources(self._project, findings)
        request = Request(self._project, intents, topology, dt.date(2026, 1, 1), lambda _path: None)
        begun = time.process_time()
        self.run = self.session.compile(request, findings)
        return 1000 * (time.process_time() - begun)

    def told(self) -> str:
        """Return what the last run did again."""
        memory, run = self.session.memory, self.run
        tried = f"{len(memory.placed.tried)} of {len(memory.placed.tried | memory.placed.recalled)} intents tried"
        if run.bundle is None:
            return f"{tried}, no device rendered: something is refused"
        return f"{tried}, {len(memory.rendered.rendered)} of {len(run.bundle.devices)} devices rendered"


def leave_what_holds(root: Path) -> None:
    """Leave out every intent that is refused, until none is."""
    path = root / "intents" / "flows.intent"
    while refused := _refused(root):
        blocks = re.split(r"(?m)^(?=intent )", path.read_text())
        path.write_text("".join(block for block in blocks if block.split(" ", 2)[1:2] not in refused))


def _refused(root: Path) -> list[list[str]]:
    sitting = Sitting(root, ("explain", "certify"))
    sitting.compile()
    return [[item.intent or ""] for item in sitting.run.findings.items if item.is_error]


def in_process(root: Path) -> None:
    """Print what a session takes for changes of a project, in CPU ms."""
    names = re.findall(r"^intent (\S+)", (root / "intents" / "flows.intent").read_text(), re.MULTILINE)
    sitting, hundred = Sitting(root), names[2 : 2 + min(100, len(names) // 2)]
    changes: list[tuple[str, Callable[[], None]]] = [
        ("from nothing", lambda: None),
        ("nothing, kept for the first time", lambda: None),
        ("nothing", lambda: None),
        ("a remark", lambda: add_line(root)),
        ("one intent", lambda: change_one(root, names[1])),
        ("another one", lambda: change_one(root, names[len(names) // 2])),
        (f"{len(hundred)} intents", lambda: change_all(root, hundred)),
        ("one link drained", lambda: drain(root, "L3")),
        ("nothing", lambda: None),
    ]
    for words, change in changes:
        change()
        print(f"  {words:34} {sitting.compile():8.0f} ms  {sitting.told()}", flush=True)


def add_line(root: Path) -> None:
    """Add a line that says nothing: all declarations are read to be the very same."""
    path = root / "intents" / "flows.intent"
    path.write_text(path.read_text() + "# nothing\n")


def main(words: list[str]) -> None:
    """Print what moved, and the CPU seconds of a compile from scratch and of one with `--keep`."""
    gc.set_threshold(MOST_UNCOLLECTED, 50, 100)
    parser = argparse.ArgumentParser(description="One changed intent, kept and from scratch.")
    parser.add_argument("name", nargs="?", default="M", choices=sorted(SIZES))
    parser.add_argument("--project", type=Path, help="a project that is there, which is copied, in place of a workload")
    parser.add_argument("--platform", default="frr", help="a target of the product or of the tests")
    parser.add_argument("--accepted", action="store_true", help="without the intents that are refused")
    parser.add_argument("--in-process", action="store_true", help="not by the command")
    add_load(parser)
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        if arguments.project is None:
            write_project(root, arguments.name, arguments.platform, mix=load(arguments.name, arguments))
        else:
            shutil.copytree(arguments.project, root)
        if arguments.accepted:
            leave_what_holds(root)
        if arguments.in_process:
            print(f"{arguments.project or arguments.name}, in process:")
            in_process(root)
            return
        names = re.findall(r"^intent (\S+)", (root / "intents" / "flows.intent").read_text(), re.MULTILINE)
        fresh, before = compile_process(root).cpu_s, demands(root)
        name = next(name for name in names if any(key.startswith(f"{name}/") for key in before))
        change_one(root, name)
        kept, after = compile_process(root, "--keep", str(root / "build")).cpu_s, demands(root)
        moved = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        others = [key for key in moved if not key.startswith(f"{name}/")]
        print(
            f"{arguments.name}: {len(before)} demands; {len(moved)} moved, {len(others)} of other intents {others[:3]}"
        )
        print(f"  from scratch {fresh:.2f} s, with --keep {kept:.2f} s")
        in_process(root)


if __name__ == "__main__":
    main(sys.argv[1:])
