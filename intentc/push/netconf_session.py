"""NETCONF over SSH (RFC 6242): ncclient's framing and matching of replies, over a connection that `ssh` has opened.

ncclient's own way to connect is never used: its handlers for some platforms switch the checking of host keys off, it cannot be
told which algorithms are too weak, and its close waits for the peer. So there is one kind of session for all platforms.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from typing import Any
from xml.etree import ElementTree as ET

from ncclient.devices.default import DefaultDeviceHandler
from ncclient.operations.errors import OperationError, TimeoutExpiredError
from ncclient.operations.rpc import RPC, RPCReply
from ncclient.transport.errors import SessionError as PeerError
from ncclient.transport.errors import TransportError
from ncclient.transport.session import NetconfBase
from ncclient.transport.ssh import SSHSession

from intentc.inventory.model import Device
from intentc.push.netconf_modes import YUMA
from intentc.push.ssh import Connection, connect
from intentc.push.trouble import SessionError, Trouble

# ncclient writes whole messages into its log, with tickets and whatever the configuration holds.
_LOG = logging.getLogger("ncclient")
_LOG.addHandler(logging.NullHandler())
_LOG.propagate = False
_LOG.setLevel(logging.CRITICAL + 1)

BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"
_END = b"]]>]]>"
# netconfd 2.13 never answers a request that it reads in one piece with our `<hello>` (one session in sixty, without the pause).
# No other server was seen to do so.
_AFTER_HELLO_S = 0.2
_ERROR = re.compile(r"<(?:\w+:)?rpc-error\b")


class NetconfSession:
    """One session: `ask` sends one request, once, and returns the reply that belongs to it."""

    def __init__(self, connection: Connection, channel: _Channel, timeout_s: float) -> None:
        self._connection = connection
        self._channel = channel
        self._timeout_s = timeout_s
        self._is_usable = True

    @property
    def capabilities(self) -> tuple[str, ...]:
        """Return what the server said that it can do, sorted."""
        return tuple(sorted(str(uri).strip() for uri in self._channel.server_capabilities))

    def ask(self, operation: str) -> str:
        """Return the whole `<rpc-reply>` to an operation (XML text in the base namespace).

        Raises `SessionError`: `REFUSED` or `LOCKED` with the device's own words, also where they stand beside an `<ok/>`;
        `TIMEOUT` and `LOST`, after which the session is good for nothing.
        """
        if not self._is_usable:
            raise SessionError(Trouble.LOST, "the connection was lost")
        try:
            reply = str(_Request(self._channel, self._channel.handler, timeout=self._timeout_s).request(operation).xml)
        except (TimeoutExpiredError, TimeoutError) as error:
            self._is_usable = False
            raise SessionError(Trouble.TIMEOUT, f"no answer within {self._timeout_s:g} s") from error
        except (OperationError, TransportError, PeerError, OSError, EOFError) as error:
            self._is_usable = False
            raise SessionError(Trouble.LOST, "the connection was lost") from error
        if _ERROR.search(reply):
            _raise_errors(reply)
        return reply

    def close(self) -> None:
        """End the session without waiting for the peer."""
        self._is_usable = False
        self._channel.close()
        self._connection.close()


def open_netconf(device: Device, *, connect_s: float, timeout_s: float) -> NetconfSession:
    """Return a session to `device`, whose host key is known; raises `SessionError`."""
    connection = connect(device, timeout_s=connect_s)
    channel: _Channel | None = None
    try:
        channel = _Channel(connection.subsystem("netconf", timeout_s=connect_s), timeout_s)
        channel.greet(connect_s)
    except SessionError:
        _close(channel, connection)
        raise
    except (TransportError, PeerError, OSError, EOFError, ET.ParseError) as error:
        _close(channel, connection)
        where = f"{device.host} port {device.port}"
        raise SessionError(
            Trouble.UNREACHABLE,
            f"{where} answers, but its NETCONF server did not begin a session in time",
            "check that NETCONF is switched on there and for that port, and how many sessions it allows",
        ) from error
    session = NetconfSession(connection, channel, timeout_s)
    if any(uri.startswith(YUMA) for uri in session.capabilities):
        time.sleep(_AFTER_HELLO_S)
    return session


def _close(channel: _Channel | None, connection: Connection) -> None:
    if channel is not None:
        channel.close()
    connection.close()


class _Channel(SSHSession):  # type: ignore[misc]  # ncclient has no types
    """ncclient's session over a channel that is open already. Messages are written at once, by who sends them."""

    def __init__(self, channel: Any, timeout_s: float) -> None:
        self.handler = DefaultDeviceHandler()
        super().__init__(self.handler)
        self._channel = channel
        self._channel.settimeout(timeout_s)
        self._writing = threading.Lock()
        self._connected = True

    def greet(self, timeout_s: float) -> None:
        """Exchange `<hello>`."""
        self._post_connect(timeout_s)

    def send(self, message: str) -> None:
        """Write a message. ncclient would have a thread look for it ten times a second."""
        if not self.connected:
            raise TransportError("not connected")
        data = message.encode()
        if self._base == NetconfBase.BASE_11:
            data = b"\n#%d\n%s\n##\n" % (len(data), data)
        else:
            data += _END
        with self._writing:
            self._channel.sendall(data)

    def close(self) -> None:
        """Take no more messages; that the connection is closed ends the channel, and with it the thread that reads it."""
        self._closing.set()
        self._connected = False


class _Reply(RPCReply):  # type: ignore[misc]  # ncclient has no types
    """A reply as it came: ncclient would not look for errors beside an `<ok/>`."""

    def parse(self) -> None:
        """Leave it to who asked."""
        self._parsed = True


class _Request(RPC):  # type: ignore[misc]  # ncclient has no types
    """One operation, given as text."""

    REPLY_CLS = _Reply

    def request(self, operation: str) -> Any:
        """Send it and wait for the reply."""
        return self._request(operation)

    def _wrap(self, operation: str) -> str:
        return f'<?xml version="1.0" encoding="UTF-8"?><rpc xmlns="{BASE}" message-id="{self._id}">{operation}</rpc>'


def _raise_errors(reply: str) -> None:
    """Raise what the errors of a reply say, all of them; warnings are none."""
    try:
        root = ET.fromstring(reply)  # noqa: S314  (expat expands no external entities, and bounds internal ones)
    except ET.ParseError as error:
        raise SessionError(Trouble.REFUSED, "it answered what is no XML") from error
    found = [_PeerWords(node) for node in root.findall(f"{{{BASE}}}rpc-error")]
    errors = [one for one in found if one.severity != "warning"]
    if not errors:
        return
    if any(one.tag in {"lock-denied", "in-use"} for one in errors):
        raise SessionError(Trouble.LOCKED, f"its configuration is locked or in use: {errors[0].text}")
    more = f" (and {len(errors) - 1} more: {errors[1].text})" if len(errors) > 1 else ""
    raise SessionError(Trouble.REFUSED, f"it refused: `{errors[0].text}`{more}")


class _PeerWords:
    """One `<rpc-error>` (RFC 6241, section 4.3)."""

    def __init__(self, node: ET.Element) -> None:
        def said(name: str) -> str:
            return " ".join((node.findtext(f"{{{BASE}}}{name}") or "").split())

        self.tag = said("error-tag")
        self.severity = said("error-severity")
        holder = node.findtext(f"{{{BASE}}}error-info/{{{BASE}}}session-id")
        parts = [self.tag, said("error-message"), said("error-path"), f"session {holder}" if holder else ""]
        self.text = " ".join(part for part in (f"{parts[0]}:" if parts[0] else "", *parts[1:]) if part)
