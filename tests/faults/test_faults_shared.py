"""State that several machines share: a branch of a real git repository, a directory behind a real sshd."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from support_push_wired import Strike, wired
from support_push_worlds import NODES
from test_faults_journal import kill_at, run

from intentc.plan.model import Adopted
from intentc.push.adoption import adopt, in_force
from intentc.push.history import history
from intentc.push.holder import Holder
from intentc.push.refusal import RefusalError
from intentc.push.report import Outcome
from intentc.push.shared import SharedError
from intentc.push.shared_git import GitShared
from intentc.push.shared_ssh import SshShared
from intentc.push.ssh import connect
from intentc.push.store import Store

HOLDER = Holder("bob", "noc1", 4711, "2026-11-20T09:15:00+00:00", "apply", "t-one")
OTHER = Holder("ann", "noc2", 4712, "2026-11-20T09:16:00+00:00", "apply", "t-two")


@pytest.fixture(params=["git", "ssh"])
def place(request, tmp_path):
    """Return a maker of the shared place as a machine of its own sees it."""
    if request.param == "git":
        if shutil.which("git") is None:
            pytest.skip("needs git")
        bare = tmp_path / "state.git"
        subprocess.run(["git", "init", "-q", "--bare", bare], check=True)
        return lambda: GitShared(f"file://{bare}", "intentc-state", "bob", "noc1")
    servers = request.getfixturevalue("servers")
    server, key = servers["ber-pe1"], request.getfixturevalue("user_key")
    known = tmp_path / "known_hosts"
    known.write_text(server.known_hosts_line)
    from intentc.inventory.model import Device

    device = Device("state", server.address, server.port, "root", key, known, None)
    return lambda: SshShared("the state machine", f"{tmp_path}/shared dir", lambda: connect(device, timeout_s=15))


def sharing(made, place, mirror):
    made.options = replace(made.options, state=mirror, shared=place())
    return made


def elsewhere(made, place, tmp_path):
    """Let everything further be done on another machine."""
    return sharing(made, place, tmp_path / "mirror of another machine")


def test_an_apply_is_in_the_history_of_every_machine(tmp_path, place):
    made = sharing(wired(tmp_path), place, tmp_path / "mirror")
    report = made.apply()
    assert report.outcome is Outcome.APPLIED, report.findings
    shared, mirror = place(), tmp_path / "other"
    shared.fetch(mirror)
    assert [(entry.id, entry.outcome) for entry in history(mirror)] == [(report.id, "applied")]
    assert [json.loads(line)["id"] for line in (mirror / "audit.jsonl").read_text().splitlines()] == [report.id]
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in mirror.rglob("*") if path.is_file() and ".git" not in path.parts
    )


def test_what_was_adopted_is_known_to_every_machine(tmp_path, place):
    made = sharing(wired(tmp_path), place, tmp_path / "mirror")
    adopted = adopt({NODES[0]: ("+mark by-hand: DSCP 46",)}, made.options)
    shared, mirror = place(), tmp_path / "other"
    shared.fetch(mirror)
    assert in_force(mirror) == {NODES[0]: (Adopted("+mark by-hand: DSCP 46", adopted.words),)}
    assert [(entry.id, entry.doing) for entry in history(mirror)] == [(adopted.id, "adopt")]


@pytest.mark.parametrize(("way", "number"), [("forward", 2), ("forward", 4), ("forward", 6), ("forward", 7)])
def test_killed_here_recovered_there(tmp_path, monkeypatch, place, way, number):
    made = sharing(wired(tmp_path), place, tmp_path / "mirror")
    with monkeypatch.context() as patch, monkeypatch.context() as second:
        kill_at(patch, made, number, is_written=True)
        second.setattr(type(made.options.shared), "release", lambda *_: None)  # a dead process gives nothing back
        assert run(made) is None
    elsewhere(made, place, tmp_path)
    (refused,) = made.recover()
    assert [found.code for found in refused.findings] == ["E0818"]
    assert "bob on noc1" in refused.findings[0].message
    assert any("--break-lease" in line for line in refused.findings[0].help)
    holder = made.options.shared.break_lease(made.options.state)
    assert (holder.who, holder.host, holder.doing) == ("bob", "noc1", "apply")
    (report,) = made.recover()
    assert report.outcome is (Outcome.APPLIED if number >= 6 else Outcome.BACK)
    assert (made.runs(1), made.runs(2)) == (number < 6, number >= 6)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()


def test_of_two_that_take_the_lease_at_once_one_gets_it(tmp_path, place):
    barrier, got, refused = threading.Barrier(2), [], []

    def take(holder):
        shared = place()
        shared.fetch(tmp_path / holder.who)
        barrier.wait()
        try:
            shared.acquire(tmp_path / holder.who, holder)
            got.append(holder.who)
        except (RefusalError, SharedError) as error:
            refused.append(error)

    threads = [threading.Thread(target=take, args=(holder,)) for holder in (HOLDER, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 1), refused
    assert isinstance(refused[0], RefusalError)


def test_who_has_lost_the_lease_cannot_write_any_more(tmp_path, place):
    """Fenced off: an apply that was thought dead and is not cannot decide."""
    made = sharing(wired(tmp_path), place, tmp_path / "mirror")
    agent = made.agents[NODES[1]]
    apply_, broken = agent.apply, []

    def break_in(token, name):
        if not broken:
            broken.append(place().break_lease(tmp_path / "other"))
            place().acquire(tmp_path / "other", OTHER)
        return apply_(token, name)

    agent.apply = break_in
    report = made.apply()
    assert (report.outcome, report.findings[0].code) == (Outcome.BACK, "E0822")
    assert "lease was broken" in report.findings[0].message
    assert made.runs(1)


def test_a_place_that_is_gone_refuses_before_anything_is_touched(tmp_path):
    made = wired(tmp_path)
    made.options = replace(made.options, shared=GitShared(f"file://{tmp_path}/none.git", "b", "bob", "noc1"))
    report = made.apply()
    assert (report.outcome, report.findings[0].code) == (Outcome.REFUSED, "E0822")
    assert all(not agent.calls for agent in made.agents.values())


@pytest.mark.parametrize("at", ["commit", "decided"])
def test_a_place_that_goes_away_in_the_middle_takes_everything_back(tmp_path, monkeypatch, at):
    bare = tmp_path / "state.git"
    subprocess.run(["git", "init", "-q", "--bare", bare], check=True)
    made = sharing(wired(tmp_path), lambda: GitShared(f"file://{bare}", "s", "bob", "noc1"), tmp_path / "mirror")
    publish = GitShared.publish

    def publishing(self, mirror, note):
        if note.endswith(at) and bare.exists():
            bare.rename(tmp_path / "away.git")
        publish(self, mirror, note)

    monkeypatch.setattr(GitShared, "publish", publishing)
    report = made.apply()
    assert (report.outcome, report.findings[0].code) == (Outcome.BACK, "E0822")
    assert made.runs(1)
    Path(tmp_path / "away.git").rename(bare)
    made.options.shared.break_lease(made.options.state)
    assert [item.outcome for item in made.recover()] == [Outcome.BACK]
    assert made.leftovers == []


def test_waiting_ends_when_the_other_has_ended(tmp_path):
    made = wired(tmp_path)
    store = Store(made.options.state)
    with store.lease(OTHER):
        timer = threading.Timer(0.0, lambda: None)
        timer.start()
        refused = made.apply()
        assert [found.code for found in refused.findings] == ["E0818"]
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with store.lease(OTHER):
            entered.set()
            leave.wait(5)

    other = threading.Thread(target=hold)
    other.start()
    entered.wait(5)
    threading.Timer(0.6, leave.set).start()
    report = made.apply(wait_s=20)
    other.join()
    assert report.outcome is Outcome.APPLIED


def test_waiting_for_a_lock_holds_no_other_lock(tmp_path):
    made = wired(tmp_path)
    agent, held = made.agents[NODES[2]], []
    agent.state["lock"] = {"token": "t", "owner": "ann on noc2", "reason": "apply 7", "since": "10:00"}

    def look():
        held.append([node for node, key in made.leftovers if key == "lock"])
        agent.state["lock"] = None

    threading.Timer(0.4, look).start()
    report = made.apply(wait_s=20)
    assert report.outcome is Outcome.APPLIED
    assert held == [[NODES[2]]]


def test_who_waited_long_enough_is_told_who_holds_it(tmp_path):
    made = wired(tmp_path)
    made.agents[NODES[0]].state["lock"] = {"token": "t", "owner": "ann on noc2", "reason": "apply 7", "since": "10:00"}
    report = made.apply(wait_s=0.3)
    assert [found.code for found in report.findings] == ["E0808"]
    assert "ann on noc2 (apply 7, since 10:00)" in report.findings[0].message


def test_a_device_that_changed_between_plan_and_apply_stops_it(tmp_path):
    made = wired(tmp_path)
    made.agents[NODES[1]].strikes.append(Strike("read", "changed device", 1))
    report = made.apply()
    assert (report.outcome, [(found.code, found.node) for found in report.findings]) == (
        Outcome.REFUSED,
        [("E0809", NODES[1])],
    )
