"""Journal and state store: what is written survives, what is torn is ignored, what is damaged is said."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support_plan import NODE, PARTICULARS, config, items, kit, render, running

from intentc.diagnostics import Findings
from intentc.ir.stages import stage_configs
from intentc.plan.file import plan_hash
from intentc.plan.make import make_plan
from intentc.push.journal import Event, Journal, JournalError, Opening, read_journal
from intentc.push.refusal import RefusalError
from intentc.push.store import Holder, Store
from intentc.render.model import Bundle, DeviceBundle

OPENING = Opening(
    "20261120T091500Z-7f3a", "apply", "bob", "noc1", "c0ffee", "sha256:1", 60, ((NODE, "t1"), ("x", "t2"))
)
HOLDER = Holder("bob", "noc1", 4711, "2026-11-20T09:15:00+00:00", "apply")


def journal(path, *events):
    opened = Journal(path, OPENING)
    for event, nodes in events:
        opened.write(event, nodes)
    opened.close()
    return read_journal(path)


def plan():
    wanted = config(items(1, "a"))
    bundle = Bundle({NODE: DeviceBundle(NODE, "frr", "ssh", wanted, render(wanted), ())})
    return make_plan(bundle, {NODE: running(None)}, kit(stage_configs), PARTICULARS, Findings())


def test_what_was_written_is_read(tmp_path):
    story = journal(tmp_path / "j", (Event.COMMIT, [NODE]), (Event.DECIDED, []), (Event.ENDED, []))
    assert story.opening == OPENING
    assert [record.event for record in story.records] == [Event.COMMIT, Event.DECIDED, Event.ENDED]
    assert (story.touched, story.is_decided, story.is_ended) == ({NODE}, True, True)
    assert (tmp_path / "j").stat().st_mode & 0o777 == 0o600


def test_going_back_after_a_decision_that_could_not_be_synced_is_going_back(tmp_path):
    assert not journal(tmp_path / "j", (Event.DECIDED, []), (Event.BACK, [])).is_decided


@pytest.mark.parametrize("cut", [1, 10, 40])
def test_a_torn_line_is_ignored_and_written_over(tmp_path, cut):
    path = tmp_path / "j"
    journal(path, (Event.COMMIT, [NODE]), (Event.DECIDED, []))
    path.write_bytes(path.read_bytes()[:-cut])
    assert not read_journal(path).is_decided
    again = Journal(path)
    again.write(Event.BACK, note="x")
    again.close()
    assert [record.event for record in read_journal(path).records] == [Event.COMMIT, Event.BACK]


def test_a_journal_whose_first_line_is_torn_was_never_begun(tmp_path):
    (tmp_path / "j").write_text('{"event": "begin", "at"')
    assert read_journal(tmp_path / "j") is None


@pytest.mark.parametrize("line", ["{}", "nonsense", '{"event": "begin"}', '{"event": "other", "at": "x"}'])
def test_a_damaged_journal_is_said(tmp_path, line):
    path = tmp_path / "j"
    journal(path, (Event.COMMIT, [NODE]))
    first, *rest = path.read_text().splitlines()
    path.write_text("\n".join([first, line, *rest, ""]))
    with pytest.raises(RefusalError) as raised:
        read_journal(path)
    assert raised.value.findings[0].code == "E0822"


def test_a_journal_of_another_version_is_said(tmp_path):
    path = tmp_path / "j"
    journal(path)
    path.write_text(json.dumps({**json.loads(path.read_text()), "schema": 2}) + "\n")
    with pytest.raises(RefusalError):
        read_journal(path)


def test_a_full_disk_is_an_error_of_the_journal(tmp_path):
    opened = Journal(tmp_path / "j", OPENING)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, opened._descriptor)
    os.close(full)
    with pytest.raises(JournalError, match="space"):
        opened.write(Event.DECIDED)
    opened.close()


def test_a_store_lists_what_was_begun_oldest_first(tmp_path):
    from dataclasses import replace

    store = Store(tmp_path / "state")
    for number in (2, 1):
        opening = replace(OPENING, id=f"2026112{number}T091500Z-7f3a", plan_hash=plan_hash(plan()))
        store.begin(opening, plan()).close()
    assert [item.id[:8] for item in store.transactions()] == ["20261121", "20261122"]
    assert len(store.unfinished()) == 2
    assert store.transactions()[0].plan() == plan()


def test_a_store_that_is_not_there_is_empty(tmp_path):
    assert Store(tmp_path / "none").transactions() == ()
    assert not (tmp_path / "none").exists()


def test_a_damaged_plan_of_a_transaction_is_said(tmp_path):
    store = Store(tmp_path / "state")
    store.begin(OPENING, plan()).close()
    (item,) = store.transactions()
    (item.directory / "plan.json").write_text("{}")
    with pytest.raises(RefusalError) as raised:
        item.plan()
    assert raised.value.findings[0].code == "E0822"


def test_the_lease_names_its_holder(tmp_path):
    store = Store(tmp_path / "state")
    with store.lease(HOLDER), pytest.raises(RefusalError) as raised, Store(tmp_path / "state").lease(HOLDER):
        pass
    (finding,) = raised.value.findings
    assert (finding.code, "bob on noc1 (process 4711)" in finding.message) == ("E0818", True)
    with store.lease(HOLDER):
        pass


def test_the_lease_of_a_dead_process_holds_nothing(tmp_path):
    code = (
        "import os, sys, pathlib\n"
        "from intentc.push.store import Holder, Store\n"
        "lease = Store(pathlib.Path(sys.argv[1])).lease(Holder('eve', 'noc2', 1, 'x', 'apply'))\n"
        "lease.__enter__()\n"
        "os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "state"], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -9
    assert b"eve" in (tmp_path / "state" / "lease").read_bytes()
    with Store(tmp_path / "state").lease(HOLDER):
        pass


@pytest.mark.parametrize("what", ["a file in its place", "no room"])
def test_a_state_directory_that_cannot_be_written_is_said(tmp_path, what):
    root = tmp_path / "state"
    if what == "no room":
        root = Path("/proc/self/state")
    else:
        root.write_text("")
    with pytest.raises(RefusalError) as raised, Store(root).lease(HOLDER):
        pass
    assert raised.value.findings[0].code == "E0822"
