"""One intent or chain from its source line to the lines on devices."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator

from intentc.cli.compilation import compile_project, open_project, show_findings, verdict
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.explain_assumed import assumed_lines
from intentc.cli.explain_hops import Hops
from intentc.diagnostics import Severity
from intentc.diagnostics.text import render_text
from intentc.failures import Refusal
from intentc.manifest.build import chain_entries, intent_entries
from intentc.manifest.model import AlternativeEntry, DemandEntry, IntentEntry, PreferenceEntry, SwitchEntry
from intentc.render.model import DeviceBundle
from intentc.report.chains import chain_lines
from intentc.report.wording import milliseconds, rate
from intentc.run import Run


def explain_intent(arguments: argparse.Namespace, console: Console) -> Exit:
    """Print what the intent `arguments.subject` came to; raise `Refusal` (status 2) when the project has none of the name."""
    compiled = compile_project(open_project(arguments), arguments, console, asked=arguments.subject)
    if compiled.model is None:
        show_findings(compiled, arguments, console)
        return verdict(compiled)
    findings = compiled.findings.sorted()
    entries = {entry.name: entry for entry in intent_entries(compiled.model, compiled.realised, findings)}
    entry = entries.get(arguments.subject)
    if entry is None:
        near = difflib.get_close_matches(arguments.subject, entries, n=1)
        raise Refusal(
            f"there is no intent or chain `{arguments.subject}` and no such code",
            *[f"did you mean `{name}`?" for name in near],
        )
    console.out("\n".join(_lines(entry, compiled)))
    own = [item for item in findings if item.intent == entry.name and item.severity is not Severity.NOTE]
    if own and arguments.format == "text":
        console.out("")
        console.out(render_text(own, compiled.sources, console.style))
    return verdict(compiled)


def _lines(entry: IntentEntry, compiled: Run) -> Iterator[str]:
    yield f"{entry.name}  ({entry.file}:{entry.line})  {entry.status}, class {entry.traffic_class or '–'}"
    chains = chain_entries(compiled.realised, compiled.findings.sorted())
    yield from chain_lines(chain for chain in chains if chain.name == entry.name)
    hops = Hops(compiled)
    for demand in entry.demands:
        yield ""
        yield from _demand(demand)
        yield from assumed_lines(demand, entry.traffic_class, compiled)
        yield from hops.lines(demand, entry.traffic_class)
    if compiled.bundle is not None:
        for device in compiled.bundle.devices.values():
            yield from _device(device, entry.name)
    else:
        yield ""
        yield "no device configuration, because not every intent holds"


def _demand(demand: DemandEntry) -> Iterator[str]:
    bound = f" of {milliseconds(demand.bound_us)}" if demand.bound_us is not None else ""
    yield f"  {demand.id}: {milliseconds(demand.primary.latency_us.total)}{bound}, {rate(demand.bandwidth_bps)}bps, by {demand.mechanism}"
    yield f"    {demand.reason}"
    for switch in demand.protection.switches if demand.protection is not None else ():
        yield f"    leaves a path that is up after {switch.detect_ms}ms of {_over(switch)}"
    for preference in demand.preferences:
        yield f"    {preference.text}: {_standing(preference)}"
    for item in demand.alternatives if demand.policies else ():
        yield f"    preference {item.preference}: {_segments(demand, item)}"
    for path in demand.primary.paths:
        share = f" ({path.share_ppm / 10_000:.4g} %)" if len(demand.primary.paths) > 1 else ""
        yield "    " + " → ".join(path.path) + share
    for state in demand.states:
        more = f" and {len(state.paths) - 1} more" if len(state.paths) > 1 else ""
        way = " → ".join(state.paths[0].path) + more
        yield f"    {', '.join(state.when)}: {way} ({milliseconds(state.latency_us.total)})"
    for name in demand.unprotected:
        yield f"    {name}: no path"
    yield from _back(demand)


def _back(demand: DemandEntry) -> Iterator[str]:
    """Yield how soon traffic is back after a failure, and which ports repair it locally."""
    kept = demand.protection
    if kept is None:
        return
    how = f"{kept.detect_ms} ms to notice ({kept.detector}), {kept.repair_ms} ms to repair"
    ports = ", ".join(f"{item.node} on {item.link}" for item in demand.repairs)
    yield f"    back after {kept.detect_ms + kept.repair_ms} ms: {how}{f' locally (TI-LFA) at {ports}' if ports else ''}"


def _over(switch: SwitchEntry) -> str:
    if switch.metric == "latency":
        return f"latency above {milliseconds(switch.threshold)}"
    return f"loss above {switch.threshold / 10_000_000:.9g} %"


def _standing(item: PreferenceEntry) -> str:
    """Return what became of a preference, and why it was not met."""
    if item.why is None:
        return "met"
    why = {
        "clauses": "no path does better that does all else that is asked",
        "room": "links on the way lack room",
        "other": "an earlier preference, the devices, or promised failures stand in the way",
    }[item.why]
    return f"not met ({item.off} off): {why}"


def _segments(demand: DemandEntry, item: AlternativeEntry) -> str:
    """Return the segments of a candidate path; of several lists each with its part of the packets."""
    own = (policy for policy in demand.policies if policy.node == demand.source and policy.replica is None)
    found = (path for policy in own for path in policy.candidates if path.preference == item.preference)
    lists = next((path.lists for path in found), ())
    whole = sum(one.weight for one in lists)
    parts = [f"{one.weight} of {whole} by segments {', '.join(map(_segment, one.segments))}" for one in lists]
    return "; ".join(parts) or f"segments {', '.join(map(_segment, item.segments))}"


def _segment(name: str) -> str:
    node, is_by_algorithm, number = name.partition("~")
    return f"{node} (algorithm {number})" if is_by_algorithm and "@" not in number else name


def _device(device: DeviceBundle, intent: str) -> Iterator[str]:
    texts = {file.path: file.text.splitlines() for file in device.files}
    mine = sorted((origin.path, origin.line) for origin in device.provenance if origin.intents == (intent,))
    shared = sum(intent in origin.intents and origin.intents != (intent,) for origin in device.provenance)
    if mine or shared:
        yield ""
        yield f"  {device.node} ({device.target})"
    for path, line in mine:
        yield f"    {path}:{line}: {texts[path][line - 1].strip()}"
    if shared:
        yield f"    {shared} lines that serve other intents as well (provenance.jsonl lists them)"
