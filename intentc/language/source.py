"""Bytes of a file to text."""

from __future__ import annotations

from intentc.diagnostics import Diagnostic, Findings, Source, Span
from intentc.language.lexer import line_starts

_BOM = b"\xef\xbb\xbf"
_OTHER_MARKS = (b"\xff\xfe", b"\xfe\xff")


def decode(path: str, data: bytes, findings: Findings) -> Source | None:
    """Return the text of a file without its byte order mark; bytes that are no UTF-8 are a finding at the first of them."""
    content = data.removeprefix(_BOM)
    try:
        return Source(path, content.decode("utf-8"))
    except UnicodeDecodeError as error:
        wrong = error.start
    before = content[:wrong].decode("utf-8")
    starts = line_starts(before)[:-1]
    line, column = len(starts), len(before) - starts[-1] + 1
    is_utf16 = data.startswith(_OTHER_MARKS)
    findings.add(
        Diagnostic(
            "E0114",
            f"the byte 0x{content[wrong]:02X} is no UTF-8",
            Span(path, line, column, line, column + 1),
            help=("the file looks like UTF-16: save it as UTF-8" if is_utf16 else "save the file as UTF-8",),
        )
    )
    return None
