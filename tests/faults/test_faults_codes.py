"""Every code of devices and apply is provoked, explained, and says on which device and what to do next."""

from __future__ import annotations

import dataclasses
import time

import pytest
from support_order import crossing
from support_plan import config, items, kit, running
from support_push_fake_device import Fault
from support_push_worlds import KIT, NODES, PARTICULARS, world

from intentc.diagnostics import Findings
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.diagnostics.catalogue import apply as entries
from intentc.ir.stages import stage_configs
from intentc.order.order import find_order
from intentc.order.wishes import Wishes
from intentc.plan.consent import Consent, objections
from intentc.plan.file import encode_plan, mismatch, read_plan
from intentc.plan.make import Goal, plan_for
from intentc.plan.model import Adopted, Payload
from intentc.plan.promises import Guarantees
from intentc.push.apply import apply
from intentc.push.drift import drift
from intentc.push.journal import Journal
from intentc.push.recover import recover
from intentc.push.refusal import RefusalError
from intentc.push.rollback import choose, plan_rollback
from intentc.push.store import Holder, Store
from intentc.push.trouble import SessionError, Trouble

NODE = NODES[1]


def failing(trouble, verb="open", on=1):
    """Return what an apply finds when one device has this trouble at its `on`th `verb`."""

    def provoke(tmp_path):
        made = world(tmp_path)
        error = SessionError(trouble, "it said so", *(("do this",) if trouble in SAY_MORE else ()))
        made.devices[NODE].faults.append(Fault(verb, "raise", on, raises=lambda _: error))
        return run(made).findings

    return provoke


# Troubles whose advice depends on the case: who raises them brings it along (see test_faults_login).
SAY_MORE = {
    Trouble.HOST_KEY_UNKNOWN,
    Trouble.HOST_KEY_CHANGED,
    Trouble.CREDENTIALS,
    Trouble.AUTHENTICATION,
    Trouble.ALGORITHMS,
}


def run(made):
    return apply(made.plan, made.inventory, made.options, opener=made.opener)


def planned(goal_changes, state_changes):
    wanted = config(items(1, "a"))
    state = running(None, **state_changes)
    goal = Goal("frr", goal_changes.get("transport", "ssh"), Payload(wanted, ()))
    findings = Findings()
    plan_for({state.node: goal}, {state.node: state}, kit(stage_configs), PARTICULARS, findings)
    return findings.items


def other_release(_tmp_path):
    return planned({}, {"release": "9.1"})


def other_transport(_tmp_path):
    return planned({"transport": "gnmi"}, {})


def stale(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].facts = ("interface=eth1,9000",)
    return run(made).findings


def damaged_plan_file(tmp_path):
    path = tmp_path / "p.json"
    path.write_text(encode_plan(world(tmp_path).plan).replace("4", "5", 1))
    return (read_plan(path),)


def other_sources(tmp_path):
    return (mismatch(world(tmp_path).plan, {}),)


def gone_for_good(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].faults.append(Fault("commit", "die", seconds=60))
    return run(made).findings


def unfinished(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].faults.append(Fault("commit", "die", seconds=60))
    run(made)
    return run(made).findings


def under_way(tmp_path):
    made = world(tmp_path)
    with Store(made.options.state).lease(Holder("ann", "noc2", 1, "10:00", "apply")):
        return run(made).findings


def drifted(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].foreign = ("+rule of somebody",)
    return drift(made.inventory, made.options.limits, opener=made.opener).findings


def left_as_it_is(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].foreign = ("+rule of somebody",)
    adopted = {NODE: (Adopted("+rule of somebody", "bob on noc1 at 2026-11-20T12:00:00.000+00:00"),)}
    return drift(made.inventory, made.options.limits, adopted=adopted, opener=made.opener).findings


def built_on(tmp_path):
    made = world(tmp_path)
    run(made)
    (entry,) = [choose(made.options.state, None)]
    states = {node: device.state() for node, device in made.devices.items()}
    given = states[NODE].given
    later = dataclasses.replace(given.config, queueing=(dataclasses.replace(given.config.queueing[0], rate_bps=7),))
    states[NODE] = dataclasses.replace(states[NODE], given=Payload(later, ()))
    findings = Findings()
    plan_rollback(made.options.state, entry, states, KIT, PARTICULARS, findings)
    return findings.items


def unwritable_state(tmp_path):
    made = world(tmp_path)
    made.options.state.write_text("")
    return run(made).findings


def unreachable_now(tmp_path):
    made = world(tmp_path)
    devices = {node: device for node, device in made.inventory.items() if node != NODE}
    return apply(made.plan, devices, made.options, opener=made.opener).findings


def unreachable_while_unfinished(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].faults.append(Fault("commit", "die", seconds=60))
    run(made)
    (report,) = recover({}, made.options, opener=made.opener)
    return report.findings


def unknown_id(tmp_path):
    with pytest.raises(RefusalError) as raised:
        choose(tmp_path, "2026")
    return raised.value.findings


def timer_too_short(tmp_path):
    made = world(tmp_path)
    made.devices[NODE].faults.append(
        Fault("extend", "raise", raises=lambda _: SessionError(Trouble.EXPIRED, "it has gone back"))
    )
    steps = made.plan.device(NODE).steps
    shorter = dataclasses.replace(made.plan.device(NODE), steps=(steps[0], *steps[2:]))
    devices = tuple(shorter if device.node == NODE else device for device in made.plan.devices)
    made.plan = dataclasses.replace(made.plan, devices=devices)
    return run(made).findings


