"""A whole life of EOS devices, and others who are at work on them: locks, limits, changes by hand, before, while and after."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_push_eos_network import KIT, LIMITS, EosNetwork, wide
from support_push_fake_eos import ConfigSession, Fault
from support_push_worlds import PARTICULARS

from intentc.diagnostics import Findings
from intentc.push.apply import apply
from intentc.push.cli_login import open_cli_session
from intentc.push.history import history
from intentc.push.report import Outcome
from intentc.push.rollback import choose, plan_rollback
from intentc.push.trouble import SessionError, Trouble

NODE = "fra-sw1"


@pytest.fixture
def eos(eos_servers, eos_user_key, tmp_path):
    """Three EOS devices that run payload 1."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path)
    network.seed(1)
    return network


# -- a whole life


def of_release(release):
    """Return what makes configurations for devices of a release."""
    return lambda node, number: replace(wide(node, number), release=release.rpartition(".")[0])


@pytest.mark.parametrize("release", ["4.30.1F", "4.32.2F"])
def test_a_whole_life(eos_servers, eos_user_key, tmp_path, release):
    eos = EosNetwork(eos_servers, eos_user_key, tmp_path, of_release(release), release)
    untouched = eos.texts()
    first = eos.apply(eos.plan(1))
    assert (first.outcome, first.findings) == (Outcome.APPLIED, ())
    assert eos.texts() == eos.texts_of(1)
    assert eos.plan(1).is_empty
    assert eos.drift().status == 0
    eos.victim.by_hand("interface Ethernet2/1", "bfd interval 999 min-rx 999 multiplier 3")
    drifted = eos.drift()
    assert (drifted.status, [finding.node for finding in drifted.findings]) == (1, [NODE])
    assert any("bfd_ms: 999" in line for device in drifted.devices for line in device.lines)
    second = eos.apply(eos.plan(2))
    assert second.outcome is Outcome.APPLIED
    assert eos.texts() == eos.texts_of(2)
    entry = choose(eos.options.state, None)
    assert entry.id == second.id
    findings = Findings()
    plan = plan_rollback(eos.options.state, entry, eos.running(), KIT, PARTICULARS, findings)
    assert not findings.items
    assert eos.apply(plan).outcome is Outcome.APPLIED
    assert eos.texts() == eos.texts_of(1)
    assert eos.apply(eos.plan(0)).outcome is Outcome.APPLIED
    assert eos.texts() == untouched
    assert eos.is_saved
    assert eos.has_nothing_left
    assert [item.outcome for item in history(eos.options.state)] == ["applied"] * 4


def test_noise_slowness_and_a_login_without_rights_disturb_nothing(eos, eos_servers):
    eos_servers[NODE].banner = "authorised use only\nfra-sw1# do not trust this\n"
    eos.victim.motd = "\x1b[1mwelcome\x1b[0m to fra-sw1#\n\n*** maintenance tonight ***\nfra-sw1>"
    eos.victim.slowness_s = 0.02
    eos.victim.needs_enable = True
    assert eos.apply(eos.plan(2)).outcome is Outcome.APPLIED
    assert eos.texts() == eos.texts_of(2)
    assert eos.has_nothing_left


# -- locks


HOLDERS = {
    "another transaction": lambda device: device.sessions.update(
        {"ITC-0123456789ab-0-ann_on_noc2": ConfigSession(device.running.copy(), user="ann")}
    ),
    "a timer of others": lambda device: device.arm("maintenance", 60),
}


@pytest.mark.parametrize("who", HOLDERS)
def test_who_else_is_at_work_is_named_and_left_alone(eos, who):
    plan = eos.plan(2)
    HOLDERS[who](eos.victim)
    before = {name: one.state for name, one in eos.victim.sessions.items()}
    report = eos.apply(plan)
    assert (report.status, [(item.code, item.node) for item in report.findings]) == (6, [("E0808", NODE)])
    assert f"`{next(iter(before))}`" in report.findings[0].message
    assert {name: one.state for name, one in eos.victim.sessions.items()} == before
    assert eos.texts() == eos.texts_of(1)


def test_an_open_session_of_somebody_who_does_not_use_intentc_is_no_lock(eos):
    plan = eos.plan(2)
    eos.victim.sessions["maintenance"] = ConfigSession(eos.victim.running.copy())
    assert eos.apply(plan).outcome is Outcome.APPLIED
    assert eos.victim.sessions["maintenance"].state == "pending"


def test_a_second_operator_with_another_state_sees_who_is_at_work_and_why(eos, tmp_path):
    plan = eos.plan(2)
    elsewhere = replace(eos.options, state=tmp_path / "elsewhere")
    devices = {node: replace(device, memory=tmp_path / "elsewhere") for node, device in eos.devices.items()}
    other = []

    def at_commit(command):
        if command.startswith("commit timer") and not other:
            other.append(None)
            other.append(apply(plan, devices, elsewhere))

    eos.victim.before = at_commit
    assert eos.apply(plan).outcome is Outcome.APPLIED
    assert [(found.status, found.findings[0].code) for found in other[1:]] == [(6, "E0808")]
    assert "bob_on_noc1_apply_2" in other[1].findings[0].message
    assert eos.texts() == eos.texts_of(2)
    assert eos.has_nothing_left


