"""Benchmark of `apply`: stub devices, time per phase, CPU time and peak memory: `apply.py [50 100 500] [--ssh] [--latency MS]`.

Devices are wired fake agents (no router, no kernel). With `--ssh` each is behind a paramiko server of a process of its own, so
that the figures of this process are the client's alone. Each number of devices is a fresh process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

SLOWEST_S = 60.0  # 500 devices on 2 cores
MEBIBYTE = 1024  # of what `ru_maxrss` counts


def nodes_of(count):
    return tuple(f"r{number:04}" for number in range(count))


def serve(count):
    """Stub devices in a process of their own: prints where they are, and ends with its standard input."""
    import asyncio

    from stub_sshd import serve as serve_agents
    from support_push_wired import empty_world

    def on_ready(pin, ports):
        print(json.dumps({"pin": pin, "ports": ports}), flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()

    with tempfile.TemporaryDirectory() as root:
        made = empty_world(Path(root), nodes_of(count), None)
        asyncio.run(serve_agents(made.agents, made.digest, "stub", on_ready))


def measure(count, *, has_ssh, latency_ms, concurrency):
    from support_push_wired import wired

    from intentc.push.team import Limits

    limits = Limits(concurrency=concurrency)
    with tempfile.TemporaryDirectory() as root:
        made = wired(Path(root), nodes_of(count), limits=limits, confirm_s=300)
        figures = over_ssh(made, count) if has_ssh else wired_up(made, latency_ms / 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    return {"devices": count, "ssh": has_ssh, **figures, "peak_mib": round(peak), "before_mib": figures["before_mib"]}


def wired_up(made, latency_s):
    if latency_s:
        for agent in made.agents.values():
            agent.delay_s = latency_s
    return timed(made, made.devices, made.opener)


def over_ssh(made, count):
    from intentc.inventory.model import Device
    from intentc.project import Password, PasswordSource
    from intentc.push.agent import open_agent

    os.environ["STUB_PASSWORD"] = "stub"  # noqa: S105  (no secret)
    source = Password(PasswordSource.ENVIRONMENT, ("STUB_PASSWORD",))
    with subprocess.Popen(
        [sys.executable, __file__, "--serve", str(count)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        told = json.loads(process.stdout.readline())
        devices = {
            node: Device(node, "127.0.0.1", port, "root", None, None, told["pin"], password=source)
            for node, port in told["ports"].items()
        }
        try:
            figures = timed(made, devices, lambda found, limits: open_agent(found, limits, made.target))
        finally:
            process.stdin.close()
    there = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {**figures, "servers_cpu_s": round(there.ru_utime + there.ru_stime, 1)}


def timed(made, devices, opener):
    from intentc.push.apply import apply

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEBIBYTE
    most = [0]
    done = threading.Event()
    watcher = threading.Thread(target=count_threads, args=(most, done))
    watcher.start()
    wall, cpu = time.monotonic(), time.process_time()
    report = apply(made.plan, devices, made.options, opener=opener)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    done.set()
    watcher.join()
    return {
        "outcome": report.outcome.value,
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "mixed_s": report.mixed_ms / 1000,
        "threads": most[0],
        "before_mib": round(before),
        "phases_ms": {phase.phase: phase.milliseconds for phase in report.phases},
        "findings": [found.message for found in report.findings[:2]],
    }


def count_threads(most, done):
    while not done.wait(0.05):
        most[0] = max(most[0], threading.active_count())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, default=[50, 100, 500])
    parser.add_argument("--ssh", action="store_true")
    parser.add_argument("--latency", type=float, default=0.0, metavar="MS")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--serve", type=int)
    parser.add_argument("--one", type=int)
    given = parser.parse_args()
    if given.serve is not None:
        serve(given.serve)
    elif given.one is not None:
        found = measure(given.one, has_ssh=given.ssh, latency_ms=given.latency, concurrency=given.concurrency)
        print(json.dumps(found))
    else:
        for count in given.counts:
            subprocess.run([sys.executable, __file__, "--one", str(count), *options(given)], check=True)


def options(given):
    return [*(["--ssh"] * given.ssh), "--latency", str(given.latency), "--concurrency", str(given.concurrency)]


if __name__ == "__main__":
    main()
