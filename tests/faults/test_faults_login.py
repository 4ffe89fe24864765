"""Who we talk to and who we are: host keys, keys, weak algorithms, dead ends. Each is one finding, and nothing is sent first."""

from __future__ import annotations

import logging
import re
import socket
import subprocess
from dataclasses import replace

import pytest
import support_push_sshd as sshd

from intentc.push.collect import collect_running
from intentc.push.history import history
from intentc.push.journal import read_journal
from intentc.push.report import Outcome
from intentc.push.ssh import connect
from intentc.push.store import Store
from intentc.push.trouble import SessionError, Trouble

NODE = "fra-pe1"


@pytest.fixture
def device(network):
    return network.device(NODE)


@pytest.fixture
def other_key(tmp_path):
    return sshd.make_key(tmp_path / "other")


def trouble(device, timeout_s=5):
    with pytest.raises(SessionError) as raised:
        connect(device, timeout_s=timeout_s)
    return raised.value


def public(path):
    return " ".join((path.parent / f"{path.name}.pub").read_text().split()[:2])


def attempts(server):
    """How often somebody tried to log in; a refused host key must not add to it."""
    return len(re.findall("Accepted|Failed|Invalid user|Connection closed by authenticating", server.log))


def known(device, tmp_path, key):
    path = tmp_path / "their_known_hosts"
    path.write_text(f"[{device.host}]:{device.port} {key}\n" if key else "")
    return replace(device, known_hosts=path)


def test_unknown_host_key(device, servers, tmp_path):
    before = attempts(servers[NODE])
    error = trouble(known(device, tmp_path, ""))
    assert error.trouble is Trouble.HOST_KEY_UNKNOWN
    fingerprint = subprocess.run(
        ["ssh-keygen", "-lf", servers[NODE].directory / "host_key.pub"], capture_output=True, text=True, check=True
    ).stdout.split()[1]
    assert fingerprint in error.text
    assert attempts(servers[NODE]) == before


def test_missing_known_hosts_file(device, tmp_path):
    assert trouble(replace(device, known_hosts=tmp_path / "none")).trouble is Trouble.HOST_KEY_UNKNOWN


def test_changed_host_key(device, servers, tmp_path, other_key):
    before = attempts(servers[NODE])
    error = trouble(known(device, tmp_path, public(other_key)))
    assert error.trouble is Trouble.HOST_KEY_CHANGED
    assert "nothing was sent" in error.text
    assert attempts(servers[NODE]) == before


def test_malformed_known_hosts(device, tmp_path):
    assert trouble(known(device, tmp_path, "ssh-ed25519 AAAA====broken")).trouble is Trouble.HOST_KEY_UNKNOWN


def test_hashed_known_hosts(device, servers, tmp_path):
    found = known(device, tmp_path, servers[NODE].host_key)
    subprocess.run(["ssh-keygen", "-q", "-H", "-f", found.known_hosts], check=True, capture_output=True)
    connect(found, timeout_s=5).close()


def test_a_pinned_key_needs_no_known_hosts(device, servers, tmp_path):
    connect(replace(known(device, tmp_path, ""), host_key=servers[NODE].host_key), timeout_s=5).close()


def test_a_pin_wins_over_known_hosts(device, other_key):
    error = trouble(replace(device, host_key=public(other_key)))
    assert error.trouble is Trouble.HOST_KEY_CHANGED
    assert "pinned" in error.text


@pytest.mark.parametrize("pin", ["nonsense", "ssh-ed25519 AAAA", "ssh-ed25519"])
def test_a_pin_that_is_no_key(device, pin):
    assert trouble(replace(device, host_key=pin)).trouble is Trouble.HOST_KEY_UNKNOWN


@pytest.mark.parametrize("what", ["none named", "missing", "not a key", "passphrase"])
def test_no_usable_key(device, tmp_path, what):
    path = tmp_path / "id"
    if what == "not a key":
        path.write_text("hello\n")
    elif what == "passphrase":
        sshd.make_key(path, passphrase="canary-passphrase")  # noqa: S106  (a canary)
    error = trouble(replace(device, key_file=None if what == "none named" else path))
    assert error.trouble is Trouble.CREDENTIALS
    assert "canary" not in f"{error.text} {error.advice}"


def test_a_key_that_the_device_does_not_know(device, other_key):
    error = trouble(replace(device, key_file=other_key))
    assert error.trouble is Trouble.AUTHENTICATION
    assert "authorized_keys" in error.advice[0]


