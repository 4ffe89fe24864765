"""Every target that is configured over NETCONF, from nothing to nothing: plan, apply, drift, apply again, roll back, remove."""

from __future__ import annotations

import copy
import re

import pytest
from support_netconf_world import NODES, TARGETS, World

from intentc.diagnostics import Findings
from intentc.plan.make import Goal, Particulars, plan_for
from intentc.push.report import Outcome


@pytest.fixture(params=TARGETS)
def world(request, tmp_path, netconf_keys):
    made = World(tmp_path, netconf_keys, request.param)
    yield made
    made.close()


def carry_out(world, plan):
    report = world.apply(plan)
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert world.are_clean
    return lines_of_drift(world)


def lines_of_drift(world):
    found = world.drift()
    assert found.is_complete
    return {one.node: one.lines for one in found.devices}


def rename_by_hand(device, name):
    """Somebody gives one of our objects another name."""
    for element in [element for element in device.running.iter() if element.text == name]:
        element.text = f"{name}-x"
    device.candidate = copy.deepcopy(device.running)


def test_from_nothing_to_nothing(world):
    """Drift is found where it is, the next apply puts it right, and of us nothing stays; what others have stays, or comes back."""
    before, none = world.trees(), dict.fromkeys(NODES, ())
    assert carry_out(world, world.plan(world.wares.whole)) == none
    whole = world.texts()
    assert world.plan(world.wares.whole).is_empty

    rename_by_hand(world.routers["r2"], re.search(r">(ITC-[\w.-]+)</", whole["r2"])[1])
    assert {node for node, lines in lines_of_drift(world).items() if lines} == {"r2"}

    assert carry_out(world, world.plan(world.wares.smaller)) == none
    assert all(text != whole[node] for node, text in world.texts().items())
    assert carry_out(world, world.rollback()) == none
    assert world.plan(world.wares.whole).is_empty
    assert carry_out(world, world.plan(None)) == none
    assert world.trees() == before


def test_another_vendors_server_is_not_the_device_that_is_meant(tmp_path, netconf_keys, monkeypatch):
    made = World(tmp_path, netconf_keys, "junos")
    other = made.routers["r2"]
    declared = other.hello()
    monkeypatch.setattr(other, "hello", lambda: (*declared, "http://cisco.com/ns/yang/Cisco-IOS-XR-um-hostname-cfg"))
    payload = made.wares.payload("r2", None)
    findings = Findings()
    plan_for(
        {"r2": Goal("junos", "netconf", payload, "confirmed-commit")},
        made.running(),
        made.wares.kit,
        Particulars("acme", "0", {}, {}, 60),
        findings,
    )
    made.close()
    (found,) = findings.items
    assert (found.code, found.node) == ("E0807", "r2")
    assert "runs iosxr, but its configuration was made for junos" in found.message
    assert not {"lock", "edit-config"} & set(other.calls)


def test_a_device_that_was_exchanged_since_the_plan_is_not_touched(tmp_path, netconf_keys, monkeypatch):
    made = World(tmp_path, netconf_keys, "junos")
    plan = made.plan(made.wares.smaller)
    other = made.routers["r2"]
    declared = other.hello()
    monkeypatch.setattr(other, "hello", lambda: (*declared, "http://cisco.com/ns/yang/Cisco-IOS-XR-um-hostname-cfg"))
    report = made.apply(plan)
    made.close()
    assert (report.outcome, [item.code for item in report.findings]) == (Outcome.REFUSED, ["E0809"])
    assert "its platform (it is `iosxr` now)" in report.findings[0].message
    assert "edit-config" not in other.calls
