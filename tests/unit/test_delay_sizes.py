"""`host_mtu`: the largest packets of hosts, with labels, have to fit every link on every path."""

import json

import pytest
from support_targets import stages_with_all_targets
from support_verify import build
from test_verify_policies import INTENTS, demand, net

PLAIN = "intent fast { from ber to fra2 unidirectional }"


def compiled(routing, intents=INTENTS, **mtus):
    text = net().replace("\nrouting: {", f"\nrouting: {{{routing}")
    for link, mtu in mtus.items():
        name = link.replace("_", "-")
        text = text.replace(f"{{id: {name},", f"{{id: {name}, mtu: {mtu},")
    return build(intents, text, stages_with_all_targets())


def sizes(built):
    return [item for item in built.run.findings.items if item.code == "E0513"]


def test_where_nobody_said_how_large_packets_are_nothing_is_refused():
    assert sizes(compiled("")) == []


def test_labels_on_packets_that_fill_the_links_are_too_much():
    built = compiled("host_mtu: 1500, ")
    (fast, safe) = sizes(built)
    assert built.statuses == {"fast": "infeasible", "safe": "infeasible", "plain": "placed"}
    labels = len(json.loads(compiled("").text)["intents"][0]["demands"][0]["segments"])
    assert labels >= 1
    assert fast.intent == "fast"
    assert fast.span.file.endswith(".yaml")
    assert "carries packets of 1500 bytes" in fast.message
    assert safe.related[0].message == "its path runs over this link"
    assert built.codes() == set()


@pytest.mark.parametrize(("host_mtu", "is_placed"), [(1500 - 16, True), (1500, False)])
def test_the_lists_as_a_whole_count(host_mtu, is_placed):
    assert (compiled(f"host_mtu: {host_mtu}, ").statuses["fast"] == "placed") is is_placed


ROUND = """
name: round
routing: {igp: isis, host_mtu: 1500}
defaults: {platform: PLATFORM}
nodes:
  a: {release: "REL", loopback: 10.255.0.1/32, attached: [10.1.0.0/24]SID1}
  b: {release: "REL", loopback: 10.255.0.2/32SID2}
  c: {release: "REL", loopback: 10.255.0.3/32SID3}
  d: {release: "REL", loopback: 10.255.0.4/32, attached: [10.4.0.0/24]SID4}
links:
  - {id: ab, a: a, b: b, capacity: 1Gbps, latency: 1ms, mtu: 9000}
  - {id: bd, a: b, b: d, capacity: 1Gbps, latency: 1ms, mtu: MTU}
  - {id: ac, a: a, b: c, capacity: 1Gbps, latency: 1ms, mtu: 9000, igp_metric: 30}
  - {id: cd, a: c, b: d, capacity: 1Gbps, latency: 1ms, mtu: 9000, igp_metric: 30}
"""


def round_net(platform, mtu):
    text = (
        ROUND.replace("PLATFORM", platform)
        .replace("MTU}", f"{mtu}}}")
        .replace("REL", "1.0" if platform == "sr-bench" else "8.4")
    )
    for number in range(1, 5):
        routing = f", segment_routing: {{index: {number}, srgb: [16000, 23999], max_sid_depth: 5}}"
        text = text.replace(f"SID{number}", routing if platform == "sr-bench" else "")
    return text


@pytest.mark.parametrize("platform", ["frr", "sr-bench"])
@pytest.mark.parametrize(("mtu", "links"), [(9000, ["ab", "bd"]), (1499, ["ac", "cd"])])
def test_another_way_is_taken_where_packets_do_not_fit(platform, mtu, links):
    built = build("intent x { from a to d unidirectional }", round_net(platform, mtu), stages_with_all_targets())
    assert built.statuses == {"x": "placed"}
    (path,) = json.loads(built.text)["intents"][0]["demands"][0]["primary"]["paths"]
    assert path["links"] == links
    assert sizes(built) == []
    assert built.codes() == set()


def test_backups_keep_off_narrow_links_too():
    intents = "intent x { from a to d unidirectional failover within 9s { survive any 1 link } }"
    built = build(intents, round_net("sr-bench", 1499), stages_with_all_targets())
    assert [item.message for item in sizes(built)] != []  # when `ac` fails only the narrow link is left


def test_without_labels_packets_may_fill_the_links():
    assert compiled("host_mtu: 1500, ", PLAIN).statuses == {"fast": "placed"}
    narrow = compiled("host_mtu: 1500, ", PLAIN, fra2_p2=1400, fra2_p1=1400)
    assert narrow.statuses == {"fast": "infeasible"}
    assert [item.code for item in narrow.run.findings.items if item.is_error] == ["E0513"]


def test_a_waiver_accepts_it():
    waived = INTENTS.replace(
        "intent fast { ", 'intent fast { waive E0513 until 2027-01-31 because "links are being changed" '
    )
    built = compiled("host_mtu: 1500, ", waived)
    assert built.statuses["fast"] == "waived"
    assert built.codes() == set()


def test_the_prover_counts_labels_itself():
    """The manifest of a network with room, proved against one without."""
    wide = compiled("host_mtu: 1484, ")
    assert wide.codes() == set()

    def longer(whole):
        policy = demand(whole, "fast")["policies"][0]
        policy["candidates"][-1]["segments"] = ["p1", "p2", "p1", "p2", "fra2"]

    assert "E0569" in wide.codes(longer)