def test_only_the_named_key_is_offered(device, other_key, user_key, tmp_path, monkeypatch):
    """Neither `~/.ssh` nor the agent is asked, even where a key there would open the door."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    (home / ".ssh" / "id_ed25519").write_bytes(user_key.read_bytes())
    monkeypatch.setenv("HOME", str(home))
    assert trouble(replace(device, key_file=other_key)).trouble is Trouble.AUTHENTICATION


def test_nothing_listens(device):
    error = trouble(replace(device, port=sshd.free_port(device.host)), timeout_s=1)
    assert error.trouble is Trouble.UNREACHABLE


def test_something_listens_and_says_nothing(device):
    with socket.create_server((device.host, 0), backlog=8) as silent:
        error = trouble(replace(device, port=silent.getsockname()[1]), timeout_s=0.3)
    assert error.trouble is Trouble.UNREACHABLE


WEAK = {
    "key exchange": "KexAlgorithms diffie-hellman-group14-sha1",
    "group exchange": "KexAlgorithms diffie-hellman-group-exchange-sha256",
    "cipher": "Ciphers aes256-cbc,3des-cbc",
    "integrity": "MACs hmac-sha1",
    "group 1": "KexAlgorithms diffie-hellman-group1-sha1",
    "md5": "MACs hmac-md5",
    "triple des": "Ciphers 3des-cbc",
    "sha-1 signature": "HostKeyAlgorithms ssh-rsa",
}


@pytest.mark.parametrize("what", WEAK)
def test_weak_algorithms_are_refused(user_key, tmp_path, device, what):
    # Where MACs are weak the cipher is one without built-in integrity: otherwise no MAC is negotiated at all.
    server = weak_server(what, tmp_path, user_key)
    try:
        error = trouble(replace(device, host=server.address, port=server.port, host_key=server.host_key))
    finally:
        server.stop()
    assert error.trouble is Trouble.ALGORITHMS


STRONG = {
    **{what: [] for what in WEAK},
    "integrity": ["Ciphers aes128-ctr"],
    "md5": ["Ciphers aes128-ctr"],
    "sha-1 signature": ["HostKey {directory}/rsa"],
}

# What the installed paramiko still has; the others are refused whatever is allowed, and the advice says so.
ALLOWED = {"group exchange": "diffie-hellman-group-exchange-sha256", "cipher": "aes256-cbc", "integrity": "hmac-sha1"}


def weak_server(what, directory, user_key):
    if what == "sha-1 signature":
        sshd.make_key(directory / "rsa", "rsa", bits=2048)
    settings = [WEAK[what], *(line.format(directory=directory) for line in STRONG[what])]
    return sshd.start("weak", "127.88.0.7", directory / "weak", user_key, settings=settings)


@pytest.mark.parametrize("what", ALLOWED)
def test_a_weak_algorithm_is_taken_where_it_is_allowed(user_key, tmp_path, device, what):
    server = weak_server(what, tmp_path, user_key)
    allowed = replace(device, host=server.address, port=server.port, host_key=server.host_key)
    try:
        connect(replace(allowed, allow_weak=(ALLOWED[what],)), timeout_s=5).close()
    finally:
        server.stop()


def test_what_is_allowed_and_not_there_any_more_is_said(user_key, tmp_path, device):
    server = weak_server("group 1", tmp_path, user_key)
    other = replace(device, host=server.address, port=server.port, host_key=server.host_key)
    try:
        error = trouble(replace(other, allow_weak=("diffie-hellman-group1-sha1",)))
    finally:
        server.stop()
    assert error.trouble is Trouble.ALGORITHMS
    assert any("`diffie-hellman-group1-sha1` is allowed, but paramiko" in line for line in error.advice)


@pytest.mark.parametrize(("node", "code"), [("ber-pe1", "E0802"), ("par-pe1", "E0801")])
def test_all_devices_that_cannot_be_reached_are_named(network, tmp_path, node, code):
    devices = dict(network.devices)
    devices["ber-pe1"] = known(devices["ber-pe1"], tmp_path, "")
    devices["par-pe1"] = replace(devices["par-pe1"], port=sshd.free_port(devices["par-pe1"].host))
    collected = collect_running(devices, opener=network.opener)
    assert list(collected.running) == ["fra-pe1"]
    assert (node, code) in [(finding.node, finding.code) for finding in collected.findings]


def test_no_secret_in_any_artefact(network, user_key, tmp_path, caplog):
    """The private key is nowhere; the tickets are in the journal alone, which only its owner can read."""
    secret = "".join(user_key.read_text().split("\n")[1:-2])[40:90]
    with caplog.at_level(logging.DEBUG):
        plan = network.plan(1)
        report = network.apply(plan)
    assert report.outcome is Outcome.APPLIED
    (item,) = Store(network.options.state).transactions()
    journal = item.directory / "journal"
    said = [repr(report), repr(plan), repr(history(network.options.state)), caplog.text]
    written = [path.read_text() for path in network.options.state.rglob("*") if path.is_file() and path != journal]
    tickets = [ticket for _, ticket in read_journal(journal).opening.tickets]
    assert len(tickets) == 3
    leaks = [text for text in (*said, *written, journal.read_text()) if secret in text]
    leaks += [text for text in (*said, *written) if any(ticket in text for ticket in tickets)]
    assert leaks == []
    modes = {path.name: oct(path.stat().st_mode & 0o077) for path in item.directory.iterdir()}
    assert modes == {"journal": "0o0", "plan.json": "0o0"}
