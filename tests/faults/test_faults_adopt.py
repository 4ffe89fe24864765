"""Drift that somebody decides to leave for now: never silently, never for good, and only what was shown."""

from __future__ import annotations

import json
import os

import pytest
from support_cli_network import ONE, TWO, cli_network
from support_push_worlds import NODES, world

from intentc.push import adoption
from intentc.push.adoption import adopt, adoptions, in_force
from intentc.push.apply import apply, holder
from intentc.push.history import history
from intentc.push.refusal import RefusalError
from intentc.push.store import Store

BY_HAND = ("+mark by-hand: DSCP 46",)


@pytest.fixture
def net(tmp_path, monkeypatch):
    """A network in which nothing was applied yet: owned objects may be changed by hand there as well."""
    made = cli_network(tmp_path, monkeypatch, one=ONE, two=TWO)
    for device in made.devices.values():
        device.is_mended = True
    return made


@pytest.fixture
def applied(net):
    assert net.run("apply", "--yes").status == 0
    return net


@pytest.fixture
def adopted(net):
    net.devices["a"].foreign = BY_HAND
    done = net.run("drift", "--adopt", "--yes")
    assert done.status == 0, done.out + done.err
    return net


def test_what_is_adopted_is_shown_with_who_and_is_no_drift_any_more(adopted):
    done = adopted.run("drift")
    assert done.status == 0, done.out + done.err
    assert "+ mark by-hand: DSCP 46 (added by someone else); adopted by " in done.out
    assert "all as it was applied but for what was adopted on a" in done.out
    assert "N0828" in done.err


def test_the_device_is_not_touched_by_adopting(net):
    net.devices["a"].foreign = BY_HAND
    before = list(net.devices["a"].history)
    assert net.run("drift", "--adopt", "--yes").status == 0
    assert net.devices["a"].history == before
    assert "commit" not in net.devices["a"].calls[-3:]


def test_what_changes_after_that_is_drift_again_and_only_that_counts(adopted):
    adopted.devices["a"].foreign = (*BY_HAND, "+mark another: DSCP 8")
    done = adopted.run("drift")
    assert done.status == 1
    assert "(1 line differs)" in done.err


@pytest.mark.parametrize("line", ["+mark by-hand: DSCP 0", "-mark by-hand: DSCP 46"])
def test_an_adopted_line_that_was_changed_once_more_is_drift(adopted, line):
    adopted.devices["a"].foreign = (line,)
    assert adopted.run("drift").status == 1


def test_the_next_plan_shows_what_was_adopted_and_the_way_back(adopted):
    done = adopted.run("plan")
    assert done.status == 0, done.out + done.err
    assert "adopted by " in done.out
    assert "taken back: +mark by-hand: DSCP 46" in done.out
    assert "left as they run, on purpose, is taken back" in done.out
    assert "changed by someone else" not in done.out


def test_an_apply_takes_it_back_and_ends_the_adoption(adopted):
    assert adopted.run("apply", "--yes").status == 0
    assert adopted.devices["a"].foreign == ()
    adopted.devices["a"].foreign = BY_HAND  # the same by hand once more: nobody has adopted that
    assert adopted.run("drift").status == 1
    assert "changed by someone else" in adopted.run("plan").out


def test_a_repair_leaves_what_was_adopted_but_not_a_device_with_more(adopted):
    assert adopted.run("drift", "--repair", "--yes").out.startswith("Nothing to do")
    adopted.devices["a"].foreign = (*BY_HAND, "+mark another: DSCP 8")
    done = adopted.run("drift", "--repair", "--yes")
    assert done.status == 0, done.out + done.err
    assert "adopted by " in done.out
    assert adopted.devices["a"].foreign == ()


def test_only_the_devices_that_are_named_are_adopted(net):
    net.devices["a"].foreign = net.devices["d"].foreign = BY_HAND
    done = net.run("drift", "d", "--adopt", "--yes")
    assert done.status == 0
    assert "1 line on d" in done.out
    assert net.run("drift").status == 1
    assert net.run("drift", "d").status == 0


def test_history_and_audit_log_say_who_adopted_what(adopted):
    done = adopted.run("history")
    assert " adopt by " in done.out.splitlines()[-1]
    assert done.out.splitlines()[-1].endswith(": adopted, 1 device")
    entry = json.loads(adopted.run("history", "--format", "json").out)[-1]
    assert (entry["doing"], entry["outcome"], entry["nodes"]) == ("adopt", "adopted", ["a"])
    audit = (adopted.root / ".intentc" / "state" / "audit.jsonl").read_text().splitlines()
    line = json.loads(audit[-1])
    assert (line["doing"], line["id"], line["lines"]) == ("adopt", entry["id"], {"a": list(BY_HAND)})
    assert line["who"]
    assert line["at"]


