"""What `probe` asks of an agent and what the agent answers, as JSON lines between two processes of this machine."""

from __future__ import annotations

import base64
import json
from array import array
from collections.abc import Mapping
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class FlowTask:
    """One flow: `index` names it in the packets, `payload_bytes` is what follows the UDP or TCP header."""

    index: int
    protocol: str  # udp | tcp
    source: str
    source_port: int
    destination: str
    destination_port: int
    dscp: int
    payload_bytes: int
    interval_us: int


@dataclass(frozen=True, slots=True)
class Task:
    """The flows that start at a node and those that end there; packets of another `run` are not counted."""

    run: int
    send: tuple[FlowTask, ...]
    receive: tuple[FlowTask, ...]


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The packets of one flow in the order of arrival: sequence number, delay in ns, DSCP (all 64-bit numbers)."""

    sequence: array[int]
    delay_ns: array[int]
    dscp: array[int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """By flow index: when each packet was sent (CLOCK_MONOTONIC, ns), and what arrived."""

    sent: Mapping[int, array[int]]
    received: Mapping[int, Arrivals]


def task_line(task: Task) -> str:
    """Return the task on one line."""
    return json.dumps(asdict(task)) + "\n"


def read_task(line: bytes) -> Task:
    """Return the task that a line holds."""
    data = json.loads(line)
    send, receive = ([FlowTask(**item) for item in data[key]] for key in ("send", "receive"))
    return Task(data["run"], tuple(send), tuple(receive))


def outcome_text(outcome: Outcome) -> str:
    """Return the outcome as JSON, its columns in base64."""
    received = {
        flow: [_text(column) for column in (item.sequence, item.delay_ns, item.dscp)]
        for flow, item in outcome.received.items()
    }
    return json.dumps({"sent": {flow: _text(column) for flow, column in outcome.sent.items()}, "received": received})


def read_outcome(text: str) -> Outcome:
    """Return the outcome that a text holds."""
    data = json.loads(text)
    sent = {int(flow): _column(item) for flow, item in data["sent"].items()}
    return Outcome(sent, {int(flow): Arrivals(*map(_column, items)) for flow, items in data["received"].items()})


def _text(column: array[int]) -> str:
    return base64.b64encode(column.tobytes()).decode()


def _column(text: str) -> array[int]:
    return array("q", base64.b64decode(text))
