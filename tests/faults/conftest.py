from __future__ import annotations

import threading

import pytest
import support_push_sshd as sshd
from support_netconf_world import Keys
from support_push_eos_network import NODES
from support_push_fake_agent import FakeAgent, Server
from support_push_fake_eos_server import EosServer, make_user_key, public_of
from support_push_network import Network


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    reason = sshd.why_not()
    if reason:
        pytest.skip(reason)
    return sshd.make_key(tmp_path_factory.mktemp("keys") / "id")


@pytest.fixture(scope="session")
def servers(user_key, tmp_path_factory):
    """Three running devices."""
    root = tmp_path_factory.mktemp("sshd")
    found = []
    try:
        for number, name in enumerate(("ber-pe1", "fra-pe1", "par-pe1"), start=1):
            found.append(sshd.start(name, f"127.88.0.{number}", root / name, user_key))
        yield {server.name: server for server in found}
    finally:
        for server in found:
            server.stop()


@pytest.fixture(scope="session")
def agents():
    """The process behind all fake agents; `agents` of it holds the state by device."""
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def network(servers, agents, user_key, tmp_path):
    """Three devices on which intentc owns nothing yet."""
    agents.agents = {name: FakeAgent(name) for name in servers}
    return Network(servers, agents, user_key, tmp_path)


@pytest.fixture(scope="session")
def eos_user_key(tmp_path_factory):
    """A key that the fake EOS devices let in."""
    return make_user_key(tmp_path_factory.mktemp("eos-keys") / "id")


@pytest.fixture(scope="session")
def eos_servers(eos_user_key):
    """Three SSH servers that are fake EOS devices."""
    found = {
        name: EosServer(None, f"127.88.1.{number}", public_of(eos_user_key)) for number, name in enumerate(NODES, 1)
    }
    yield found
    for server in found.values():
        server.stop()


@pytest.fixture(scope="session")
def netconf_keys(tmp_path_factory):
    """Keys for fake NETCONF servers."""
    return Keys(tmp_path_factory.mktemp("netconf-keys"))
