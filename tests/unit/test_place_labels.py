"""What labels of SR policies take of links: in the search, in the books, in queues, in assertions, and to the prover."""

import json

import pytest
from support_targets import stages_with_all_targets
from support_verify import build

from intentc.delay.courses import careers
from intentc.delay.withdraw import withdraw
from intentc.pipeline import explain, lower, render
from intentc.realise.labels import with_labels

STAGES = tuple(stage for stage in stages_with_all_targets() if stage not in {explain, lower, render})
ASK = "intent x {{ from a to d unidirectional avoid node b bandwidth {}Mbps {} }}"
TWICE = "\n  - {id: ae, a: a, b: e, capacity: 200Mbps, latency: 2ms, igp_metric: 40}"
TWICE += "\n  - {id: ed, a: e, b: d, capacity: 200Mbps, latency: 2ms, igp_metric: 40}"
BACK = "failover within 9s { survive any 1 link }"


def net(mean_packet=340, *, more=""):
    """A square whose lower way, a-c-d, only a segment list takes: its second segment is a label on each packet."""
    lines = ["name: square", f"routing: {{igp: isis, mean_packet: {mean_packet}}}", "defaults: {platform: sr-bench}"]
    lines.append("nodes:")
    for at, name in enumerate("abcde", 1):
        routing = f"segment_routing: {{index: {at}, srgb: [16000, 23999], max_sid_depth: 8}}"
        held = f"loopback: 10.255.0.{at}/32, attached: [10.{at}.0.0/24]"
        lines.append(f"  {name}: {{release: '1.0', {held}, {routing}}}")
    lines.append("links:")
    for a, b, metric in (("a", "b", 10), ("b", "d", 10), ("a", "c", 30), ("c", "d", 30), ("b", "e", 10)):
        rest = f"capacity: 100Mbps, latency: 1ms, igp_metric: {metric}"
        lines.append(f"  - {{id: {a}{b}, a: {a}, b: {b}, {rest}}}")
    return "\n".join(lines) + more + "\n"


def compiled(mbps, mean_packet=340, *, rest="", more="", top=""):
    built = build(f"{top}\n{ASK.format(mbps, rest)}", net(mean_packet, more=more), STAGES)
    assert built.codes() <= {"E0578"}  # no configuration was asked for
    return built


def entry(built):
    (found,) = json.loads(built.text)["intents"]
    return found


@pytest.mark.parametrize(
    ("mbps", "mean_packet", "status"),
    [(98, 340, "placed"), (99, 340, "infeasible"), (99, 1000, "placed"), (98, 100, "infeasible")],
)
def test_labels_have_to_fit_too(mbps, mean_packet, status):
    assert entry(compiled(mbps, mean_packet))["status"] == status


def test_what_only_labels_leave_no_room_for_is_said():
    built = compiled(99)
    (item,) = (item for item in built.run.findings.items if item.is_error)
    assert item.code == "E0509"  # no certificate counts labels
    assert item.message.endswith("the path, with 1 label in front of each packet, lacks 164.706kbps on `ac`")


def test_another_way_is_taken_where_labels_do_not_fit():
    (demand,) = entry(compiled(99, more=TWICE))["demands"]
    assert demand["primary"]["paths"][0]["links"] == ["ae", "ed"]


def test_a_queue_that_is_kept_short_has_room_for_bursts_with_their_labels():
    """2 MB take longer than the class may hold them: the queue is as long as they are, to compiler and prover."""
    built = compiled(40, rest="burst 2MB")  # which holds the prover's findings against the manifest
    queue = built.run.realised.queues["ac", "a", "default"]
    assert (queue.basis, queue.limit_bytes) == ("queue-limit", with_labels(2_000_000, 1, 340))


