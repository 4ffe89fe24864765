"""The prover on SR policies: what the compiler placed holds, and every statement about it that is wrong is noticed."""

import json
import random
from functools import cache
from itertools import count, product

import pytest
from support_targets import stages_with_all_targets
from support_verify import NET, build

from intentc.manifest.elements import with_consequences
from intentc.manifest.read import read_manifest
from intentc.manifest.write import rewrite_manifest
from intentc.verify import behaviour, prove, scenes

INTENTS = """
intent fast { from ber to fra2 latency <= 5ms unidirectional failover within 1s { survive any 1 link except access latency <= 9ms } }
intent safe { from muc to fra1 pin region eu unidirectional failover within 1s { survive any 1 node except access } }
intent plain { from muc to fra2 unidirectional }
"""


@cache
def net():
    """The usual network with segment routing; on the way from `ber1` to `fra2` the IGP prefers the slow side."""
    numbers = count(1)
    lines = []
    for line in (
        NET.replace("platform: frr", "platform: sr-bench").replace('release: "8.4"', 'release: "1.0"').splitlines()
    ):
        routing = f"segment_routing: {{index: {next(numbers)}, srgb: [16000, 23999], max_sid_depth: 4}}, loopback6"
        lines.append(line.replace("loopback6", routing, 1) if "loopback6" in line else line)
    return "\n".join(lines).replace("id: fra2-p1, a: fra2, b: p1,", "id: fra2-p1, a: fra2, b: p1, igp_metric: 90,")


@cache
def built():
    return build(INTENTS, net(), stages_with_all_targets())


def demand(whole, name):
    return next(intent for intent in whole["intents"] if intent["name"] == name)["demands"][0]


@cache
def found(name):
    return demand(json.loads(built().text), name)


def test_the_compiler_uses_policies_here():
    assert built().statuses == {"fast": "placed", "safe": "placed", "plain": "placed"}
    assert [found(name)["mechanism"] for name in ("fast", "safe", "plain")] == ["sr-policy", "sr-policy", "igp"]
    assert found("fast")["segments"] == found("fast")["policies"][0]["candidates"][0]["segments"]
    assert all("@" in segment for path in found("safe")["policies"][0]["candidates"] for segment in path["segments"])


def test_what_was_compiled_holds():
    assert built().codes() == set()


def test_devices_are_given_what_was_placed():
    texts = {node: device.files[0].text for node, device in built().run.bundle.devices.items()}
    assert "SR policy" in texts["ber1"]
    assert "into SR policy" in texts["ber1"]
    assert "answer S-BFD packets" in texts["fra2"]


def test_the_manifest_is_read_and_written_byte_for_byte():
    import io

    stream = io.BytesIO()
    rewrite_manifest(read_manifest(built().text), stream)
    assert stream.getvalue().decode() == built().text


def of(name, change):
    return lambda whole: change(demand(whole, name))


def policy_of(name, change):
    return of(name, lambda entry: change(entry["policies"][0]))


def candidates_of(name, change):
    """Change candidates and what is told of them together: only what they do can give it away."""

    def both(entry):
        change(entry["policies"][0]["candidates"])
        for told, meant in zip(entry["alternatives"], entry["policies"][0]["candidates"], strict=False):
            told["segments"] = list(meant["segments"])
        entry["segments"] = list(entry["policies"][0]["candidates"][0]["segments"])

    return of(name, both)


def put(where, key, value):
    where[key] = value


