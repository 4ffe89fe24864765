"""Steering on real routers: which way packets go, how soon they change it, and that closed means closed."""

import pytest
import support_frr as made
from frr_diamond import diamond
from frr_nodes import missing, wait_for
from support_frr import bfd, config, edge, fence, flow, steer

pytestmark = [pytest.mark.lab, pytest.mark.timed, pytest.mark.skipif(missing() is not None, reason=f"lab: {missing()}")]

PREFIXES = {4: (made.H1, made.H2), 6: (made.H1_6, made.H2_6)}
STEERED, OTHER = 7000, 7001


@pytest.fixture(scope="module")
def lab():
    with diamond() as running:
        yield running


@pytest.fixture
def r1(lab):
    agent = lab.agent("r1")
    yield agent
    for wire in lab.wires.values():
        wire.mend()
    agent.ask("restore", "t1")
    agent.do("unlock", "t1")
    wait_for(lambda: len(lab.agent("r4").do("neighbours").all("neighbour")) == 2, 20, "adjacencies of r4")
    wait_for(lambda: len(agent.do("neighbours").all("neighbour")) == 2, 20, "adjacencies of r1")


def steered(family, waypoints=("r2",), **how):
    return config(
        edges=[edge()],
        steering=[steer(flow(*PREFIXES[family], "udp", (STEERED, STEERED)), waypoints, **how)],
        bfd=[bfd("eth2"), bfd("eth3")],
    )


def bfd_is_up(agent):
    return len(agent.do("neighbours").all("bfd")) == 2


def passes(lab, router, wanted):
    """Count packets that a router forwards, by a rule of the test's own."""
    lab[router].run(
        "nft",
        "-f",
        "-",
        stdin=f"table inet watch\ndelete table inet watch\ntable inet watch {{\nchain f {{\n"
        f"type filter hook forward priority 0; policy accept;\nudp dport {wanted} counter\n}}\n}}\n",
    )


def passed(lab, router):
    return int(lab[router].run("nft", "list", "chain", "inet", "watch", "f").split("packets ")[1].split()[0])


@pytest.mark.parametrize("family", [4, 6])
def test_the_steered_flow_takes_its_way_and_others_do_not(lab, r1, family):
    r1.take(steered(family))
    for port, way, not_way in ((STEERED, "r2", "r3"), (OTHER, "r3", "r2")):
        passes(lab, way, port)
        passes(lab, not_way, port)
        assert lab.flow("h1", "h2", port, family=family, count=50)["count"] == 50
        assert (passed(lab, way), passed(lab, not_way)) == (50, 0)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("wire", ["12", "24"])
def test_a_silent_failure_costs_detection_and_repair_only(lab, r1, family, wire):
    r1.take(steered(family, ("r2", "r3")))
    wait_for(lambda: bfd_is_up(r1), 15, "BFD")
    arrived = lab.flow("h1", "h2", STEERED, family=family, count=1500, interval=0.002, during=lab.wires[wire].cut)
    assert 0 < arrived["outage_ms"] <= 150 + 200
    assert arrived["count"] > 1000


def test_traffic_that_does_not_cross_the_failure_loses_nothing(lab, r1):
    r1.take(steered(4, ("r2", "r3")))
    wait_for(lambda: bfd_is_up(r1), 15, "BFD")
    assert lab.flow("h1", "h2", OTHER, count=1000, during=lab.wires["12"].cut)["count"] == 1000


@pytest.mark.parametrize("family", [4, 6])
def test_without_a_waypoint_a_closed_rule_drops_and_an_open_one_follows_the_igp(lab, r1, family):
    r1.take(steered(family, ("r2",), closed=True))
    wait_for(lambda: bfd_is_up(r1), 15, "BFD")
    lab.wires["12"].cut()
    lab.wires["24"].cut()
    wait_for(lambda: not lab["r1"].run("ip", "route", "show", "10.0.0.2"), 10, "r2 is gone")
    assert lab.flow("h1", "h2", STEERED, family=family, count=50)["count"] == 0
    assert lab.flow("h1", "h2", OTHER, family=family, count=50)["count"] == 50
    r1.do("stage", "t1", "open", r1.put(steered(family, ("r2",), closed=False)))
    r1.do("apply", "t1", "open")
    assert lab.flow("h1", "h2", STEERED, family=family, count=50)["count"] == 50


def test_a_pinned_flow_is_never_seen_outside_while_its_region_fails(lab, r1):
    """r3 is abroad: the flow is steered over r2 and fenced; while r2 fails and returns no packet of it comes to r3."""
    pinned = flow(protocol="udp", ports=(STEERED, STEERED))
    r1.take(
        config(
            edges=[edge()],
            steering=[steer(pinned, ("r2",), closed=False)],  # the fence alone must hold
            fences=[fence("pinned", pinned, ("eth3",))],
            bfd=[bfd("eth2"), bfd("eth3")],
        )
    )
    wait_for(lambda: bfd_is_up(r1), 15, "BFD")
    passes(lab, "r3", STEERED)

    def fail_and_return():
        lab.wires["12"].cut()
        wait_for(lambda: "eth3" in lab["r1"].run("ip", "route", "show", "10.0.0.2"), 10, "r2 over r3")
        lab.wires["12"].mend()

    arrived = lab.flow("h1", "h2", STEERED, count=2000, during=fail_and_return)
    assert passed(lab, "r3") == 0
    assert 0 < arrived["count"] < 2000
    assert "counter=itc_guard,pinned,0," not in r1.do("counters").text
