"""Each pass of the lowering, on placed programs built by hand."""

from dataclasses import replace

import pytest
from support_frr import H1, H1_6, H2, H2_6, MBPS
from support_realised import (
    FLOW,
    FLOW_6,
    abilities,
    attached,
    candidate,
    demand,
    diamond,
    end,
    failover,
    intent,
    load,
    placed,
    program,
    router,
    span,
    steered,
    with_rate,
)

from intentc.diagnostics import Findings
from intentc.ir.lower import lower
from intentc.resolve.classes import BUILT_IN
from intentc.resolve.model import Candidate, Exclusion, Flow, Isolation, Scheduling, TelemetryRequirement, TrafficClass
from intentc.topology.model import Bfd


def fleet(realised):
    findings = Findings()
    found = lower(realised, abilities(realised.model.topology), findings)
    assert not findings.items, findings.items
    return found


def devices(*items, **rest):
    return fleet(program(*items, **rest)).devices


def queues(config, interface):
    port = next(port for port in config.queueing if port.interface == interface)
    return {queue.traffic_class: queue for queue in port.queues}


def test_nothing_asked_is_nothing_configured():
    assert devices() == {}


def test_the_fleet_carries_the_facts_that_targets_need():
    found = fleet(program(placed(demand())))
    assert found.loopbacks["r2"] == ("10.0.0.2", "fd00::2")
    assert "10.0.0.2/32" in found.infrastructure
    assert list(found.devices) == ["r1", "r2", "r3", "r4"]


def test_lowering_is_deterministic_and_independent_of_the_order_of_demands():
    items = [placed(demand(f"i{n}/r1>r4", precedence=n)) for n in range(5)]
    assert fleet(program(*items)) == fleet(program(*reversed(items)))


class TestMarking:
    def test_packets_are_marked_where_their_hosts_hang(self):
        found = devices(placed(demand()))
        (rule,) = found["r1"].marking
        assert (rule.flow, rule.interfaces, rule.dscp, rule.traffic_class) == (FLOW, ("eth1",), 46, "critical")
        assert all(not config.marking for name, config in found.items() if name != "r1")

    def test_every_candidate_marks_for_it_carries_after_a_failure(self):
        spare = diamond(r2=router(2, attached(H1, "eth9")))
        asked = demand(candidates=(candidate(), Candidate(end("r2", H1), end("r4"), (FLOW,), ())))
        found = devices(placed(asked), topology=spare)
        assert found["r2"].marking[0].interfaces == ("eth9",)
        assert found["r1"].marking[0].counter == found["r2"].marking[0].counter

    def test_replies_are_marked_at_their_own_side(self):
        reply = demand(
            "voice/r1>r4/reply",
            direction="reverse",
            reply_to="voice/r1>r4",
            candidates=(Candidate(end("r4"), end("r1"), (FLOW.reversed(),), ()),),
        )
        found = devices(placed(demand()), placed(reply, path=("r4", "L34", "r3", "L13", "r1")))
        assert found["r4"].marking[0].flow == FLOW.reversed()

    def test_precedence_and_exceptions_are_kept(self):
        hole = replace(FLOW, source="10.10.1.128/25")
        (rule,) = devices(placed(demand(candidates=(candidate(excepted=(hole,)),), precedence=7)))["r1"].marking
        assert (rule.precedence, rule.excepted) == (7, (hole,))

    def test_all_intents_that_share_a_demand_are_its_origin(self):
        (rule,) = devices(placed(demand(shared_with=("twin",))))["r1"].marking
        assert rule.origin.intents == ("twin", "voice")
        assert rule.origin.spans == (span(2), span(3))

    def test_only_the_port_of_the_named_prefix_marks(self):
        two = diamond(r1=router(1, attached(H1), attached("10.10.9.0/24", "eth7")))
        assert devices(placed(demand()), topology=two)["r1"].marking[0].interfaces == ("eth1",)

    def test_counters_are_named_apart_and_safely(self):
        hostile = demand('voice"; flush ruleset; #/r1>r4')
        names = {
            rule.counter
            for item in (hostile, demand(), demand("voice/r1>r4x"))
            for rule in devices(placed(item))["r1"].marking
        }
        assert len(names) == 3
        assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in names)


