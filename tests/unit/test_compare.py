"""What a change of the sources means: equal meaning is no difference, and whatever differs is told."""

from __future__ import annotations

import dataclasses
import json

import pytest
from support_verify import NET, build

from intentc.compare.compare import compare
from intentc.compare.markdown import markdown
from intentc.compare.model import Compiled, Fact, How
from intentc.compare.text import render
from intentc.diagnostics.text import TextStyle
from intentc.manifest.model import AlternativeEntry, DemandEntry
from intentc.manifest.read import read_manifest

CHAT = "intent chat { from ber to fra1  match tcp/443  bandwidth 10Mbps burst 3KB  priority high  latency <= 40ms }\n"
COPY = "intent copy { from muc to fra2  match tcp/80 }\n"
SAFE = "intent chat { from ber to fra1  match tcp/443  bandwidth 10Mbps burst 3KB  priority high  latency <= 40ms  failover within 1s { survive any 1 link } }\n"


def side(intents, net=NET):
    built = build(intents, net)
    bundle = built.run.bundle
    files = {node: {file.path: file.text for file in device.files} for node, device in bundle.devices.items()}
    return Compiled(read_manifest(built.text), files, is_accepted=True)


def changed(before, after):
    return compare(side(before), side(after))


def facts(comparison, intent="chat"):
    (found,) = (change for change in comparison.intents if change.name == intent)
    return {(fact.what, fact.before, fact.after) for demand in found.demands for fact in demand.facts}


def test_order_comments_and_spaces_mean_nothing():
    found = changed(CHAT + COPY, f"# the same\n\n{COPY}\n{CHAT.replace('  ', ' ')}")
    assert found.is_empty
    assert found.same_intents == 2
    assert (
        render(found, TextStyle())
        == "the change means nothing: the same traffic on the same paths, the same configuration\n"
    )


def test_a_narrower_bound_changes_bound_and_margin_and_no_device():
    found = changed(CHAT, CHAT.replace("40ms", "35ms"))
    assert ("bound", "40.00 ms", "35.00 ms") in facts(found)
    assert {what for what, _, _ in facts(found)} == {"bound", "margin"}
    assert found.devices == ()


def test_another_way_is_told_with_its_links_and_the_devices_that_change():
    found = changed(CHAT, CHAT.replace("latency", "via node p2 latency"))
    (path,) = (fact for fact in facts(found) if fact[0] == "path" and fact[1].startswith("ber1"))
    assert "–ber-p2– p2" in path[2]
    assert "–ber-p2– p2" not in path[1]
    assert {"ber1"} <= {device.node for device in found.devices}
    (device,) = (item for item in found.devices if item.node == "ber1")
    assert all(file.added + file.removed for file in device.files)


def test_what_failures_do_is_told():
    said = {what for what, _, _ in facts(changed(CHAT, SAFE))}
    assert "back after" in said
    assert any(what.startswith("when ") or what == "failures" for what in said)


def test_new_and_gone_intents_are_told_on_one_line():
    found = changed(CHAT, COPY)
    assert [(change.name, change.how) for change in found.intents] == [("chat", How.GONE), ("copy", How.NEW)]
    lines = render(found, TextStyle()).splitlines()
    assert "- intent chat  status placed, class high, demands 2, least margin" in lines[0]
    assert lines[1].startswith("+ intent copy  status placed, class default, demands 2")
    assert found.same_intents == 0


def test_a_side_without_configuration_is_said_to_have_none():
    before = side(CHAT)
    found = compare(before, dataclasses.replace(before, files=None, is_accepted=False))
    assert found.devices is None
    assert "not every intent holds now" in render(found, TextStyle())
    assert markdown(found, "main").startswith("## ❌")


def test_lines_that_come_and_go_are_counted():
    before = side(CHAT)
    other = {**before.files, "ber1": {"a": "1\n2\n3\n", "b": "x\n"}, "new": {"c": "1\n"}}
    first = dataclasses.replace(before, files={**other, "ber1": {"a": "1\n3\n4\n5\n"}, "gone": {"d": ""}})
    found = {change.node: change for change in compare(first, dataclasses.replace(before, files=other)).devices}
    assert {node: change.how for node, change in found.items()} == {"ber1": How.CHANGED, "gone": How.GONE}
    assert [(file.name, file.how, file.added, file.removed) for file in found["ber1"].files] == [
        ("a", How.CHANGED, 1, 2),
        ("b", How.NEW, 1, 0),
    ]


# Of each field of a demand another value, and the fact that tells of it.
OTHER = {
    "match": ("packets", lambda entry: (dataclasses.replace(entry.match[0], dscp=7),)),
    "excepted": ("packets", lambda entry: entry.match),
    "bandwidth_bps": ("rate", lambda _: 1),
    "burst_bytes": ("rate", lambda _: 1),
    "ceiling_bps": ("rate", lambda _: 1),
    "bound_us": ("bound", lambda _: 1),
    "rtt_bound_us": ("bound", lambda _: 1),
    "margin_us": ("margin", lambda _: 1),
    "mechanism": ("by", lambda _: "pbr"),
    "segments": ("by", lambda _: ("x",)),
    "primary": ("path", lambda entry: dataclasses.replace(entry.primary, paths=())),
    "alternatives": ("alternatives", lambda _: (AlternativeEntry(100, ("x",), "bfd", ()),)),
    "states": ("when link:ber-p3 fails", lambda _: ()),
    "unprotected": ("unprotected", lambda _: ("link:x",)),
    "protection": ("back after", lambda _: None),
}
# What follows from the others, or is the configuration that brings them about: devices tell of it.
FOLLOWS = {
    "id", "source_site", "destination_site", "source", "destination", "direction", "steering", "policies", "repairs", "reason", "preferences",
}  # fmt: skip


def test_every_field_of_a_demand_is_told_or_follows_from_others():
    assert OTHER.keys() | FOLLOWS == {field.name for field in dataclasses.fields(DemandEntry)}


@pytest.mark.parametrize("field", OTHER)
def test_a_change_of_a_field_is_told(field):
    before = side(SAFE)
    what, other = OTHER[field]
    intent = before.manifest.intents[0]
    demand = intent.demands[0]
    edited = dataclasses.replace(demand, **{field: other(demand)})
    whole = dataclasses.replace(intent, demands=(edited, *intent.demands[1:]))
    after = dataclasses.replace(before, manifest=dataclasses.replace(before.manifest, intents=(whole,)))
    said = {fact.what for change in compare(before, after).intents for item in change.demands for fact in item.facts}
    assert what in said


def test_a_link_that_is_fuller_is_told_where_nothing_else_differs():
    before = side(CHAT)
    fuller = dataclasses.replace(before.manifest.objective, max_utilisation=0.5)
    found = compare(
        before, dataclasses.replace(before, manifest=dataclasses.replace(before.manifest, objective=fuller))
    )
    assert not found.is_empty
    text = render(found, TextStyle())
    assert "→ 50 %" in text
    assert "means nothing" not in text


def test_names_of_users_are_no_markup():
    found = changed(CHAT, COPY)
    hostile = dataclasses.replace(found.intents[0], name="<b>|@all", facts=(Fact("x", "", "`<i>"),))
    text = markdown(dataclasses.replace(found, intents=(hostile,)), "a|b")
    assert "<b>" not in text
    assert "@all" not in text


def test_equal_sides_give_equal_bytes():
    found = [json.dumps(str(changed(CHAT, SAFE))) for _ in range(2)]
    assert found[0] == found[1]
