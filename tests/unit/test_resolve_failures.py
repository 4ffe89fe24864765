"""Failover: which states are promised, which ends are outside, and what is refused."""

import pytest
from support_network import link, network, node, site
from support_resolve import one, run, wan

from intentc.resolve.draft import MOST_STATES

LINKS = sorted(f"link:{name}" for name in wan().links)


def states(found, key="t/ber>api"):
    return [state.id for state in found.demand(key).failover.states]


def failover(block: str, **rest):
    return one(f"failover within 300ms {{ {block} }}", **rest)


def test_without_a_line_any_single_link_is_survived():
    assert states(one("failover within 300ms")) == LINKS
    assert states(failover("")) == LINKS


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("survive any 1 link", LINKS),
        ("survive any 1 srlg", sorted([*LINKS, "srlg:duct-7", "srlg:duct-9"])),
        ("survive any 1 provider", ["provider:carrier-a", "provider:carrier-b"]),
        (
            "survive any 1 node",
            [f"node:{name}" for name in ("ams-dc1", "fra-dc1", "ham-br1", "lab", "muc-br1", "nyc-dc1", "p1", "p2")],
        ),
        ("survive any 1 site", [f"site:{name}" for name in ("ams", "fra", "ham", "muc", "nyc")]),
        (
            "survive any 1 provider  survive any 1 site",
            [
                "provider:carrier-a",
                "provider:carrier-b",
                *(f"site:{name}" for name in ("ams", "fra", "ham", "muc", "nyc")),
            ],
        ),
    ],
)
def test_the_promised_states_of_a_line(line, expected):
    assert states(failover(line)) == expected


def test_the_ends_of_a_pair_are_outside():
    found = failover("survive any 1 node  survive any 1 site", ends="from site ber  to site nyc")
    assert not {"node:ber-br1", "node:nyc-dc1", "site:ber", "site:nyc"} & set(states(found, "t/ber>nyc"))
    assert states(found, "t/ber>nyc") == states(found, "t/ber>nyc/reply")


def test_a_state_knows_its_elements():
    found = {
        state.id: state
        for state in failover("survive any 1 srlg  survive any 1 node  survive any 1 site")
        .demand("t/ber>api")
        .failover.states
    }
    assert (found["srlg:duct-9"].links, found["srlg:duct-9"].nodes) == ({"ber-1", "muc-1"}, frozenset())
    assert (found["node:p1"].links, found["node:p1"].nodes) == (frozenset(), {"p1"})
    assert found["site:fra"].nodes == {"fra-dc1"}


def test_tunnels_fall_with_what_carries_them():
    nodes = [node("x", attached=("10.1.0.0/24",)), node("y", attached=("10.2.0.0/24",)), node("m")]
    links = [
        link("xm", "x", "m"),
        link("ym", "y", "m"),
        link("xy", "x", "y"),
        link("tunnel", "x", "y", over=("xm", "ym"), overhead_bytes=50),
        link("short", "x", "m", over=("xm",), overhead_bytes=50),
        link("later", "x", "y", over=("xm", "ym"), state="planned"),
    ]
    text = "intent t { from x to y failover within 1s { survive any 1 link  survive any 1 node } }"
    found = run(text, topology=network(nodes, links), prelude="")
    by_id = {state.id: state for state in found.demand("t/x>y").failover.states}
    assert by_id["link:xm"].links == {"xm", "tunnel", "short"}
    assert by_id["link:xy"].links == {"xy"}
    assert (by_id["node:m"].nodes, by_id["node:m"].links) == ({"m"}, {"tunnel"})


def test_planned_links_cannot_fail():
    topology = wan()
    nodes = [node("x", attached=("10.1.0.0/24",)), node("y", attached=("10.2.0.0/24",))]
    links = [link("l1", "x", "y"), link("l2", "x", "y"), link("l3", "x", "y", state="planned")]
    topology = network(nodes, links)
    found = run("intent t { from x to y failover within 1s }", topology=topology, prelude="")
    assert states(found, "t/x>y") == ["link:l1", "link:l2"]


# -- ends that a failure cuts off --------------------------------------------------------------------------------------

HAM = "from site ham  to any of api"


def test_cutting_an_end_off_is_an_error_that_names_it():
    found = failover("survive any 1 link  survive any 1 node", ends=HAM)
    assert found.errors == ["E0520"]
    finding = found.finding("E0520")
    assert finding.message == (
        "`ham-br1` would be cut off by a failure that has to be survived (`link:ham-1` and `node:p1`)"
    )
    assert finding.intent == "t"
    assert [label.message for label in finding.related] == ["`ham-br1` has no other link"]


def test_an_intent_that_is_cut_off_has_no_demands_but_is_not_rejected():
    found = failover("survive any 1 link", ends=HAM)
    assert found.intent("t").demands == ()
    assert not found.intent("t").is_rejected


def test_except_access_leaves_those_failures_out():
    found = failover("survive any 1 link except access", ends=HAM)
    assert found.errors == []
    assert states(found, "t/ham>api") == [name for name in LINKS if name != "link:ham-1"]


