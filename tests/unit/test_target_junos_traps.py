"""What goes wrong on Junos silently: one test for each trap, named after it."""

from dataclasses import replace
from pathlib import Path

import pytest
from support_frr import H1_6, H2_6, MBPS, bfd, edge, fence, flow, isolate, mark, meter, port, queue, steer
from support_junos import (
    CODE,
    TARGET,
    bundle,
    config,
    fleet,
    full_config,
    owned,
    policy,
    policy_steer,
    probe,
    probe_reflector,
    repair,
    stream,
    text,
)

from intentc.ir.model import SrCandidate, SrSegment

UDP = flow(protocol="udp", ports=(7000, 7009))
FULL = owned(full_config())


@pytest.mark.parametrize("name", sorted({one.name for one in (*FULL.filters4, *FULL.filters6)}))
def test_trap_1_a_filter_ends_with_an_explicit_term_for_everything_else(name):
    """Junos drops what no term matches."""
    (terms,) = (one.terms for one in (*FULL.filters4, *FULL.filters6) if one.name == name)
    last = terms[-1]
    assert (last.match, last.is_accepted, last.is_discarded) == ((), True, False)


def test_trap_2_the_payload_says_no_confirm_timer():
    """RFC 6241 counts seconds, Junos' own RPC minutes: the timer is the transport's to say, never the payload's."""
    assert "confirm" not in text(full_config())
    assert TARGET.commit == "confirmed-commit"


@pytest.mark.parametrize(("interval_us", "milliseconds"), [(50_000, 50), (100_000, 100), (33_333, 34)])
def test_trap_3_bfd_counts_in_milliseconds(interval_us, milliseconds):
    found = owned(config(bfd=[bfd("eth2", interval_us=interval_us)], policies=[policy(interval_us=interval_us)]))
    assert {family.interval_ms for one in found.isis for family in one.families} == {milliseconds}
    assert {own.interval_ms for path in found.paths for own in path.primary} == {milliseconds}


@pytest.mark.parametrize(("interval_us", "seconds"), [(1_000_000, 1), (30_000_000, 30)])
def test_trap_3_streams_and_probes_count_in_seconds(interval_us, seconds):
    """Elsewhere in the same tree of statements thresholds are microseconds: none is written."""
    item = config(streams=[stream(interval_us=interval_us)], probes=[probe(interval_us=interval_us)])
    found = owned(item)
    assert [one.rate_s for one in found.exports] == [seconds]
    assert [own.interval_s for one in found.connections for own in one.sessions] == [seconds]
    assert "thresholds" not in text(item)


def test_trap_4_preferences_of_candidates_and_routes_run_against_each_other():
    """The higher preference of a candidate wins; of routes, the longer prefix does."""
    found = owned(config(policies=[policy()]))
    preferences = {path.name: path.preference for path in found.paths}
    (instance,) = found.instances
    lengths = {route.lsp: int(route.name.split("/")[1]) for route in instance.routes if route.lsp}
    assert sorted(preferences, key=preferences.get) == sorted(lengths, key=lengths.get)


def test_trap_5_labels_are_those_of_the_configuration_never_a_constant():
    segments = (SrSegment("r2", None, 901_002), SrSegment("r4", None, 17))
    found = owned(config(policies=[policy("p", SrCandidate(1, segments))]))
    assert [hop.label for one in found.segment_lists for hop in one.hops] == [901_002, 17]


def test_trap_7_groups_lose_so_who_holds_a_place_is_named():
    held = (
        "<configuration><interfaces><interface><name>ge-0/0/1</name><unit><name>0</name><family><inet><filter><input>"
        "<filter-name>THEIRS</filter-name></input></filter></inet></family></unit></interface></interfaces></configuration>"
    )
    (found,) = CODE.foreign(bundle(full_config()), held)
    assert "THEIRS" in found.running


def test_trap_7_classes_are_not_steered_by_next_hop_maps():
    """Junos ignores a map (CBF) of which fewer than two next hops are candidates of one route."""
    assert "forwarding-policy" not in text(full_config())


def test_trap_7_repairs_and_telemetry_are_in_the_group_as_well():
    item = config(repairs=[repair()], streams=[stream()], probes=[probe()], probe_reflectors=[probe_reflector()])
    shown = text(item)
    assert shown.index("<groups") < shown.index("<protocols") < shown.index("<services") < shown.index("</groups>")


def test_trap_9_labelled_packets_are_told_apart_by_their_traffic_class():
    """IP filters do not see into MPLS: the class is written into label and packet where the label is pushed."""
    item = config(policies=[policy()], queueing=[port()], policy_steering=[policy_steer(UDP)])
    (unit,) = (unit for own in owned(item).cos_interfaces for unit in own.units)
    assert unit.classify_exp == "ITC-EXP"
    assert [own.name for own in unit.rewrite_exp] == ["ITC-EXP"]
    assert ("ITC-DSCP-MPLS", ("mpls",)) in {(own.name, own.protocols) for own in unit.rewrite4}
    elsewhere = config(queueing=[port()])
    assert all(own.classify_exp is None for one in owned(elsewhere).cos_interfaces for own in one.units)
    known = fleet(elsewhere, replace(item, node="r9"))
    assert all(own.classify_exp == "ITC-EXP" for one in owned(elsewhere, known).cos_interfaces for own in one.units)


