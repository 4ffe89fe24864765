"""Canaries: a password and the tickets are looked for in everything that an apply writes, says or logs."""

from __future__ import annotations

import json
import logging
import traceback
from dataclasses import replace

import pytest
from support_push_stub_sshd import StubServer
from support_push_wired import Strike, wired
from support_push_worlds import NODES

from intentc.cli.console import open_console
from intentc.cli.dispatch import _bug
from intentc.inventory.model import Device
from intentc.plan.file import encode_plan
from intentc.project import Password, PasswordSource
from intentc.push.agent import open_agent
from intentc.push.apply import apply
from intentc.push.history import history
from intentc.push.passwords import forget_passwords
from intentc.push.report import Outcome
from intentc.push.ssh import connect
from intentc.push.store import Store
from intentc.push.team import Limits
from intentc.push.trouble import SessionError, Trouble

CANARY = "canary-Pa55word-7f3a"
LIMITS = Limits(connect_s=30, verb_s=30, patience_s=5, neighbours_s=2, pause_s=0.05)


@pytest.fixture
def made(tmp_path, monkeypatch):
    monkeypatch.setenv("NET_PASSWORD", CANARY)
    forget_passwords()
    return wired(tmp_path)


@pytest.fixture
def server(made):
    stub = StubServer(made.agents, made.digest, password=CANARY)
    yield stub
    stub.close()


def device(server, node, **changes):
    source = Password(PasswordSource.ENVIRONMENT, ("NET_PASSWORD",))
    values = {"host": server.address, "port": server.port(node), "username": "automation", "key_file": None}
    return Device(
        **{"node": node, **values, "known_hosts": None, "host_key": server.pin, "password": source, **changes}
    )


def carried_out(made, server, **changes):
    devices = {node: device(server, node, **changes) for node in NODES}
    options = replace(made.options, limits=LIMITS)
    return apply(made.plan, devices, options, opener=lambda found, limits: open_agent(found, limits, made.target))


def written(made):
    return {path.name: path.read_text() for path in made.options.state.rglob("*") if path.is_file()}


@pytest.mark.parametrize("fault", ["", "refusal"])
def test_a_password_is_nowhere(made, server, caplog, fault):
    if fault:
        made.agents[NODES[1]].strikes.append(Strike("apply", fault, 2))
    with caplog.at_level(logging.DEBUG):
        report = carried_out(made, server)
    assert report.outcome is (Outcome.BACK if fault else Outcome.APPLIED), report.findings
    assert CANARY in server.passwords
    said = [repr(report), encode_plan(made.plan), repr(history(made.options.state)), caplog.text]
    assert [text for text in (*said, *written(made).values()) if CANARY in text] == []


def test_the_tickets_are_in_the_journal_alone(made, server, caplog):
    with caplog.at_level(logging.DEBUG):
        report = carried_out(made, server)
    (item,) = Store(made.options.state).transactions()
    tickets = [ticket for _, ticket in item.story.opening.tickets]
    others = [text for name, text in written(made).items() if name != "journal"]
    assert [text for text in (repr(report), caplog.text, *others) if any(ticket in text for ticket in tickets)] == []
    assert (made.options.state / "audit.jsonl").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("what", ["unknown", "changed"])
def test_no_password_goes_to_a_server_that_is_not_known(made, server, tmp_path, what):
    other = StubServer(made.agents, made.digest, password=CANARY)
    known = tmp_path / "known"
    known.write_text("")
    changes = {"host_key": other.pin} if what == "changed" else {"host_key": None, "known_hosts": known}
    with pytest.raises(SessionError) as raised:
        connect(device(server, NODES[0], **changes), timeout_s=30)
    other.close()
    kind = Trouble.HOST_KEY_CHANGED if what == "changed" else Trouble.HOST_KEY_UNKNOWN
    assert (raised.value.trouble, server.passwords) == (kind, [])


def test_a_wrong_password_is_refused_and_not_repeated(made, server, monkeypatch):
    monkeypatch.setenv("NET_PASSWORD", "wrong-" + CANARY)
    with pytest.raises(SessionError) as raised:
        connect(device(server, NODES[0]), timeout_s=30)
    error = raised.value
    assert error.trouble is Trouble.AUTHENTICATION
    assert "the password" in error.text
    assert CANARY not in "".join(traceback.format_exception(error))


def test_a_traceback_of_a_bug_hides_it(made, server, capsys):
    carried_out(made, server)
    try:
        int(f"login with {CANARY}")
    except ValueError as error:
        _bug(open_console("never", is_quiet=False), error, is_verbose=True)
    said = capsys.readouterr().err
    assert "Traceback" in said
    assert CANARY not in said


def test_words_of_a_device_that_show_a_key_are_hidden(made):
    agent = made.agents[NODES[1]]
    agent.apply = lambda _token, _name: (13, ["error=bad line: neighbor 10.0.0.1 password 7 094F471A1A0A"])
    report = made.apply()
    assert report.outcome is Outcome.BACK
    assert "094F471A1A0A" not in repr(report)
    assert "094F471A1A0A" not in "".join(written(made).values())


def audit(made):
    return [json.loads(line) for line in (made.options.state / "audit.jsonl").read_text().splitlines()]


def test_the_audit_log_says_who_did_what_from_which_commit_and_only_grows(made):
    made.agents[NODES[1]].strikes.append(Strike("apply", "refusal", 1))
    first = made.apply()
    second = made.apply()
    assert [(line["id"], line["outcome"]) for line in audit(made)] == [(first.id, "back"), (second.id, "applied")]
    line = audit(made)[0]
    assert (line["who"], line["host"], line["commit"], line["doing"]) == ("bob", "noc1", "c0ffee", "apply")
    assert line["plan"].startswith("sha256:")
    assert line["devices"] == list(NODES)
    assert line["findings"] == ["E0811"]


def test_an_audit_log_that_cannot_be_written_is_said(made):
    (made.options.state / "audit.jsonl").mkdir(parents=True)
    report = made.apply()
    assert (report.outcome, [found.code for found in report.findings]) == (Outcome.APPLIED, ["E0822"])


def test_what_others_read_at_a_lock_names_the_apply_and_its_commit(made):
    seen = []
    agent = made.agents[NODES[0]]
    lock = agent.lock
    agent.lock = lambda token, owner, reason: (seen.append((owner, reason)), lock(token, owner, reason))[1]
    report = made.apply()
    assert seen == [("bob on noc1", f"apply {report.id} of commit c0ffee")]
