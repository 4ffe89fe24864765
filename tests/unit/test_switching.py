"""`switch when` and `health`: what probes tell and in what time, and platforms that cannot."""

import json
import shutil
from pathlib import Path

import pytest
from support_resolve import run
from support_targets import all_targets, stages_with_all_targets
from support_verify import build

from intentc.diagnostics import Findings
from intentc.render.targets import load_targets

SR_BENCH = Path(__file__).resolve().parents[1] / "targets" / "sr_bench"

NET = """
name: square
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
nodes:
  a: {platform: PLATFORM, release: "REL", loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.1.0.0/24, interface: host}]}
  b: {platform: PLATFORM, release: "REL", loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 6}}
  c: {platform: PLATFORM, release: "REL", loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 6}}
  d: {platform: PLATFORM, release: "REL", loopback: 10.255.0.4/32, segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 6},
      attached: [{prefix: 10.2.0.9/32, interface: host}]}
links:
  - {id: ab, a: "a:to-b", b: "b:to-a", capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: bd, a: "b:to-d", b: "d:to-b", capacity: 1Gbps, latency: 1ms, crosses: []}
  - {id: ac, a: "a:to-c", b: "c:to-a", capacity: 1Gbps, latency: 2ms, igp_metric: 15, crosses: []}
  - {id: cd, a: "c:to-d", b: "d:to-c", capacity: 1Gbps, latency: 2ms, igp_metric: 15, crosses: []}
  - {id: bc, a: "b:to-c", b: "c:to-b", capacity: 1Gbps, latency: 2ms, igp_metric: 15, crosses: []}
"""
SERVICE = "service api { at d  prefix 10.2.0.9/32  HEALTH }\n"


def built(clauses, platform="sr-bench", health=""):
    release = "1.0" if platform == "sr-bench" else "8.4"
    text = SERVICE.replace("HEALTH", health) + f"intent t {{ from node a  to api  unidirectional  {clauses} }}"
    return build(text, NET.replace("PLATFORM", platform).replace("REL", release), stages_with_all_targets())


def block(switch, survive="survive any 1 link"):
    return f"failover within 60s {{ {survive}  {switch} }}"


def errors(found):
    return [item for item in found.run.findings.items if item.is_error]


def switches(found):
    (demand,) = json.loads(found.text)["intents"][0]["demands"]
    return demand["protection"]["switches"]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("latency > 8ms for 3s", ("latency", 8_000, 1000, 3, 3000)),
        ("latency > 8ms", ("latency", 8_000, 1000, 3, 3000)),
        ("latency > 8ms for 100ms", ("latency", 8_000, 34, 3, 102)),
        ("loss > 5% for 2s", ("loss", 50_000_000, 100, 20, 2000)),
        ("loss > 60% for 300ms", ("loss", 600_000_000, 100, 3, 300)),
        ("loss > 0% for 300ms", ("loss", 0, 100, 3, 300)),
    ],
)
def test_probes_tell_in_the_time_that_is_written(written, told):
    found = run(f"intent t {{ from site ber  to site nyc  {block(f'switch when {written}')} }}")
    assert found.errors == []
    (item,) = found.demand("t/ber>nyc").failover.switches
    threshold = item.threshold // 1000 if item.metric == "latency" else item.threshold
    assert (item.metric, threshold, item.interval_ms, item.count, item.detect_ms) == told


@pytest.mark.parametrize("written", ["loss > 0.1% for 1s", "latency > 1ms for 20ms", "loss > 0.0001%"])
def test_what_probes_cannot_tell_in_time_is_refused(written):
    found = run(f"intent t {{ from site ber  to site nyc  {block(f'switch when {written}')} }}")
    assert found.errors == ["E0238"]
    (remedy,) = found.finding("E0238").help
    longer = remedy.split("`")[1]
    again = f"{written.split(' for ')[0]} {longer}"
    assert run(f"intent t {{ from site ber  to site nyc  {block(f'switch when {again}')} }}").errors == []


def protected(switch):
    """Packets follow links that nobody else may choose for them, so that each failure has a candidate path of its own."""
    return f"avoid link bc  prefer node c  {block(switch + '  otherwise drop')}"


def test_the_rule_is_on_the_policy_and_in_the_manifest():
    found = built(protected("switch when latency > 9ms for 3s  switch when loss > 10% for 1s"))
    assert errors(found) == []
    (policy,) = found.run.fleet.devices["a"].policies
    assert len(policy.candidates) > 1
    assert [(item.metric, item.threshold, item.interval_us, item.count) for item in policy.switches] == [
        ("latency", 9000, 1_000_000, 3),
        ("loss", 100_000_000, 100_000, 10),
    ]
    assert [(item["metric"], item["detect_ms"]) for item in switches(found)] == [("latency", 3000), ("loss", 1000)]
    assert found.codes() == set()


