"""Marking, trust, metering, isolation and fences on a real router, and what none of them may touch."""

import pytest
import support_frr as made
from frr_diamond import ADDRESS, diamond
from frr_nodes import missing
from support_frr import MBPS, config, edge, fence, flow, isolate, mark, meter

pytestmark = [pytest.mark.lab, pytest.mark.timed, pytest.mark.skipif(missing() is not None, reason=f"lab: {missing()}")]

EF, AF41, AF42 = 46 << 2, 34 << 2, 36 << 2
ECT = 0b10


@pytest.fixture(scope="module")
def lab():
    with diamond() as running:
        yield running


@pytest.fixture
def r1(lab):
    """The agent of r1; what a test applied is taken back."""
    agent = lab.agent("r1")
    yield agent
    agent.ask("restore", "t1")
    agent.do("unlock", "t1")


def rate(arrived):
    """Return the rate of what arrived, bps."""
    return arrived["bytes"] * 8 / arrived["span"]


def late_rate(arrived, size, since_s=0.3):
    """Return the same from a moment on: before it goes what the bucket took in between two flows, however long the second one needed to start."""
    late = [moment for _, moment in arrived["arrivals"] if moment > since_s]
    return len(late) * size * 8 / (arrived["span"] - since_s)


@pytest.mark.parametrize(("family", "source", "sink"), [(4, made.H1, made.H2), (6, made.H1_6, made.H2_6)])
def test_a_named_flow_is_marked_and_keeps_its_ecn_bits(lab, r1, family, source, sink):
    r1.take(config(edges=[edge()], marking=[mark("voice", flow(source, sink, "udp", (7000, 7009)))]))
    arrived = lab.flow("h1", "h2", 7005, family=family, count=20, tos=ECT)
    assert arrived["tos"] == {str(EF | ECT): 20}
    assert "counter=itc,voice,20," in r1.do("counters").text


@pytest.mark.parametrize(("trust", "seen"), [("none", ECT), ("dscp", EF | ECT), ("fabric", EF | ECT)])
@pytest.mark.parametrize("family", [4, 6])
def test_what_nobody_named_loses_its_dscp_at_an_untrusted_port(lab, r1, trust, seen, family):
    r1.take(config(edges=[edge(trust=trust)]))
    assert lab.flow("h1", "h2", 7100, family=family, count=10, tos=EF | ECT)["tos"] == {str(seen): 10}


def test_excepted_packets_meet_the_next_rule(lab, r1):
    hole = flow(protocol="udp", ports=(7001, 7001))
    rules = [
        mark("wide", flow(protocol="udp", ports=(7000, 7009)), "critical", precedence=1, excepted=(hole,)),
        mark("narrow", hole, "high", precedence=2),
    ]
    r1.take(config(edges=[edge()], marking=rules))
    assert lab.flow("h1", "h2", 7001, count=10)["tos"] == {str(AF41): 10}
    assert lab.flow("h1", "h2", 7002, count=10)["tos"] == {str(EF): 10}


def test_above_the_committed_rate_packets_are_re_marked_not_lost(lab, r1):
    gold = meter("m-gold", 2 * MBPS, burst=15_000)
    r1.take(config(edges=[edge()], meters=[gold], marking=[mark("gold", flow(protocol="udp"), "high", meter="m-gold")]))
    arrived = lab.flow("h1", "h2", 7200, count=1100, interval=0.0028, size=1400)  # 4 Mbps for 3 s
    assert arrived["count"] == 1100
    kept = arrived["tos"][str(AF41)] * 8 * 1400 / arrived["span"]
    sent = arrived["bytes"] * 8 / arrived["span"]
    assert 0.95 * min(2 * MBPS, sent) < kept < 2.4 * MBPS
    assert arrived["tos"][str(AF42)] > 100


def test_a_burst_above_the_promised_one_is_caught_at_once(lab, r1):
    gold = meter("m-gold", 2 * MBPS, burst=30_000)
    r1.take(config(edges=[edge()], meters=[gold], marking=[mark("gold", flow(protocol="udp"), "high", meter="m-gold")]))
    arrived = lab.flow("h1", "h2", 7201, count=150, interval=0, size=1500)
    meanwhile = 2 * MBPS * arrived["span"] / 8 / 1500  # what the rate adds while a slow machine still sends
    assert 20 <= arrived["tos"][str(AF41)] <= 40 + meanwhile, "30 KB are 20 packets; a second's worth would be 166 more"


def test_policing_holds_the_ceiling(lab, r1):
    gold = meter("m-gold", 1 * MBPS, ceiling=2 * MBPS)
    r1.take(config(edges=[edge()], meters=[gold], marking=[mark("gold", flow(protocol="udp"), "high", meter="m-gold")]))
    arrived = lab.flow("h1", "h2", 7202, count=2100, interval=0.0014, size=1400)  # 8 Mbps for 3 s
    assert 1.9 * MBPS < rate(arrived) < 2.4 * MBPS


def test_two_flows_of_one_pool_share_its_rate(lab, r1):
    voice = meter("m-voice", 1 * MBPS, over=None)
    rules = [
        mark("one", flow(protocol="udp", ports=(7300, 7300)), precedence=1, meter="m-voice"),
        mark("two", flow(protocol="udp", ports=(7301, 7301)), precedence=2, meter="m-voice"),
    ]
    r1.take(config(edges=[edge()], meters=[voice], marking=rules))
    lab.flow("h1", "h2", 7300, count=1000, interval=0.0014, size=1400)  # empties the bucket
    arrived = lab.flow("h1", "h2", 7301, count=1000, interval=0.0014, size=1400)
    assert late_rate(arrived, 1400) < 1.3 * MBPS


