"""The NETCONF transport against real netconfds: three in one transaction, in the three ways that this server has."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
import support_netconf_netconfd as netconfd
from support_netconf_lab import NODES, Lab, ours, payload
from support_netconf_world import LIMITS, make_key

from intentc.plan.guarantees import is_guarded
from intentc.push import netconf_modes
from intentc.push.apply import apply
from intentc.push.netconf import open_driver
from intentc.push.report import Outcome
from intentc.push.trouble import SessionError, Trouble

pytestmark = pytest.mark.skipif(bool(netconfd.why_not()), reason=netconfd.why_not())
NODE = "fra-pe1"


class Killed(BaseException):
    """Our own process ends here."""


@pytest.fixture(scope="module")
def devices(tmp_path_factory):
    """Three with a candidate, one without, one that refuses every edit; and two that let our account read and lock, but write nothing."""
    root = tmp_path_factory.mktemp("netconfd")
    make_key(root / "user")
    kinds = dict.fromkeys(NODES, netconfd.CANDIDATE) | {"direct": netconfd.DIRECT, "refusing": netconfd.REFUSING}
    kinds |= {f"powerless {name}": kinds[name] for name in (NODE, "direct")}
    made = []
    try:
        for number, (name, arguments) in enumerate(kinds.items(), start=1):
            # Only the superuser is above NACM (RFC 8341), which denies every write that no rule permits.
            superuser = "somebody-else" if name.startswith("powerless") else "root"
            folder = root / name.replace(" ", "-")
            made.append(netconfd.Netconfd(name, f"127.89.0.{number}", folder, root / "user", arguments, superuser))
        yield {device.name: device for device in made}
    finally:
        for device in made:
            device.stop()


@pytest.fixture
def lab_of(devices, tmp_path):
    """Return what makes a lab of three, on which nothing runs; `instead` of NODE another device stands there."""

    def make(instead=NODE, **more):
        places = {node: devices[instead if node == NODE else node].place for node in NODES}
        for name in {*NODES, instead}:
            cleaned(devices[name])
        return Lab(tmp_path, places, devices[NODE].user_key, **{"limits": LIMITS, "confirm_s": 30, **more})

    return make


def cleaned(device):
    """A fresh start: what an earlier test left is gone."""
    device.kill()
    (device.root / "startup.xml").write_text(netconfd.EMPTY)
    device.start()


def running(lab):
    """Return what runs of ours on each device, looked at over a session of its own."""
    found = {}
    for node in lab.places:
        driver = open_driver(lab.device(node), lab.limits)
        found[node] = ours(driver.read())
        driver.close()
    return found


def wanted(number):
    return {node: ours("".join(file.text for file in payload(node, number).files)) for node in NODES}


def has_free_locks(lab):
    for node in lab.places:
        driver = open_driver(lab.device(node), lab.limits)
        driver.lock("token", "ann")
        driver.unlock("token")
        driver.close()
    return True


def applied(lab, number):
    report = lab.apply(lab.plan(number))
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert running(lab) == wanted(number)


@pytest.mark.parametrize("instead", [NODE, "direct"], ids=["three candidates", "one without a candidate"])
def test_from_nothing_to_nothing(lab_of, instead):
    lab = lab_of(instead)
    for number in (1, 2):
        applied(lab, number)
        assert lab.drift().status == 0
    applied(lab, 0)
    assert has_free_locks(lab)


def test_the_plan_names_the_weakest(lab_of):
    plan = lab_of("direct").plan(1)
    assert [device.node for device in plan.devices if not is_guarded(device)] == [NODE]
    assert any(f"weakest link: `{NODE}` has no timer" in sentence for sentence in plan.guarantees)


def test_a_device_that_says_ok_and_does_nothing_is_noticed(lab_of, monkeypatch):
    """With what is known of this server taken away it is asked to validate, and then loses what it is told to commit."""
    lab = lab_of()
    applied(lab, 1)
    monkeypatch.setattr(netconf_modes, "HARMFUL_VALIDATES", ("nobody",))
    report = lab.apply(lab.plan(2))
    assert (report.outcome, report.status) == (Outcome.BACK, 3)
    assert {finding.code for finding in report.findings} == {"E0814"}
    monkeypatch.undo()
    assert running(lab) == wanted(1)
    assert has_free_locks(lab)


@pytest.mark.parametrize("instead", [NODE, "direct"], ids=["candidate", "no candidate"])
def test_a_device_that_refuses_brings_all_others_back(lab_of, devices, instead):
    """The first changes and is taken back: by its server, or where that has no candidate by the inverse."""
    lab = lab_of(instead)
    applied(lab, 1)
    plan = lab.plan(2)
    refusing = devices["refusing"]
    cleaned(refusing)
    lab.places["par-pe1"] = refusing.place
    broken = replace(plan.device("par-pe1"), digest=lab.running()["par-pe1"].digest)
    plan = replace(plan, devices=tuple(broken if item.node == "par-pe1" else item for item in plan.devices))
    report = lab.apply(plan)
    assert report.status == 3
    del lab.places["par-pe1"]
    assert running(lab) == {node: wanted(1)[node] for node in lab.places}


@pytest.mark.parametrize("instead", [f"powerless {NODE}", "powerless direct"], ids=["candidate", "no candidate"])
def test_an_account_without_the_rights_aborts_everything(lab_of, instead):
    """`access-denied` of one device, from a real NACM, takes all others back; and nothing of ours is left on any."""
    lab = lab_of(instead)
    report = lab.apply(lab.plan(1))
    assert (report.outcome, report.status) == (Outcome.BACK, 3)
    assert {(finding.code, finding.node) for finding in report.findings} == {("E0811", NODE)}
    assert "access-denied" in report.findings[0].message or "access denied" in report.findings[0].message
    assert running(lab) == wanted(0)
    assert has_free_locks(lab)


def test_somebody_else_has_the_lock(lab_of):
    lab = lab_of()
    plan = lab.plan(1)
    other = open_driver(lab.device(NODE), lab.limits)
    other.lock("token", "ann")
    report = lab.apply(plan)
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.REFUSED, ["E0808"])
    other.unlock("token")
    other.close()
    assert running(lab) == wanted(0)
    applied(lab, 1)


def killing(lab, at):
    """Return an opener whose sessions kill our process at the `at`th commit that was sent."""
    count = []

    def opener(device, limits):
        session = lab.opener(device, limits)
        commit = session._driver.commit

        def and_die(*given, **named):
            commit(*given, **named)
            count.append(device.node)
            if len(count) >= at:
                raise Killed

        session._driver.commit = and_die
        return session

    return opener


def killed(lab, at):
    with pytest.raises(Killed):
        apply(lab.plan(2), lab.devices, lab.options, opener=killing(lab, at))


@pytest.mark.parametrize("at", [1, 4])
def test_we_are_killed_and_recover(lab_of, at):
    lab = lab_of()
    applied(lab, 1)
    killed(lab, at)
    assert [report.outcome for report in lab.recover()] == [Outcome.BACK]
    assert running(lab) == wanted(1)
    assert has_free_locks(lab)
    applied(lab, 2)


def test_we_are_killed_and_the_devices_go_back_by_themselves(lab_of):
    lab = lab_of(confirm_s=3)
    applied(lab, 1)
    killed(lab, 3)
    time.sleep(4)  # nobody asks meanwhile: this server does not look at its timers while it is asked
    assert running(lab) == wanted(1)
    assert [report.outcome for report in lab.recover()] == [Outcome.BACK]


def test_the_server_is_killed_while_a_commit_is_pending(lab_of, devices):
    lab = lab_of()
    report = lab.apply(lab.plan(1))
    assert report.outcome is Outcome.APPLIED
    plan = lab.plan(2)

    def opener(device, limits):
        session = lab.opener(device, limits)
        commit = session._driver.commit

        def and_die(*given, **named):
            commit(*given, **named)
            if device.node == NODE and not has_died:
                has_died.append(True)
                devices[NODE].kill()
                devices[NODE].start()

        session._driver.commit = and_die
        return session

    has_died = []
    report = apply(plan, lab.devices, lab.options, opener=opener)
    assert has_died
    if report.outcome is Outcome.UNCERTAIN:
        lab.recover()
    assert running(lab) == wanted(2 if report.outcome is Outcome.APPLIED else 1)
    assert has_free_locks(lab)


def test_a_confirm_that_is_too_late_is_told_and_what_runs_is_put_right(lab_of):
    """While a session that holds the locks lives, this server forgets the timer but does not go back: only looking tells."""
    lab = lab_of()
    applied(lab, 1)
    driver = open_driver(lab.device(NODE), lab.limits)
    driver.lock("token", "ann")
    driver.stage("token", [payload(NODE, 2).files[0].text])
    driver.commit("token", 1)
    time.sleep(2.5)
    with pytest.raises(SessionError) as raised:
        driver.confirm("token")
    assert raised.value.trouble is Trouble.REFUSED
    driver.close()
    assert running(lab)[NODE] in (wanted(1)[NODE], wanted(2)[NODE])
    assert lab.apply(lab.plan(1)).outcome in {Outcome.APPLIED, Outcome.NOTHING}
    assert running(lab) == wanted(1)
