"""The prover on `spread`: shares and reservations that hold, and every change of them is noticed."""

import io
import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.cli.explain_intent import _demand
from intentc.manifest.read import read_manifest
from intentc.manifest.write import rewrite_manifest

NET = """
name: diamond
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}HASH}
defaults: {platform: frr}
nodes:
  a: {release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b: {release: "8.4", loopback: 10.255.0.2/32}
  c: {release: "8.4", loopback: 10.255.0.3/32}
  d: {release: "8.4", loopback: 10.255.0.4/32, attached: [10.4.0.0/24]}
  e: {release: "8.4", loopback: 10.255.0.5/32}
links:
  - {id: ab, a: a, b: b, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ac, a: a, b: c, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ae, a: a, b: e, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: bd, a: b, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: cd, a: c, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ed, a: e, b: d, capacity: 1Gbps, latency: 1ms, crosses: []}
"""
INTENTS = """
intent wide { from a to d unidirectional spread bandwidth 60Mbps latency <= 200ms
              failover within 5s { survive any 1 link bandwidth 40Mbps } }
intent whole { from a to d match tcp/80 unidirectional bandwidth 6Mbps overrides wide }
"""


@cache
def built(word=""):
    return build(INTENTS, NET.replace("HASH", word), stages_with_all_targets())


def links(word=""):
    return {item["id"]: item for item in json.loads(built(word).text)["links"]}


@pytest.mark.parametrize(
    ("word", "normal", "worst"),
    [
        ("", 25_000_050, 25_000_050),
        (", hash_imbalance: 0%", 20_000_040, 20_000_040),
        (", hash_imbalance: 100%", 40_000_080, 40_000_080),
    ],
)
def test_links_hold_shares_of_one_and_all_of_the_other(word, normal, worst):
    assert built(word).codes() == set()
    assert links(word)["ab"]["reserved_bps"]["ab"] == normal + 6_000_000
    assert links(word)["ab"]["worst_bps"]["ab"] == worst + 6_000_000


def test_what_the_failure_leaves_is_told_with_its_shares():
    demand = demand_of(json.loads(built().text))
    state = next(entry for entry in demand["states"] if "link:ac" in entry["when"])
    assert [path["share_ppm"] for path in state["paths"]] == [500_000, 500_000]


def demand_of(whole, name="wide"):
    return next(item for item in whole["intents"] if item["name"] == name)["demands"][0]


def move_share(whole):
    paths = demand_of(whole)["primary"]["paths"]
    paths[0]["share_ppm"] += 1
    paths[1]["share_ppm"] -= 1


def move_share_in_a_state(whole):
    paths = demand_of(whole)["states"][0]["paths"]
    paths[0]["share_ppm"] += 1
    paths[1]["share_ppm"] -= 1


def drop_member(whole):
    paths = demand_of(whole)["primary"]["paths"]
    paths[1]["share_ppm"] += paths[0]["share_ppm"]
    del paths[0]


def set_link(key, change):
    def mutate(whole):
        link = next(item for item in whole["links"] if item["id"] == "ac")
        link[key]["ab"] += change

    return mutate


MUTATIONS = {
    "a share": (move_share, {"E0570", "E0577"}),
    "a share in a state": (move_share_in_a_state, {"E0572"}),
    "a member": (drop_member, {"E0570", "E0577"}),
    "a bit less reserved": (set_link("reserved_bps", -1), {"E0577"}),
    "a bit more reserved": (set_link("reserved_bps", 1), {"E0577"}),
    "a bit less at worst": (set_link("worst_bps", -1), {"E0577"}),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_was_changed_is_found(name):
    change, expected = MUTATIONS[name]
    assert expected <= built().codes(change)


def test_another_imbalance_than_that_of_the_topology_is_found():
    other = json.loads(built(", hash_imbalance: 10%").text)

    def change(whole):
        whole["links"] = other["links"]
        whole["objective"] = other["objective"]

    assert "E0577" in built().codes(change)


NUMBERS = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}
DIVIDED = """
intent wide { from a to d unidirectional spread optimize utilization bandwidth 1100Mbps
              failover within 5s { survive any 1 link bandwidth 700Mbps } }
intent again { from d to a unidirectional spread optimize utilization bandwidth 900Mbps }
"""


