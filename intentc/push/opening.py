"""From a device of the inventory to a session: the place where transports and the targets' own code meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, cast

from intentc import resources
from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.push.session import Session
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble

if TYPE_CHECKING:
    from intentc.push.agent import AgentTarget
    from intentc.push.driver import Driver
    from intentc.push.owned import OwnedCode
    from intentc.push.platforms import Marks
    from intentc.targetkit.kit import ChangingLines, CommandLine
    from intentc.targetkit.model import Road, Target

AGENT = "agent.sh"


def open_session(device: Device, limits: Limits) -> Session:
    """Return an authenticated session to `device`, over its road; raises `SessionError`."""
    target = _target(device.platform)
    road = target.road(device.transport)
    opener = _DRIVERS.get((road.transport, road.commit)) or _typing(target, road)
    if opener is None:
        from intentc.push.agent import open_agent  # noqa: PLC0415  (netmiko costs half a second: only those who connect pay)

        return open_agent(device, limits, _agent(device.platform))
    return open_remembered(device, limits, target, opener)


def open_remembered(
    device: Device, limits: Limits, target: Target, opener: Callable[[Device, Limits], Driver]
) -> Session:
    """Return a session to a device that keeps no copy of what it is given, over the driver that `opener` opens."""
    from intentc.push.memory import Memory  # noqa: PLC0415
    from intentc.push.owned import OwnedPart  # noqa: PLC0415
    from intentc.push.remembered import RememberedSession  # noqa: PLC0415
    from intentc.render.render import load_code  # noqa: PLC0415

    if device.memory is None:
        raise SessionError(Trouble.STATE, "nothing says where it is remembered what it was given")
    owned = OwnedPart(target.name, target.road(device.transport).transport, cast("OwnedCode", load_code(target)))
    return RememberedSession(device, opener(device, limits), owned, Memory(device.memory))


def _open_netconf(device: Device, limits: Limits) -> Driver:
    from intentc.push.netconf import open_driver  # noqa: PLC0415

    return open_driver(device, limits, _marks())


def _open_cli_session(device: Device, limits: Limits) -> Driver:
    from intentc.push.cli_login import open_cli_session  # noqa: PLC0415

    return open_cli_session(device, limits, _marks())


def _typing(target: Target, road: Road) -> Callable[[Device, Limits], Driver] | None:
    """Return what opens a driver that types what the target's own code makes of payloads; None where `road` is none of these."""
    if road.commit not in _DIALECTS:
        return None
    from intentc.render.render import load_command_line  # noqa: PLC0415

    return partial(_DIALECTS[road.commit], load_command_line(target))


def _open_junos(lines: CommandLine, device: Device, limits: Limits) -> Driver:
    from intentc.push.cli_junos import open_junos  # noqa: PLC0415

    return open_junos(device, limits, lines, _marks())


def _open_srlinux(lines: CommandLine, device: Device, limits: Limits) -> Driver:
    from intentc.push.cli_srlinux import open_srlinux  # noqa: PLC0415

    return open_srlinux(device, limits, lines, _marks())


def _open_iosxr(lines: CommandLine, device: Device, limits: Limits) -> Driver:
    from intentc.push.cli_iosxr import open_iosxr  # noqa: PLC0415

    return open_iosxr(device, limits, cast("ChangingLines", lines), _marks())


def _open_iosxe(lines: CommandLine, device: Device, limits: Limits) -> Driver:
    from intentc.push.cli_iosxe import open_iosxe  # noqa: PLC0415

    return open_iosxe(device, limits, cast("ChangingLines", lines), _marks())


# How devices without an agent of ours are reached, by transport and way to commit.
_DRIVERS: dict[tuple[str, str], Callable[[Device, Limits], Driver]] = {
    ("netconf", "confirmed-commit"): _open_netconf,
    ("ssh", "config-session"): _open_cli_session,
}
# Devices that are typed to although their payload is a document, by way to commit: each a dialect of its own.
_DIALECTS: dict[str, Callable[[CommandLine, Device, Limits], Driver]] = {
    "commit-confirmed": _open_junos,
    "confirmed-accept": _open_srlinux,
    "commit-on-trial": _open_iosxr,
    "revert-timer": _open_iosxe,
}


@cache
def _agent(name: str) -> AgentTarget:
    """Return the target `name` of the product (planning refuses every target that has neither a driver nor an agent)."""
    from intentc.push.agent import AgentTarget  # noqa: PLC0415
    from intentc.render.render import load_code  # noqa: PLC0415

    target = _target(name)
    return AgentTarget(target.name, target.transport, target.directory / AGENT, load_code(target).differences)


def _target(name: str) -> Target:
    return _targets()[name]


@cache
def _targets() -> Mapping[str, Target]:
    from intentc.render.targets import load_targets  # noqa: PLC0415

    return load_targets(resources.targets_paths(), Findings())


def _marks() -> Marks:
    """Return by which words the devices of each target are known; targets whose data have none are left out."""
    return {name: target.declares for name, target in _targets().items() if target.declares}
