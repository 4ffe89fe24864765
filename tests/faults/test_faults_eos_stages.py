"""EOS devices whose change has several stages: one timer at a time, so a stage confirms the one before; and kills anywhere."""

from __future__ import annotations

import signal
import time
from dataclasses import replace

import pytest
from support_push_eos_network import Elsewhere, EosNetwork, wide
from support_push_fake_eos import Fault

from intentc.push.memory import Memory
from intentc.push.report import Outcome

BACK, APPLIED = Outcome.BACK, Outcome.APPLIED


@pytest.fixture
def eos(eos_servers, eos_user_key, tmp_path):
    """Three EOS devices that run payload 1; the next one differs in every stage."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path, wide)
    network.seed(1)
    return network


@pytest.fixture(scope="module")
def plan(eos_servers, eos_user_key, tmp_path_factory):
    network = EosNetwork(eos_servers, eos_user_key, tmp_path_factory.mktemp("plan"), wide)
    network.seed(1)
    return network.plan(2)


@pytest.fixture(scope="module")
def elsewhere():
    process = Elsewhere()
    yield process
    process.end()


def is_all(eos, number):
    return eos.texts() == eos.texts_of(number) and eos.has_nothing_left and eos.is_saved


def test_every_stage_is_confirmed_by_the_next_and_the_plan_says_what_the_timer_is_worth(eos, plan):
    assert [len(device.steps) for device in plan.devices] == [3, 3, 3]
    assert any("takes back the last of several stages only" in sentence for sentence in plan.guarantees)
    report = eos.apply(plan)
    assert (report.outcome, report.findings) == (APPLIED, ())
    assert is_all(eos, 2)
    commits = [command for command in eos.victim.commands if "commit" in command]
    assert [command.startswith("commit timer") for command in commits] == [True, False] * 3


STAGES = [
    (r"commit timer \S+", "refuse", 3),
    (r"commit timer \S+", "error-after", 2),
    (r"commit timer \S+", "hang", 3),
    (r"commit timer \S+", "drop-after", 2),
    (r"commit timer \S+", "restart-after", 3),
    (r"configure session \S+ commit", "refuse", 1),
    (r"configure session \S+ commit", "lie", 1),
    (r"configure session \S+ commit", "drop", 2),
    (r"configure session \S+ commit", "drop-after", 1),
    (r"configure session \S+ commit", "restart", 2),
    ("show running-config", "expire", 7),
]


@pytest.mark.parametrize(("command", "kind", "on"), STAGES)
def test_a_fault_between_stages_takes_all_of_them_back(eos, plan, command, kind, on):
    eos.victim.faults = [Fault(command, kind, on)]
    report = eos.apply(plan, is_hasty=kind == "hang")
    assert eos.victim.faults[0].seen >= on
    assert (report.outcome, report.status) == (BACK, 3), report.findings
    assert is_all(eos, 1)


def test_a_timer_that_ends_while_the_next_stage_is_typed_loses_nothing(eos, plan):
    """The session was opened before: it holds the stage before as well."""
    eos.victim.faults = [Fault("show session-config diffs", "expire", 3)]
    assert eos.apply(plan).outcome is APPLIED
    assert is_all(eos, 2)


KILLED = [
    (r"configure session \S+-0-\S+", "kill-after", 1, BACK),
    (r"ip access-list \S+", "kill", 2, BACK),
    ("show session-config diffs", "kill-after", 1, BACK),
    (r"commit timer \S+", "kill", 1, BACK),
    (r"commit timer \S+", "kill-after", 1, BACK),
    (r"configure session \S+ commit", "kill-after", 2, BACK),
    (r"commit timer \S+", "kill-after", 3, BACK),
    (r"show isis neighbors \| json", "kill", 2, BACK),
    (r"configure session \S+ commit", "kill", 3, APPLIED),
    (r"configure session \S+ commit", "kill-after", 3, APPLIED),
    ("write memory", "kill", 1, APPLIED),
    ("write memory", "kill-after", 1, APPLIED),
    (r"configure session \S+ abort", "kill", 1, APPLIED),
    (r"configure session \S+ abort", "kill-after", 1, APPLIED),
]


@pytest.mark.parametrize("case", KILLED, ids=lambda case: f"{case[1]} {case[2]} {case[0][:20]}")
def test_recover_after_kill_9(eos, plan, elsewhere, case):
    *fault, expected = case
    eos.victim.faults = [Fault(*fault)]
    assert elsewhere.apply(eos, plan) == -signal.SIGKILL
    assert [report.outcome for report in eos.recover()] == [expected]
    assert is_all(eos, 1 if expected is BACK else 2)


@pytest.mark.parametrize(
    "case",
    [(r"commit timer \S+", "kill-after", 3, BACK), (r"configure session \S+ commit", "kill", 3, APPLIED)],
    ids=["committed", "decided"],
)
@pytest.mark.parametrize("what", ["timers ended", "devices restarted"])
def test_recover_when_the_devices_have_moved_meanwhile(eos, plan, elsewhere, what, case):
    *fault, expected = case
    eos.victim.faults = [Fault(*fault)]
    assert elsewhere.apply(eos, replace(plan, confirm_s=2)) == -signal.SIGKILL
    if what == "timers ended":
        time.sleep(2.1)
    else:
        for fake in eos.fakes.values():
            fake.restart()
    assert [report.outcome for report in eos.recover()] == [expected]
    assert is_all(eos, 1 if expected is BACK else 2)


def test_a_signal_takes_everything_back(eos, plan, elsewhere):
    eos.victim.faults = [Fault(r"commit timer \S+", "interrupt", 2)]
    assert elsewhere.apply(eos, plan) == 130
    assert is_all(eos, 1)


def test_what_is_remembered_is_readable_by_its_owner_only(eos, plan):
    assert eos.apply(plan).outcome is APPLIED
    modes = {oct(path.stat().st_mode & 0o077) for path in eos.memory_folder.rglob("*")}
    assert modes == {"0o0"}
    remembered = Memory(eos.memory_folder).read("fra-sw1")
    assert remembered.given.texts == plan.device("fra-sw1").after.texts
    assert (remembered.lease, remembered.pending, remembered.replaced) == (None, None, None)
