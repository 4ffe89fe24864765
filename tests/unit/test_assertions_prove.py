"""The prover derives every assertion anew: what is changed about one in a manifest is found, what is as good is let pass."""

import json
from copy import deepcopy

import pytest
from support_verify import build

from intentc.manifest.codec import ManifestError
from intentc.manifest.read import read_manifest
from intentc.manifest.write import rewrite_manifest

PROGRAM = """
intent web { from ber to fra2  priority high  bandwidth 300Mbps  failover within 1s { survive any 1 link } }
intent kept { from ber to fra1  pin region eu  bandwidth 100Mbps reverse 0bps }
intent loose { from ber to fra1  match tcp/9 }
assert full { utilization <= 20% on fra2-p2  under any 1 link failure }
assert fine { utilization <= 90%  under any 2 link failure }
assert cut  { connected ber, muc  under any 2 link failure }
assert far  { no traffic of loose on region ch  under any 1 node failure }
assert home { no traffic of kept on region ch  under any 1 node failure }
assert long { hops <= 2 of web  under any 1 link failure }
"""
NAMES = ("cut", "far", "fine", "full", "home", "long")


@pytest.fixture(scope="module")
def built():
    return build(PROGRAM)


def found(built, change=None):
    """Return the codes about assertions after a change of the manifest."""
    return {code for code in built.codes(change) if code.startswith(("E07", "damaged"))}


def entry(whole, name):
    return next(item for item in whole["assertions"] if item["name"] == name)


def test_the_manifest_as_compiled_is_right(built):
    assert found(built) == set()
    assert built.prove().statements["assertions"] == 5 * len(NAMES)


def test_the_manifest_comes_back_as_it_was_written(built):
    class Sink(list):
        write = list.append
        writelines = list.extend

    sink = Sink()
    rewrite_manifest(read_manifest(built.text), sink)
    assert b"".join(sink).decode() == built.text


def test_assertions_have_the_keys_of_the_contract(built):
    whole = json.loads(built.text)
    assert [item["name"] for item in whole["assertions"]] == list(NAMES)
    assert [list(item) for item in whole["assertions"]] == [["name", "holds", "worst"]] * len(NAMES)
    assert entry(whole, "full") == {"name": "full", "holds": False, "worst": {"state": "link:fra2-p1", "value": 0.3}}


CHANGES = {
    "holds": lambda item: item.update(holds=not item["holds"]),
    "a larger value": lambda item: item["worst"].update(value=item["worst"]["value"] + 1),
    "a value that is off by one in the last place": lambda item: item["worst"].update(
        value=item["worst"]["value"] - 0.000001
    ),
    "another name": lambda item: item.update(name="nobody"),
    "a state of another kind": lambda item: item["worst"].update(state="site:fra"),
    "a state that is none": lambda item: item["worst"].update(state="link:nowhere"),
    "no worst state": lambda item: item.update(worst=None),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_found(built, name, change):
    assert found(built, lambda whole: CHANGES[change](entry(whole, name)))


@pytest.mark.parametrize("name", ["full", "cut", "long"])
def test_a_state_that_is_not_the_worst_is_found(built, name):
    assert found(built, lambda whole: entry(whole, name)["worst"].update(state="normal")) == {"E0722"}


@pytest.mark.parametrize("name", NAMES)
def test_an_assertion_that_is_left_out_is_found(built, name):
    def leave_out(whole):
        whole["assertions"].remove(entry(whole, name))
        whole["findings"] = [item for item in whole["findings"] if item["intent"] != name]

    assert found(built, leave_out) == {"E0721"}


def test_an_assertion_that_stands_twice_is_found(built):
    assert found(built, lambda whole: whole["assertions"].append(deepcopy(whole["assertions"][0]))) == {"E0721"}


@pytest.mark.parametrize("name", ["full", "cut", "far", "long"])
def test_a_finding_that_is_left_out_is_found(built, name):
    def leave_out(whole):
        whole["findings"] = [item for item in whole["findings"] if item["intent"] != name]

    assert found(built, leave_out) == {"E0722"}


EQUALLY_BAD = {
    "the same elements by another id": ("full", "srlg:fra2-p1"),
    "another state with the same value": ("fine", "link:ams-p1+link:ams-p2"),
    "both nodes of an end": ("home", "node:p1"),
}


@pytest.mark.parametrize("case", EQUALLY_BAD)
def test_a_state_that_is_as_bad_is_let_pass(built, case):
    name, state = EQUALLY_BAD[case]
    assert found(built, lambda whole: entry(whole, name)["worst"].update(state=state)) == set()


def test_steering_that_is_changed_changes_what_is_true(built):
    """Without its fences' help the pinned intent would go abroad: the rules alone decide, and they are gone."""

    def unsteer(whole):
        for item in whole["intents"]:
            for demand in item["demands"]:
                demand["steering"] = []

    assert "E0570" in built.codes(unsteer)


def test_a_value_has_to_be_a_number(built):
    whole = json.loads(built.text)
    entry(whole, "full")["worst"]["value"] = "much"
    with pytest.raises(ManifestError, match=r"assertions\[3\]\.worst\.value"):
        read_manifest(json.dumps(whole))


UNREAD = "intent loose { from ber to fra1 match tcp/9 label tenant = acme } intent other { from ber to ber }"


@pytest.mark.parametrize(
    "ban",
    [
        "intents where labels.tenant == other",
        "intents where priority == high",
        "web-*",
        "loose, web-*",
        "intents where name == loose except loose",
    ],
)
def test_an_assertion_about_what_may_be_an_intent_that_cannot_be_read_is_let_pass(ban):
    """Of which intents it speaks is known once that one is mended, so that only that one has a finding."""
    built = build(f"{UNREAD} assert far {{ no traffic of {ban} on region ch }}")
    assert [item.intent for item in built.run.findings.items if item.is_error] == ["other"]
    assert json.loads(built.text)["assertions"] == []
    assert found(built) == set()


def test_an_assertion_that_is_left_out_beside_an_intent_that_cannot_be_read_is_found():
    built = build(f"{UNREAD} assert far {{ hops <= 9 of loo* }}")
    assert found(built) == set()
    assert found(built, lambda whole: whole["assertions"].clear()) == {"E0721"}
