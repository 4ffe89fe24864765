"""Seconds that the check of an assertion over all pairs of link failures takes, by engine.

python tests/bench/sweep.py 200                    # nodes; in-process, 2 processes, a local Dask cluster of 2
python tests/bench/sweep.py 200 --property "hops <= 60 of intents where not name == x"
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench.workload import gabriel, topology_text

from intentc.diagnostics import Findings, Source
from intentc.executor.here import InProcess
from intentc.executor.model import Executor
from intentc.pipeline import STAGES, assess, compile_request
from intentc.project import Project
from intentc.run import Request, Run

CONNECTED = "connected nodes where not name == none"
WORKERS = 2


def placed(nodes: int, body: str, intents: int) -> Run:
    """Return a program of one assertion over all pairs of link failures, placed and not yet assessed."""
    ends = [(index * 7 % nodes, (index * 13 + nodes // 2) % nodes) for index in range(intents)]
    lines = [f"intent i{at} {{ from n{a} to n{b} }}" for at, (a, b) in enumerate(ends) if a != b]
    lines.append(f"assert a {{ {body}  under any 2 link failure }}")
    project = Project("bench", Path("/nowhere"), ("net.yaml",), ("x.intent",))
    sources = (Source("x.intent", "\n".join(lines)),), (Source("net.yaml", topology_text(gabriel(nodes, 1), "frr")),)
    request = Request(project, *sources, dt.date(2026, 11, 20), lambda _: None)
    return compile_request(request, Findings(), stages=STAGES[: STAGES.index(assess)])


@contextmanager
def engine(name: str) -> Iterator[Executor]:
    """Open an engine by name; processes start with their first job, a cluster is there before."""
    if name == "in-process":
        yield InProcess()
    elif name == "processes":
        from intentc.executor.processes import LocalProcesses

        with LocalProcesses(WORKERS) as executor:
            yield executor
    else:
        from distributed import LocalCluster

        from intentc.executor.connection import connect

        with (
            LocalCluster(
                n_workers=WORKERS, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
            ) as cluster,
            connect(cluster.scheduler_address) as executor,
        ):
            yield executor


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("nodes", type=int)
    parser.add_argument("--property", default=CONNECTED)
    parser.add_argument("--intents", type=int, default=40)
    parser.add_argument("--engines", nargs="*", default=["in-process", "processes", "dask"])
    words = parser.parse_args()
    run = placed(words.nodes, words.property, words.intents)
    assert run.topology is not None
    assert run.realised is not None
    print(
        f"{words.nodes} nodes, {len(run.topology.links)} links, {len(run.realised.demands)} demands: {words.property}"
    )
    print(f"{len(os.sched_getaffinity(0))} CPUs, load {os.getloadavg()[0]:.1f}")
    for name in words.engines:
        before = _cpu_s()
        with engine(name) as executor:
            run.request, began = replace(run.request, executor=executor), time.perf_counter()
            assess(run)
            took = time.perf_counter() - began
        worst = run.assertions[0].worst
        print(
            f"{name:12}{took:8.1f} s, CPU {_cpu_s() - before:6.1f} s, {_memory_mib()} MiB  {worst.state} {worst.value}"
        )


def _cpu_s() -> float:
    """Return the CPU time of this process and of those that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _memory_mib() -> str:
    """Return the peak of this process, and that of the largest worker so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return " + ".join(str(one.ru_maxrss // 1024) for one in used)


if __name__ == "__main__":
    main()
