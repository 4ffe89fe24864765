"""Queueing on a real router: one congested link, and who gets what of it."""

import json
import os
from pathlib import Path

import pytest
from frr_diamond import ADDRESS, PROBE, diamond
from frr_nodes import DAEMONS, missing
from support_frr import MBPS, config, edge, flow, mark, meter, port, queue

pytestmark = [pytest.mark.lab, pytest.mark.timed, pytest.mark.skipif(missing() is not None, reason=f"lab: {missing()}")]

RATE = 4 * MBPS
VOICE, GOLD, BULK, REST = 7000, 7001, 7002, 7003


@pytest.fixture(scope="module")
def lab():
    with diamond() as running:
        yield running


@pytest.fixture
def r1(lab):
    agent = lab.agent("r1")
    yield agent
    agent.ask("restore", "t1")
    agent.do("unlock", "t1")


def udp(port_number):
    return flow(protocol="udp", ports=(port_number, port_number))


def congested(meters=(), voice_meter=None, gold_meter=None):
    """Return a device whose links carry 4 Mbps, with four classes."""
    queues = (
        queue("critical", MBPS, rate=RATE),
        queue("high", MBPS, rate=RATE),
        queue("background", RATE // 100, rate=RATE),
        queue("default", rate=RATE),
    )
    rules = [
        mark("voice", udp(VOICE), "critical", precedence=1, meter=voice_meter),
        mark("gold", udp(GOLD), "high", precedence=2, meter=gold_meter),
        mark("bulk", udp(BULK), "background", precedence=3),
    ]
    ports = [port("eth2", rate=RATE, queues=queues), port("eth3", rate=RATE, queues=queues)]
    return config(edges=[edge()], meters=meters, marking=rules, queueing=ports)


def load(lab, **streams):
    """Send all streams at once (port -> Mbps) for 3 s and return what arrived of each."""
    sinks = {name: lab.listening("h2", number) for name, number in NUMBERS.items() if name in streams}
    heard = {name: sink.__enter__() for name, sink in sinks.items()}
    senders = [
        lab["h1"].spawn("python3", str(PROBE), "send", json.dumps(call(NUMBERS[name], rate)))
        for name, rate in streams.items()
    ]
    for sender in senders:
        sender.communicate()
    for sink in sinks.values():
        sink.__exit__(None, None, None)
    return heard


NUMBERS = {"voice": VOICE, "gold": GOLD, "bulk": BULK, "rest": REST}


def call(number, mbps, seconds=3, size=1000):
    interval = size * 8 / (mbps * MBPS)
    return {
        "family": 4,
        "destination": ADDRESS["h2"][4],
        "port": number,
        "count": int(seconds / interval),
        "interval": interval,
        "size": size,
    }


def sent(mbps, seconds=3, size=1000):
    return int(seconds / (size * 8 / (mbps * MBPS)))


@pytest.mark.skipif(not Path("/proc/self/autogroup").exists(), reason="this kernel knows no groups by session")
def test_routers_come_as_soon_as_the_tests_do(lab):
    """Else they are held back beside others for as long as BFD's patience, and routes go away under the load."""
    for name in ("r1", "r2", "r3", "r4"):
        groups = lab[name].sh('for file in /run/frr/*.pid; do cat "/proc/$(cat "$file")/autogroup"; done').splitlines()
        assert len(groups) == len(DAEMONS)
        assert {group.partition(" nice ")[2] for group in groups} == {str(os.nice(0))}


def test_under_twice_the_load_critical_loses_nothing_and_background_yields(lab, r1):
    r1.take(congested())
    heard = load(lab, voice=0.9, bulk=4, rest=4)
    assert heard["voice"]["count"] == sent(0.9)
    assert heard["rest"]["count"] > 4 * heard["bulk"]["count"] > 0


def test_a_reservation_holds_against_everybody_else(lab, r1):
    r1.take(congested())
    heard = load(lab, gold=0.9, bulk=4, rest=6)
    assert heard["gold"]["count"] == sent(0.9)


def test_the_strict_class_is_capped(lab, r1):
    """30 % of 4 Mbps; the rest of the link is for the others."""
    r1.take(congested())
    heard = load(lab, voice=6, rest=4)
    assert heard["voice"]["bytes"] * 8 / heard["voice"]["span"] < 0.36 * RATE
    assert heard["rest"]["bytes"] * 8 / heard["rest"]["span"] > 0.5 * RATE


def test_an_idle_link_is_for_whoever_sends(lab, r1):
    r1.take(congested())
    heard = load(lab, bulk=3)
    assert heard["bulk"]["count"] == sent(3)


def test_who_keeps_to_the_rate_loses_nothing_to_who_does_not(lab, r1):
    """Two demands of one class: one sends far too much and is re-marked, the other keeps to its rate."""
    greedy = meter("m-gold", MBPS // 2)
    base = congested([greedy], gold_meter="m-gold")
    honest = mark("honest", udp(REST), "high", precedence=0)
    r1.take(config(edges=base.edges, meters=base.meters, marking=(honest, *base.marking), queueing=base.queueing))
    heard = load(lab, gold=8, rest=0.4)
    assert heard["rest"]["count"] == sent(0.4)
    assert heard["gold"]["tos"].get(str(36 << 2), 0) > 0


def test_routing_survives_when_the_link_is_full(lab, r1):
    """Hellos of IS-IS, BFD and pings between routers have a queue of their own."""
    r1.take(congested())
    adjacencies = r1.do("neighbours").all("neighbour")
    heard = {}

    def overload():
        heard.update(load(lab, voice=6, gold=6, rest=6))

    overload()
    assert heard["rest"]["count"] < sent(6)
    assert r1.do("neighbours").all("neighbour") == adjacencies
    counters = r1.do("counters").all("queue")
    control = next(line for line in counters if line.startswith("eth3,1ca0:10,")).split(",")
    assert int(control[2]) > 0, "the control queue is used"
    assert int(control[4]) == 0, "and lost nothing"
