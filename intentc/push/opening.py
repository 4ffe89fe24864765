"""From a device of the inventory to a session: the place where transports and the targets' own code meet."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from intentc import resources
from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.push.session import Session
from intentc.push.team import Limits

if TYPE_CHECKING:
    from intentc.push.agent import AgentTarget

AGENT = "agent.sh"


def open_session(device: Device, limits: Limits) -> Session:
    """Return an authenticated session to `device`; raises `SessionError`."""
    from intentc.push.agent import open_agent  # noqa: PLC0415  (netmiko costs half a second: only those who connect pay)

    return open_agent(device, limits, _target(device.platform))


@cache
def _target(name: str) -> AgentTarget:
    """Return the target `name` of the product (planning refuses every target that has no agent)."""
    from intentc.push.agent import AgentTarget  # noqa: PLC0415
    from intentc.render.render import load_code  # noqa: PLC0415
    from intentc.render.targets import load_targets  # noqa: PLC0415

    target = load_targets(resources.targets_paths(), Findings())[name]
    return AgentTarget(target.name, target.transport, target.directory / AGENT, load_code(target).differences)
