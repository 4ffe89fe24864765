"""`bandwidth` and `latency`: rates, pools, units, bursts and bounds."""

import pytest
from support_resolve import one, run

M = 1_000_000


def table(found):
    return {
        key.removeprefix("t/"): (demand.pool.removeprefix("t/"), demand.bandwidth_bps // M, demand.pool_bps // M)
        for key, demand in found.model.demands.items()
    }


@pytest.mark.parametrize(
    ("ends", "bandwidth", "expected"),
    [
        (
            "from site ber, muc  to site nyc",
            "bandwidth 5Mbps",
            {
                "ber>nyc": ("ber>*", 5, 5),
                "ber>nyc/reply": ("ber>*/reply", 5, 5),
                "muc>nyc": ("muc>*", 5, 5),
                "muc>nyc/reply": ("muc>*/reply", 5, 5),
            },
        ),
        (
            "from site ber  to site nyc, lab  unidirectional",
            "bandwidth 5Mbps per pair",
            {"ber>lab": ("ber>lab", 5, 5), "ber>nyc": ("ber>nyc", 5, 5)},
        ),
        (
            "from site ber  to site nyc, lab  unidirectional",
            "bandwidth 5Mbps per source",
            {"ber>lab": ("ber>*", 5, 5), "ber>nyc": ("ber>*", 5, 5)},
        ),
        (
            "from site ber, muc  to site nyc",
            "bandwidth 5Mbps reverse 2Mbps total",
            {
                "ber>nyc": ("*>*", 5, 5),
                "ber>nyc/reply": ("*>*/reply", 2, 2),
                "muc>nyc": ("*>*", 5, 5),
                "muc>nyc/reply": ("*>*/reply", 2, 2),
            },
        ),
        (
            "between site ber and site nyc",
            "bandwidth 5Mbps per pair",
            {
                "ber>nyc": ("ber>nyc", 5, 5),
                "ber>nyc/reply": ("nyc>ber", 5, 5),
                "nyc>ber": ("nyc>ber", 5, 5),
                "nyc>ber/reply": ("ber>nyc", 5, 5),
            },
        ),
        (
            "between site nyc and (ber, muc)",
            "bandwidth 5Mbps reverse 2Mbps per source",
            {
                "nyc>ber": ("nyc>*", 5, 5),
                "nyc>ber/reply": ("ber>*/back", 2, 2),
                "nyc>muc": ("nyc>*", 5, 5),
                "nyc>muc/reply": ("muc>*/back", 2, 2),
                "ber>nyc": ("ber>*/back", 2, 2),
                "ber>nyc/reply": ("nyc>*", 5, 5),
                "muc>nyc": ("muc>*/back", 2, 2),
                "muc>nyc/reply": ("nyc>*", 5, 5),
            },
        ),
        (
            "between site nyc and (ber, muc)  unidirectional",
            "bandwidth 5Mbps reverse 2Mbps total",
            {
                "nyc>ber": ("*>*", 5, 5),
                "nyc>muc": ("*>*", 5, 5),
                "ber>nyc": ("*<*", 2, 2),
                "muc>nyc": ("*<*", 2, 2),
            },
        ),
        (
            "among ber, nyc",
            "bandwidth 5Mbps",
            {"ber>nyc": ("ber>*", 5, 5), "nyc>ber": ("nyc>*", 5, 5)},
        ),
    ],
)
def test_pools_follow_the_unit(ends, bandwidth, expected):
    found = one(bandwidth, ends=ends)
    assert found.errors == []
    assert table(found) == expected


@pytest.mark.parametrize(
    "ends", ["from site ber  to site nyc, lab", "between site nyc and (ber, muc)", "among ber, muc, nyc"]
)
def test_the_unit_is_asked_for_where_it_matters(ends):
    found = one("bandwidth 5Mbps", ends=ends)
    assert found.errors == ["E0218"]
    assert found.intent("t").is_rejected


@pytest.mark.parametrize(
    ("text", "burst"),
    [("bandwidth 1Mbps", 15_000), ("bandwidth 50Mbps", 62_500), ("bandwidth 50Mbps burst 256KB", 256_000)],
)
def test_the_default_burst_is_ten_packets_or_ten_milliseconds(text, burst):
    assert one(text).demand("t/ber>api").burst_bytes == burst


def test_a_reverse_of_nothing_reserves_nothing():
    found = one("bandwidth 5Mbps reverse 0bps")
    forward, reply = found.demand("t/ber>api"), found.demand("t/ber>api/reply")
    assert (forward.has_bandwidth, forward.bandwidth_bps) == (True, 5 * M)
    assert (reply.has_bandwidth, reply.bandwidth_bps, reply.pool_bps) == (False, 0, 0)


def test_a_reverse_of_nothing_reserves_nothing_under_failure_either():
    found = one("bandwidth 5Mbps reverse 0bps  failover within 1s { survive any 1 srlg  bandwidth 2Mbps }")
    forward, reply = found.demand("t/ber>api"), found.demand("t/ber>api/reply")
    assert (forward.failover.bandwidth_bps, forward.failover.pool_bps) == (2 * M, 2 * M)
    assert (reply.failover.bandwidth_bps, reply.failover.pool_bps) == (0, 0)


def test_without_bandwidth_nothing_is_reserved():
    demand = one("").demand("t/ber>api")
    assert (demand.has_bandwidth, demand.bandwidth_bps, demand.pool_bps, demand.ceiling_bps) == (False, 0, 0, None)


def test_a_ceiling_is_on_both_directions():
    found = one("bandwidth 5Mbps reverse 2Mbps ceiling 9Mbps")
    assert [demand.ceiling_bps for demand in found.model.demands.values()] == [9 * M, 9 * M]


@pytest.mark.parametrize(
    ("ends", "text", "code"),
    [
        (None, "bandwidth 0bps", "E0209"),
        (None, "bandwidth 5Mbps ceiling 4Mbps", "E0209"),
        (None, "bandwidth 5Mbps reverse 9Mbps ceiling 8Mbps", "E0209"),
        (None, "bandwidth 5Mbps burst 0B", "E0209"),
        ("from site ber  to any of api  unidirectional", "bandwidth 5Mbps reverse 1Mbps", "E0222"),
        ("among ber, nyc", "bandwidth 5Mbps reverse 1Mbps", "E0222"),
        ("among ber, nyc", "latency <= 10ms rtt  bandwidth 5Mbps", "E0222"),
        (None, "latency <= 0ms  bandwidth 5Mbps", "E0209"),
        (None, "failover within 1s { survive any 1 srlg  bandwidth 1Mbps }", "E0246"),
        (
            None,
            "bandwidth 5Mbps reverse 0bps  failover within 1s { survive any 1 srlg  bandwidth 2Mbps reverse 1Mbps }",
            "E0246",
        ),
        (
            None,
            "bandwidth 5Mbps per source  failover within 1s { survive any 1 srlg  bandwidth 1Mbps per pair }",
            "E0218",
        ),
    ],
)
def test_rates_and_bounds_that_cannot_be_are_one_finding(ends, text, code):
    found = one(text, **({"ends": ends} if ends else {}))
    assert found.errors == [code]
    assert found.intent("t").is_rejected


def test_a_bound_without_a_rate_is_a_warning():
    found = one("latency <= 15ms")
    assert found.codes == ["W0240"]
    assert found.demand("t/ber>api").bound_ns == 15_000_000


def test_one_way_bounds_hold_in_both_directions():
    found = one("latency <= 15ms  bandwidth 1Mbps")
    assert [demand.bound_ns for demand in found.model.demands.values()] == [15_000_000, 15_000_000]


def test_places_of_clauses_are_kept_for_findings():
    found = run("intent t {\n  from site ber\n  to any of api\n  bandwidth 1Mbps\n}")
    spans = found.demand("t/ber>api").clause_spans
    assert {keyword: span.line for keyword, span in spans.items()} == {"from": 2, "to": 3, "bandwidth": 4}
