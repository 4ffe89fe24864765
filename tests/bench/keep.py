"""One changed intent in a workload: what moves with `--keep`, and what it costs, in process and by the command."""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import re
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from workload import SIZES, write_project

COMMAND = [sys.executable, "-m", "intentc"]


def compiled(root: Path, *options: str) -> float:
    """Compile a project by the command, and return the CPU seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = subprocess.run([*COMMAND, "-C", str(root), "-q", "compile", *options], capture_output=True, check=False)
    if found.returncode not in {0, 1}:
        raise SystemExit(found.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


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


def in_process(root: Path) -> float:
    """Return the CPU seconds of the whole command with the earlier build kept, run in this process."""
    from intentc.cli import main as run

    begun = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        run(["-C", str(root), "-q", "compile", "--keep", str(root / "build")])
    return time.process_time() - begun


def main(words: list[str]) -> None:
    """Print what moved, and the CPU seconds of a compile from scratch and of one with `--keep`."""
    parser = argparse.ArgumentParser(description="One changed intent, kept and from scratch.")
    parser.add_argument("name", nargs="?", default="M", choices=sorted(SIZES))
    parser.add_argument("--platform", default="frr")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_project(root, arguments.name, arguments.platform)
        names = re.findall(r"^intent (\S+)", (root / "intents" / "flows.intent").read_text(), re.MULTILINE)
        fresh, before = compiled(root), demands(root)
        name = next(name for name in names if any(key.startswith(f"{name}/") for key in before))
        change_one(root, name)
        kept, after = compiled(root, "--keep", str(root / "build")), demands(root)
        moved = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
        others = [key for key in moved if not key.startswith(f"{name}/")]
        print(
            f"{arguments.name}: {len(before)} demands; {len(moved)} moved, {len(others)} of other intents {others[:3]}"
        )
        print(f"  from scratch {fresh:.2f} s, with --keep {kept:.2f} s; in one process {in_process(root):.2f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
