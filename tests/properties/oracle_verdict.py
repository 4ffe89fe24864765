"""How the oracle says that something is not true."""

from __future__ import annotations


class Untrue(Exception):  # noqa: N818  (a verdict, not a failure)
    """A statement of the manifest is not true."""


def ensure(holds, what):
    """Raise `Untrue` unless something holds."""
    if not holds:
        raise Untrue(what)
