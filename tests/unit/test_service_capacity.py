"""`capacity` of a service: what may be committed towards it, in every promised state, and what is said where it is too much."""

import json

import pytest
from support_verify import build

ANYCAST = "prefix 10.20.0.0/24"  # at both hosts: the network says which one answers
OWN = "prefix 10.30.0.0/24, 10.40.0.0/24"  # one prefix at each


def program(capacity, *intents, prefixes=OWN, hosts="fra1, ams1"):
    return f"service api {{ at {hosts}  {prefixes}  port tcp/443  {capacity} }}\n" + "\n".join(intents)


def asks(name, mbps, source="ber", clauses="", to="any of api"):
    return f"intent {name} {{ from site {source}  to {to}  bandwidth {mbps}Mbps per pair reverse 0bps  {clauses} }}"


def refused(found):
    return {item.intent: item for item in found.run.findings.items if item.code in {"E0536", "E0537"}}


def hosts(found):
    return {
        demand["id"]: demand["destination"]
        for intent in json.loads(found.text)["intents"]
        for demand in intent["demands"]
        if demand["direction"] == "forward"
    }


def test_without_a_capacity_any_amount_is_committed():
    found = build(program("", asks("x", 300), asks("y", 60, "muc")))
    assert set(found.statuses.values()) == {"placed"}


def test_requests_go_to_the_host_that_still_serves():
    found = build(program("capacity 70Mbps per host", asks("x", 60), asks("y", 50, "muc")))
    assert set(hosts(found).values()) == {"fra1", "ams1"}
    assert set(found.statuses.values()) == {"placed"}
    assert found.codes() == set()
    free = build(program("", asks("x", 60), asks("y", 50, "muc")))
    assert set(hosts(free).values()) == {"fra1"}


def test_what_is_too_much_is_refused_with_the_figures():
    found = build(program("capacity 100Mbps", asks("x", 60), asks("y", 50, "muc")))
    assert found.statuses == {"x": "placed", "y": "infeasible"}
    (item,) = refused(found).values()
    assert item.message == (
        "`muc` to `api` would ask `api` for 110Mbps beside what `x` has there: its capacity is 100Mbps"
    )
    assert item.help == ("`capacity 110Mbps` would serve all of it", "`bandwidth 40Mbps` is what it can still serve")
    assert [label.message for label in item.related] == ["the capacity of `api`", "`x` asks for some of it"]
    assert found.codes() == set()


def test_the_repairs_that_it_names_hold():
    for capacity, rate in (("capacity 110Mbps", 50), ("capacity 100Mbps", 40)):
        assert set(build(program(capacity, asks("x", 60), asks("y", rate, "muc"))).statuses.values()) == {"placed"}


def test_a_priority_is_served_first():
    urgent = asks("y", 50, "muc", "priority high")
    found = build(program("capacity 100Mbps", asks("x", 60), urgent))
    assert found.statuses == {"x": "infeasible", "y": "placed"}


def test_requests_alone_count_and_only_by_name():
    text = program(
        "capacity 10Mbps",
        "intent x { from site ber  to api  bandwidth 10Mbps per pair reverse 300Mbps }",
        "intent y { from site muc  to node fra1  match udp/9  bandwidth 80Mbps per pair }",
        hosts="fra1",
        prefixes="prefix 10.30.0.0/24",
    )
    assert set(build(text).statuses.values()) == {"placed"}


def test_what_a_source_sends_to_several_hosts_counts_once():
    """Under `per source` each pair may use all of it, so one host has to serve it, but never both at once."""
    one = "intent x { from site ber  to api  bandwidth 50Mbps per source reverse 0bps }"
    assert build(program("capacity 50Mbps", one)).statuses == {"x": "placed"}
    pairs = one.replace("per source", "per pair")
    assert build(program("capacity 50Mbps", pairs)).statuses == {"x": "infeasible"}
    assert build(program("capacity 50Mbps per host", pairs)).statuses == {"x": "placed"}


FAILS = "failover within 60s { survive any 1 node except access  survive any 1 link except access BLOCK }"


@pytest.mark.parametrize("prefixes", [ANYCAST, OWN])
def test_the_hosts_that_are_left_serve_what_the_others_did(prefixes):
    """Both hosts could serve one branch each as long as both are up."""
    block = FAILS.replace("BLOCK", "")
    intents = (asks("x", 60, clauses=block), asks("y", 50, "muc", clauses=block))
    found = build(program("capacity 90Mbps per host", *intents, prefixes=prefixes))
    assert sorted(found.statuses.values()) == ["infeasible", "placed"]
    (item,) = refused(found).values()
    assert item.state == "node:fra1"
    assert "at `ams` for 110Mbps when the node `fra1` fails" in item.message
    assert found.codes() == set()


def test_less_under_failure_is_served():
    block = FAILS.replace("BLOCK", "bandwidth 40Mbps reverse 0bps")
    intents = (asks("x", 45, clauses=block), asks("y", 50, "muc", clauses=block))
    found = build(program("capacity 90Mbps per host", *intents))
    assert set(found.statuses.values()) == {"placed"}
    assert set(hosts(found).values()) == {"fra1", "ams1"}
    assert found.codes() == set()


def test_intents_that_are_one_demand_count_together():
    found = build(program("capacity 100Mbps", asks("x", 60), asks("y", 50)))
    assert set(found.statuses.values()) == {"infeasible"}


def test_steps_of_chains_count():
    chain = "chain c { latency <= 400ms  bandwidth 60Mbps per pair  step site ber -> any of api  processing 1ms }"
    assert build(program("capacity 60Mbps", chain)).statuses == {"c": "placed"}
    found = build(program("capacity 59Mbps", chain))
    assert (found.statuses, sorted(refused(found))) == ({"c": "infeasible"}, ["c"])


def test_the_prover_adds_up():
    """The manifest of a program without the capacity, held against the one with it."""
    intents = (asks("x", 60), asks("y", 50, "muc"))
    free, tight = build(program("", *intents)), build(program("capacity 100Mbps", *intents))

    def change(whole):
        told = {entry["name"]: entry for entry in json.loads(free.text)["intents"]}
        for entry in whole["intents"]:
            entry.update(status=told[entry["name"]]["status"], demands=told[entry["name"]]["demands"])
        whole["findings"] = []

    assert "E0595" in tight.codes(change)


def test_the_prover_adds_up_under_failure():
    block = FAILS.replace("BLOCK", "")
    intents = (asks("x", 60, clauses=block), asks("y", 50, "muc", clauses=block))
    free, tight = build(program("", *intents)), build(program("capacity 90Mbps per host", *intents))

    def change(whole):
        told = {entry["name"]: entry for entry in json.loads(free.text)["intents"]}
        for entry in whole["intents"]:
            entry.update(status=told[entry["name"]]["status"], demands=told[entry["name"]]["demands"])
        whole["findings"] = []

    assert "E0595" in tight.codes(change)
