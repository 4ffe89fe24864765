"""Every phase × every fault, on each of three devices: afterwards all are old or all are new, and nothing is left behind."""

from __future__ import annotations

import pytest
from support_push_fake_device import Fault
from support_push_worlds import NODES, world

from intentc.push.apply import apply
from intentc.push.report import Outcome


def applied(made):
    return apply(made.plan, made.inventory, made.options, opener=made.opener)


def test_apply_brings_every_device_to_the_new_state(tmp_path):
    made = world(tmp_path)
    report = applied(made)
    assert (report.outcome, report.status, report.findings) == (Outcome.APPLIED, 0, ())
    assert made.is_all_new
    assert made.has_free_locks
    assert not made.has_pending
    assert all(device.startup == device.running for device in made.devices.values())


def test_every_device_finishes_a_stage_before_any_begins_the_next(tmp_path):
    made = world(tmp_path)
    order = []
    for device in made.devices.values():
        device.calls = Recorder(order, device.node)
    applied(made)
    commits = [node for node, verb in order if verb == "commit"]
    assert [sorted(commits[at : at + 3]) for at in range(0, 12, 3)] == [sorted(NODES)] * 4


class Recorder(list):
    """A list of calls that also writes to one common list."""

    def __init__(self, common, node):
        super().__init__()
        self.common, self.node = common, node

    def append(self, verb):
        self.common.append((self.node, verb))
        super().append(verb)


FAULTS_BEFORE = [
    (verb, kind)
    for verb, kinds in {
        "open": ("refuse", "hang", "drop"),
        "lock": ("refuse", "hang", "hang-after", "drop", "drop-after", "die"),
        "read": ("refuse", "hang", "drop", "die", "change", "fact"),
    }.items()
    for kind in kinds
]
FAULTS_AFTER = [
    (verb, kind, on)
    for verb, kinds in {
        "validate": ("refuse", "lie", "hang", "hang-after", "drop", "drop-after", "die"),
        "commit": ("refuse", "lie", "hang", "hang-after", "drop", "drop-after", "die"),
        "read": ("refuse", "hang", "drop", "die", "change", "expire"),
    }.items()
    for kind in kinds
    for on in ((1, 3) if verb != "read" else (2, 4))
]


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize(("verb", "kind"), FAULTS_BEFORE)
def test_fault_before_anything_is_touched_refuses(tmp_path, node, verb, kind):
    made = world(tmp_path)
    made.devices[node].faults.append(Fault(verb, kind))
    report = applied(made)
    assert (report.outcome, report.status) == (Outcome.REFUSED, 6)
    assert report.findings[0].node == node
    made.devices[node].foreign = ()
    assert made.is_all_old
    assert made.has_free_locks
    assert all("commit" not in device.calls for device in made.devices.values())


@pytest.mark.parametrize("node", NODES[::2])
@pytest.mark.parametrize(("verb", "kind", "on"), FAULTS_AFTER)
def test_fault_after_something_was_touched_takes_everything_back(tmp_path, node, verb, kind, on):
    made = world(tmp_path)
    made.devices[node].faults.append(Fault(verb, kind, on))
    report = applied(made)
    assert (report.outcome, report.status) == (Outcome.BACK, 3)
    assert made.is_all_old
    assert made.has_free_locks
    assert not made.has_pending


@pytest.mark.parametrize("verb", ["validate", "commit"])
def test_a_timer_that_ends_between_stages_does_no_harm(tmp_path, verb):
    """The device is back at the start, and the next stage's payload is whole: it catches up."""
    made = world(tmp_path)
    made.devices["fra-pe1"].faults.append(Fault(verb, "expire", 3))
    assert applied(made).outcome is Outcome.APPLIED
    assert made.is_all_new
    assert made.has_free_locks
    assert not made.has_pending


def test_a_timer_that_ends_before_the_read_back_is_called_that(tmp_path):
    """Not "it runs something else": the help is to give the devices more time."""
    made = world(tmp_path)
    made.devices["fra-pe1"].faults.append(Fault("read", "expire", 2))
    report = applied(made)
    assert (report.status, [finding.code for finding in report.findings]) == (3, ["E0824"])
    assert made.is_all_old


FAULTS_FORWARD = [
    (verb, kind)
    for verb in ("confirm", "persist", "unlock")
    for kind in ("refuse", "hang", "hang-after", "drop", "drop-after", "die", "expire")
    if not (verb != "confirm" and kind == "expire")
] + [("confirm", "lie")]


@pytest.mark.parametrize("node", NODES[:2])
@pytest.mark.parametrize(("verb", "kind"), FAULTS_FORWARD)
def test_fault_after_the_decision_still_brings_everything_forward(tmp_path, node, verb, kind):
    made = world(tmp_path)
    made.devices[node].faults.append(Fault(verb, kind))
    report = applied(made)
    assert report.outcome is Outcome.APPLIED, report
    assert made.is_all_new
    assert made.has_free_locks
    assert not made.has_pending
    assert all(device.startup == device.running for device in made.devices.values())
