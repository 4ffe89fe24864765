"""Upgrades for all demands of a finding together: enough of them, the cheapest ways, and no more than is needed."""

import datetime as dt
from pathlib import Path

import pytest

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request
from intentc.whynot.texts import apply_edits

TODAY = dt.date(2026, 11, 20)
NET, TEXT = "topology/net.yaml", "intents/main.intent"
HEAD = """\
name: test
regions: [de]
defaults: {platform: frr}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites:
  ber: {region: de, role: shop}
  muc: {region: de, role: shop}
  fra: {region: de}
nodes:
  a1: {site: ber, transit: false, loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b1: {site: muc, transit: false, loopback: 10.255.0.2/32, attached: [10.2.0.0/24]}
  c1: {region: de, loopback: 10.255.0.3/32}
  d1: {site: fra, loopback: 10.255.0.4/32, attached: [10.3.0.0/24]}
links:
  - {id: ad, a: a1, b: d1, capacity: 1Gbps, latency: 1ms}
  - {id: bd, a: b1, b: d1, capacity: 1Gbps, latency: 1ms}
"""
INTENT = """\
intent x {
  from sites where role == "shop"
  to site fra
  unidirectional
  bandwidth 40Mbps per source
  failover within 1s { survive any 1 link except access }
}
"""
LTE = "{{id: {id}, a: {a}1, b: {b}1, capacity: {mbps}Mbps, latency: 30ms, igp_metric: {metric}{offer}}}"


def lte(name, a, b, mbps, offer=None, *, metric=100):
    text = "" if offer is None else f", upgrade: {{to: {offer[0]}Mbps, cost: {offer[1]}}}"
    return "  - " + LTE.format(id=name, a=a, b=b, mbps=mbps, offer=text, metric=metric) + "\n"


def run(intent, net):
    project = Project("test", Path("/nowhere"), (NET,), (TEXT,))
    return compile_request(Request(project, (intent,), (net,), TODAY, lambda _: None), Findings())


def repairs(*links, intent=INTENT):
    found = run(Source(TEXT, intent), Source(NET, HEAD + "".join(links)))
    (item,) = (item for item in found.findings.items if item.is_error)
    assert item.code == "E0524"
    return found, item.repairs


CASES = {
    "each demand its own": (
        (lte("al", "a", "d", 10, (50, 20)), lte("bl", "b", "d", 20, (100, 30))),
        "upgrade `al` to 50Mbps and `bl` to 100Mbps (the topology prices that at 50)",
    ),
    "only those without room": (
        (lte("al", "a", "d", 10, (50, 20)), lte("bl", "b", "d", 50, (100, 30))),
        "upgrade `al` to 50Mbps (the topology prices that at 20)",
    ),
    "the cheaper of two ways, though it lacks more": (
        (
            lte("al", "a", "d", 30, (50, 20), metric=300),
            lte("ac", "a", "c", 10, (50, 15)),
            lte("cd", "c", "d", 50),
            lte("bl", "b", "d", 50),
        ),
        "upgrade `ac` to 50Mbps (the topology prices that at 15)",
    ),
    "all links of a way": (
        (lte("ac", "a", "c", 10, (50, 20)), lte("cd", "c", "d", 10, (50, 5)), lte("bl", "b", "d", 50)),
        "upgrade `ac` to 50Mbps and `cd` to 50Mbps (the topology prices that at 25)",
    ),
    "what both can use is paid once": (
        (
            lte("ac", "a", "c", 50),
            lte("bc", "b", "c", 50),
            lte("cd", "c", "d", 10, (50, 30)),
            lte("bl", "b", "d", 10, (50, 20), metric=300),
        ),
        "upgrade `cd` to 50Mbps (the topology prices that at 30)",
    ),
    "an offer that is not enough does not count": (
        (
            lte("al", "a", "d", 10, (30, 1), metric=300),
            lte("ac", "a", "c", 10, (50, 15)),
            lte("cd", "c", "d", 50),
            lte("bl", "b", "d", 50),
        ),
        "upgrade `ac` to 50Mbps (the topology prices that at 15)",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_upgrades_that_are_shown_are_the_cheapest_that_do(case):
    links, text = CASES[case]
    found, shown = repairs(*links)
    (repair,) = [repair for repair in shown if repair.text == text] or [[repair.text for repair in shown]]
    intent, net = (apply_edits(source, repair.edits) for source in (*found.request.intents, *found.request.topology))
    assert not run(intent, net).findings.has_errors
    assert "upgrade" not in "".join(edit.text for edit in repair.edits)
    taken = [name for name in ("al", "bl", "ac", "cd") if f"`{name}`" in repair.text]
    lines = [line for line in net.text.splitlines() if any(f"id: {name}," in line for name in taken)]
    assert lines
    assert not any("upgrade" in line for line in lines)  # an offer that was taken is none


def test_nothing_is_offered_where_one_of_the_demands_would_still_lack():
    _, shown = repairs(lte("al", "a", "d", 10, (50, 20)), lte("bl", "b", "d", 10))
    assert "upgrade" not in "".join(repair.text for repair in shown)
    assert "give `al` 40Mbps and `bl` 40Mbps of capacity" in [repair.text for repair in shown]


def test_a_way_that_is_too_slow_is_not_upgraded():
    slow = lte("ac", "a", "c", 10, (50, 15)), lte("cd", "c", "d", 50)  # 30 ms each
    bounded = INTENT.replace("unidirectional", "unidirectional\n  latency <= 55ms\n  priority high")
    _, shown = repairs(lte("al", "a", "d", 10, (50, 20)), *slow, lte("bl", "b", "d", 50), intent=bounded)
    assert shown[0].text == "upgrade `al` to 50Mbps (the topology prices that at 20)"


def test_of_many_upgrades_the_first_are_named(monkeypatch):
    monkeypatch.setattr("intentc.whynot.upgrades._MOST_SHOWN", 1)
    _, shown = repairs(lte("al", "a", "d", 10, (50, 20)), lte("bl", "b", "d", 10, (50, 30)))
    assert shown[0].text == "upgrade `al` to 50Mbps and 1 more (the topology prices that at 50)"
    assert len(shown[0].edits) == 4


def test_beyond_the_effort_the_cheapest_way_is_not_sought(monkeypatch):
    monkeypatch.setattr("intentc.whynot.upgrades._MOST_ARCS", 1)
    links = lte("al", "a", "d", 30, (50, 20), metric=300), lte("ac", "a", "c", 10, (50, 15)), lte("cd", "c", "d", 50)
    _, shown = repairs(*links, lte("bl", "b", "d", 50))
    assert "`ac`" not in "".join(repair.text for repair in shown)


def test_where_devices_cannot_keep_to_the_cheapest_way_the_nearest_to_enough_is_upgraded():
    """In the normal state the steering over `c1` would be another path: the upgrade of `ac` was compiled, and does not do."""
    links = lte("al", "a", "d", 30, (50, 20)), lte("ac", "a", "c", 10, (50, 15)), lte("cd", "c", "d", 50)
    _, shown = repairs(*links, lte("bl", "b", "d", 50))
    assert shown[0].text == "upgrade `al` to 50Mbps (the topology prices that at 20)"
