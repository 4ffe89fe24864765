"""Three devices behind real sshd processes, and everything that an apply to them needs."""

from __future__ import annotations

from dataclasses import replace

from support_push_worlds import KIT, PARTICULARS, payload

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.codec import dump_config
from intentc.plan.make import Goal, plan_for
from intentc.push.agent import AgentTarget, open_agent
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.recover import recover
from intentc.push.store import Store
from intentc.push.team import Author, Limits, Options
from intentc.targetkit.kit import Difference


def differences(expected, running):
    """The fake's owned state is the text of the files: compare line by line."""
    wanted = [line for file in expected.files for line in file.text.splitlines()]
    found = [line for line in running.splitlines() if not line.startswith("# ")]
    gone = [Difference("itc.nft", line, "") for line in wanted if line not in found]
    return [*gone, *(Difference("itc.nft", "", line) for line in found if line not in wanted)]


def fake_target(script):
    return AgentTarget("frr", "ssh", script, differences)


# Long enough for a machine that is busy with other tests; where a verb hangs on purpose the test waits for `HASTY`.
LIMITS = Limits(connect_s=15, verb_s=20, patience_s=10, neighbours_s=5, pause_s=0.1)
HASTY = replace(LIMITS, verb_s=3)


class Network:
    """Three devices behind real sshd, and everything that an apply needs."""

    def __init__(self, servers, agents, user_key, root):
        self.servers = servers
        self.agents = agents.agents
        self.known_hosts = root / "known_hosts"
        self.known_hosts.write_text("".join(server.known_hosts_line for server in servers.values()))
        self.user_key = user_key
        self.options = Options(root / "state", Author("bob", "noc1", "c0ffee"), LIMITS)
        script = root / "agent.sh"
        script.write_text(agents.script)
        self.target = fake_target(script)

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
        return open_agent(device, limits, self.target)

    def running(self):
        found = collect_running(self.devices, LIMITS, opener=self.opener)
        assert found.findings == ()
        return found.running

    def plan(self, number, confirm_s=30):
        goals = {name: Goal("frr", "ssh", payload(name, "card-fraud", number)) for name in self.servers}
        findings = Findings()
        plan = plan_for(goals, self.running(), KIT, replace(PARTICULARS, confirm_s=confirm_s), findings)
        assert not findings.items
        return plan

    def apply(self, plan, options=None):
        return apply(plan, self.devices, options or self.options, opener=self.opener)

    def recover(self):
        return recover(self.devices, self.options, opener=self.opener)

    @property
    def has_nothing_left(self):
        """No lock, nothing pending, nothing unfinished."""
        kept = [agent.state[key] for agent in self.agents.values() for key in ("lock", "pending")]
        return not any(kept) and not Store(self.options.state).unfinished()

    def seed(self, number):
        """Let every device run payload `number`, as if it had been applied long ago."""
        for name, agent in self.agents.items():
            given = payload(name, "card-fraud", number)
            files = {**given.texts, "config.json": dump_config(given.config)}
            agent.state.update(running=files, applied=files, persisted=files)

    def texts(self):
        """What runs, asked of the fakes themselves."""
        for agent in self.agents.values():
            agent.settle()
        running = {name: dict(agent.state["running"] or {}) for name, agent in self.agents.items()}
        return {
            name: {key: text for key, text in files.items() if key != "config.json"} for name, files in running.items()
        }

    def read_texts(self):
        """What runs, asked over SSH."""
        return {name: state.given.texts if state.given else {} for name, state in self.running().items()}


def texts_of(network, number):
    return {name: payload(name, "card-fraud", number).texts for name in network.servers}
