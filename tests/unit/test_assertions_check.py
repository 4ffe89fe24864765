"""Assertions over compiled programs: worst state and value by hand, and a finding for each that does not hold."""

import json

import pytest
from support_verify import NET, build

from intentc.assertions.context import Context
from intentc.forwarding.outage import NORMAL
from intentc.run import Run

# `web` goes over p1; over p3 and p1 when `ber-p1` is cut, over p2 when `fra2-p1` is. The IGP's way to fra1 leads over p3, which
# lies abroad; `kept` is steered over p2, its replies over p1.
PROGRAM = """
intent web { from ber to fra2  priority high  bandwidth 300Mbps  failover within 1s { survive any 1 link }  label k = 1 }
intent kept { from ber to fra1  pin region eu  bandwidth 100Mbps reverse 0bps }
intent loose { from ber to fra1  match tcp/9 }
"""

CASES = {
    "all is well": ("utilization <= 50%", True, "normal", 0.3),
    "exactly at the bound": ("utilization <= 30%", True, "normal", 0.3),
    "below is not at": ("utilization < 30%", False, "normal", 0.3),
    "of some links": ("utilization <= 5% on p1-p2, ams-*", True, "normal", 0.0),
    "more in a failure state": ("utilization <= 20% on fra2-p2  under any 1 link failure", False, "link:fra2-p1", 0.3),
    "a state with the same elements": (
        "utilization <= 20% on fra2-p2  under any 1 srlg failure",
        False,
        "link:fra2-p1",
        0.3,
    ),
    "a state that nobody is promised": ("utilization <= 20% on fra2-p2  under any 1 node failure", True, "normal", 0.0),
    "two failures": ("utilization <= 20% on fra2-p2  under any 2 link failure", True, "normal", 0.0),
    "connected": ("connected ber, muc, fra, ams", True, "normal", 0),
    "connected after one failure": ("connected ber, muc, fra, ams  under any 1 link failure", True, "normal", 0),
    "the failed node itself does not count": ("connected muc, p1  under any 1 node failure", True, "normal", 0),
    "cut off by two": ("connected ber, muc  under any 2 link failure", False, "link:muc-p1+link:muc-p2", 1),
    "cut off by a group and a link": (
        "connected ber, muc, ams  under any 1 srlg and any 1 link failure",
        False,
        "link:ams-p1+link:ams-p2",
        2,
    ),
    "cut off by a node and a link": (
        "connected ber, muc  under any 1 link and any 1 node failure",
        False,
        "link:muc-p1+node:p2",
        1,
    ),
    "no traffic": ("no traffic of kept on region ch", True, "normal", 0),
    "fences hold in any state": ("no traffic of kept on region ch  under any 2 node failure", True, "normal", 0),
    "normally abroad": ("no traffic of loose on region ch", False, "normal", 3),
    "abroad after a failure": ("no traffic of kept, web on p1-p3  under any 2 node failure", False, "link:ber-p1", 1),
    "a promised state counts without being named": ("no traffic of web on fra2-p2", False, "link:fra2-p1", 1),
    "of all that have a label": ("no traffic of intents where k == 1 on ber-p3", False, "link:ber-p1", 1),
    "short": ("hops <= 2 of web, loose", True, "normal", 2),
    "longer after a failure": ("hops < 3 of web  under any 1 link failure", False, "link:ber-p1", 3),
    "nothing arrives, so there is no path": ("hops <= 2 of web  under any 1 site failure", True, "normal", 2),
    "after two": ("hops <= 3 of loose  under any 2 link failure", True, "link:ber-p1+link:fra1-p3", 3),
}


def compiled(body, net=NET, program=PROGRAM):
    return build(f"{program}\nassert a {{ {body} }}", net)


def entry(built):
    (found,) = json.loads(built.text)["assertions"]
    return found


def errors(run: Run):
    return [item for item in run.findings.sorted() if item.is_error]


@pytest.mark.parametrize("case", CASES)
def test_the_worst_state_and_value(case):
    body, holds, state, value = CASES[case]
    built = compiled(body)
    found = entry(built)
    assert (found["name"], found["holds"], found["worst"]["value"]) == ("a", holds, value)
    assert found["worst"]["state"] == state
    assert [item.code[:3] for item in errors(built.run)] == ([] if holds else ["E07"])
    assert (built.run.bundle is not None) is holds
    assert built.run.is_accepted is holds


@pytest.mark.parametrize("case", CASES)
def test_the_prover_derives_the_same(case):
    built = compiled(CASES[case][0])
    assert [item.message for item in built.prove().findings if item.code.startswith("E07")] == []


