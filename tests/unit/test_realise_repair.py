"""Local repair (TI-LFA): when it is asked for, which ports do it, what it is not believed for, and what devices are given."""

from dataclasses import replace

import pytest
from support_model import (
    capabilities,
    codes,
    demand,
    every_link,
    every_node,
    exclusion,
    failed,
    failover,
    model,
    span,
    wire,
)
from support_sr import sr_devices, sr_network

from intentc.diagnostics import Findings
from intentc.ir.lower import lower
from intentc.place.place import place as place_model
from intentc.realise.mechanisms import Mechanisms
from intentc.realise.model import CandidatePath, Repair, SegmentPolicy
from intentc.realise.realise import realise
from intentc.render.checks import check_capabilities
from intentc.resolve.model import Waiver
from intentc.targetkit.model import Support

# From a to d over b; beside it over c, which b and a can both fall back on without asking each other.
LINKS = {"a-b": 10, "b-d": 10, "a-c": 10, "c-d": 15, "b-c": 10}


def net(links=LINKS, *, without=(), depth=6, nodes=None, **rest):
    wires = [wire(name, metric=metric, **rest) for name, metric in links.items()]
    found = sr_network(wires, ends=("a", "d"), depth=depth, without=without, nodes=nodes)
    named = {
        name: replace(item, a=replace(item.a, interface=f"to-{name}"), b=replace(item.b, interface=f"to-{name}"))
        for name, item in found.links.items()
    }
    return replace(found, links=named)


def devices(topology, **overrides):
    """Devices that repair locally in 20 ms; detection takes 150 ms and convergence 60 ms."""
    found = sr_devices(topology, mechanisms=("igp",))
    for name, own in found.items():
        own["features"] = own["features"] | {"ti-lfa": Support(True)}
        own["local_repair_us"] = 20_000
        own.update(overrides.get(name, {}))
    return found


def run(topology, *demands, waivers=(), **overrides):
    able = capabilities(topology, **devices(topology, **overrides))
    findings = Findings()
    placement = place_model(model(topology, *demands, waivers=waivers), Mechanisms(topology, able), findings)
    return realise(placement), able, findings


def asked(topology, *states, within_ms=180, **rest):
    return demand(topology, "a", "d", failover=failover(*states, within_ms=within_ms), **rest)


def repairs(topology, *states, **rest):
    found, _, findings = run(topology, asked(topology, *states, **rest))
    assert codes(findings) == []
    return found.demands["x/a>d"].protection


def told(topology, *states, overrides=None, **rest):
    """The help of the finding that traffic cannot be back in time."""
    found, _, findings = run(topology, asked(topology, *states, **rest), **(overrides or {}))
    assert (codes(findings), found.infeasible) == (["E0620"], ("x",))
    return " ".join(findings.items[0].help)


def test_nothing_repairs_locally_where_the_igp_is_soon_enough():
    topology = net()
    kept = repairs(topology, *every_link(topology), within_ms=210)
    assert (kept.detect_ms, kept.repair_ms, kept.repairs) == (150, 60, ())


def test_the_devices_beside_the_path_s_links_repair_and_no_others():
    topology = net()
    kept = repairs(topology, *every_link(topology))
    assert (kept.detector, kept.detect_ms, kept.repair_ms) == ("bfd", 150, 20)
    assert kept.repairs == (Repair("a", "a-b", "either"), Repair("b", "b-d", "either"))


def test_around_a_node_that_fails():
    topology = net()
    assert repairs(topology, *every_node(topology, "a", "d")).repairs == (Repair("a", "a-b", "node"),)


def test_around_a_link_whose_other_way_leads_back_to_the_node_behind_it():
    topology = net(LINKS | {"a-b#2": 12})
    assert Repair("a", "a-b", "link") in repairs(topology, *every_link(topology)).repairs


def test_not_around_the_link_and_around_the_node_at_once():
    topology = net(LINKS | {"a-b#2": 12})
    help_ = told(topology, *every_link(topology), *every_node(topology, "a", "d"))
    assert "the way around `a-b` leads back to the node behind it" in help_


def test_a_slower_device_counts():
    topology = net()
    wanted = asked(topology, *every_link(topology), within_ms=195)
    found, _, _ = run(topology, wanted, b={"local_repair_us": 45_000})
    assert found.demands["x/a>d"].protection.repair_ms == 45


