"""What runs over a tunnel is on the links below it: in the books, to the prover, in queues, in assertions."""

import json
import re

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.diagnostics import Findings, Source
from intentc.pipeline import explain, lower, render
from intentc.realise.labels import with_labels
from intentc.topology.crossings import Crossing, crossings
from intentc.topology.load import load

HEAD = """name: mesh
routing: {igp: isis}
defaults: {platform: sr-bench}
nodes:
"""
SR = "segment_routing: {index: %d, srgb: [16000, 23999], max_sid_depth: 8}"
STAGES = tuple(stage for stage in stages_with_all_targets() if stage not in {explain, lower, render})
OVER = "{id: t, a: a, b: c, over: [ab, bc], overhead: 34, igp_metric: 1}"
ASK = "intent %s { from %s to %s unidirectional bandwidth %dMbps %s}"


def net(*links):
    nodes = sorted({name for each in links for name in re.findall(r"\b[ab]: (\w)", each)})
    lines = [
        f"  {name}: {{release: '1.0', loopback: 10.255.0.{at}/32, attached: [10.{at}.0.0/24], {SR % at}}}"
        for at, name in enumerate(nodes, 1)
    ]
    return HEAD + "\n".join([*lines, "links:", *(f"  - {link}" for link in links)]) + "\n"


def wire(a, b, metric=10):
    return f"{{id: {a}{b}, a: {a}, b: {b}, capacity: 100Mbps, latency: 1ms, igp_metric: {metric}}}"


CHAIN = (wire("a", "b"), wire("b", "c"), OVER)


def built(text, *links):
    found = build("\n" + text, net(*links), STAGES)
    assert found.codes() <= {"E0578"}  # no configuration was asked for
    return found


def statuses(found):
    return {item["name"]: item["status"] for item in json.loads(found.text)["intents"]}


def reserved(found, side="ab"):
    return {link["id"]: link["reserved_bps"][side] for link in json.loads(found.text)["links"]}


def topology(*links):
    findings = Findings()
    return load([Source("n.yaml", net(*links))], findings), [(item.code, item.message) for item in findings.items]


def test_what_a_tunnel_carries_is_reserved_below_with_what_is_around_it():
    found = built(ASK % ("x", "a", "c", 34, ""), *CHAIN)
    assert reserved(found) == {"t": 34_000_000, "ab": 37_400_000, "bc": 37_400_000}


def test_the_direction_below_follows_the_way():
    turned = (wire("b", "a"), wire("b", "c"), OVER.replace("ab", "ba"))
    assert reserved(built(ASK % ("x", "a", "c", 34, ""), *turned), "ba") == {"t": 0, "ba": 37_400_000, "bc": 0}
    assert reserved(built(ASK % ("x", "c", "a", 34, ""), *turned)) == {"t": 0, "ba": 37_400_000, "bc": 0}


@pytest.mark.parametrize(("mbps", "count"), [(45, 2), (46, 1)])
def test_a_link_is_not_promised_twice(mbps, count):
    """45 Mbps within the tunnel are 49.5 below; with 50 beside it, 100 hold both: 46 are 50.6."""
    text = "\n".join([ASK % ("x", "a", "b", 50, ""), ASK % ("y", "a", "c", mbps, "via link t ")])
    placed = [name for name, status in statuses(built(text, *CHAIN)).items() if status == "placed"]
    assert len(placed) == count


def test_two_tunnels_share_what_is_below_them():
    second = "{id: u, a: a, b: c, over: [ab, bc], overhead: 34, igp_metric: 2}"
    text = "\n".join(
        [ASK % ("x", "a", "c", 50, "match tcp/80 "), ASK % ("y", "a", "c", 50, "match tcp/81 via link u ")]
    )
    assert sorted(statuses(built(text, *CHAIN, second)).values()) == ["infeasible", "placed"]


def test_another_way_is_taken_where_there_is_no_room_below():
    around = [wire("a", "d", 40), wire("d", "c", 40)]
    text = "\n".join([ASK % ("x", "a", "b", 60, "priority high "), ASK % ("y", "a", "c", 50, "")])
    found = built(text, *CHAIN, *around)
    assert statuses(found) == {"x": "placed", "y": "placed"}
    assert reserved(found) == {
        "ab": 60_000_000,
        "ad": with_labels(50_000_000, 2, 340),
        "dc": with_labels(50_000_000, 1, 340),
    }


def test_tunnels_over_tunnels_add_what_is_around_packets():
    upper = "{id: v, a: a, b: c, over: [t], overhead: 10, igp_metric: 1}"
    found, _ = topology(*CHAIN, upper)
    assert crossings(found)["v", True] == (Crossing("t", True, 10), Crossing("ab", True, 44), Crossing("bc", True, 44))
    assert crossings(found)["t", False] == (Crossing("ab", False, 34), Crossing("bc", False, 34))


@pytest.mark.parametrize("over", ["[ab]", "[bc, ab]", "[ab, cd]"])
def test_links_that_do_not_lead_there_are_said_and_count_in_both_directions(over):
    tunnel = OVER.replace("[ab, bc]", over).replace("}", ", capacity: 50Mbps, latency: 2ms}")
    found, told = topology(wire("a", "b"), wire("b", "c"), wire("c", "d"), tunnel)
    assert [code for code, _ in told] == ["W0305"]
    assert told[0][1].endswith("not lead from `a` to `c`, the ends of `t`")
    names = over.strip("[]").split(", ")
    assert crossings(found)["t", True] == tuple(Crossing(name, side, 34) for name in names for side in (True, False))


def test_a_way_that_is_told_is_no_finding():
    assert topology(*CHAIN)[1] == []


def test_the_prover_counts_below_tunnels_itself():
    found = built(ASK % ("x", "a", "c", 34, ""), *CHAIN)

    def forget(whole):
        whole["links"] = [link for link in whole["links"] if link["id"] == "t"]

    assert "E0577" in found.codes(forget)


def test_assertions_count_below_tunnels():
    text = "assert a { utilization <= 37% }\n" + ASK % ("x", "a", "c", 34, "via link t ")
    assert {item.code for item in built(text, *CHAIN).run.findings.items if item.is_error} == {"E0701"}


def test_packets_wait_below_a_tunnel_too():
    """Nobody knows how they come to the queues there: the latency counts these, and nothing is proved of them."""
    found = built(ASK % ("x", "a", "c", 34, ""), *CHAIN)
    (demand,) = json.loads(found.text)["intents"][0]["demands"]
    queues = found.run.realised.queues
    assert set(queues) == {("t", "a", "default"), ("ab", "a", "default"), ("bc", "b", "default")}
    assert demand["primary"]["latency_us"]["queueing"] == sum(queue.queueing_us for queue in queues.values())


def test_a_link_that_a_shared_risk_is_named_after_is_in_it():
    """A link without a group is one of its own, and a tunnel over it has that risk: both fail together."""
    text = ASK % ("x", "a", "c", 34, "failover within 60s { survive any 1 srlg except access } ")
    around = [wire("a", "d", 40), wire("d", "c", 40)]
    found = built(text, *CHAIN, *around)
    (demand,) = json.loads(found.text)["intents"][0]["demands"]
    told = {name: state["paths"][0]["links"] for state in demand["states"] for name in state["when"]}
    assert told["srlg:ab"] == told["link:ab"] == ["ad", "dc"]