def test_links_hold_rates_with_labels_and_demands_tell_them_without():
    whole = json.loads(compiled(85).text)
    assert whole["intents"][0]["demands"][0]["bandwidth_bps"] == 85_000_000
    assert {link["id"]: link["reserved_bps"]["ab"] for link in whole["links"]} == {"ac": 86_000_000, "cd": 85_000_000}
    assert whole["objective"]["max_utilisation"] == 0.86  # the second segment is a link: its label is gone there


def test_the_prover_counts_labels_itself():
    built = compiled(85)

    def forget(whole):
        for link in whole["links"]:
            for key in ("reserved_bps", "worst_bps"):
                link[key]["ab"] = 85_000_000
            for key in ("by_class", "worst_by_class"):
                link[key]["default"]["ab"] = 85_000_000
        whole["objective"]["max_utilisation"] = 0.85

    assert "E0577" in built.codes(forget)


@pytest.mark.parametrize(
    ("way", "segments", "labels"),
    [("avoid node b", ["ac@a", "cd@c", "df@d"], (2, 1, 0)), ("via node c", ["c", "f"], (2, 1, 1))],
)
def test_a_stack_shrinks_hop_by_hop(way, segments, labels):
    """A link's own label is gone there; a node's is there up to the node, as nobody counts on penultimate-hop popping."""
    more = "\n  - {id: df, a: d, b: f, capacity: 100Mbps, latency: 1ms, igp_metric: 10}"
    held = "release: '1.0', loopback: 10.255.0.6/32, attached: [10.6.0.0/24]"
    node = f"  f: {{{held}, segment_routing: {{index: 6, srgb: [16000, 23999], max_sid_depth: 8}}}}\nlinks:"
    ask = f"intent x {{ from a to f unidirectional {way} bandwidth 34Mbps }}"
    built = build("\n" + ask, net(more=more).replace("links:", node), STAGES)
    (demand,) = entry(built)["demands"]
    assert demand["segments"] == segments
    found = {link["id"]: link["reserved_bps"]["ab"] for link in json.loads(built.text)["links"]}
    assert found == {
        name: with_labels(34_000_000, count, 340) for name, count in zip(("ac", "cd", "df"), labels, strict=True)
    }


def test_a_list_for_a_failure_counts_in_its_states_only():
    whole = json.loads(compiled(85, rest=BACK, more=TWICE).text)
    (demand,) = whole["intents"][0]["demands"]
    lists = [item["segments"] for item in demand["policies"][0]["candidates"]]
    assert lists == [["ae@a", "ed@e"], ["ac@a", "cd@c"]]
    held = {link["id"]: (link["reserved_bps"]["ab"], link["worst_bps"]["ab"]) for link in whole["links"]}
    first, second = 86_000_000, 85_000_000
    assert held == {"ae": (first, first), "ed": (second, second), "ac": (0, first), "cd": (0, second)}


def test_withdrawing_others_leaves_the_same_loads():
    realised = compiled(85, rest=BACK, more=TWICE).run.realised
    assert withdraw(realised, []).loads == realised.loads


def test_queues_get_rates_and_bursts_with_labels():
    (career,) = careers(compiled(85, 100, rest="").run.realised)
    normal = career.normal
    assert [normal.rate_on(*queue) for queue in (("ac", "a"), ("cd", "c"))] == [88_400_000, 85_000_000]
    assert [normal.pool_on(*queue) for queue in (("ac", "a"), ("cd", "c"))] == [88_400_000, 85_000_000]
    assert career.normal.burst_bytes == with_labels(career.demand.burst_bytes, 1, 100)


@pytest.mark.parametrize(("limit", "codes"), [("86%", set()), ("85%", {"E0701"})])
def test_assertions_count_labels(limit, codes):
    built = compiled(85, top=f"assert a {{ utilization <= {limit} }}")
    assert {item.code for item in built.run.findings.items if item.is_error} == codes


@pytest.mark.parametrize(("amount", "labels", "found"), [(340, 0, 340), (340, 2, 348), (1, 1, 2), (0, 3, 0)])
def test_labels_are_rounded_up(amount, labels, found):
    assert with_labels(amount, labels, 340) == found
