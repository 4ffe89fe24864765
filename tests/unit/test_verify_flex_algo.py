"""The whole way with Flexible Algorithms: intents to manifest, and every statement about them that is wrong is noticed."""

import json
from functools import cache
from itertools import count

import pytest
from support_targets import stages_with_all_targets
from support_verify import NET, TODAY, TOPOLOGY_PATH, build

from intentc.diagnostics import Findings, Source
from intentc.manifest.read import read_manifest
from intentc.topology.load import load
from intentc.verify.prove import prove

INTENTS = """
intent fast { from ber to fra2 latency <= 5ms unidirectional failover within 1s { survive any 1 link except access latency <= 9ms } }
intent safe { from muc to fra1 pin region eu unidirectional failover within 1s { survive any 1 node except access } }
intent over { from ber to fra2 match udp/5000 avoid node p3 latency <= 5ms unidirectional }
intent plain { from muc to fra2 match udp/5001 unidirectional }
"""
ALGORITHMS = "{128: {metric: delay}, 129: {exclude_any: [abroad]}}"


@cache
def net(algorithms=ALGORITHMS, outside="nobody"):
    """The usual network with two algorithms; on the way from `ber1` to `fra2` the IGP prefers the slow side."""
    numbers = count(1)
    lines = []
    for line in NET.replace("platform: frr", "platform: sr-bench").replace('"8.4"', '"1.0"').splitlines():
        if "loopback6" in line:
            number = next(numbers)
            part = "" if outside in line else f"128: {100 + number}, 129: {200 + number}"
            routing = (
                f"segment_routing: {{index: {number}, srgb: [16000, 23999], max_sid_depth: 4, flex_algos: {{{part}}}}}"
            )
            line = line.replace("loopback6", f"{routing}, loopback6", 1)  # noqa: PLW2901  (it is the line that is made)
        elif ": p3," in line:
            line = line.replace("capacity", "affinity: [abroad], capacity", 1)  # noqa: PLW2901
        lines.append(line)
    text = "\n".join(lines).replace("id: fra2-p1, a: fra2, b: p1,", "id: fra2-p1, a: fra2, b: p1, igp_metric: 90,")
    return text.replace("routing: {igp: isis", f"routing: {{flex_algos: {algorithms}, igp: isis")


@cache
def built():
    return build(INTENTS, net(), stages_with_all_targets())


def demand(whole, name):
    return next(intent for intent in whole["intents"] if intent["name"] == name)["demands"][0]


@cache
def found(name):
    return demand(json.loads(built().text), name)


def ways(entry):
    return ["-".join(path["path"]) for path in entry["primary"]["paths"]]


def test_each_demand_has_the_mechanism_with_the_least_state():
    assert set(built().statuses.values()) == {"placed"}
    told = {name: (found(name)["mechanism"], found(name)["segments"]) for name in built().statuses}
    assert told["fast"] == ("flex-algo", ["fra2~128"])
    assert told["safe"] == ("flex-algo", ["fra1~129"])
    assert told["over"][0] == "sr-policy"  # 128 might lead over p3, and 129 is too slow
    assert told["plain"] == ("igp", [])


def test_what_was_compiled_holds():
    assert built().codes() == set()


def test_failures_are_left_to_the_algorithm():
    states = {name: entry["paths"][0]["path"] for entry in found("fast")["states"] for name in entry["when"]}
    assert ways(found("fast")) == ["ber1-p1-fra2", "ber1-p3-p1-fra2"]
    assert states["link:fra2-p1"] == ["ber1", "p2", "fra2"]
    assert len(found("fast")["policies"]) == len(found("fast")["policies"][0]["candidates"]) == 1
    assert found("fast")["protection"]["basis"] == "topology"


@pytest.mark.parametrize(
    ("outside", "name", "mechanism", "expected"),
    [
        ("  p3:", "fast", "flex-algo", ["ber1-p1-fra2"]),
        ("  p1:", "safe", "sr-policy", ["muc1-p1-fra1"]),  # when p2 fails nothing is left of the algorithm
        ("  muc1:", "safe", "sr-policy", ["muc1-p1-fra1"]),
    ],
)
def test_a_node_that_takes_no_part_is_not_on_the_way(outside, name, mechanism, expected):
    other = build(INTENTS, net(outside=outside), stages_with_all_targets())
    entry = demand(json.loads(other.text), name)
    assert (entry["mechanism"], ways(entry)) == (mechanism, expected)
    assert other.codes() == set()


