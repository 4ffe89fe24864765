"""IOS XR at its command line behind an SSH server: rights, locks, secrets. Keys and algorithms: `test_faults_typed_login`."""

from __future__ import annotations

import logging

import pytest
from support_netconf_world import NODES
from support_push_fake_eos_server import make_user_key
from support_push_fake_xr import Fault, XrCli
from support_push_typed_world import HASTY, TypedWorld

from intentc.plan.file import encode_plan
from intentc.push.collect import collect_running
from intentc.push.history import history
from intentc.push.journal import read_journal
from intentc.push.opening import open_session
from intentc.push.report import Outcome
from intentc.push.store import Store
from intentc.push.trouble import SessionError

NODE = "r2"


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return make_user_key(tmp_path_factory.mktemp("keys") / "user")


@pytest.fixture
def world(tmp_path, user_key):
    made = TypedWorld(tmp_path, user_key, "iosxr")
    yield made
    made.close()


@pytest.fixture
def device(world):
    return world.device(NODE)


def trouble(device, limits=HASTY):
    with pytest.raises(SessionError) as raised:
        open_session(device, limits)
    return raised.value


def test_who_is_there_and_what_it_runs(world):
    collected = collect_running(world.devices, HASTY)
    assert collected.findings == ()
    assert {(one.platform, one.release) for one in collected.running.values()} == {("iosxr", "25.4")}
    assert all("hostname=r2" in one.facts for node, one in collected.running.items() if node == NODE)


def test_somebody_else_holds_the_lock(world):
    """Who it is is told, nothing is touched, and nothing of ours is left."""
    plan = world.plan(world.wares.smaller)
    before = world.texts()
    other = XrCli(world.victim)
    other.run("configure exclusive")
    report = world.apply(plan)
    assert report.outcome is Outcome.REFUSED
    assert [(item.code, item.node) for item in report.findings] == [("E0808", NODE)]
    assert "`intentc` on vty0" in report.findings[0].message
    assert world.texts() == before
    other.run("abort")
    assert world.has_nothing_left


def test_a_commit_that_fails_as_a_whole_is_told_in_the_routers_words(world):
    """The words of the commit say nothing; those of `show configuration failed` do."""
    plan = world.plan(world.wares.smaller)
    before = world.texts()
    world.victim.refuses = "access-list|bfd|policy-map"
    report = world.apply(plan)
    assert report.outcome is Outcome.BACK
    assert [(item.code, item.node) for item in report.findings] == [("E0811", NODE)]
    assert "No resources left" in report.findings[0].message
    assert world.texts() == before
    assert world.has_nothing_left


def test_a_commit_that_another_one_overtook_is_answered_no(world):
    plan = world.plan(world.wares.smaller)
    before = world.texts()

    def overtake(command):
        if command.startswith("commit label") and not world.victim.labels:
            world.victim.before = None
            world.victim.by_hand("interface TenGigE0/0/0/4", "description of-somebody")

    world.victim.before = overtake
    report = world.apply(plan)
    assert report.outcome is Outcome.BACK
    assert "another session has committed" in report.findings[0].message
    assert {node for node, text in world.texts().items() if text != before[node]} == {NODE}
    assert "of-somebody" in world.victim.text
    assert world.has_nothing_left


def test_a_timer_shorter_than_there_is_is_refused(world):
    world.confirm_s = 10
    report = world.apply(world.plan(world.wares.smaller))
    assert report.outcome is Outcome.BACK
    assert any("30 s at least" in item.message for item in report.findings)
    assert world.has_nothing_left


def test_no_secret_in_any_artefact(world, user_key, caplog):
    """Neither our private key nor others' secrets in the routers' configurations; tickets in journal and memory alone."""
    secret = "".join(user_key.read_text().split("\n")[1:-2])[40:90]
    with caplog.at_level(logging.DEBUG):
        plan = world.plan(world.wares.smaller)
        world.victim.faults = [Fault(r"commit label .*", "refuse")]
        reports = [world.apply(plan), world.apply(plan)]
    assert [report.outcome for report in reports] == [Outcome.BACK, Outcome.APPLIED]
    state = world.options.state
    journals = [item.directory / "journal" for item in Store(state).transactions()]
    tickets = [ticket for path in journals for _, ticket in read_journal(path).opening.tickets]
    said = [repr(reports), encode_plan(plan), repr(world.running()), repr(history(state)), caplog.text]
    said += [text for fake in world.fakes.values() for text in (*fake.labels, *fake.commands)]
    written = [path.read_text() for path in state.rglob("*") if path.is_file()]
    assert "canary-of-others" in world.victim.text
    assert len(tickets) == 2 * len(NODES)
    assert [text for text in (*said, *written) if secret in text or "canary-of-others" in text] == []
    assert [text for text in said if any(ticket in text for ticket in tickets)] == []
