"""Refusals proved by going through everything: hosts for requests, paths for both directions, lists of paths."""

import json

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_disjoint import topology_of

OWN = "prefix 10.30.0.0/24, 10.40.0.0/24"  # one at each host
BLOCK = "failover within 60s { survive any 1 node except access }"


def service(capacity, *asks, prefixes=OWN):
    lines = [f"service api {{ at fra1, ams1  {prefixes}  port tcp/1-999  capacity {capacity} }}"]
    for name, source, mbps, rest in asks:
        clauses = f"bandwidth {mbps}Mbps per pair reverse 0bps  match tcp/{ord(name)}  {rest}"
        lines.append(f"intent {name} {{ from site {source}  to any of api  {clauses} }}")
    return "\n".join(lines)


NARROW = """
name: narrow
routing: {igp: isis}
defaults: {platform: frr}
nodes:
  a: {release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b: {release: "8.4", loopback: 10.255.0.2/32}
  c: {release: "8.4", loopback: 10.255.0.3/32}
  d: {release: "8.4", loopback: 10.255.0.4/32, attached: [10.4.0.0/24]}
links:
  - {id: ab, a: a, b: b, capacity: {ab: 100Mbps, ba: 10Mbps}, latency: {ab: 1ms, ba: 4ms}, crosses: []}
  - {id: bd, a: b, b: d, capacity: 100Mbps, latency: 1ms, crosses: []}
  - {id: ac, a: a, b: c, capacity: {ab: 10Mbps, ba: 100Mbps}, latency: {ab: 4ms, ba: 1ms}, crosses: []}
  - {id: cd, a: c, b: d, capacity: 100Mbps, latency: 1ms, crosses: []}
"""
MIRRORED = "intent y { from node a to node d  symmetric  %s }"

# Two lanes on each of five stretches, of which the bound lets a path take one slow lane: whichever fast lane fails there is
# a path, and each path does for one of these failures only.
LADDER = {f"{lane}{at}": (f"n{at}", f"n{at + 1}", cost) for at in range(5) for lane, cost in (("x", 1), ("y", 9))} | {
    "direct": ("n0", "n5", 1)
}
LISTS = (
    "intent y { from node n0 to node n5 unidirectional match tcp/1  avoid link direct  latency <= 14ms"
    "  failover within 9s { survive any 1 link } }"
)


CASES = {
    "one host for all": (
        service("100Mbps", ("x", "ber", 60, ""), ("y", "muc", 50, "")),
        None,
        "E0536",
        "packing",
        None,
    ),
    "each host": (
        service("70Mbps per host", *((name, "ber", 40, "") for name in "vwy")),
        None,
        "E0536",
        "packing",
        None,
    ),
    "a host that fails": (
        service("90Mbps per host", ("x", "ber", 60, BLOCK), ("y", "muc", 50, BLOCK)),
        None,
        "E0536",
        "packing",
        "node:fra1",
    ),
    "rates one way each": (MIRRORED % "bandwidth 20Mbps", NARROW, "E0538", "walks", None),
    "a bound one way each": (MIRRORED % "latency <= 4ms", NARROW, "E0538", "walks", None),
    "a bound both ways": (MIRRORED % "latency <= 6ms rtt", NARROW, "E0538", "walks", None),
    "lists of paths": (LISTS, topology_of(LADDER, {}), "E0509", "lists", "link"),
}


def refused(text, name="y"):
    return next(item for item in json.loads(text)["intents"] if item["name"] == name)["refused"]


def built(case):
    intents, net, *_ = case
    stages = stages_with_all_targets()
    return build(intents, net, stages) if net is not None else build(intents, stages=stages)


@pytest.fixture(scope="module", params=CASES)
def case(request):
    return CASES[request.param], built(CASES[request.param])


def test_it_is_proved_and_the_proof_holds(case):
    (_, _, code, kind, state), found = case
    items = refused(found.text)
    assert {(item["finding"], item["certificate"]["kind"]) for item in items} == {(code, kind)}
    assert all((item["state"] or "").startswith(state or "") for item in items)
    assert [item.code for item in found.run.findings.items if item.intent == "y" and item.code[0] == "E"] == [code]
    assert found.codes() == set()


FALSE = {
    "packing": {"capacity_bps": 1, "asked_bps": 1, "hosts": ["fra"], "service": "nobody"},
    "walks": {"paths": 7, "queueing": 3},
    "lists": {"paths": 7, "size": 3},
}


def test_no_other_figure_is_believed(case):
    (*_, kind, _), found = case
    for key, value in FALSE[kind].items():

        def change(whole, key=key, value=value):
            items = [item for entry in whole["intents"] for item in entry["refused"]]
            items[0]["certificate"][key] = value

        assert found.codes(change) == {"E0594"}, key


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[2] != "E0509"])
def test_the_proof_of_another_program_is_none(name):
    """A refusal with its certificate, held against sources that ask for less."""
    case = CASES[name]
    softer = case[0]
    for old, new in (
        ("capacity 100Mbps", "capacity 900Mbps"),
        ("70Mbps per host", "900Mbps per host"),
        ("90Mbps per host", "900Mbps per host"),
        ("20Mbps", "2Mbps"),
        ("<= 4ms", "<= 9ms"),
        ("<= 6ms", "<= 9ms"),
    ):
        softer = softer.replace(old, new)
    hard, soft = built(case), built((softer, case[1]))
    entry = next(item for item in json.loads(hard.text)["intents"] if item["name"] == "y")

    def change(whole):
        whole["intents"] = [entry if item["name"] == "y" else item for item in whole["intents"]]
        whole["findings"] = [item for item in json.loads(hard.text)["findings"] if item["intent"] == "y"]

    assert "E0594" in soft.codes(change)


def test_where_another_choice_would_do_nothing_is_claimed():
    """Both are nearest to one host of the anycast prefix: the network decides, and nothing is proved."""
    asks = (("x", "ber", 60, ""), ("y", "ber", 50, ""))
    found = built((service("70Mbps per host", *asks, prefixes="prefix 10.20.0.0/24"), None))
    assert {item.code for item in found.run.findings.items if item.severity.name == "ERROR"} == {"E0537"}
    assert found.codes() == set()
    (item,) = refused(found.text)
    assert (item["finding"], item["certificate"]) == ("E0537", None)


def test_the_finding_says_what_was_gone_through():
    found = built(CASES["lists of paths"])
    (item,) = [item for item in found.run.findings.items if item.code == "E0509"]
    assert "no list of 4 fixed paths serves every promised state" in item.message