def test_of_two_that_lock_at_once_none_gets_it(eos):
    device = eos.device(NODE)
    one, two = open_cli_session(device, LIMITS), open_cli_session(device, LIMITS)
    eos.victim.before = lambda command: (
        eos.victim.sessions.setdefault("ITC-ffffffffffff-0-eve", ConfigSession(eos.victim.running.copy()))
        if command.startswith("configure session")
        else None
    )
    with pytest.raises(SessionError) as raised:
        one.lock("mine", "bob on noc1: apply")
    assert raised.value.trouble is Trouble.LOCKED
    assert list(eos.victim.sessions) == ["ITC-ffffffffffff-0-eve"]
    two.close()
    one.close()


def test_no_room_for_another_session(eos):
    plan = eos.plan(2)
    for number in range(eos.victim.most_pending):
        eos.victim.sessions[f"theirs-{number}"] = ConfigSession(eos.victim.running.copy())
    report = eos.apply(plan)
    assert (report.status, [item.code for item in report.findings]) == (6, ["E0811"])
    assert "Maximum number of pending sessions" in report.findings[0].message
    assert len(eos.victim.sessions) == eos.victim.most_pending


# -- changes by hand


@pytest.mark.parametrize(("kind", "code"), [("owned", "E0809"), ("fact", "E0809")])
def test_a_device_that_has_changed_since_the_plan_stops_it(eos, kind, code):
    plan = eos.plan(2)
    eos.victim.faults = [Fault("show running-config", kind)]
    report = eos.apply(plan)
    assert (report.status, [(item.code, item.node) for item in report.findings]) == (6, [(code, NODE)])
    assert eos.has_nothing_left


# what somebody changes before which command, and whether the transaction goes through all the same
BY_HAND = [
    ("foreign", "show running-config", 1, Outcome.APPLIED),
    ("foreign", "show session-config diffs", 2, Outcome.BACK),
    ("owned", "show session-config diffs", 2, Outcome.BACK),
    ("foreign", "show running-config", 4, Outcome.APPLIED),
    ("owned", "show running-config", 4, Outcome.BACK),
]


@pytest.mark.parametrize(("kind", "command", "on", "expected"), BY_HAND)
def test_what_others_change_meanwhile_is_never_undone(eos, kind, command, on, expected):
    plan = eos.plan(2)
    eos.victim.faults = [Fault(command, kind, on)]
    report = eos.apply(plan)
    assert report.outcome is expected, report.findings
    wanted = eos.texts_of(2 if expected is Outcome.APPLIED else 1)
    if kind == "foreign":
        wanted[NODE] = wanted[NODE].replace("interface Ethernet4", "interface Ethernet4\n   description of-somebody")
    assert eos.texts() == wanted
    assert eos.has_nothing_left


def test_going_back_keeps_what_others_changed_while_the_timer_ran(eos):
    """The device would put back the whole configuration: so the timer is stopped, and only what is ours goes back."""
    plan = eos.plan(2)
    eos.victim.faults = [Fault("show running-config", "foreign", 5)]
    eos.fakes["par-sw1"].faults = [Fault("terminal length 0", "refuse", 2)]
    report = eos.apply(plan)
    assert report.outcome is Outcome.BACK, report.findings
    wanted = eos.texts_of(1)
    wanted[NODE] = wanted[NODE].replace("interface Ethernet4", "interface Ethernet4\n   description of-somebody")
    assert eos.texts() == wanted
    assert eos.has_nothing_left


def test_a_place_that_somebody_else_holds_is_named_and_nothing_is_written(eos):
    eos.seed(0)
    plan = eos.plan(1)
    eos.victim.by_hand("interface Ethernet3/1/1", "ip access-group OPS out")
    before = eos.texts()
    report = eos.apply(plan)
    assert report.outcome is Outcome.REFUSED
    assert [(item.code, item.node) for item in report.findings] == [("E0827", NODE)]
    assert "OPS" in report.findings[0].message
    assert eos.texts() == before


def test_who_may_not_look_at_neighbours_cannot_apply(eos):
    """Without that nothing would tell that a session is lost."""
    plan = eos.plan(2)
    eos.victim.faults = [Fault("show isis neighbors .*", "denied")]
    report = eos.apply(plan)
    assert (report.status, [item.code for item in report.findings]) == (6, ["E0811"])
    assert "show isis neighbors" in report.findings[0].message
    assert eos.has_nothing_left


def test_a_neighbour_that_does_not_come_back_takes_everything_back(eos):
    plan = eos.plan(2)

    def lose(command):
        if command.startswith("commit timer"):
            eos.victim.neighbours = ("r2",)

    eos.victim.before = lose
    report = eos.apply(plan, replace(eos.options, limits=replace(LIMITS, neighbours_s=0.1)))
    assert (report.status, [item.code for item in report.findings]) == (3, ["E0815"])
    assert "isis r3" in report.findings[0].message
    assert eos.texts() == eos.texts_of(1)


def test_plans_of_one_stage_say_what_the_devices_promise(eos):
    sentences = eos.plan(2).guarantees
    assert any(
        "configuration session" in one and "takes back by itself what nobody confirms" in one for one in sentences
    )
