"""Time per stage, peak memory and quality of the workloads: `python tests/bench/run.py S M` or a topology file's path.

`--platform NAME` makes all devices of another target, one of the product's or of tests/targets (`sr-bench` steers by SR
policies). Every figure is that of one process; run it on a machine that does nothing else, and more than once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import neutral
import workload

from intentc.cli.compilation import MOST_UNCOLLECTED
from intentc.diagnostics import Findings
from intentc.pipeline import Request, Run
from intentc.project import load_project, read_sources

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from support_targets import stages_with_all_targets


def measure(root: Path) -> Run:
    """Compile the project in `root`, print CPU seconds and memory per stage, and return the run."""
    project, findings = load_project(root / "intentc.toml"), Findings()
    intents, topology = read_sources(project, findings)
    run = Run(Request(project, intents, topology, dt.date(2026, 1, 1), lambda _path: None), findings)
    for stage in stages_with_all_targets():
        begun = time.process_time()
        stage(run)
        mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"  {stage.__name__:14} {time.process_time() - begun:8.3f} s  {mib:6} MiB", flush=True)
    return run


def report(run: Run) -> None:
    """Print what was placed, how, and how near the worst utilisation is to its bound."""
    realised, model = run.realised, run.model
    if realised is None or model is None:
        return
    worst, bound = realised.max_utilisation_ppm / 1e6, realised.floor().ppm / 1e6
    print(
        f"  placed {len(realised.demands)} of {len(model.demands)} demands: {dict(Counter(d.mechanism for d in realised.demands.values()))}"
    )
    print(f"  worst utilisation {worst:.4f}, proven bound {bound:.4f}")
    print(f"  findings {dict(Counter(item.code for item in run.findings.items))}")


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
    parser.add_argument("--packet", type=int, default=340, help="mean size of packets of a topology file, in bytes")
    arguments = parser.parse_args(words)
    options = (arguments.platform, arguments.clauses, arguments.imbalance, arguments.packet)
    for name in arguments.names:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            print(name)
            if name in workload.SIZES:
                workload.write_project(root, name, arguments.platform)
            else:
                bounds = neutral.write_project(Path(name), root, *options)
                print(f"  recorded LP optimum {bounds['mlu_lp_lower']}")
            report(measure(root))


if __name__ == "__main__":
    main(sys.argv[1:])
