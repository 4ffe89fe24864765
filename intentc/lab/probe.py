"""Measuring a lab: many flows at once from host to host, each with delay, loss, outage, order and marking on arrival."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
import time
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from intentc.lab.engine import enter_network, environment
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.packets import CARRIED_BYTES, IP_BYTES, TCP_BYTES, UDP_BYTES
from intentc.lab.probe_task import Arrivals, FlowTask, Outcome, Task, read_outcome, task_line
from intentc.values import field, frozen, mutable

DRAIN_S = 0.5  # packets sent last may still stand in queues
_END_S = 20.0


@frozen
class Flow:
    """A one-way flow of packets of `size_bytes` (from the IP header on) every `interval_us`.

    `source` and `destination` are nodes, the addresses theirs. Protocol `tcp` sends segments as of an established
    connection, which no kernel answers. `dscp` is what the source writes.
    """

    name: str
    source: str
    destination: str
    source_address: str
    destination_address: str
    destination_port: int
    source_port: int = 40_000
    protocol: str = "udp"
    dscp: int = 0
    size_bytes: int = 200
    interval_us: int = 5_000

    def at_rate(self, rate_bps: int, size_bytes: int = 1_400) -> Flow:
        """Return the flow as a constant load of `rate_bps`, IP headers included."""
        return replace(self, size_bytes=size_bytes, interval_us=max(1, round(size_bytes * 8_000_000 / rate_bps)))


@frozen
class Delay:
    """One-way delay in µs (nearest-rank percentiles); all 0 when nothing arrived."""

    p50_us: int
    p95_us: int
    p99_us: int
    max_us: int


@frozen
class FlowResult:
    """What became of a flow.

    `outage_ms` is the longest time from the sending of a lost packet to the sending of the next one that arrived (or the
    end of sending), at most one interval after the last one that was lost. `reordered` packets arrived after one with a higher number (RFC 4737 §3). Rates count IP packets.
    `samples` has, per packet sent, its time since the first in µs and its delay in µs, None if it was lost.
    """

    flow: Flow
    sent: int
    received: int
    duplicated: int
    reordered: int
    outage_ms: float
    delay: Delay
    dscps: Mapping[int, int]
    sent_bps: int
    received_bps: int
    samples: tuple[tuple[int, int | None], ...]

    @property
    def lost(self) -> int:
        return self.sent - self.received


@mutable
class Measurement:
    """Results by flow name; filled when the `with` ends."""

    results: dict[str, FlowResult] = field(default_factory=dict)

    def __getitem__(self, name: str) -> FlowResult:
        return self.results[name]


def measure(lab: Lab, flows: Sequence[Flow], duration_s: float) -> Mapping[str, FlowResult]:
    """Return what became of the flows, sent for `duration_s`."""
    with probing(lab, flows) as measurement:
        time.sleep(duration_s)
    return measurement.results


@contextmanager
def probing(lab: Lab, flows: Sequence[Flow]) -> Iterator[Measurement]:
    """Send flows while the body runs; the measurement is complete after the `with`."""
    measurement = Measurement()
    run = secrets.randbits(32)
    tasks = [_task(flow, index) for index, flow in enumerate(flows)]
    nodes = sorted({node for flow in flows for node in (flow.source, flow.destination)})
    with contextlib.ExitStack() as stack:
        agents = {node: stack.enter_context(_agent(lab, node, _share(node, flows, tasks, run))) for node in nodes}
        for node, agent in agents.items():
            _await_ready(agent, node)
        for agent in agents.values():
            _say(agent, "go")
        yield measurement
        for agent in agents.values():
            _say(agent, "stop")
        time.sleep(DRAIN_S)
        outcomes = {node: _end(agent, node) for node, agent in agents.items()}
    for index, flow in enumerate(flows):
        arrivals = outcomes[flow.destination].received.get(index)
        measurement.results[flow.name] = _result(flow, outcomes[flow.source].sent[index], arrivals)


def _task(flow: Flow, index: int) -> FlowTask:
    version = 6 if ":" in flow.source_address else 4
    payload = flow.size_bytes - IP_BYTES[version] - (UDP_BYTES if flow.protocol == "udp" else TCP_BYTES)
    if payload < CARRIED_BYTES:
        raise LabError(
            f"packets of flow {flow.name} need {CARRIED_BYTES - payload} bytes more to carry what is measured"
        )
    return FlowTask(
        index=index,
        protocol=flow.protocol,
        source=flow.source_address,
        source_port=flow.source_port,
        destination=flow.destination_address,
        destination_port=flow.destination_port,
        dscp=flow.dscp,
        payload_bytes=payload,
        interval_us=flow.interval_us,
    )


def _share(node: str, flows: Sequence[Flow], tasks: Sequence[FlowTask], run: int) -> Task:
    """Return the flows that start and end at one node."""
    pairs = tuple(zip(flows, tasks, strict=True))
    send = tuple(task for flow, task in pairs if flow.source == node)
    return Task(run, send, tuple(task for flow, task in pairs if flow.destination == node))


@contextmanager
def _agent(lab: Lab, node: str, task: Task) -> Iterator[subprocess.Popen[str]]:
    """Run the agent of a node for the body; it has its task, and need not listen yet."""
    pipe = subprocess.PIPE
    argv = enter_network(lab.pid(node), [sys.executable, "-m", "intentc.lab.probe_agent"])
    with subprocess.Popen(argv, env=environment(), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            _write(process, task_line(task))
            yield process
        finally:
            process.kill()


def _await_ready(process: subprocess.Popen[str], node: str) -> None:
    if process.stdout is None or process.stdout.readline() != "ready\n":
        raise LabError(f"the probe on {node} did not start: {_words(process)}")


def _say(process: subprocess.Popen[str], word: str) -> None:
    _write(process, f"{word}\n")


def _write(process: subprocess.Popen[str], text: str) -> None:
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError):  # its end is reported where its answer is missing
            process.stdin.write(text)
            process.stdin.flush()


def _end(process: subprocess.Popen[str], node: str) -> Outcome:
    out, words = process.communicate("end\n", timeout=_END_S)
    if process.returncode != 0:
        raise LabError(f"the probe on {node} failed: {' '.join(words.split())[-300:]}")
    return read_outcome(out)


def _words(process: subprocess.Popen[str]) -> str:
    process.kill()
    return " ".join(process.communicate()[1].split())[-300:]


def _result(flow: Flow, sent: array[int], arrivals: Arrivals | None) -> FlowResult:
    first = _first_arrivals(arrivals)
    sequence = arrivals.sequence if arrivals is not None else array("q")
    begin = sent[0] if sent else 0
    end = (sent[-1] if sent else 0) + flow.interval_us * 1000
    delays = sorted(first.values())
    return FlowResult(
        flow=flow,
        sent=len(sent),
        received=len(first),
        duplicated=len(sequence) - len(first),
        reordered=_reordered(sequence),
        outage_ms=_outage_ns(sent, first, flow.interval_us * 1000) / 1e6,
        delay=Delay(*(_percentile(delays, share) // 1000 for share in (50, 95, 99, 100))),
        dscps=dict(sorted(Counter(arrivals.dscp if arrivals is not None else ()).items())),
        sent_bps=_rate(flow, len(sent), end - begin),
        received_bps=_rate(flow, len(first), end - begin),
        samples=tuple(((at - begin) // 1000, _micros(first.get(number))) for number, at in enumerate(sent)),
    )


def _first_arrivals(arrivals: Arrivals | None) -> dict[int, int]:
    """Return the delay of each sequence number's first arrival."""
    found: dict[int, int] = {}
    if arrivals is not None:
        for sequence, delay in zip(arrivals.sequence, arrivals.delay_ns, strict=True):
            found.setdefault(sequence, delay)
    return found


def _reordered(sequence: array[int]) -> int:
    highest, count = -1, 0
    for number in sequence:
        count += number < highest
        highest = max(highest, number)
    return count


def _outage_ns(sent: array[int], arrived: Mapping[int, int], interval: int) -> int:
    """Return the longest outage; while the machine holds a sender back nothing is lost, so the end of one waits for it an interval at most."""
    longest, lost_since, lost_last = 0, -1, 0
    for number, at in enumerate(sent):
        if number not in arrived:
            lost_since, lost_last = (at if lost_since < 0 else lost_since), at
        elif lost_since >= 0:
            longest, lost_since = max(longest, min(at, lost_last + interval) - lost_since), -1
    return max(longest, lost_last + interval - lost_since) if lost_since >= 0 else longest


def _percentile(ordered: Sequence[int], share: int) -> int:
    return ordered[max(0, -(-len(ordered) * share // 100) - 1)] if ordered else 0


def _micros(nanoseconds: int | None) -> int | None:
    return None if nanoseconds is None else nanoseconds // 1000


def _rate(flow: Flow, packets: int, duration_ns: int) -> int:
    return packets * flow.size_bytes * 8_000_000_000 // duration_ns if duration_ns > 0 else 0
