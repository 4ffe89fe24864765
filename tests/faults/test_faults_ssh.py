"""The transaction over real SSH: real sshd processes, host keys, logins and dropped connections; the agent is a fake."""

from __future__ import annotations

import pytest
import sshd_lab
from fake_agent import FakeAgent
from worlds import KIT, PARTICULARS, payload

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.plan.make import Goal, plan_for
from intentc.push.agent import open_agent
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.history import history
from intentc.push.recover import recover
from intentc.push.report import Outcome
from intentc.push.team import Author, Limits, Options

LIMITS = Limits(connect_s=5, verb_s=2, patience_s=3, neighbours_s=1, pause_s=0.1)


@pytest.fixture
def network(servers, agents, user_key, tmp_path):
    agents.agents = {name: FakeAgent(name) for name in servers}
    return Network(servers, agents, user_key, tmp_path)


class Network:
    """Three devices behind real sshd, and everything that an apply needs."""

    def __init__(self, servers, agents, user_key, root):
        self.servers = servers
        self.agents = agents.agents
        self.known_hosts = root / "known_hosts"
        self.known_hosts.write_text("".join(server.known_hosts_line for server in servers.values()))
        self.user_key = user_key
        self.options = Options(root / "state", Author("bob", "noc1", "c0ffee"), LIMITS)
        self.script = root / "agent.sh"
        self.script.write_text(agents.script)

    def device(self, name, **changes):
        server = self.servers[name]
        values = {
            "node": name,
            "host": server.address,
            "port": server.port,
            "username": "root",
            "key_file": self.user_key,
            "known_hosts": self.known_hosts,
            "host_key": None,
        }
        return Device(**{**values, **changes})

    @property
    def devices(self):
        return {name: self.device(name) for name in self.servers}

    def opener(self, device, limits):
        return open_agent(device, limits, self.script)

    def running(self):
        found = collect_running(self.devices, LIMITS, opener=self.opener)
        assert found.findings == ()
        return found.running

    def plan(self, number, confirm_s=30):
        from dataclasses import replace

        goals = {name: Goal("frr", "ssh", payload(name, "card-fraud", number)) for name in self.servers}
        findings = Findings()
        plan = plan_for(goals, self.running(), KIT, replace(PARTICULARS, confirm_s=confirm_s), findings)
        assert not findings.items
        return plan

    def apply(self, plan):
        return apply(plan, self.devices, self.options, opener=self.opener)

    def texts(self):
        return {name: state.given.texts if state.given else {} for name, state in self.running().items()}


def test_apply_then_nothing_to_do_then_no_drift(network):
    import time; t=time.time(); p=network.plan(1); print("plan",time.time()-t); t=time.time(); report = network.apply(p); print("apply", time.time()-t, report.phases); 
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert network.texts() == {name: payload(name, "card-fraud", 1).texts for name in network.servers}
    assert network.plan(1).is_empty
    assert drift(network.devices, LIMITS, opener=network.opener).status == 0
    assert [entry.outcome for entry in history(network.options.state)] == ["applied"]
    print(report.phases)
