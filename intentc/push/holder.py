"""Who holds a lease, as others read it."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import asdict

from intentc.diagnostics import Diagnostic
from intentc.values import field, frozen


@frozen
class Holder:
    """Who holds the lease, and what for; `token` tells this lease from every other one (it is no secret)."""

    who: str
    host: str
    pid: int
    since: str
    doing: str
    token: str = field(default="", compare=False)

    @property
    def words(self) -> str:
        """Return the holder in words."""
        return f"{self.who} on {self.host} (process {self.pid}) since {self.since}: {self.doing}"

    @property
    def values(self) -> dict[str, object]:
        """Return what a lease file holds."""
        return asdict(self)

    @property
    def is_gone(self) -> bool:
        """Return whether the process is known not to run any more, which only its own machine can know."""
        if self.host != socket.gethostname():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            return False
        return False


def read_holder(content: bytes) -> Holder | None:
    """Return the holder that a lease file names, None when it names none."""
    try:
        return Holder(**json.loads(content))
    except (ValueError, TypeError):
        return None


def held(content: bytes, *, is_shared: bool = False) -> Diagnostic:
    """Return the finding that the lease is held by whom `content` names."""
    holder = read_holder(content)
    words = holder.words if holder is not None else "another process"
    gone = " (that process is gone)" if is_shared and holder is not None and holder.is_gone else ""
    help_ = ["wait until it has ended, or let `--wait SECONDS` wait; nothing was touched"]
    if is_shared:
        help_.append(
            "if its machine or process died, `intentc recover --break-lease` ends its lease and finishes its work"
        )
    return Diagnostic("E0818", f"another transaction is under way from this state: {words}{gone}", help=tuple(help_))
