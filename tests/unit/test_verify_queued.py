"""Bounds that queues alone make be missed: a proof where no path keeps them with the least that queues hold, else none."""

import json

import pytest
from support_verify import build

NET = """
name: line
routing: {igp: isis}
defaults: {platform: frr}
nodes:
  a: {release: "8.4", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b: {release: "8.4", loopback: 10.255.0.2/32}
  c: {release: "8.4", loopback: 10.255.0.3/32, attached: [10.3.0.0/24]}
links:
  - {id: ab, a: a, b: b, capacity: 10Mbps, mtu: 1500, latency: 1ms}
  - {id: bc, a: b, b: c, capacity: 10Mbps, mtu: 1500, latency: 1ms}
"""
PACKET_US = 1200  # of 1500 bytes at 10 Mbps
WIRES_US = 2 * 1000


def program(bound_us, priority="critical", burst="1500B", more=""):
    return (
        f"intent x {{ from a to c priority {priority} latency <= {bound_us}us bandwidth 100kbps burst {burst} {more} }}"
    )


def told(built):
    whole = json.loads(built.text)
    errors = [item["code"] for item in whole["findings"] if item["severity"] == "error" and not item["waived"]]
    return errors, [item["certificate"] for item in whole["intents"][0]["refused"]]


def test_no_path_keeps_it_with_the_least_that_queues_hold():
    # placement assumes one packet ahead per hop for a strict class, so that it places this first
    built = build(program(WIRES_US + 2 * 3 * PACKET_US - 1), NET)
    codes, proofs = told(built)
    assert codes == ["E0502"]
    assert [(proof["kind"], proof["given"], proof["queueing"]) for proof in proofs] == [("potential", "nothing", 2)]
    assert built.codes() == set()


@pytest.mark.parametrize("priority", ["critical", "normal"])
def test_large_bursts_prove_nothing_of_other_paths(priority):
    built = build(program(WIRES_US + 2 * 6 * PACKET_US, priority, burst="60KB"), NET)
    codes, proofs = told(built)
    assert codes == ["E0529"]
    assert [proof["kind"] for proof in proofs] == ["none"]
    assert built.codes() == set()


def test_a_claim_of_such_a_bound_needs_a_proof():
    built = build(program(WIRES_US + 2 * 6 * PACKET_US, burst="60KB"), NET)

    def claim(whole):
        for item in (*whole["findings"], *whole["intents"][0]["refused"]):
            for key in ("code", "finding"):
                if item.get(key) == "E0529":
                    item[key] = "E0502"

    assert built.codes(claim) == {"E0594"}


def test_less_queueing_than_any_queue_holds_is_no_proof():
    built = build(program(WIRES_US + 2 * 3 * PACKET_US - 1), NET)

    def change(whole):
        whole["intents"][0]["refused"][0]["certificate"]["queueing"] = 3

    assert built.codes(change) == {"E0594"}


def test_a_waiver_keeps_it_where_it_is():
    waiver = 'waive E0502 until 2027-01-01 because "known"'
    built = build(program(WIRES_US + 2 * 6 * PACKET_US, burst="60KB", more=waiver), NET)
    assert built.statuses == {"x": "waived"}
    assert built.codes() == set()
