"""`prefer` from the clause to the manifest, the proof and the words for people."""

import json

import pytest
from support_model import codes, demand, model, network, nodes_of, realised, span, wire
from support_resolve import run
from support_verify import NET, build

from intentc.resolve.model import Preference

# the IGP goes over b; c and e are longer
WAYS = (
    wire("a-b"),
    wire("b-d"),
    wire("a-c", metric=20),
    wire("c-d", metric=20),
    wire("a-e", metric=30),
    wire("e-d", metric=30),
)


def place(name):
    return Preference(f"prefer node {name}", frozenset({name}), frozenset(), is_place=True, span=span(60))


def links(*names):
    return Preference(f"prefer {'+'.join(names)}", frozenset(), frozenset(names), is_place=False, span=span(60))


def placed(*wanted, topology=None, **rest):
    topology = topology or network(WAYS, ends=("a", "d"))
    found, findings = realised(model(topology, demand(topology, "a", "d", mbps=10, preferences=wanted, **rest)))
    assert codes(findings) == []
    return found


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ((), "a b d"),
        ((place("c"),), "a c d"),
        ((place("c"), place("e")), "a c d"),
        ((place("e"), place("c")), "a e d"),
        ((links("a-c", "c-d"),), "a c d"),
        ((links("a-c", "e-d", "a-e"),), "a e d"),
        ((links("a-b", "c-d"), place("e")), "a b d"),
        ((links("a-b", "c-d"), place("c")), "a c d"),
    ],
)
def test_the_first_preference_counts_first(wanted, path):
    assert nodes_of(placed(*wanted), "x/a>d") == [path]


def test_the_reason_names_it():
    assert placed(place("c")).demands["x/a>d"].reason == "steered: `prefer node c` asks for it"
    assert placed(place("b")).demands["x/a>d"].reason == "IGP's own path"


def test_it_comes_before_the_goal_and_after_the_bound():
    slow = network([*WAYS[:2], wire("a-c", metric=20, ms=9), *WAYS[3:]], ends=("a", "d"))
    assert nodes_of(placed(place("c"), topology=slow, goal="latency"), "x/a>d") == ["a c d"]
    kept = placed(place("c"), topology=slow, bound_ms=5)
    assert nodes_of(kept, "x/a>d") == ["a b d"]
    assert [item.why for item in kept.demands["x/a>d"].standings] == ["clauses"]


def test_among_equals_the_least_full_link_counts():
    topology = network(WAYS, ends=("a", "d"))
    full = (
        demand(topology, "a", "d", intent="w", mbps=790, priority="critical", via=()),
        demand(topology, "a", "d", mbps=300, preferences=(links("a-b", "b-d", "a-c", "c-d"),)),
    )
    found, findings = realised(model(topology, *(full[1],)))
    assert codes(findings) == []
    assert nodes_of(found, "x/a>d") == ["a b d"]


def test_where_there_is_no_room_another_way_does():
    narrow = network([*WAYS[:2], wire("a-c", metric=20, mbps=5), *WAYS[3:]], ends=("a", "d"))
    found = placed(place("c"), topology=narrow)
    assert nodes_of(found, "x/a>d") == ["a b d"]
    assert [(item.off, item.why) for item in found.demands["x/a>d"].standings] == [(1, "room")]


def test_where_nobody_can_be_told_another_way_does():
    stiff = network(WAYS, ends=("a", "d"), nodes={name: {"platform": "none"} for name in "abcde"})
    found = placed(place("c"), topology=stiff)
    assert nodes_of(found, "x/a>d") == ["a b d"]
    assert [(item.off, item.why) for item in found.demands["x/a>d"].standings] == [(1, "other")]


def test_nobody_turns_round_for_a_place():
    spur = network([*WAYS, wire("b-s")], ends=("a", "d"))
    found = placed(place("s"), topology=spur)
    assert nodes_of(found, "x/a>d") == ["a b d"]


@pytest.mark.parametrize(
    ("element", "is_place"),
    [("node p1", True), ("site fra", True), ("provider carrier-a", False), ("region eu", False)],
)
def test_places_are_passed_and_links_are_kept_to(element, is_place):
    found = run(f"intent t {{ from site ber  to site nyc  prefer {element} }}")
    assert found.errors == []
    (item,) = found.demand("t/ber>nyc").preferences
    assert (item.text, item.is_place) == (f"prefer {element}", is_place)


def test_of_a_region_links_lie_inside():
    inside = run("intent t { from site ber  to site nyc  prefer region eu }").demand("t/ber>nyc").preferences[0].links
    on = run("intent t { from site ber  to site nyc  avoid region eu }").demand("t/ber>nyc").exclusions[0].links
    assert inside < on


def compiled(clauses):
    net = NET.replace("attached: [10.50.0.0/24]", "attached: []")
    return build(f"intent t {{ from site ber  to node fra1  bandwidth 10Mbps per pair  {clauses} }}", net)


@pytest.mark.parametrize(
    "clauses",
    [
        "prefer provider alpha",
        "prefer provider beta, node p1",
        "prefer region eu",
        "prefer link ber-p2, site ams",
        "prefer srlg trench",
        "prefer provider alpha  latency <= 300ms",
        "prefer provider alpha  symmetric",
        "prefer node p2  failover within 60s { survive any 1 link except access }",
    ],
)
def test_the_manifest_tells_it_and_the_prover_agrees(clauses):
    found = compiled(clauses)
    assert found.statuses == {"t": "placed"}
    assert found.codes() == set()


def change_first(**values):
    def change(whole):
        whole["intents"][0]["demands"][0]["preferences"][0].update(values)

    return change


@pytest.mark.parametrize(
    "values", [{"off": 7}, {"met": False}, {"why": "room"}, {"text": "prefer provider beta"}], ids=str
)
def test_the_prover_reads_every_word(values):
    found = compiled("prefer provider alpha")
    (item,) = json.loads(found.text)["intents"][0]["demands"][0]["preferences"]
    assert item == {"text": "prefer provider alpha", "met": False, "off": 1, "why": "clauses"}
    wrong = values | ({"met": True} if values == {"met": False} else {})
    wrong |= {"why": None} if values == {"why": "room"} else {}
    assert "E0597" in found.codes(change_first(**wrong))


def test_the_prover_counts_them():
    found = compiled("prefer provider alpha")
    assert "E0597" in found.codes(lambda whole: whole["intents"][0]["demands"][0].update(preferences=[]))
    plain = compiled("")
    told = {"text": "prefer node p1", "met": True, "off": 0, "why": None}
    assert "E0597" in plain.codes(lambda whole: whole["intents"][0]["demands"][0].update(preferences=[told]))
