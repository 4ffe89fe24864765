"""`transfer`: the rate and the bound that follow from a piece and its time, and that both come out of the whole pipeline."""

import json

import pytest
from support_resolve import run
from support_verify import build

MS, S = 10**6, 10**9


@pytest.mark.parametrize(
    ("clauses", "rate_bps", "bound_ns"),
    [
        ("transfer 200MB within 10s", -(-200 * 10**6 * 8 // 9), S),  # a tenth of the time for the latency, ...
        ("transfer 200MB within 40s", -(-200 * 10**6 * 8 // 39), S),  # ... but at most 1 s
        ("transfer 1MB within 1s", -(-8 * 10**6 * 10 // 9), 100 * MS),
        ("transfer 200MB within 5s  latency <= 1s", 200 * 10**6 * 2, S),
        ("transfer 200MB within 5s  latency <= 1s rtt", 200 * 10**6 * 2, None),
        ("transfer 200MB within 6s  latency <= 1s  failover within 1s", 200 * 10**6 * 2, S),
        ("transfer 200MB within 7s  latency <= 1s  failover within 1s { latency <= 2s }", 200 * 10**6 * 2, S),
        ("transfer 200MB within 5s  latency <= 1s  failover none", 200 * 10**6 * 2, S),
    ],
)
def test_the_piece_gets_what_is_left_of_its_time(clauses, rate_bps, bound_ns):
    found = run(f"intent t {{ from site ber  to site nyc  {clauses} }}")
    there, back = found.model.demands["t/ber>nyc"], found.model.demands["t/ber>nyc/reply"]
    assert (there.has_bandwidth, there.bandwidth_bps, there.bound_ns) == (True, rate_bps, bound_ns)
    assert (back.has_bandwidth, back.bandwidth_bps, back.bound_ns) == (False, 0, bound_ns)
    assert found.errors == []


def test_every_pair_has_its_own_piece():
    found = run("intent t { from site ber, muc  to site nyc, lab  unidirectional  transfer 1MB within 1s }")
    assert {demand.pool for demand in found.model.demands.values()} == {f"t/{key[2:]}" for key in found.model.demands}


def test_both_ends_of_between_send_a_piece():
    found = run("intent t { between site ber and site nyc  transfer 1MB within 1s }")
    assert {demand.bandwidth_bps for demand in found.model.demands.values()} == {-(-8 * 10**7 // 9)}


def test_the_rate_counts_under_failure_too():
    found = run("intent t { from site ber to site nyc transfer 1MB within 10s latency <= 1s failover within 1s }")
    demand = found.model.demands["t/ber>nyc"]
    assert demand.failover.bandwidth_bps == demand.bandwidth_bps == 10**6


@pytest.mark.parametrize(
    ("clauses", "code", "line"),
    [
        ("transfer 1MB within 1s\nbandwidth 1Mbps", "E0234", 2),
        ("transfer 1MB within 9s\nfailover within 1s { bandwidth 1Mbps }", "E0234", 2),
        ("transfer 1MB within 1s\nlatency <= 1s", "E0235", 1),
        ("transfer 1MB within 2s\nfailover within 2s", "E0235", 1),
    ],
)
def test_what_contradicts_it_is_refused(clauses, code, line):
    found = run(f"intent t {{ from site ber to site nyc {clauses} }}")
    assert [(item.code, item.span.line) for item in found.findings] == [(code, line)]


def test_a_chain_has_no_transfers():
    found = run("chain t { latency <= 9s transfer 1MB within 1s step site ber -> site nyc }")
    assert "E0290" in found.codes


@pytest.mark.parametrize("clauses", ["", "latency <= 20ms", "failover within 2s { survive any 1 link except access }"])
def test_the_prover_derives_the_same(clauses):
    text = f"intent t {{ from site ber to site muc priority low transfer 20MB within 10s {clauses} }}"
    built = build(text)
    assert built.statuses == {"t": "placed"}
    assert built.codes() == set()
    demand = json.loads(built.text)["intents"][0]["demands"][0]
    assert demand["bandwidth_bps"] > 16 * 10**6

    def change(whole):
        whole["intents"][0]["demands"][0]["bandwidth_bps"] -= 1

    assert "E0565" in built.codes(change)


def test_a_piece_that_does_not_fit_names_the_transfer():
    built = build("intent t { from site ber to site muc transfer 2GB within 5s }")
    (error,) = [item for item in built.run.findings.items if item.is_error]
    assert (error.code, error.span.line) == ("E0505", 1)
    assert built.run.sources["intents/x.intent"][error.span.column - 1 :].startswith("transfer")
