"""Sessions that no intent names, over NETCONF and command lines: one that the change takes down takes the change back, on every device."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from support_netconf_fake import router
from support_netconf_lab import FOREIGN, NODES, PART, Lab
from support_push_blend import blend
from support_push_here import AskedHere
from support_push_typed_blend import WORLDS

from intentc.push.memory import Memory
from intentc.push.netconf import NetconfDriver
from intentc.push.remembered import RememberedSession
from intentc.push.report import Outcome
from intentc.push.team import Limits

LIMITS = Limits(connect_s=1, verb_s=1, patience_s=0.3, neighbours_s=0.1, pause_s=0.01)
MODEL = "http://cisco.com/ns/yang/Cisco-IOS-XR-ipv4-bgp-oper"
STATE = f"""<bgp xmlns="{MODEL}"><instances><instance><instance-name>default</instance-name><instance-active><default-vrf><neighbors>
<neighbor><neighbor-address>{{}}</neighbor-address><connection-state>bgp-st-estab</connection-state></neighbor>
</neighbors></default-vrf></instance-active></instance></instances></bgp>"""


class Peered(Lab):
    """Three fake routers in this process, each with one BGP session."""

    def __init__(self, root):
        self.routers = {node: router(node, FOREIGN) for node in NODES}
        for one in self.routers.values():
            one.modules = (MODEL,)
            one.state = [ET.fromstring(STATE.format("10.0.0.9"))]  # noqa: S314  (our own)
        super().__init__(root, dict.fromkeys(NODES, ("127.0.0.1", 1, None)), None, limits=LIMITS, confirm_s=20)

    def opener(self, device, _limits):
        driver = NetconfDriver(AskedHere(self.routers[device.node]), "iosxr")
        return RememberedSession(device, driver, PART, Memory(device.memory))

    def texts(self):
        return {node: one.text for node, one in self.routers.items()}


def after_commit(one, deed):
    """Have `deed` done once the router has taken a commit."""
    commit = one.do_commit

    def committed(session, operation):
        found = commit(session, operation)
        deed()
        return found

    one.do_commit = committed


@pytest.mark.parametrize("node", NODES)
def test_a_session_that_goes_down_with_the_change_takes_it_back(tmp_path, node):
    lab = Peered(tmp_path)
    plan, before = lab.plan(1), lab.texts()
    after_commit(lab.routers[node], lab.routers[node].state.clear)
    report = lab.apply(plan)
    assert (report.outcome, report.status) == (Outcome.BACK, 3)
    assert [(found.code, found.node) for found in report.findings] == [("E0815", node)]
    assert "`bgp 10.0.0.9`" in report.findings[0].message
    assert lab.texts() == before


def test_a_session_that_comes_back_in_time_is_no_loss(tmp_path):
    lab = Peered(tmp_path)
    plan = lab.plan(1)
    one = lab.routers[NODES[1]]
    state = list(one.state)
    one.state = [ET.fromstring(STATE.format("10.0.0.8")), *state]  # noqa: S314  (our own)
    asked = []

    def get(session, operation):
        asked.append(operation)
        one.state = state if len(asked) == 2 else [ET.fromstring(STATE.format("10.0.0.8")), *state]  # noqa: S314
        return type(one).do_get(one, session, operation)

    one.do_get = get
    assert lab.apply(plan).outcome is Outcome.APPLIED
    assert len(asked) >= 3


def test_the_plan_says_which_sessions_are_compared(tmp_path):
    lab = Peered(tmp_path)
    lab.routers[NODES[0]].modules = ()
    said = " ".join(lab.plan(1).guarantees)
    assert "of its sessions those of bgp are compared before and after" in said
    assert "nobody looks whether its adjacencies and sessions are up afterwards" in said


ADJACENCY = "<rpc-reply><a><isis-adjacency><system-name>r9</system-name><adjacency-state>Up</adjacency-state></isis-adjacency></a></rpc-reply>"
PEER = '{"network-instance": [{"name": "default", "protocols": {"bgp": {"neighbor": [{"peer-address": "r9", "session-state": "established"}]}}}]}'
TOLD = {
    "iosxe": (
        "show isis neighbors",
        "r9              L2   Gi3           10.2.4.4        UP    23       0F",
        "isis r9 L2 Gi3",
    ),
    "iosxr": (
        "show isis neighbors",
        "r9             Gi0/0/0/3        *PtoP*         Up    25       L2   Capable",
        "isis r9 Gi0/0/0/3",
    ),
    "junos": ("show isis adjacency | display xml | no-more", ADJACENCY, "isis r9"),
    "srlinux": (
        "info from state network-instance * protocols bgp neighbor * session-state | as json",
        PEER,
        "bgp r9 default",
    ),
}


@pytest.mark.parametrize("is_lost", [True, False], ids=["lost", "kept"])
@pytest.mark.parametrize("platform", WORLDS)
def test_a_session_that_goes_down_with_the_change_takes_it_back_over_a_command_line(
    tmp_path, monkeypatch, platform, is_lost
):
    made = blend(tmp_path, world=WORLDS[platform])
    wire = made.wires[made.nodes[platform]]
    command, answer, told = TOLD[platform]
    wire.fake.told = {command: answer}

    def lose(_command):
        if wire.fake.pending is not None and is_lost:
            wire.fake.told = {command: ""}

    wire.fake.before = lose
    report = made.apply(monkeypatch)
    assert (report.outcome is Outcome.BACK) == is_lost
    assert [(found.code, found.node) for found in report.findings] == ([("E0815", wire.node)] if is_lost else [])
    assert not is_lost or f"`{told}`" in report.findings[0].message
    assert made.runs(1 if is_lost else 2)
    assert made.leftovers == []


@pytest.mark.parametrize("platform", WORLDS)
def test_the_plan_says_of_which_sessions_a_command_line_tells(tmp_path, platform):
    made = blend(tmp_path, world=WORLDS[platform])
    (promises,) = (one.promises for one in made.plan.devices if one.node == made.nodes[platform])
    assert promises.has_neighbours
    assert f"of its sessions those of {promises.watched} are compared before and after" in promises.sentences
