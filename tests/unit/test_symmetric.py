"""`symmetric`: replies take the links of the requests, from the clause to what the prover makes of it."""

import json

import pytest
from support_model import codes, demand, every_link, failover, in_state, model, network, nodes_of, realised, reply, wire
from support_resolve import run
from support_sr import sr_network, sr_realised
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.topology.model import Directional


def turns(name, there, back, **rest):
    return wire(name, igp_metric=Directional(there, back), **rest)


# requests go over b by the IGP, replies over c
LOPSIDED = (turns("a-b", 4, 6), turns("b-d", 4, 6), turns("a-c", 6, 4), turns("c-d", 6, 4))


def both(topology, **rest):
    there = demand(topology, "a", "d", mbps=10, **rest)
    return there, reply(there)


def place(topology, *wanted, **overrides):
    return realised(model(topology, *wanted), **overrides)


@pytest.mark.parametrize(("is_symmetric", "replies"), [(False, "d c a"), (True, "d b a")])
def test_replies_follow_the_requests(is_symmetric, replies):
    topology = network(LOPSIDED, ends=("a", "d"))
    found, findings = place(topology, *both(topology, is_symmetric=is_symmetric))
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "x/a>d/reply")) == (["a b d"], [replies])


def test_the_reason_says_so():
    topology = network(LOPSIDED, ends=("a", "d"))
    found, _ = place(topology, *both(topology, is_symmetric=True))
    reason = found.demands["x/a>d/reply"].reason
    assert reason == "steered: IGP's path takes other links than the requests (`symmetric`)"


def test_equal_costs_are_no_one_path():
    even = [wire(name) for name in ("a-b", "b-d", "a-c", "c-d")]
    topology = network(even, ends=("a", "d"))
    free, _ = place(topology, *both(topology))
    assert len(nodes_of(free, "x/a>d")) == 2
    found, findings = place(topology, *both(topology, is_symmetric=True))
    assert findings.items == []
    (there,), (back,) = nodes_of(found, "x/a>d"), nodes_of(found, "x/a>d/reply")
    assert there.split() == back.split()[::-1]
    assert found.demands["x/a>d"].reason.endswith(
        "splits over several paths, which replies could not follow (`symmetric`)"
    )


def test_requests_leave_links_on_which_replies_have_no_room():
    lanes = [wire("a-b", metric=4), wire("b-d", metric=4), wire("a-c"), wire("c-d")]
    narrow = [wire("a-b", metric=4, capacity_bps=Directional(10**9, 5 * 10**6)), *lanes[1:]]
    topology = network(narrow, ends=("a", "d"))
    found, findings = place(topology, *both(topology, is_symmetric=True))
    assert findings.items == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "x/a>d/reply")) == (["a c d"], ["d c a"])


def test_requests_leave_a_way_that_replies_cannot_be_told_to_take():
    """`b` and `d` steer nothing, and the IGP never brings replies over b."""
    topology = network(LOPSIDED, ends=("a", "d"), nodes={"b": {"platform": "none"}, "d": {"platform": "none"}})
    found, findings = place(topology, *both(topology, is_symmetric=True))
    assert codes(findings) == []
    assert (nodes_of(found, "x/a>d"), nodes_of(found, "x/a>d/reply")) == (["a c d"], ["d c a"])


def test_where_nobody_can_be_told_it_is_refused():
    names = ("a", "b", "c", "d")
    topology = network(LOPSIDED, ends=("a", "d"), nodes={name: {"platform": "none"} for name in names})
    found, findings = place(topology, *both(topology, is_symmetric=True))
    (item,) = findings.items
    assert (item.code, found.demands) == ("E0535", {})
    assert "takes other links than the requests" in item.message


@pytest.mark.parametrize(
    ("clauses", "code"),
    [("symmetric  unidirectional", "E0222"), ("symmetric  spread", "E0237"), ("symmetric", None)],
)
def test_it_needs_replies_and_one_path(clauses, code):
    found = run(f"intent t {{ from site ber  to any of api  {clauses} }}")
    assert found.errors == ([code] if code else [])


def test_it_needs_replies_among_many_too():
    assert run("intent t { among ber, nyc  symmetric }").errors == ["E0222"]


def test_intents_that_differ_in_it_contradict():
    one = "intent a { from site ber  to site nyc  symmetric }"
    assert "E0401" in run(f"{one} intent b {{ from site ber  to site nyc }}").errors
    assert run(f"{one} intent b {{ from site ber  to site nyc  symmetric }}").errors == []


