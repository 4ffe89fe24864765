"""The path that a flow really takes, as its own packets find it: steering looks at ports, so the ports are the flow's."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from intentc.lab.definition import Definition, read_definition
from intentc.lab.engine import enter_network, environment
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.probe import Flow
from intentc.lab.trace_agent import TraceTask
from intentc.values import frozen

_HOPS = 16
_WAIT_S = 1.5

Addresses = Mapping[str, Sequence[str]]  # those of each node
_Answers = dict[int, tuple[str, int]]  # by hop limit: who answered, and after how many µs


@frozen
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
    (found,) = trace_from(lab, flow.source, [flow], addresses(lab), hops=hops, wait_s=wait_s)
    return found


def trace_from(
    lab: Lab, source: str, flows: Sequence[Flow], known: Addresses, *, hops: int = _HOPS, wait_s: float = _WAIT_S
) -> tuple[tuple[Hop, ...], ...]:
    """Return the hops of each of `flows`, which all start at `source` and are traced one after the other."""
    definition = read_definition(Path(lab.state.directory))
    tasks = [_task(flow, hops, wait_s, _gateways(definition, flow.destination, known)) for flow in flows]
    owners = _owners(definition, source, known)
    pairs = zip(flows, _answers(lab, source, tasks), strict=True)
    return tuple(
        _hops(answers, {**owners, flow.destination_address: flow.destination}, flow) for flow, answers in pairs
    )


def addresses(lab: Lab) -> Addresses:
    """Return the global addresses of every node that is on."""
    found: dict[str, tuple[str, ...]] = {}
    for node in (name for name, pid in lab.state.pids.items() if pid):
        links = json.loads(lab.exec(node, ["ip", "-j", "address"], is_network_only=True).stdout)
        items = (item for link in links for item in link.get("addr_info", ()))
        found[node] = tuple(item["local"] for item in items if item.get("scope") == "global")
    return found


def _gateways(definition: Definition, destination: str, known: Addresses) -> tuple[str, ...]:
    """Return the addresses that only the router of a host has; none for a router."""
    router = definition.nodes[destination].labels.get("intentc-router", "")
    others = {address for node, found in known.items() if node != router for address in found}
    return tuple(address for address in known.get(router, ()) if address not in others)


def _owners(definition: Definition, source: str, known: Addresses) -> Mapping[str, str]:
    """Return which node has each address.

    Of nodes that share one (an anycast prefix has the same gateway at each of its routers) it is the router of `source`.
    """
    own = definition.nodes[source].labels.get("intentc-router", source)
    ordered = sorted(known, key=lambda node: node == own)
    return {address: node for node in ordered for address in known[node]}


def _task(flow: Flow, hops: int, wait_s: float, gateways: tuple[str, ...]) -> TraceTask:
    return TraceTask(
        protocol=flow.protocol,
        source=flow.source_address,
        source_port=flow.source_port,
        destination=flow.destination_address,
        destination_port=flow.destination_port,
        dscp=flow.dscp,
        hops=hops,
        wait_s=wait_s,
        gateways=gateways,
    )


def _answers(lab: Lab, source: str, tasks: Sequence[TraceTask]) -> list[_Answers]:
    argv = enter_network(lab.pid(source), [sys.executable, "-m", "intentc.lab.trace_agent"])
    text = json.dumps([asdict(task) for task in tasks])
    done = subprocess.run(argv, env=environment(), input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise LabError(f"the trace from {source} failed: {' '.join(done.stderr.split())[-300:]}")
    return [{limit: (address, micros) for limit, address, micros in answers} for answers in json.loads(done.stdout)]


def _hops(answers: _Answers, owners: Mapping[str, str], flow: Flow) -> tuple[Hop, ...]:
    reached = [limit for limit, (address, _) in answers.items() if address == flow.destination_address]
    last = min(reached) if reached else max(answers, default=0)
    return tuple(_hop(limit, answers.get(limit), owners) for limit in range(1, last + 1))


def _hop(limit: int, answer: tuple[str, int] | None, owners: Mapping[str, str]) -> Hop:
    if answer is None:
        return Hop(limit, None, None, None)
    address, micros = answer
    return Hop(limit, owners.get(address), address, micros)
