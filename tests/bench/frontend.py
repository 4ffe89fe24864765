"""Lines per second of every stage of the front end: `python tests/bench/frontend.py S M L` or a project's folder.

Each round is a process of its own, so that imports, memory and caches are those of a command; the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import workload

ROUNDS = 5
STAGES = ("load", "parse", "equip", "resolve")
CONFLICTS = "- conflicts"  # the part of `resolve` that weighs intents against each other
TODAY = dt.date(2026, 1, 1)


def measure(root: Path) -> dict[str, float]:
    """Return CPU seconds per stage (imports count in the stage that needs them first), lines read, and memory in MiB."""
    from intentc import pipeline
    from intentc.cli.dispatch import COLLECTED
    from intentc.diagnostics import Findings
    from intentc.project import load_project, read_sources
    from intentc.run import Request, Run

    gc.set_threshold(*COLLECTED)
    project, findings = load_project(root / "intentc.toml"), Findings()
    intents, topology = read_sources(project, findings)
    run = Run(Request(project, intents, topology, TODAY, lambda _path: None), findings)
    found = {
        "lines of topology": float(sum(source.text.count("\n") for source in topology)),
        "lines of intents": float(sum(source.text.count("\n") for source in intents)),
        "start": time.process_time(),
    }
    _time_conflicts(found)
    for stage in STAGES:
        begun = time.process_time()
        getattr(pipeline, stage)(run)
        found[stage] = time.process_time() - begun
    found["whole process"] = time.process_time()
    found["MiB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


def _time_conflicts(found: dict[str, float]) -> None:
    from intentc.resolve import resolve as stage

    settle = stage._settle

    def timed(*arguments: Any) -> Any:
        begun = time.process_time()
        settled = settle(*arguments)
        found[CONFLICTS] = time.process_time() - begun
        return settled

    stage._settle = timed


def rounds(root: Path) -> list[dict[str, float]]:
    """Return the figures of some processes."""
    command = [sys.executable, __file__, "--once", str(root)]
    # an installed program has its bytecode; the first process may have to write it
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    done = [subprocess.run(command, capture_output=True, text=True, check=True, env=kept) for _ in range(ROUNDS + 1)]
    return [json.loads(one.stdout) for one in done[1:]]


def report(name: str, root: Path) -> None:
    """Print the median and the spread of every stage, and its lines per second."""
    taken = rounds(root)
    median = {key: statistics.median(item[key] for item in taken) for key in taken[0]}
    lines = {"load": median["lines of topology"]}
    print(f"{name}: {median['lines of intents']:.0f} lines of intents, {lines['load']:.0f} of topology")
    for stage in ("start", *STAGES, CONFLICTS, "whole process"):
        least, most = min(item[stage] for item in taken), max(item[stage] for item in taken)
        rate = lines.get(stage, median["lines of intents"]) / median[stage] / 1000
        shown = f"{rate:8.1f} thousand lines/s" if stage in ("load", "parse", "resolve") else ""
        print(f"  {stage:14} {median[stage]:7.3f} s ({least:.3f} to {most:.3f})  {shown}")
    both = median["parse"] + median["resolve"]
    print(f"  parse and resolve: {both / median['lines of intents'] * 100_000:.2f} s per 100 000 lines")
    print(f"  {'memory':14} {median['MiB']:5.0f} MiB")


def main() -> None:
    """Measure workloads by name, or projects by folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=["S", "M"], help="S, M, L, XL, or a folder with an intentc.toml")
    parser.add_argument("--once", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.once is not None:
        print(json.dumps(measure(arguments.once)))
        return
    for name in arguments.names:
        if name not in workload.SIZES:
            report(name, Path(name))
            continue
        with tempfile.TemporaryDirectory() as folder:
            workload.write_project(Path(folder), name)
            report(name, Path(folder))


if __name__ == "__main__":
    main()