NET = """
name: lopsided
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
nodes:
  a: {platform: PLATFORM, release: "REL", loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.1.0.0/24, interface: host}]}
  b: {platform: PLATFORM, release: "REL", loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 6}}
  c: {platform: PLATFORM, release: "REL", loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 6}}
  d: {platform: PLATFORM, release: "REL", loopback: 10.255.0.4/32, segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.2.0.0/24, interface: host}]}
links:
  - {id: ab, a: "a:to-b", b: "b:to-a", capacity: 1Gbps, latency: 1ms, igp_metric: {ab: 4, ba: 6}, crosses: []}
  - {id: bd, a: "b:to-d", b: "d:to-b", capacity: 1Gbps, latency: 1ms, igp_metric: {ab: 4, ba: 6}, crosses: []}
  - {id: ac, a: "a:to-c", b: "c:to-a", capacity: 1Gbps, latency: 1ms, igp_metric: {ab: 6, ba: 4}, crosses: []}
  - {id: cd, a: "c:to-d", b: "d:to-c", capacity: 1Gbps, latency: 1ms, igp_metric: {ab: 6, ba: 4}, crosses: []}
  - {id: bc, a: "b:to-c", b: "c:to-b", capacity: 1Gbps, latency: 1ms, igp_metric: 9, crosses: []}
"""
ASKED = "from node a  to node d  bandwidth 10Mbps per pair"
# loose steering cannot know of a remote failure, so that it keeps one path both ways only as long as nothing fails
PROMISED = {"frr": "", "sr-bench": "failover within 60s { survive any 1 link }"}


def built(clauses, platform):
    release = "1.0" if platform == "sr-bench" else "8.4"
    net = NET.replace("PLATFORM", platform).replace("REL", release)
    return build(f"intent t {{ {ASKED}  {clauses}  {PROMISED[platform]} }}", net, stages_with_all_targets())


def told(found):
    (intent,) = json.loads(found.text)["intents"]
    return {demand["direction"]: demand for demand in intent["demands"]}


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_in_every_state_both_directions_take_the_same_links(platform):
    found = built("symmetric", platform)
    assert found.statuses == {"t": "placed"}
    assert found.codes() == set()
    ways = {}
    for direction, demand_ in told(found).items():
        for name in ("none", "ab", "bd", "ac", "cd", "bc"):
            state = next((item for item in demand_["states"] if f"link:{name}" in item["when"]), demand_["primary"])
            (path,) = state["paths"]
            ways.setdefault(name, {})[direction] = path["links"]
    assert all(way["forward"] == way["reverse"][::-1] for way in ways.values())


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
def test_the_prover_does_not_take_other_links_for_the_same(platform):
    """The manifest of a program without the clause, held against the one with it."""
    free, mirrored = built("", platform), built("symmetric", platform)
    change = json.loads(free.text)["intents"]
    assert "E0596" in mirrored.codes(lambda whole: whole.update(intents=change, links=json.loads(free.text)["links"]))


def test_steps_of_a_chain_keep_it():
    chain = "chain t { latency <= 400ms  bandwidth 10Mbps per pair  symmetric  step node a -> node d  processing 1ms }"
    found = build(chain, NET.replace("PLATFORM", "frr").replace("REL", "8.4"), stages_with_all_targets())
    assert found.statuses == {"t": "placed"}
    assert found.codes() == set()
    links = {way: demand_["primary"]["paths"][0]["links"] for way, demand_ in told(found).items()}
    assert links["forward"] == links["reverse"][::-1]


def test_a_failure_of_one_direction_moves_both():
    topology = sr_network(LOPSIDED, ends=("a", "d"))
    promise = failover(*every_link(topology), mbps=10)
    found, findings = sr_realised(model(topology, *both(topology, is_symmetric=True, failover=promise)))
    assert findings.items == []
    ways = {}
    for name in topology.links:
        (there,), (back,) = in_state(found, "x/a>d", f"link:{name}"), in_state(found, "x/a>d/reply", f"link:{name}")
        assert there.split() == back.split()[::-1]
        ways[name] = there
    assert set(ways.values()) == {"a b d", "a c d"}


def test_a_way_that_one_direction_cannot_keep_under_failure_is_refused():
    """By loose steering replies would turn back at `b` when `a-b` fails."""
    topology = network(LOPSIDED, ends=("a", "d"))
    promise = failover(*every_link(topology), mbps=10)
    _, findings = place(topology, *both(topology, is_symmetric=True, failover=promise))
    (item,) = findings.items
    assert (item.code, item.state) == ("E0535", "link:a-b")
