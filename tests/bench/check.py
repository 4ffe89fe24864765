"""How long `intentc check` takes from the command line: `python tests/bench/check.py`, as whole processes, wall time.

Two projects: what `init` writes, and workload S (20 nodes) without the intents that cannot hold. The processes have their bytecode,
as those of an installed program have. `--instructions` also has valgrind count, which does not depend on what else the machine does.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import workload

GOAL_S = 0.4
ROUNDS = 15
_ROOT = Path(__file__).resolve().parents[2]
_CHECK = ["-c", "from intentc.cli import run; run()"]  # what the installed script does


def environment() -> dict[str, str]:
    """Return the environment of a process that may write its bytecode, and orders its sets alike each time."""
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPATH": str(_ROOT), "PYTHONHASHSEED": "0"}


def command(folder: Path, *more: str) -> list[str]:
    """Return the command line of a check."""
    return [sys.executable, *_CHECK, "-C", str(folder), "check", *more]


def write_sound(folder: Path) -> None:
    """Write workload S without the intents that have a finding of error level."""
    workload.write_project(folder, "S")
    done = subprocess.run(command(folder, "--format", "json"), capture_output=True, text=True, check=False)
    refused = {item["intent"] for item in json.loads(done.stdout)["findings"] if item["severity"] == "error"}
    file = folder / "intents" / "flows.intent"
    text = file.read_text()
    for name in refused:
        text = re.sub(rf"intent {name} {{\n.*?\n}}\n", "", text, flags=re.DOTALL)
    file.write_text(text)


def report(name: str, folder: Path, arguments: argparse.Namespace) -> None:
    """Print wall and CPU time of some processes, and their instructions if asked for."""
    kept = environment()
    wall, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for number in range(arguments.rounds + 1):
        begun = time.perf_counter()
        subprocess.run(command(folder), env=kept, capture_output=True, check=True)
        if number:  # the first one may write bytecode
            wall.append(time.perf_counter() - begun)
        else:
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / arguments.rounds
    print(
        f"{name}: {statistics.median(wall):.3f} s ({min(wall):.3f} to {max(wall):.3f}; goal {GOAL_S}), CPU {cpu_s:.3f} s"
    )
    if arguments.instructions:
        count = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}", *command(folder)]
        said = subprocess.run(count, env=kept, capture_output=True, text=True, check=True).stderr
        print(f"  {int(said.split('Collected :')[1].split()[0]) / 1e6:.0f} million instructions")


def main() -> None:
    """Measure both projects."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--instructions", action="store_true", help="count them, too (valgrind)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        new, sound = Path(folder, "new"), Path(folder, "S")
        subprocess.run(
            [sys.executable, *_CHECK, "init", str(new)],
            env=environment(),
            check=True,
            capture_output=True,
        )
        write_sound(sound)
        count = (sound / "intents" / "flows.intent").read_text().count("\nintent ") + 1
        report("what `init` writes", new, arguments)
        report(f"20 nodes, {count} intents", sound, arguments)


if __name__ == "__main__":
    main()
