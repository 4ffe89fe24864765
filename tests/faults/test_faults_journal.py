"""The journal under everything: killed before and after each of its records, torn at every byte, refused by the disk.

The records are those that an apply really writes, forward and back, found by letting one run: a record that is added later
is struck as well. The agents are fakes behind the product's own agent session.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import json
import os
import tempfile
from pathlib import Path

import pytest
from support_push_wired import Killed, Strike, wired
from support_push_worlds import NODES

from intentc.push import journal as journals
from intentc.push import store as stores
from intentc.push.journal import Journal, read_journal
from intentc.push.report import Outcome
from intentc.push.store import Store

WAYS = ("forward", "back")


def world(root, way):
    made = wired(root)
    if way == "back":
        made.agents[NODES[1]].strikes.append(Strike("apply", "refusal", 3))
    return made


def is_dead(made, *_rest):
    if made.death():
        raise Killed


def run(made):
    """Apply until it ends or is killed; return the report or None."""
    try:
        return made.apply()
    except Killed:
        return None


@functools.cache
def journal_of(way):
    """Return the lines that an undisturbed apply writes."""
    with tempfile.TemporaryDirectory() as root:
        made = world(Path(root), way)
        run(made)
        (item,) = Store(made.options.state).transactions()
        return tuple((item.directory / "journal").read_bytes().splitlines(keepends=True))


def events(way):
    return [json.loads(line)["event"] for line in journal_of(way)]


POINTS = [
    pytest.param(way, number, is_written, id=f"{way}-{number}-{event}-{'after' if is_written else 'before'}")
    for way in WAYS
    for number, event in enumerate(events(way), start=1)
    for is_written in (False, True)
]


def test_the_points_are_what_they_should_be():
    assert events("forward") == ["begin", "commit", "commit", "commit", "commit", "decided", "confirmed", "ended"]
    assert events("back") == ["begin", "commit", "commit", "commit", "back", "ended"]


def kill_at(monkeypatch, made, number, *, is_written):
    """Kill our process at its `number`th record, just before or just after it is on disk."""
    line, seen = Journal._line, []

    def dying(self, content):
        is_dead(made)
        seen.append(content)
        if len(seen) < number or is_written:
            line(self, content)
        if len(seen) == number:
            made.death.now()
            raise Killed

    monkeypatch.setattr(Journal, "_line", dying)


def settled(made, is_new):
    """Everything is of one kind, and nothing is left."""
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert (made.runs(1), made.runs(2)) == (not is_new, is_new)
    assert all(agent.state["persisted"] == agent.state["running"] for agent in made.agents.values())


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "after the timers"])
@pytest.mark.parametrize(("way", "number", "is_written"), POINTS)
def test_killed_at_every_record_then_recovered(tmp_path, monkeypatch, way, number, is_written, is_late):
    made = world(tmp_path, way)
    with monkeypatch.context() as patch:
        kill_at(patch, made, number, is_written=is_written)
        assert run(made) is None
    made.heal()
    if is_late:
        made.expire()
    told = [item.story.is_decided for item in Store(made.options.state).transactions()]
    reports = made.recover()
    assert all(report.status in {0, 3} for report in reports)
    settled(made, any(told))
    assert any(told) is (way == "forward" and (number, is_written) >= (6, True))


RECORDS_OF_RECOVER = {1: "confirmed or ended", 2: "ended"}


@pytest.mark.parametrize("is_written", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("record", RECORDS_OF_RECOVER)
@pytest.mark.parametrize(("way", "number"), [("forward", 3), ("forward", 6), ("back", 4)])
def test_recover_itself_may_be_killed(tmp_path, monkeypatch, way, number, record, is_written):
    made = world(tmp_path, way)
    with monkeypatch.context() as patch:
        kill_at(patch, made, number, is_written=True)
        run(made)
    made.heal()
    made.death.event.clear()
    with monkeypatch.context() as patch:
        kill_at(patch, made, record, is_written=is_written)
        with contextlib.suppress(Killed):
            made.recover()
    made.recover()
    settled(made, number == 6)


TORN = [
    pytest.param(way, number, id=f"{way}-{number}-{event}") for way in WAYS for number, event in enumerate(events(way))
]


@pytest.mark.parametrize(("way", "number"), TORN)
def test_a_record_torn_at_any_byte_is_one_that_was_never_written(tmp_path, way, number):
    """What was torn announced a step that was not taken; what is written next does not run into it."""
    *before, last = journal_of(way)[: number + 1]
    path = tmp_path / "j"
    path.write_bytes(b"".join(before))
    whole = read_journal(path)
    for cut in range(len(last)):  # one statement about one record, several hundred bytes of it
        path.write_bytes(b"".join(before) + last[:cut])
        assert read_journal(path) == whole
        Journal(path).close()
        assert path.read_bytes() == b"".join(before)


@pytest.mark.parametrize("cut", range(1, len(journal_of("forward")[5]) + 1, 7))
def test_a_torn_decision_is_none(tmp_path, monkeypatch, cut):
    """Killed while `decided` was on its way to the disk: every device goes back."""
    made = world(tmp_path, "forward")
    with monkeypatch.context() as patch:
        kill_at(patch, made, 6, is_written=True)
        run(made)
    (item,) = Store(made.options.state).transactions()
    path = item.directory / "journal"
    path.write_bytes(path.read_bytes()[:-cut])
    made.heal()
    assert [report.outcome for report in made.recover()] == [Outcome.BACK]
    settled(made, is_new=False)


WRITES = ("open", "write", "pwrite", "fsync", "ftruncate")


class Disk:
    """A disk that fails at its `fails_at`th operation from 1, `once` or from then on; a write then takes half of what it is given."""

    def __init__(self, fails_at=0, *, once=True, error=errno.ENOSPC, half=True):
        self.count, self.fails_at, self.once, self.error, self.half = 0, fails_at, once, error, half
        self.log = []

    def __getattr__(self, name):
        real = getattr(os, name)
        return functools.partial(self.operate, name, real) if name in WRITES else real

    def operate(self, name, real, *arguments):
        is_read = name == "open" and not arguments[1] & (os.O_CREAT | os.O_WRONLY | os.O_RDWR)
        if is_read:
            return real(*arguments)
        self.count += 1
        self.log.append(name)
        is_struck = self.count == self.fails_at or (not self.once and 0 < self.fails_at <= self.count)
        if not is_struck:
            return real(*arguments)
        if name == "write" and self.half:
            self.half, self.fails_at = (
                False,
                self.count + 1,
            )  # a part is taken, and the next operation says that there is no room
            return real(arguments[0], arguments[1][: len(arguments[1]) // 2])
        raise OSError(self.error, os.strerror(self.error))


def on_disk(monkeypatch, disk):
    monkeypatch.setattr(journals, "os", disk)
    monkeypatch.setattr(stores, "os", disk)


@functools.cache
def operations(way):
    """Return how often an apply touches the disk."""
    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        disk = Disk()
        on_disk(patch, disk)
        run(world(Path(root), way))
        return disk.count


FULL = [
    pytest.param(way, number, once, id=f"{way}-{number}-{'once' if once else 'for good'}")
    for way in WAYS
    for number in range(1, operations(way) + 1)
    for once in (True, False)
]


@pytest.mark.parametrize(("way", "number", "once"), FULL)
def test_a_disk_that_is_full_at_any_write(tmp_path, monkeypatch, way, number, once):
    """The apply ends as it says, and with room again `recover` finishes what it left."""
    made = world(tmp_path, way)
    with monkeypatch.context() as patch:
        on_disk(patch, Disk(number, once=once))
        report = run(made)
    assert report is not None
    if report.outcome is Outcome.APPLIED:
        assert made.runs(2)
    else:
        assert made.runs(1)
        assert report.status in {3, 6}
    assert report.outcome is not Outcome.REFUSED or report.findings[0].code == "E0822"
    # A disk that takes `decided` and then neither syncs it nor lets it be cut off again has told the future to go forward:
    # the devices are back, which the report says, and that `recover` may carry the change out after all.
    told = any(item.story.is_decided for item in Store(made.options.state).transactions())
    if told and report.outcome is Outcome.BACK:
        assert any("carries the change out after all" in line for found in report.findings for line in found.help)
    made.heal()
    reports = made.recover()
    assert all(item.outcome is not Outcome.UNCERTAIN for item in reports)
    settled(made, report.outcome is Outcome.APPLIED or told)


def test_a_state_directory_that_is_read_only_refuses_before_anything_is_touched(tmp_path, monkeypatch):
    made = world(tmp_path, "forward")
    with monkeypatch.context() as patch:
        on_disk(patch, Disk(1, once=False, error=errno.EROFS))
        report = run(made)
    assert (report.outcome, report.status, report.findings[0].code) == (Outcome.REFUSED, 6, "E0822")
    assert all(not agent.calls for agent in made.agents.values())


@pytest.mark.parametrize("number", [3, 6])
def test_recover_says_when_the_state_has_become_read_only(tmp_path, monkeypatch, number):
    made = world(tmp_path, "forward")
    with monkeypatch.context() as patch:
        kill_at(patch, made, number, is_written=True)
        run(made)
    with monkeypatch.context() as patch:
        on_disk(patch, Disk(1, once=False, error=errno.EROFS))
        (report,) = made.recover()
    assert (report.outcome, report.findings[0].code) == (Outcome.REFUSED, "E0822")
    made.recover()
    settled(made, number == 6)