def test_strict_excess_is_dropped(lab, r1):
    voice = meter("m-voice", 1 * MBPS, over=None)
    r1.take(config(edges=[edge()], meters=[voice], marking=[mark("voice", flow(protocol="udp"), meter="m-voice")]))
    arrived = lab.flow("h1", "h2", 7203, count=2100, interval=0.0014, size=1400)
    assert set(arrived["tos"]) == {str(EF)}
    assert rate(arrived) < 1.3 * MBPS


@pytest.mark.parametrize("family", [4, 6])
def test_isolation_lets_only_its_own_flows_in(lab, r1, family):
    prefix, other = (made.H1, made.H2) if family == 4 else (made.H1_6, made.H2_6)
    r1.take(config(isolation=[isolate("only-7400", prefix, [flow(other, prefix, "udp", (7400, 7400))])]))
    assert lab.flow("h2", "h1", 7400, family=family, count=10)["count"] == 10
    assert lab.flow("h2", "h1", 7401, family=family, count=10)["count"] == 0
    assert "counter=itc_guard,only-7400,10," in r1.do("counters").text


def test_a_source_that_is_isolated_reaches_only_what_is_named(lab, r1):
    r1.take(config(isolation=[isolate("from", made.H1, [flow(protocol="udp", ports=(7500, 7500))], direction="from")]))
    assert lab.flow("h1", "h2", 7500, count=10)["count"] == 10
    assert lab.flow("h1", "h2", 7501, count=10)["count"] == 0


@pytest.mark.parametrize("family", [4, 6])
def test_a_fence_drops_its_flow_at_the_port_and_nothing_else(lab, r1, family):
    source, sink = (made.H1, made.H2) if family == 4 else (made.H1_6, made.H2_6)
    r1.take(
        config(fences=[fence("pinned", flow(source, sink, "udp", (7600, 7600)), ("eth3",))])
    )  # eth3 is the IGP's way
    assert lab.flow("h1", "h2", 7600, family=family, count=10)["count"] == 0
    assert lab.flow("h1", "h2", 7601, family=family, count=10)["count"] == 10
    assert "counter=itc_guard,pinned,10," in r1.do("counters").text


def everything_denied():
    """Return a device that denies, fences, re-marks and polices all that hosts send, to a trickle."""
    trickle = meter("m-all", 8_000, burst=1_000, over=None)
    all4, all6 = flow("0.0.0.0/0", "0.0.0.0/0"), flow("::/0", "::/0")
    return config(
        edges=[edge()],
        meters=[trickle],
        marking=[mark("all-4", all4, meter="m-all"), mark("all-6", all6, meter="m-all")],
        steering=[
            made.steer(all4, (), interfaces=("eth1", "eth2", "eth3")),
            made.steer(all6, (), interfaces=("eth1", "eth2", "eth3")),
        ],
        fences=[fence("fence-4", all4, ("eth2", "eth3")), fence("fence-6", all6, ("eth2", "eth3"))],
        isolation=[isolate("to-4"), isolate("to-6", made.H1_6), isolate("from-4", direction="from")],
    )


def test_nothing_touches_the_network_itself(lab, r1):
    """Under rules that stop all traffic, IGP, ND, pings and sessions with routers go on; hosts reach each other no more."""
    adjacencies = r1.do("neighbours").all("neighbour")
    r1.take(everything_denied())
    assert lab.flow("h1", "h2", 7700, count=10)["count"] == 0
    lab["h1"].run("ip", "-6", "neigh", "flush", "dev", "eth0")
    for address in ("10.0.0.4", "10.1.24.4", "fd00::4", "fd01:34::4", "10.10.1.1", "fd10:1::1"):
        lab["h1"].run("ping", "-c", "3", "-i", "0.05", "-W", "2", address)
    for address in ("10.0.0.4", "fd00::2"):
        lab["r1"].run("ping", "-c", "3", "-i", "0.05", "-W", "2", address)
    assert r1.do("neighbours").all("neighbour") == adjacencies
    assert len(adjacencies) == 2


@pytest.mark.parametrize("family", [4, 6])
def test_a_router_in_between_is_heard_when_it_says_that_a_packet_is_too_big(lab, r1, family):
    """Path MTU discovery: the ICMP error of r4 comes back to the host through the default deny of r1."""
    allowed = flow(made.H1, made.H2) if family == 4 else flow(made.H1_6, made.H2_6)
    r1.take(
        config(
            edges=[edge()],
            isolation=[isolate("deny", made.H1), isolate("deny-6", made.H1_6)],
            marking=[mark("m", allowed)],
        )
    )
    lab["r3"].run("ip", "link", "set", "eth2", "mtu", "1300")
    try:
        status, said = lab["h1"].status(
            "ping", f"-{family}", "-M", "do", "-c", "1", "-W", "2", "-s", "1400", ADDRESS["h2"][family]
        )
    finally:
        lab["r3"].run("ip", "link", "set", "eth2", "mtu", "1500")
    assert status != 0
    assert "mtu" in said.lower()


def test_a_host_cannot_pass_for_a_router(lab, r1):
    """A router's address as source opens nothing where hosts hang."""
    r1.take(
        config(
            isolation=[isolate("from", made.H1, direction="from"), isolate("from-any", "10.0.0.0/24", direction="from")]
        )
    )
    lab["h1"].run("ip", "address", "add", "10.0.0.3/32", "dev", "lo")
    try:
        lab["h1"].status("ping", "-I", "10.0.0.3", "-c", "3", "-i", "0.05", "-W", "1", ADDRESS["h2"][4])
    finally:
        lab["h1"].run("ip", "address", "del", "10.0.0.3/32", "dev", "lo")
    assert "counter=itc_guard,from-any,3," in r1.do("counters").text