def test_except_access_is_for_its_own_line():
    found = failover("survive any 1 link except access  survive any 1 node", ends=HAM)
    assert found.errors == ["E0520"]
    assert "(`node:p1`)" in found.finding("E0520").message


def test_a_waiver_serves_the_rest_of_the_promise():
    text = 'failover within 1s  waive E0520 until 2027-06-30 because "line is ordered"'
    found = one(text, ends=HAM)
    assert found.codes == ["E0520"]
    assert states(found, "t/ham>api") == [name for name in LINKS if name != "link:ham-1"]


def test_replicas_stand_for_each_other():
    nodes = [
        node("x", attached=("10.1.0.0/24",)),
        node("y", attached=("10.2.0.0/24",)),
        node("z", attached=("10.2.0.0/24",)),
        node("c1"),
        node("c2"),
    ]
    pairs = [("x", "c1"), ("x", "c2"), ("y", "c1"), ("z", "c2"), ("c1", "c2")]
    topology = network(nodes, [link(f"{a}-{b}", a, b) for a, b in pairs])
    service = "service s { at y, z  prefix 10.2.0.0/24 }\n"
    text = "intent t { from x to any of s failover within 1s { survive any 1 link  survive any 1 node } }"
    found = run(service + text, topology=topology, prelude="")
    assert found.errors == []
    assert {"node:y", "node:z", "link:y-c1", "node:c1"} <= set(states(found, "t/x>s"))
    alone = run(service.replace("y, z", "y") + text, topology=topology, prelude="")
    assert alone.errors == ["E0520"]
    assert "`link:y-c1`, `node:c1` and `node:y`" in alone.finding("E0520").message


def test_the_loss_of_the_only_replica_is_not_a_matter_of_access():
    found = failover("survive any 1 node except access", ends="from site ber  to any of db")
    assert found.errors == ["E0520"]
    finding = found.finding("E0520")
    assert "`node:fra-dc1`" in finding.message
    assert finding.help[0].startswith("`except access` does not leave out the loss of all replicas")


def test_a_drained_link_is_no_second_one():
    nodes = [node("x", attached=("10.1.0.0/24",)), node("y", attached=("10.2.0.0/24",))]
    links = [link("l1", "x", "y"), link("l2", "x", "y", state="drained")]
    found = run("intent t { from x to y failover within 1s }", topology=network(nodes, links), prelude="")
    assert found.errors == ["E0520"]
    assert "(`link:l1`)" in found.finding("E0520").message


def test_an_end_without_any_link_is_for_the_placement():
    nodes = [node("x", attached=("10.1.0.0/24",)), node("y", attached=("10.2.0.0/24",)), node("z")]
    topology = network(nodes, [link("yz", "y", "z"), link("yz#2", "y", "z")])
    found = run("intent t { from x to y failover within 1s }", topology=topology, prelude="")
    assert found.errors == []


# -- what the block says -----------------------------------------------------------------------------------------------


def test_the_normal_figures_hold_under_failure_unless_the_block_says_otherwise():
    found = one("latency <= 15ms  bandwidth 5Mbps reverse 3Mbps  failover within 300ms")
    promise = found.demand("t/ber>api").failover
    assert (promise.within_ns, promise.bound_ns, promise.rtt_bound_ns) == (300_000_000, 15_000_000, None)
    assert (promise.bandwidth_bps, promise.pool_bps) == (5_000_000, 5_000_000)
    assert found.demand("t/ber>api/reply").failover.bandwidth_bps == 3_000_000
    assert (promise.revert_ns, promise.is_revert_written) == (60_000_000_000, False)


def test_the_block_stands_in_place_of_the_normal_figures():
    found = one(
        "latency <= 15ms  bandwidth 5Mbps"
        "  failover within 1s { latency <= 60ms rtt  bandwidth 2Mbps reverse 1Mbps  revert after 5min }"
    )
    promise, reply = (found.demand(key).failover for key in ("t/ber>api", "t/ber>api/reply"))
    assert (promise.bound_ns, promise.rtt_bound_ns) == (None, 60_000_000)
    assert (promise.bandwidth_bps, reply.bandwidth_bps) == (2_000_000, 1_000_000)
    assert (promise.revert_ns, promise.is_revert_written) == (300_000_000_000, True)
    assert found.demand("t/ber>api").bound_ns == 15_000_000


def test_traffic_may_never_go_back():
    assert failover("revert never").demand("t/ber>api").failover.revert_ns is None


@pytest.mark.parametrize("text", ["", "failover none"])
def test_without_a_promise_there_is_none(text):
    assert one(text).demand("t/ber>api").failover is None


def test_failover_none_takes_a_profiles_promise_back():
    found = run("profile p { failover within 1s }\nintent t extends p { from site ham to any of api failover none }")
    assert found.errors == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "best-effort"),
        ("failover within 1s", "best-effort"),
        ("pin region eu", "drop"),
        ("encrypt", "drop"),
        ("avoid region us", "best-effort"),
        ("failover within 1s { otherwise drop }", "drop"),
        ("pin region eu  failover within 1s { otherwise best-effort }", "best-effort"),
        ("pin region eu  failover none", "drop"),
    ],
)
def test_beyond_the_promise(text, expected):
    assert {demand.otherwise for demand in one(text).model.demands.values()} == {expected}