def test_what_cannot_be_kept_either_way_says_what_can():
    topology = net()
    found, _, findings = run(topology, asked(topology, *every_link(topology), within_ms=160))
    assert found.infeasible == ("x",)
    assert "170ms can be reached (150ms to notice (BFD), 20ms to repair locally)" in findings.items[0].message


def test_a_waiver_keeps_the_repair_that_is_best():
    topology = net()
    wanted = asked(topology, *every_link(topology), within_ms=160)
    waiver = Waiver("x", "E0620", "2027-01-31", "known", span(60))
    found, _, _ = run(topology, wanted, waivers=[waiver])
    assert found.demands["x/a>d"].protection.repairs


SQUARE = {"a-b": 10, "b-d": 10, "a-c": 10, "c-d": 50}


def test_no_promise_where_packets_could_circle_while_routers_converge():
    """When b-d fails b sends packets back to a, which sends them to b until it has converged."""
    assert "packets can circle among `a`, `b`" in told(net(SQUARE), failed("link", "b-d"))


@pytest.mark.parametrize(
    ("topology", "states", "overrides", "reason"),
    [
        (net(), [failed("link", "a-b")], {"a": {"features": {}}}, "`a` does not repair locally: nothing is known"),
        (
            net(),
            [failed("link", "a-b")],
            {"a": {"features": {"ti-lfa": Support(False, "it is too old"), "bfd": Support(True)}}},
            "`a` does not repair locally: it is too old",
        ),
        (net(), [failed("link", "a-b")], {"a": {"local_repair_us": None}}, "`a` does not repair locally"),
        (net(without=("a",)), [failed("link", "a-b")], {}, "`a` has no segment routing"),
        (net(), [failed("srlg", "duct", links=("a-b", "b-c"))], {}, "made for one link or node on the way"),
        (net(), [failed("link", "a-b"), failed("pair", "x", nodes=("b", "c"))], {}, "one link or node"),
    ],
    ids=["feature", "reason", "limit", "labels", "two links", "two nodes"],
)
def test_what_local_repair_is_not_believed_for(topology, states, overrides, reason):
    wide = replace(topology, links=topology.links | {"a-d": wire("a-d", metric=500)})
    assert reason in told(wide, *states, overrides=overrides)


def test_packets_that_are_not_all_ipv4_are_not_believed_to_be_repaired():
    topology = net()
    flows = tuple(replace(flow, family=6) for flow in asked(topology).candidates[0].flows)
    wanted = asked(topology, *every_link(topology))
    wanted = replace(wanted, candidates=(replace(wanted.candidates[0], flows=(*wanted.candidates[0].flows, *flows)),))
    _, _, findings = run(topology, wanted)
    assert "not all IPv4" in " ".join(findings.items[0].help)


# Around node b packets leave a by c, which has gone over e and b so far: two segments make it send them to d directly.
DEEP = {"a-b": 10, "b-d": 10, "a-c": 18, "c-e": 5, "b-e": 5, "c-d": 40, "d-e": 42}


@pytest.mark.parametrize(("depth", "is_deep_enough"), [(2, True), (1, False), (None, False)])
def test_the_repair_has_to_be_no_deeper_than_the_device_pushes(depth, is_deep_enough):
    topology = net(DEEP, depth=depth)
    wanted = asked(topology, *every_node(topology, "a", "d"))
    found, _, findings = run(topology, wanted)
    assert bool(found.demands) == is_deep_enough
    known = "can push 1" if depth else "has an unknown `max_sid_depth`"
    assert is_deep_enough or f"takes 2 segments, and it {known}" in " ".join(findings.items[0].help)


@pytest.mark.parametrize(("mtu", "fits"), [(1508, True), (1507, False)])
def test_labels_of_the_repair_have_to_fit_the_links(mtu, fits):
    topology = net(DEEP, mtu=mtu)
    topology = replace(topology, routing=replace(topology.routing, host_mtu=1500))
    found, _, findings = run(topology, asked(topology, *every_node(topology, "a", "d")))
    assert bool(found.demands) == fits
    assert fits or "with 2 labels the hosts' packets do not fit link" in " ".join(findings.items[0].help)


