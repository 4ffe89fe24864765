"""The prover on chains: what the compiler says of them is derived again, and whatever is changed is noticed."""

import json
from copy import deepcopy
from functools import cache

import pytest
from support_verify import build

from intentc.manifest.read import read_manifest

PROGRAM = """
service app { at ber, muc  prefix 10.1.0.0/24, 10.2.0.0/24  port tcp/80 }
service vec { at fra, ams  prefix 10.30.0.0/24, 10.40.0.0/24  port tcp/99 }
service emb { at fra2  prefix 10.50.0.0/24  port tcp/5432 }
chain t {
  latency <= 400ms
  bandwidth 5Mbps
  priority high
  failover within 1s { survive any 1 node except access  latency <= 600ms }
  step app -> any of vec  processing 6ms
  parallel { step app -> emb  processing 1ms  calls 2  step vec -> emb }
}
"""


@cache
def built():
    found = build(PROGRAM)
    assert found.statuses == {"t": "placed"}, [item.message for item in found.run.findings.items]
    return found


def about_chains(change):
    """The codes about chains that a changed manifest has and the sound one has not."""
    return (built().codes(change) - built().codes()) & {"E0564", "E0590", "E0591", "E0592", "damaged"}


def first(whole):
    return whole["chains"][0]


def test_the_chains_of_a_compile_are_proved():
    whole = json.loads(built().text)
    assert [(item["name"], item["source_site"]) for item in whole["chains"]] == [("t", "ber"), ("t", "muc")]
    assert not built().codes() & {"E0563", "E0564", "E0565", "E0590", "E0591", "E0592"}
    assert built().prove().statements["chains"] > 20


def test_every_demand_of_a_step_is_in_the_manifest():
    whole = json.loads(built().text)
    known = {demand["id"] for intent in whole["intents"] for demand in intent["demands"]}
    named = {name for item in whole["chains"] for step in item["steps"] for name in step["demands"]}
    assert named <= known
    assert named


def test_the_manifest_is_read_as_it_was_written():
    chains = read_manifest(built().text).chains
    assert chains[0].steps[1].calls == 2
    assert chains[0].worst is not None
    assert chains[0].budget_us == 400_000


def leaves(value, way=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        yield way
    else:
        for key, item in pairs:
            yield from leaves(item, (*way, key))


SHAPE = json.loads(built().text)["chains"]


@pytest.mark.parametrize("way", list(leaves(SHAPE)), ids=lambda way: ".".join(map(str, way)))
@pytest.mark.parametrize("by", [1, -1])
def test_another_value_is_noticed(way, by):
    def change(whole):
        at = whole["chains"]
        for key in way[:-1]:
            at = at[key]
        at[way[-1]] = at[way[-1]] + by if isinstance(at[way[-1]], int) else f"{at[way[-1]]}x"

    assert about_chains(change)


def without_demand(whole):
    step = next(step for step in first(whole)["steps"] if step["demands"])
    whole["intents"][0]["demands"] = [d for d in whole["intents"][0]["demands"] if d["id"] != step["demands"][0]]


def needless(whole):
    """Say that the chain goes where it does not."""
    extra = deepcopy(whole["intents"][0]["demands"][0])
    extra["id"] = extra["id"].replace("@", "@@")
    whole["intents"][0]["demands"].append(extra)


HARMFUL = {
    "a source site left out": (lambda whole: whole["chains"].pop(), {"E0590"}),
    "a source site twice": (lambda whole: whole["chains"].append(first(whole)), {"E0590"}),
    "a chain of nobody": (lambda whole: whole["chains"].append(first(whole) | {"name": "u"}), {"E0590"}),
    "a step left out": (lambda whole: first(whole)["steps"].pop(), {"E0590"}),
    "steps in another order": (lambda whole: first(whole)["steps"].reverse(), {"E0590"}),
    "a demand left out": (without_demand, {"E0564"}),
    "a demand of no step": (needless, {"E0564"}),
    "nothing under failure": (lambda whole: first(whole).update(worst=None), {"E0591"}),
    "another key": (lambda whole: first(whole).update(colour="blue"), {"damaged"}),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_what_is_wrong_is_noticed(name):
    change, expected = HARMFUL[name]
    assert about_chains(change) & expected


@pytest.mark.parametrize("bound", ["latency <= 400ms", "latency <= 600ms"])
def test_a_budget_that_is_missed_is_noticed(bound):
    proof = build(PROGRAM)
    files = build(PROGRAM.replace(bound, "latency <= 20ms", 1)).run.files
    proof.run.files = files
    assert "E0592" in {item.code for item in proof.prove().findings}


def test_the_order_of_entries_means_nothing():
    assert not about_chains(lambda whole: whole["chains"].reverse())
