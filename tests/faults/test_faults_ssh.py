"""The transaction over real SSH: real sshd processes, dropped connections, hangs and kills; the agent on them is a fake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support_push_network import HASTY, LIMITS, texts_of
from support_push_worlds import KIT, PARTICULARS

from intentc.diagnostics import Findings
from intentc.plan.file import write_plan
from intentc.push.apply import apply
from intentc.push.drift import drift
from intentc.push.history import history
from intentc.push.report import Outcome
from intentc.push.rollback import choose, plan_rollback

HERE = Path(__file__).parent


def test_apply_then_nothing_to_do_then_no_drift(network):
    report = network.apply(network.plan(1))
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert network.read_texts() == texts_of(network, 1)
    assert network.plan(1).is_empty
    assert drift(network.devices, LIMITS, opener=network.opener).status == 0
    assert [(entry.outcome, entry.who, entry.commit) for entry in history(network.options.state)] == [
        ("applied", "bob", "c0ffee")
    ]
    assert network.has_nothing_left


def test_the_agent_is_copied_once(network, servers):
    network.running()
    copies = [server.log.count("Accepted publickey") for server in servers.values()]
    network.running()
    assert [server.log.count("Accepted publickey") for server in servers.values()] == [count + 1 for count in copies]


FAULTS = [
    ("lock", "drop-after", 1, Outcome.REFUSED),
    ("lock", "error-as-success", 1, Outcome.REFUSED),
    ("lock", "cut-off", 1, Outcome.REFUSED),
    ("facts", "hang", 1, Outcome.REFUSED),
    ("stage", "refuse", 1, Outcome.BACK),
    ("stage", "drop", 2, Outcome.BACK),
    ("arm", "drop-after", 1, Outcome.BACK),
    ("apply", "refuse", 2, Outcome.BACK),
    ("apply", "error-as-success", 1, Outcome.BACK),
    ("apply", "hang-after", 1, Outcome.BACK),
    ("apply", "drop-after", 3, Outcome.BACK),
    ("apply", "cut-off", 1, Outcome.BACK),
    ("confirm", "drop-after", 1, Outcome.APPLIED),
    ("confirm", "hang-after", 1, Outcome.APPLIED),
    ("confirm", "error-as-success", 1, Outcome.APPLIED),
    ("persist", "drop", 1, Outcome.APPLIED),
    ("unlock", "drop-after", 1, Outcome.APPLIED),
]


@pytest.mark.parametrize(("verb", "kind", "on", "expected"), FAULTS)
def test_a_fault_of_one_device(network, verb, kind, on, expected):
    network.seed(1)
    plan = network.plan(2)
    victim = network.agents["fra-pe1"]
    victim.calls.clear()
    victim.faults = [(verb, kind, on)]
    limits = HASTY if kind.startswith("hang") else LIMITS
    report = network.apply(plan, replace(network.options, limits=limits))
    assert report.outcome is expected, report.findings
    assert network.has_nothing_left
    assert network.texts() == texts_of(network, 2 if expected is Outcome.APPLIED else 1)
    assert all(agent.state["persisted"] == agent.state["running"] for agent in network.agents.values())


def test_a_device_that_dies_for_good_goes_back_by_its_own_timer_and_is_named(network):
    network.seed(1)
    plan = network.plan(2, confirm_s=2)
    hasty = replace(network.options, limits=replace(HASTY, patience_s=0.3))
    network.agents["fra-pe1"].calls.clear()
    network.agents["fra-pe1"].faults = [("apply", "drop-after", 1), *(("restore", "drop", n) for n in range(1, 200))]
    report = network.apply(plan, hasty)
    assert (report.outcome, report.status, report.unknown) == (Outcome.UNCERTAIN, 4, ("fra-pe1",))
    assert "intentc recover" in report.sentence
    network.agents["fra-pe1"].faults = []
    assert [found.outcome for found in network.recover()] == [Outcome.BACK]
    assert network.texts() == texts_of(network, 1)
    assert network.has_nothing_left


@pytest.mark.parametrize(
    ("verb", "kind", "expected"),
    [
        ("lock", "kill-after", Outcome.BACK),
        ("stage", "kill", Outcome.BACK),
        ("apply", "kill-after", Outcome.BACK),
        ("confirm", "kill", Outcome.APPLIED),
        ("persist", "kill-after", Outcome.APPLIED),
    ],
)
def test_recover_after_kill_9(network, elsewhere, tmp_path, verb, kind, expected):
    network.seed(1)
    process = elsewhere.prepare(network, tmp_path)
    for agent in network.agents.values():
        agent.calls.clear()
        agent.client = process
    network.agents["fra-pe1"].faults = [(verb, kind, 1)]
    assert elsewhere.go() == -signal.SIGKILL
    assert [report.outcome for report in network.recover()] == [expected]
    assert network.texts() == texts_of(network, 2 if expected is Outcome.APPLIED else 1)
    assert network.has_nothing_left


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_takes_everything_back(network, elsewhere, tmp_path, number):
    network.seed(1)
    process = elsewhere.prepare(network, tmp_path)
    for agent in network.agents.values():
        agent.calls.clear()
    network.agents["fra-pe1"].on_call = lambda verb: os.kill(process, number) if verb == "apply" else None
    assert elsewhere.go() == 130
    assert network.texts() == texts_of(network, 1)
    assert network.has_nothing_left


class Elsewhere:
    """A process in which applies are carried out, each in a process of its own, so that they can be killed."""

    def __init__(self):
        self._process = subprocess.Popen(
            [sys.executable, HERE.parent / "support_push_process.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path])},
        )

    def prepare(self, network, root):
        """Return the process that will apply plan 2."""
        write_plan(root / "plan.json", network.plan(2))
        places = {name: (server.address, server.port) for name, server in network.servers.items()}
        return int(self._ask(json.dumps({"root": str(root), "key": str(network.user_key), "places": places})))

    def go(self):
        """Let it, and return how it ended."""
        return int(self._ask("go"))

    def end(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()

    def _ask(self, line):
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def elsewhere():
    process = Elsewhere()
    yield process
    process.end()


def test_rollback_restores_what_ran_before_byte_for_byte(network):
    assert network.apply(network.plan(1)).outcome is Outcome.APPLIED
    before = network.running()
    report = network.apply(network.plan(2))
    findings = Findings()
    entry = choose(network.options.state, None)
    assert entry.id == report.id
    plan = plan_rollback(network.options.state, entry, network.running(), KIT, PARTICULARS, findings)
    assert network.apply(plan).outcome is Outcome.APPLIED
    after = network.running()
    assert [(state.text, state.digest) for state in after.values()] == [
        (state.text, state.digest) for state in before.values()
    ]
    assert [(item.doing, bool(item.undone_by)) for item in history(network.options.state)] == [
        ("apply", False),
        ("apply", True),
        ("rollback", False),
    ]


def test_a_second_operator_on_the_same_state_is_told_who_is_at_work(network, tmp_path):
    network.seed(1)
    plan = network.plan(2)
    other = []

    def at_apply(verb):
        if verb == "apply" and not other:
            other.append(apply(plan, network.devices, network.options, opener=network.opener))

    network.agents["fra-pe1"].on_call = at_apply
    assert network.apply(plan).outcome is Outcome.APPLIED
    assert [(found.status, found.findings[0].code) for found in other] == [(6, "E0818")]
    assert "bob on noc1" in other[0].findings[0].message


def test_a_second_operator_with_another_state_finds_the_lock(network, tmp_path):
    network.seed(1)
    plan = network.plan(2)
    other = []
    elsewhere = replace(network.options, state=tmp_path / "elsewhere")

    def at_apply(verb):
        if verb == "apply" and not other:
            other.append(None)
            other.append(apply(plan, network.devices, elsewhere, opener=network.opener))

    network.agents["par-pe1"].on_call = at_apply
    assert network.apply(plan).outcome is Outcome.APPLIED
    assert [(found.status, found.findings[0].code) for found in other[1:]] == [(6, "E0808")]
    assert "bob on noc1" in other[1].findings[0].message


def test_a_plan_is_stale_when_something_owned_has_changed(network):
    network.seed(1)
    plan = network.plan(2)
    network.agents["fra-pe1"].state["running"] = {"itc.nft": "somebody else\n"}
    report = network.apply(plan)
    assert (report.status, [(item.code, item.node) for item in report.findings]) == (6, [("E0809", "fra-pe1")])
    assert network.has_nothing_left


def test_drift_is_shown_in_lines(network):
    network.seed(1)
    network.agents["fra-pe1"].state["running"] = {"itc.nft": "somebody else\n"}
    report = drift(network.devices, LIMITS, opener=network.opener)
    assert report.status == 1
    (drifted,) = [device for device in report.devices if device.lines]
    assert drifted.node == "fra-pe1"
    assert "+itc.nft: somebody else" in drifted.lines
    assert any(line.startswith("-itc.nft: FenceRule") for line in drifted.lines)
    assert [finding.code for finding in report.findings] == ["E0820"]


def test_an_apply_is_quick(network):
    start = time.monotonic()
    assert network.apply(network.plan(1)).outcome is Outcome.APPLIED
    assert time.monotonic() - start < 15
