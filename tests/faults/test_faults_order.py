"""Devices that must change one after the other do, and go back the other way round, by us or by their own timers."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support_push_fake_device import Fault
from support_push_worlds import KIT, NODES, PARTICULARS, payload, world
from test_faults_transaction import Recorder, applied

from intentc.diagnostics import Diagnostic, Findings
from intentc.ir.stages import stage_configs
from intentc.plan.file import decode_plan, encode_plan
from intentc.plan.make import BACK_STEP_S, Goal, plan_for
from intentc.plan.model import MAIN, Order, StageName, Wave
from intentc.push.report import Outcome

CARRIER, *SENDERS = "fra-pe1", "ber-pe1", "par-pe1"


def order(old, new):
    """fra-pe1 carries what the others send: it switches before them, and goes back after them."""
    stages = {
        node: tuple((StageName(name), item) for name, item in stage_configs(old.get(node), new[node])) for node in new
    }
    groups = dict.fromkeys(StageName, (tuple(sorted(new)),))
    phases = {MAIN: {**groups, StageName.SWITCH: ((CARRIER,), tuple(SENDERS))}}
    return Order(stages, phases, (tuple(SENDERS), (CARRIER,)), 7)


def ordered(tmp_path, **more):
    made = world(tmp_path, **more)
    running = {node: device.state() for node, device in made.devices.items()}
    goals = {node: Goal("frr", "ssh", payload(node, "card-fraud", 2)) for node in NODES}
    findings = Findings()
    made.plan = plan_for(goals, running, replace(KIT, order=order), PARTICULARS, findings)
    assert not findings.items
    return made


def recorded(made):
    calls = []
    for device in made.devices.values():
        device.calls = Recorder(calls, device.node)
    return calls


def test_a_carrier_switches_before_its_senders(tmp_path):
    made = ordered(tmp_path)
    calls = recorded(made)
    assert [wave.words for wave in made.plan.waves] == ["guard", "add", "switch", "switch 2", "remove"]
    assert applied(made).outcome is Outcome.APPLIED
    commits = [node for node, verb in calls if verb == "commit"]
    assert (commits[6], sorted(commits[7:9])) == (CARRIER, SENDERS)
    assert made.is_all_new


def test_the_carrier_has_the_longer_timer(tmp_path):
    made = ordered(tmp_path)
    ends = {}

    def look():
        ends.update({node: device.timer_ends for node, device in made.devices.items()})

    made.devices[SENDERS[1]].on_neighbours = look
    applied(made)
    assert ends[CARRIER] - max(ends[node] for node in SENDERS) > BACK_STEP_S - 1
    assert made.plan.longest_s == PARTICULARS.confirm_s + BACK_STEP_S


@pytest.mark.parametrize("failing", SENDERS)
def test_senders_are_back_before_the_carrier_goes_back(tmp_path, failing):
    made = ordered(tmp_path)
    calls = recorded(made)
    made.devices[failing].faults.append(Fault("commit", "refuse", on=3))
    assert applied(made).outcome is Outcome.BACK
    restored = [node for node, verb in calls if verb == "restore"]
    assert (sorted(restored[:-1]), restored[-1]) == (SENDERS, CARRIER)
    assert made.is_all_old
    assert made.has_free_locks


def test_the_carrier_waits_for_a_sender_that_cannot_be_reached(tmp_path):
    made = ordered(tmp_path)
    made.devices[SENDERS[0]].faults.append(Fault("commit", "die", on=3, seconds=0.5))
    since = time.monotonic()
    assert applied(made).outcome is Outcome.BACK
    assert time.monotonic() - since > 0.4
    assert made.is_all_old
    assert made.has_free_locks
    assert not made.has_pending


def test_a_plan_file_keeps_waves_and_timers(tmp_path):
    plan = ordered(tmp_path).plan
    again = decode_plan(encode_plan(plan))
    assert again == plan
    assert again.device(CARRIER).more_s == BACK_STEP_S
    assert again.device(SENDERS[0]).step(Wave(StageName.SWITCH, 1)) is not None


def test_without_an_order_there_is_no_plan(tmp_path):
    made = world(tmp_path)
    running = {node: device.state() for node, device in made.devices.items()}
    goals = {node: Goal("frr", "ssh", payload(node, "card-fraud", 2)) for node in NODES}
    findings = Findings()
    refusal = Diagnostic("E0840", "no order", help=("do it in two steps",))
    plan_for(goals, running, replace(KIT, order=lambda _old, _new: refusal), PARTICULARS, findings)
    assert findings.items == [refusal]
