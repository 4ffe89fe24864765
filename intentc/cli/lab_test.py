"""`intentc lab test`: what the network of a project really does, normally and when something is cut."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from intentc.cli.compilation import compile_project, open_project, show_findings
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import open_lab
from intentc.cli.verify_live import measure_live
from intentc.failures import Refusal
from intentc.lab.convergence import wait_converged
from intentc.lab.lab import Lab
from intentc.lab.layout import lay_out
from intentc.live.flows import Probe, probes
from intentc.live.measure import Cost, failure_of, measure_failure
from intentc.manifest.elements import Elements, failed_elements, paths_in_state
from intentc.manifest.model import Manifest
from intentc.manifest.read import read_manifest
from intentc.outcome import manifest_text
from intentc.report.measured import CostRow, cost_table
from intentc.topology.model import Topology
from intentc.values import frozen

SLACK_MS = 200  # what scheduling on a busy machine may add to a repair (measured: below 100)


def test_lab(arguments: argparse.Namespace, console: Console) -> Exit:
    """Measure every demand in the running lab; then cut each `--cut STATE` in turn and measure what it costs."""
    project = open_project(arguments)
    compiled = compile_project(project, arguments, console)
    if compiled.bundle is None or compiled.topology is None:
        show_findings(compiled, arguments, console)
        return Exit.FINDINGS
    lab = open_lab(project, arguments)
    manifest = read_manifest(manifest_text(compiled))
    states = [(state, _elements(state, compiled.topology)) for state in arguments.cut]
    if not states:
        return measure_live(lab, compiled, manifest, arguments, console)
    bench = _Bench(lab, compiled.topology, manifest, arguments.seconds, console)
    return max(_cut(bench, state, failed) for state, failed in states)


@frozen
class _Bench:
    """What every cut is measured with."""

    lab: Lab
    topology: Topology
    manifest: Manifest
    seconds: float
    console: Console


def _elements(state: str, topology: Topology) -> Elements:
    failed = failed_elements(state, topology)
    if failed is None:
        raise Refusal(
            f"`{state}` is nothing that can fail here", "write `link:ID`, `srlg:NAME`, `node:NAME` or `site:NAME`"
        )
    return failed


def _cut(bench: _Bench, state: str, failed: Elements) -> Exit:
    chosen, _ = probes(bench.manifest, lay_out(bench.topology))
    alive = [probe for probe in chosen if _is_measured(probe, failed)]
    bench.console.progress(f"cutting {state} under {len(alive)} flows …")
    costs = measure_failure(bench.lab, alive, failure_of(failed, bench.topology), bench.seconds)
    bench.console.progress("repairing …")
    wait_converged(bench.lab)
    bench.console.clear()
    rows = cost_rows(costs, state, failed)
    bench.console.out(f"{state} cut in silence (links {', '.join(sorted(failed.links))}):")
    bench.console.out(cost_table(rows, bench.console.style))
    return Exit.FINDINGS if any(row.deviations for row in rows) else Exit.DONE


def _is_measured(probe: Probe, failed: Elements) -> bool:
    """One address family tells what a failure costs, and fewer probes tell it more finely; ends that fail tell nothing."""
    is_first = probe.name == probe.demand.id
    return is_first and {probe.demand.source, probe.demand.destination}.isdisjoint(failed.nodes)


def cost_rows(costs: Sequence[Cost], state: str, failed: Elements) -> list[CostRow]:
    """Judge what a failure cost against what the manifest promises for it."""
    return [_row(cost, cost.probe, state, failed) for cost in costs]


def _row(cost: Cost, probe: Probe, state: str, failed: Elements) -> CostRow:
    demand = probe.demand
    is_cut = failed.breaks(demand.primary.paths)
    predicted = paths_in_state(demand, state, failed)
    is_promised = state in {name for entry in demand.states for name in entry.when}
    promised = None
    if is_promised and demand.protection is not None:
        promised = demand.protection.detect_ms + demand.protection.repair_ms
    found = []
    if not is_cut and cost.lost:
        found.append(f"lost {cost.lost} packets though its path is intact")
    if promised is not None and cost.outage_ms > promised + SLACK_MS:
        found.append(f"{cost.outage_ms:.0f} ms without traffic")
    if predicted and cost.path is not None and cost.path not in [path.path for path in predicted]:
        found.append(f"predicted {' '.join(predicted[0].path)}")
    return CostRow(probe.name, is_cut, cost.outage_ms, promised, cost.lost, cost.sent, cost.path, tuple(found))
