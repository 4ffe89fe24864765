"""Putting right what somebody else changed of what intentc owns, and nothing else: the plan of `drift --repair`."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.diagnostics import Findings
from intentc.ir.model import DeviceConfig
from intentc.plan.changes import empty_config
from intentc.plan.drifted import standing
from intentc.plan.make import Goal, Kit, Particulars, plan_for
from intentc.plan.model import Payload, Plan, RunningState
from intentc.render.model import RenderedFile
from intentc.values import frozen, replace


@frozen
class Way:
    """How a device is spoken to: its target, transport and way to commit."""

    target: str
    transport: str
    commit: str


def plan_repair(
    running: Mapping[str, RunningState], ways: Mapping[str, Way], particulars: Particulars, findings: Findings
) -> Plan:
    """Return the plan that gives each device of `running` that has drifted what it was given last, byte for byte.

    `ways` is by node. Whatever the sources say by now is not looked at. A device of which all drift was adopted is left as it
    runs; where there is more, all goes back, for a device is given its configuration as a whole.
    """
    adopted = particulars.adopted
    drifting = {
        node: state
        for node, state in running.items()
        if len(standing(state.drift, adopted.get(node, ()))) < len(state.drift)
    }
    payloads = {node: _given(state) for node, state in drifting.items()}

    def stages(_old: DeviceConfig, new: DeviceConfig) -> tuple[tuple[str, DeviceConfig], ...]:
        return (("remove", new),)

    def files(config: DeviceConfig) -> tuple[RenderedFile, ...]:
        return payloads[config.node].files

    goals = {
        node: Goal(way.target, way.transport, payloads[node], way.commit)
        for node, state in drifting.items()
        for way in (ways[node],)
    }
    plan = plan_for(goals, running, Kit(stages, files), replace(particulars, doing="repair"), findings)
    return replace(plan, unchanged=tuple(sorted(running.keys() - {device.node for device in plan.devices})))


def _given(state: RunningState) -> Payload:
    return state.given or Payload(empty_config(state.node, state.platform, state.release), ())
