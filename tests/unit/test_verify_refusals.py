"""Every refusal has a certificate that the prover accepts, and no other one in its place."""

import json

import pytest
from support_verify import NET, build

STUB = """
name: stub
routing: {igp: isis}
defaults: {platform: frr}
nodes:
  a: {release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b: {release: "8.4", loopback: 10.255.0.2/32, attached: [10.2.0.0/24]}
  c: {release: "8.4", loopback: 10.255.0.3/32}
  d: {release: "8.4", loopback: 10.255.0.4/32, attached: [10.4.0.0/24]}
  e: {release: "8.4", loopback: 10.255.0.5/32, attached: [10.5.0.0/24]}
links:
  - {id: ab, a: a, b: b, capacity: 1Gbps, latency: 1ms}
  - {id: bc, a: b, b: c, capacity: 1Gbps, latency: 1ms}
  - {id: ac, a: a, b: c, capacity: 1Gbps, latency: 1ms}
  - {id: cd, a: c, b: d, capacity: 1Gbps, latency: 1ms}
  - {id: de, a: d, b: e, capacity: 1Gbps, latency: 1ms, state: drained}
"""
UNKNOWN = STUB.replace("{id: cd, a: c, b: d, capacity: 1Gbps, latency: 1ms}", "{id: cd, a: c, b: d, capacity: 1Gbps}")
# Rates that several share add up to anything, so that nothing is known of what whole ones fill.
TWO_POOLS = """intent a { from muc, ber to fra2 match tcp/1 bandwidth 60Mbps total }
    intent b { from muc to fra2 match tcp/2 bandwidth 60Mbps }
    intent x { from muc to fra2 match tcp/3 bandwidth 50Mbps }"""
SURVIVE = "failover within 1s { survive any 1"

