"""Killed at any point of the journal or inside any verb: `recover` brings all devices back, or, once decided, forward."""

from __future__ import annotations

import time

import pytest
from support_push_fake_device import Fault
from support_push_worlds import NODES, world

from intentc.push.apply import apply
from intentc.push.journal import Event, Journal
from intentc.push.recover import recover
from intentc.push.report import Outcome
from intentc.push.store import Store


class Killed(BaseException):
    """Stands for `kill -9` of this process: nobody catches it, and nothing is written or asked after it."""


def crash_at_record(monkeypatch, number, *, is_written):
    """Kill at the `number`th journal record after the first line, just before or just after it is on disk."""
    write, seen = Journal.write, []

    def crashing(self, event, *rest, **named):
        seen.append(event)
        if len(seen) > number:
            raise Killed  # the process is dead: nothing more is written
        if len(seen) == number:
            if is_written:
                write(self, event, *rest, **named)
            raise Killed
        write(self, event, *rest, **named)

    monkeypatch.setattr(Journal, "write", crashing)


def run_and_die(made):
    with pytest.raises(Killed):
        apply(made.plan, made.inventory, made.options, opener=made.opener)


def recovered(made):
    return recover(made.inventory, made.options, opener=made.opener)


def was_decided(made):
    (item,) = Store(made.options.state).transactions()
    return item.story.is_decided


def settled(made):
    assert made.has_free_locks
    assert not made.has_pending
    assert not Store(made.options.state).unfinished()
    return (made.is_all_old, made.is_all_new)


RECORDS = [Event.COMMIT] * 4 + [Event.DECIDED, Event.CONFIRMED, Event.ENDED]


@pytest.mark.parametrize("have_ended", [False, True], ids=["at once", "after the timers"])
@pytest.mark.parametrize("is_written", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", range(1, len(RECORDS) + 1), ids=lambda n: f"{n}-{RECORDS[n - 1]}")
def test_killed_at_a_journal_record(tmp_path, monkeypatch, number, is_written, have_ended):
    made = world(tmp_path)
    with monkeypatch.context() as patch:
        crash_at_record(patch, number, is_written=is_written)
        run_and_die(made)
    if have_ended:
        made.end_timers()
    is_decided = was_decided(made)
    assert is_decided is ((number, is_written) >= (5, True))
    outcomes = [report.outcome for report in recovered(made)]
    if (number, is_written) == (7, True):  # the last record was written: nothing is left to do
        assert outcomes == []
    else:
        assert outcomes == [Outcome.APPLIED if is_decided else Outcome.BACK]
    assert settled(made) == (not is_decided, is_decided)


KILLED_IN = [
    *(
        ("open", 1),
        ("lock", 1),
        ("read", 1),
        ("validate", 1),
        ("validate", 3),
        ("commit", 1),
        ("commit", 2),
        ("commit", 4),
    ),
    *(("read", 4), ("open", 2), ("confirm", 1), ("persist", 1), ("unlock", 1)),
]


@pytest.mark.parametrize("kind", ["killed", "killed-after"])
@pytest.mark.parametrize(
    ("verb", "on"),
    KILLED_IN,
)
def test_killed_inside_a_verb(tmp_path, verb, on, kind):
    made = world(tmp_path)
    made.devices["fra-pe1"].faults.append(Fault(verb, kind, on, raises=Killed))
    run_and_die(made)
    is_decided = was_decided(made)
    assert [report.outcome for report in recovered(made)] == [Outcome.APPLIED if is_decided else Outcome.BACK]
    assert settled(made) == (not is_decided, is_decided)


@pytest.mark.parametrize("node", NODES)
@pytest.mark.parametrize("number", [2, 5])
def test_recover_names_a_device_that_it_cannot_reach_and_finishes_later(tmp_path, monkeypatch, number, node):
    made = world(tmp_path)
    with monkeypatch.context() as patch:
        crash_at_record(patch, number, is_written=True)
        run_and_die(made)
    made.devices[node].dead_until = time.monotonic() + 60
    (report,) = recovered(made)
    assert (report.outcome, report.status, report.unknown) == (Outcome.UNCERTAIN, 4, (node,))
    assert [finding.node for finding in report.findings] == [node]
    made.devices[node].dead_until = 0.0
    (report,) = recovered(made)
    assert report.outcome is (Outcome.APPLIED if number == 5 else Outcome.BACK)
    assert settled(made) == (number == 2, number == 5)


def test_an_unfinished_apply_refuses_the_next(tmp_path, monkeypatch):
    made = world(tmp_path)
    with monkeypatch.context() as patch:
        crash_at_record(patch, 2, is_written=True)
        run_and_die(made)
    report = apply(made.plan, made.inventory, made.options, opener=made.opener)
    assert (report.status, [finding.code for finding in report.findings]) == (6, ["E0817"])


def test_recover_with_nothing_left_does_nothing(tmp_path):
    made = world(tmp_path)
    assert recovered(made) == ()
    assert all(not device.calls for device in made.devices.values())