def no_order(_tmp_path):
    topology, old, new = crossing()
    return (find_order(old, new, topology),)


def canaries_alone(_tmp_path):
    topology, old, new = crossing()
    return (find_order(old, new, topology, wishes=Wishes(canaries=frozenset({"p"}))),)


def objected(tmp_path, consent, **changes):
    made = world(tmp_path)
    devices = tuple(dataclasses.replace(device, **changes) for device in made.plan.devices)
    return objections(dataclasses.replace(made.plan, devices=devices), consent)


def disruptive(tmp_path):
    return objected(tmp_path, Consent(), disruptive=("eth1: the session is reset",))


def without_a_timer(tmp_path):
    return objected(tmp_path, Consent(is_disruption_allowed=True), promises=NO_TIMER)


def too_many(tmp_path):
    return objected(tmp_path, Consent(is_disruption_allowed=True, max_devices=2))


NO_TIMER = Guarantees("netconf, writable running", True, False, False, False, False, False)


def too_late(tmp_path):
    made = world(tmp_path)
    made.options = dataclasses.replace(made.options, limits=dataclasses.replace(made.options.limits, whole_s=0.2))
    made.devices[NODE].on_commit = lambda: time.sleep(0.3)
    report = run(made)
    assert report.status == 3
    assert made.is_all_old
    return report.findings


PROVOKED = [
    ("E0801", failing(Trouble.UNREACHABLE)),
    ("E0802", failing(Trouble.HOST_KEY_UNKNOWN)),
    ("E0803", failing(Trouble.HOST_KEY_CHANGED)),
    ("E0804", failing(Trouble.CREDENTIALS)),
    ("E0805", failing(Trouble.AUTHENTICATION)),
    ("E0806", failing(Trouble.ALGORITHMS)),
    ("E0807", other_release),
    ("E0808", failing(Trouble.LOCKED, "lock")),
    ("E0809", stale),
    ("E0810", damaged_plan_file),
    ("E0810", other_sources),
    ("E0811", failing(Trouble.REFUSED, "validate")),
    ("E0812", failing(Trouble.TIMEOUT, "commit")),
    ("E0813", failing(Trouble.LOST, "commit")),
    ("E0814", failing(Trouble.MISMATCH, "validate")),
    ("E0815", failing(Trouble.NEIGHBOUR, "neighbours", 2)),
    ("E0816", gone_for_good),
    ("E0817", unfinished),
    ("E0818", under_way),
    ("E0819", failing(Trouble.AGENT)),
    ("E0820", drifted),
    ("E0821", built_on),
    ("E0822", unwritable_state),
    ("E0823", other_transport),
    ("E0824", timer_too_short),
    ("E0825", unknown_id),
    ("E0826", unreachable_now),
    ("E0826", unreachable_while_unfinished),
    ("E0827", failing(Trouble.FOREIGN, "validate")),
    ("E0840", no_order),
    ("E0841", disruptive),
    ("E0842", without_a_timer),
    ("E0843", too_many),
    ("E0844", canaries_alone),
    ("N0828", left_as_it_is),
    ("E0850", too_late),
]


@pytest.mark.parametrize(("code", "provoke"), PROVOKED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(PROVOKED)])
def test_a_code_is_provoked(tmp_path, code, provoke):
    findings = provoke(tmp_path)
    assert code in [finding.code for finding in findings]
    found = next(finding for finding in findings if finding.code == code)
    assert "\n" not in found.message
    assert found.message[:1] == found.message[:1].lower()
    assert not found.message.endswith(".")
    assert found.node is None or f"`{found.node}`" in found.message
    assert found.help


def test_every_code_is_provoked():
    assert {entry.code for entry in entries.ENTRIES} == {code for code, _ in PROVOKED}


@pytest.mark.parametrize("entry", entries.ENTRIES, ids=lambda entry: entry.code)
def test_every_code_is_explained(entry):
    assert CATALOGUE[entry.code] is entry
    assert len(entry.explanation.splitlines()) >= 3
    assert max(map(len, entry.explanation.splitlines())) <= 120


def test_a_neighbour_that_went_away_is_named(tmp_path):
    made = world(tmp_path)
    device = made.devices[NODE]
    device.on_commit = lambda: setattr(device, "neighbours", ("isis eth1",))
    report = run(made)
    assert (report.status, report.findings[0].code) == (3, "E0815")
    assert "bfd eth1" in report.findings[0].message
    assert made.is_all_old


def test_a_neighbour_may_take_a_moment_to_come_back(tmp_path):
    made = world(tmp_path)
    device = made.devices[NODE]
    since = []

    def flap():
        since.append(time.monotonic())
        device.neighbours = ("isis eth1",)

    device.on_commit = flap
    device.on_neighbours = lambda: setattr(device, "neighbours", ("isis eth1", "bfd eth1")) if since else None
    assert run(made).status == 0


def test_a_full_disk_before_the_decision_takes_everything_back(tmp_path, monkeypatch):
    made = world(tmp_path)
    fill_up(monkeypatch, "decided")
    report = run(made)
    assert (report.status, report.findings[0].code) == (3, "E0822")
    assert made.is_all_old
    assert made.has_free_locks


def fill_up(monkeypatch, at):
    line = Journal._line

    def full(self, content):
        if content["event"] == at:
            raise OSError(28, "No space left on device")
        line(self, content)

    monkeypatch.setattr(Journal, "_line", full)
