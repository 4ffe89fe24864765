"""NETCONF over SSH (RFC 6242) in front of a `FakeRouter`: a real SSH server in this process."""

from __future__ import annotations

import contextlib
import re
import socket
import threading
import time
from xml.etree import ElementTree as ET

import paramiko
from support_netconf_fake import NC, DropError, HangError, RefusalError, error

from intentc.push.ssh_transport import Transport

_END = b"]]>]]>"
_CHUNK = re.compile(rb"\n#(\d+)\n")


class Door(paramiko.ServerInterface):
    """Who may come in: the user's key, no password. What was offered is kept."""

    def __init__(self, router, user_key, subsystem):
        self.router, self.user_key, self.subsystem = router, user_key, subsystem
        self.channel = None
        self.opened = threading.Event()

    def get_allowed_auths(self, _username):
        return "publickey,password"

    def check_auth_publickey(self, username, key):
        self.router.logins.append(("publickey", username))
        is_known = key.asbytes() == self.user_key.asbytes()
        return paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED

    def check_auth_password(self, username, password):
        self.router.logins.append(("password", username, password))
        return paramiko.AUTH_FAILED

    def check_channel_request(self, _kind, _number):
        return paramiko.OPEN_SUCCEEDED

    def check_channel_subsystem_request(self, channel, name):
        if name != self.subsystem:
            return False
        self.channel = channel
        self.opened.set()
        return True


class NetconfServer:
    """One listening address; every connection is served by threads of its own."""

    def __init__(self, router, address, host_key, user_key, weak=None):
        self.router, self.host_key, self.user_key, self.weak = router, host_key, user_key, weak
        self.socket = socket.create_server((address, 0))
        self.address, self.port = self.socket.getsockname()
        self.transports = []
        self.conversations = 0
        self.subsystem = "netconf"
        self.is_open = True
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self.is_open = False
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for transport in self.transports:
            transport.close()

    def hang_up(self):
        """End all connections, as when the process at the other end dies."""
        for transport in self.transports:
            transport.close()
        until = time.monotonic() + 5
        while self.conversations and time.monotonic() < until:
            time.sleep(0.01)

    def _accept(self):
        while self.is_open:
            try:
                peer, _ = self.socket.accept()
            except OSError:
                return
            if time.monotonic() < self.router.dead_until:
                peer.close()
                continue
            threading.Thread(target=self._serve, args=(peer,), daemon=True).start()

    def _serve(self, peer):
        transport = Transport(peer)
        self.transports.append(transport)
        if self.weak:
            options = transport.get_security_options()
            for name, values in self.weak.items():
                setattr(options, name, values)
        transport.add_server_key(self.host_key)
        door = Door(self.router, self.user_key, self.subsystem)
        with contextlib.suppress(paramiko.SSHException, EOFError, OSError):
            transport.start_server(server=door)
            while transport.is_active():
                if door.opened.wait(0.2):
                    self.conversations += 1
                    try:
                        Conversation(self.router, door.channel).run()
                    finally:
                        self.conversations -= 1
                    break
        transport.close()


class Conversation:
    """One session: hello, then requests one after the other."""

    def __init__(self, router, channel):
        self.router, self.channel = router, channel
        self.buffer, self.is_chunked = b"", False

    def run(self):
        router = self.router
        session, generation = router.begin(), router.generation
        capabilities = "".join(f"<capability>{uri}</capability>" for uri in router.hello())
        hello = (
            f'<hello xmlns="{NC}"><capabilities>{capabilities}</capabilities><session-id>{session}</session-id></hello>'
        )
        try:
            self._send(hello)
            said = self._receive()
            self.is_chunked = b"netconf:base:1.1" in said
            while generation == router.generation:
                self._answer(session, ET.fromstring(self._receive()))  # noqa: S314  (our own client)
        except (DropError, EOFError, OSError):
            pass
        finally:
            router.end(session)
            self.channel.close()

    def _answer(self, session, rpc):
        operation = rpc[0]
        if operation.tag == f"{{{NC}}}close-session":
            raise DropError
        try:
            content = self.router.answer(session, operation)
        except HangError:
            return
        except RefusalError as refusal:
            content = error(refusal.tag, refusal.message, info=refusal.info)
        self._send(f'<rpc-reply xmlns="{NC}" message-id="{rpc.get("message-id")}">{content}</rpc-reply>')

    def _send(self, text):
        data = text.encode()
        self.channel.sendall(b"\n#%d\n%s\n##\n" % (len(data), data) if self.is_chunked else data + _END)

    def _more(self):
        part = self.channel.recv(65536)
        if not part:
            raise EOFError
        self.buffer += part

    def _receive(self):
        if not self.is_chunked:
            while _END not in self.buffer:
                self._more()
            message, _, self.buffer = self.buffer.partition(_END)
            return message
        parts = []
        while True:
            while not (found := _CHUNK.match(self.buffer)) and not self.buffer.startswith(b"\n##\n"):
                self._more()
            if found is None:
                self.buffer = self.buffer[4:]
                return b"".join(parts)
            end = found.end() + int(found[1])
            while len(self.buffer) < end:
                self._more()
            parts.append(self.buffer[found.end() : end])
            self.buffer = self.buffer[end:]
