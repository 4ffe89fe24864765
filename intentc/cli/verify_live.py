"""`intentc verify --live`: every demand measured in the project's running lab, beside what the manifest predicts."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import asdict

from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import open_lab
from intentc.diagnostics import Diagnostic
from intentc.diagnostics.text import render_text
from intentc.failures import Refusal
from intentc.lab.lab import Lab
from intentc.lab.layout import lay_out
from intentc.lab.model import LabError
from intentc.live.flows import Probe, probes
from intentc.live.measure import measure_demands
from intentc.manifest.model import Manifest
from intentc.project import Project
from intentc.report.measured import comparison_table
from intentc.run import Run
from intentc.verify.live import Comparison, Measurement, Row, Verdict, compare


def verify_live(
    project: Project, compiled: Run, manifest: Manifest, arguments: argparse.Namespace, console: Console
) -> Exit:
    """Measure all demands together and print the comparison; status 1 when anything is not as predicted."""
    assert compiled.topology is not None  # noqa: S101  (checked by the caller)
    if arguments.lab is False and arguments.lab_dir is None:
        raise Refusal("`--live` measures a lab so far", "add `--lab` for the project's running lab", status=6)
    try:
        return measure_live(open_lab(project, arguments), compiled, manifest, arguments, console)
    except LabError as error:
        raise Refusal(str(error), status=6) from error


def measure_live(lab: Lab, compiled: Run, manifest: Manifest, arguments: argparse.Namespace, console: Console) -> Exit:
    """Measure all demands of `manifest` in `lab` and print the comparison."""
    topology = compiled.topology
    assert topology is not None  # noqa: S101  (checked by the caller)
    chosen, unmeasured = probes(manifest, lay_out(topology))
    console.progress(f"measuring {len(chosen)} flows for {arguments.seconds:g} s …")
    seen = measure_demands(lab, chosen, arguments.seconds)
    console.clear()
    rows, findings = compare_all(compiled, manifest, chosen, seen)
    if arguments.format == "json":
        console.out(json.dumps([_record(row, name) for name, row in rows], ensure_ascii=False, indent=2))
    else:
        console.out(comparison_table(rows, console.style))
        for item in unmeasured:
            console.out(f"not measured: {item.demand}: {item.reason}")
        console.out(render_text(findings, compiled.sources, console.style))
    return Exit.FINDINGS if any(item.is_error for item in findings) else Exit.DONE


def compare_all(
    compiled: Run, manifest: Manifest, chosen: tuple[Probe, ...], seen: Mapping[str, Measurement]
) -> tuple[list[tuple[str, Row]], tuple[Diagnostic, ...]]:
    """Return a row per probe with its name, and the findings; a demand's two families are judged each by itself."""
    assert compiled.topology is not None  # noqa: S101  (checked by the caller)
    rows: list[tuple[str, Row]] = []
    findings: list[Diagnostic] = []
    for family in ("4", "6"):
        mine = {
            probe.demand.id: probe.name
            for probe in chosen
            if ("6" if ":" in probe.flow.source_address else "4") == family
        }
        found: Comparison = compare(compiled.files, compiled.topology, manifest, [seen[name] for name in mine.values()])
        rows += [(mine[row.demand], row) for row in found.rows if row.verdict is not Verdict.NOT_MEASURED]
        findings += [item for item in found.findings if item.code != "E0586"]
    return sorted(rows, key=lambda pair: pair[0]), tuple(dict.fromkeys(findings))


def _record(row: Row, name: str) -> dict[str, object]:
    return {"probe": name, **asdict(row), "verdict": row.verdict.value}
