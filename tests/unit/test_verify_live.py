from dataclasses import replace

import pytest
from support_manifest import sample

from intentc.verify.live import Measurement, Verdict, compare, probe_latency_us

FORWARD = "scoring/sa>sd"


def measured(**fields):
    blank = Measurement(FORWARD, 1000, 200, 200, 2_050, 2_900, 3_000, {34: 200}, ("a", "b", "d"))
    return replace(blank, **fields)


def compared(*measurements, state=None):
    given = sample()
    return compare(given.files, given.topology, given.manifest, measurements, state)


def row_of(comparison):
    return next(row for row in comparison.rows if row.demand == FORWARD)


def test_the_prediction_is_propagation_and_the_probes_own_serialisation():
    given = sample()
    path = given.manifest.intents[0].demands[0].primary.paths[0]
    # 1000 bytes at 1 Gbps take 8 µs per hop; both links have 1 ms
    assert probe_latency_us(given.topology, path, 1000) == 2_016
    assert row_of(compared(measured())).prediction.median_us == (2_016, 2_016)


def test_what_is_as_predicted_gives_no_finding():
    found = compared(measured(), measured(demand="scoring/sa>sd/reply", path=("d", "b", "a")))
    assert [row.verdict for row in found.rows] == [Verdict.AS_PREDICTED, Verdict.AS_PREDICTED]
    assert found.findings == ()


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"p50_us": 3_017}, "E0581"),
        ({"p50_us": 1_015}, "E0581"),
        ({"p99_us": 10_001}, "E0585"),
        ({"received": 199}, "E0582"),
        ({"dscps": {34: 199, 0: 1}}, "E0583"),
        ({"path": ("a", "c", "d")}, "E0584"),
    ],
)
def test_a_deviation_gives_its_finding(fields, code):
    found = compared(measured(**fields))
    assert row_of(found).deviations == (code,)
    assert row_of(found).verdict is Verdict.DEVIATES
    (finding,) = [item for item in found.findings if item.code == code]
    assert finding.intent == "scoring"
    assert finding.message.startswith(f"`{FORWARD}` ")


@pytest.mark.parametrize("fields", [{"p50_us": 3_016}, {"p50_us": 1_016}, {"p99_us": 10_000}, {"path": None}])
def test_at_the_limit_it_is_still_as_predicted(fields):
    assert row_of(compared(measured(**fields))).verdict is Verdict.AS_PREDICTED


def test_a_demand_that_nobody_measured_is_named():
    found = compared(measured())
    assert [item.code for item in found.findings] == ["E0586"]
    assert "`scoring/sa>sd/reply` was not measured" in found.findings[0].message


def test_nothing_that_arrives_is_a_loss_and_no_delay():
    found = row_of(compared(measured(received=0, p50_us=None, p99_us=None, max_us=None, dscps={}, path=None)))
    assert found.deviations == ("E0582",)


def test_loss_without_a_committed_rate_is_a_warning():
    given = sample()
    (intent,) = given.manifest.intents
    free = replace(given.manifest, intents=(replace(intent, demands=(replace(intent.demands[0], bandwidth_bps=0),)),))
    found = compare(given.files, given.topology, free, [measured(received=100)])
    assert [item.code for item in found.findings] == ["W0582"]


def test_under_failure_the_detour_is_predicted():
    found = row_of(compared(measured(p50_us=6_020, path=("a", "c", "d")), state="link:ab"))
    assert found.prediction.median_us == (6_016, 6_016)
    assert found.prediction.worst_us == 7_132
    assert found.verdict is Verdict.AS_PREDICTED


def test_where_nothing_is_promised_nothing_deviates():
    found = compared(measured(received=0), state="node:b")
    assert row_of(found).prediction is None
    assert row_of(found).verdict is Verdict.NOT_PROMISED


def test_a_state_of_another_network_is_an_error():
    with pytest.raises(KeyError):
        compared(measured(), state="link:nowhere")


def test_loss_is_rounded_up():
    assert measured(sent=3, received=2).loss_ppm == 333_334
    assert measured(sent=0, received=0).loss_ppm == 0
