"""`intentc import`: a topology from a file of another tool."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from intentc import resources
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.replacing import read_bytes, write_file
from intentc.diagnostics import Findings
from intentc.diagnostics.jsonform import findings_document
from intentc.diagnostics.text import render_text
from intentc.failures import Refusal
from intentc.importing import WITHOUT_UNITS
from intentc.importing.imports import import_topology
from intentc.importing.model import Options
from intentc.project.files import decode_topology
from intentc.render.targets import load_targets

_STANDARD_INPUT = "-"


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Write the topology to standard output or a file; findings go to standard error, in JSON beside the topology."""
    if arguments.unit is not None and arguments.from_ not in WITHOUT_UNITS:
        raise Refusal(f"files of {arguments.from_} give capacities with their unit", "leave out `--unit`")
    output: Path | None = arguments.output
    if output is not None and output.exists() and not arguments.force:
        raise Refusal(f"`{output}` is there already", "name another file, or add `--force`")
    is_piped = str(arguments.file) == _STANDARD_INPUT
    name = "<stdin>" if is_piped else str(arguments.file)
    data = sys.stdin.buffer.read() if is_piped else read_bytes(arguments.directory / arguments.file)
    findings = Findings()
    source = decode_topology(name, data, findings)
    text = None
    if source is not None:
        text = import_topology(arguments.from_, source, findings, options_of(arguments)).text
    if output is not None and text is not None:
        write_file(output, text.encode())
    _show(text if output is None else None, findings, {} if source is None else {name: source.text}, arguments, console)
    return Exit.DONE if text is not None else Exit.FINDINGS


def options_of(arguments: argparse.Namespace) -> Options:
    """Return what the command line adds to a file, with the words that targets are known by."""
    return Options(
        capacity_bps=arguments.capacity,
        latency_ns=arguments.latency,
        platform=arguments.platform,
        loopbacks=arguments.loopbacks,
        unit_bps=arguments.unit,
        systems={
            word: name
            for name, target in load_targets(resources.targets_paths(), Findings()).items()
            for word in target.known_as
        },
    )


def _show(
    text: str | None, findings: Findings, sources: dict[str, str], arguments: argparse.Namespace, console: Console
) -> None:
    if arguments.format == "json":
        document = {**findings_document(findings.sorted()), "topology": text}
        console.out(json.dumps(document, ensure_ascii=False, indent=2))
        return
    console.out(text or "")
    told = [item for item in findings.sorted() if item.is_error or not arguments.quiet]
    if told:
        console.err(render_text(told, sources, console.error_style))