@pytest.mark.parametrize("direction", ["input4", "output4", "input6", "output6"])
def test_trap_10_a_port_has_one_filter_per_family_and_direction(direction):
    for interface in FULL.interfaces:
        names = [unit.name for unit in interface.units]
        assert len(names) == len(set(names))
    bound = [getattr(unit, direction) for interface in FULL.interfaces for unit in interface.units]
    known = {one.name for one in (FULL.filters4 if direction.endswith("4") else FULL.filters6)}
    assert {name for name in bound if name} <= known
    assert any(bound)


@pytest.mark.parametrize("case", ["strict", "control"])
def test_trap_11_what_is_served_first_has_a_limit(case):
    served = [one for one in FULL.schedulers if one.priority == ("strict-high" if case == "strict" else "high")]
    assert served
    assert all(one.shaping_bps is not None and one.shaping_bps < 20 * MBPS for one in served)


def test_trap_11_every_class_of_the_device_is_served_on_every_port():
    classes = {own.name for own in FULL.forwarding_classes} | {"best-effort", "network-control"}
    for own in FULL.scheduler_maps:
        assert {entry.name for entry in own.classes} == classes


def test_trap_11_classes_on_one_queue_have_one_scheduler():
    queues = {own.name: own.queue for own in FULL.forwarding_classes} | {"best-effort": 0, "network-control": 3}
    for own in FULL.scheduler_maps:
        found = {}
        for entry in own.classes:
            assert found.setdefault(queues[entry.name], entry.scheduler) == entry.scheduler


def test_trap_12_code_points_of_hosts_are_believed_only_where_they_are_trusted():
    item = config(edges=[edge("eth1"), edge("eth4", "dscp", ("10.10.7.0/24",))], queueing=[port()])
    found = owned(item)
    classified = {own.name for own in found.cos_interfaces if any(unit.classify4 for unit in own.units)}
    assert classified == {"ge-0/0/2", "ge-0/0/4"}
    (untrusted,) = (one for one in found.filters4 if one.name == "ITC-IN4-ge-0-0-1.0")
    assert untrusted.terms[-1].forwarding_class == "ITC-D0"


@pytest.mark.parametrize("family", [4, 6])
def test_trap_12_code_points_become_df_also_where_no_port_rewrites_them(family):
    found = owned(config(edges=[edge()], isolation=[isolate("closed")]))
    (one,) = (one for one in (found.filters4 if family == 4 else found.filters6) if "-IN" in one.name)
    last = one.terms[-1]
    assert (last.set_dscp, last.set_traffic_class) == ((0, None) if family == 4 else (None, 0))
    assert last.forwarding_class is None
    queued = owned(config(edges=[edge()], queueing=[port()]))
    assert all(term.set_dscp is None for own in queued.filters4 for term in own.terms)


def test_trap_12_a_flow_with_a_code_point_is_matched_by_all_its_parts():
    (one,) = owned(config(fences=[fence("f", replace(UDP, dscp=46))])).filters4
    (match,) = next(term.match for term in one.terms if term.counter)
    assert (match.protocol, match.destination_ports, match.dscp) == ("udp", (7000, 7009), 46)


def test_trap_13_nothing_that_restarts_a_line_card_is_written():
    shown = text(full_config())
    assert "<chassis" not in shown
    assert "no-loss" not in shown
    assert not TARGET.features["lossless"].since


def test_ecn_bits_survive():
    """Rewrite rules write six bits; `then traffic-class` and precedence rewrites would not stop there."""
    shown = text(full_config())
    assert "inet-precedence" not in shown
    assert all(
        0 <= code < 64
        for table in FULL.rewrites4
        for own in table.classes
        for codes in own.codes
        for code in codes.codes
    )


def test_packets_without_ect_are_dropped_early_and_nothing_else_is_promised():
    """Profiles of MX routers differ by loss priority alone (`protocol any`), and that comes from code points, which have no ECN bits."""
    one = replace(queue("high"), is_ecn=True, mark_from_bytes=7_500, mark_all_bytes=22_500)
    item = config(queueing=[port(queues=(one, queue("default")))])
    maps = [(own.loss_priority, own.protocol) for one in owned(item).schedulers for own in one.drop_profiles]
    assert maps == [("any", "any")]
    readme = (Path(TARGET.directory) / "README.md").read_text()
    assert "drops packets of senders without ECN by the same profile" in readme


def test_probes_have_the_code_point_of_the_class_that_they_guard():
    found = owned(config(probes=[probe(dscp=34), probe("r4-background", dscp=1)]))
    assert sorted(own.dscp for one in found.connections for own in one.sessions) == [1, 34]


def test_repairs_may_have_more_labels_than_junos_gives_them_by_itself():
    found = owned(config(repairs=[repair(), repair("eth3", "ospf")]))
    assert [one.most_labels for one in (*found.isis_backup, *found.ospf_backup)] == [8, 8]


