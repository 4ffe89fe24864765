"""Every target that is configured over NETCONF, from nothing to nothing: plan, apply, drift, apply again, roll back, remove."""

from __future__ import annotations

import copy
import re

import pytest
from support_netconf_world import NODES, TARGETS, World

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
    """Drift is found where it is, the next apply puts it right, and of us nothing stays; what others have stays byte for byte."""
    before, none = world.texts(), dict.fromkeys(NODES, ())
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
    assert world.texts() == before
