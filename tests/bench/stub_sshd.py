"""SSH servers for `apply.py`: all of them in one thread (asyncssh's), so that the figures are not those of servers that hold each other up.

Test-only, as `support_push_stub_sshd` is (paramiko's, a thread per connection); answered by the same wired fake agents.
"""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial

import asyncssh
from support_push_wired import Connection

ANSWER_S = 10


class Login(asyncssh.SSHServer):
    """Lets everybody in who knows the password, and nobody without."""

    def __init__(self, agent, digest, password):
        self.agent, self.digest, self.password = agent, digest, password

    def password_auth_supported(self):
        return True

    def validate_password(self, _username, password):
        return password == self.password

    def session_requested(self):
        return Answer(self.agent, self.digest)


class Answer(asyncssh.SSHServerSession):
    """One question: the agent is asked once its whole input has come."""

    def __init__(self, agent, digest):
        self.agent, self.digest = agent, digest
        self.stdin = bytearray()

    def connection_made(self, channel):
        self.channel = channel

    def exec_requested(self, command):
        self.command = command
        return True

    def data_received(self, data, _kind):
        self.stdin += data

    def eof_received(self):
        done = Connection(self.agent, self.digest).run(self.command, bytes(self.stdin), timeout_s=ANSWER_S)
        self.channel.write(done.stdout.encode())
        self.channel.exit(done.status)
        return False


async def serve(agents, digest, password, on_ready):
    """Serve every agent on a port of its own until cancelled; `on_ready` is told the host key and the ports by node."""
    key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    ports = {}
    async with contextlib.AsyncExitStack() as stack:
        for node, agent in agents.items():
            server = await asyncssh.create_server(
                partial(Login, agent, digest, password),
                "127.0.0.1",
                0,
                server_host_keys=[key],
                encoding=None,
                line_editor=False,
            )
            stack.push_async_callback(server.wait_closed)
            stack.callback(server.close)
            ports[node] = server.get_port()
        on_ready(key.export_public_key().decode().strip(), ports)
        await asyncio.Event().wait()