MUTATIONS = {
    "mechanism": of("fast", lambda entry: put(entry, "mechanism", "pbr")),
    "mechanism of the igp": of("plain", lambda entry: put(entry, "mechanism", "sr-policy")),
    "no policy": of("fast", lambda entry: put(entry, "policies", [])),
    "policy twice": of("fast", lambda entry: entry["policies"].append(entry["policies"][0])),
    "unknown head-end": policy_of("fast", lambda policy: put(policy, "node", "nowhere")),
    "other head-end": policy_of("fast", lambda policy: put(policy, "node", "p1")),
    "other end point": policy_of("fast", lambda policy: put(policy, "end_point", "fra1")),
    "fail-closed": policy_of("fast", lambda policy: put(policy, "fail_closed", True)),
    "fail-open": policy_of("safe", lambda policy: put(policy, "fail_closed", False)),
    "no candidates": policy_of("fast", lambda policy: put(policy, "candidates", [])),
    "one candidate less": policy_of("safe", lambda policy: policy["candidates"].pop()),
    "other preference": policy_of("safe", lambda policy: put(policy["candidates"][0], "preference", 5)),
    "equal preferences": policy_of("safe", lambda policy: put(policy["candidates"][1], "preference", 100)),
    "segments told": of("fast", lambda entry: entry["segments"].append("fra2")),
    "segments not told": of("fast", lambda entry: put(entry, "segments", [])),
    "alternative gone": of("safe", lambda entry: entry["alternatives"].pop()),
    "alternative's segments": of("safe", lambda entry: entry["alternatives"][1]["segments"].pop()),
    "alternative's liveness": of("safe", lambda entry: put(entry["alternatives"][0], "liveness", "igp")),
    "alternative's paths": of("safe", lambda entry: put(entry["alternatives"][1], "paths", entry["primary"]["paths"])),
    "alternative that carries without paths": of("safe", lambda entry: put(entry["alternatives"][0], "paths", [])),
    "backup without its paths": of("safe", lambda entry: put(entry["alternatives"][1], "paths", [])),
    "state gone": of("safe", lambda entry: entry["states"].pop()),
    "state's path": of("safe", lambda entry: put(entry["states"][0], "paths", entry["primary"]["paths"])),
    "only the end": candidates_of("fast", lambda paths: put(paths[0], "segments", ["fra2"])),
    "through the end": candidates_of("fast", lambda paths: put(paths[0], "segments", ["fra2", "p1", "fra2"])),
    "ends elsewhere": candidates_of("fast", lambda paths: paths[0]["segments"].pop()),
    "unknown node": candidates_of("fast", lambda paths: put(paths[0], "segments", ["nowhere", "fra2"])),
    "unknown link": candidates_of("safe", lambda paths: put(paths[0]["segments"], 0, "nothing@muc1")),
    "link of another node": candidates_of("safe", lambda paths: put(paths[0]["segments"], 0, "muc-p1@p3")),
    "link the wrong way": candidates_of("safe", lambda paths: put(paths[0]["segments"], 0, "muc-p1@p1")),
    "links in another order": candidates_of("safe", lambda paths: paths[0]["segments"].reverse()),
    "empty list": candidates_of("safe", lambda paths: put(paths[0], "segments", [])),
    "too many segments": candidates_of(
        "fast", lambda paths: put(paths[0], "segments", ["ber-p1@ber1", "p1", "p1", "p1", "fra2-p1@p1"])
    ),
    "a node segment where nothing may leak": candidates_of(
        "safe", lambda paths: put(paths[0], "segments", ["p1", "fra1-p1@p1"])
    ),
    "candidates changed places": candidates_of(
        "safe",
        lambda paths: paths.__setitem__(
            slice(None),
            [
                {"preference": 100, "segments": paths[1]["segments"], "lists": []},
                {"preference": 90, "segments": paths[0]["segments"], "lists": []},
            ],
        ),
    ),
    "detection": of("safe", lambda entry: put(entry["protection"], "detect_ms", 5000)),
    "detection faster than the IGP's": of("fast", lambda entry: put(entry["protection"], "detect_ms", 100)),
    "device gone": lambda whole: put(
        whole, "devices", [item for item in whole["devices"] if item["node"] != found("fast")["source"]]
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_wrong_is_noticed(name):
    assert built().codes(MUTATIONS[name]) - {"damaged"}


@pytest.mark.parametrize("name", ["fast", "safe"])
def test_a_replica_that_nobody_asks_for_is_noticed(name):
    def change(entry):
        other = {"source": "fra1", "destination": "muc1", "match": entry["match"], "except": []}
        entry["policies"].append({**entry["policies"][0], "replica": other})

    assert "E0570" in built().codes(of(name, change))


def test_a_backup_that_is_not_needed_may_be_there():
    """Nothing forbids further candidates below those that carry, as long as they are told."""

    def change(entry):
        entry["policies"][0]["candidates"].append({"preference": 1, "segments": ["p2", "fra2"], "lists": []})
        told = next(item["paths"] for item in entry["states"] if "p2" in item["paths"][0]["path"])
        entry["alternatives"].append({"preference": 1, "segments": ["p2", "fra2"], "liveness": "bfd", "paths": told})

    assert built().codes(of("fast", change)) == set()


def test_what_touches_nothing_of_a_policy_leaves_its_packets_where_they_are(monkeypatch):
    """In every state of one or two failed links, and of one failed node, however many of them are promised to anyone."""
    seen = []
    keep = prove.keep_books

    def watched(world, cases):
        seen.append((world, [group[0] for group in cases.values()]))
        return keep(world, cases)

    monkeypatch.setattr(prove, "keep_books", watched)
    assert not built().prove().findings
    ((world, cases),) = seen
    links, topology = sorted(world.topology.links), world.topology
    states = [with_consequences((), set(pair), topology) for pair in product(links, repeat=2)]
    states += [with_consequences({name}, (), topology) for name in topology.nodes]
    told = {(case.entry.id, failed): behaviour.behaviour(world, case, failed) for case in cases for failed in states}
    spared = [key for key in told if key not in {(name, failed) for _, name, failed in world.outcomes}]
    carried = {case.entry.id for case in cases if case.entry.policies}
    assert any(name in carried for name, _ in spared)
    monkeypatch.setattr(behaviour, "is_spared", lambda *_: False)
    world.outcomes.clear()
    for (name, failed), outcome in told.items():
        (case,) = (case for case in cases if case.entry.id == name)
        assert behaviour.behaviour(world, case, failed) == outcome, (name, failed)


@pytest.mark.parametrize("seed", range(4))
def test_scenes_that_are_left_out_change_no_wait(seed, monkeypatch):
    chance = random.Random(seed)  # noqa: S311  (seeded programs, no secret)
    ends = [("ber", "fra1"), ("ber", "fra2"), ("muc", "fra1"), ("muc", "fra2"), ("ber", "ams"), ("muc", "ams")]
    text = "\n".join(
        f"intent i{at} {{ from {start} to {stop} unidirectional match tcp/{at}"
        f" priority high bandwidth {chance.choice([1, 3, 8])}Mbps burst {chance.choice([2, 9])}KB"
        f" failover within 9s {{ survive any 1 link }} }}"
        for at, (start, stop) in enumerate(ends * 2, 1)
    )
    program, seen = build(text, net(), stages_with_all_targets()), []
    find = prove.find_waits

    def watched(world, cases):
        seen.append(find(world, cases))
        return seen[-1]

    monkeypatch.setattr(prove, "find_waits", watched)
    assert not program.prove().findings
    whole = []
    monkeypatch.setattr(scenes, "_worst", lambda found: whole.append(len(found)) or list(found))
    assert not program.prove().findings
    assert seen[0] == seen[1]
    assert max(whole) > 1