def test_devices_are_told_the_algorithm_and_the_end_point():
    text = built().run.bundle.devices["ber1"].files[0].text
    assert "to fra2: the way of algorithm 128 (label 16104), else the IGP's path" in text
    assert (
        "to fra1: the way of algorithm 129 (label 16203), else drop" in built().run.bundle.devices["muc1"].files[0].text
    )


def of(name, change):
    return lambda whole: change(demand(whole, name))


def put(where, key, value):
    where[key] = value


def segment(name, text):
    """Change the segment wherever it is told: only what it does can give it away."""

    def everywhere(entry):
        entry["segments"] = [text]
        entry["policies"][0]["candidates"][0]["segments"] = [text]
        entry["alternatives"][0]["segments"] = [text]

    return of(name, everywhere)


def as_sr_policy(entry):
    entry["mechanism"] = "sr-policy"
    entry["alternatives"][0]["liveness"] = "bfd"


MUTATIONS = {
    "another mechanism": of("fast", lambda entry: put(entry, "mechanism", "sr-policy")),
    "no mechanism": of("fast", lambda entry: put(entry, "mechanism", "igp")),
    "a list as a ride": of("over", lambda entry: put(entry, "mechanism", "flex-algo")),
    "the igp as an algorithm": of("plain", lambda entry: put(entry, "mechanism", "flex-algo")),
    "another algorithm": segment("fast", "fra2~129"),
    "an algorithm that is not defined": segment("fast", "fra2~130"),
    "the igp in its place": segment("fast", "fra2"),
    "no number": segment("fast", "fra2~x"),
    "another end": segment("fast", "fra1~128"),
    "an unknown end": segment("fast", "nowhere~128"),
    "an algorithm that may leave the region": segment("safe", "fra1~128"),
    "liveness": of("fast", lambda entry: put(entry["alternatives"][0], "liveness", "bfd")),
    "two candidates": of(
        "fast",
        lambda entry: entry["policies"][0]["candidates"].append(
            {"preference": 90, "segments": ["fra2~128"], "lists": []}
        ),
    ),
    "two segments": of(
        "fast", lambda entry: put(entry["policies"][0]["candidates"][0], "segments", ["p1~128", "fra2~128"])
    ),
    "fail-open": of("safe", lambda entry: put(entry["policies"][0], "fail_closed", False)),
    "state gone": of("fast", lambda entry: entry["states"].pop()),
    "state's path": of("fast", lambda entry: put(entry["states"][0], "paths", entry["primary"]["paths"])),
    "primary's path": of("fast", lambda entry: put(entry["primary"], "paths", entry["states"][0]["paths"])),
    "detection as of s-bfd": of("fast", lambda entry: put(entry["protection"], "detect_ms", 100)),
    "slower detection": of("fast", lambda entry: put(entry["protection"], "detect_ms", 200)),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_wrong_is_noticed(name):
    assert built().codes(MUTATIONS[name]) - {"damaged"}


def test_it_might_be_supervised_as_an_sr_policy_too():
    """That is another mechanism, and no lie about where packets go."""
    assert built().codes(of("fast", as_sr_policy)) == set()


@pytest.mark.parametrize(
    "algorithms",
    [
        "{128: {metric: delay, exclude_any: [abroad]}, 129: {exclude_any: [abroad]}}",
        "{128: {metric: igp}, 129: {exclude_any: [abroad]}}",
        "{128: {metric: delay}, 129: {}}",
        "{128: {metric: delay}, 129: {include_any: [abroad]}}",
        "{128: {metric: delay}}",
    ],
)
def test_a_manifest_of_other_definitions_is_noticed(algorithms):
    """What was compiled for one network does not hold on one whose algorithms are others."""
    other = load([Source(TOPOLOGY_PATH, net(algorithms))], Findings())
    assert prove(built().run.files, other, read_manifest(built().text), TODAY).findings
