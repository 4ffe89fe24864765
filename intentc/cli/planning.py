"""What `plan`, `apply` and `rollback` share: compile, read what runs, make the plan."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import NoReturn

from intentc import __version__
from intentc.cli.choosing import canaries_of, selection_of
from intentc.cli.compilation import compile_project, open_project, show_findings
from intentc.cli.console import Console
from intentc.cli.network import Network, open_network, show, show_event, transaction_options
from intentc.cli.states import await_others
from intentc.diagnostics import Diagnostic, Findings
from intentc.failures import Refusal
from intentc.ir.lower import fleet_of
from intentc.ir.model import DeviceConfig, Fleet
from intentc.ir.stages import stage_configs
from intentc.manifest.digest import input_digest
from intentc.order.wishes import NO_WISHES, Wishes
from intentc.plan.make import Kit, Particulars, make_plan
from intentc.plan.model import Adopted, Order, Payload, Plan, RunningState
from intentc.push.adoption import in_force
from intentc.push.collect import collect_running
from intentc.push.findings import SILENT
from intentc.push.lately import last_configs, last_intents
from intentc.push.refusal import RefusalError
from intentc.render.model import RenderedFile
from intentc.render.render import render
from intentc.run import Run
from intentc.values import frozen, replace

_NO_PLAN = frozenset({"E0840", "E0844"})  # what is wrong with the change itself, whatever runs


@frozen
class Planned:
    """A compiled project, its devices with what runs on them, and the plan between them."""

    compiled: Run
    network: Network
    running: Mapping[str, RunningState]
    plan: Plan


def compile_accepted(arguments: argparse.Namespace, console: Console) -> Run | None:
    """Return the compiled project, or None (findings are printed) when not every intent holds."""
    compiled = compile_project(open_project(arguments), arguments, console)
    if compiled.bundle is None:
        show_findings(compiled, arguments, console)
        console.err("no plan: not every intent holds")
        return None
    return compiled


def plan_project(compiled: Run, arguments: argparse.Namespace, console: Console) -> Planned:
    """Read every device and return the plan; raise `Refusal` (status 6) when one cannot be read or is not as compiled for."""
    assert compiled.bundle is not None  # noqa: S101  (accepted)
    network = open_network(compiled, arguments, console)
    if network.wait_s:
        await_others(transaction_options(network, compiled), console)
    selection, canaries = selection_of(arguments, compiled), canaries_of(arguments, compiled)
    wanted = {node: Payload(device.config, device.files) for node, device in compiled.bundle.devices.items()}
    running, absent = read_network(
        network, compiled, console, can_miss=getattr(arguments, "partial", False), wanted=wanted
    )
    findings = Findings()
    details = replace(
        particulars(compiled),
        selection=selection,
        absent={node: last_intents(network.state, node) for node in absent},
        adopted=adopted_in(network),
    )
    borrowed = kit(compiled, wishes_of(running, canaries), last_configs(network.state, absent))
    plan = make_plan(compiled.bundle, running, borrowed, details, findings)
    if findings.has_errors:
        refuse_plan(findings, compiled, console)
    return Planned(compiled, network, running, plan)


def refuse_plan(findings: Findings, compiled: Run, console: Console) -> NoReturn:
    """Show why there is no plan and raise `Refusal`: status 6 where devices are not as assumed, 1 where no plan would do."""
    show(findings.sorted(), compiled, console)
    if all(found.code in _NO_PLAN for found in findings.items if found.is_error):
        raise Refusal("no plan keeps every intent; nothing was touched", status=1)
    raise Refusal("the devices are not as the compilation assumed; nothing was touched", status=6)


def read_network(
    network: Network,
    compiled: Run,
    console: Console,
    *,
    can_miss: bool = False,
    wanted: Mapping[str, Payload] | None = None,
) -> tuple[Mapping[str, RunningState], tuple[str, ...]]:
    """Return what runs on every device, and which did not answer; raise `Refusal` (status 6) for those unless they `can_miss`."""
    collected = collect_running(network.devices, progress=lambda event: show_event(console, event), wanted=wanted)
    console.clear()
    show(collected.findings, compiled, console)
    has_refused = any(found.code not in SILENT for found in collected.findings)
    if collected.findings and (has_refused or not can_miss):
        raise Refusal("not every device could be read; nothing was touched", status=6)
    return collected.running, tuple(sorted(found.node for found in collected.findings if found.node is not None))


def wishes_of(running: Mapping[str, RunningState], canaries: frozenset[str]) -> Wishes:
    """Return what is asked of the order: canaries first, devices without a timer last."""
    last = {node for node, state in running.items() if state.promises is not None and not state.promises.is_guarded}
    return Wishes(canaries, frozenset(last))


def kit(compiled: Run, wishes: Wishes | None = None, absent: Mapping[str, DeviceConfig] | None = None) -> Kit:
    """Return the passes that planning borrows, bound to this compilation's fleet and targets.

    `absent` has what runs, as far as anybody knows, on devices that cannot be read.
    """
    assert compiled.model is not None  # noqa: S101  (the callers looked)
    fleet = compiled.fleet or fleet_of({}, compiled.model)

    def files(config: DeviceConfig) -> tuple[RenderedFile, ...]:
        alone: Fleet = replace(fleet, devices={config.node: config})
        return render(alone, compiled.targets).devices[config.node].files

    topology = compiled.topology
    assert topology is not None  # noqa: S101  (accepted)

    def order(old: Mapping[str, DeviceConfig], new: Mapping[str, DeviceConfig]) -> Order | Diagnostic:
        from intentc.order.order import find_order  # noqa: PLC0415  (networkx: only those who plan pay)

        return find_order({**(absent or {}), **old}, new, topology, wishes=wishes or NO_WISHES)

    return Kit(stage_configs, files, order, {name: target.disruptive for name, target in compiled.targets.items()})


def particulars(compiled: Run) -> Particulars:
    """Return what the plan records beside the devices."""
    realised = compiled.realised
    project = compiled.request.project
    reasons: dict[str, str] = {}
    for item in realised.demands.values() if realised is not None else ():
        reasons.setdefault(item.demand.intent, item.reason)
    inputs = {path: input_digest(text.encode()) for path, text in sorted(compiled.sources.items())}
    return Particulars(project.name, f"intentc {__version__}", inputs, reasons, project.apply.confirm_timeout_s)


def adopted_in(network: Network) -> Mapping[str, tuple[Adopted, ...]]:
    """Return the drift that is left for now, by device; raise `Refusal` (status 6) where the state store cannot be read."""
    try:
        return in_force(network.state)
    except RefusalError as refusal:
        raise Refusal(refusal.findings[0].message, *refusal.findings[0].help, status=6) from refusal


def is_agreed(arguments: argparse.Namespace, console: Console, question: str) -> bool:
    """Return whether the person agrees; without a terminal only `--yes` does."""
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise Refusal(
            "nobody is there to ask",
            "say `--yes`, or write the plan with `intentc plan --out FILE` and apply that",
            status=6,
        )
    console.err(f"{question} Type `yes`: ")
    return sys.stdin.readline().strip() == "yes"
