"""Demands that are placed at one go, and those that are not: what comes of each is what tries come to."""

import pytest
from support_native import needs_kernels
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.place import attempt

STAGES = stages_with_all_targets()
STAGES = STAGES[: 1 + [stage.__name__ for stage in STAGES].index("place")]
METRICS = {"a-b": 10, "b-d": 10, "a-c": 30, "c-d": 30, "b-e": 10, "d-e": 20}
SURVIVE = "bandwidth 10Mbps failover within 9s { survive any 1 link }"


def net(routing=""):
    """A square with a tail, where the IGP leads over `b`, and over `c` where that fails."""
    lines = ["name: square", f"routing: {{igp: isis{routing}}}", "defaults: {platform: sr-bench}", "nodes:"]
    for at, name in enumerate("abcde", 1):
        labels = f"segment_routing: {{index: {at}, srgb: [16000, 23999], max_sid_depth: 8}}"
        held = f"loopback: 10.255.0.{at}/32, attached: [10.{at}.0.0/24]"
        lines.append(f"  {name}: {{release: '1.0', {held}, {labels}}}")
    lines.append("links:")
    for name, metric in METRICS.items():
        a, b = name.split("-")
        rest = f"capacity: 100Mbps, latency: 1ms, igp_metric: {metric}"
        lines.append(f"  - {{id: {a}{b}, a: {a}, b: {b}, {rest}}}")
    return "\n".join(lines) + "\n"


def both(text, topology, monkeypatch):
    """What was placed at one go, by demand, and whether all is as it is by tries alone."""
    direct, found = attempt.place_directly, []
    monkeypatch.setattr(attempt, "place_directly", lambda *of: found.append(direct(*of)) or found[-1])
    swift = build(text, topology, STAGES).run
    monkeypatch.setattr(attempt, "place_directly", lambda *_: None)
    slow = build(text, topology, STAGES).run
    assert (swift.realised.demands, swift.realised.loads) == (slow.realised.demands, slow.realised.loads)
    assert [item.message for item in swift.findings.items] == [item.message for item in slow.findings.items]
    return [trial is not None for trial in found]


@needs_kernels
@pytest.mark.parametrize(
    ("ask", "is_direct"),
    [
        ("bandwidth 10Mbps", True),
        ("", True),
        (SURVIVE, True),
        (f"{SURVIVE} latency <= 90ms", True),
        ("bandwidth 80Mbps", True),
        ("bandwidth 81Mbps", False),  # another way fills no link as much
        ("bandwidth 101Mbps", False),  # there is no room
        ("latency <= 1ms", False),  # the way takes longer
        (f"{SURVIVE} via node c", False),
        (f"{SURVIVE} avoid node b", False),
        (f"{SURVIVE} optimize latency", False),
        ("bandwidth 10Mbps failover within 9s { survive any 1 node }", True),
    ],
)
def test_what_is_placed_at_one_go_is_what_tries_come_to(ask, is_direct, monkeypatch):
    text = f"intent x {{ from a to d unidirectional {ask} }}"
    assert both(text, net(), monkeypatch)[0] is is_direct


@needs_kernels
def test_where_a_failure_fills_links_tries_tell(monkeypatch):
    """The second demand has room in the normal state, but not beside the first one where that is led around a failure."""
    first = "intent first { from a to d unidirectional bandwidth 70Mbps failover within 9s { survive any 1 link } }"
    second = "intent second { from a to c unidirectional bandwidth 40Mbps failover within 9s { survive any 1 link } }"
    assert both(f"{first}\n{second}", net(), monkeypatch)[:2] == [True, False]


@needs_kernels
def test_packets_that_do_not_fit_a_link_are_for_tries(monkeypatch):
    assert both("intent x { from a to d unidirectional }", net(", host_mtu: 9000"), monkeypatch) == [False]


@needs_kernels
def test_replies_are_placed_at_one_go_unless_failures_move_requests(monkeypatch):
    assert both("intent x { from a to d bandwidth 10Mbps }", net(), monkeypatch) == [True, True]
    assert both(f"intent x {{ from a to d symmetric {SURVIVE} }}", net(), monkeypatch)[0] is False
