"""Files of other tools to import: small ones, made for this suite (tests/importing), and what is asked with each."""

from __future__ import annotations

from pathlib import Path

from intentc.cli.arguments import read_arguments
from intentc.cli.importing import options_of as from_arguments
from intentc.diagnostics import Findings, Source
from intentc.importing.imports import import_topology
from intentc.importing.model import Imported, Options
from intentc.topology.load import load
from intentc.topology.model import Topology

FILES = Path(__file__).resolve().parent / "importing"
# file -> the words after `intentc import`; the topology that comes out is in `golden`
COMMANDS = {
    "lab.clab.yml": "containerlab lab.clab.yml --capacity 10Gbps",
    "lab.netlab.yml": "netlab lab.netlab.yml --capacity 1Gbps --latency 2ms --platform frr --loopbacks 10.255.0.0/24",
    "zoo.graphml": "graphml zoo.graphml --capacity 10Gbps",
    "plain.graphml": "graphml plain.graphml --unit 1Gbps --latency 1ms",
    "l3-te.json": "rfc8345 l3-te.json --capacity 10Gbps --platform junos --loopbacks 2001:db8:ff::/64",
    "dcim.json": "netbox dcim.json",
    "rhine.txt": "sndlib rhine.txt --capacity 1Gbps",
    "rhine.xml": "sndlib rhine.xml --unit 1Mbps --capacity 1Gbps",
}


def options_of(words: str) -> tuple[str, Options]:
    """Return format and options of a command line."""
    given = read_arguments(["import", *words.split()])
    return given.from_, from_arguments(given)


def imported(name: str, text: str | None = None) -> tuple[Imported, Findings]:
    """Return what comes of a file with its options, or of another text in its place."""
    format_, options = options_of(COMMANDS[name])
    findings = Findings()
    if text is None:
        text = (FILES / name).read_text(encoding="utf-8")
    return import_topology(format_, Source(name, text), findings, options), findings


def loaded(text: str) -> Topology:
    """Return the topology in a text that must be without errors."""
    findings = Findings()
    topology = load([Source("t.yaml", text)], findings)
    assert [item.message for item in findings.sorted() if item.is_error] == []
    assert topology is not None
    return topology