@cache
def divided():
    """The diamond as SR routers; two of the three ways cost more, so that the IGP takes one."""
    net = NET.replace("HASH", ", hash_imbalance: 10%").replace("platform: frr", "platform: sr-bench")
    net = net.replace('release: "8.4"', 'release: "1.0"').replace("b: c, ", "b: c, igp_metric: 15, ")
    net = net.replace("b: e, ", "b: e, igp_metric: 25, ")
    for name, index in NUMBERS.items():
        routing = f"{name}: {{segment_routing: {{index: {index}, srgb: [16000, 23999], max_sid_depth: 4}}, "
        net = net.replace(f"  {name}: {{", f"  {routing}")
    return build(DIVIDED, net, stages_with_all_targets())


def lists_in(whole):
    return demand_of(whole)["policies"][0]["candidates"][0]["lists"]


def test_demands_that_no_link_could_hold_are_divided_and_hold():
    whole = json.loads(divided().text)
    assert divided().statuses == {"wide": "placed", "again": "placed"}
    assert sum(item["weight"] for item in lists_in(whole)) == 16
    assert len(lists_in(whole)) == len(demand_of(whole)["primary"]["paths"]) == 3
    assert divided().codes() == set()


def test_devices_are_given_the_lists_with_their_weights():
    text = divided().run.bundle.devices["a"].files[0].text
    assert " × 5" in text
    assert text.count("SR policy") >= 1


def test_explaining_a_divided_intent_tells_the_parts():
    (intent,) = [item for item in read_manifest(divided().text).intents if item.name == "wide"]
    lines = [line.strip() for line in _demand(intent.demands[0])]
    weights = [item["weight"] for item in lists_in(json.loads(divided().text))]
    first = next(line for line in lines if line.startswith("preference 100"))
    assert [f"{weight} of 16" in first for weight in weights] == [True] * 3
    assert any(line.startswith("a → b → d (") and line.endswith(" %)") for line in lines)


def test_a_divided_manifest_is_read_and_written_byte_for_byte():
    stream = io.BytesIO()
    rewrite_manifest(read_manifest(divided().text), stream)
    assert stream.getvalue().decode() == divided().text


def more_weight(whole):
    lists_in(whole)[0]["weight"] += 1


def less_weight(whole):
    lists_in(whole)[-1]["weight"] -= 1


def no_weight(whole):
    lists_in(whole)[-1]["weight"] = 0


def all_weights_doubled(whole):
    for item in lists_in(whole):
        item["weight"] *= 2


def a_list_less(whole):
    del lists_in(whole)[-1]


def a_list_twice(whole):
    lists_in(whole).append(dict(lists_in(whole)[0]))


def other_first_list(whole):
    lists_in(whole).reverse()


def a_lone_list(whole):
    del lists_in(whole)[1:]


def a_list_elsewhere(whole):
    lists_in(whole)[-1]["segments"] = ["e"]


def a_path_less_in_a_state(whole):
    state = next(entry for entry in demand_of(whole)["states"] if len(entry["paths"]) > 1)
    state["paths"][0]["share_ppm"] += state["paths"].pop()["share_ppm"]


LISTS = {
    "a weight more": (more_weight, {"E0570"}),
    "a weight less": (less_weight, {"E0570"}),
    "a list without weight": (no_weight, {"E0570"}),
    "a list removed": (a_list_less, {"E0570"}),
    "a list twice": (a_list_twice, {"E0570"}),
    "another list first": (other_first_list, {"E0570"}),
    "lists that are one": (a_lone_list, {"E0570"}),
    "a list that ends elsewhere": (a_list_elsewhere, {"E0570"}),
    "a path less in a state": (a_path_less_in_a_state, {"E0572"}),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_that_were_changed_are_found(name):
    change, expected = LISTS[name]
    assert expected <= divided().codes(change)


def test_the_same_weights_in_other_words_are_the_same():
    assert divided().codes(all_weights_doubled) == set()
