"""`intentc fmt`: intent files in the one style."""

from __future__ import annotations

import argparse
import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from intentc.cli.compilation import project_file
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.replacing import read_bytes, replace_file
from intentc.diagnostics import Findings
from intentc.diagnostics.jsonform import findings_document
from intentc.diagnostics.text import render_text
from intentc.failures import Refusal
from intentc.formatting.format import format_source
from intentc.language.source import decode
from intentc.project import ProjectError, intent_files, load_project
from intentc.values import frozen

_STANDARD_INPUT = "-"


@frozen
class _Formatted:
    """One file before and after; `new` is None where mistakes of syntax left it alone."""

    name: str
    old: bytes
    new: bytes | None

    @property
    def would_change(self) -> bool:
        return self.new is not None and self.new != self.old


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Format the named files, those of the project, or standard input to standard output."""
    findings = Findings()
    sources: dict[str, str] = {}
    if [str(file) for file in arguments.files] == [_STANDARD_INPUT]:
        return _filter(arguments, console)
    places = _places(arguments)
    results = [_format(name, read_bytes(path), findings, sources) for name, path in places.items()]
    is_dry = arguments.check or arguments.diff
    if not is_dry:
        for result in results:
            if result.would_change and result.new is not None:
                replace_file(places[result.name], result.new)
    _show(results, findings, sources, arguments, console)
    return Exit.FINDINGS if findings.has_errors or (is_dry and _changed(results)) else Exit.DONE


def _filter(arguments: argparse.Namespace, console: Console) -> Exit:
    """Format standard input; where it has mistakes it comes out as it went in, so that an editor loses nothing."""
    findings, sources = Findings(), dict[str, str]()
    result = _format("<stdin>", sys.stdin.buffer.read(), findings, sources)
    if not (arguments.check or arguments.diff):
        sys.stdout.buffer.write(result.old if result.new is None else result.new)
    elif arguments.diff:
        console.out("".join(_diff(result)))
    if findings.items:
        console.err(render_text(findings.sorted(), sources, console.error_style))
    is_found = findings.has_errors or ((arguments.check or arguments.diff) and result.would_change)
    return Exit.FINDINGS if is_found else Exit.DONE


def _places(arguments: argparse.Namespace) -> dict[str, Path]:
    """Return the files to format, by the names to show."""
    if _STANDARD_INPUT in [str(file) for file in arguments.files]:
        raise Refusal("`-` is standard input and stands alone", "name files, or `-`")
    if arguments.files:
        return {str(file): arguments.directory / file for file in arguments.files}
    path = project_file(arguments.directory)
    if path is None:
        raise Refusal(f"no intentc.toml in `{arguments.directory}` or above it", "name files: `intentc fmt a.intent`")
    try:
        return intent_files(load_project(path))
    except ProjectError as error:
        raise Refusal(f"{error.path}: {error.message}", *error.help) from error


def _format(name: str, data: bytes, findings: Findings, sources: dict[str, str]) -> _Formatted:
    source = decode(name, data, findings)
    if source is None:
        return _Formatted(name, data, None)
    sources[name] = source.text
    text = format_source(source, findings)
    return _Formatted(name, data, None if text is None else text.encode())


def _changed(results: list[_Formatted]) -> list[_Formatted]:
    return [result for result in results if result.would_change]


def _show(
    results: list[_Formatted],
    findings: Findings,
    sources: dict[str, str],
    arguments: argparse.Namespace,
    console: Console,
) -> None:
    if arguments.format == "json":
        files = [{"path": result.name, "status": _status(result)} for result in results]
        document = {"files": files, **findings_document(findings.sorted())}
        console.out(json.dumps(document, ensure_ascii=False, indent=2))
        return
    if findings.items:
        console.out(render_text(findings.sorted(), sources, console.style))
    if arguments.diff:
        console.out("".join(line for result in _changed(results) for line in _diff(result)))
    elif not arguments.quiet:
        verb = "would be formatted" if arguments.check else "formatted"
        for result in _changed(results):
            console.out(f"{result.name}: {verb}")


def _status(result: _Formatted) -> str:
    if result.new is None:
        return "refused"
    return "changed" if result.would_change else "unchanged"


def _diff(result: _Formatted) -> Iterator[str]:
    """Yield the lines of a unified diff."""
    old, new = result.old.decode(), (result.new or b"").decode()
    lines = list(
        difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), f"a/{result.name}", f"b/{result.name}"
        )
    )
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
