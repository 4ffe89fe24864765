"""An SSH server in this process (paramiko's own), behind which wired fake agents answer: real handshakes, no devices.

For what needs many devices or a password: hundreds of real `sshd` would measure the machine, and accounts with passwords
would have to be made on it.
"""

from __future__ import annotations

import base64
import contextlib
import socket
import threading

import paramiko
from support_push_wired import Connection

from intentc.push.ssh_transport import Transport


class Login(paramiko.ServerInterface):
    """Lets one user key or password in, and runs what is asked for."""

    def __init__(self, server, agent):
        self.server = server
        self.agent = agent

    def check_auth_publickey(self, _username, key):
        return paramiko.AUTH_SUCCESSFUL if key == self.server.user_key else paramiko.AUTH_FAILED

    def check_auth_password(self, _username, password):
        self.server.passwords.append(password)
        return paramiko.AUTH_SUCCESSFUL if password == self.server.password else paramiko.AUTH_FAILED

    def get_allowed_auths(self, _username):
        return "publickey,password"

    def check_channel_request(self, kind, _number):
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(self, channel, command):
        threading.Thread(target=self.execute, args=(channel, command.decode()), daemon=True).start()
        return True

    def execute(self, channel, command):
        with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
            stdin = channel.makefile("rb").read()
            done = Connection(self.agent, self.server.digest).run(command, stdin, timeout_s=10)
            channel.sendall(done.stdout.encode())
            channel.send_exit_status(done.status)
            channel.close()


class StubServer:
    """One listening socket per device; `passwords` are those that were sent to it."""

    def __init__(self, agents, digest, *, user_key=None, password=None, address="127.0.0.1"):
        self.host_key = paramiko.Ed25519Key.generate() if hasattr(paramiko.Ed25519Key, "generate") else None
        self.host_key = self.host_key or paramiko.ECDSAKey.generate()
        self.user_key, self.password, self.digest, self.address = user_key, password, digest, address
        self.passwords = []
        self.sockets = {node: socket.create_server((address, 0), backlog=64) for node in agents}
        for node, listener in self.sockets.items():
            threading.Thread(target=self.accept, args=(listener, agents[node]), daemon=True).start()

    @property
    def pin(self):
        return f"{self.host_key.get_name()} {base64.b64encode(self.host_key.asbytes()).decode()}"

    def port(self, node):
        return self.sockets[node].getsockname()[1]

    def accept(self, listener, agent):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client, agent), daemon=True).start()

    def serve(self, client, agent):
        transport = Transport(client)
        transport.add_server_key(self.host_key)
        transport.rest()
        try:
            transport.start_server(server=Login(self, agent))
        except (paramiko.SSHException, EOFError, OSError):
            transport.close()

    def close(self):
        for listener in self.sockets.values():
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
