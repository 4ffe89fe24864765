"""Which characters a name may have: narrow where the name reaches a device, wide where people read it."""

from __future__ import annotations

import re

from intentc.patterns import pattern
from intentc.values import frozen


@frozen
class NameRule:
    """A set of permitted texts: `pattern` in the syntax that Python and JSON Schema share, `words` for the finding."""

    pattern: re.Pattern[str]
    words: str

    def allows(self, text: str) -> bool:
        """Return whether `text` keeps the rule."""
        return self.pattern.fullmatch(text) is not None


# Node names become host names, SRLG names affinity names; platform, VRF and credentials are names in configuration too.
DEVICE_NAME = NameRule(
    pattern("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9_])?"),
    "letters, digits, `_`, `.` and `-`, at most 63, with a letter, digit or `_` at both ends",
)
INTERFACE_NAME = NameRule(
    pattern("[A-Za-z0-9][A-Za-z0-9_./:@-]{0,62}"),
    "letters, digits and `_ . / : @ -`, at most 63, a letter or digit first",
)
# Names that findings and manifests join by `+`, `>` and `/`, and that a glob may match.
NAME = NameRule(
    pattern(
        r"""[^\s\x00-\x1f\x7f-\x9f*?+>/"\\`]([^\x00-\x1f\x7f-\x9f*?+>/"\\`]{0,62}[^\s\x00-\x1f\x7f-\x9f*?+>/"\\`])?"""
    ),
    'at most 64 characters without blanks at the ends, control characters and `* ? + > / " \\`',
)
TEXT = NameRule(
    pattern(r"[^\x00-\x1f\x7f-\x9f]{1,256}"),
    "1 to 256 characters without control characters",
)
HOST = NameRule(
    pattern("[A-Za-z0-9:]([A-Za-z0-9.:%_-]{0,252}[A-Za-z0-9])?"),
    "a host name or an IP address",
)
HOST_KEY = NameRule(
    pattern("(ssh|ecdsa|sk)-[A-Za-z0-9@.-]{1,60} [A-Za-z0-9+/]{16,8000}={0,3}( [A-Za-z0-9@._-]{1,100})?"),
    "a public key as in a `.pub` file: `ssh-ed25519 AAAA…`",
)
