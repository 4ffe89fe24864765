"""The inverse of an earlier apply's owned changes against what runs now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from intentc.diagnostics import Diagnostic, Findings
from intentc.ir.model import DeviceConfig
from intentc.ir.order import in_order
from intentc.plan.changes import IDENTITY, Difference, differences, empty_config, items_of, without_origin
from intentc.plan.describe import describe
from intentc.plan.make import Goal, Kit
from intentc.plan.model import DevicePlan, Payload, RunningState
from intentc.values import frozen, replace


@frozen
class Done:
    """What an earlier apply did to one device."""

    node: str
    target: str
    transport: str
    before: Payload | None
    after: Payload


def done(device: DevicePlan) -> Done:
    """Return what carrying out `device` did."""
    return Done(device.node, device.target, device.transport, device.before, device.after)


def invert(
    applied: Sequence[Done], running: Mapping[str, RunningState], kit: Kit, findings: Findings
) -> dict[str, Goal]:
    """Return the goal of each device with that apply's changes taken back and everything else left as it runs.

    Where nothing else was applied since, the goal is byte for byte what ran before. A change that a later apply has
    built on is a finding.
    """
    goals: dict[str, Goal] = {}
    for item in applied:
        payload = _goal(item, running[item.node], kit, findings)
        if payload is not None:
            goals[item.node] = Goal(item.target, item.transport, payload)
    return goals


def _goal(item: Done, state: RunningState, kit: Kit, findings: Findings) -> Payload | None:
    bare = empty_config(item.node, state.platform, state.release)
    if state.given is not None and state.given.texts == item.after.texts:
        return item.before or Payload(bare, kit.render(bare))
    current = state.given.config if state.given else bare
    before = item.before.config if item.before else bare
    taken_back = differences(before, item.after.config)
    conflicts = [found for found in taken_back if not _is_in_force(found, current)]
    if conflicts:
        findings.add(_conflict(item.node, conflicts[0], len(conflicts)))
        return None
    config = _undo(current, taken_back)
    return Payload(config, kit.render(config))


def _is_in_force(difference: Difference, current: DeviceConfig) -> bool:
    items = items_of(current, difference.feature)
    if difference.new is not None:
        return without_origin(difference.new) in {without_origin(item) for item in items}
    identity = IDENTITY[difference.feature]
    return identity(difference.old) not in {identity(item) for item in items}


def _undo(current: DeviceConfig, taken_back: Sequence[Difference]) -> DeviceConfig:
    changed: dict[str, Any] = {}  # field of `DeviceConfig` -> its new items
    for feature in IDENTITY:
        of_feature = [difference for difference in taken_back if difference.feature == feature]
        gone = {without_origin(difference.new) for difference in of_feature if difference.new is not None}
        kept = [item for item in items_of(current, feature) if without_origin(item) not in gone]
        again = [difference.old for difference in of_feature if difference.old is not None]
        if of_feature:
            changed[feature] = in_order([*kept, *again])
    return replace(current, **changed)


def _conflict(node: str, difference: Difference, count: int) -> Diagnostic:
    item = difference.old if difference.new is None else difference.new
    more = f" (and {count - 1} more)" if count > 1 else ""
    return Diagnostic(
        "E0821",
        f"on `{node}` a later apply has changed what this one did: {describe(item)}{more}",
        node=node,
        help=("roll the later apply back first (`intentc history` lists them), or apply the intents as they shall be",),
    )
