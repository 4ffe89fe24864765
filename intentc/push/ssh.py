"""SSH to one device: strict host keys, one login, one connection for all verbs. The only import of netmiko."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any, cast

import paramiko
from netmiko.exceptions import NetmikoBaseException
from netmiko.linux import LinuxSSH
from paramiko.hostkeys import HostKeyEntry, InvalidHostKey

from intentc.inventory.model import Device
from intentc.project.login import WEAK_ALGORITHMS
from intentc.push.passwords import find_password
from intentc.push.ssh_errors import UnknownHostKeyError, explain_connect, key_error
from intentc.push.ssh_transport import Transport
from intentc.push.trouble import SessionError, Trouble
from intentc.values import frozen

# paramiko's transport threads log tracebacks of peers that hang up; what matters of them reaches the report as a value.
logging.getLogger("paramiko").addHandler(logging.NullHandler())
logging.getLogger("netmiko").addHandler(logging.NullHandler())

CONNECT_ATTEMPTS = 3
RETRY_PAUSE_S = 0.5
KEEPALIVE_S = 10
_CHUNK = 65536


@frozen
class Completed:
    """What a command on the device did; output is decoded as UTF-8."""

    status: int
    stdout: str
    stderr: str


class Connection:
    """One authenticated connection; each `run` is a channel of its own, so verbs cannot mix their output."""

    def __init__(self, shell: _Shell) -> None:
        self._shell = shell
        self._transport = shell.transport()

    @property
    def is_open(self) -> bool:
        """Return whether the transport still stands (a silent peer looks alive)."""
        return bool(self._transport.is_active())

    def run(self, command: str, stdin: bytes = b"", *, timeout_s: float) -> Completed:
        """Return what `command` printed and its exit status.

        Raises `SessionError`: `TIMEOUT` when it has not ended in `timeout_s`, `LOST` when the connection ended first; in
        both cases it is unknown what the command did.
        """
        deadline = time.monotonic() + timeout_s
        try:
            channel = self._transport.open_session(timeout=timeout_s)
            try:
                return _exchange(self._transport, channel, command, stdin, deadline)
            finally:
                channel.close()
        except TimeoutError as error:
            raise SessionError(Trouble.TIMEOUT, f"no answer within {timeout_s:g} s") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            is_late = time.monotonic() >= deadline
            trouble = Trouble.TIMEOUT if is_late and self.is_open else Trouble.LOST
            text = f"no answer within {timeout_s:g} s" if trouble is Trouble.TIMEOUT else "the connection was lost"
            raise SessionError(trouble, text) from error

    def subsystem(self, name: str, *, timeout_s: float) -> Any:
        """Return a channel on which the server's subsystem `name` runs; raises `SessionError` where it has none."""
        try:
            channel = self._transport.open_session(timeout=timeout_s)
            channel.settimeout(timeout_s)
            channel.invoke_subsystem(name)
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SessionError(
                Trouble.UNREACHABLE,
                f"it lets us in, but has no `{name}` there",
                f"check that {name.upper()} is switched on, and the port under `management` in the topology",
            ) from error
        return channel

    def shell(self, width: int, *, timeout_s: float) -> paramiko.Channel:
        """Return a channel with the device's own command line on a terminal of `width` columns; raises as `run` does."""
        try:
            channel = self._transport.open_session(timeout=timeout_s)
            channel.settimeout(timeout_s)
            channel.get_pty(term="dumb", width=width)
            channel.invoke_shell()
        except TimeoutError as error:
            raise SessionError(Trouble.TIMEOUT, f"no answer within {timeout_s:g} s") from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            raise SessionError(Trouble.LOST, "the connection was lost") from error
        return channel

    def close(self) -> None:
        """End the connection without waiting for the peer."""
        self._shell.disconnect()


def connect(device: Device, *, timeout_s: float) -> Connection:
    """Return an authenticated connection to `device`, whose host key is known.

    A server that accepts and then hangs up is tried again: sshd drops what exceeds its MaxStartups.
    """
    key, password = _load_key(device), find_password(device)
    for attempt in range(1, CONNECT_ATTEMPTS + 1):
        try:
            return Connection(_open(device, key, password, timeout_s))
        except SessionError as error:
            if attempt == CONNECT_ATTEMPTS or not _has_hung_up(error):
                raise
            time.sleep(RETRY_PAUSE_S * attempt)
    raise AssertionError("the last attempt returns or raises")


def _has_hung_up(error: SessionError) -> bool:
    is_from_server = isinstance(error.__cause__, (paramiko.SSHException, EOFError, ConnectionResetError))
    return error.trouble is Trouble.UNREACHABLE and is_from_server