class TestEdges:
    def test_every_host_port_is_a_border_of_trust(self):
        found = devices(placed(demand()))
        assert [(edge.interface, edge.trust) for edge in found["r4"].edges] == [("eth1", "none")]
        assert found["r1"].edges[0].prefixes == (H1, H1_6)

    def test_the_least_trust_of_a_port_holds(self):
        mixed = diamond(r1=router(1, attached(H1, trust="fabric"), attached(H1_6, trust="dscp")))
        assert devices(placed(demand()), topology=mixed)["r1"].edges[0].trust == "dscp"


class TestMetering:
    def test_a_rate_is_watched_where_packets_enter(self):
        (meter,) = devices(placed(demand(traffic_class="high", **with_rate(5 * MBPS))))["r1"].meters
        assert (meter.committed_bps, meter.over_dscp, meter.ceiling_bps, meter.burst_bytes) == (
            5 * MBPS,
            36,
            None,
            15_000,
        )

    def test_strict_excess_has_no_code_point(self):
        assert devices(placed(demand(**with_rate(MBPS))))["r1"].meters[0].over_dscp is None

    def test_demands_of_a_pool_share_one_meter(self):
        items = [
            placed(demand(f"x/{n}", pool="x/pool", has_bandwidth=True, bandwidth_bps=4 * MBPS, pool_bps=6 * MBPS))
            for n in "ab"
        ]
        config = devices(*items)["r1"]
        assert [meter.committed_bps for meter in config.meters] == [6 * MBPS]
        assert {rule.meter for rule in config.marking} == {config.meters[0].name}

    def test_a_pool_is_not_watched_for_more_than_its_demands_here(self):
        item = placed(demand(has_bandwidth=True, bandwidth_bps=MBPS, pool_bps=9 * MBPS))
        assert devices(item)["r1"].meters[0].committed_bps == MBPS

    def test_a_ceiling_stands_beside_the_rate(self):
        (meter,) = devices(placed(demand(**with_rate(MBPS, ceiling_bps=100 * MBPS))))["r1"].meters
        assert (meter.ceiling_bps, meter.ceiling_burst_bytes) == (100 * MBPS, 125_000)

    @pytest.mark.parametrize(
        "rest",
        [{}, with_rate(0), with_rate(MBPS, traffic_class="background"), with_rate(MBPS, traffic_class="default")],
        ids=["no rate", "nothing reserved", "LE stays LE", "DF stays DF"],
    )
    def test_what_limits_nothing_has_no_meter(self, rest):
        config = devices(placed(demand(**rest)))["r1"]
        assert config.meters == ()
        assert config.marking[0].meter is None

    def test_a_ceiling_holds_for_background_too(self):
        (meter,) = devices(placed(demand(**with_rate(MBPS, traffic_class="background", ceiling_bps=2 * MBPS))))[
            "r1"
        ].meters
        assert (meter.committed_bps, meter.ceiling_bps) == (None, 2 * MBPS)


