"""What paramiko and netmiko raise while connecting, as trouble that a person can act on."""

from __future__ import annotations

import base64
import hashlib

import paramiko

from intentc.inventory.model import Device
from intentc.push.trouble import SessionError, Trouble


class UnknownHostKeyError(paramiko.SSHException):  # type: ignore[misc]  # paramiko has no types
    """The device's host key is not among those known; nothing was sent to it."""

    def __init__(self, name: str, key: paramiko.PKey) -> None:
        super().__init__(f"unknown host key of {name}")
        self.name = name
        self.key = key


def explain_connect(error: BaseException, device: Device) -> SessionError:
    """Return the trouble behind `error`."""
    where = f"{device.host} port {device.port}"
    match error:
        case UnknownHostKeyError():
            return _unknown_key(error, device)
        case paramiko.BadHostKeyException():
            return _changed_key(error, device)
        case paramiko.PasswordRequiredException():
            return key_error(device, "the key needs a passphrase")
        case paramiko.AuthenticationException() if "timeout" in str(error).lower():
            return SessionError(Trouble.UNREACHABLE, f"{where} did not finish the login in time")
        case paramiko.AuthenticationException():
            return _refused_login(device, where)
        case paramiko.IncompatiblePeer():
            return _weak(error, device, where)
        case paramiko.hostkeys.InvalidHostKey() | UnicodeDecodeError():
            return _malformed(device)
        case TimeoutError():
            return SessionError(Trouble.UNREACHABLE, f"{where} did not answer in time")
        case paramiko.SSHException() | EOFError():
            return SessionError(
                Trouble.UNREACHABLE, f"{where} answered, but not as an SSH server in time ({_plain(error)})"
            )
        case _:
            return SessionError(Trouble.UNREACHABLE, f"{where} cannot be reached ({_plain(error)})")


def key_error(device: Device, reason: str) -> SessionError:
    """Return the trouble that there is no usable key to log in with."""
    return SessionError(
        Trouble.CREDENTIALS,
        f"no key to log in as `{device.username}`: {reason}",
        "name a private key that this process can read as `key` under `[credentials.…]` in intentc.toml",
    )


def fingerprint(key: paramiko.PKey) -> str:
    """Return a key's type and SHA-256 fingerprint as OpenSSH shows it."""
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return f"{key.get_name()} SHA256:{digest}"


def _unknown_key(error: UnknownHostKeyError, device: Device) -> SessionError:
    known = f"`{device.known_hosts}`" if device.known_hosts else "your known_hosts"
    return SessionError(
        Trouble.HOST_KEY_UNKNOWN,
        f"its host key is not known ({fingerprint(error.key)}); nothing was sent to it",
        f"compare the fingerprint with one that you trust, then add `{error.name}` to {known}, or pin the key as "
        "`host_key` under `management` in the topology",
    )


def _changed_key(error: paramiko.BadHostKeyException, device: Device) -> SessionError:
    known = "the pinned one" if device.host_key else "the one in known_hosts"
    return SessionError(
        Trouble.HOST_KEY_CHANGED,
        f"its host key is not {known} (expected {fingerprint(error.expected_key)}, got {fingerprint(error.key)}); "
        "nothing was sent to it",
        "either the device was replaced or re-installed, or something else answers in its place: find out which before "
        "you replace the known key",
    )


def _refused_login(device: Device, where: str) -> SessionError:
    means = [f"the key `{device.key_file}`"] if device.key_file else []
    means += ["the keys of the SSH agent"] * device.is_agent_allowed + ["the password"] * (device.password is not None)
    with_what = " or ".join(means)
    return SessionError(
        Trouble.AUTHENTICATION,
        f"{where} refused the login of `{device.username}` with {with_what}",
        f"check that the public key is in `{device.username}`'s authorized_keys on the device",
    )


def _weak(error: paramiko.IncompatiblePeer, device: Device, where: str) -> SessionError:
    gone = [f"`{name}` is allowed, but paramiko {paramiko.__version__} has none of it" for name in _not_there(device)]
    return SessionError(
        Trouble.ALGORITHMS,
        f"{where} offers no SSH algorithm that is strong enough ({_plain(error)})",
        "update the device's SSH server, or enable curve25519/ecdh key exchange, aes-ctr or gcm, and hmac-sha2 on it",
        "a device that cannot be updated: name what it needs as `allow_weak` under its `[credentials.…]` in intentc.toml",
        *gone,
    )


def _not_there(device: Device) -> list[str]:
    """Return which of the weak algorithms that are allowed the installed paramiko does not know any more."""
    transport = paramiko.Transport
    known = {
        *transport._preferred_kex,  # noqa: SLF001  (paramiko has no other list of what it knows)
        *transport._preferred_ciphers,  # noqa: SLF001
        *transport._preferred_macs,  # noqa: SLF001
        *transport._preferred_keys,  # noqa: SLF001
    }
    return [name for name in device.allow_weak if name not in known]


def _malformed(device: Device) -> SessionError:
    return SessionError(
        Trouble.HOST_KEY_UNKNOWN,
        f"`{device.known_hosts or 'known_hosts'}` has a line that is no host key",
        "repair that file: `ssh-keygen -l -f FILE` names the line",
    )


def _plain(error: BaseException) -> str:
    """Return the library's own words on one line."""
    strerror = getattr(error, "strerror", None)
    return " ".join(str(strerror or error).split()) or type(error).__name__
