"""Logging in to a device whose command line is typed into: known by its key, and allowed to configure it."""

from __future__ import annotations

from intentc.inventory.model import Device
from intentc.push.cli_session import CliSessionDriver
from intentc.push.cli_words import check
from intentc.push.platforms import NO_MARKS, Marks
from intentc.push.ssh import connect
from intentc.push.ssh_terminal import Terminal
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble


def open_cli_session(device: Device, limits: Limits, marks: Marks = NO_MARKS) -> CliSessionDriver:
    """Return a driver to `device`, allowed to configure it; raises `SessionError`. `marks` tell whose software answers."""
    connection = connect(device, timeout_s=limits.connect_s)
    try:
        terminal = Terminal(connection, timeout_s=limits.connect_s)
        _become_privileged(terminal, device, limits)
    except SessionError:
        connection.close()
        raise
    return CliSessionDriver(terminal, limits, device.platform, marks)


def _become_privileged(terminal: Terminal, device: Device, limits: Limits) -> None:
    """Enter the privileged mode; a device that asks for a password there has to let the user in by itself."""
    if not terminal.is_privileged:
        check("enable", terminal.ask("enable", timeout_s=limits.connect_s))
    if not terminal.is_privileged:
        raise SessionError(
            Trouble.AUTHENTICATION,
            f"it does not let `{device.username}` into the privileged mode",
            f"give `{device.username}` privilege 15 or a role that may use `configure session`, without an enable password",
        )
    terminal.ask("terminal width 32767", timeout_s=limits.connect_s)
