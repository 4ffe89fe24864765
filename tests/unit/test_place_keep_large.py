"""`--keep` on a network of 200 nodes: where one intent changes, what is said of all others stays, byte for byte."""

import contextlib
import io
import json

import pytest

from intentc.cli import main

NODES, INTENTS = 200, 24
KEYS = ("primary", "steering", "segments", "alternatives", "states")


def topology():
    """A ring with chords over seven nodes: from each node two equal ways lead eight nodes on."""
    lines = ["name: large", "defaults: {platform: frr}", "routing: {igp: isis}", "nodes:"]
    for at in range(NODES):
        held = f"attached: [{{prefix: 10.0.{at}.0/24, interface: eth0}}]"
        lines.append(f"  n{at}: {{loopback: 10.255.0.{at}/32, {held}}}")
    lines.append("links:")
    for step in (1, 7):
        ends = ((at, (at + step) % NODES) for at in range(NODES))
        lines += [
            f"  - {{id: s{step}-{a}, a: n{a}, b: n{b}, capacity: 1Gbps, latency: 1ms, crosses: []}}" for a, b in ends
        ]
    return "\n".join(lines) + "\n"


def program(mbps):
    """Two intents for each pair of ends, most of them steered off one of the two ways; `f1` may send at another rate."""
    found = []
    for at in range(INTENTS):
        start = at // 2
        ends = f"from n{start} to n{start + 8} unidirectional match tcp/{10_000 + at}"
        avoid = f"avoid node n{start + 1}" if at % 6 < 4 else ""
        found.append(f"intent f{at} {{ {ends} bandwidth {mbps if at == 1 else 90}Mbps burst 20KB {avoid} }}\n")
    return "".join(found)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    """Return the function from a rate and options to what a build says of each demand."""
    root = tmp_path_factory.mktemp("large")
    (root / "intentc.toml").write_text('[project]\nname = "large"\ntopology = ["t.yaml"]\nintents = ["f.intent"]\n')
    (root / "t.yaml").write_text(topology())

    def run(mbps, *options):
        (root / "f.intent").write_text(program(mbps))
        with contextlib.redirect_stdout(io.StringIO()):
            assert main(["-C", str(root), "-q", "compile", *options]) == 0
        manifest = json.loads((root / "build" / "manifest.json").read_text())
        found = (demand for entry in manifest["intents"] for demand in entry["demands"])
        return {demand["id"]: json.dumps([ways(demand[key]) for key in KEYS]) for demand in found}

    before = run(90)
    kept = run(950, "--keep", str(root / "build"))
    return before, kept, run(950)


def ways(value):
    """Return a value without figures of latency: in queues that are shared packets may wait for more or less now."""
    if isinstance(value, dict):
        return {key: ways(item) for key, item in value.items() if key not in {"latency_us", "basis"}}
    return [ways(item) for item in value] if isinstance(value, list) else value


def moved(before, after):
    assert before.keys() == after.keys()
    return [name for name in sorted(before) if before[name] != after[name]]


def test_one_changed_intent_moves_no_other(compiled):
    before, kept, fresh = compiled
    assert set(moved(before, kept)) <= {"f1/n0>n8"}
    assert set(moved(before, fresh)) - {"f1/n0>n8"}  # not so from scratch: what asks for most goes first


def test_much_of_it_is_steered(compiled):
    assert sum(bool(json.loads(said)[1]) for said in compiled[0].values()) == INTENTS * 2 // 3
