"""What is remembered of devices that keep nothing: exact in both directions, replaced as a whole, and one lease per device."""

from __future__ import annotations

import contextlib
import threading

import pytest
from support_push_worlds import payload

from intentc.push.memory import Lease, Memory, Pending, Remembered, free, take
from intentc.push.prior import Prior
from intentc.push.trouble import SessionError, Trouble

NODE = "fra-pe1"
LEASE = Lease("t" * 32, "bob on noc1", "apply 1", "2026-11-20T08:00:00.000+00:00")
OTHER = Lease("u" * 32, "ann on noc2", "apply 2", "2026-11-20T09:00:00.000+00:00")
PRIORS = (Prior("qos map exp 3", "qos map exp 3 to traffic-class 5\n"),)
FULL = Remembered(
    NODE,
    given=payload(NODE, "a", 1),
    confirmed="s" * 32,
    lease=LEASE,
    pending=Pending(
        LEASE.ticket, payload(NODE, "a", 2), payload(NODE, "a", 1), "sha256:0", 12.5, is_armed=True, priors=PRIORS
    ),
    replaced=payload(NODE, "a", 3),
    priors=PRIORS,
)


@pytest.fixture
def memory(tmp_path):
    return Memory(tmp_path / "state" / "devices")


@pytest.mark.parametrize("remembered", [Remembered(NODE), FULL], ids=["nothing", "everything"])
def test_what_is_written_is_read(memory, remembered):
    memory.write(remembered)
    assert memory.read(NODE) == remembered


def test_nothing_is_remembered_of_a_device_never_met(memory):
    assert memory.read(NODE) == Remembered(NODE)


def test_it_is_for_its_owner_only(memory, tmp_path):
    memory.write(FULL)
    folder = tmp_path / "state" / "devices"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema": 99}', '{"schema": 1}'])
def test_what_was_damaged_is_told_and_not_guessed(memory, tmp_path, text):
    memory.write(FULL)
    (tmp_path / "state" / "devices" / f"{NODE}.json").write_text(text)
    with pytest.raises(SessionError) as raised:
        memory.read(NODE)
    assert raised.value.trouble is Trouble.STATE
    assert raised.value.advice


def test_a_place_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SessionError) as raised:
        Memory(tmp_path / "file" / "devices").write(FULL)
    assert raised.value.trouble is Trouble.STATE


def test_a_lease_is_had_by_one(memory):
    assert take(memory, NODE, LEASE).lease == LEASE
    assert take(memory, NODE, LEASE).lease == LEASE, "its holder may take it again"
    with pytest.raises(SessionError) as raised:
        take(memory, NODE, OTHER)
    assert raised.value.trouble is Trouble.LOCKED
    assert all(word in raised.value.text for word in ("bob on noc1", "apply 1", "2026-11-20T08:00"))
    assert LEASE.ticket not in raised.value.text
    free(memory, NODE, OTHER.ticket)
    assert memory.read(NODE).lease == LEASE
    free(memory, NODE, LEASE.ticket)
    assert take(memory, NODE, OTHER).lease == OTHER


def test_of_many_who_want_it_at_once_one_gets_it(memory):
    got = []

    def try_to(number):
        with contextlib.suppress(SessionError):
            got.append(take(memory, NODE, Lease(str(number), "bob", "apply", "now")).lease.ticket)

    threads = [threading.Thread(target=try_to, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [memory.read(NODE).lease.ticket]