def _open(device: Device, key: paramiko.PKey | None, password: str | None, timeout_s: float) -> _Shell:
    try:
        return _Shell(
            pinned=device.host_key,
            device_type="linux",
            host=device.host,
            port=device.port,
            username=device.username,
            pkey=key,
            password=password,
            use_keys=False,  # netmiko would make paramiko offer whatever it finds below ~/.ssh
            allow_agent=device.is_agent_allowed,
            ssh_strict=True,
            system_host_keys=device.host_key is None and device.known_hosts is None,
            alt_host_keys=device.host_key is None and device.known_hosts is not None,
            alt_key_file=str(device.known_hosts or ""),
            disabled_algorithms=_refused(device),
            conn_timeout=timeout_s,
            banner_timeout=timeout_s,
            auth_timeout=timeout_s,
            blocking_timeout=timeout_s,
        )
    except (
        OSError,
        EOFError,
        paramiko.SSHException,
        NetmikoBaseException,
        InvalidHostKey,
        UnicodeDecodeError,
    ) as error:
        raise explain_connect(error, device) from error


def _refused(device: Device) -> dict[str, list[str]]:
    """Return the algorithms that are not to be used; names that the installed paramiko does not know are ignored by it."""
    return {kind: [name for name in names if name not in device.allow_weak] for kind, names in WEAK_ALGORITHMS.items()}


def _load_key(device: Device) -> paramiko.PKey | None:
    if device.key_file is None:
        if device.is_agent_allowed or device.password is not None:
            return None
        raise key_error(device, "no key is named for it")
    try:
        return paramiko.PKey.from_path(Path(device.key_file).expanduser())
    except FileNotFoundError as error:
        raise key_error(device, f"there is no key file `{device.key_file}`") from error
    except OSError as error:
        raise key_error(device, f"the key file `{device.key_file}` cannot be read: {error.strerror}") from error
    except TypeError as error:
        raise key_error(device, f"the key file `{device.key_file}` needs a passphrase") from error
    except (ValueError, paramiko.SSHException, paramiko.pkey.UnknownKeyType) as error:
        raise key_error(device, f"`{device.key_file}` is not a private key that can be used") from error


class _Shell(LinuxSSH):
    """netmiko's Linux connection, without its interactive shell: verbs run in channels of their own."""

    def __init__(self, pinned: str | None, **options: Any) -> None:
        self._pinned = pinned
        super().__init__(**options)

    def _get_ssh_client_instance(self) -> paramiko.SSHClient:
        client = paramiko.SSHClient()
        if self._pinned is not None:
            name = self.host if self.port == paramiko.config.SSH_PORT else f"[{self.host}]:{self.port}"
            key = _parse_pin(self._pinned)
            client.get_host_keys().add(name, key.get_name(), key)
        return client

    def _build_ssh_client(self) -> paramiko.SSHClient:
        client = cast("paramiko.SSHClient", super()._build_ssh_client())
        client.set_missing_host_key_policy(_Refuse())
        return client

    def _open(self) -> None:
        """Connect and log in. netmiko would open an interactive shell too: its profile would run for nothing, and be killed

        half-way when we leave.
        """
        client = self.remote_conn_pre = self._build_ssh_client()
        try:
            client.connect(**self._connect_params_dict(), transport_factory=Transport)
        except BaseException:
            client.close()  # a refused host key leaves paramiko's thread and socket behind
            raise

    def cleanup(self, command: str = "") -> None:
        """There is no shell to leave."""

    def transport(self) -> Transport:
        """Return the authenticated transport."""
        client = self.remote_conn_pre
        transport = cast("Transport | None", client.get_transport() if client is not None else None)
        if transport is None:
            raise SessionError(Trouble.LOST, "the connection was lost")
        transport.set_keepalive(KEEPALIVE_S)
        transport.rest()
        return transport


def _parse_pin(text: str) -> paramiko.PKey:
    try:
        entry = HostKeyEntry.from_line(f"pinned {text.strip()}")
    except (paramiko.SSHException, InvalidHostKey, ValueError):
        entry = None
    if entry is None or entry.key is None:
        raise SessionError(
            Trouble.HOST_KEY_UNKNOWN,
            "the pinned host key is not a public key in OpenSSH's form",
            "write the pin as in a `.pub` file: `ssh-ed25519 AAAA…`",
        )
    return entry.key


class _Refuse(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # paramiko has no types
    """Refuses every key that is not known, and keeps it for the message."""

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:  # noqa: ARG002  (paramiko's signature)
        raise UnknownHostKeyError(hostname, key)


def _exchange(
    transport: Transport, channel: paramiko.Channel, command: str, stdin: bytes, deadline: float
) -> Completed:
    channel.settimeout(_left(deadline))
    transport.ask(channel, command, stdin)
    stdout = _drain(channel, channel.recv, deadline)
    stderr = _drain(channel, channel.recv_stderr, deadline)
    if not channel.status_event.wait(_left(deadline)):
        raise TimeoutError
    if channel.exit_status < 0:  # killed by a signal, or the connection ended before the status came
        raise EOFError
    return Completed(channel.exit_status, stdout.decode("utf-8", "replace"), stderr.decode("utf-8", "replace"))


def _drain(channel: paramiko.Channel, receive: Any, deadline: float) -> bytes:
    parts: list[bytes] = []
    while True:
        channel.settimeout(_left(deadline))
        part = receive(_CHUNK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
