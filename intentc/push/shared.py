"""A state store that several machines share: this machine's state directory is a mirror of it.

INVARIANT: what is shared is the truth. The mirror is made like it when the lease is taken, and a journal record counts as
written only once it is there: whoever recovers, from whichever machine, sees every step that was announced.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Protocol

from intentc.diagnostics import Diagnostic
from intentc.push.holder import Holder, held
from intentc.push.refusal import RefusalError


class SharedError(OSError):
    """The shared place cannot be used at this moment, or our lease on it was broken; `strerror` says it in one line."""


class Shared(Protocol):
    """A shared place. All methods are meant for one process at a time: the one that holds the mirror's own lease."""

    @property
    def words(self) -> str:
        """Return the place in words."""

    def acquire(self, mirror: Path, holder: Holder) -> None:
        """Take the lease, atomically for all machines, and make the mirror like the place.

        Raises `RefusalError` naming who holds it, or `SharedError`. A holder that died still holds it.
        """

    def publish(self, mirror: Path, note: str) -> None:
        """Make the place like the mirror, durably; raises `SharedError`, also when the lease is not ours any more."""

    def release(self, mirror: Path) -> None:
        """Give the lease back; raises `SharedError`."""

    def fetch(self, mirror: Path) -> None:
        """Make the mirror like the place, to read it; raises `SharedError`."""

    def break_lease(self, mirror: Path) -> Holder | None:
        """End somebody's lease, whoever that is, and return who it was; raises `SharedError`."""


def unusable(place: str, error: OSError) -> RefusalError:
    """Return the refusal that `place` cannot be used."""
    return RefusalError(
        Diagnostic(
            "E0822",
            f"the shared state `{place}` cannot be used: {error.strerror}",
            help=("make it reachable and writable from here; nothing was touched",),
        )
    )


def refuse_held(content: str) -> RefusalError:
    """Return the refusal that the shared lease is held by whom `content` (as a lease file) names."""
    return RefusalError(held(content.encode(), is_shared=True))


def lease_file(holder: Holder) -> str:
    """Return the text of a lease."""
    return json.dumps(holder.values, sort_keys=True) + "\n"
