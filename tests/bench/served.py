"""One changed intent by the command, where `intentc serve` holds the project: wall time, beside the same command alone."""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from keep import change_all, change_one, drain
from processes import compile_process, serve_process


def main(words: list[str] | None = None) -> None:
    """Print wall seconds of `compile --keep` for changes of a copy of a project, one after the other."""
    parser = argparse.ArgumentParser(
        description="What changes cost by the command, where the project is held in memory."
    )
    parser.add_argument(
        "project", type=Path, help="with `intents/flows.intent` and `topology/wan.yaml` as the workloads have them"
    )
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "project"
        shutil.copytree(arguments.project, root, ignore=shutil.ignore_patterns("build", ".intentc"))
        keep = "--keep", str(root / "build")
        _show("from nothing, alone", root, lambda: None)
        names = re.findall(r"^intent (\S+)", (root / "intents" / "flows.intent").read_text(), re.MULTILINE)
        _show("one intent, alone", root, lambda: change_one(root, names[0]), *keep)
        with serve_process(root) as number:
            for told, change in _changes(root, names):
                _show(told, root, change, *keep)
            print(f"  the process that serves took {_most_mib(number)} MiB at most")


def _changes(root: Path, names: list[str]) -> list[tuple[str, Callable[[], None]]]:
    ones = [
        (f"one intent ({at})", lambda at=at: change_one(root, names[at]))
        for at in range(1, len(names), len(names) // 5)
    ]
    return [
        ("nothing, the first call", lambda: None),
        ("nothing, what was steered is kept", lambda: None),
        ("nothing", lambda: None),
        *ones,
        ("100 intents", lambda: change_all(root, names[2:102])),
        ("one link drained", lambda: drain(root, "L3")),
    ]


def _most_mib(process: int) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


def _show(told: str, root: Path, change: Callable[[], None], *options: str) -> None:
    change()
    time.sleep(0.5)  # whoever serves has ended with the last call
    spent = compile_process(root, *options)
    print(f"  {told:40} {spent.wall_s:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
