"""A device as a transport needs to know it."""

from __future__ import annotations

from pathlib import Path

from intentc.project.model import Password
from intentc.values import frozen


@frozen
class Device:
    """Where a node is reached and how to log in; no secret is in it.

    The host key must be the pinned `host_key` (OpenSSH text: type and base64), else one in `known_hosts`, else one in the
    user's own known_hosts file: an unknown or another key is refused. `memory` is the folder of the shared state in which it is
    remembered what devices were given that keep no copy of it; sessions to those need it. `password` says where one is asked for;
    `allow_weak` names SSH algorithms that are weak and taken all the same.
    """

    node: str
    host: str
    port: int
    username: str
    key_file: Path | None
    known_hosts: Path | None
    host_key: str | None
    is_agent_allowed: bool = False
    platform: str = "frr"
    transport: str = "ssh"
    memory: Path | None = None
    password: Password | None = None
    allow_weak: tuple[str, ...] = ()
