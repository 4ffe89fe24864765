"""`intentc withdraw`: take steering away from what runs, whether the sources compile or not."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Mapping

from intentc.cli.carrying import carry_out
from intentc.cli.choosing import agree
from intentc.cli.compilation import compile_project, open_project
from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.cli.network import open_network
from intentc.cli.planning import adopted_in, is_agreed, kit, particulars, read_network, refuse_plan, wishes_of
from intentc.diagnostics import Findings
from intentc.failures import Refusal
from intentc.pipeline import UNSOLVED
from intentc.plan.make import Goal, Particulars, plan_for
from intentc.plan.model import Payload, RunningState
from intentc.plan.text import plan_lines
from intentc.plan.withdraw import steered_intents, withdraw
from intentc.run import Run
from intentc.values import replace

_REASON = "withdrawn: the IGP carries it until the next apply"


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Read the devices, show what would be taken away, and carry it out."""
    compiled = compile_project(open_project(arguments), arguments, console, UNSOLVED)
    if compiled.topology is None or compiled.model is None:
        raise Refusal("the topology could not be loaded: nothing says how devices are reached", "see `intentc check`")
    network = open_network(compiled, arguments, console)
    running, _ = read_network(network, compiled, console)
    names = _names(arguments, running)
    used = kit(compiled, wishes_of(running, frozenset()))
    goals = {}
    for node, state in running.items():
        if state.given is not None:
            target = compiled.targets[state.platform]
            road = target.road(state.transport)
            config = withdraw(state.given.config, names, is_unpinned=arguments.unpin)
            files = state.given.files if config == state.given.config else used.render(config)
            goals[node] = Goal(target.name, road.transport, Payload(config, files), road.commit)
    findings = Findings()
    details = replace(_particulars(compiled, names), adopted=adopted_in(network))
    plan = plan_for(goals, running, used, details, findings)
    if findings.has_errors:
        refuse_plan(findings, compiled, console)
    console.out("\n".join(plan_lines(plan, console.style)))
    agree(plan, arguments, compiled, console)
    if not plan.is_empty and not is_agreed(arguments, console, "Withdraw?"):
        raise Refusal("not withdrawn; nothing was touched", status=6)
    return carry_out(plan, network, compiled, console)


def _names(arguments: argparse.Namespace, running: Mapping[str, RunningState]) -> tuple[str, ...]:
    """Return the intents to withdraw; one that has nothing on any device is a `Refusal` (status 2)."""
    if arguments.all == bool(arguments.intents):
        raise Refusal("name the intents to withdraw, or say `--all`")
    known = steered_intents(state.given.config for state in running.values() if state.given is not None)
    for name in arguments.intents:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise Refusal(
                f"no device steers or fences anything for `{name}`", *(f"did you mean `{found}`?" for found in near)
            )
    return known if arguments.all else tuple(arguments.intents)


def _particulars(compiled: Run, names: tuple[str, ...]) -> Particulars:
    own = particulars(compiled)
    return replace(own, doing="withdraw", about=names, reasons={**own.reasons, **dict.fromkeys(names, _REASON)})
