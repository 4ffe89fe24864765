"""Killed at every record of the journal, forward and back, with a Junos or an SR Linux at its command line: `recover` settles it."""

from __future__ import annotations

import json

import pytest
from support_push_blend import Strike, blend
from support_push_typed_blend import WORLDS
from support_push_wired import Killed

from intentc.push.journal import Journal
from intentc.push.report import Outcome
from intentc.push.store import Store

# What an apply to such a world writes; the first test holds this to what it does.
EVENTS = {
    "forward": ("begin", "commit", "commit", "commit", "commit", "decided", "confirmed", "ended"),
    "back": ("begin", "commit", "commit", "back", "ended"),
}
POINTS = [
    pytest.param(transport, way, number, id=f"{transport}-{way}-{number}-{event}")
    for transport in WORLDS
    for way, events in EVENTS.items()
    for number, event in enumerate(events, start=1)
]


def made_for(root, transport, way):
    made = blend(root, world=WORLDS[transport])
    if way == "back":
        made.strikes.append(Strike("ber-pe1", "validate", "refusal", 3))
    return made


@pytest.mark.parametrize("way", EVENTS)
@pytest.mark.parametrize("transport", WORLDS)
def test_the_points_are_what_they_should_be(tmp_path, monkeypatch, transport, way):
    made = made_for(tmp_path, transport, way)
    made.apply(monkeypatch)
    (item,) = Store(made.options.state).transactions()
    lines = (item.directory / "journal").read_text().splitlines()
    assert tuple(json.loads(line)["event"] for line in lines) == EVENTS[way]


def kill_after(patch, made, number):
    """Kill our process just after its `number`th record is on disk; before it nothing else has happened since the one before."""
    line, seen = Journal._line, []

    def dying(self, content):
        if made.is_dead:
            raise Killed
        line(self, content)
        seen.append(content)
        if len(seen) == number:
            made.is_dead = True
            raise Killed

    patch.setattr(Journal, "_line", dying)


@pytest.mark.parametrize("is_late", [False, True], ids=["at once", "after the timers"])
@pytest.mark.parametrize(("transport", "way", "number"), POINTS)
def test_killed_at_every_record_then_recovered(tmp_path, monkeypatch, transport, way, number, is_late):
    made = made_for(tmp_path, transport, way)
    with monkeypatch.context() as patch:
        kill_after(patch, made, number)
        assert made.apply(patch) is None
    was_decided = EVENTS[way][:number].count("decided") == 1
    if is_late:
        for wire in made.wires.values():
            wire.hang_up()
            wire.expire()
    reports = made.recover()
    assert all(one.outcome is (Outcome.APPLIED if was_decided else Outcome.BACK) for one in reports), reports
    assert (made.runs(1), made.runs(2)) == (not was_decided, was_decided)
    assert made.leftovers == []
    assert not Store(made.options.state).unfinished()
    assert made.is_saved