FINDINGS = {
    "E0701": (
        "utilization <= 20% on fra2-*  under any 1 link failure",
        "`fra2-p1` from `fra2` to `p1` is 30% full, against `utilization <= 20%`; 1 more link too full",
        ["300Mbps of 1Gbps are taken", "`web` commits 300Mbps over it"],
        ("fra2-p1",),
    ),
    "E0702": (
        "connected muc, ams, fra  under any 2 link failure",
        "`ams1` and `fra1` are cut off from each other in `link:ams-p1+link:ams-p2`, and so are 2 more pairs",
        ["`ams1`", "`fra1`"],
        ("ams1", "fra1"),
    ),
    "E0703": (
        "no traffic of loose, kept on region ch",
        "packets of `loose/ber>fra` come to link `ber-p3` and 2 more of what is forbidden",
        [
            "link `ber-p3`, where none of it may be",
            "link `fra1-p3`, where none of it may be",
            "node `p3`, where none of it may be",
            "`loose`",
        ],
        ("ber-p3", "fra1-p3", "p3"),
    ),
    "E0704": (
        "hops <= 1 of loose, web",
        "`loose/ber>fra` takes 2 links, against `hops <= 1`, and so do 1 more intent",
        ["`loose`", "`web`"],
        (),
    ),
}


@pytest.mark.parametrize("code", FINDINGS)
def test_the_finding_says_where_and_whose(code):
    body, message, related, elements = FINDINGS[code]
    built = compiled(body)
    (finding,) = errors(built.run)
    assert finding.code == code
    assert finding.message == message
    assert finding.intent == "a"
    assert [item.message for item in finding.related] == related
    topology = built.run.topology
    lines = [(topology.links.get(name) or topology.nodes[name]).span.line for name in elements]
    assert [item.span.line for item in finding.related[: len(lines)]] == lines
    assert finding.help
    worst = entry(built)["worst"]["state"]
    assert finding.state == (None if worst == "normal" else worst)


def test_background_counts():
    net = NET.replace(
        "{id: p1-p2, a: p1, b: p2, capacity: 1Gbps,", "{id: p1-p2, a: p1, b: p2, capacity: 1Gbps, background: 700Mbps,"
    )
    assert entry(compiled("utilization <= 60%", net))["worst"] == {"state": "normal", "value": 0.7}


def test_reservations_are_those_of_the_link_table():
    built = compiled("utilization <= 90%")
    context = Context(built.run.realised)
    network, books = context.behaviour.network, context.reservations
    for name, load in built.run.realised.loads.items():
        arc = 2 * network.link_index[name]
        reserved = (books.reserved_bps(arc, NORMAL), books.reserved_bps(arc + 1, NORMAL))
        assert reserved == (load.reserved.ab, load.reserved.ba), name


HOSE = "intent h { from ber, muc to fra2, ams1  bandwidth 40Mbps per source reverse 0bps }"


def test_a_pool_reserves_no_more_than_its_rate():
    built = compiled("utilization <= 90% on ber-p1, ber-p2", program=HOSE)
    assert entry(built)["worst"]["value"] == 0.04


def test_what_is_drained_connects_nothing():
    net = NET.replace("id: muc-p1, a: muc1, b: p1,", "id: muc-p1, a: muc1, b: p1, state: drained,")
    assert not entry(compiled("connected ber, muc  under any 1 link failure", net))["holds"]


def test_a_drained_node_is_no_survivor():
    net = NET.replace("muc1: {site: muc,", "muc1: {site: muc, state: drained,")
    assert entry(compiled("connected ber, muc  under any 1 link failure", net))["holds"]


def test_nodes_without_transit_connect_nobody():
    net = NET.replace("p1: {region: de,", "p1: {region: de, transit: false,").replace(
        "p2: {region: nl,", "p2: {region: nl, transit: false,"
    )
    found = entry(compiled("connected muc, p1, p2", net, program=""))
    assert found["worst"] == {"state": "normal", "value": 0}
    found = entry(compiled("connected ber, muc", net, program=""))
    assert found["worst"] == {"state": "normal", "value": 1}


def test_what_runs_on_after_the_destination_is_lost_counts():
    """The prefix of `fra2` is lost with it; what covers it lies abroad, and that is where its packets go then."""
    net = NET.replace("p3: {region: ch, release", "p3: {region: ch, attached: [10.48.0.0/13], release")
    program = "intent x { from ber to fra2 }"
    assert entry(compiled("no traffic of x on ber-p3", net, program))["worst"]["value"] == 0
    found = entry(compiled("no traffic of x on ber-p3  under any 1 node failure", net, program))
    assert found["worst"] == {"state": "node:fra2", "value": 1}


def test_an_intent_that_is_not_placed_has_no_traffic():
    program = "intent x { from ber to fra1  latency <= 1us }"
    built = compiled("no traffic of x on region ch", program=program)
    assert entry(built) == {"name": "a", "holds": True, "worst": {"state": "normal", "value": 0}}
    assert {item.code[:3] for item in errors(built.run)} == {"E05"}


def test_a_refused_assertion_is_not_in_the_manifest():
    built = compiled("hops <= 2 of nobody")
    assert json.loads(built.text)["assertions"] == []
    assert [item.message for item in built.prove().findings if item.code.startswith("E07")] == []


def test_an_assertion_does_not_change_the_status_of_an_intent_of_its_name():
    built = build(PROGRAM + "assert web { hops <= 1 of loose }")
    assert built.statuses["web"] == "placed"
    assert [item.message for item in built.prove().findings if item.code == "E0563"] == []
