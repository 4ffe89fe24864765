"""What was placed against what its devices can do: every refusal, at its clause."""

from dataclasses import replace

import pytest
from support_frr import H1, H1_6, MBPS, targets
from support_realised import (
    FLOW,
    FLOW_6,
    abilities,
    attached,
    candidate,
    demand,
    diamond,
    failover,
    intent,
    placed,
    program,
    router,
    span,
    steered,
    with_rate,
)

from intentc.diagnostics import Findings, Severity
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.render.targets import capabilities, check_capabilities
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import Isolation, TelemetryRequirement
from intentc.topology.model import Management


def check(*items, able=None, **rest):
    findings = Findings()
    realised = program(*items, **rest)
    check_capabilities(realised, able or abilities(realised.model.topology), findings)
    return findings.sorted()


NOBODY = router(1, attached(H1), attached(H1_6), platform="none", release=None)


def test_what_frr_can_do_has_no_finding():
    item = placed(demand(**with_rate(MBPS)), steering=[steered()])
    assert check(item) == ()


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ({}, [2]),
        (with_rate(MBPS), [2, 3]),
        ({"traffic_class": "default"}, []),
        ({"traffic_class": "default", "ceiling_bps": 1}, [3]),
    ],
    ids=["class", "class and rate", "nothing asked of the edge", "ceiling only"],
)
def test_a_provider_at_the_edge_can_neither_mark_nor_police(rest, lines):
    found = check(placed(demand(**rest)), topology=diamond(r1=NOBODY))
    assert [(item.code, item.span.line, item.node) for item in found] == [("E0610", line, "r1") for line in lines]
    assert all("platform `none`" in item.message and item.help and item.related for item in found)


def test_one_intent_and_block_is_one_finding_whatever_the_number_of_demands():
    items = [placed(demand(f"voice/{n}")) for n in range(5)]
    assert len(check(*items, topology=diamond(r1=NOBODY))) == 1


def test_isolation_needs_a_device_that_is_configured():
    isolation = Isolation(H1, ("r1",), "to", (), ("voice",), span(9))
    (found,) = check(isolations=[isolation], topology=diamond(r1=NOBODY))
    assert (found.code, found.span, found.intent) == ("E0610", span(9), "voice")


@pytest.mark.parametrize(
    ("rest", "codes"),
    [
        ({"is_revert_written": True}, ["E0610"]),
        ({"is_revert_written": True, "revert_ns": None}, ["E0610"]),
        ({"is_revert_written": True, "revert_ns": 0}, []),
        ({}, []),
    ],
    ids=["written", "never", "at once", "the default"],
)
def test_a_revert_timer_is_refused_only_where_the_user_wrote_one(rest, codes):
    found = check(placed(demand(failover=failover(**rest))))
    assert [item.code for item in found] == codes
    assert all(item.span == span(5) and "revert" in item.message for item in found)


@pytest.mark.parametrize("changed", [{"is_ecn": True}, {"is_lossless": True}])
def test_classes_that_need_more_than_fifos_are_refused_at_the_class(changed):
    special = replace(BUILT_IN["high"], name="special", span=span(20), **changed)
    (found,) = check(placed(demand(traffic_class="special")), classes={**BUILT_IN, "special": special})
    assert (found.code, found.span) == ("E0610", span(20))


def test_a_feature_of_a_later_release_names_the_release():
    from intentc.targetkit.model import Feature

    frr = targets()["frr"]
    later = {"frr": replace(frr, features={**frr.features, "marking": Feature("9.0")})}
    topology = diamond()
    able = capabilities(topology, later, Findings())
    (found,) = check(placed(demand()), topology=topology, able=able)
    assert "from release 9.0 on" in found.message
    assert "upgrade" in found.help[0]


def test_more_waypoint_lists_than_tables_are_a_mistake_of_ours():
    items = [
        placed(demand(f"i{n}/x"), steering=[steered(waypoints=way)])
        for n, way in enumerate([("r2",), ("r3",), ("r2", "r3")])
    ]
    topology = diamond()
    able = {name: replace(own, max_steering_tables=2) for name, own in abilities(topology).items()}
    with pytest.raises(RuntimeError, match="`r1` was given 3 steering tables and has 2"):
        check(*items, topology=topology, able=able)


def test_intents_that_share_a_path_share_a_table():
    items = [placed(demand(f"i{n}/x"), steering=[steered()]) for n in range(5)]
    topology = diamond()
    able = {name: replace(own, max_steering_tables=1) for name, own in abilities(topology).items()}
    assert check(*items, topology=topology, able=able) == ()


def test_more_classes_than_queues():
    items = [placed(demand(f"{name}/x", traffic_class=name)) for name in ("critical", "high", "normal")]
    topology = diamond()
    able = {name: replace(own, max_queues=3) for name, own in abilities(topology).items()}
    found = check(*items, topology=topology, able=able)
    assert {item.code for item in found} == {"E0614"}
    assert found[0].span == topology.links["L13"].span


def test_a_real_device_needs_names_for_its_ports():
    management = Management("192.0.2.1", None, None, "default", None, span(9))
    unnamed = replace(attached(H1), interface=None, span=span(33))
    real = router(1, unnamed, attached(H1_6), management=management)
    found = check(placed(demand(traffic_class="default")), topology=diamond(r1=real))
    assert [(item.code, item.span) for item in found] == [("E0612", span(33))]
    lab = router(1, unnamed, attached(H1_6))
    assert check(placed(demand(traffic_class="default")), topology=diamond(r1=lab)) == ()


def test_a_waypoint_without_a_loopback_of_the_family_is_a_mistake_of_ours():
    lonely = router(2, loopback6=None, span=span(50))
    asked = demand(candidates=(candidate(flows=(FLOW, FLOW_6)),))
    with pytest.raises(RuntimeError, match="IPv6 packets are steered over `r2`"):
        check(placed(asked, steering=[steered(), steered("r3", "L13")]), topology=diamond(r2=lonely))


def test_telemetry_is_counters_only_once_for_each_intent():
    requirement = TelemetryRequirement(10**10, None, span(6))
    items = [placed(demand(f"voice/{n}")) for n in range(3)]
    (found,) = check(*items, intents=[intent("voice", requirement)])
    assert (found.code, found.severity, found.span) == ("W0616", Severity.WARNING, span(6))


CODES = (
    "E0601",
    "E0602",
    "N0603",
    "E0604",
    "E0605",
    "N0606",
    "E0610",
    "E0612",
    "E0614",
    "E0615",
    "W0616",
    "E0690",
)


@pytest.mark.parametrize("code", CODES)
def test_every_code_of_ours_is_explained(code):
    entry = CATALOGUE[code]
    assert entry.title
    assert len(entry.explanation) > 150
