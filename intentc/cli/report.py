"""`intentc report -o DIR`: a self-contained page and the map of the network."""

from __future__ import annotations

import argparse

from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.failures import Refusal
from intentc.manifest.read import read_manifest
from intentc.outcome import manifest_text
from intentc.report.html import report_page
from intentc.report.svg import network_map
from intentc.report.view import view_of_manifest


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Compile the project and write `index.html` and `map.svg`."""
    compiled = compile_project(open_project(arguments), arguments, console)
    show_findings(compiled, arguments, console)
    if compiled.model is None or compiled.topology is None:
        return verdict(compiled)
    manifest = read_manifest(manifest_text(compiled))
    drawing = network_map(compiled.topology, view_of_manifest(manifest, compiled.topology))
    pages = {"index.html": report_page(manifest, drawing), "map.svg": drawing}
    try:
        arguments.output.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            (arguments.output / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refusal(f"cannot write `{error.filename}`: {error.strerror}") from error
    console.out(f"wrote {arguments.output / 'index.html'} and map.svg")
    return verdict(compiled)
