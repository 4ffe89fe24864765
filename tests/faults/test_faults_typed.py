"""Routers at their command lines, from nothing to nothing: plan, apply, drift, apply again, roll back, remove."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_netconf_world import NODES
from support_push_fake_eos_server import make_user_key
from support_push_typed_world import ALL, TypedWorld

from intentc.push.report import Outcome


@pytest.fixture(scope="session")
def user_key(tmp_path_factory):
    return make_user_key(tmp_path_factory.mktemp("keys") / "user")


@pytest.fixture(params=sorted(ALL))
def world(request, tmp_path, user_key):
    made = TypedWorld(tmp_path, user_key, request.param)
    yield made
    made.close()


def carry_out(world, plan):
    report = world.apply(plan)
    assert (report.outcome, report.findings) == (Outcome.APPLIED, ())
    assert world.has_nothing_left
    assert world.is_saved
    return lines_of_drift(world)


def lines_of_drift(world):
    found = world.drift()
    assert found.is_complete
    return {one.node: one.lines for one in found.devices}


def test_from_nothing_to_nothing(world):
    """Drift is found where it is, the next apply puts it right, and of us nothing stays; what others have stays byte for byte."""
    before, none = world.texts(), dict.fromkeys(NODES, ())
    assert carry_out(world, world.plan(world.whole)) == none
    whole = world.texts()
    assert world.plan(world.whole).is_empty

    world.victim.change_owned()
    assert {node for node, lines in lines_of_drift(world).items() if lines} == {"r2"}

    assert carry_out(world, world.plan(world.smaller)) == none
    assert all(text != whole[node] for node, text in world.texts().items())
    assert carry_out(world, world.rollback()) == none
    assert world.plan(world.whole).is_empty
    assert carry_out(world, world.plan(None)) == none
    assert world.texts() == before


def test_the_plan_says_what_the_road_promises_and_fits_no_other(world):
    plan = world.plan(world.smaller)
    promises = plan.devices[0].promises
    assert f"over {promises.name}" in "\n".join(plan.guarantees)
    assert (
        "its timer takes back the last of several stages only" in "\n".join(plan.guarantees)
    ) != promises.is_stackable
    assert ("line by line as it is typed" in "\n".join(plan.guarantees)) == promises.is_by_line
    moved = [
        replace(one, facts=tuple(fact.replace("=ssh, ", "=netconf: ") for fact in one.facts)) for one in plan.devices
    ]
    before = world.texts()
    report = world.apply(replace(plan, devices=tuple(moved)))
    assert (report.outcome, {item.code for item in report.findings}) == (Outcome.REFUSED, {"E0809"})
    assert world.texts() == before