@pytest.mark.parametrize("field", ["threshold", "interval_ms", "count", "detect_ms"])
def test_the_prover_checks_every_figure(field):
    found = built(protected("switch when latency > 9ms for 3s"))

    def change(whole):
        whole["intents"][0]["demands"][0]["protection"]["switches"][0][field] += 1

    assert "E0574" in found.codes(change)
    assert "E0574" in found.codes(lambda whole: whole["intents"][0]["demands"][0]["protection"].update(switches=[]))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("latency > 9ms for 3s", "latency > 3ms for 3s", "left at once"),
        ("within 60s", "within 2s", "later than it may be"),
    ],
)
def test_the_prover_finds_a_path_that_cannot_be_left_as_it_is_written(right, wrong, said, monkeypatch):
    """Were there no E0623, it would be found in what is told."""
    monkeypatch.setattr("intentc.render.checks.CHECKS", ())
    found = built(protected("switch when latency > 9ms for 3s").replace(right, wrong))
    assert "E0574" in found.codes()
    assert said in " ".join(item.message for item in found.prove().findings)


def test_other_thresholds_are_another_policy():
    names = {built(protected(f"switch when latency > {ms}ms")).run.fleet.devices["a"].policies[0].name for ms in (8, 9)}
    assert len(names) == 2


def test_without_another_candidate_there_is_nothing_to_switch_to():
    (error,) = errors(built(block("switch when latency > 9ms")))
    assert (error.code, error.node) == ("E0622", "a")


@pytest.mark.parametrize(
    ("within", "switch", "said", "remedy"),
    [
        ("60s", "latency > 3ms", "takes 4000 µs when nothing is wrong", "switch when latency > 4ms"),
        ("60s", "latency > 9ms for 20ms", "3 probes then take 30 ms", "for 30ms"),
        ("3s", "latency > 9ms for 3s", "after 3050 ms: 3000 ms of probes, and 50 ms", "failover within 3050ms"),
    ],
)
def test_a_path_that_cannot_be_left_as_it_is_written_is_refused(within, switch, said, remedy, monkeypatch):
    monkeypatch.setattr(
        "intentc.clauses.failover.LEAST_INTERVAL_MS", 1
    )  # the language asks for as much as this router does

    wanted = protected(f"switch when {switch}").replace("within 60s", f"within {within}")
    (error,) = errors(built(wanted))
    assert (error.code, error.node) == ("E0623", "a")
    assert said in error.message
    assert f"`{remedy}`" in error.help[0]


def test_answers_come_back_by_the_igp_and_probes_have_the_code_point_of_the_packets():
    found = built(protected("switch when latency > 9ms for 3s"))
    (policy,) = found.run.fleet.devices["a"].policies
    assert [(item.dscp, item.back_us) for item in policy.switches] == [(0, 2000)]


def test_packets_of_another_class_are_probed_by_themselves():
    texts = ("", "priority critical  bandwidth 1Mbps  ")
    names = {
        built(text + protected("switch when latency > 9ms")).run.fleet.devices["a"].policies[0].name for text in texts
    }
    assert len(names) == 2


def test_a_target_says_how_it_leaves_paths(tmp_path):
    for name in ("switch_interval_us", "switch_us"):
        folder = tmp_path / name / "sr-bench"
        shutil.copytree(SR_BENCH, folder)
        data = (folder / "target.toml").read_text()
        (folder / "target.toml").write_text(
            "".join(line for line in data.splitlines(keepends=True) if not line.startswith(name))
        )
        findings = Findings()
        assert load_targets((folder.parent,), findings) == {}
        assert f"`limits.{name}` is missing" in findings.items[0].message


def test_a_platform_that_cannot_measure_is_refused_at_the_clause():
    (error,) = errors(built(block("switch when loss > 5%"), platform="frr"))
    assert (error.code, error.node) == ("E0610", "a")
    assert "leaving a path that is up but slow or lossy" in error.message
    assert error.help == ("leave `switch when` out: traffic moves when forwarding is lost",)


def test_a_platform_that_cannot_ask_hosts_is_refused_at_the_service():
    (error,) = errors(built("", platform="frr", health="health tcp/80"))
    assert (error.code, error.node, error.span.line) == ("E0610", "d", 1)
    assert "asking whether a replica lives" in error.message


def test_no_target_claims_what_it_cannot_write():
    for target in all_targets().values():
        known = target.features.get("health-check")
        assert known is None or known.since is None


def test_health_of_a_service_that_nobody_asks_is_no_matter():
    assert errors(built("", health="")) == []
