"""Compilations over devices of which some lack things, and whose code finds obstacles for some intents."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping

from support_targets import Stages

from intentc.diagnostics import Diagnostic
from intentc.run import Run
from intentc.targetkit.model import Capabilities, Support
from intentc.values import replace

FEATURES = ("queueing", "marking", "metering", "fence", "ecn")
NO = Support(is_supported=False, reason="it cannot", instead="use another one")


def without(capabilities: Capabilities, lacking: Mapping[str, Collection[str]]) -> Capabilities:
    """Return what devices can do where some of them (by node) cannot do some things."""
    changed = {
        node: replace(capabilities[node], features=capabilities[node].features | dict.fromkeys(names, NO))
        for node, names in lacking.items()
    }
    return {**capabilities, **changed}


def lacking_by_chance(seed: int) -> Callable[[Capabilities], Capabilities]:
    """Return what takes one or two features from one or two devices."""

    def change(capabilities: Capabilities) -> Capabilities:
        chance = random.Random(seed)  # noqa: S311  (a program, no secret)
        nodes = chance.sample(sorted(capabilities), chance.choice((1, 1, 2)))
        return without(capabilities, {node: chance.sample(FEATURES, chance.choice((1, 2))) for node in nodes})

    return change


def stages_lacking(stages: Stages, change: Callable[[Capabilities], Capabilities]) -> Stages:
    """Return stages of which the third, which finds what devices can do, finds less."""

    def equip_less(run: Run) -> None:
        equip(run)
        if run.topology is not None:
            run.capabilities = change(run.capabilities)

    load, parse, equip, *others = stages
    return (load, parse, equip_less, *others)


def obstacles(intents: Callable[[str], bool]) -> Callable[..., None]:
    """Return what stands for `check_obstacles` where the code of a target refuses some intents."""

    def check(fleet, _, findings) -> None:
        named = {
            (name, line)
            for config in fleet.devices.values()
            for item in config.marking
            for name in item.origin.intents
            for line in item.origin.spans[:1]
            if intents(name)
        }
        for name, span in sorted(named):
            findings.add(Diagnostic("E0610", "marking is not possible", span, help=("none",), intent=name, node="n1"))

    return check
