"""`--state`: what is failed or drained just now, from a file or from the devices, and the intents that it degrades."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support_cli_network import cli_network
from support_incremental import TODAY, from_nothing, told
from support_network import link, network, node

from intentc.diagnostics import Source
from intentc.manifest.read import read_manifest
from intentc.project.model import Project
from intentc.push.alive import look_around
from intentc.run import Request
from intentc.topology.overlay import OverlayError, lay_over, overlay_of, read_overlay
from intentc.values import replace
from intentc.verify.prove import prove

SAFE = "intent one { from ber to fra  match tcp/443  failover within 1s { survive any 1 link } }\n"
PLAIN = "intent two { from ber to fra  match tcp/80 }\n"
IMPOSSIBLE = "intent bad { from ber to fra  match tcp/22  failover within 1s { survive any 1 node } }\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("link:L1\n", "link:L1 failed"),
        ("node:x drained # at night\n\nlink:L1 failed", "link:L1 failed, node:x drained"),
        ("link:b, link:a drained", "link:a drained, link:b failed"),
    ],
)
def test_an_overlay_is_read_and_written(text, words):
    found = read_overlay(text)
    assert found.words == words
    assert read_overlay(found.words) == found


@pytest.mark.parametrize("text", ["L1", "link:", "site:x", "link:L1 down", "link:L1 failed now"])
def test_what_is_no_overlay_is_refused(text):
    with pytest.raises(OverlayError, match="line 2"):
        read_overlay(f"link:L0\n{text}")


NET = network(
    [node(name) for name in "abc"], [link("ab", "a", "b"), link("bc", "b", "c"), link("t", "a", "c", over=("ab",))]
)


def states(overlay):
    laid = lay_over(NET, overlay)
    return {name: item.state for name, item in (*laid.links.items(), *laid.nodes.items()) if item.state != "up"}


def test_failed_links_take_along_what_runs_over_them_and_failed_nodes_their_links():
    assert states(overlay_of(links=["ab"])) == {"ab": "planned", "t": "planned"}
    assert states(overlay_of(nodes=["c"])) == {"bc": "planned", "t": "planned"}
    assert states(read_overlay("link:bc drained, node:a drained")) == {"bc": "drained", "a": "drained"}


def test_what_the_topology_does_not_have_is_refused():
    with pytest.raises(OverlayError, match="no link `x`"):
        lay_over(NET, overlay_of(links=["x"]))


@pytest.fixture
def net(tmp_path, monkeypatch):
    made = cli_network(tmp_path, monkeypatch, one=SAFE, two=PLAIN)
    (tmp_path / "down.txt").write_text("link:ab failed\n")
    return made


def test_an_intent_that_only_lacks_further_protection_is_degraded(net):
    assert net.run("check").status == 0
    done = net.run("check", "--state", str(net.root / "down.txt"))
    assert done.status == 0, done.out
    assert "warning[W0503]: `one` is degraded while link:ab failed" in done.out
    assert "E0" not in done.out


def test_the_manifest_says_degraded_and_is_proved_under_the_same_overlay(net):
    assert net.run("compile", "--state", str(net.root / "down.txt")).status == 0
    manifest = json.loads((net.root / "build" / "manifest.json").read_text())
    assert {intent["name"]: intent["status"] for intent in manifest["intents"]} == {"one": "degraded", "two": "placed"}
    assert manifest["generator"]["options"] == {"state": "link:ab failed"}
    (demand, *_) = manifest["intents"][0]["demands"]
    assert demand["primary"]["paths"][0]["path"] == ["a", "d", "z"]
    assert demand["unprotected"]
    done = net.run("verify")
    assert done.status == 0, done.out


def test_what_is_wrong_without_the_overlay_stays_an_error(net):
    net.write(one=SAFE.replace("any 1 link", "any 2 links"))
    assert net.run("check").status == 1
    assert net.run("check", "--state", str(net.root / "down.txt")).status == 1


def test_an_intent_without_any_path_is_no_degraded_one(net):
    (net.root / "down.txt").write_text("link:ab, link:ad")
    done = net.run("check", "--state", str(net.root / "down.txt"))
    assert done.status == 1
    assert "E0506" in done.out


def test_an_intent_that_would_be_late_in_a_further_failure_is_degraded_and_its_manifest_proved():
    """With two fast ways and a slow one: 110 ms are enough for the slow one as placement estimates it, not with what queues hold."""
    nodes = "".join(
        f"  {name}: {{loopback: 10.255.0.{at}/32, attached: [10.0.{at}.0/24]}}\n" for at, name in enumerate("abcdz")
    )
    ways = (("b", "1ms", 10), ("d", "1ms", 20), ("c", "8ms", 30))
    links = "".join(
        f"  - {{id: {one}{two}, a: {one}, b: {two}, capacity: 100Mbps, latency: {latency}, igp_metric: {metric}, crosses: []}}\n"
        for via, latency, metric in ways
        for one, two in (("a", via), (via, "z"))
    )
    topology = f"name: ways\nrouting: {{igp: isis, bfd: {{interval: 50ms, multiplier: 3}}}}\ndefaults: {{platform: none}}\nnodes:\n{nodes}links:\n{links}"
    intents = (
        "intent one { from a to z unidirectional match tcp/443 bandwidth 10Mbps burst 90KB"
        " failover within 5s { survive any 1 link latency <= 110ms } }\n"
    )
    project = Project("ways", Path("/nowhere"), ("t.yaml",), ("i.intent",))
    sources = (Source("i.intent", intents),), (Source("t.yaml", topology),)
    request = Request(project, *sources, TODAY, lambda _path: None, overlay=overlay_of(links=["ab"]))
    run = from_nothing(request, None)
    assert [item.code for item in run.findings.items if item.severity.value != "note"] == ["W0503"]
    manifest = read_manifest(told(run)[0])
    assert [entry.status for entry in manifest.intents] == ["degraded"]
    assert not prove(run.files, run.topology, manifest, TODAY).findings
    silent = replace(manifest, findings=())
    assert {item.code for item in prove(run.files, run.topology, silent, TODAY).findings} == {"E0563"}
    hopeful = told(run)[0].replace('"status": "degraded"', '"status": "placed"')
    assert hopeful != told(run)[0]
    assert "E0569" in {item.code for item in prove(run.files, run.topology, read_manifest(hopeful), TODAY).findings}


@pytest.mark.parametrize("text", ["link:nowhere", "nonsense"])
def test_an_overlay_that_does_not_fit_is_refused(net, text):
    (net.root / "down.txt").write_text(text)
    assert net.run("check", "--state", str(net.root / "down.txt")).status == 2
    assert net.run("check", "--state", str(net.root / "missing.txt")).status == 2


UP = {"a": "bd", "b": "az", "d": "az", "z": "bd"}


def neighbours(net, *cut):
    for name, others in UP.items():
        own = [other for other in others if {name, other} not in [set(pair) for pair in cut]]
        net.devices[name].neighbours = tuple(f"isis to-{other}" for other in own)


def test_the_devices_say_what_has_failed(net):
    neighbours(net, "ab")
    done = net.run("check", "--state", "live")
    assert done.status == 0, done.err
    assert "state: link:ab failed" in done.err
    assert "W0503" in done.out
    neighbours(net)
    assert "state: nothing has failed" in net.run("check", "--state", "live").err


def test_a_plan_under_an_overlay_goes_round_what_has_failed(net):
    neighbours(net, "ab")
    done = net.run("apply", "--state", "live", "--yes")
    assert done.status == 0, done.out + done.err
    assert "L" not in {item.link for item in net.config("a").queueing}


def test_a_node_has_failed_when_it_is_silent_and_nobody_sees_it(net):
    neighbours(net, "ab", "bz")
    net.devices["b"].dead_until = float("inf")
    found = look_around(net_topology(net), devices(net), opener=net.opener)
    assert found.overlay.words == "link:ab failed, link:bz failed, node:b failed"
    neighbours(net)
    assert look_around(net_topology(net), devices(net), opener=net.opener).overlay.words == ""


def devices(net):
    from support_push_worlds import DEVICE

    from intentc.inventory.model import Device

    return {name: Device(**DEVICE, node=name) for name in net.devices}


def net_topology(net):
    from intentc.diagnostics import Findings, Source
    from intentc.topology.load import load

    return load((Source("topology.yaml", (net.root / "topology.yaml").read_text()),), Findings())
