"""One transaction over devices of two kinds: EOS with configuration sessions, and devices with our agent; all of them fakes."""

from __future__ import annotations

from dataclasses import replace

import pytest
import support_push_worlds as agents
from support_push_eos_network import KIT as EOS_KIT
from support_push_eos_network import NODES, EosNetwork, payload
from support_push_fake_eos import Fault

from intentc.diagnostics import Findings
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, plan_for
from intentc.plan.text import plan_lines
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.opening import open_session
from intentc.push.report import Outcome
from intentc.push.rollback import choose, plan_rollback

BACK, APPLIED = Outcome.BACK, Outcome.APPLIED


def render(item):
    return EOS_KIT.render(item) if item.platform == "eos" else agents.render(item)


class Both:
    """Three devices with the agent and three EOS devices, in one state directory."""

    def __init__(self, network, eos):
        self.network = network
        self.eos = eos
        self.devices = {**network.devices, **eos.devices}
        self.options = eos.options

    def opener(self, device, limits):
        return open_session(device, limits) if device.platform == "eos" else self.network.opener(device, limits)

    def seed(self, number):
        self.network.seed(number)
        self.eos.seed(number)

    def running(self):
        found = collect_running(self.devices, self.options.limits, opener=self.opener)
        assert found.findings == ()
        return found.running

    def plan(self, number):
        goals = {name: Goal("frr", "ssh", agents.payload(name, "card-fraud", number)) for name in self.network.servers}
        goals |= {name: Goal("eos", "ssh", payload(name, number)) for name in NODES}
        findings = Findings()
        plan = plan_for(
            goals, self.running(), Kit(stage_configs, render), replace(agents.PARTICULARS, confirm_s=30), findings
        )
        assert not findings.items
        return plan

    def apply(self, plan):
        return apply(plan, self.devices, self.options, opener=self.opener)

    def is_all(self, number):
        """Whether every device, of either kind, runs payload `number`, and nothing is left anywhere."""
        wanted = {name: agents.payload(name, "card-fraud", number).texts for name in self.network.servers}
        is_there = self.network.texts() == wanted and self.eos.texts() == self.eos.texts_of(number)
        kept = [agent.state[key] for agent in self.network.agents.values() for key in ("lock", "pending")]
        return is_there and self.eos.has_nothing_left and not any(kept)


@pytest.fixture
def both(network, eos_servers, eos_user_key, tmp_path):
    found = Both(network, EosNetwork(eos_servers, eos_user_key, tmp_path / "eos"))
    found.seed(1)
    return found


def test_a_whole_life(both):
    plan = both.plan(2)
    text = "\n".join(plan_lines(plan))
    assert "over ssh, configuration session with a commit timer (`ber-sw1`, `fra-sw1`, `par-sw1`)" in text
    assert "an agent on the device validates" in text
    report = both.apply(plan)
    assert (report.outcome, report.findings) == (APPLIED, ())
    assert both.is_all(2)
    assert both.plan(2).is_empty
    assert drift(both.devices, both.options.limits, opener=both.opener).status == 0
    findings = Findings()
    kit = Kit(stage_configs, render)
    entry = choose(both.options.state, None)
    back = plan_rollback(both.options.state, entry, both.running(), kit, agents.PARTICULARS, findings)
    assert both.apply(replace(back, confirm_s=30)).outcome is APPLIED
    assert both.is_all(1)


EOS_FAULTS = [
    (r"ip access-list \S+", "refuse", BACK),
    (r"commit timer \S+", "drop-after", BACK),
    (r"commit timer \S+", "restart-after", BACK),
    (r"configure session \S+ commit", "expire", APPLIED),
    (r"configure session \S+ commit", "drop-after", APPLIED),
]


@pytest.mark.parametrize(("command", "kind", "expected"), EOS_FAULTS)
def test_a_fault_of_an_eos_device_decides_for_all(both, command, kind, expected):
    plan = both.plan(2)
    both.eos.victim.faults = [Fault(command, kind)]
    report = both.apply(plan)
    assert report.outcome is expected, report.findings
    assert both.is_all(2 if expected is APPLIED else 1)


@pytest.mark.parametrize(
    ("verb", "kind", "expected"),
    [("stage", "refuse", BACK), ("apply", "drop-after", BACK), ("confirm", "drop-after", APPLIED)],
)
def test_a_fault_of_a_device_with_an_agent_decides_for_all(both, verb, kind, expected):
    plan = both.plan(2)
    agent = both.network.agents["fra-pe1"]
    agent.calls.clear()
    agent.faults = [(verb, kind, 1)]
    report = both.apply(plan)
    assert report.outcome is expected, report.findings
    assert both.is_all(2 if expected is APPLIED else 1)
