"""Passwords, asked for when a connection needs one: at the keyboard, in the environment, of a keyring, of a command.

A password is in memory only; what it is, is known to `redaction` before it is used.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

from intentc.diagnostics.redaction import hide
from intentc.inventory.model import Device
from intentc.project.model import Password, PasswordSource
from intentc.push.trouble import SessionError, Trouble

COMMAND_S = 60.0  # a password manager may ask a person

_found: dict[tuple[Password, str], str] = {}
_mutex = threading.Lock()


def find_password(device: Device) -> str | None:
    """Return the password to log in with, None where none is named; each is asked for once per process.

    Raises `SessionError` (`CREDENTIALS`), which says where it was sought and never what was found.
    """
    if device.password is None:
        return None
    with _mutex:  # one prompt for five hundred devices
        key = (device.password, device.username)
        if key not in _found:
            _found[key] = hide(_SOURCES[device.password.source](device.password.words, device.username))
        return _found[key]


def forget_passwords() -> None:
    """Ask anew for every password from now on."""
    with _mutex:
        _found.clear()


def _prompt(_words: tuple[str, ...], username: str) -> str:
    if not sys.stdin.isatty():
        raise _missing(
            "nobody is there to ask for the password", "log in with a key, or name another source of the password"
        )
    found = getpass.getpass(f"Password of {username}: ")
    return _not_empty(found, "the password that was typed is empty")


def _environment(words: tuple[str, ...], _username: str) -> str:
    return _not_empty(os.environ.get(words[0], ""), f"the environment has no `{words[0]}`")


def _command(words: tuple[str, ...], _username: str) -> str:
    """Run the program without a shell; what it says on standard error goes to the terminal, where it may ask a person."""
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, check=False, timeout=COMMAND_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        reason = error.strerror if isinstance(error, OSError) else f"it did not end within {COMMAND_S:g} s"
        raise _missing(f"`{words[0]}`, which is to tell the password, failed: {reason}") from None
    if done.returncode != 0:
        raise _missing(f"`{words[0]}`, which is to tell the password, ended with status {done.returncode}")
    lines = done.stdout.decode("utf-8", "replace").splitlines()
    return _not_empty(lines[0] if lines else "", f"`{words[0]}`, which is to tell the password, said nothing")


def _keyring(words: tuple[str, ...], username: str) -> str:
    try:
        import keyring  # noqa: PLC0415  (optional: only for who keeps passwords there)
    except ImportError:
        raise _missing(
            "the package `keyring` is not installed", "`pip install keyring`, or name another source"
        ) from None
    ring: Any = keyring
    try:
        found = ring.get_password(words[0], username)
    except ring.errors.KeyringError as error:
        raise _missing(f"the keyring cannot be read ({type(error).__name__})") from None
    return _not_empty(found or "", f"the keyring has no password of `{username}` for `{words[0]}`")


_SOURCES: dict[PasswordSource, Callable[[tuple[str, ...], str], str]] = {
    PasswordSource.PROMPT: _prompt,
    PasswordSource.ENVIRONMENT: _environment,
    PasswordSource.COMMAND: _command,
    PasswordSource.KEYRING: _keyring,
}


def _not_empty(found: str, otherwise: str) -> str:
    if not found:
        raise _missing(otherwise)
    return found


def _missing(text: str, *advice: str) -> SessionError:
    help_ = advice or ("see `password` under `[credentials.…]` in intentc.toml",)
    return SessionError(Trouble.CREDENTIALS, f"no password to log in with: {text}", *help_)
