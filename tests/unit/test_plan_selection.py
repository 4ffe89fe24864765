"""Parts of a change that are whole, and what a plan needs a person's word for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_plan import PARTICULARS, config, items, kit, render, running

from intentc.diagnostics import Findings
from intentc.ir.stages import stage_configs
from intentc.plan.consent import Consent, objections
from intentc.plan.make import Goal, plan_for
from intentc.plan.model import Effect, Payload, Travel
from intentc.plan.promises import Guarantees
from intentc.plan.selection import Selection, closure
from intentc.plan.text import plan_lines

KIT = kit(stage_configs)
TOUCHED = {
    "a": frozenset({"one"}),
    "b": frozenset({"one", "two"}),
    "c": frozenset({"two"}),
    "d": frozenset({"three"}),
    "e": frozenset[str](),
}
UNGUARDED = Guarantees("netconf, writable running", True, False, False, False, False, False)


def chosen(*words):
    pairs = [word.split(":") for word in words]
    named = {kind: frozenset(name for key, name in pairs if key == kind) for kind in ("intent", "device")}
    return Selection(named["intent"], named["device"])


@pytest.mark.parametrize(
    ("words", "devices"),
    [
        (("intent:one",), "abc"),
        (("intent:three",), "d"),
        (("device:c",), "abc"),
        (("device:e",), "e"),
        (("intent:three", "device:e"), "de"),
        (("intent:unknown",), ""),
    ],
)
def test_what_must_go_together_is_selected(words, devices):
    assert closure(TOUCHED, chosen(*words)) == frozenset(devices)


def network(**intents):
    """Return goals and states of devices, each of which shall have one item of its intents."""
    goals, states = {}, {}
    for node, asked in intents.items():
        part = {name: item for name, item in items(1, *asked).items() if name in {"marking", "bfd", "queueing"}}
        wanted = replace(config(part), node=node)
        goals[node] = Goal("frr", "ssh", Payload(wanted, render(wanted)))
        states[node] = replace(running(None), node=node)
    return goals, states


def planned(goals, states, used=KIT, **details):
    findings = Findings()
    plan = plan_for(goals, states, used, replace(PARTICULARS, **details), findings)
    assert not findings.items
    return plan


NET = {"r1": ("one",), "r2": ("one", "two"), "r3": ("two",), "r4": ("three",)}


def test_a_selection_keeps_the_transaction_whole_and_says_what_it_did():
    plan = planned(*network(**NET), selection=chosen("intent:one"))
    assert [device.node for device in plan.devices] == ["r1", "r2", "r3"]
    assert plan.unchanged == ()
    assert plan.notes == (
        "the selection `intent:one` pulls in `two`, which changes on the same devices",
        "the selection `intent:one` pulls in `r3`, for what is pulled in changes there as well",
        "left out: `r4`, for `three`",
    )


def test_a_selection_of_what_is_alone_pulls_in_nothing():
    plan = planned(*network(**NET), selection=chosen("device:r4"))
    assert [device.node for device in plan.devices] == ["r4"]
    assert plan.notes == ("left out: `r1`, `r2`, `r3`, for `one`, `two`",)


def test_a_silent_device_holds_back_only_what_its_intents_connect():
    goals, states = network(**NET)
    del states["r1"]
    plan = planned(goals, states, absent={"r1": frozenset()})
    assert [device.node for device in plan.devices] == ["r4"]
    assert plan.notes == ("held back: `r1`, which does not answer, with `r2`, `r3`, for `one`, `two` connect them",)


def test_a_silent_device_holds_back_intents_that_run_there_and_are_asked_for_no_more():
    goals, states = network(**NET)
    plan = planned(goals, states, absent={"r9": frozenset({"three"})})
    assert [device.node for device in plan.devices] == ["r1", "r2", "r3"]


def test_disruptive_changes_are_those_of_the_targets_data():
    old, new = config(items(1, "a")), items(1, "a")
    new["bfd"] = replace(new["bfd"], multiplier=5)
    goal = {"fra-pe1": Goal("frr", "ssh", Payload(config(new), render(config(new))))}
    states = {"fra-pe1": running(old)}
    assert planned(goal, states).devices[0].disruptive == (
        "eth1: the BFD session may be reset, and the adjacency with it",
    )
    quiet = replace(KIT, disruptive={"frr": {}})
    assert planned(goal, states, quiet).devices[0].disruptive == ()
    own = replace(KIT, disruptive={"frr": {"bfd.change": "the line card reloads"}})
    plan = planned(goal, states, own)
    assert plan.devices[0].disruptive == ("eth1: the line card reloads",)
    assert [found.code for found in objections(plan, Consent())] == ["E0841"]
    assert objections(plan, Consent(is_disruption_allowed=True)) == ()
    assert "  disruptive: eth1: the line card reloads (needs --allow-disruptive)" in plan_lines(plan)


def test_a_device_without_a_timer_needs_a_word():
    goals, states = network(r1=("one",), r2=("one",))
    states["r2"] = replace(states["r2"], promises=UNGUARDED)
    plan = planned(goals, states)
    (found,) = objections(plan, Consent())
    assert (found.code, found.node) == ("E0842", "r2")
    assert objections(plan, Consent(is_unguarded_allowed=True)) == ()


@pytest.mark.parametrize(("most", "codes"), [(None, []), (4, []), (3, ["E0843"]), (0, ["E0843"])])
def test_a_plan_that_touches_more_devices_than_allowed_is_not_cut_short(most, codes):
    plan = planned(*network(**NET))
    assert [found.code for found in objections(plan, Consent(max_devices=most))] == codes


def test_the_plan_says_what_changes_for_traffic():
    plan = planned(*network(r1=("one",)))
    ways = Travel(("a", "b", "z"), 2500, "default"), Travel(("a", "c", "z"), 7300, "gold")
    plan = replace(
        plan,
        effects=(Effect("one", "a", (ways[0],), ways), Effect("one", "b", (), (Travel((), 0, "gold", "b drops it"),))),
    )
    lines = plan_lines(plan)
    assert "      from a: a b z and 1 more (7.3 ms, default), before a b z (2.5 ms, default)" in lines
    assert "      from b: lost (b drops it), before nowhere" in lines
