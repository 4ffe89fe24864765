"""SSH servers for fake EOS devices, in threads of the test process (paramiko's server side): real key exchange, real channels."""

from __future__ import annotations

import contextlib
import socket
import threading

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from support_push_fake_eos_cli import Cli

from intentc.push.ssh_transport import Transport

_END_S = 5.0


def make_user_key(path):
    """Write a private key, and return its path."""
    key = ed25519.Ed25519PrivateKey.generate()
    form = serialization.PrivateFormat.OpenSSH
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()))
    return path


def public_of(path):
    return paramiko.PKey.from_path(path)


class Gate(paramiko.ServerInterface):
    """Lets one public key in, and remembers who tried."""

    def __init__(self, server):
        self.server = server

    def get_allowed_auths(self, _username):
        return "publickey,password"

    def get_banner(self):
        return (self.server.banner or None), "en-US"

    def check_auth_none(self, _username):
        return paramiko.AUTH_FAILED

    def check_auth_publickey(self, username, key):
        self.server.attempts.append(("publickey", username))
        return paramiko.AUTH_SUCCESSFUL if key == self.server.user_key else paramiko.AUTH_FAILED

    def check_auth_password(self, _username, password):
        self.server.attempts.append(("password", password))
        return paramiko.AUTH_FAILED

    def check_channel_request(self, kind, _number):
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_pty_request(self, *_):
        return True

    def check_channel_shell_request(self, channel):
        threading.Thread(target=self.server.converse, args=(channel,), daemon=True).start()
        return True


class EosServer:
    """One listening device; while it `is_dark` nobody gets an answer from it."""

    def __init__(self, device, address, user_key, host_key=None, *, weak=()):
        self.device = device
        self.user_key = user_key
        self.host_key = host_key or paramiko.ECDSAKey.generate()
        self.banner = ""
        self.weak = dict(weak)
        self.attempts = []
        self.transports = []
        self.is_dark = False
        self.listener = socket.create_server((address, 0), backlog=32)
        self.address, self.port = self.listener.getsockname()[:2]
        self.acceptor = threading.Thread(target=self._accept, daemon=True)
        self.acceptor.start()

    @property
    def public(self):
        return f"{self.host_key.get_name()} {self.host_key.get_base64()}"

    @property
    def known_hosts_line(self):
        return f"[{self.address}]:{self.port} {self.public}\n"

    def serve(self, device):
        """Be another device from now on."""
        self.drop_all()
        self.device, self.banner, self.is_dark = device, "", False
        device.drop_all = self.drop_all

    def drop_all(self):
        """Cut every connection; nobody hears why."""
        for transport in self.transports:
            with contextlib.suppress(OSError):
                transport.sock.shutdown(socket.SHUT_RDWR)
            transport.active = False
        self.transports.clear()

    def go_dark(self):
        """Lose the management network: nobody gets in any more."""
        self.is_dark = True

    def come_back(self):
        self.is_dark = False

    def stop(self):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)  # else who waits for clients would take one more, with this key
        self.listener.close()
        self.acceptor.join(_END_S)
        self.drop_all()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.is_dark:
                client.close()
                continue
            threading.Thread(target=self._greet, args=(client,), daemon=True).start()

    def _greet(self, client):
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = Transport(client)
        transport.add_server_key(self.host_key)
        options = transport.get_security_options()
        for name, values in self.weak.items():
            setattr(options, name, values)
        self.transports.append(transport)
        with contextlib.suppress(paramiko.SSHException, OSError, EOFError):
            transport.start_server(server=Gate(self))

    def converse(self, channel):
        """Be the command line of one login."""
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            self._converse(channel)
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):  # whoever was there may be gone
            channel.close()

    def _converse(self, channel):
        device = self.device
        cli = device.login() if hasattr(device, "login") else Cli(device)
        try:
            self._answer(device, cli, channel)
        finally:
            if hasattr(cli, "end"):
                cli.end()

    @staticmethod
    def _answer(device, cli, channel):
        channel.sendall(f"{device.motd}\r\n{cli.prompt}".replace("\n", "\r\n").encode())
        kept = b""
        while cli.is_open:
            part = channel.recv(65536)
            if not part:
                return
            *lines, kept = (kept + part).split(b"\n")
            if kept == b"\x04":  # the end of what is pasted has no line of its own
                lines, kept = [*lines, kept], b""
            for line in lines:
                answer = cli.run(line.decode())
                if answer is None:
                    return
                channel.sendall(_shown(line.decode(), answer, cli.prompt))


def _shown(line, answer, prompt):
    """Return what a terminal shows: the echo, broken where it is long, the answer, the prompt."""
    echo = "\r\n".join(line[start : start + 200] for start in range(0, max(len(line), 1), 200))
    body = f"{answer}\n" if answer and prompt else answer  # a question stands where the prompt would
    return f"{echo}\r\n{body}{prompt}".replace("\r\n", "\n").replace("\n", "\r\n").encode()
