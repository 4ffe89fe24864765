"""From a device of the inventory to a session, by its transport."""

from __future__ import annotations

from intentc.inventory.model import Device
from intentc.push.session import Session
from intentc.push.team import Limits


def open_session(device: Device, limits: Limits) -> Session:
    """Return an authenticated session to `device`; raises `SessionError`."""
    from intentc.push.agent import open_agent  # noqa: PLC0415  (netmiko costs half a second: only those who connect pay)

    return open_agent(device, limits)
