"""IOS XR and IOS XE at their command lines behind SSH servers: rights, locks, secrets. Keys and algorithms: `test_faults_typed_login`."""

from __future__ import annotations

import logging

import pytest
from support_netconf_world import NODES
from support_push_fake_eos_server import make_user_key
from support_push_fake_xe import ONE_MINUTE
from support_push_fake_xr import Fault, XrCli
from support_push_typed_world import HASTY, TypedWorld

from intentc.plan.file import encode_plan
from intentc.push import cli_iosxe
from intentc.push.collect import collect_running
from intentc.push.history import history
from intentc.push.journal import read_journal
from intentc.push.opening import open_session
from intentc.push.report import Outcome
from intentc.push.store import Store
from intentc.push.trouble import SessionError, Trouble

NODE = "r2"


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return make_user_key(tmp_path_factory.mktemp("keys") / "user")


def made(root, user_key, target):
    world = TypedWorld(root, user_key, target)
    yield world
    world.close()


@pytest.fixture
def xr(tmp_path, user_key):
    yield from made(tmp_path, user_key, "iosxr")


@pytest.fixture
def xe(tmp_path, user_key):
    yield from made(tmp_path, user_key, "iosxe")


@pytest.fixture(params=["iosxe", "iosxr"])
def world(request, tmp_path, user_key):
    yield from made(tmp_path, user_key, request.param)


def trouble(device, limits=HASTY):
    with pytest.raises(SessionError) as raised:
        open_session(device, limits)
    return raised.value


def refused(world, code, words, outcome=Outcome.REFUSED):
    """Apply, and hold to it that the one device says so, and that nothing is changed anywhere."""
    plan = world.plan(world.wares.smaller if world.target == "iosxr" else world.smaller)
    before = world.texts()
    report = world.apply(plan)
    assert report.outcome is outcome
    assert [(item.code, item.node) for item in report.findings] == [(code, NODE)]
    assert words in report.findings[0].message
    assert world.texts() == before
    return report.findings[0]


def test_who_is_there_and_what_it_runs(world):
    collected = collect_running(world.devices, HASTY)
    assert collected.findings == ()
    known = {"iosxe": ("iosxe", "17.18"), "iosxr": ("iosxr", "25.4")}
    assert {(one.platform, one.release) for one in collected.running.values()} == {known[world.target]}
    assert all("hostname=r2" in one.facts for node, one in collected.running.items() if node == NODE)


def test_somebody_else_holds_the_lock_of_iosxr(xr):
    """Who it is is told, nothing is touched, and nothing of ours is left."""
    other = XrCli(xr.victim)
    other.run("configure exclusive")
    refused(xr, "E0808", "`intentc` on vty0")
    other.run("abort")
    assert xr.has_nothing_left


def test_somebody_else_holds_the_lock_of_iosxe(xe):
    xe.victim.holder = "NETCONF"
    refused(xe, "E0808", "locked by `NETCONF`")
    xe.victim.holder = None
    assert xe.has_nothing_left


def test_a_change_of_somebody_else_that_waits_is_a_lock(xe):
    """Its end would undo what we do; which user's it is, is told."""
    xe.victim.user = "ops"
    other = xe.victim.login()
    other.run("configure terminal revert timer 5")
    other.run("end")
    refused(xe, "E0808", "a change of `ops` is still to be confirmed")
    assert other.run("configure confirm") == ""
    assert xe.has_nothing_left


def test_a_router_without_an_archive_is_refused_before_anything_is_touched(xe):
    """It could not go back by itself; what to configure is said."""
    xe.victim.by_hand("no archive")
    finding = refused(xe, "E0811", "it has no archive")
    assert "path bootflash:archive" in str(finding.help)
    assert not [
        one for fake in xe.fakes.values() for one in fake.commands if one.startswith("configure terminal revert")
    ]
    assert xe.has_nothing_left


def test_an_account_without_privilege_is_refused(xe):
    xe.victim.privilege = 1
    error = trouble(xe.device(NODE))
    assert error.trouble is Trouble.AUTHENTICATION
    assert "privilege 15" in str(vars(error))


def test_a_line_that_is_refused_takes_back_those_before_it_at_once(xe):
    """The router keeps what was typed before a wrong line: it is told to go back, then and there."""
    xe.victim.refuses = r"permit ip any any|bfd interval"
    refused(xe, "E0811", "Unable to allocate hardware resources", Outcome.BACK)
    at = xe.victim.commands.index("configure revert now")
    assert xe.victim.commands[at - 1] == "end"
    assert any(line.startswith("ip access-list extended ITC-") for line in xe.victim.commands[:at])
    assert xe.has_nothing_left


@pytest.fixture
def pending(xe):
    """A session with a change that waits to be confirmed."""
    session = open_session(xe.device(NODE), HASTY)
    session.lock("t", "bob", "apply 1")
    session.validate("t", xe.wares.payload(NODE, xe.smaller))
    session.commit("t", 60)
    assert "ip access-list extended ITC-" in xe.victim.text
    yield session
    session.unlock("t")
    session.close()
    assert xe.memory.read(NODE).pending is None


