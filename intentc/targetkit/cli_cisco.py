"""What IOS XR and IOS XE print for `show running-config`, as lines by their modes; nothing of others can pass for ours or stop the reading.

Certificates, banners and descriptions hold whatever people wrote there; configuration of ours is plain and never among them.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.patterns import pattern
from intentc.targetkit.cli_tree import CliError, CliNode, has_end, parse_cli

_ODD = pattern("[^\u0020-\u007e]")
_BLANKS = pattern(r"(?<=\S) {2,}")
_BANNER = pattern(r"banner \S+ (?P<mark>\^C|\S)(?P<text>.*)")
_HEADER = pattern(
    r"Building configuration|Current configuration|Using \d+ out of|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} "
)


def read_cisco(text: str) -> tuple[CliNode, ...]:
    """Return the lines of a whole configuration; raises `CliError` for a part of one, and for what is none."""
    if not has_end(text):
        raise CliError("it does not end with `end`: not a whole configuration")
    return parse_cli("\n".join(_plain(text)))


def _plain(text: str) -> Iterator[str]:
    """Yield lines without banners, headers, and characters that only others use."""
    mark = ""
    for raw in text.splitlines():
        line = _BLANKS.sub(" ", _ODD.sub("?", raw.rstrip()))
        if mark:
            mark = "" if mark in raw else mark
            continue
        found = _BANNER.fullmatch(raw.rstrip())
        if found is not None:
            mark = "" if found["mark"] in found["text"] else found["mark"]
        elif not _HEADER.match(line):
            yield line