# name: topology, intents, then of the intent `x`: code, kind of certificate, what it rests on
CASES = {
    "no link": (STUB, "intent x { from a to e }", "E0506", "cut", "nothing"),
    "a lone replica of a chain that fails": (
        NET,
        """service solo { at node ams1 prefix 10.40.0.0/24 port tcp/443 }
        chain x { latency <= 90ms failover within 9s { survive any 1 node } step site ber -> any of solo }""",
        "E0520",
        "cut",
        "nothing",
    ),
    "an end of a chain that is cut off": (
        NET,
        "chain x { latency <= 90ms failover within 9s { survive any 1 provider and any 1 node } step ber -> fra2 }",
        "E0520",
        "cut",
        "nothing",
    ),
    "exclusions": (NET, "intent x { from ber to fra1 avoid node p1, node p2, node p3 }", "E0503", "cut", "nothing"),
    "a router that cannot drop": (
        STUB.replace("c: {release", "c: {platform: none, release"),
        "intent x { from a to d avoid link bc }",
        "E0503",
        "cut",
        "nothing",
    ),
    "waypoint": (NET, "intent x { from ber to fra1 avoid node p2 via link p1-p2 }", "E0504", "cut", "nothing"),
    "unknown latency": (UNKNOWN, "intent x { from a to d latency <= 1s }", "E0507", "cut", "nothing"),
    "bound": (NET, "intent x { from ber to fra1 latency <= 1ms }", "E0502", "potential", "nothing"),
    "bound with a rate": (
        NET,
        "intent x { from ber to fra1 latency <= 1ms bandwidth 1Mbps }",
        "E0502",
        "potential",
        "nothing",
    ),
    "bound there and back": (
        NET,
        "intent x { from ber to fra1 latency <= 3ms rtt }",
        "E0502",
        "potential",
        "nothing",
    ),
    "bound past waypoints": (
        NET,
        "intent x { from ber to fra1 via node p2, node p1 latency <= 7ms }",
        "E0502",
        "potential",
        "nothing",
    ),
    "too small alone": (NET, "intent x { from ber to fra2 bandwidth 2Gbps }", "E0505", "cut", "nothing"),
    "too much together": (
        NET,
        """intent a { from muc to fra2 match tcp/1 bandwidth 80Mbps }
           intent b { from muc to fra2 match tcp/2 bandwidth 80Mbps }
           intent x { from muc to fra2 match tcp/3 bandwidth 70Mbps }""",
        "E0505",
        "prices",
        "together",
    ),
    "single paths do not fit": (
        NET,
        """intent a { from muc to fra2 match tcp/1 bandwidth 60Mbps }
           intent b { from muc to fra2 match tcp/2 bandwidth 60Mbps }
           intent x { from muc to fra2 match tcp/3 bandwidth 50Mbps }""",
        "E0505",
        "prices",
        "together",
    ),
    "what is next to what is placed": (NET, TWO_POOLS, "E0527", "cut", "placed"),
    "a class's share": (
        NET,
        """intent a { from muc to fra2 match tcp/1 priority critical bandwidth 25Mbps }
           intent b { from muc to fra2 match tcp/2 priority critical bandwidth 25Mbps }
           intent x { from muc to fra2 match tcp/3 priority critical bandwidth 15Mbps }""",
        "E0505",
        "prices",
        "together",
    ),
    "cut off": (STUB, f"intent x {{ from a to d {SURVIVE} link }} }}", "E0520", "cut", "nothing"),
    "no path left": (STUB, f"intent x {{ from a to d {SURVIVE} node }} }}", "E0520", "cut", "nothing"),
    "all replicas lost, which are next to each other": (
        f"{NET}  - {{id: fra-ams, a: fra1, b: ams1, capacity: 1Gbps, latency: 5ms, crosses: []}}\n",
        f"""service api {{ at fra, ams prefix 10.20.0.0/24 }}
            intent x {{ from ber to any of api {SURVIVE.replace("any 1", "any 2")} node }} }}""",
        "E0520",
        "cut",
        "nothing",
    ),
    "no path within exclusions left": (
        NET,
        f"intent x {{ from ber to ams1 avoid node p1 {SURVIVE} node }} }}",
        "E0526",
        "cut",
        "nothing",
    ),
    "a risk group": (
        NET.replace("provider: beta, crosses: []", "provider: beta, srlg: [trench], crosses: []"),
        f"intent x {{ from ber to fra2 {SURVIVE} srlg except access }} }}",
        None,
        None,
        None,
    ),
    "bound under failure": (
        NET,
        f"intent x {{ from ber to fra1 latency <= 2ms {SURVIVE} link }} }}",
        "E0523",
        "potential",
        "nothing",
    ),
    "too much together under failure": (
        NET,
        f"""intent a {{ from muc to fra2 match tcp/1 bandwidth 60Mbps {SURVIVE} link }} }}
            intent x {{ from muc to fra2 match tcp/2 bandwidth 50Mbps {SURVIVE} link }} }}""",
        "E0524",
        "prices",
        "together",
    ),
    "single paths do not fit under failure": (
        NET,
        f"""intent a {{ from ber to fra1 match tcp/1 unidirectional bandwidth 600Mbps {SURVIVE} link }} }}
            intent b {{ from ber to fra1 match tcp/2 unidirectional bandwidth 600Mbps {SURVIVE} link }} }}
            intent x {{ from ber to fra1 match tcp/3 unidirectional bandwidth 500Mbps {SURVIVE} link }} }}""",
        "E0524",
        "prices",
        "together",
    ),
}
UNPROVED = {"E0527", "E0528"}
REFUSED = {name: case for name, case in CASES.items() if case[2] is not None}


def refusals(whole, name="x"):
    return next(intent for intent in whole["intents"] if intent["name"] == name)["refused"]


def certificate(whole, kind):
    return next(
        item["certificate"] for item in refusals(whole) if item["certificate"] and item["certificate"]["kind"] == kind
    )


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_refusal_has_a_certificate_that_holds(case):
    net, intents, code, kind, given = case
    built = build(intents, net)
    whole = json.loads(built.text)
    told = {(item["finding"], item["certificate"]["kind"], item["certificate"]["given"]) for item in refusals(whole)}
    assert (code, kind, given) in told
    assert {item["code"] for item in whole["findings"] if item["intent"] == "x" and item["severity"] == "error"} == {
        code
    }
    assert built.codes() == set()


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_claim_without_its_certificate_is_found(case):
    net, intents, code, _, _ = case
    found = build(intents, net).codes(lambda whole: refusals(whole).clear())
    assert found == (set() if code in UNPROVED else {"E0594"})


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_a_search_that_gave_up_proves_nothing(case):
    net, intents, code, _, _ = case

    def change(whole):
        for item in refusals(whole):
            item["certificate"] = {"kind": "none", "states": 1, "rounds": 6, "split_enough": False}

    assert build(intents, net).codes(change) == (set() if code in UNPROVED else {"E0594"})


