"""What carries an SSH connection: paramiko's transport, made cheap enough for hundreds of devices at a time.

paramiko has a thread per connection, and each time one of them waits for its socket all others may take its turn: what an apply
costs is how often that happens. So as much is read at a time as has arrived, what is sent together goes in one piece, and
nothing is asked of the operating system for packets that are there already.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import paramiko
from paramiko.packet import Packetizer

IDLE_S = 1.0
_AHEAD = 4096  # what a thread that waits keeps room for: of hundreds more would be felt
_SHORT = 65536


class Transport(paramiko.Transport):  # type: ignore[misc]  # paramiko has no types
    """paramiko's, but for how its socket is used and for the order of ciphers.

    Those that authenticate by themselves (RFC 5647) come first, as OpenSSH has them: with the others paramiko computes a MAC of each
    packet and compares it byte by byte in Python, a tenth of what an apply costs.
    """

    _preferred_ciphers = tuple(sorted(paramiko.Transport._preferred_ciphers, key=lambda name: "-gcm" not in name))  # noqa: SLF001  (it has no other way)

    def __init__(self, sock: socket.socket, **options: Any) -> None:
        # Logins and verbs are short exchanges: with Nagle's algorithm (RFC 896) each waits for a delayed acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = Stream(sock)
        super().__init__(self._stream, packetizer_class=_Packetizer, **options)

    def rest(self) -> None:
        """Wake up seldom with nothing to do, from now on: paramiko's ten times a second cost a CPU at 500 connections."""
        self.sock.settimeout(IDLE_S)

    def ask(self, channel: paramiko.Channel, command: str, stdin: bytes) -> None:
        """Have `command` run in `channel`, with `stdin` and its end; raises as the channel does.

        The server is not waited for between them, as OpenSSH's client does not either (RFC 4254 has no need to): where it refuses, it
        closes the channel, and no exit status ever comes.
        """
        request = paramiko.Message()
        request.add_byte(paramiko.common.cMSG_CHANNEL_REQUEST)
        request.add_int(channel.remote_chanid)
        request.add_string("exec")
        request.add_boolean(True)
        request.add_string(command)
        with self._stream.together():
            self._send_user_message(request)
            is_short = len(stdin) < channel.out_window_size and len(stdin) < _SHORT
            if is_short:
                channel.sendall(stdin)
                channel.shutdown_write()
        if not is_short:  # more than the server has said that it takes: it has to be heard meanwhile
            channel.sendall(stdin)
            channel.shutdown_write()


class Stream:
    """A socket of which as much is read at a time as there is; what one thread sends `together` leaves in one piece.

    One thread reads (the transport's), any may send.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._read = b""
        self._at = 0
        self._sending = threading.Lock()
        self._holder: int | None = None  # the thread whose bytes wait for what it sends next
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        """Return what else a socket has."""
        return getattr(self._sock, name)

    def recv(self, size: int) -> bytes:
        """Return at most `size` bytes, of those that were read before if there are any."""
        if self._at == len(self._read):
            self._read, self._at = self._sock.recv(max(size, _AHEAD)), 0
        part = self._read[self._at : self._at + size]
        self._at += len(part)
        return part

    def send(self, data: bytes) -> int:
        """Send some of `data`, after what was sent before; return how much."""
        with self._sending:
            if self._holder == threading.get_ident():
                self._held.append(data)
                return len(data)
            self._let_go()  # packets are numbered: none may overtake another
            return self._sock.send(data)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Send what this thread sends in the body at its end, or when another thread sends; raises `OSError` as `send` does.

        The transport's own packets never wait: when keys are exchanged anew the body may wait for those.
        """
        with self._sending:
            is_first = self._holder is None
            if is_first:
                self._holder = threading.get_ident()
        try:
            yield
        finally:
            if is_first:
                with self._sending:
                    self._holder = None
                    self._let_go()

    def close(self) -> None:
        """End the connection at once: a thread that waits in `recv` would keep it open until it wakes up."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _let_go(self) -> None:
        data = b"".join(self._held)
        self._held.clear()
        while data:
            with contextlib.suppress(TimeoutError):  # the peer does not read; whoever closes the connection ends it
                data = data[self._sock.send(data) :]


class _Packetizer(Packetizer):  # type: ignore[misc]  # paramiko has no types
    """paramiko's, with a clock for the time of the handshake instead of a thread, which is stopped again with each packet."""

    _late_at: float | None = None

    def start_handshake(self, timeout: float) -> None:
        """Bound what follows, until `complete_handshake`."""
        self._late_at = time.monotonic() + timeout

    def handshake_timed_out(self) -> bool:
        """Return whether the handshake takes too long."""
        return self._late_at is not None and time.monotonic() >= self._late_at

    def complete_handshake(self) -> None:
        """Take the bound off."""
        self._late_at = None
