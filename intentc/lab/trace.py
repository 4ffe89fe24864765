"""The path that a flow really takes, as its own packets find it: steering looks at ports, so the ports are the flow's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from intentc.lab.definition import read_definition
from intentc.lab.engine import enter_network, environment
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.probe import Flow
from intentc.lab.trace_agent import TraceTask

_HOPS = 16
_WAIT_S = 1.5


@dataclass(frozen=True, slots=True)
class Hop:
    """Who answered for a hop limit: `node` is None when nobody did, or nobody of the lab has the address."""

    limit: int
    node: str | None
    address: str | None
    round_trip_us: int | None


def trace(lab: Lab, flow: Flow, *, hops: int = _HOPS, wait_s: float = _WAIT_S) -> tuple[Hop, ...]:
    """Return the hops of a flow up to its destination, or up to the last one that answered.

    Every packet has the addresses, ports, protocol and DSCP of the flow, and a hop limit from 1 to `hops`. A destination
    whose port is in use does not answer and is then missing; the routers before it are there.
    """
    task = TraceTask(
        protocol=flow.protocol,
        source=flow.source_address,
        source_port=flow.source_port,
        destination=flow.destination_address,
        destination_port=flow.destination_port,
        dscp=flow.dscp,
        hops=hops,
        wait_s=wait_s,
    )
    answers = {limit: (address, micros) for limit, address, micros in _answers(lab, flow, task)}
    reached = [limit for limit, (address, _) in answers.items() if address == flow.destination_address]
    last = min(reached) if reached else max(answers, default=0)
    owners = {**addresses(lab, flow.source), flow.destination_address: flow.destination}
    return tuple(_hop(limit, answers.get(limit), owners) for limit in range(1, last + 1))


def addresses(lab: Lab, source: str) -> Mapping[str, str]:
    """Return which node has each address of the lab.

    Of nodes that share one (an anycast prefix has the same gateway at each of its routers) it is the router of `source`.
    """
    definition = read_definition(Path(lab.state.directory))
    own = definition.nodes[source].labels.get("intentc-router", source)
    found: dict[str, str] = {}
    for node in (*(name for name, pid in lab.state.pids.items() if pid and name != own), own):
        for link in json.loads(lab.exec(node, ["ip", "-j", "address"], is_network_only=True).stdout):
            found |= {item["local"]: node for item in link.get("addr_info", ()) if item.get("scope") == "global"}
    return found


def _answers(lab: Lab, flow: Flow, task: TraceTask) -> list[tuple[int, str, int]]:
    argv = enter_network(lab.pid(flow.source), [sys.executable, "-m", "intentc.lab.trace_agent"])
    done = subprocess.run(
        argv, env=environment(), input=json.dumps(asdict(task)), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise LabError(f"the trace from {flow.source} failed: {' '.join(done.stderr.split())[-300:]}")
    return [(limit, address, micros) for limit, address, micros in json.loads(done.stdout)]


def _hop(limit: int, answer: tuple[str, int] | None, owners: Mapping[str, str]) -> Hop:
    if answer is None:
        return Hop(limit, None, None, None)
    address, micros = answer
    return Hop(limit, owners.get(address), address, micros)
