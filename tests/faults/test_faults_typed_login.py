"""Junos and SR Linux at their command lines over real SSH: host keys, weak algorithms, keys, rights, secrets, slow and silent devices."""

from __future__ import annotations

import logging
from xml.etree import ElementTree as ET

import paramiko
import pytest
from support_cli_typed import FAKES
from support_push_fake_eos_server import EosServer, make_user_key, public_of
from support_push_fake_typed import Fault
from support_push_typed_world import ALL, HASTY, TypedWorld

from intentc.plan.file import encode_plan
from intentc.push.history import history
from intentc.push.journal import read_journal
from intentc.push.opening import open_session
from intentc.push.report import Outcome
from intentc.push.store import Store
from intentc.push.trouble import SessionError, Trouble

NODE = "r2"
SECRET = "canary-of-others"  # noqa: S105  (nobody's)


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return make_user_key(tmp_path_factory.mktemp("keys") / "user")


@pytest.fixture(params=sorted(FAKES))
def world(request, tmp_path, user_key):
    made = TypedWorld(tmp_path, user_key, request.param)
    yield made
    made.close()


@pytest.fixture(params=sorted(ALL))
def anybody(request, tmp_path, user_key):
    """As `world`, with those whose other manners have tests of their own (`test_faults_iosxr_login`)."""
    made = TypedWorld(tmp_path, user_key, request.param)
    yield made
    made.close()


def trouble(device):
    with pytest.raises(SessionError) as raised:
        open_session(device, HASTY).read()
    return raised.value


def test_a_known_device_says_who_it_is(world):
    state = open_session(world.device(NODE), HASTY).read()
    assert (state.platform, state.release) == {"junos": ("junos", "24.4"), "srlinux": ("srlinux", "25.3.1")}[
        world.target
    ]
    assert state.transport == "ssh"
    assert state.promises.has_timer
    assert not state.promises.is_stackable


@pytest.mark.parametrize("how", ["unknown", "changed", "pinned"])
def test_a_host_key_that_is_not_known_gets_no_credentials(anybody, tmp_path, how):
    server, other = anybody.servers[NODE], paramiko.ECDSAKey.generate()
    key = f"{other.get_name()} {other.get_base64()}"
    path = tmp_path / "their_known_hosts"
    path.write_text(f"[{server.address}]:{server.port} {key}\n" if how == "changed" else "")
    device = anybody.device(NODE, known_hosts=path, host_key=key if how == "pinned" else None)
    error = trouble(device)
    assert error.trouble is (Trouble.HOST_KEY_UNKNOWN if how == "unknown" else Trouble.HOST_KEY_CHANGED)
    assert "nothing was sent" in error.text
    assert server.attempts == []


WEAK = {
    "group exchange": {"kex": ("diffie-hellman-group-exchange-sha256",)},
    "cipher": {"ciphers": ("aes256-cbc",)},
    "integrity": {"ciphers": ("aes128-ctr",), "digests": ("hmac-sha1",)},
}


@pytest.mark.parametrize("what", WEAK)
def test_weak_algorithms_are_refused(anybody, user_key, what):
    server = EosServer(anybody.victim, "127.0.0.1", public_of(user_key), weak=WEAK[what])
    try:
        error = trouble(anybody.device(NODE, host=server.address, port=server.port, host_key=server.public))
    finally:
        server.stop()
    assert error.trouble is Trouble.ALGORITHMS
    assert server.attempts == []


def test_a_key_that_the_device_does_not_know(anybody, tmp_path):
    error = trouble(anybody.device(NODE, key_file=make_user_key(tmp_path / "other")))
    assert error.trouble is Trouble.AUTHENTICATION
    assert {how for how, _ in anybody.servers[NODE].attempts} == {"publickey"}


READS = {"junos": r"show configuration \| .*", "srlinux": r"info from running .*"}
ENTERS = {"junos": "configure exclusive", "srlinux": "enter candidate .*"}
COMMITS = {"junos": "commit confirmed .*", "srlinux": "commit confirmed .*"}


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("denied", Trouble.REFUSED), ("drop", Trouble.LOST), ("restart", Trouble.LOST), ("hang", Trouble.TIMEOUT)],
)
def test_a_device_that_does_not_show_what_it_runs(world, kind, expected):
    world.victim.faults = [Fault(READS[world.target], kind)]
    assert trouble(world.device(NODE)).trouble is expected


def test_a_user_who_may_not_configure_aborts_everything(world):
    before = world.texts()
    plan = world.plan(world.smaller)
    world.victim.faults = [Fault(ENTERS[world.target], "denied", times=9)]
    report = world.apply(plan)
    assert report.outcome is Outcome.REFUSED
    assert {(item.code, item.node) for item in report.findings} == {("E0811", NODE)}
    assert world.texts() == before
    assert world.has_nothing_left


def test_banners_and_slow_prompts_change_nothing(world):
    world.victim.motd = "\r\n*** r2> maintained by NOC # ***\r\n\x1b[1mwelcome\x1b[0m\r\n--{ hello }--\r\n"
    world.victim.slowness_s = 0.02
    assert open_session(world.device(NODE), HASTY).read().given is None


def test_no_secret_in_any_artefact(world, user_key, caplog):
    """Neither our private key nor others' secrets in the devices' configurations; tickets in journal and memory alone."""
    secret = "".join(user_key.read_text().split("\n")[1:-2])[40:90]
    for fake in world.fakes.values():
        ET.SubElement(fake.running, "secret-of-others").text = SECRET
        fake.startup.append(fake.running[-1])
    with caplog.at_level(logging.DEBUG):
        plan = world.plan(world.smaller)
        world.victim.faults = [Fault(COMMITS[world.target], "refuse")]
        reports = [world.apply(plan), world.apply(plan)]
    assert [report.outcome for report in reports] == [Outcome.BACK, Outcome.APPLIED]
    state = world.options.state
    journals = [item.directory / "journal" for item in Store(state).transactions()]
    tickets = [ticket for path in journals for _, ticket in read_journal(path).opening.tickets]
    said = [repr(reports), encode_plan(plan), repr(world.running()), repr(history(state)), caplog.text]
    said += [command for fake in world.fakes.values() for command in fake.commands]
    written = [path.read_text() for path in state.rglob("*") if path.is_file()]
    assert len(tickets) == 6
    assert SECRET in world.victim.text
    assert [text for text in (*said, *written) if secret in text or SECRET in text] == []
    assert [text for text in said if any(ticket in text for ticket in tickets)] == []
