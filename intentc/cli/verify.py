"""`intentc verify`: re-prove a compiled result from its files alone; with `--live`, measure a running lab."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from intentc import __version__
from intentc.cli.builds import load_build
from intentc.cli.compilation import compile_project, open_project, today
from intentc.cli.console import Console
from intentc.cli.executing import executing
from intentc.cli.exits import Exit
from intentc.cli.publishing import prefix, show
from intentc.diagnostics import Diagnostic
from intentc.manifest.digest import input_digest, sha256
from intentc.manifest.model import Manifest
from intentc.pipeline import SOURCES_ONLY
from intentc.run import Run
from intentc.topology.model import Topology
from intentc.topology.overlay import read_overlay
from intentc.verify.check_files import Evidence
from intentc.verify.prove import prove

if TYPE_CHECKING:
    from intentc.ci.model import Outcomes


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Prove the manifest of the build directory, or measure the lab against it."""
    project = open_project(arguments)
    directory = arguments.build if arguments.build is not None else project.root / project.output
    manifest = load_build(directory).manifest
    overlay = read_overlay(str(manifest.generator.options.get("state") or ""))
    compiled = compile_project(project, arguments, console, SOURCES_ONLY, overlay=overlay)
    if compiled.topology is None or compiled.findings.has_errors:
        _print(compiled.findings.sorted(), compiled, None, arguments, console)
        return Exit.FINDINGS
    if arguments.live:
        from intentc.cli.verify_live import verify_live  # noqa: PLC0415  (brings the lab along)

        return verify_live(project, compiled, manifest, arguments, console)
    return _prove(compiled, manifest, directory, arguments, console)


def _prove(compiled: Run, manifest: Manifest, directory: Path, arguments: argparse.Namespace, console: Console) -> Exit:
    assert compiled.topology is not None  # noqa: S101  (checked by the caller)
    inputs = {path: input_digest(text.encode()) for path, text in compiled.sources.items()}
    evidence = Evidence(inputs, _outputs(manifest, compiled.topology, directory))
    with executing(arguments) as executor:
        proof = prove(compiled.files, compiled.topology, manifest, today(arguments), evidence, executor=executor)
    _print(proof.findings, compiled, manifest, arguments, console)
    if arguments.format == "text" and not arguments.quiet:
        told = ", ".join(f"{count} {kind}" for kind, count in proof.statements.items())
        verdict = "holds" if proof.holds else "does not hold"
        console.out(f"the manifest {verdict}: proved {sum(proof.statements.values())} statements ({told})")
    return Exit.DONE if proof.holds else Exit.FINDINGS


def _outputs(manifest: Manifest, topology: Topology, directory: Path) -> dict[str, str]:
    """Return the digests of the device files that are there, also of those that the manifest does not know."""
    listed = {directory / file.path for device in manifest.devices for file in device.files}
    there = {path for node in topology.nodes for path in (directory / node).glob("*")}
    files = sorted(path for path in listed | there if path.is_file())
    return {path.relative_to(directory).as_posix(): sha256(path.read_bytes()) for path in files}


def _print(
    findings: tuple[Diagnostic, ...],
    compiled: Run,
    manifest: Manifest | None,
    arguments: argparse.Namespace,
    console: Console,
) -> None:
    """Print what was found; without a manifest the sources have mistakes, and nothing was proved."""
    show(findings, compiled.sources, arguments, console, lambda: _outcomes(findings, compiled, manifest))


def _outcomes(findings: tuple[Diagnostic, ...], compiled: Run, manifest: Manifest | None) -> Outcomes:
    from intentc.ci.cases import cases, promised_of_manifest  # noqa: PLC0415  (only the formats of CI need it: start-up)
    from intentc.ci.model import Outcomes  # noqa: PLC0415

    intents, assertions = (manifest.intents, manifest.assertions) if manifest else ((), ())
    found = tuple(cases(findings, promised_of_manifest(intents), intents, assertions))
    is_accepted = not any(item.is_error for item in findings)
    project = compiled.request.project
    return Outcomes(project.name, prefix(project.root), findings, found, intents, assertions, is_accepted, __version__)