def test_history_says_of_everything_what_it_was(applied):
    net = applied
    net.devices["a"].foreign = BY_HAND
    for words in (("drift", "--adopt"), ("apply",), ("withdraw", "one"), ("rollback",)):
        assert net.run(*words, "--yes").status == 0, words
    net.devices["b"].foreign = BY_HAND
    assert net.run("drift", "--repair", "--yes").status == 0
    entries = json.loads(net.run("history", "--format", "json").out)
    said = [(entry["doing"], entry["about"]) for entry in entries]
    assert sorted(said) == sorted(
        [("apply", []), ("adopt", []), ("apply", []), ("withdraw", ["one"]), ("rollback", []), ("repair", [])]
    )
    lines = net.run("history").out
    assert " withdraw one by " in lines
    assert " repair by " in lines
    assert " rollback of " in lines
    audit = (net.root / ".intentc" / "state" / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["doing"] for line in audit] == [
        *("apply", "adopt", "apply", "withdraw", "rollback", "repair"),
    ]


def test_a_withdrawal_is_what_a_rollback_takes_back_and_a_repair_is_not(applied):
    net = applied
    assert net.run("withdraw", "one", "--yes").status == 0
    withdrawn = json.loads(net.run("history", "--format", "json").out)[-1]["id"]
    net.devices["a"].foreign = BY_HAND
    assert net.run("drift", "--repair", "--yes").status == 0
    done = net.run("rollback", "--yes")
    assert done.status == 0, done.out + done.err
    assert f"rollback of {withdrawn}" in done.out


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (("drift", "q"), 2, "there is no device `q`"),
        (("drift", "--adopt"), 6, "nobody is there to ask"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_adopted(net, words, status, text):
    net.devices["a"].foreign = BY_HAND
    done = net.run(*words)
    assert (done.status, text in done.err) == (status, True), done.err
    assert adoptions(net.root / ".intentc" / "state") == ()


def test_nothing_is_adopted_and_repaired_at_once(net):
    with pytest.raises(SystemExit) as ended:
        net.run("drift", "--adopt", "--repair")
    assert ended.value.code == 2


def test_nothing_to_adopt_is_said_and_recorded_nowhere(net):
    assert net.run("drift", "--adopt", "--yes").out.endswith("nothing to adopt\n")
    assert adoptions(net.root / ".intentc" / "state") == ()


def test_nothing_is_adopted_as_long_as_a_device_is_silent_that_was_asked(net):
    net.devices["a"].foreign = BY_HAND
    net.devices["d"].dead_until = float("inf")
    assert net.run("drift", "--adopt", "--yes").status == 6
    assert adoptions(net.root / ".intentc" / "state") == ()
    assert net.run("drift", "a", "--adopt", "--yes").status == 0


def test_secrets_in_what_runs_are_not_written_down(net):
    net.devices["a"].foreign = ("+snmp: community Canary-9f3e ro",)
    assert net.run("drift", "--adopt", "--yes").status == 0
    state = net.root / ".intentc" / "state"
    written = "".join(path.read_text() for path in [*state.rglob("*.json"), state / "audit.jsonl"])
    assert "Canary-9f3e" not in written
    assert net.run("drift").status == 0


def test_an_adoption_is_not_had_while_somebody_else_is_at_work(tmp_path):
    made = world(tmp_path)
    store = Store(made.options.state)
    with store.lease(holder(made.options, "apply")), pytest.raises(RefusalError) as refused:
        adopt({NODES[0]: BY_HAND}, made.options)
    assert refused.value.findings[0].code == "E0818"


def test_an_apply_that_went_back_ends_no_adoption(tmp_path):
    made = world(tmp_path)
    adopt({NODES[0]: BY_HAND}, made.options)
    made.devices[NODES[2]].neighbours = ("isis eth1",)
    made.devices[NODES[2]].on_commit = lambda: setattr(made.devices[NODES[2]], "neighbours", ())
    report = apply(made.plan, made.inventory, made.options, opener=made.opener)
    assert report.status == 3
    assert [item.line for item in in_force(made.options.state)[NODES[0]]] == list(BY_HAND)


def test_a_second_adoption_leaves_the_first_one_its_name(tmp_path):
    made = world(tmp_path)
    first = adopt({NODES[0]: BY_HAND}, made.options)
    adopt({NODES[0]: (*BY_HAND, "+more: 1")}, made.options)
    assert {item.line: item.by for item in in_force(made.options.state)[NODES[0]]}[BY_HAND[0]] == first.words
    assert [entry.doing for entry in history(made.options.state)] == ["adopt", "adopt"]


def test_an_adoption_on_a_full_disk_is_none(tmp_path, monkeypatch):
    made = world(tmp_path)

    def full(_descriptor):
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(adoption.os, "fsync", full)
        with pytest.raises(RefusalError) as refused:
            adopt({NODES[0]: BY_HAND}, made.options)
    assert refused.value.findings[0].code == "E0822"
    assert in_force(made.options.state) == {}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99}', '{"schema": 1, "lines": {"a": ["+x"]}}'])
def test_a_damaged_adoption_stops_what_would_read_it(net, text):
    folder = net.root / ".intentc" / "state" / adoption.FOLDER
    folder.mkdir(parents=True)
    (folder / "20261120T120000Z-0000.json").write_text(text)
    for command in ("drift", "history", "plan"):
        done = net.run(command)
        assert (done.status, "cannot be read" in done.err) == (6, True)