def drop_link(whole):
    certificate(whole, "cut")["closed"].pop()


def add_link(whole):
    certificate(whole, "cut")["closed"].append({"link": "p1-p3", "node": "p1", "reason": "failed"})


def other_reason(whole):
    for item in certificate(whole, "cut")["closed"]:
        item["reason"] = "unknown"


def smaller_set(whole):
    certificate(whole, "cut")["inside"].pop()


def other_demand(whole):
    for item in refusals(whole):
        item["demand"] = item["demand"].removesuffix("/reply") + ("" if item["demand"].endswith("/reply") else "/reply")


def no_demand(whole):
    refusals(whole)[0]["demand"] = "x/ber>nowhere"


def no_state(whole):
    refusals(whole)[0]["state"] = "link:p1-p3"


def later(whole):
    places = certificate(whole, "potential")["parts"][0]["places"]
    max(places, key=lambda place: place["ns"])["ns"] += 1


def later_end(whole):
    places = certificate(whole, "potential")["parts"][0]["places"]
    min(places, key=lambda place: place["ns"])["ns"] = 1


def fewer_places(whole):
    certificate(whole, "potential")["parts"][0]["places"].pop(0)


def other_bound(whole):
    certificate(whole, "potential")["bound_us"] -= 1


def more_queueing(whole):
    certificate(whole, "potential")["queueing"] = 77


def other_times(whole):
    certificate(whole, "potential")["parts"][0]["demand"] = "x/muc>fra"


def free_link(whole):
    for item in certificate(whole, "prices")["prices"]:
        item["ab"] = item["ba"] = 0


def dear_link(whole):
    certificate(whole, "prices")["prices"].append({"link": "ams-p1", "ab": 10**9, "ba": 10**9})


def negative_price(whole):
    certificate(whole, "prices")["prices"][0]["ab"] = -1


def scaled_link(whole):
    item = certificate(whole, "prices")["prices"][0]
    item["ab"], item["ba"] = item["ab"] * 5, item["ba"] * 5


def divided(whole):
    for item in refusals(whole):
        item["certificate"]["whole"] = False


def other_class(whole):
    certificate(whole, "prices")["class"] = "high"


CHANGES = {
    "a link left out of a cut": ("exclusions", drop_link),
    "a link too many": ("exclusions", add_link),
    "another reason": ("exclusions", other_reason),
    "another reason for want of room": ("too small alone", other_reason),
    "a set without an end": ("exclusions", smaller_set),
    "the other direction": ("exclusions", other_demand),
    "the other direction, of times": ("bound", other_demand),
    "nobody's demand": ("bound", no_demand),
    "another state": ("no path within exclusions left", no_state),
    "another state, of a cut end": ("cut off", no_state),
    "a link left out at a cut end": ("cut off", drop_link),
    "later than it is": ("bound", later),
    "later than it is, both ways": ("bound there and back", later),
    "an end that is not at 0": ("bound", later_end),
    "a place left out": ("bound", fewer_places),
    "another bound": ("bound", other_bound),
    "more queueing": ("bound with a rate", more_queueing),
    "times of another demand": ("bound", other_times),
    "no prices": ("too much together", free_link),
    "prices where there is room": ("too much together", dear_link),
    "a price below zero": ("too much together", negative_price),
    "a link that is too dear": ("too much together", scaled_link),
    "prices of another class": ("a class's share", other_class),
    "paths that could split": ("single paths do not fit", divided),
    "paths that could split under failure": ("single paths do not fit under failure", divided),
}


@pytest.mark.parametrize(("name", "change"), CHANGES.values(), ids=CHANGES)
def test_a_changed_certificate_is_found(name, change):
    net, intents, *_ = CASES[name]
    assert "E0594" in build(intents, net).codes(change)


