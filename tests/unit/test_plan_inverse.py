"""The inverse of an apply against what runs now."""

import pytest
from hypothesis import given, settings
from support_plan import NODE, config, configs, items, kit, payload, render, running

from intentc.diagnostics import Findings
from intentc.ir.order import in_order
from intentc.ir.stages import stage_configs
from intentc.plan.changes import differences, is_same
from intentc.plan.inverse import Done, invert

KIT = kit(stage_configs)


def undo(before, after, now):
    findings = Findings()
    applied = Done(NODE, "frr", "ssh", payload(before) if before else None, payload(after))
    goals = invert([applied], {NODE: now}, KIT, findings)
    return goals.get(NODE), findings.items


@given(configs(), configs())
@settings(max_examples=60, deadline=None)
def test_with_nothing_in_between_the_old_files_come_back_byte_for_byte(before, after):
    goal, findings = undo(before, after, running(after))
    assert findings == []
    assert goal.payload.files == render(before)


def test_undoing_the_first_apply_leaves_nothing():
    goal, _ = undo(None, config(items(1, "a")), running(config(items(1, "a"))))
    assert goal.payload.files == ()


@given(configs())
@settings(max_examples=40, deadline=None)
def test_what_a_later_apply_added_elsewhere_stays(before):
    after = config(*parts(before), items(7, "a"))
    later = config(*parts(after), items(8, "b"))
    goal, findings = undo(before, after, running(later))
    assert findings == []
    assert is_same(goal.payload.config, config(*parts(before), items(8, "b")))


def parts(made):
    """Split a configuration into parts that `config` can put together again."""
    return [{name: item} for name in items(0) for item in getattr(made, name)]


@pytest.mark.parametrize("feature", ["queueing", "meters", "isolation", "bfd", "edges"])
def test_a_later_change_of_the_same_item_is_a_conflict(feature):
    before, after = items(1, "a"), items(1, "a")
    after[feature] = changed(after[feature])
    later = {**after, feature: changed(after[feature], 2)}
    goal, (finding,) = undo(config(before), config(after), running(config(later)))
    assert (goal, finding.code, finding.node) == (None, "E0821", NODE)
    assert "\n" not in finding.message


def changed(item, times=1):
    from dataclasses import replace

    field = {
        "PortQueueing": "rate_bps",
        "Meter": "burst_bytes",
        "IsolationRule": "counter",
        "BfdPort": "interval_us",
        "EdgePort": "trust",
    }[type(item).__name__]
    value = getattr(item, field)
    return replace(item, **{field: value + times if isinstance(value, int) else f"{value}{times}"})


def test_an_item_that_was_removed_and_is_there_again_in_another_form_is_a_conflict():
    gone, again = items(1, "a"), items(1, "a")
    again["queueing"] = changed(again["queueing"])
    others = {name: item for name, item in gone.items() if name != "queueing"}
    _, (finding,) = undo(config(gone), config(others), running(config(again)))
    assert finding.code == "E0821"


@given(configs(), configs())
@settings(max_examples=40, deadline=None)
def test_the_result_is_in_the_order_of_the_ir(before, after):
    goal, _ = undo(before, after, running(config(*parts(after), items(9, "b"))))
    if goal is not None:
        assert all(
            getattr(goal.payload.config, name) == in_order(getattr(goal.payload.config, name)) for name in items(0)
        )
        assert differences(goal.payload.config, goal.payload.config) == ()
