"""Random programs are placed as they are where no demand is placed at one go, and no failure states are settled at once, by a kernel, or in one loop."""

import random
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from support_native import needs_kernels
from support_targets import stages_with_all_targets
from support_verify import build
from test_sr_agreement import with_policies
from test_verify_agreement import network as random_network
from test_verify_agreement import program

from intentc.diagnostics import Findings
from intentc.place import attempt, trial
from intentc.project import load_project, read_sources
from intentc.run import Request, Run


@pytest.mark.parametrize("seed", range(6))
def test_programs_are_placed_alike_state_by_state(seed, monkeypatch):
    source = random.Random(seed)  # noqa: S311  (seeded networks, no secret)
    net = with_policies(source, random_network(source))
    text = program(source)
    swift = build(text, net, stages_with_all_targets()).run
    monkeypatch.setattr(attempt, "place_directly", lambda *_: None)
    monkeypatch.setattr("intentc.place.trial.may_go_by_igp", lambda *_: False)
    slow = build(text, net, stages_with_all_targets()).run
    assert swift.realised.demands == slow.realised.demands
    assert swift.realised.loads == slow.realised.loads
    assert [(item.code, item.message) for item in swift.findings.items] == [
        (item.code, item.message) for item in slow.findings.items
    ]


def placed(root):
    """What comes of the project in a folder, up to its placement."""
    findings = Findings()
    project = load_project(root / "intentc.toml")
    intents, topology = read_sources(project, findings)
    run = Run(Request(project, intents, topology, date(2026, 1, 1), lambda _: None), findings)
    for stage in stages_with_all_targets():
        stage(run)
        if stage.__name__ == "place":
            break
    return run.realised.demands, run.realised.loads, [(item.code, item.message) for item in findings.items]


@needs_kernels
@pytest.mark.parametrize("mean_mbps", [300, 9_000, 20_000])
def test_what_is_settled_at_once_is_what_each_state_comes_to(mean_mbps, tmp_path, monkeypatch):
    """On a network with room, where most demands are placed at one go, or a kernel settles all their states, and on one that is nearly full."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "bench")
    workload = import_module("workload")
    monkeypatch.setitem(workload.SIZES, "few", workload.Size(20, 100))
    mix = workload.Mix(mean_mbps=mean_mbps, burst_kb=90)
    workload.write_project(tmp_path, "few", "sr-bench", mix=mix)
    direct, taken = attempt.place_directly, []
    monkeypatch.setattr(attempt, "place_directly", lambda *of: taken.append(direct(*of)) or taken[-1])
    swiftest = placed(tmp_path)
    assert sum(item is not None and item.settled.count > 0 for item in taken) > 50
    assert any(item is None for item in taken)
    monkeypatch.setattr(attempt, "place_directly", lambda *_: None)
    settle, found = trial.settle_at_once, []
    monkeypatch.setattr(trial, "settle_at_once", lambda *of: found.append(settle(*of)) or found[-1])
    swift = placed(tmp_path)
    assert swiftest == swift
    assert sum(item is not None and item.is_all and item.count > 0 for item in found) > 50
    assert any(not item.is_all for item in found) == (mean_mbps == 20_000)
    monkeypatch.setattr(trial, "settle_at_once", lambda *_: None)
    assert swift == placed(tmp_path)
