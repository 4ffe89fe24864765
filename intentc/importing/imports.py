"""The entry of the room: a file of another tool in, a topology in the project's own form out."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import cast

from intentc.diagnostics import Findings, Source, Span
from intentc.importing import FORMATS
from intentc.importing.desk import Desk, shown
from intentc.importing.model import Imported, ImportedNetwork, Options
from intentc.importing.settle import settle
from intentc.importing.write import Line, lines_of
from intentc.topology.load import load

Reader = Callable[[Desk, Options], ImportedNetwork | None]
_MADE = "imported.yaml"  # how the loader's findings call what was made


def import_topology(format_: str, source: Source, findings: Findings, options: Options | None = None) -> Imported:
    """Return the topology that a file of one of `FORMATS` describes, as text that the project's loader takes without an error.

    `findings` get what cannot be read (E0301 to E0303, E0350), what cannot be a topology (E0302, E0351, E0352, E0354), what
    has to be said by an option (E0353), what is to be filled in (W0351), and what was left out or changed (N0351, N0352).
    With an error `text` is None. The same file and options give the same bytes.
    """
    options = options or Options()
    desk = Desk(source, findings)
    network = reader(format_)(desk, options)
    if network is None:
        return Imported(None, ImportedNetwork())
    if not network.nodes and not findings.has_errors:
        desk.unreadable("the file holds no nodes", desk.start)
    settle(network, options, desk)
    desk.finish()
    if findings.has_errors:
        return Imported(None, network)
    origin = f"{shown(PurePosixPath(source.path).name)} ({format_})"
    lines = lines_of(network, options, origin)
    text = "".join(f"{line.text}\n" for line in lines)
    is_sound = _check(text, lines, desk)
    return Imported(text if is_sound else None, network)


def reader(format_: str) -> Reader:
    """Return the function that reads a format; a `KeyError` for none of `FORMATS`."""
    if format_ not in FORMATS:
        raise KeyError(format_)
    module = importlib.import_module(f"intentc.importing.formats.{format_}")
    return cast("Reader", module.read)


def _check(text: str, lines: list[Line], desk: Desk) -> bool:
    """Return whether the loader takes the topology; what it refuses is told where it stands in the imported file (E0354)."""
    told = Findings()
    load([Source(_MADE, text)], told)
    for item in told.sorted():
        if item.is_error:
            span = None if item.span is None else lines[item.span.line - 1].span
            desk.findings.error("E0354", item.message, _point(span or desk.start), help=item.help)
    return not told.has_errors


def _point(span: Span) -> Span:
    return Span(span.file, span.line, span.column, span.line, span.column + 1)