@pytest.mark.parametrize(
    "block",
    [
        "bandwidth 1Mbps ceiling 2Mbps",
        "bandwidth 1Mbps burst 20KB",
    ],
)
def test_what_no_mechanism_does_yet_is_refused(block):
    found = one(f"bandwidth 2Mbps  failover within 1s {{ {block} }}")
    assert found.errors == ["E0290"]
    assert found.intent("t").is_unsupported


TRIANGLE = (
    [node(name, attached=(f"10.{index}.0.0/24",)) for index, name in enumerate("xyz", 1)],
    [
        link("xy", "x", "y"),
        link("yz", "y", "z", srlgs=("duct",)),
        link("xz", "x", "z", srlgs=("duct",)),
        link("xy#2", "x", "y"),
    ],
)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "survive any 2 link except access",
            [
                "link:xy",
                "link:xy#2",
                "link:xy#2+link:xz",
                "link:xy#2+link:yz",
                "link:xy+link:xy#2",
                "link:xy+link:xz",
                "link:xy+link:yz",
                "link:xz",
                "link:xz+link:yz",
                "link:yz",
            ],
        ),
        (
            "survive any 1 link and any 1 node",
            [
                "link:xy",
                "link:xy#2",
                "link:xy#2+node:z",
                "link:xy+node:z",
                "link:xz",
                "link:xz+node:z",
                "link:yz",
                "link:yz+node:z",
                "node:z",
            ],
        ),
        (
            "survive any 1 link and any 1 link except access",
            [
                "link:xy",
                "link:xy#2",
                "link:xy#2+link:xz",
                "link:xy#2+link:yz",
                "link:xy+link:xy#2",
                "link:xy+link:xz",
                "link:xy+link:yz",
                "link:xz",
                "link:xz+link:yz",
                "link:yz",
            ],
        ),
    ],
)
def test_several_failures_at_once_and_fewer(line, expected):
    found = run(f"intent t {{ from x to y failover within 1s {{ {line} }} }}", topology=network(*TRIANGLE), prelude="")
    assert states(found, "t/x>y") == expected


def test_simultaneous_failures_know_their_elements():
    text = "intent t { from x to y failover within 1s { survive any 1 srlg and any 1 node } }"
    found = {
        state.id: state for state in run(text, topology=network(*TRIANGLE), prelude="").demand("t/x>y").failover.states
    }
    assert (found["node:z+srlg:duct"].nodes, found["node:z+srlg:duct"].links) == ({"z"}, frozenset())
    assert (found["link:xy+node:z"].nodes, found["link:xy+node:z"].links) == ({"z"}, {"xy"})


def test_two_failures_that_cut_an_end_off_are_named():
    text = "intent t { from x to z failover within 1s { survive any 2 link } }"
    found = run(text, topology=network(*TRIANGLE), prelude="")
    assert found.errors == ["E0520"]
    assert "link:xz+link:yz" in found.findings[0].message


def test_more_states_than_anybody_looks_at_are_refused():
    found = one("failover within 1s { survive any 9 srlg and any 9 node }")
    assert found.errors == ["E0290"]


@pytest.mark.parametrize(("links", "states"), [(210, 22_155), (447, 100_128)])
def test_as_many_states_are_looked_at_as_large_networks_have(links, states):
    """Those of each of 10 000 nodes, 20 000 links and a few thousand risk groups, or of two of some 450 links."""
    nodes = [node("x", attached=("10.1.0.0/24",)), node("y", attached=("10.2.0.0/24",))]
    topology = network(nodes, [link(f"l{number}", "x", "y") for number in range(links)])
    found = run("intent t { from x to y failover within 1s { survive any 2 link } }", topology=topology, prelude="")
    if states > MOST_STATES:
        assert f"surviving {states} states (100000 at most)" in found.findings[0].message
        assert found.errors == ["E0290"]
    else:
        assert found.errors == []
        assert len(found.demand("t/x>y").failover.states) == states


def test_zero_failures_cannot_be_survived():
    assert one("failover within 1s { survive any 0 link }").errors != []


def test_equal_promises_share_their_states():
    found = one("failover within 1s", ends="from site ber, muc  to site nyc")
    kept = [demand.failover.states for demand in found.model.demands.values()]
    assert all(other is kept[0] for other in kept[:2])


def test_sites_with_two_nodes_survive_the_loss_of_one():
    nodes = [
        node("x", attached=("10.1.0.0/24",)),
        node("y1", site="y", attached=("10.2.0.0/24",)),
        node("y2", site="y", attached=("10.2.0.0/24",)),
    ]
    topology = network(
        nodes, [link("a", "x", "y1"), link("b", "x", "y2"), link("c", "y1", "y2")], sites=[site("y", None)]
    )
    found = run(
        "intent t { from x to site y failover within 1s { survive any 1 node  survive any 1 site } }",
        topology=topology,
        prelude="",
    )
    assert found.errors == []
    assert states(found, "t/x>y") == ["node:y1", "node:y2"]
