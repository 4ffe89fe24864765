"""Chains that miss their budget whatever is chosen: the prover goes through all choices again, and notices every change."""

import json

import pytest
from support_verify import NET, build
from test_verify_chains import PROGRAM

UNKNOWN = NET.replace(
    "{id: fra1-p1, a: fra1, b: p1, capacity: 1Gbps, latency: 1ms,", "{id: fra1-p1, a: fra1, b: p1, capacity: 1Gbps,"
)


def failing(elements, budget):
    """The program with another budget under failure."""
    return PROGRAM.replace(
        "any 1 node except access  latency <= 600ms", f"any 1 {elements} except access  latency <= {budget}"
    )


# name: topology, program, code, state, source sites
CASES = {
    "a budget": (NET, PROGRAM.replace("400ms", "20ms"), "E0530", {None}, {"ber", "muc"}),
    "a budget of one site": (NET, PROGRAM.replace("400ms", "25ms"), "E0530", {None}, {"muc"}),
    "a budget under failure, missed already without": (
        NET,
        PROGRAM.replace("600ms", "22ms"),
        "E0531",
        {None},
        {"ber", "muc"},
    ),
    "a budget when a link fails": (NET, failing("link", "30ms"), "E0531", {"link:fra2-p1"}, {"ber"}),
    "a budget when a node fails": (NET, failing("node", "30ms"), "E0531", {"node:fra1"}, {"ber"}),
    "a budget with queueing": (NET, failing("link", "28ms"), "E0531", {None}, {"muc"}),
    "links of unknown latency": (UNKNOWN, PROGRAM.replace("400ms", "20ms"), "E0530", {None}, {"ber", "muc"}),
    "no rate": (NET, PROGRAM.replace("400ms", "20ms").replace("bandwidth 5Mbps", ""), "E0530", {None}, {"ber", "muc"}),
}


def chain(whole):
    return whole["intents"][0]["refused"]


def refused(built):
    return chain(json.loads(built.text))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_missed_budget_has_a_certificate_that_holds(case):
    net, program, code, states, sites = case
    built = build(program, net)
    found = refused(built)
    assert {item["certificate"]["kind"] for item in found} == {"exhausted"}
    assert {item["finding"] for item in found} == {code}
    assert {item["state"] for item in found} == states
    assert {item["certificate"]["site"] for item in found} == sites
    assert built.codes() == set()


CHANGES = {
    "a shorter best": lambda item: item["certificate"].update(least_us=item["certificate"]["least_us"] - 1),
    "a longer best": lambda item: item["certificate"].update(least_us=item["certificate"]["least_us"] + 1),
    "another budget": lambda item: item["certificate"].update(budget_us=item["certificate"]["budget_us"] - 1),
    "fewer choices": lambda item: item["certificate"].update(choices=1),
    "another site": lambda item: item["certificate"].update(site="fra"),
    "another chain": lambda item: item.update(demand="t/fra"),
    "a state that is not promised": lambda item: item.update(state="node:ber1"),
    "a state": lambda item: item.update(state="node:p3"),
    "more queueing": lambda item: item["certificate"].update(queueing=77),
    "assumed queueing": lambda item: item["certificate"].update(queueing=2),
    "the other budget": lambda item: item.update(finding="E0531"),
    "another kind": lambda item: item.update(
        certificate={"kind": "none", "states": 0, "rounds": 0, "split_enough": False}
    ),
    "none at all": lambda item: item.update(certificate=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_certificate_is_found(change):
    net, program, *_ = CASES["a budget"]

    def change_all(whole):
        for item in chain(whole):
            change(item)

    assert "E0594" in build(program, net).codes(change_all)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_claim_without_its_certificate_is_found(case):
    net, program, *_ = case
    assert build(program, net).codes(lambda whole: chain(whole).clear()) == {"E0594"}


def test_a_certificate_of_a_demand_does_not_pass_for_all_choices():
    net, program, *_ = CASES["a budget"]
    proof = refused(build(program, net))[0]["certificate"]
    intents = "intent x { from ber to fra1 latency <= 1ms }"

    def paste(whole):
        whole["intents"][0]["refused"][0]["certificate"] = proof

    assert "E0594" in build(intents, net).codes(paste)


def test_too_many_choices_prove_nothing(monkeypatch):
    monkeypatch.setattr("intentc.place.certificates.choices.MOST_CHOICES", 1)
    net, program, *_ = CASES["a budget"]
    built = build(program, net)
    assert {item["finding"] for item in refused(built)} == {"E0533"}
    assert "E0533" in {item["code"] for item in json.loads(built.text)["findings"]}
    assert built.codes() == set()


SMALL = """name: small
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
defaults: {platform: frr, release: "8.4"}
nodes:
  s: {loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  m: {loopback: 10.255.0.2/32}
  n: {loopback: 10.255.0.3/32, attached: [10.2.0.0/24, 10.3.0.0/24, 10.4.0.0/24]}
links:
  - {id: fast, a: s, b: n, capacity: 100Mbps, latency: 1ms, crosses: []}
  - {id: slow-1, a: s, b: m, capacity: 100Mbps, latency: 200ms, crosses: []}
  - {id: slow-2, a: m, b: n, capacity: 100Mbps, latency: 200ms, crosses: []}
"""
SERVICES = "service x { at n prefix 10.2.0.0/24 }\nservice y { at n prefix 10.3.0.0/24 }\nservice z { at n prefix 10.4.0.0/24 }\n"
OTHER = "intent big { from node s to z bandwidth 60Mbps burst 3KB priority high }\n"
BESIDE = "chain t { latency <= 300ms bandwidth 60Mbps burst 3KB %s }"


def beside(rest, *, others=""):
    return build(SERVICES + others + BESIDE % rest, SMALL)


def of_chain(whole):
    return next(entry for entry in whole["intents"] if entry["name"] == "t")["refused"]


def test_what_is_missed_beside_others_is_told_with_the_fastest_ways_there():
    """The fast link has no room beside what is placed: no claim of what is possible, but what is told of it has to be true."""
    found = beside("step node s -> x", others=OTHER)
    (item,) = of_chain(json.loads(found.text))
    told = item["certificate"]
    assert (item["finding"], told["kind"], told["given"], told["choices"]) == ("E0532", "exhausted", "placed", 1)
    assert told["least_us"] > told["budget_us"] == 300_000
    assert found.codes() == set()


def test_what_others_leave_is_gone_through_again():
    found, alone = beside("step node s -> x", others=OTHER), json.loads(beside("step node s -> x").text)

    def shorten(whole):
        of_chain(whole)[0]["certificate"]["least_us"] -= 1

    def on_nothing(whole):
        of_chain(whole)[0]["certificate"]["given"] = "nothing"

    assert [entry["status"] for entry in alone["intents"]] == ["placed"]
    assert "E0594" in found.codes(shorten)
    assert "E0594" in found.codes(on_nothing)


def test_a_search_to_the_end_tells_its_effort():
    """Each step alone would keep the budget: that both do not was found by trying, and is told as that."""
    found = beside("parallel { step node s -> x step node s -> y }")
    (item,) = of_chain(json.loads(found.text))
    assert (item["finding"], item["certificate"]["kind"]) == ("E0532", "none")
    assert item["certificate"]["rounds"] > 1
    assert found.codes() == set()
