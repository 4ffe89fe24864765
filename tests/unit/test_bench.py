"""What the benchmark finds by itself: its bound, its floor, stretch, and how stages grow."""

import argparse
import re
import shutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
SQUARE = """
{"name": "square", "nodes": [{"id": "a"}, {"id": "b"}, {"id": "c"}, {"id": "d"}],
 "links": [
  {"id": "l1", "a": "a", "b": "b", "capacity_mbps": 100, "latency_ms": 1, "igp_cost": 10, "srlgs": []},
  {"id": "l2", "a": "b", "b": "d", "capacity_mbps": 100, "latency_ms": 1, "igp_cost": 10, "srlgs": []},
  {"id": "l3", "a": "a", "b": "c", "capacity_mbps": 100, "latency_ms": 2, "igp_cost": 10, "srlgs": []},
  {"id": "l4", "a": "c", "b": "d", "capacity_mbps": 100, "latency_ms": 2, "igp_cost": 10, "srlgs": []}],
 "demands": [{"src": "a", "dst": "b", "mbps": 60}, {"src": "a", "dst": "d", "mbps": 60}],
 "bounds": {"mlu_lp_lower": 0.6}}
"""

needs_compiler = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler")


def run(*words: str) -> str:
    done = subprocess.run([sys.executable, str(BENCH / "run.py"), *words], capture_output=True, text=True, check=True)
    return done.stdout


@needs_compiler
def test_the_bound_is_that_of_flows_that_divide_and_stretch_is_over_the_fastest_way(tmp_path):
    """120 of the 200 Mbps that leave `a`: 0.6 is the least. One demand takes the slow way for that, twice as long."""
    source = tmp_path / "square.json"
    source.write_text(SQUARE)
    shown = run(str(source), "--platform", "sr-bench", "--packet", "1500")
    worst, bound, ratio, median, most = map(
        float,
        re.search(
            r"worst utilisation ([\d.]+), bound of this bench ([\d.]+): objective / bound ([\d.]+); stretch median ([\d.]+), p99 ([\d.]+)",
            shown,
        ).groups(),
    )
    assert bound == pytest.approx(0.6, abs=0.001)
    assert worst >= bound
    assert ratio == pytest.approx(worst / bound, abs=0.01)
    assert (median, most) == (1.5, 2.0)
    assert re.search(r"1 trees in C take [\d.]+ ms; place \d+ times that", shown)


@needs_compiler
def test_what_is_accepted_is_held_against_what_could_be_carried_and_without_what_cannot_hold_alone(tmp_path):
    """`a` has 200 Mbps to leave over, of which 620 are asked; what has to be faster than light is left out."""
    source = tmp_path / "square.json"
    more = '{"src": "a", "dst": "c", "mbps": 500}, {"src": "b", "dst": "c", "mbps": 10}'
    source.write_text(SQUARE.replace('"demands": [', f'"demands": [{more}, '))
    shown = run(str(source), "--platform", "sr-bench", "--packet", "1500")
    found = re.search(
        r"accepted ([\d.]+) of ([\d.]+) Gbps; (\d+) demands with ([\d.]+) .* no more than ([\d.]+) of .*: ([\d.]+) of",
        shown,
    )
    accepted, offered, impossible, lost, bound, ratio = map(float, found.groups())
    assert (accepted, offered, impossible, lost) == (0.13, 0.63, 0, 0)
    assert bound == pytest.approx(0.21, abs=0.001)
    assert ratio == pytest.approx(accepted / bound, abs=0.01)
    late = run(str(source), "--platform", "sr-bench", "--clauses", "latency <= 1900us")
    assert re.search(r"of 0.630 Gbps; 3 demands with 0.570 cannot", late)


@needs_compiler
def test_growth_is_told_between_sizes_and_a_run_can_end_early():
    shown = run("S", "M", "--platform", "sr-bench", "--until", "resolve")
    assert "place" not in shown
    assert len(re.findall(r"resolve +[\d.]+ s +\d+ MiB", shown)) == 2
    assert "exponents of nodes x intents, S to M:" in shown


@needs_compiler
def test_what_is_accepted_is_written_and_compiled_by_the_command_too():
    """An eighth of S: two of its six intents cannot hold, and nothing would be rendered with them."""
    shown = run("S", "--overloaded", "--platform", "sr-bench", "--accepted", "--part", "8")
    found = re.search(r"placed (\d+) of (\d+) demands", shown)
    assert found[1] == found[2]
    assert not re.search(r"findings .*'E", shown)
    assert re.search(r"render +[\d.]+ s.*\n +write +[\d.]+ s", shown)
    assert re.search(r"the command: [\d.]+ s of wall time, [\d.]+ of CPU, \d+ MiB", shown)


@pytest.mark.parametrize(
    ("options", "mean_mbps", "burst_kb"),
    [
        ((), {"S": 100, "L": 100}, 18),
        (("--overloaded",), {"S": 20_000, "L": 1_400}, 90),
        (("--mean", "300"), {"S": 300, "L": 300}, 18),
        (("--overloaded", "--mean", "300", "--burst", "9"), {"S": 300, "L": 300}, 9),
    ],
)
def test_workloads_have_a_load_that_networks_carry_unless_another_is_asked_for(
    options, mean_mbps, burst_kb, monkeypatch
):
    monkeypatch.syspath_prepend(BENCH)
    workload = import_module("workload")
    parser = argparse.ArgumentParser()
    workload.add_load(parser)
    for size, mean in mean_mbps.items():
        mix = workload.load(size, parser.parse_args(options))
        assert (mix.mean_mbps, mix.burst_kb) == (mean, burst_kb)
