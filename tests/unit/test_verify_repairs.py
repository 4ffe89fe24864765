"""The prover on local repair: what the compiler counts on holds, and whatever is wrong about it is noticed."""

import io
import json
from functools import cache

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.cli.explain_intent import _demand
from intentc.manifest.read import read_manifest
from intentc.manifest.write import rewrite_manifest

# b and e lie beside each other between a and d; the IGP brings traffic back after 200 ms, local repair after 160 ms.
NET = """
name: net
routing: {igp: isis, bfd: {interval: 50ms, multiplier: 3}}
regions: {eu: []}
sites: {s0: {region: eu}, s1: {region: eu}, s2: {region: eu}}
defaults: {platform: sr-bench}
nodes:
  a: {release: "1.0", site: s0, loopback: 10.255.0.1/32, segment_routing: {index: 1, srgb: [16000, 23999], max_sid_depth: 2}, attached: [10.1.0.0/24]}
  b: {release: "1.0", region: eu, loopback: 10.255.0.2/32, segment_routing: {index: 2, srgb: [16000, 23999], max_sid_depth: 2}}
  c: {release: "1.0", region: eu, loopback: 10.255.0.3/32, segment_routing: {index: 3, srgb: [16000, 23999], max_sid_depth: 2}}
  d: {release: "1.0", site: s1, loopback: 10.255.0.4/32, segment_routing: {index: 4, srgb: [16000, 23999], max_sid_depth: 2}, attached: [10.4.0.0/24]}
  e: {release: "1.0", site: s2, loopback: 10.255.0.5/32, segment_routing: {index: 5, srgb: [16000, 23999], max_sid_depth: 2}, attached: [10.5.0.0/24]}
links:
  - {id: ab, a: a, b: b, capacity: 1Gbps, latency: 1ms, igp_metric: 10, mtu: 1508}
  - {id: bd, a: b, b: d, capacity: 1Gbps, latency: 1ms, igp_metric: 10, mtu: 1508}
  - {id: ac, a: a, b: c, capacity: 1Gbps, latency: 1ms, igp_metric: 18, mtu: 1508}
  - {id: ce, a: c, b: e, capacity: 1Gbps, latency: 1ms, igp_metric: 5, mtu: 1508}
  - {id: be, a: b, b: e, capacity: 1Gbps, latency: 1ms, igp_metric: 5, mtu: 1508}
  - {id: cd, a: c, b: d, capacity: 1Gbps, latency: 1ms, igp_metric: 40, mtu: 1508}
  - {id: de, a: d, b: e, capacity: 1Gbps, latency: 1ms, igp_metric: 42, mtu: 1508}
"""
INTENTS = """
intent fast { from s0 to s1 match udp/5000 unidirectional failover within 180ms { survive any 1 node } }
intent slow { from s0 to s1 match udp/5001 unidirectional failover within 1s { survive any 1 node } }
"""


@cache
def built(intents=INTENTS, net=NET):
    return build(intents, net, stages_with_all_targets())


def demand(whole, name="fast"):
    return next(intent for intent in whole["intents"] if intent["name"] == name)["demands"][0]


def messages(of, change=lambda _: None):
    whole = json.loads(of.text)
    change(whole)
    return [f"{item.code} {item.message}" for item in of.prove(json.dumps(whole)).findings]


def test_what_was_compiled_holds():
    found = demand(json.loads(built().text))
    assert found["repairs"] == [
        {"node": "a", "link": "ab", "protects": "node"},
        {"node": "e", "link": "be", "protects": "node"},
    ]
    assert (found["protection"]["detect_ms"], found["protection"]["repair_ms"]) == (150, 10)
    assert demand(json.loads(built().text), "slow")["repairs"] == []
    assert messages(built()) == []


def test_devices_are_given_what_is_counted_on():
    texts = {node: device.files[0].text for node, device in built().run.bundle.devices.items()}
    assert "local repair (TI-LFA, node protection)" in texts["a"]
    assert "local repair (TI-LFA, node protection)" in texts["e"]
    assert not any("local repair" in texts[node] for node in "bcd")


