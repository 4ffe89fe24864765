"""Where `[apply] state` says that the journal, the history and the lease are: a directory, or a place that machines share."""

from __future__ import annotations

from intentc.patterns import pattern
from intentc.values import frozen

_GIT = pattern(r"git\+(?:(?P<url>[^#\s]+)#)?(?P<branch>[A-Za-z0-9][\w./-]*)")
_SSH = pattern(
    r"ssh\+(?:(?P<user>[\w.-]+)@)?(?P<host>[\w.-]+|\[[0-9A-Fa-f:]+\])(?::(?P<port>\d{1,5}))?(?P<path>/[^\0\n]+)"
)
SHAPES = (
    'on a branch of this repository\'s `origin`: `state = "git+intentc-state"`',
    'of another one: `state = "git+https://git.example.net/net/state.git#main"`',
    'on a machine: `state = "ssh+automation@state.example.net/var/lib/intentc"`',
)


@frozen
class GitState:
    """A branch; `url` None: of the project's own repository, as its remote `origin` names it."""

    url: str | None
    branch: str


@frozen
class SshState:
    """A directory on a machine; `username` None: that of the credentials."""

    username: str | None
    host: str
    port: int
    path: str


def shared_state(text: str) -> GitState | SshState | None:
    """Return the shared place that `state` names, None for a directory; raises `ValueError` for what is neither."""
    if text.startswith("git+"):
        found = _GIT.fullmatch(text)
        if found is None:
            raise ValueError("no branch is named")
        return GitState(found["url"], found["branch"])
    if text.startswith("ssh+"):
        found = _SSH.fullmatch(text)
        if found is None or not 0 < int(found["port"] or 22) < 65536:
            raise ValueError("no host and directory are named")
        return SshState(found["user"], found["host"].strip("[]"), int(found["port"] or 22), found["path"])
    return None
