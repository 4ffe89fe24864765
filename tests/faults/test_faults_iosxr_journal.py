"""Killed before and after each record of the journal, while an IOS XR router is typed to: `recover` brings all to one kind.

What the session that died has committed on trial nobody else can confirm, so `recover` waits for its timer or is run after it.
"""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path

import pytest
from support_push_blend import Blend, Killed, Strike, blend
from support_push_blend_xr import NODES, XrBlend

from intentc.push.journal import Journal
from intentc.push.store import Store

WAYS = ("forward", "back")


def world(root, way):
    made = blend(root, world=XrBlend)
    if way == "back":
        made.strikes.append(Strike(NODES["agent"], "validate", "refusal", 2))
    return made


@functools.cache
def events(way):
    with tempfile.TemporaryDirectory() as root, pytest.MonkeyPatch.context() as patch:
        made = world(Path(root), way)
        made.apply(patch)
        (item,) = Store(made.options.state).transactions()
        lines = (item.directory / "journal").read_bytes().splitlines()
        return tuple(json.loads(line)["event"] for line in lines)


POINTS = [
    pytest.param(way, number, is_written, id=f"{way}-{number}-{event}-{'after' if is_written else 'before'}")
    for way in WAYS
    for number, event in enumerate(events(way), start=1)
    for is_written in (False, True)
]


def test_the_points_are_those_of_every_transport():
    assert events("forward")[:2] == ("begin", "commit")
    assert events("forward")[-3:] == ("decided", "confirmed", "ended")
    assert events("back")[-2:] == ("back", "ended")


def kill_at(patch, made, number, *, is_written):
    """Kill our process at its `number`th record, just before or just after it is on disk."""
    line, seen = Journal._line, []

    def dying(self, content):
        if made.is_dead:
            raise Killed
        seen.append(content)
        if len(seen) < number or is_written:
            line(self, content)
        if len(seen) == number:
            made.is_dead = True
            raise Killed

    patch.setattr(Journal, "_line", dying)


@pytest.mark.parametrize(("way", "number", "is_written"), POINTS)
def test_killed_at_every_record_then_recovered(tmp_path, monkeypatch, way, number, is_written):
    made = world(tmp_path, way)
    with monkeypatch.context() as patch:
        kill_at(patch, made, number, is_written=is_written)
        assert made.apply(patch) is None
    told = [item.story.is_decided for item in Store(made.options.state).transactions()]
    reports = made.recover()
    assert all(report.status in {0, 3} for report in reports), reports
    assert (made.runs(1), made.runs(2)) == (not any(told), any(told))
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()


def test_recover_waits_for_the_timer_of_a_session_that_is_gone(tmp_path, monkeypatch):
    """At once after the kill the trial still runs; nobody can end it, and nobody else can commit, until its time is over."""
    made = blend(tmp_path, world=XrBlend)
    made.strikes.append(Strike(NODES["iosxr"], "commit", "kill of ours, after", 1))
    assert made.apply(monkeypatch) is None
    wire = made.wires[NODES["iosxr"]]
    wire.hang_up()  # the fake hurries: what would take half a minute takes a moment
    assert wire.fake.trial is not None
    made.is_dead, made.strikes = False, []
    Blend.recover(made)
    assert wire.fake.trial is None
    assert made.runs(1)
    assert made.leftovers == []
