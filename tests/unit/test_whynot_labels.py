"""Repairs of demands that a list of segments has to lead to where there is room: their labels need room, too."""

import datetime as dt
from pathlib import Path

import pytest
from support_targets import stages_with_all_targets

from intentc.diagnostics import Findings, Source
from intentc.pipeline import compile_request
from intentc.project.model import Project
from intentc.run import Request

TOPOLOGY = """\
name: test
defaults: {platform: sr-bench}
routing: {igp: isis}
sites:
  ber: {}
  fra: {}
  zrh: {}
nodes:
  a: {site: ber, loopback: 10.255.0.1/32, attached: [10.1.0.0/24], segment_routing: {index: 1, srgb: [16000, 16999], max_sid_depth: 10}}
  b: {site: zrh, loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 16999], max_sid_depth: 10}}
  c: {site: zrh, loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 16999], max_sid_depth: 10}}
  d: {site: fra, loopback: 10.255.0.4/32, attached: [10.2.0.0/24], segment_routing: {index: 4, srgb: [16000, 16999], max_sid_depth: 10}}
links:
  - {id: ab, a: a, b: b, capacity: 50Mbps, latency: 1ms}
  - {id: bd, a: b, b: d, capacity: 50Mbps, latency: 1ms}
  - {id: ac, a: a, b: c, capacity: 100Mbps, latency: 1ms}
  - {id: cd, a: c, b: d, capacity: 100Mbps, latency: 1ms, igp_metric: 50}
"""
INTENT = """\
intent x {
  from site ber
  to site fra
  unidirectional
  bandwidth 120Mbps
}
"""


@pytest.fixture
def repairs():
    project = Project("test", Path("/nowhere"), ("net.yaml",), ("a.intent",))
    sources = (Source("a.intent", INTENT),), (Source("net.yaml", TOPOLOGY),)
    request = Request(project, *sources, dt.date(2026, 11, 20), lambda _: None)
    found = compile_request(request, Findings(), stages=stages_with_all_targets())
    (item,) = (item for item in found.findings.items if item.is_error)
    assert item.code == "E0505"
    return [repair.text for repair in item.repairs]


def test_the_rate_and_the_capacity_leave_room_for_labels(repairs):
    """Two labels on `ac`, none on `cd`: without them 100 Mbps and 120 Mbps would be proposed, and refuted."""
    assert repairs == ["write `bandwidth 97.7Mbps`", "give `ac` 123Mbps and `cd` 120Mbps of capacity"]
