"""Failure states in the words of findings, one element or several at once."""

import datetime as dt
from pathlib import Path

import pytest

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.place.wording import failing_text, state_text, survival_text
from intentc.project.model import Project
from intentc.run import Request

NET = """\
name: test
regions: [de]
defaults: {platform: frr}
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
sites:
  ber: {region: de}
  fra: {region: de}
nodes:
  a1: {site: ber, loopback: 10.255.0.1/32, attached: [10.1.0.0/24]}
  b1: {region: de, loopback: 10.255.0.2/32}
  c1: {region: de, loopback: 10.255.0.3/32}
  d1: {site: fra, loopback: 10.255.0.4/32, attached: [10.2.0.0/24]}
links:
  - {id: ab, a: a1, b: b1, capacity: 1Gbps, latency: 1ms}
  - {id: bd, a: b1, b: d1, capacity: 1Gbps, latency: 1ms}
  - {id: ac, a: a1, b: c1, capacity: 1Gbps, latency: 1ms}
  - {id: cd, a: c1, b: d1, capacity: 1Gbps, latency: 1ms}
  - {id: ad, a: a1, b: d1, capacity: 1Gbps, latency: 60ms, igp_metric: 100}
"""
TEXT = """\
intent x {
  from site ber
  to site fra
  unidirectional
  bandwidth 1Mbps
  latency <= 50ms
  failover within 1s { survive any 2 link }
}
"""


@pytest.mark.parametrize(
    ("name", "text", "fails", "survived"),
    [
        ("link:L7", "the link `L7`", "the link `L7` fails", "the link `L7` is survived"),
        ("srlg:duct", "the risk group `duct`", "the risk group `duct` fails", "the risk group `duct` is survived"),
        (
            "link:L7+node:r1",
            "the link `L7` and the node `r1`",
            "the link `L7` and the node `r1` fail",
            "the link `L7` and the node `r1` are survived",
        ),
        ("odd", "`odd`", "`odd` fails", "`odd` is survived"),
    ],
)
def test_a_state_is_named_by_what_fails(name, text, fails, survived):
    assert (state_text(name), failing_text(name), survival_text(name)) == (text, fails, survived)
    assert survival_text(name, is_survived=False) == survived.replace("survived", "not survived")


def test_links_that_are_cut_at_the_same_time_are_no_risk_group():
    sources = (Source("i.intent", TEXT),), (Source("t.yaml", NET),)
    project = Project("test", Path("/nowhere"), ("t.yaml",), ("i.intent",))
    found = compile_request(Request(project, *sources, dt.date(2026, 11, 20), lambda _: None), Findings())
    (item,) = (item for item in found.findings.items if item.is_error)
    assert item.code == "E0523"
    assert " when the link `ab` and the link `ac` fail, over `a1` - `d1`: above the bound of 50ms" in item.message
    assert "that the link `ab` and the link `ac` are survived" in item.help[0]
