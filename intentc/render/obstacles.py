"""What the code of a target says it cannot give to a device: findings at the clauses that ask for it, before anything is rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from intentc.diagnostics import Diagnostic, Findings
from intentc.ir.model import DeviceConfig, Fleet
from intentc.render.render import load_code
from intentc.targetkit.kit import Obstacle
from intentc.targetkit.model import Target

_Finder = Callable[[DeviceConfig, Fleet], tuple[Obstacle, ...]]


def check_obstacles(fleet: Fleet, targets: Mapping[str, Target], findings: Findings) -> None:
    """Report (E0610) what devices cannot be given, device by device, once for each place that asks for it."""
    platforms = {config.platform for config in fleet.devices.values()} & targets.keys()
    finders: dict[str, _Finder | None] = {name: _finder(targets[name]) for name in platforms}
    for node, config in sorted(fleet.devices.items()) if any(finders.values()) else ():
        find = finders.get(config.platform)
        if find is not None:
            for obstacle in sorted(set(find(config, fleet))):
                _report(node, config.platform, obstacle, findings)


def _finder(target: Target) -> _Finder | None:
    return getattr(load_code(target), "obstacles", None)


def _report(node: str, platform: str, obstacle: Obstacle, findings: Findings) -> None:
    findings.add(
        Diagnostic(
            "E0610",
            f"{obstacle.block} is not possible at `{node}` of platform `{platform}`: {obstacle.reason}",
            obstacle.origin.spans[0],
            help=(obstacle.instead,),
            intent=next(iter(obstacle.origin.intents), None),
            node=node,
        )
    )