class TestQueueing:
    def test_guarantees_are_the_reservations_of_the_worst_state_in_each_direction(self):
        found = devices(placed(demand(traffic_class="high")), loads=[load("L13", high=(20, 7))])
        assert queues(found["r1"], "eth3")["high"].guarantee_bps == 20 * MBPS
        assert queues(found["r3"], "eth1")["high"].guarantee_bps == 7 * MBPS

    def test_strict_is_capped_at_its_share_on_every_link(self):
        found = devices(placed(demand()))
        for node, interface in (("r1", "eth2"), ("r1", "eth3"), ("r4", "eth2")):
            assert queues(found[node], interface)["critical"].cap_bps == 30 * MBPS

    def test_the_default_class_is_everywhere_and_others_only_where_used(self):
        found = devices(placed(demand(traffic_class="high")))
        assert set(queues(found["r1"], "eth3")) == {"high", "default"}
        assert set(queues(found["r1"], "eth2")) == {"default"}

    def test_re_marked_packets_have_a_queue(self):
        assert queues(devices(placed(demand(traffic_class="high")))["r1"], "eth3")["high"].dscps == (34, 36)

    def test_idle_classes_get_one_percent(self):
        assert (
            queues(devices(placed(demand(traffic_class="background")))["r1"], "eth3")["background"].guarantee_bps
            == MBPS
        )

    def test_a_fixed_share_is_exact(self):
        fixed = TrafficClass("fixed", 2, 22, 0, Scheduling.SHARE, 0, 200_000_000, "medium", False, False, None)
        found = devices(
            placed(demand(traffic_class="fixed")), classes={**BUILT_IN, "fixed": replace(fixed, over_dscp=None)}
        )
        queue = queues(found["r1"], "eth3")["fixed"]
        assert (queue.guarantee_bps, queue.cap_bps) == (20 * MBPS, 20 * MBPS)

    def test_a_queue_has_room_for_the_promised_bursts_and_no_more_than_the_buffer(self):
        item = placed(demand(**with_rate(MBPS, burst_bytes=400_000)))
        assert queues(devices(item)["r1"], "eth3")["critical"].limit_bytes == 400_000
        small = diamond()
        links = {**small.links, "L13": replace(small.links["L13"], queue_bytes=100_000)}
        assert (
            queues(devices(item, topology=replace(small, links=links))["r1"], "eth3")["critical"].limit_bytes == 100_000
        )

    def test_host_ports_have_no_scheduler(self):
        assert [port.interface for port in devices(placed(demand()))["r1"].queueing] == ["eth2", "eth3"]


class TestSteering:
    def test_a_rule_at_the_source_matches_what_hosts_send(self):
        asked = demand(candidates=(candidate(flows=(replace(FLOW, dscp=10),)),))
        (rule,) = devices(placed(asked, steering=[steered()]))["r1"].steering
        assert (rule.interfaces, rule.waypoints, rule.is_fail_closed, rule.flow.dscp) == (("eth1",), ("r2",), True, 10)

    def test_a_rule_further_on_matches_what_was_marked(self):
        asked = demand(traffic_class="high", candidates=(candidate(flows=(replace(FLOW, dscp=10),)),))
        rules = devices(placed(asked, steering=[steered("r2", "L12", ("r3",))]))["r2"].steering
        assert [(rule.interfaces, rule.flow.dscp) for rule in rules] == [(("eth1",), 34), (("eth1",), 36)]

    def test_a_node_is_no_waypoint_of_itself(self):
        (rule,) = devices(placed(demand(), steering=[steered("r2", "L12", ("r2", "r3"))]))["r2"].steering
        assert rule.waypoints == ("r3",)

    @pytest.mark.parametrize(("at", "ingress"), [("r1", None), ("r2", "L12")])
    def test_the_packets_to_a_replica_that_stands_by_have_rules_of_their_own(self, at, ingress):
        other = candidate(flows=(replace(FLOW, destination="10.10.99.0/24"),))
        rule = replace(steered(at, ingress, ("r3",)), candidate=other)
        asked = demand(candidates=(candidate(), other))
        (made,) = devices(placed(asked, steering=[rule]))[at].steering
        assert made.flow.destination == "10.10.99.0/24"

    def test_where_the_destination_hangs_packets_are_delivered(self):
        assert devices(placed(demand(), steering=[steered("r4", "L24", ("r3",))]))["r4"].steering == ()

    def test_without_waypoints_an_open_rule_is_none_and_a_closed_one_drops(self):
        assert devices(placed(demand(), steering=[steered(waypoints=(), closed=False)]))["r1"].steering == ()
        assert devices(placed(demand(), steering=[steered(waypoints=())]))["r1"].steering[0].waypoints == ()


