"""Many devices at once: bounded threads and connections, an end to the whole, and no verb that is ever sent twice."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from support_push_stub_sshd import StubServer
from support_push_wired import LIMITS, Strike, wired
from support_push_wired import Connection as Agent
from support_push_worlds import NODES

from intentc.project import Password, PasswordSource
from intentc.push.agent import open_agent
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.report import Outcome
from intentc.push.ssh_transport import Transport

MANY = tuple(f"r{number:03}" for number in range(80))


def test_no_more_devices_are_asked_at_a_time_than_was_said(tmp_path):
    made = wired(tmp_path, MANY, limits=replace(LIMITS, concurrency=8, connects=3, verb_s=30, patience_s=10))
    asked, dialling, most = threading.Lock(), [0, 0], [0, 0]

    def counted(number, deed):
        def count(*arguments):
            with asked:
                dialling[number] += 1
                most[number] = max(most[number], dialling[number])
            try:
                return deed(*arguments)
            finally:
                with asked:
                    dialling[number] -= 1

        return count

    for agent in made.agents.values():
        agent.enter, agent.call = counted(0, agent.enter), counted(1, agent.call)
    before = threading.active_count()
    assert made.apply().outcome is Outcome.APPLIED
    assert 1 < most[0] <= 3
    assert 1 < most[1] <= 8
    assert threading.active_count() <= before


def test_a_failure_of_one_of_many_takes_all_back(tmp_path):
    made = wired(tmp_path, MANY, limits=replace(LIMITS, verb_s=30, patience_s=10))
    made.agents[MANY[41]].strikes.append(Strike("apply", "lost reply", 3))
    report = made.apply()
    assert (report.outcome, [found.node for found in report.findings]) == (Outcome.BACK, [MANY[41]])
    assert made.runs(1)
    assert made.leftovers == []


@pytest.mark.parametrize(("held", "asked"), [(0, 1), (1, 17), (20, 33)])
def test_locks_are_taken_in_order_and_none_beyond_one_that_is_held(tmp_path, held, asked):
    """The first alone, then sixteen abreast: the longest wait is one for every sixteen devices, not one for each."""
    made = wired(tmp_path, MANY, limits=replace(LIMITS, verb_s=30, patience_s=10))
    made.agents[MANY[held]].state["lock"] = {"token": "t", "owner": "ann on noc2", "reason": "7", "since": "10:00"}
    report = made.apply()
    assert (report.outcome, [item.code for item in report.findings]) == (Outcome.REFUSED, ["E0808"])
    assert [node for node in MANY if "lock" in made.agents[node].calls] == list(MANY[:asked])
    made.agents[MANY[held]].state["lock"] = None
    assert made.leftovers == []


@pytest.mark.parametrize("kind", ["connection drop", "hang", "lost reply"])
@pytest.mark.parametrize("verb", ["lock", "stage", "arm", "apply"])
def test_a_verb_whose_answer_is_missing_is_never_sent_again(tmp_path, verb, kind):
    made = wired(tmp_path)
    made.agents[NODES[1]].strikes.append(Strike(verb, kind))
    assert made.apply().status in {3, 6}
    assert made.agents[NODES[1]].calls.count(verb) == 1


def test_the_time_for_the_whole_ends_an_apply_that_nobody_can_wait_for(tmp_path):
    made = wired(tmp_path, limits=replace(LIMITS, whole_s=0.3))
    for agent in made.agents.values():
        agent.delay_s = 0.05
    report = made.apply()
    assert [found.code for found in report.findings] == ["E0850"]
    assert report.outcome in {Outcome.REFUSED, Outcome.BACK}
    assert made.runs(1)
    assert made.leftovers == []


def test_no_more_sessions_are_open_than_questions_are_under_way_while_devices_are_read(tmp_path):
    made = wired(tmp_path, MANY)
    counting, is_open, most = threading.Lock(), set(), []

    def opener(device, limits):
        session = made.opener(device, limits)
        close = session.close

        def closing():
            with counting:
                is_open.discard(device.node)
            close()

        session.close = closing
        with counting:
            is_open.add(device.node)
            most.append(len(is_open))
        return session

    found = collect_running(made.devices, replace(LIMITS, concurrency=8, verb_s=30), opener=opener)
    assert (found.is_complete, list(found.running)) == (True, list(MANY))
    assert max(most) <= 8
    assert not is_open


# Of an apply of four stages: a login to work and one to prove that others can still log in, each with a look at the agent that is
# there; then lock, neighbours, read, four times validate, commit and read back, neighbours, confirm, persist, read back, unlock.
LOGINS = 2
QUESTIONS = LOGINS + 3 + 4 * 3 + 1 + 4
SENT_AT_LOGIN = 6  # version, offer, key, new keys, service, password
SENT_PER_QUESTION = 3  # a channel; the question whole; the end of the channel


def test_what_a_device_costs_over_ssh(tmp_path, monkeypatch):
    """Counted, as seconds are the machine's: `tests/bench/apply.py` shows what 500 devices of this cost."""
    monkeypatch.setenv("STUB_PASSWORD", "stub")
    counting, asked, sent, threads = threading.Lock(), [], [], []
    run = Agent.run

    def counted(agent, command, stdin=b"", *, timeout_s):
        with counting:
            asked.append(command)
            threads.append([type(thread) for thread in threading.enumerate()])
        return run(agent, command, stdin, timeout_s=timeout_s)

    class Socket:
        def __init__(self, sock):
            self.sock = sock

        def __getattr__(self, name):
            return getattr(self.sock, name)

        def send(self, data):
            with counting:
                sent.append(len(data))
            return self.sock.send(data)

    class Counted(Transport):
        def __init__(self, sock, **options):
            super().__init__(sock, **options)
            self._stream._sock = Socket(sock)

    made = wired(tmp_path, limits=replace(LIMITS, verb_s=30, connect_s=10, patience_s=10))
    server = StubServer(made.agents, made.digest, password="stub")  # noqa: S106  (no secret)
    monkeypatch.setattr("support_push_stub_sshd.Connection.run", counted)
    monkeypatch.setattr("intentc.push.ssh.Transport", Counted)
    password = Password(PasswordSource.ENVIRONMENT, ("STUB_PASSWORD",))
    devices = {
        node: replace(found, port=server.port(node), host_key=server.pin, password=password)
        for node, found in made.devices.items()
    }
    report = apply(
        made.plan, devices, made.options, opener=lambda found, limits: open_agent(found, limits, made.target)
    )
    server.close()
    count = len(NODES)
    assert (report.outcome, len(server.passwords), len(asked)) == (
        Outcome.APPLIED,
        LOGINS * count,
        QUESTIONS * count,
    )
    assert len(sent) <= count * (LOGINS * SENT_AT_LOGIN + QUESTIONS * SENT_PER_QUESTION)
    assert max(kinds.count(Counted) for kinds in threads) <= LOGINS * count
    assert not any(kind is threading.Timer for kinds in threads for kind in kinds)


@pytest.mark.parametrize(("verb", "phase"), [("open", "connecting"), ("read", "reading")])
def test_a_device_that_cannot_be_read_is_named_with_what_was_being_done(tmp_path, verb, phase):
    made = wired(tmp_path)
    made.agents[NODES[1]].strikes.append(Strike(verb, "connection drop"))
    found = collect_running(made.devices, LIMITS, opener=made.opener)
    assert sorted(found.running) == [NODES[0], NODES[2]]
    assert [(item.node, phase in item.message) for item in found.findings] == [(NODES[1], True)]