def test_repairs_do_not_wait_for_a_level_that_is_written_down():
    """A pattern for levels would pass by those that a router has without a word of configuration."""
    found = owned(config(repairs=[repair()]))
    assert [level.name for one in found.isis for level in one.levels] == [1, 2]


def test_neighbour_discovery_passes_before_everything_in_every_filter():
    for one in FULL.filters6:
        (match,) = one.terms[0].match
        assert (match.payload, match.icmp_types, match.hop_limit) == ("icmp6", (133, 134, 135, 136, 137), 255)
        assert one.terms[0].is_accepted


@pytest.mark.parametrize("family", [4, 6])
def test_the_traffic_of_routers_passes_before_every_rule(family):
    for one in FULL.filters4 if family == 4 else FULL.filters6:
        names = [term.name for term in one.terms]
        assert names.index("LOCAL") < names.index("TO-ROUTERS") < names.index("T0001")


def test_a_steered_packet_is_not_accepted_as_well():
    """`then accept` beside `then routing-instance` would keep the packet in the table that it came in."""
    for term in (term for one in (*FULL.filters4, *FULL.filters6) for term in one.terms):
        assert not (term.instance and term.is_accepted)


def test_waypoints_resolve_through_host_routes_only():
    found = owned(config(steering=[steer(UDP, ("r2",)), steer(flow(H1_6, H2_6), ("r3",), precedence=11)]))
    assert {entry.name for one in found.prefix_lists if "WAYPOINTS" in one.name for entry in one.prefixes} == {
        "10.0.0.2/32",
        "fd00::3/128",
    }
    assert {(one.ribs, one.policies) for one in found.resolutions} == {
        (("inet.0",), ("ITC-WAYPOINTS",)),
        (("inet6.0",), ("ITC-WAYPOINTS",)),
    }
    (choice,) = found.policies
    assert choice.terms[-1].is_rejected


def test_a_fail_closed_instance_never_leads_back_to_the_igp():
    found = owned(config(steering=[steer(UDP, ("r2", "r3"), closed=True)], policies=[policy()]))
    routes = [route for one in found.instances for route in one.routes if route.name == "0.0.0.0/0"]
    assert len(routes) == 2
    assert all(route.is_discarded and route.next_table is None for route in routes)


def test_an_isolated_host_is_cut_off_by_default():
    item = config(edges=[edge()], isolation=[isolate("closed"), isolate("out", direction="from")])
    found = owned(item)
    refused = [term for one in found.filters4 for term in one.terms if term.is_discarded and term.name != "FORGED"]
    assert {term.counter for term in refused} == {"ITC-closed", "ITC-out"}


@pytest.mark.parametrize("feature", ["bfd", "repairs"])
def test_a_group_never_adds_a_port_to_the_igp(feature):
    make = {"bfd": bfd, "repairs": repair}[feature]
    found = owned(config(**{feature: [make("eth2"), make("eth3", "ospf")]}))
    names = [own.name for own in found.isis] + [own.name for area in found.ospf for own in area.ports]
    assert names == ["<ge-0/0/2.0>", "<ge-0/0/3.0>"]
    assert [area.name for area in found.ospf] == ["<*>"]


def test_longer_lists_than_junos_takes_by_itself_are_announced():
    short, long = (
        config(policies=[policy("p", SrCandidate(1, tuple(SrSegment("r2", None, 16002) for _ in range(count))))])
        for count in (5, 6)
    )
    assert (owned(short).max_depth, owned(long).max_depth) == (None, 6)


def test_a_meter_of_both_families_is_one_policer():
    item = config(
        edges=[edge()],
        meters=[meter("m", MBPS)],
        marking=[mark("four", UDP, "high", meter="m"), mark("six", flow(H1_6, H2_6), "high", precedence=11, meter="m")],
    )
    found = owned(item)
    assert [(own.name, own.is_shared) for own in found.policers] == [("ITC-m-rate", True)]
    assert all(one.is_interface_specific for one in (*found.filters4, *found.filters6))


@pytest.mark.parametrize(("name", "is_split"), [("ae7.3", True), ("eth1", False)])
def test_a_rate_on_a_bundle_is_split_among_its_members(name, is_split):
    item = config(meters=[meter("m", MBPS)], marking=[mark("one", UDP, "high", meter="m", interfaces=(name,))])
    assert [own.is_split for own in owned(item).policers] == [is_split]


def test_guarantees_and_caps_fit_into_the_link():
    rate = 20 * MBPS
    item = config(queueing=[port(queues=(queue("critical", MBPS), queue("high", 9 * MBPS), queue("default")))])
    found = {one.name.rpartition("-")[2]: one for one in owned(item).schedulers}
    assert found["D34"].transmit_bps >= 9 * MBPS
    assert sum(one.transmit_bps for one in found.values()) <= rate + len(found) * 8000
    assert found["D46"].shaping_bps == rate * 3 // 10


def test_templates_only_loop():
    source = (Path(TARGET.directory) / "templates" / "config.xml.j2").read_text()
    assert [word for word in ("{% if", "{% set", "{% macro") if word in source] == []
