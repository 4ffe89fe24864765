"""Time per stage, peak memory and quality of the workloads: `python tests/bench/run.py S M` or a topology file's path.

`--platform NAME` makes all devices of another target, one of the product's or of tests/targets (`sr-bench` steers by SR
policies). Every figure is that of one process; run it on a machine that does nothing else, and more than once. With several
workloads it ends with how each stage grows from one to the next: the exponent of (nodes x intents).
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import math
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from multiprocessing import get_context
from pathlib import Path

import neutral
import workload
from acceptance import accept
from keep import leave_what_holds
from processes import compile_process
from quality import assess

from intentc.cli.compilation import MOST_UNCOLLECTED
from intentc.diagnostics import Findings
from intentc.forwarding.network import build_network
from intentc.incremental.memory import Memory
from intentc.manifest.build_directory import write_build
from intentc.outcome import manifest_parts
from intentc.project import load_project, read_sources
from intentc.run import Request, Run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support_targets import stages_with_all_targets

Times = dict[str, float]
_NOTICEABLE_S = 0.02  # below it a time says nothing about growth


def measure(root: Path, until: str | None = None) -> tuple[Run, Times]:
    """Compile the project in `root`, up to a stage, print CPU seconds and memory per stage, and return the run and the seconds."""
    project, findings = load_project(root / "intentc.toml"), Findings()
    intents, topology = read_sources(project, findings)
    request = Request(project, intents, topology, dt.date(2026, 1, 1), lambda _path: None)
    run = Run(request, findings, memory=Memory())
    times: Times = {}

    def write_out(done: Run) -> None:
        if done.model is not None:
            write_build(manifest_parts(done), root / "build")

    write_out.__name__ = "write"
    for stage in (*stages_with_all_targets(), write_out):
        begun = time.process_time()
        stage(run)
        times[stage.__name__] = time.process_time() - begun
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  {stage.__name__:14} {times[stage.__name__]:8.3f} s  {mib:6} MiB", flush=True)
        if stage.__name__ == until:
            break
    print(f"  {'all':14} {sum(times.values()):8.3f} s  {mib:6} MiB")
    return run, times


def report(run: Run, times: Times) -> None:
    """Print what was placed, how, how near the worst utilisation is to bounds, the stretch, and the ratio to C's floor."""
    realised, model = run.realised, run.model
    if realised is None or model is None:
        return
    found = assess(realised, build_network(model.topology))
    print(
        f"  {found.sources} trees in C take {found.floor_s * 1000:.3f} ms;"
        f" place {times['place'] / found.floor_s:.0f} times that, all {sum(times.values()) / found.floor_s:.0f}"
    )
    print(
        f"  worst utilisation {found.worst:.4f}, bound of this bench {found.bound:.4f}: objective / bound"
        f" {found.worst / found.bound if found.bound else math.nan:.3f};"
        f" stretch median {found.stretch_median:.3f}, p99 {found.stretch_p99:.3f}"
    )
    taken = accept(realised, build_network(model.topology))
    print(
        f"  accepted {taken.accepted / 1e9:.3f} of {taken.offered / 1e9:.3f} Gbps; {taken.impossible} demands with"
        f" {(taken.offered - taken.possible) / 1e9:.3f} cannot hold alone on the empty network, no more than"
        f" {taken.bound / 1e9:.3f} of the others together: {taken.ratio:.3f} of what might be"
    )
    worst, bound = realised.max_utilisation_ppm / 1e6, realised.floor().ppm / 1e6
    print(
        f"  placed {len(realised.demands)} of {len(model.demands)} demands: {dict(Counter(d.mechanism for d in realised.demands.values()))}"
    )
    print(f"  worst utilisation {worst:.4f}, proven bound {bound:.4f}")
    print(f"  findings {dict(Counter(item.code for item in run.findings.items))}")


def prepare(root: Path, name: str, options: argparse.Namespace) -> None:
    """Write a workload: all of it, or a part, or what of that holds."""
    gc.set_threshold(MOST_UNCOLLECTED, 50, 100)
    mix = replace(workload.load(name, options), avoiding=options.avoiding, goal=options.goal)
    workload.write_project(root, name, options.platform, mix=mix)
    path = root / "intents" / "flows.intent"
    path.write_text("".join(re.split(r"(?m)^(?=intent )", path.read_text())[:: options.part]))
    if options.accepted:
        leave_what_holds(root)


def _prepare_elsewhere(root: Path, name: str, options: argparse.Namespace) -> None:
    """Write a workload in a process of its own, whose memory (a tree per source) is none of ours."""
    own = get_context("spawn").Process(target=prepare, args=(root, name, options))
    own.start()
    own.join()
    if own.exitcode:
        raise SystemExit(own.exitcode)


def compare(one: str, other: str, times: dict[str, Times]) -> None:
    """Print the exponents by which stages grow between two workloads."""
    sizes = [workload.SIZES[name] for name in (one, other)]
    work = [math.log(size.nodes * size.intents) for size in sizes]
    grown = [
        f"{stage} {(math.log(times[other][stage]) - math.log(times[one][stage])) / (work[1] - work[0]):.2f}"
        for stage in times[one]
        if min(times[one][stage], times[other].get(stage, 0)) > _NOTICEABLE_S
    ]
    print(f"exponents of nodes x intents, {one} to {other}: {', '.join(grown)}")


def main(words: list[str]) -> None:
    """Run the workloads by name, with cycles collected as rarely as by the commands."""
    gc.set_threshold(MOST_UNCOLLECTED, 50, 100)
    parser = argparse.ArgumentParser(description="Times per stage of the workloads.")
    parser.add_argument("names", nargs="*", default=["S"], help="S, M, L, XL, or a topology file")
    parser.add_argument("--platform", default="frr", help="the target of all devices of a workload")
    parser.add_argument(
        "--clauses", default="optimize utilization", help="what each intent of a topology file says besides its rate"
    )
    parser.add_argument(
        "--imbalance", default="25%", help="what hashing may add to a share of a topology file (`spread`)"
    )
    parser.add_argument(
        "--avoiding", type=float, default=0.0, help="the part of a workload's intents that avoid a region"
    )
    parser.add_argument("--goal", help="what all intents of a workload optimise: utilization, latency or cost")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="every N-th intent of a workload")
    parser.add_argument(
        "--accepted", action="store_true", help="without a workload's intents that are refused; the command, too"
    )
    workload.add_load(parser)
    parser.add_argument("--until", help="the last stage to run")
    parser.add_argument("--packet", type=int, default=340, help="mean size of packets of a topology file, in bytes")
    arguments = parser.parse_args(words)
    options = (arguments.platform, arguments.clauses, arguments.imbalance, arguments.packet)
    known: dict[str, Times] = {}
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            print(name)
            if name in workload.SIZES:
                _prepare_elsewhere(root, name, arguments)
            else:
                bounds = neutral.write_project(Path(name), root, *options)
                print(f"  recorded LP optimum {bounds['mlu_lp_lower']}")
            run, known[name] = measure(root, arguments.until)
            report(run, known[name])
            if arguments.accepted and arguments.until is None:
                spent = compile_process(root)
                print(f"  the command: {spent.wall_s:.2f} s of wall time, {spent.cpu_s:.2f} of CPU, {spent.mib} MiB")
    sized = [name for name in arguments.names if name in workload.SIZES]
    for one, other in pairwise(dict.fromkeys(sized)):
        compare(one, other, known)


if __name__ == "__main__":
    main(sys.argv[1:])
