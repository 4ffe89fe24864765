"""Secrets stay out of what is written: those that this process has learnt, and what looks like one in a device's own words.

INVARIANT: every text that leaves the process (findings about devices, messages, tracebacks, log lines, the journal's notes) goes
through `redacted`.
"""

from __future__ import annotations

from intentc.patterns import pattern

HIDDEN = "‹hidden›"
_SHORTEST = 4  # shorter ones are no secrets, and would hide half of every text

_known: set[str] = set()

# Keys and hashes as network devices print them: the words before stay, the secret goes.
_SHAPES = (
    pattern(r"(\$(?:1|5|6|8|9|14|y|2[aby])\$)[^\s\"';<>]+"),
    pattern(
        r"(?i)(\b(?:password|passwd|secret|key|key-string|md5|community|community-name|authentication-key|pre-shared-key"
        r"|passphrase|auth-password|priv-password)[ \t]+(?:(?:[05789]|14|encrypted|hmac-sha-?\d*|ascii-text|hexadecimal)[ \t]+)?"
        r"[\"']?)(?=[^\s\"'`;<>]*[\d$!])[^\s\"'`;<>]{4,}"
    ),
    pattern(r"(?i)(\b(?:snmp-server|snmp)[ \t]+community[ \t]+)[^\s;]+"),
    pattern(
        r"(?i)(<(?:password|secret|key|md5|community|authentication-key|pre-shared-key|passphrase|encrypted-password)>)[^<]+"
    ),
)


def hide(secret: str) -> str:
    """Return `secret`, which from now on is in no text that `redacted` returns."""
    if len(secret) >= _SHORTEST:
        _known.add(secret)
    return secret


def redacted(text: str) -> str:
    """Return `text` without known secrets, and without what looks like a key or a password in a device's configuration."""
    text = without_known(text)
    for shape in _SHAPES:
        text = shape.sub(rf"\1{HIDDEN}", text)
    return text


def without_known(text: str) -> str:
    """Return `text` without the secrets that this process has learnt; all else stays as it is."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text
