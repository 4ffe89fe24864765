"""Topologies from YAML text, for tests of the loader and of rooms that would rather write YAML than dataclasses."""

from __future__ import annotations

import dataclasses
from textwrap import dedent

from intentc.diagnostics import Findings, Source, Span
from intentc.topology.load import load
from intentc.topology.model import Topology

NOWHERE = Span("", 1, 1, 1, 1)

SMALL = """\
name: small
regions:
  eu: [de, nl]
defaults: {platform: frr}
sites:
  fra: {region: de, location: [50.11, 8.68]}
  ams: {region: nl, location: [52.37, 4.90]}
nodes:
  r1: {site: fra, loopback: 10.255.0.1/32}
  r2: {site: ams, loopback: 10.255.0.2/32}
links:
  - {id: L1, a: "r1:eth1", b: "r2:eth1", capacity: 10Gbps, latency: 4ms}
"""


def load_texts(*texts: str) -> tuple[Topology | None, Findings]:
    """Load files `0.yaml`, `1.yaml`, … with these texts."""
    findings = Findings()
    sources = [Source(f"{index}.yaml", dedent(text)) for index, text in enumerate(texts)]
    return load(sources, findings), findings


def load_clean(*texts: str) -> Topology:
    """Load texts that must be without errors and warnings."""
    topology, findings = load_texts(*texts)
    assert [item.message for item in findings.sorted() if item.code[0] != "N"] == []
    assert topology is not None
    return topology


def codes(*texts: str) -> list[str]:
    """Return the codes of the findings, sorted as they are shown."""
    return [item.code for item in load_texts(*texts)[1].sorted()]


def without_places(value: object) -> object:
    """Return the value with all spans made equal, to compare what is meant and not where it stands."""
    if isinstance(value, Span):
        return NOWHERE
    if isinstance(value, Topology):
        return {
            item.name: without_places(getattr(value, item.name)) for item in dataclasses.fields(value) if item.compare
        }
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return (type(value), [without_places(getattr(value, item.name)) for item in dataclasses.fields(value)])
    if isinstance(value, dict):
        return [(key, without_places(item)) for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [without_places(item) for item in value]
    return value