def test_nothing_is_repaired_where_packets_are_that_fences_hold_back():
    """Labelled packets pass the fences of whoever else comes to the device that repairs."""
    topology = net()
    other = demand(topology, "d", "a", intent="y", exclusions=(exclusion(links=["c-d"]),))
    found, _, findings = run(topology, asked(topology, *every_link(topology)), other)
    assert (codes(findings), found.infeasible) == (["E0620"], ("x",))
    assert "no fence sees labelled ones" in " ".join(findings.items[0].help)


def test_a_fence_elsewhere_keeps_nobody_from_repairing():
    topology = net(LINKS | {"d-e": 10, "e-f": 10})
    other = demand(topology, "f", "e", intent="y", exclusions=(exclusion(links=["d-e"]),), candidates=())
    found, _, findings = run(topology, asked(topology, *every_link(topology)), other)
    assert found.demands["x/a>d"].protection.repairs, [item.message for item in findings.items]


# --- what devices are given


def lowered(topology, *demands, **overrides):
    found, able, findings = run(topology, *demands, **overrides)
    assert codes(findings) == []
    return lower(found, able, findings), findings


def ports(fleet):
    return [
        (node, port.interface, port.link, port.igp, port.protects)
        for node, config in fleet.devices.items()
        for port in config.repairs
    ]


def test_the_ports_that_repair_are_lowered_and_no_others():
    topology = net()
    fleet, _ = lowered(topology, asked(topology, *every_link(topology)))
    assert ports(fleet) == [("a", "to-a-b", "a-b", "isis", "link"), ("b", "to-b-d", "b-d", "isis", "link")]
    assert fleet.devices["a"].repairs[0].origin.intents == ("x",)
    assert fleet.devices["a"].repairs[0].origin.spans == (span(50),)


def test_a_port_goes_around_the_node_where_anyone_needs_that():
    topology = net()
    by_link = asked(topology, *every_link(topology))
    by_node = asked(topology, *every_node(topology, "a", "d"), intent="y", precedence=2)
    fleet, findings = lowered(topology, by_link, by_node)
    assert ports(fleet)[0] == ("a", "to-a-b", "a-b", "isis", "node")
    assert fleet.devices["a"].repairs[0].origin.intents == ("x", "y")
    assert codes(findings) == []


def test_a_port_that_has_to_go_two_ways_is_a_finding():
    topology = net(LINKS | {"a-b#2": 12})
    by_link = asked(topology, *every_link(topology))
    by_node = asked(topology, *every_node(topology, "a", "d"), intent="y", precedence=2)
    _, findings = lowered(topology, by_link, by_node)
    assert codes(findings) == ["E0690"]
    assert "cannot go around the link and around the node behind it at once" in findings.items[0].message


def test_a_link_that_a_segment_list_names_is_not_to_be_repaired():
    topology = net()
    found, able, findings = run(topology, asked(topology, *every_link(topology)))
    by_list = SegmentPolicy("a", "d", (CandidatePath(100, ("a-b@a", "d")),), is_fail_closed=False)
    other = replace(found.demands["x/a>d"], policies=(by_list,), protection=None)
    lower(replace(found, demands=found.demands | {"y/a>d": other}), able, findings)
    assert codes(findings) == ["E0690"]
    assert "an SR policy needs to see it go down" in findings.items[0].message


def test_what_is_repaired_is_labelled_so_every_queue_has_its_traffic_class():
    topology = net()
    fleet, _ = lowered(topology, asked(topology, *every_link(topology)))
    assert {queue.tc for port in fleet.devices["c"].queueing for queue in port.queues if queue.dscps == (34,)} == {4}


def test_a_device_that_cannot_after_all_is_a_finding_at_the_clause():
    topology = net()
    found, able, findings = run(topology, asked(topology, *every_link(topology)))
    unable = able | {"a": replace(able["a"], features=able["a"].features | {"ti-lfa": Support(False, "no", "yes")})}
    check_capabilities(found, unable, findings)
    mine = [item for item in findings.items if item.code == "E0610" and "local repair (TI-LFA)" in item.message]
    assert [(item.node, item.span) for item in mine] == [("a", span(50))]
