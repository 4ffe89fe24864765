"""How an SSH connection uses its socket: what makes it cheap must neither reorder, hold back nor outlive anything."""

from __future__ import annotations

import socket
import threading
import time

import paramiko
import pytest
from support_push_stub_sshd import Login, StubServer
from support_push_wired import Connection as Agent
from support_push_wired import wired
from support_push_worlds import NODES

from intentc.inventory.model import Device
from intentc.project import Password, PasswordSource
from intentc.push.ssh import Completed, connect
from intentc.push.ssh_transport import Stream, Transport
from intentc.push.trouble import SessionError, Trouble

NODE = NODES[0]


@pytest.fixture
def ends():
    here, there = socket.socketpair()
    yield Stream(here), there
    here.close()
    there.close()


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("STUB_PASSWORD", "stub")
    made = wired(tmp_path)
    found = StubServer(made.agents, made.digest, password="stub")  # noqa: S106  (no secret)
    yield found
    found.close()


@pytest.fixture
def connection(server):
    password = Password(PasswordSource.ENVIRONMENT, ("STUB_PASSWORD",))
    device = Device(NODE, "127.0.0.1", server.port(NODE), "root", None, None, server.pin, password=password)
    found = connect(device, timeout_s=5)
    yield found
    found.close()


def test_ciphers_that_authenticate_by_themselves_come_first_and_none_is_added():
    """Those that need no MAC beside them, which paramiko computes and compares in Python."""
    offered, known = Transport._preferred_ciphers, paramiko.Transport._preferred_ciphers
    assert sorted(offered) == sorted(known)
    assert [("-gcm@" in name) for name in offered] == sorted((("-gcm@" in name) for name in known), reverse=True)
    assert "-gcm@" in offered[0]


def test_what_has_arrived_is_read_at_once(ends):
    stream, there = ends
    there.sendall(b"0123456789")
    assert stream.recv(4) == b"0123"
    there.close()  # what was read before does not need the socket
    assert (stream.recv(4), stream.recv(4), stream.recv(4)) == (b"4567", b"89", b"")


def test_what_is_sent_together_leaves_in_one_piece(ends):
    stream, there = ends
    with stream.together():
        assert (stream.send(b"ab"), stream.send(b"cd")) == (2, 2)
        there.setblocking(False)
        with pytest.raises(BlockingIOError):
            there.recv(9)
    assert there.recv(9) == b"abcd"


def test_what_another_thread_sends_goes_at_once_and_after_what_was_held(ends):
    stream, there = ends
    with stream.together():
        stream.send(b"first ")
        other = threading.Thread(target=stream.send, args=(b"second ",))
        other.start()
        other.join()
        assert there.recv(99) == b"first second "
        stream.send(b"third")
    assert there.recv(99) == b"third"


def test_one_thread_that_holds_does_not_let_another_hold(ends):
    stream, there = ends

    def both():
        with stream.together():
            stream.send(b"b")

    with stream.together():
        stream.send(b"a")
        other = threading.Thread(target=both)
        other.start()
        other.join()
        assert there.recv(9) == b"ab"


def test_a_peer_that_does_not_read_holds_nothing_that_is_closed(ends):
    stream, _ = ends
    stream.settimeout(0.01)

    def pour():
        with pytest.raises(OSError), stream.together():
            stream.send(b"x" * 10_000_000)

    pouring = threading.Thread(target=pour)
    pouring.start()
    time.sleep(0.05)
    assert pouring.is_alive()
    stream.close()
    pouring.join(5)
    assert not pouring.is_alive()


def test_a_connection_ends_when_it_is_closed_not_when_its_thread_wakes_up(ends):
    stream, there = ends
    waiting = threading.Thread(target=lambda: stream.recv(1))
    waiting.start()
    time.sleep(0.02)
    stream.close()
    there.settimeout(0.5)
    assert there.recv(1) == b""
    waiting.join(0.5)
    assert not waiting.is_alive()


def test_a_login_leaves_no_other_thread_than_that_of_its_connection(connection):
    kinds = [type(thread).__name__ for thread in threading.enumerate()]
    assert "Timer" not in kinds
    assert connection.is_open


def test_an_exchange_of_keys_in_the_middle_of_a_question_is_not_held_up(connection, monkeypatch):
    """paramiko sends nothing of ours while keys are exchanged, and the exchange needs what was held before it to be gone."""
    shutdown_write = paramiko.Channel.shutdown_write
    ended = []

    def exchange_first(channel):
        exchanging = threading.Thread(target=connection._transport.renegotiate_keys)
        exchanging.start()
        exchanging.join(5)
        ended.append(not exchanging.is_alive())
        shutdown_write(channel)

    monkeypatch.setattr(paramiko.Channel, "shutdown_write", exchange_first)
    assert connection.run("sh -c sha256sum", timeout_s=8).status == 0
    assert ended == [True]


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 3_000_000])
def test_whatever_is_sent_arrives(connection, monkeypatch, size):
    monkeypatch.setattr(Agent, "run", lambda _, command, stdin, **__: Completed(3, f"{command} {len(stdin)}", ""))
    done = connection.run("count", b"x" * size, timeout_s=10)
    assert (done.status, done.stdout) == (3, f"count {size}")


def test_more_than_a_window_comes_back(connection, monkeypatch):
    monkeypatch.setattr(Agent, "run", lambda *_, **__: Completed(0, "y" * 5_000_000, ""))
    assert len(connection.run("pour", timeout_s=10).stdout) == 5_000_000


@pytest.mark.parametrize("size", [0, 3_000_000])
def test_a_command_that_the_server_does_not_start_is_a_lost_answer(connection, monkeypatch, size):
    monkeypatch.setattr(Login, "check_channel_exec_request", lambda *_: False)
    with pytest.raises(SessionError) as raised:
        connection.run("anything", b"x" * size, timeout_s=5)
    assert raised.value.trouble is Trouble.LOST