def test_explain_says_how_soon_traffic_is_back_and_who_repairs():
    (entry,) = [item for item in read_manifest(built().text).intents if item.name == "fast"]
    assert list(_demand(entry.demands[0]))[-1] == (
        "    back after 160 ms: 150 ms to notice (bfd), 10 ms to repair locally (TI-LFA) at a on ab, e on be"
    )
    (entry,) = [item for item in read_manifest(built().text).intents if item.name == "slow"]
    assert list(_demand(entry.demands[0]))[-1] == "    back after 200 ms: 150 ms to notice (bfd), 50 ms to repair"


def test_the_manifest_is_read_and_written_byte_for_byte():
    stream = io.BytesIO()
    rewrite_manifest(read_manifest(built().text), stream)
    assert stream.getvalue().decode() == built().text


def repairs(change):
    return lambda whole: change(demand(whole)["repairs"])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (repairs(lambda told: told.pop()), "`be` at `e` (node), not `ab` at `a` (node)"),
        (repairs(lambda told: told.reverse()), "the ports that have to repair locally are"),
        (repairs(lambda told: told[0].update(protects="link")), "not `ab` at `a` (link)"),
        (repairs(lambda told: told[0].update(link="ac")), "not `ac` at `a`"),
        (repairs(lambda told: told[0].update(node="b")), "not `ab` at `b`"),
        (repairs(lambda told: told.append({"node": "b", "link": "bd", "protects": "link"})), "`bd` at `b`"),
        (lambda whole: demand(whole)["protection"].update(repair_ms=31), "take longer than 180 ms"),
        (lambda whole: demand(whole)["protection"].update(detect_ms=149), "the topology's own timers take 150 ms"),
        (
            lambda whole: demand(whole, "slow").update(repairs=[{"node": "a", "link": "ab", "protects": "link"}]),
            "not `ab` at `a` (link)",
        ),
    ],
    ids=["gone", "order", "protects", "link", "node", "more", "slower", "faster", "another demand's"],
)
def test_what_is_wrong_about_repair_is_noticed(change, words):
    found = messages(built(), change)
    assert any(item.startswith("E0574") and words in item for item in found), found


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("igp_metric: 42", "igp_metric: 60", "packets can circle while routers converge"),
        (
            "index: 1, srgb: [16000, 23999], max_sid_depth: 2",
            "index: 1, srgb: [16000, 23999], max_sid_depth: 1",
            "`a` pushes 1",
        ),
        (
            "igp: isis, bfd",
            "host_mtu: 1501, igp: isis, bfd",
            "packets with the labels of the repair do not fit the links",
        ),
        ('e: {release: "1.0", ', 'e: {release: "1.0", platform: none, ', "`e` cannot repair anything locally"),
    ],
    ids=["circle", "depth", "size", "provider"],
)
def test_a_network_in_which_it_does_not_hold(old, new, words):
    """The manifest of the network that can, proved over the one that cannot."""
    assert old in NET
    other = built(INTENTS.replace("180ms", "5s"), NET.replace(old, new))
    told = demand(json.loads(built().text))["repairs"]
    found = messages(other, lambda whole: demand(whole).update(repairs=told))
    assert any(item.startswith("E0574") and words in item for item in found), found


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("intent held { from s2 to s1 avoid link cd unidirectional }", "packets with fences come there"),
    ],
)
def test_what_others_need_of_the_device(more, words):
    other = built(INTENTS.replace("180ms", "5s") + more)
    told = demand(json.loads(built().text))["repairs"]
    found = messages(other, lambda whole: demand(whole).update(repairs=told))
    assert any(item.startswith("E0574") and words in item for item in found), found


def test_repair_without_a_promise_is_noticed():
    found = messages(built(), lambda whole: demand(whole).update(protection=None))
    assert any("repairs what nobody protects" in item for item in found), found
