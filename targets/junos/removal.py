"""Taking away what is intentc's: that the group is applied first, then the group."""

from __future__ import annotations

from intentc.targetkit.kit import NETCONF, DeviceBundle

from .owned import GROUP
from .readback import configuration, has_ours

_MODEL = "http://yang.juniper.net/junos/conf/root"


def removal(expected: DeviceBundle, running: str, before: DeviceBundle | None = None) -> str:  # noqa: ARG001  (of the protocol)
    """Return the edit that takes the group away; "" where there is none, or `expected` has one, which replaces it as a whole.

    Everything of intentc's is in the group, so nobody need know what was given `before`. Raises `ValueError` for a `running` that
    is no document.
    """
    applied, group = has_ours(configuration(running))
    if expected.files or not (applied or group):
        return ""
    lines = [f'<configuration xmlns="{_MODEL}" xmlns:nc="{NETCONF}">']
    if applied:
        lines.append(f'  <apply-groups nc:operation="remove">{GROUP}</apply-groups>')
    if group:
        lines.append(f'  <groups nc:operation="remove"><name>{GROUP}</name></groups>')
    return "\n".join([*lines, "</configuration>", ""])
