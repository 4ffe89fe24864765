"""EOS devices: host keys, keys, weak algorithms, rights. Each is one finding, and nothing is sent first; no secret is written."""

from __future__ import annotations

import logging
from dataclasses import replace

import paramiko
import pytest
from support_push_eos_network import HASTY, LIMITS, EosNetwork
from support_push_fake_eos import Fault
from support_push_fake_eos_server import EosServer, make_user_key, public_of

from intentc.plan.file import encode_plan
from intentc.push.cli_login import open_cli_session
from intentc.push.collect import collect_running
from intentc.push.history import history
from intentc.push.journal import read_journal
from intentc.push.report import Outcome
from intentc.push.store import Store
from intentc.push.trouble import SessionError, Trouble

NODE = "fra-sw1"


@pytest.fixture
def eos(eos_servers, eos_user_key, tmp_path):
    """Three EOS devices that run payload 1."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path)
    network.seed(1)
    return network


@pytest.fixture
def device(eos):
    return eos.device(NODE)


def trouble(device):
    with pytest.raises(SessionError) as raised:
        open_cli_session(device, HASTY)
    return raised.value


def known(device, tmp_path, key):
    path = tmp_path / "their_known_hosts"
    path.write_text(f"[{device.host}]:{device.port} {key}\n" if key else "")
    return replace(device, known_hosts=path)


@pytest.mark.parametrize(
    ("is_other", "expected"),
    [(False, Trouble.HOST_KEY_UNKNOWN), (True, Trouble.HOST_KEY_CHANGED)],
    ids=["unknown", "changed"],
)
def test_a_host_key_that_is_not_known_gets_no_credentials(device, eos_servers, tmp_path, is_other, expected):
    other = paramiko.ECDSAKey.generate()
    eos_servers[NODE].attempts.clear()
    error = trouble(known(device, tmp_path, f"{other.get_name()} {other.get_base64()}" if is_other else ""))
    assert error.trouble is expected
    assert "nothing was sent" in error.text
    assert eos_servers[NODE].attempts == []


def test_a_pinned_key_that_the_device_does_not_have_gets_no_credentials(device, eos_servers):
    other = paramiko.ECDSAKey.generate()
    eos_servers[NODE].attempts.clear()
    assert (
        trouble(replace(device, host_key=f"{other.get_name()} {other.get_base64()}")).trouble
        is Trouble.HOST_KEY_CHANGED
    )
    assert eos_servers[NODE].attempts == []


WEAK = {
    "group exchange": {"kex": ("diffie-hellman-group-exchange-sha256",)},
    "cipher": {"ciphers": ("aes256-cbc",)},
    "integrity": {"ciphers": ("aes128-ctr",), "digests": ("hmac-sha1",)},
}


@pytest.mark.parametrize("what", WEAK)
def test_weak_algorithms_are_refused(eos, device, eos_user_key, what):
    server = EosServer(eos.victim, "127.88.1.9", public_of(eos_user_key), weak=WEAK[what])
    try:
        error = trouble(replace(device, host=server.address, port=server.port, host_key=server.public))
    finally:
        server.stop()
    assert error.trouble is Trouble.ALGORITHMS
    assert server.attempts == []


def test_a_key_that_the_device_does_not_know(device, eos_servers, tmp_path):
    eos_servers[NODE].attempts.clear()
    error = trouble(replace(device, key_file=make_user_key(tmp_path / "other")))
    assert error.trouble is Trouble.AUTHENTICATION
    assert {how for how, _ in eos_servers[NODE].attempts} == {"publickey"}


@pytest.mark.parametrize("says", ["% Authorization denied for command 'enable'", "", "Password: "])
def test_a_user_without_the_rights(eos, device, says):
    eos.victim.needs_enable, eos.victim.enable_says = True, says or " "
    error = trouble(device)
    assert error.trouble in {Trouble.REFUSED, Trouble.AUTHENTICATION}


def test_a_device_that_is_something_else_is_not_touched(eos):
    eos.victim.release = "4.29.1F"
    collected = collect_running(eos.devices, LIMITS)
    assert collected.running[NODE].release == "4.29.1F"
    assert collected.running[NODE].platform == "eos"


def test_no_secret_in_any_artefact(eos, eos_user_key, caplog):
    """Neither our private key nor others' secrets in the devices' configurations; tickets in journal and memory alone."""
    secret = "".join(eos_user_key.read_text().split("\n")[1:-2])[40:90]
    with caplog.at_level(logging.DEBUG):
        plan = eos.plan(2)
        eos.victim.faults = [Fault(r"commit timer \S+", "refuse")]
        reports = [eos.apply(plan), eos.apply(plan)]
    assert [report.outcome for report in reports] == [Outcome.BACK, Outcome.APPLIED]
    state = eos.options.state
    journals = [item.directory / "journal" for item in Store(state).transactions()]
    tickets = [ticket for path in journals for _, ticket in read_journal(path).opening.tickets]
    said = [repr(reports), encode_plan(plan), repr(eos.running()), repr(history(state)), caplog.text]
    said += [name for fake in eos.fakes.values() for name in (*fake.sessions, *fake.commands)]
    written = [path.read_text() for path in state.rglob("*") if path.is_file()]
    assert "canary-of-others" in eos.victim.text
    assert len(tickets) == 6
    assert [text for text in (*said, *written) if secret in text or "canary-of-others" in text] == []
    assert [text for text in said if any(ticket in text for ticket in tickets)] == []