def test_a_cut_next_to_what_is_placed_is_no_proof_by_itself():
    net, intents, *_ = CASES["what is next to what is placed"]

    def claim(whole):
        for item in (*refusals(whole), *whole["findings"]):
            for key in ("finding", "code"):
                if item.get(key) == "E0527":
                    item[key] = "E0505"

    assert build(intents, net).codes(claim) == {"E0594"}


def test_a_cut_does_not_hide_what_it_rests_on():
    net, intents, *_ = CASES["what is next to what is placed"]

    def hide(whole):
        certificate(whole, "cut")["given"] = "nothing"

    assert build(intents, net).codes(hide) == {"E0594"}


def test_prices_of_another_program_do_not_hold():
    net, intents, *_ = CASES["too much together"]
    proof = certificate(json.loads(build(intents, net).text), "prices")
    roomy = CASES["what is next to what is placed"]

    def paste(whole):
        for item in refusals(whole):
            item["certificate"] = proof

    assert build(roomy[1], roomy[0]).codes(paste) == {"E0594"}


def test_an_intent_that_is_placed_has_no_refusals():
    net, intents, *_ = CASES["too much together"]

    def move(whole):
        placed = next(intent for intent in whole["intents"] if intent["name"] == "a")
        placed["refused"] = refusals(whole)

    assert "E0594" in build(intents, net).codes(move)


@pytest.mark.parametrize(
    ("clauses", "code", "kind"),
    [("latency <= 1ms", "E0502", "potential"), ("avoid node p1, node p2, node p3", "E0503", "cut")],
)
def test_what_the_search_gave_up_may_be_proved_all_the_same(monkeypatch, clauses, code, kind):
    monkeypatch.setattr("intentc.place.search.MOST_LABELS", 0)
    built = build(f"intent x {{ from ber to fra1 unidirectional bandwidth 1kbps {clauses} }}", NET)
    whole = json.loads(built.text)
    assert [(item["finding"], item["certificate"]["kind"]) for item in refusals(whole)] == [(code, kind)]
    assert built.codes() == set()


def test_replies_without_a_rate_take_no_room_under_failure():
    """No certificate counts them, nor do assertions: neither may the books."""
    built = build("""
        intent old { from muc to fra match tcp/1 bandwidth 10Mbps reverse 0bps per pair
                     failover within 9s { survive any 1 link  bandwidth 90Mbps } }
        intent more { from fra to muc unidirectional match tcp/2 bandwidth 50Mbps per pair
                      failover within 9s { survive any 1 link } }
        assert free { utilization <= 95% under any 1 link failure }
    """)
    assert built.statuses == {"more": "placed", "old": "placed"}
    assert built.codes() == set()


def _said(whole, code, status):
    """Say of `x` what another code stands for, and the status that it earns."""
    told = next(item for item in whole["findings"] if item["intent"] == "x" and item["severity"] == "error")
    whole["findings"].append({**told, "code": code, "state": None})
    next(entry for entry in whole["intents"] if entry["name"] == "x")["status"] = status


@pytest.mark.parametrize("change", [drop_link, lambda whole: refusals(whole).clear()])
def test_certificates_are_judged_beside_what_devices_cannot_do(change):
    net, intents, *_ = CASES["exclusions"]
    found = build(intents, net)
    assert found.codes(lambda whole: _said(whole, "E0620", "unsupported")) == set()
    assert "E0594" in found.codes(lambda whole: (_said(whole, "E0620", "unsupported"), change(whole)))


@pytest.mark.parametrize("change", [lambda _whole: None, lambda whole: refusals(whole).clear()])
def test_what_is_rejected_is_not_called_impossible_as_well(change):
    net, intents, *_ = CASES["exclusions"]
    assert "E0594" in build(intents, net).codes(lambda whole: (_said(whole, "E0401", "rejected"), change(whole)))


def test_the_cut_around_an_end_counts_no_waypoints():
    net, intents, *_ = CASES["cut off"]
    found = build(intents, net)
    assert found.codes() == set()
    assert "E0594" in found.codes(lambda whole: certificate(whole, "cut")["inside"][0].update(passed=1))
