"""The stages of a change: legal by themselves, and no accepted intent is broken by any prefix of them."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import (
    MBPS,
    bfd,
    config,
    count,
    edge,
    fence,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    port,
    queue,
    steer,
)

from intentc.diagnostics import Findings
from intentc.ir.claims import check_claims
from intentc.ir.stages import stage_configs

A, B = flow(protocol="udp", ports=(1, 1)), flow(protocol="udp", ports=(2, 2))
OLD = config(
    edges=[edge()],
    marking=[mark("a", A)],
    queueing=[port("eth2", queues=(queue("critical", 2 * MBPS), queue("default")))],
    steering=[steer(A, ("r2",))],
    fences=[fence("fa", A)],
    isolation=[isolate("iso", allowed=[A])],
    bfd=[bfd("eth2")],
)
NEW = config(
    edges=[edge(trust="dscp")],
    meters=[meter("m", MBPS)],
    marking=[mark("b", B, "high", meter="m")],
    queueing=[port("eth2", queues=(queue("high", 5 * MBPS), queue("default"))), port("eth3")],
    steering=[steer(B, ("r3",))],
    fences=[fence("fb", B)],
    isolation=[isolate("iso", allowed=[B])],
    bfd=[bfd("eth3")],
    counting=[count("c", B)],
)


def stages(old=OLD, new=NEW):
    return dict(stage_configs(old, new))


def test_the_order_is_guard_add_switch_remove_and_ends_with_the_new_one():
    found = stage_configs(OLD, NEW)
    assert [name for name, _ in found] == ["guard", "add", "switch", "remove"]
    assert found[-1][1] == NEW


def test_guards_of_both_hold_until_the_end():
    for name in ("guard", "add", "switch"):
        assert {item.counter for item in stages()[name].fences} == {"fa", "fb"}
        assert stages()[name].isolation[0].allowed == (A, B)


def test_guard_changes_nothing_else():
    guard = stages()["guard"]
    assert replace(guard, fences=OLD.fences, isolation=OLD.isolation) == OLD


def test_add_brings_what_carries_and_sends_nothing_there():
    add = stages()["add"]
    assert (add.marking, add.edges, add.meters) == (OLD.marking, OLD.edges, OLD.meters)
    assert [(rule.waypoints, rule.interfaces) for rule in add.steering] == [(("r2",), ("eth1",)), (("r3",), ())]
    assert [item.interface for item in add.bfd] == ["eth2", "eth3"]
    assert {item.traffic_class for item in add.queueing[0].queues} == {"critical", "high", "default"}


def test_switch_sends_and_leaves_what_the_old_one_carried():
    switch = stages()["switch"]
    assert (switch.marking, switch.edges, switch.meters, switch.counting) == (
        NEW.marking,
        NEW.edges,
        NEW.meters,
        NEW.counting,
    )
    assert [(rule.waypoints, rule.interfaces) for rule in switch.steering] == [(("r2",), ()), (("r3",), ("eth1",))]
    assert switch.queueing == stages()["add"].queueing


def test_old_guarantees_stay_while_new_ones_get_what_is_left():
    old = config(queueing=[port("eth2", queues=(queue("critical", 6 * MBPS), queue("default", 13 * MBPS)))])
    new = config(queueing=[port("eth2", queues=(queue("high", 12 * MBPS), queue("default")))])
    found = {item.traffic_class: item.guarantee_bps for item in stages(old, new)["add"].queueing[0].queues}
    assert found == {"critical": 6 * MBPS, "default": 13 * MBPS, "high": MBPS}


def test_a_code_point_that_changes_hands_stays_with_its_old_queue_until_the_switch_is_over():
    old = config(queueing=[port("eth2", queues=(queue("high", MBPS), queue("default")))])
    new = config(queueing=[port("eth2", queues=(replace(queue("high", MBPS), traffic_class="gold"), queue("default")))])
    found = {item.traffic_class: item.dscps for item in stages(old, new)["switch"].queueing[0].queues}
    assert found == {"high": (34, 36), "gold": (), "default": (0,)}


def test_a_rule_that_only_moved_in_the_sources_stands_once():
    moved = replace(
        OLD, fences=tuple(replace(item, origin=replace(item.origin, intents=("x",))) for item in OLD.fences)
    )
    assert len(stages(OLD, moved)["guard"].fences) == 1


@pytest.mark.parametrize(("old", "new"), [(None, full_config()), (full_config(), None)], ids=["first", "last"])
def test_from_nothing_and_to_nothing(old, new):
    found = stages(old, new)
    assert found["guard"].fences == full_config().fences
    assert found["remove"] == (new or config())


def test_between_nothing_and_nothing_there_are_no_stages():
    assert stage_configs(None, None) == ()


def test_no_change_is_the_same_configuration_in_every_stage():
    assert {item for _, item in stage_configs(full_config(), full_config())} == {full_config()}


FLOWS = st.sampled_from([A, B, flow(), flow(protocol="tcp", ports=(443, 443))])
CONFIGS = st.builds(
    lambda flows, ways, kinds, closed: config(
        marking=[mark(f"m{n}", item, precedence=n) for n, item in enumerate(flows)],
        steering=[
            steer(item, way, closed=closed, precedence=n)
            for n, (item, way) in enumerate(zip(flows, ways, strict=False))
        ],
        fences=[fence(f"f{n}", item) for n, item in enumerate(flows)],
        isolation=[isolate("iso", allowed=flows)],
        queueing=[port("eth2", queues=tuple(queue(kind, MBPS * 4) for kind in sorted({*kinds, "default"})))],
    ),
    st.lists(FLOWS, max_size=4, unique=True),
    st.lists(st.sampled_from([("r2",), ("r3",), ("r2", "r3")]), max_size=4),
    st.lists(st.sampled_from(["critical", "high", "background"]), max_size=3),
    st.booleans(),
)


@given(CONFIGS, CONFIGS)
@settings(max_examples=60, deadline=None)
def test_every_stage_is_legal_and_never_less_guarded_than_what_it_steers(old, new):
    for name, item in stage_configs(old, new):
        findings = Findings()
        check_claims([item], findings)
        assert not findings.items
        guarded = {rule.flow for rule in item.fences}
        assert {rule.flow for rule in item.steering if rule.interfaces} <= guarded, name
