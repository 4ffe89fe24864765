"""Differences between configurations, item by item."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from support_plan import config, configs, items, origin

from intentc.ir.model import DeviceConfig
from intentc.ir.stages import stage_configs
from intentc.plan.changes import IDENTITY, changes, differences, empty_config, is_same
from intentc.plan.describe import describe, flow_words, rate_words, size_words
from intentc.plan.model import Operation, StageName
from intentc.resolve.model import Flow


def test_every_feature_has_an_identity():
    known = {field.name for field in fields(DeviceConfig)} - {"node", "platform", "release", "hardware"}
    assert known == set(IDENTITY)


@pytest.mark.parametrize("feature", list(IDENTITY))
def test_every_feature_can_be_told_in_one_line(feature):
    text = describe(items(1, "a")[feature])
    assert text
    assert "\n" not in text
    assert "(" not in text.split(" ")[0]  # words, not a repr


@pytest.mark.parametrize("feature", list(IDENTITY))
@pytest.mark.parametrize(
    ("old", "new", "operation"),
    [((), (1,), Operation.ADD), ((1,), (), Operation.REMOVE), ((1,), (1, 2), Operation.ADD)],
)
def test_an_item_comes_or_goes(feature, old, new, operation):
    before, after = (config(*({feature: items(n, "a")[feature]} for n in numbers)) for numbers in (old, new))
    (found,) = differences(before, after)
    assert (found.feature, found.operation) == (feature, operation)


def test_a_changed_item_is_one_change():
    old, new = items(1, "a"), items(1, "a")
    new["queueing"] = type(new["queueing"])("eth1", "L1", 5, 1500, (), origin("a"))
    (found,) = differences(config(old), config(new))
    assert (found.operation, found.old.rate_bps, found.new.rate_bps) == (Operation.CHANGE, 10**7, 5)


def test_a_line_that_moved_in_the_sources_is_no_change():
    old, new = config(items(1, "a", line=1)), config(items(1, "a", line=7))
    assert differences(old, new) == ()
    assert is_same(old, new)
    assert old != new


STAGE_OF = {
    "fences": ("guard", "remove"),
    "isolation": ("guard", "remove"),
    "queueing": ("add", "remove"),
    "bfd": ("add", "remove"),
    "marking": ("switch", "switch"),
    "steering": ("add", "remove"),  # packets from another router: no edge port is named
    "reflectors": ("add", "remove"),
    "policies": ("add", "remove"),
    "policy_steering": ("switch", "switch"),
    "streams": ("switch", "switch"),
    "probes": ("switch", "switch"),
    "probe_reflectors": ("add", "remove"),
    "pauses": ("add", "remove"),
}


@pytest.mark.parametrize("feature", STAGE_OF)
@pytest.mark.parametrize("is_removed", [False, True], ids=["added", "removed"])
def test_a_change_stands_at_the_stage_that_brings_it(feature, is_removed):
    with_it, without = config({feature: items(1, "a")[feature]}), config()
    old, new = (with_it, without) if is_removed else (without, with_it)
    stages = [(StageName(name), found) for name, found in stage_configs(old, new)]
    (change,) = changes(old, new, stages)
    assert change.stage.value == STAGE_OF[feature][is_removed]
    assert change.intents == ("a",)


@pytest.mark.parametrize("is_removed", [False, True], ids=["added", "removed"])
def test_steering_of_attached_hosts_is_switched(is_removed):
    own = items(1, "a")
    with_it, without = config({name: own[name] for name in ("edges", "steering")}), config({"edges": own["edges"]})
    old, new = (with_it, without) if is_removed else (without, with_it)
    stages = [(StageName(name), found) for name, found in stage_configs(old, new)]
    (change,) = changes(old, new, stages)
    assert change.stage is StageName.SWITCH


def test_shared_items_name_the_intents_of_the_rules_that_use_them():
    after = config(items(1, "a", "b"))
    stages = [(StageName(name), found) for name, found in stage_configs(config(), after)]
    asked = {change.feature: change.intents for change in changes(config(), after, stages)}
    assert (asked["edges"], asked["meters"]) == (("a", "b"), ("a", "b"))


@given(configs(), configs())
@settings(max_examples=60, deadline=None)
def test_differences_are_all_that_differs(old, new):
    found = differences(old, new)
    assert (found == ()) == is_same(old, new)
    back = differences(new, old)
    assert sorted(map(_flipped, back)) == sorted((item.feature, str(item.old), str(item.new)) for item in found)


def _flipped(item):
    return (item.feature, str(item.new), str(item.old))


def test_nothing_is_removed_from_an_empty_device():
    assert differences(empty_config("x", "frr", "8.4"), empty_config("x", "frr", "9.0")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (flow_words(Flow(4, "10.0.0.0/8", "10.1.0.0/16")), "10.0.0.0/8 → 10.1.0.0/16"),
        (flow_words(Flow(4, "a", "b", "tcp", (1, 9), (443, 443), 46)), "a → b tcp/443 from port 1-9 DSCP 46"),
        (flow_words(Flow(6, "a", "b", "icmp")), "a → b icmp"),
        (rate_words(999), "999 bps"),
        (rate_words(2_500_000), "2.5 Mbps"),
        (rate_words(10**11), "100 Gbps"),
        (size_words(15_000), "15 KB"),
        (size_words(12), "12 B"),
    ],
)
def test_words(text, expected):
    assert text == expected