def pin(*links, nodes=(), kind="pin"):
    return Exclusion(kind, f"{kind} it", frozenset(nodes), frozenset(links), span(8))


class TestFences:
    def test_all_nodes_before_a_forbidden_link_drop_the_flow(self):
        found = devices(placed(demand(exclusions=(pin("L24"),))))
        assert [(rule.interfaces, rule.flow, rule.reason) for rule in found["r2"].fences] == [(("eth2",), FLOW, "pin")]
        assert found["r4"].fences[0].interfaces == ("eth2",)
        assert found["r1"].fences == ()

    def test_a_forbidden_node_is_fenced_off_and_has_no_fence_itself(self):
        found = devices(placed(demand(exclusions=(pin(nodes=["r2"]),))))
        assert found["r1"].fences[0].interfaces == ("eth2",)
        assert found["r2"].fences == ()

    def test_a_node_that_cannot_fence_is_not_entered(self):
        """r2 cannot be configured and touches a forbidden link: packets must not come to it at all."""
        with_provider = diamond(r2=router(2, platform="none", release=None))
        found = devices(placed(demand(exclusions=(pin("L24"),))), topology=with_provider)
        assert found["r1"].fences[0].interfaces == ("eth2",)

    def test_the_destination_may_touch_a_forbidden_link(self):
        with_host = diamond(r4=router(4, attached(H2), attached(H2_6), platform="none", release=None))
        found = devices(placed(demand(exclusions=(pin("L24"),))), topology=with_host)
        assert "r3" not in found or found["r3"].fences == ()
        assert found["r2"].fences[0].interfaces == ("eth2",)

    def test_fences_match_packets_as_they_were_marked(self):
        asked = demand(
            traffic_class="high",
            candidates=(candidate(flows=(replace(FLOW, dscp=10),), excepted=(replace(FLOW, dscp=12),)),),
            exclusions=(pin("L13"),),
        )
        assert [(rule.flow.dscp, rule.excepted) for rule in devices(placed(asked))["r1"].fences] == [(34, ()), (36, ())]

    def test_reasons_stand_apart_with_their_clauses(self):
        found = devices(placed(demand(exclusions=(pin("L12"), pin("L13", kind="encrypt")))))
        assert [(rule.reason, rule.interfaces) for rule in sorted(found["r1"].fences, key=lambda r: r.reason)] == [
            ("encrypt", ("eth3",)),
            ("pin", ("eth2",)),
        ]
        assert found["r1"].fences[0].origin.spans == (span(8),)


def isolation(direction="to", allowed=(FLOW,), prefix=H2, nodes=("r4",)):
    return Isolation(prefix, nodes, direction, allowed, ("voice",), span(9))


class TestIsolation:
    def test_default_deny_stands_where_the_prefix_hangs(self):
        found = devices(isolations=[isolation()])
        (rule,) = found["r4"].isolation
        assert (rule.prefix, rule.interfaces, rule.allowed, rule.direction) == (H2, ("eth1",), (FLOW,), "to")
        assert "r1" not in found or not found["r1"].isolation

    def test_allowed_flows_are_those_of_marked_packets(self):
        named = replace(FLOW, dscp=10)
        asked = demand(traffic_class="high", candidates=(candidate(flows=(named,)),))
        found = devices(placed(asked), isolations=[isolation(allowed=(named,))])
        assert [flow.dscp for flow in found["r4"].isolation[0].allowed] == [34, 36]


