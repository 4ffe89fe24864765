"""The least that an account needs on a device with the agent: a real unprivileged account, a real sudo, behind a real sshd."""

from __future__ import annotations

import pytest
import support_push_sshd as sshd
from support_push_fake_agent import FakeAgent
from support_push_network import LIMITS, Network, texts_of

from intentc.push.report import Outcome
from intentc.push.ssh import connect

NODES = ("ber-pe1", "fra-pe1", "par-pe1")


@pytest.fixture(scope="module")
def servers(user_key, tmp_path_factory):
    reason = sshd.why_no_sudo()
    if reason:
        pytest.skip(reason)
    root = tmp_path_factory.mktemp("sudo")
    found = []
    try:
        for number, name in enumerate(NODES, start=1):
            found.append(sshd.start(name, f"127.88.4.{number}", root / name, user_key, has_accounts=True))
        yield {server.name: server for server in found}
    finally:
        for server in found:
            server.stop()


class Accounts(Network):
    """Three devices that are entered as somebody who is not root."""

    users = dict.fromkeys(NODES, sshd.AUTOMATION)

    def device(self, name, **changes):
        return super().device(name, **{"username": self.users[name], **changes})


@pytest.fixture
def network(servers, agents, user_key, tmp_path):
    agents.agents = {name: FakeAgent(name) for name in NODES}
    made = Accounts(servers, agents, user_key, tmp_path)
    made.seed(1)
    return made


def test_what_the_manual_says_is_enough_for_a_whole_apply(network):
    plan = network.plan(2)
    report = network.apply(plan)
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert network.texts() == texts_of(network, 2)
    assert network.has_nothing_left


@pytest.mark.parametrize("user", [sshd.AUTOMATION, sshd.GUEST])
def test_the_account_itself_has_no_rights(network, user):
    connection = connect(network.device("ber-pe1", username=user), timeout_s=LIMITS.connect_s)
    assert connection.run("id -u", timeout_s=5).stdout.strip() != "0"
    assert connection.run("cat /etc/shadow", timeout_s=5).status != 0
    assert connection.run("sudo -n id -u", timeout_s=5).status != 0
    becomes_root = connection.run("sudo -n sh -c 'id -u'", timeout_s=5)
    assert (becomes_root.status == 0, becomes_root.stdout.strip()) == (
        (True, "0") if user == sshd.AUTOMATION else (False, "")
    )
    connection.close()


@pytest.mark.parametrize("node", NODES)
def test_an_account_that_may_not_become_root_aborts_everything(network, node):
    plan = network.plan(2)
    network.users = {**network.users, node: sshd.GUEST}
    report = network.apply(plan)
    assert (report.outcome, report.status) == (Outcome.REFUSED, 6)
    assert [(found.code, found.node) for found in report.findings] == [("E0819", node)]
    assert "sudo" in report.findings[0].message
    assert network.texts() == texts_of(network, 1)
    assert network.has_nothing_left
