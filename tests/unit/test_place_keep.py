"""`--keep`: a small change of the input moves only what it must."""

import contextlib
import io
import json
import random

import pytest

from intentc.cli import main

NODES = [f"n{index}" for index in range(14)]
LINKS = [(a, (a + step) % 14) for a in range(14) for step in (1, 3, 5)]


def intentc(*words):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([str(word) for word in words])
    return status, out.getvalue(), err.getvalue()


def topology(without=()):
    lines = [
        "name: keep",
        "defaults: {platform: frr}",
        "routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}",
        "nodes:",
    ]
    for index, name in enumerate(NODES):
        lines.append(
            f"  {name}: {{loopback: 10.255.0.{index}/32, attached: [{{prefix: 10.0.{index}.0/24, interface: eth0}}]}}"
        )
    lines.append("links:")
    for number, (a, b) in enumerate(LINKS):
        if number not in without:
            metric = 10 + 7 * (number % 5)
            lines.append(
                f"  - {{id: l{number}, a: n{a}, b: n{b}, capacity: 1Gbps, latency: {1 + number % 4}ms, igp_metric: {metric}}}"
            )
    return "\n".join(lines) + "\n"


def intent(name, ends, mbps, more=""):
    return (
        f"intent {name} {{\n  from {ends[0]}\n  to {ends[1]}\n  unidirectional\n  match tcp/{10000 + int(name[1:])}\n  priority normal\n"
        f"  bandwidth {mbps}Mbps burst 90KB\n{more}}}\n"
    )


def program(count, seed=4, **changed):
    """Intents that fill the network so far that many of them have to leave the IGP's path."""
    chance = random.Random(seed)  # noqa: S311  (a workload, no secret)
    found = []
    for index in range(count):
        ends, mbps = chance.sample(NODES, 2), chance.choice((90, 180, 320))
        more = "  failover within 2s { survive any 1 link }\n" if index % 3 == 0 else ""
        found.append(intent(f"f{index}", ends, changed.get(f"f{index}", mbps), more))
    return "".join(found)


@pytest.fixture
def project(tmp_path):
    (tmp_path / "topology").mkdir()
    (tmp_path / "intents").mkdir()
    (tmp_path / "intentc.toml").write_text(
        '[project]\nname = "keep"\ntopology = ["topology/*.yaml"]\nintents = ["intents/*.intent"]\n'
    )

    def compiled(intents, *options, network=None):
        (tmp_path / "topology" / "net.yaml").write_text(network or topology())
        (tmp_path / "intents" / "all.intent").write_text(intents)
        status, _, err = intentc("-C", tmp_path, "-q", "compile", *options)
        assert status in {0, 1}, err
        assert intentc("-C", tmp_path, "-q", "verify")[0] == 0
        return json.loads((tmp_path / "build" / "manifest.json").read_text())

    return compiled


def ways(manifest):
    return {
        demand["id"]: (demand["primary"]["paths"], demand["steering"])
        for entry in manifest["intents"]
        for demand in entry["demands"]
    }


def moved(before, after):
    known, found = ways(before), ways(after)
    return {name for name in known.keys() & found.keys() if known[name] != found[name]}


def test_the_workload_needs_steering(project):
    assert sum(bool(steering) for _, steering in ways(project(program(60))).values()) > 5


def test_without_a_change_everything_stays(project, tmp_path):
    before = project(program(60))
    after = project(program(60), "--keep", tmp_path / "build")
    assert moved(before, after) == set()
    assert after["generator"]["options"]["keep"].startswith("sha256:")
    assert after["objective"] == before["objective"]


def test_a_further_intent_moves_no_other_where_there_is_room(project, tmp_path):
    first = "a-first-one-by-name"
    more = intent("f900", ("n0", "n7"), 50).replace("f900", first)
    before = project(program(60))
    after = project(more + program(60), "--keep", tmp_path / "build")
    assert moved(before, after) == set()
    assert any(demand.startswith(first) for demand in ways(after))


def test_what_is_placed_makes_no_way_for_more_new_ones_of_its_priority(project, tmp_path):
    net = [
        "name: pair",
        "nodes:",
        *(f"  n{at}: {{platform: frr, loopback: 10.255.0.{at}/32, attached: [10.0.{at}.0/24]}}" for at in (0, 1)),
        "links:",
        "  - {id: only, a: n0, b: n1, capacity: 10Mbps, latency: 1ms}",
    ]
    network, old = "\n".join(net) + "\n", intent("f1", ("n0", "n1"), 8).replace("90KB", "9KB")
    before = project(old, network=network)
    more = "".join(intent(name, ("n0", "n1"), 4).replace("90KB", "9KB") for name in ("f2", "f3"))
    after = project(old + more, "--keep", tmp_path / "build", network=network)
    anew = project(old + more, network=network)
    assert [entry["status"] for entry in before["intents"]] == ["placed"]
    assert [entry["status"] for entry in after["intents"]] == ["placed", "infeasible", "infeasible"]
    assert [entry["status"] for entry in anew["intents"]] == ["infeasible", "placed", "placed"]


def test_fewer_move_than_from_scratch(project, tmp_path):
    before = project(program(60))
    anew = project(program(60, f7=400, f21=400))
    project(program(60))
    kept = project(program(60, f7=400, f21=400), "--keep", tmp_path / "build")
    assert len(moved(before, kept)) < len(moved(before, anew))
    assert {entry["name"] for entry in kept["intents"] if entry["status"] == "placed"} >= {
        entry["name"] for entry in anew["intents"] if entry["status"] == "placed"
    }


def test_what_the_network_lost_is_placed_anew(project, tmp_path):
    before = project(program(60))
    steered = {
        item["links"][0] for paths, steering in ways(before).values() if steering for item in paths if item["links"]
    }
    lost = int(min(steered)[1:])
    after = project(program(60), "--keep", tmp_path / "build", network=topology(without={lost}))
    assert all(f"l{lost}" not in item["links"] for paths, _ in ways(after).values() for item in paths)
    assert moved(before, after)


def test_a_build_that_is_not_there_is_refused(tmp_path, project):
    project(program(3))
    status, _, err = intentc("-C", tmp_path, "compile", "--keep", tmp_path / "nowhere")
    assert status == 2
    assert "there is no" in err