class TestProtection:
    def test_bfd_is_ours_where_nobody_declares_it_and_an_intent_needs_it(self):
        found = devices(placed(demand(failover=failover())))
        assert [(port.interface, port.interval_us, port.multiplier, port.igp) for port in found["r1"].bfd] == [
            ("eth2", 50_000, 3, "isis"),
            ("eth3", 50_000, 3, "isis"),
        ]

    @pytest.mark.parametrize(
        ("topology", "asked"),
        [
            (diamond(), demand()),
            (diamond(), demand(failover=failover(states=()))),
            (diamond(bfd=Bfd(100_000, 3)), demand(failover=failover())),
        ],
        ids=["no failover", "no states", "declared by the network"],
    )
    def test_else_it_is_left_alone(self, topology, asked):
        assert all(not config.bfd for config in devices(placed(asked), topology=topology).values())

    def test_a_node_with_timers_of_its_own_keeps_them(self):
        own = diamond(r3=router(3, bfd=Bfd(300_000, 3)))
        found = devices(placed(demand(failover=failover())), topology=own)
        assert found["r3"].bfd == ()
        assert found["r1"].bfd

    @pytest.mark.parametrize(("far", "is_watched"), [({}, False), ({"bfd": Bfd(300_000, 3)}, True)])
    def test_no_session_waits_for_an_end_that_runs_none(self, far, is_watched):
        topology = diamond(r3=router(3, **far))
        realised = program(placed(demand(failover=failover())), topology=topology)
        able = abilities(topology)
        deaf = replace(able["r3"], features={name: own for name, own in able["r3"].features.items() if name != "bfd"})
        found = lower(realised, {**able, "r3": deaf}, Findings()).devices
        assert found["r3"].bfd == ()
        assert [port.interface for port in found["r1"].bfd] == (["eth2", "eth3"] if is_watched else ["eth2"])


class TestCounting:
    def test_telemetry_counts_what_arrives(self):
        asked = demand(candidates=(candidate(flows=(FLOW, FLOW_6)),))
        requirement = TelemetryRequirement(10**10, None, span(6))
        found = devices(placed(asked), intents=[intent("voice", requirement)])
        assert [(rule.flow, rule.interfaces) for rule in found["r4"].counting] == [
            (FLOW, ("eth1",)),
            (FLOW_6, ("eth1",)),
        ]
        assert found["r1"].counting == ()

    def test_without_telemetry_nothing_is_counted_at_the_destination(self):
        assert devices(placed(demand()), intents=[intent("voice")])["r4"].counting == ()


def claims(realised):
    findings = Findings()
    lower(realised, abilities(realised.model.topology), findings)
    return [item for item in findings.sorted() if item.code == "E0690"]


class TestClaims:
    def test_two_classes_with_one_code_point_on_a_link(self):
        twin = replace(BUILT_IN["high"], name="twin")
        items = [
            placed(demand("a/r1>r4", traffic_class="high")),
            placed(demand("b/r1>r4", traffic_class="twin", span=span(40))),
        ]
        found = claims(program(*items, classes={**BUILT_IN, "twin": twin}))
        (item,) = found  # on every port on the way
        assert "DSCP 34" in item.message
        assert "`twin`" in item.message
        places = [label.message.split("`")[1] for label in item.related if label.message.startswith("on `")]
        assert f"and so at {len(places)} more places" in item.message
        assert len({item.node, *places}) > 1

    def test_guarantees_above_the_link(self):
        found = claims(program(placed(demand(traffic_class="high")), loads=[load("L13", high=101)]))
        assert [item.node for item in found] == ["r1"]

    def test_a_port_with_hosts_and_a_link(self):
        crowded = diamond(r1=router(1, attached(H1, "eth2"), attached(H1_6, "eth2")))
        found = claims(program(placed(demand()), topology=crowded))
        assert any("attached prefixes" in item.message for item in found)

    def test_one_flow_steered_two_ways(self):
        items = [
            placed(demand("a/r1>r4", span=span(1)), steering=[steered(waypoints=("r2",))]),
            placed(demand("b/r1>r4", span=span(30)), steering=[steered(waypoints=("r3",))]),
        ]
        (found,) = claims(program(*items))
        assert "two ways" in found.message
        assert found.related
        assert found.intent == "b"


def test_flows_of_one_family_do_not_meet_prefixes_of_the_other():
    only6 = Flow(6, H1_6, H2_6)
    found = devices(placed(demand(candidates=(Candidate(end("r1", H1_6), end("r4", H2_6), (only6,), ()),))))
    assert [rule.flow for rule in found["r1"].marking] == [only6]
