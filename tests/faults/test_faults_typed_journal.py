"""Killed at every record of the journal, forward and back, with a router at its command line: `recover` settles it."""

from __future__ import annotations

import json

import pytest
from support_push_blend import Blend, Strike, blend
from support_push_typed_blend import WORLDS
from support_push_wired import Killed

from intentc.push.journal import Journal
from intentc.push.report import Outcome
from intentc.push.store import Store

# What an apply to such a world writes; the first test holds this to what it does.
FORWARD = ("begin", "commit", "commit", "commit", "commit", "decided", "confirmed", "ended")
COMMITS_BACK = {
    "iosxe": 1,
    "iosxr": 1,
    "junos": 2,
    "srlinux": 2,
}  # what was committed when another device refuses its second stage
EVENTS = {
    **{(name, "forward"): FORWARD for name in WORLDS},
    **{(name, "back"): ("begin", *("commit",) * COMMITS_BACK[name], "back", "ended") for name in WORLDS},
}
POINTS = [
    pytest.param(transport, way, number, id=f"{transport}-{way}-{number}-{event}")
    for (transport, way), events in EVENTS.items()
    for number, event in enumerate(events, start=1)
]


SECOND = {"iosxe": 2, "iosxr": 2, "junos": 3, "srlinux": 3}  # which message of the agent validates its second stage


def made_for(root, transport, way):
    made = blend(root, world=WORLDS[transport])
    if way == "back":
        made.strikes.append(Strike("ber-pe1", "validate", "refusal", SECOND[transport]))
    return made


@pytest.mark.parametrize(("transport", "way"), EVENTS)
def test_the_points_are_what_they_should_be(tmp_path, monkeypatch, transport, way):
    made = made_for(tmp_path, transport, way)
    made.apply(monkeypatch)
    (item,) = Store(made.options.state).transactions()
    lines = (item.directory / "journal").read_text().splitlines()
    assert tuple(json.loads(line)["event"] for line in lines) == EVENTS[transport, way]


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


WHEN = {"before": (False, False), "after": (True, False), "after, and after the timers": (True, True)}


@pytest.mark.parametrize("when", WHEN)
@pytest.mark.parametrize(("transport", "way", "number"), POINTS)
def test_killed_at_every_record_then_recovered(tmp_path, monkeypatch, transport, way, number, when):
    is_written, is_late = WHEN[when]
    made = made_for(tmp_path, transport, way)
    with monkeypatch.context() as patch:
        kill_at(patch, made, number, is_written=is_written)
        assert made.apply(patch) is None
    was_decided = "decided" in EVENTS[transport, way][: number if is_written else number - 1]
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


def test_recover_waits_for_the_timer_of_a_session_that_is_gone(tmp_path, monkeypatch):
    """At once after the kill the trial of IOS XR still runs; nobody can end it, and nobody else can commit, until its time is over."""
    made = blend(tmp_path, world=WORLDS["iosxr"])
    made.strikes.append(Strike(made.nodes["iosxr"], "commit", "kill of ours, after", 1))
    assert made.apply(monkeypatch) is None
    wire = made.wires[made.nodes["iosxr"]]
    wire.hang_up()  # the fake hurries: what would take half a minute takes a moment
    assert wire.fake.trial is not None
    made.is_dead, made.strikes = False, []
    Blend.recover(made)
    assert wire.fake.trial is None
    assert made.runs(1)
    assert made.leftovers == []


def test_recover_does_not_wait_where_any_session_may_go_back(tmp_path, monkeypatch):
    """The timer of IOS XE is the router's: whoever recovers ends it, and the lines that were typed are gone."""
    made = blend(tmp_path, world=WORLDS["iosxe"])
    wire = made.wires[made.nodes["iosxe"]]
    made.strikes.append(Strike(wire.node, "commit", "kill of ours, after", 6))  # between two lines
    assert made.apply(monkeypatch) is None
    assert not wire.runs(1)
    assert wire.fake.pending is not None
    made.is_dead, made.strikes = False, []
    made.recover()
    assert "configure revert now" in wire.fake.commands
    assert made.runs(1)
    assert made.leftovers == []
