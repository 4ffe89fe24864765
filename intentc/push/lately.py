"""What was applied last, by the journals: for devices that cannot be asked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from intentc.ir.model import DeviceConfig
from intentc.plan.changes import changes, empty_config
from intentc.push.report import Outcome
from intentc.push.store import Store


def last_configs(state: Path, nodes: Iterable[str]) -> dict[str, DeviceConfig]:
    """Return the configuration that each of `nodes` was given by the last apply that changed it; none where there was none."""
    wanted = set(nodes)
    found: dict[str, DeviceConfig] = {}
    if not wanted:
        return found
    for item in Store(state).transactions():
        if item.story.outcome == Outcome.APPLIED:
            given = {node for node, _ in item.story.opening.tickets} & wanted
            plan = item.plan() if given else None
            found |= {node: plan.device(node).after.config for node in given} if plan is not None else {}
    return {node: found[node] for node in sorted(found)}


def last_intents(state: Path, node: str) -> frozenset[str]:
    """Return the intents that the last apply gave a device something for."""
    config = last_configs(state, (node,)).get(node)
    if config is None:
        return frozenset()
    given = changes(empty_config(node, "", ""), config, ())
    return frozenset(name for change in given for name in change.intents)
