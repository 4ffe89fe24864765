"""What an `intentc.toml` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path

from intentc.values import frozen


class ProjectError(Exception):
    """The project cannot be used as it stands (exit status 2); `path` and `line` say where, `help` what to do."""

    def __init__(self, message: str, path: Path | None = None, line: int | None = None, *help_lines: str) -> None:
        super().__init__(message)
        self.message = message
        self.path = path
        self.line = line
        self.help = help_lines


@frozen
class Credentials:
    """How to log in, without any secret: a private key's file, or the agent when that is allowed.

    `known_hosts` None: the user's own file; a host key pinned in the topology wins over either.
    """

    username: str
    key_file: Path | None = None
    is_agent_allowed: bool = False
    known_hosts: Path | None = None


@frozen
class Apply:
    """`[apply]`: the restore timer in seconds, devices at a time, and the directory of journal and history."""

    confirm_timeout_s: int = 120
    concurrency: int = 64
    state: str = ".intentc/state"


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