def test_going_back_as_a_whole_would_undo_what_others_did(xe, pending):
    """Somebody changed the router after our commit: the timer is stopped, and ours alone is taken back."""
    before = xe.victim.files[xe.victim.pending.point]
    xe.victim.by_hand("interface GigabitEthernet9", "description of-somebody")
    pending.restore("t")
    assert "configure revert now" not in xe.victim.commands
    assert set(xe.victim.text.splitlines()) - set(before.lines()) == {" description of-somebody"}


def test_a_timer_that_somebody_stopped_is_no_way_to_stay(xe, pending):
    """What waited was confirmed by hand; going back is a replacement by the file that the router said it would go back to."""
    before = xe.victim.files[xe.victim.pending.point]
    xe.victim.login().run("configure confirm")
    pending.restore("t")
    assert any(one.startswith("configure replace bootflash:archive-") for one in xe.victim.commands)
    assert xe.victim.text == "\n".join(before.lines())


def test_what_was_not_saved_is_told(xe, pending):
    """`[OK]` is no evidence: the router would start with something else."""
    pending.confirm("t")
    xe.victim.save = lambda: None
    with pytest.raises(SessionError, match="would start with another one"):
        pending.persist("t")


def test_a_notice_in_the_middle_of_an_answer_is_left_out():
    """A minute before the end the router says so, behind the prompt that shows that it is done."""
    for text in (f"r1(config)#{ONE_MINUTE}", f"r1(config)#\n{ONE_MINUTE}"):
        assert cli_iosxe.SPEECH.notices.sub("", text).strip() == "r1(config)#"
    assert cli_iosxe.SPEECH.notices.sub(
        "", "Rollback Confirmed Change: Backing up current running config to x\n"
    ).startswith("Roll")


@pytest.mark.parametrize(("seconds", "found"), [(1, 1), (60, 1), (61, 2), (7200, 120)])
def test_a_timer_counts_whole_minutes(seconds, found):
    assert cli_iosxe.minutes(seconds) == found
    assert cli_iosxe.GUARANTEES.timer_s(seconds) == 60 * found


def test_a_timer_longer_than_there_is_is_refused():
    with pytest.raises(SessionError, match="120 min at most"):
        cli_iosxe.minutes(7201)


def test_a_commit_that_fails_as_a_whole_is_told_in_the_routers_words(xr):
    """The words of the commit say nothing; those of `show configuration failed` do."""
    plan = xr.plan(xr.wares.smaller)
    before = xr.texts()
    xr.victim.refuses = "access-list|bfd|policy-map"
    report = xr.apply(plan)
    assert report.outcome is Outcome.BACK
    assert [(item.code, item.node) for item in report.findings] == [("E0811", NODE)]
    assert "No resources left" in report.findings[0].message
    assert xr.texts() == before
    assert xr.has_nothing_left


def test_a_commit_that_another_one_overtook_is_answered_no(xr):
    plan = xr.plan(xr.wares.smaller)
    before = xr.texts()

    def overtake(command):
        if command.startswith("commit label") and not xr.victim.labels:
            xr.victim.before = None
            xr.victim.by_hand("interface TenGigE0/0/0/4", "description of-somebody")

    xr.victim.before = overtake
    report = xr.apply(plan)
    assert report.outcome is Outcome.BACK
    assert "another session has committed" in report.findings[0].message
    assert {node for node, text in xr.texts().items() if text != before[node]} == {NODE}
    assert "of-somebody" in xr.victim.text
    assert xr.has_nothing_left


def test_a_timer_shorter_than_there_is_is_refused(xr):
    xr.confirm_s = 10
    report = xr.apply(xr.plan(xr.wares.smaller))
    assert report.outcome is Outcome.BACK
    assert any("30 s at least" in item.message for item in report.findings)
    assert xr.has_nothing_left


COMMITS = {"iosxe": "configure terminal revert .*", "iosxr": r"commit label .*"}


def test_no_secret_in_any_artefact(world, user_key, caplog):
    """Neither our private key nor others' secrets in the routers' configurations; tickets in journal and memory alone."""
    secret = "".join(user_key.read_text().split("\n")[1:-2])[40:90]
    with caplog.at_level(logging.DEBUG):
        plan = world.plan(world.smaller)
        world.victim.faults = [Fault(COMMITS[world.target], "refuse")]
        reports = [world.apply(plan), world.apply(plan)]
    assert [report.outcome for report in reports] == [Outcome.BACK, Outcome.APPLIED]
    state = world.options.state
    journals = [item.directory / "journal" for item in Store(state).transactions()]
    tickets = [ticket for path in journals for _, ticket in read_journal(path).opening.tickets]
    said = [repr(reports), encode_plan(plan), repr(world.running()), repr(history(state)), caplog.text]
    said += [text for fake in world.fakes.values() for text in (*getattr(fake, "labels", ()), *fake.commands)]
    written = [path.read_text() for path in state.rglob("*") if path.is_file()]
    assert "canary-of-others" in world.victim.text
    assert len(tickets) == 2 * len(NODES)
    assert [text for text in (*said, *written) if secret in text or "canary-of-others" in text] == []
    assert [text for text in said if any(ticket in text for ticket in tickets)] == []
