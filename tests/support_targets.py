"""The product's targets with those of the tests beside them, and compilations over both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from intentc import resources
from intentc.diagnostics import Findings
from intentc.pipeline import STAGES, equip
from intentc.render.capabilities import capabilities
from intentc.render.sharing import with_schedulers
from intentc.render.targets import load_targets
from intentc.run import Run
from intentc.targetkit.model import Target
from intentc.values import replace

Stages = tuple[Callable[[Run], None], ...]


@cache
def all_targets() -> Mapping[str, Target]:
    """The product's targets and those of tests/targets, whose code is trusted as the product's own is.

    `sr-share` is `sr-bench` with ports of which nobody knows that guarantees come first, or that caps let bursts pass.
    """
    findings, found = Findings(), {}
    for folder in (*resources.targets_paths(), Path(__file__).parent / "targets"):
        found |= load_targets([folder], findings)
    assert not findings.items
    return found | {
        "sr-share": replace(found["sr-bench"], name="sr-share", is_by_guarantee=False, is_cap_with_bursts=False)
    }


def stages_with_all_targets() -> Stages:
    """The stages of a compilation whose devices may be of any of these targets."""

    def equip_here(run: Run) -> None:
        if run.topology is not None:
            run.targets = all_targets()
            run.topology = with_schedulers(run.topology, run.targets)
            run.capabilities = capabilities(run.topology, run.targets, run.findings)

    return tuple(equip_here if stage is equip else stage for stage in STAGES)
