"""Host keys, keys and algorithms over NETCONF, for every platform: an unknown or another key is refused, and nothing is sent to it."""

from __future__ import annotations

import paramiko
import pytest
from support_netconf_fake import router
from support_netconf_foreign import TEXTS
from support_netconf_server import NetconfServer
from support_netconf_world import HASTY, TARGETS, make_key, pin

from intentc.inventory.model import Device
from intentc.push.findings import CODES
from intentc.push.memory import FOLDER
from intentc.push.opening import open_session
from intentc.push.trouble import SessionError, Trouble


@pytest.fixture(params=TARGETS)
def target(request):
    return request.param


@pytest.fixture
def door_of(tmp_path, netconf_keys):
    made = []

    def make(target, key=None, weak=None):
        server = NetconfServer(
            router("r1", TEXTS[target]), "127.0.0.1", key or netconf_keys.host, netconf_keys.user, weak
        )
        made.append(server)
        return server

    yield make
    for server in made:
        server.close()


@pytest.fixture
def device_of(tmp_path, netconf_keys):
    def make(server, target, **changes):
        values = {"node": "r1", "host": server.address, "port": server.port, "username": "automation"}
        values |= {
            "key_file": netconf_keys.folder / "user",
            "known_hosts": None,
            "host_key": pin(netconf_keys.folder / "host"),
        }
        return Device(**{**values, "platform": target, "transport": "netconf", "memory": tmp_path / FOLDER, **changes})

    return make


def refused(device):
    with pytest.raises(SessionError) as raised:
        open_session(device, HASTY)
    assert raised.value.trouble in CODES
    return raised.value


def known(tmp_path, server, key):
    path = tmp_path / "known_hosts"
    path.write_text(f"[{server.address}]:{server.port} {pin(key)}\n")
    return path


def test_a_pinned_key_is_accepted(target, door_of, device_of):
    server = door_of(target)
    session = open_session(device_of(server, target), HASTY)
    assert session.read().platform == target
    session.close()
    assert [login[0] for login in server.router.logins] == ["publickey"]


def test_a_known_key_is_accepted(target, door_of, device_of, tmp_path, netconf_keys):
    server = door_of(target)
    hosts = known(tmp_path, server, netconf_keys.folder / "host")
    open_session(device_of(server, target, host_key=None, known_hosts=hosts), HASTY).close()


@pytest.mark.parametrize("how", ["pinned", "known"])
def test_a_second_server_with_another_key_gets_nothing(target, door_of, device_of, netconf_keys, how):
    server = door_of(target, netconf_keys.other)
    changes = {}
    if how == "known":
        hosts = known(device_of(server, target).memory.parent, server, netconf_keys.folder / "host")
        changes = {"host_key": None, "known_hosts": hosts}
    error = refused(device_of(server, target, **changes))
    assert error.trouble is Trouble.HOST_KEY_CHANGED
    assert server.router.logins == []


def test_an_unknown_key_is_refused(target, door_of, device_of, tmp_path):
    server = door_of(target)
    empty = tmp_path / "empty"
    empty.write_text("")
    error = refused(device_of(server, target, host_key=None, known_hosts=empty))
    assert error.trouble is Trouble.HOST_KEY_UNKNOWN
    assert server.router.logins == []


def test_a_key_that_is_not_let_in(target, door_of, device_of, tmp_path):
    make_key(tmp_path / "stranger")
    server = door_of(target)
    error = refused(device_of(server, target, key_file=tmp_path / "stranger"))
    assert error.trouble is Trouble.AUTHENTICATION
    assert {login[0] for login in server.router.logins} == {"publickey"}


@pytest.mark.parametrize(
    "weak",
    [
        {"kex": ("diffie-hellman-group14-sha1",)},
        {"ciphers": ("aes128-cbc", "3des-cbc")},
        {"digests": ("hmac-sha1", "hmac-md5")},
    ],
    ids=["kex", "ciphers", "macs"],
)
def test_weak_algorithms_are_refused(door_of, device_of, weak):
    name = next(iter(weak))
    if not set(weak[name]) & set(getattr(paramiko.Transport, f"_preferred_{'macs' if name == 'digests' else name}")):
        pytest.skip("this paramiko has none of them")
    server = door_of("iosxr", weak=weak)
    error = refused(device_of(server, "iosxr"))
    assert error.trouble is Trouble.ALGORITHMS
    assert server.router.logins == []


def test_a_server_without_netconf_is_told(tmp_path, door_of, device_of):
    server = door_of("junos")
    server.subsystem = "sftp"
    error = refused(device_of(server, "junos"))
    assert error.trouble is Trouble.UNREACHABLE
    assert "netconf" in error.text
