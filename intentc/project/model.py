"""What an `intentc.toml` says."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from intentc.values import field, frozen


class ProjectError(Exception):
    """The project cannot be used as it stands (exit status 2); `path` and `line` say where, `help` what to do."""

    def __init__(self, message: str, path: Path | None = None, line: int | None = None, *help_lines: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.help = help_lines


class PasswordSource(StrEnum):
    """Where a password is asked for; none of these is the password."""

    PROMPT = "prompt"
    ENVIRONMENT = "env"  # `words` is the variable's name
    COMMAND = "command"  # `words` are the program and its arguments; its first line is the password
    KEYRING = "keyring"  # `words` is the service's name; the user is that of the login


@frozen
class Password:
    """A password's source and the words that find it there."""

    source: PasswordSource
    words: tuple[str, ...] = ()


@frozen
class Credentials:
    """How to log in, without any secret: a private key's file, the agent when that is allowed, where a password comes from.

    `known_hosts` None: the user's own file; a host key pinned in the topology wins over either. `allow_weak` names the
    algorithms that are weak and taken all the same.
    """

    username: str
    key_file: Path | None = None
    is_agent_allowed: bool = False
    known_hosts: Path | None = None
    password: Password | None = None
    allow_weak: tuple[str, ...] = ()


@frozen
class Apply:
    """`[apply]`: the restore timer, devices at a time, where journal and history are, and the time until the decision."""

    confirm_timeout_s: int = 120
    concurrency: int = 64
    state: str = ".intentc/state"
    deadline_s: int = 1800


@frozen
class Project:
    """A project; `topology` and `intents` are globs relative to `root`, `output` and `targets` paths relative to it."""

    name: str
    root: Path
    topology: tuple[str, ...]
    intents: tuple[str, ...]
    language: int = 1
    output: str = "build"
    targets: tuple[str, ...] = ()
    apply: Apply = field(default_factory=Apply)
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
