"""Who talks to whom: pairs of ends, replies, candidates, and the ends that cannot be meant."""

from dataclasses import replace

import pytest
from support_network import link, network, node, site
from support_resolve import PRELUDE, one, run, wan


def keys(found):
    return sorted(found.model.demands)


@pytest.mark.parametrize(
    ("clauses", "expected"),
    [
        ("from site ber  to site nyc", ["ber>nyc", "ber>nyc/reply"]),
        ("from site ber, muc  to site nyc, lab  unidirectional", ["ber>lab", "ber>nyc", "muc>lab", "muc>nyc"]),
        ("from site ber, muc  to any of api  unidirectional", ["ber>api", "muc>api"]),
        ("from site ber  to db", ["ber>fra", "ber>fra/reply"]),
        ("between site ber and site nyc", ["ber>nyc", "ber>nyc/reply", "nyc>ber", "nyc>ber/reply"]),
        ("between site ber and (ber, nyc)  unidirectional", ["ber>nyc", "nyc>ber"]),
        ("among ber, muc, nyc", ["ber>muc", "ber>nyc", "muc>ber", "muc>nyc", "nyc>ber", "nyc>muc"]),
        ("among node ber-br1, muc-br1  unidirectional", ["ber>muc", "muc>ber"]),
        ("from ber, lab  to ber, lab  unidirectional", ["ber>lab", "lab>ber"]),
    ],
)
def test_the_demands_of_the_ends(clauses, expected):
    found = run(f"intent t {{ {clauses} }}")
    assert found.errors == []
    assert keys(found) == [f"t/{key}" for key in expected]
    assert found.intent("t").demands == tuple(keys(found))


def test_a_reply_swaps_everything_and_names_its_forward_demand():
    found = one("via node p1, node p2  latency <= 40ms rtt  bandwidth 1Mbps", ends="from site ber  to db")
    forward, reply = found.demand("t/ber>fra"), found.demand("t/ber>fra/reply")
    assert (forward.direction, forward.reply_to) == ("forward", None)
    assert (reply.direction, reply.reply_to) == ("reverse", "t/ber>fra")
    assert (reply.source_site, reply.destination_name) == ("fra", "ber")
    assert reply.candidates[0].source == forward.candidates[0].destination
    assert reply.candidates[0].flows == tuple(flow.reversed() for flow in forward.candidates[0].flows)
    assert [point.text for point in forward.via] == ["via node p1", "via node p2"]
    assert [point.text for point in reply.via] == ["via node p2", "via node p1"]
    assert forward.rtt_bound_ns == reply.rtt_bound_ns == 40_000_000
    assert forward.bound_ns is reply.bound_ns is None


def test_any_of_has_a_candidate_per_replica():
    found = one("")
    forward, reply = found.demand("t/ber>api"), found.demand("t/ber>api/reply")
    assert forward.is_any_of
    assert forward.destination_name == "api"
    assert [item.destination.node for item in forward.candidates] == ["ams-dc1", "fra-dc1"]
    assert [item.source.node for item in reply.candidates] == ["ams-dc1", "fra-dc1"]
    assert {item.source.node for item in forward.candidates} == {"ber-br1"}


def test_any_of_may_leave_a_replica_out():
    found = one("", ends="from site ber  to any of (api except ams)")
    assert [item.destination.node for item in found.demand("t/ber>api").candidates] == ["fra-dc1"]


def test_a_source_that_is_a_replica_is_served_on_the_spot():
    found = one("", ends="from fra, ber  to any of api")
    assert found.codes == ["N0245"]
    assert keys(found) == ["t/ber>api", "t/ber>api/reply"]


def test_ends_may_come_from_a_profile():
    found = run("profile p { from site ber  to site nyc }\nintent t extends p { to site muc }")
    assert keys(found) == ["t/ber>muc", "t/ber>muc/reply"]


@pytest.mark.parametrize(
    ("clauses", "code", "text"),
    [
        ("priority high", "E0214", "the intent has no `from` and `to`"),
        ("from site ber", "E0214", "the intent has no `to`"),
        ("to any of api", "E0214", "the intent has no `from`"),
        ("from site ber  between site ber and site fra", "E0214", "only one of them"),
        ("among ber, fra  between site ber and site fra", "E0214", "only one of them"),
        ("from site ber  to node p1", "E0216", "nothing is attached at `p1`"),
        ("from site ber  to any of db, api", "E0219", "`any of` takes one service"),
        ("from site ber  to any of site fra", "E0219", "`any of` takes one service"),
        ("from site ber  to site fra, ams", "E0223", "`ams` and `fra` share addresses of `10.20.0.0/24`"),
        ("from site ber  to api", "E0223", "`ams` and `fra` share addresses of `10.20.0.0/24`"),
        ("from fra, ams  to site nyc", "E0223", "share addresses"),
        ("from site ber  to site ber", "E0244", "stays within one site"),
        ("among site ber", "E0244", "stays within one site"),
    ],
)
def test_ends_that_cannot_be_meant_are_one_finding(clauses, code, text):
    found = run(f"intent t {{ {clauses} }}")
    assert found.errors == [code]
    assert text in found.finding(code).message
    assert found.intent("t").is_rejected
    assert found.model.demands == {}


def test_sources_that_look_alike_do_no_harm_without_replies():
    assert one("unidirectional", ends="from fra, ams  to site nyc").errors == []


def test_a_refused_end_is_not_a_missing_one_too():
    assert run("intent t { from atlantis  to any of api }").errors == ["E0201"]


# -- sites with several attachment nodes -------------------------------------------------------------------------------


def twin_network(*prefixes: tuple[str, ...]):
    nodes = [
        node("x1", site="x", attached=("10.1.0.0/24",)),
        node("y1", site="y", attached=prefixes[0]),
        node("y2", site="y", attached=prefixes[1]),
        node("y3", site="y"),
        node("c"),
    ]
    links = [link(f"c{number}", "c", item.name) for number, item in enumerate(nodes[:-1])]
    return network(nodes, links, sites=[site("x", None), site("y", None)])


def test_nodes_with_the_same_prefixes_stand_for_each_other():
    topology = twin_network(("10.2.0.0/24",), ("10.2.0.0/24",))
    found = run("intent t { from site x to site y }", topology=topology, prelude="")
    assert found.errors == []
    assert [item.destination.node for item in found.demand("t/x>y").candidates] == ["y1", "y2"]
    assert [item.source.node for item in found.demand("t/x>y/reply").candidates] == ["y1", "y2"]


@pytest.mark.parametrize("ends", ["from site y to site x", "between site y and site x", "among y, x"])
def test_traffic_may_start_at_any_node_of_a_site(ends):
    found = run(f"intent t {{ {ends} }}", topology=twin_network(("10.2.0.0/24",), ("10.2.0.0/24",)), prelude="")
    assert found.codes == ["N0247"]
    assert [(item.source.node, item.destination.node) for item in found.demand("t/y>x").candidates] == [
        ("y1", "x1"),
        ("y2", "x1"),
    ]


def test_the_loss_of_one_node_of_a_source_is_promised_and_that_of_all_is_not():
    text = "intent t { from site y to site x  failover within 9s { survive any 2 node except access } }"
    found = run(text, topology=twin_network(("10.2.0.0/24",), ("10.2.0.0/24",)), prelude="")
    states = {state.id for state in found.demand("t/y>x").failover.states}
    assert {"node:y1", "node:y2"} <= states
    assert "node:y1+node:y2" not in states


def test_a_step_may_start_at_any_node_of_a_site():
    text = "chain t { latency <= 9ms  step site y -> site x }"
    found = run(text, topology=twin_network(("10.2.0.0/24",), ("10.2.0.0/24",)), prelude="")
    assert (found.errors, found.codes.count("N0247")) == ([], 1)
    assert [(item.source.node, item.destination.node) for item in found.demand("t/y>x").candidates] == [
        ("y1", "x1"),
        ("y2", "x1"),
    ]
    (chain,) = found.model.chains
    assert [leg.sources for leg in chain.steps[0].legs] == [("y1", "y2")]


def test_a_step_that_lands_at_any_node_of_a_site_goes_on_from_all_of_them():
    """And one to what the site has itself is served there, by whichever node is up."""
    services = "service web { at y1, y2  port tcp/80 }  service db { at x1  port tcp/5432 }"
    text = f"{services}  chain t {{ latency <= 9ms  step site x -> any of web  step web -> any of web }}"
    found = run(text, topology=twin_network(("10.2.0.0/24",), ("10.2.0.0/24",)), prelude="")
    assert found.errors == []
    (chain,) = found.model.chains
    there, (spot,) = chain.steps[0].legs[0], chain.steps[1].legs
    assert (there.sources, there.landings) == (("x1",), ())
    assert (spot.sources, spot.demand, spot.landings) == (("y1", "y2"), None, ("y1", "y2"))
    assert chain.steps[1].origin == 1
    assert chain.steps[1].leg_from("y2") is spot


A, B, C = "10.2.0.0/24", "10.3.0.0/24", "10.4.0.0/24"


@pytest.mark.parametrize(
    ("clauses", "prefixes", "expected"),
    [
        ("from site y to site x", ((A,), (B,)), {"y@y1>x": ["y1>x1"], "y@y2>x": ["y2>x1"]}),
        ("from site x to site y", ((A,), (B,)), {"x>y@y1": ["x1>y1"], "x>y@y2": ["x1>y2"]}),
        ("from site y to site x", ((A, B), (B,)), {"y@y1>x": ["y1>x1"], "y@y1+y2>x": ["y1>x1", "y2>x1"]}),
        (
            "from site y to site x",
            ((A, B), (B, C)),
            {"y@y1>x": ["y1>x1"], "y@y1+y2>x": ["y1>x1", "y2>x1"], "y@y2>x": ["y2>x1"]},
        ),
        (
            "between site x and site y",
            ((A,), (B,)),
            {"x>y@y1": ["x1>y1"], "x>y@y2": ["x1>y2"], "y@y1>x": ["y1>x1"], "y@y2>x": ["y2>x1"]},
        ),
        (
            "among x, y",
            ((A,), (B,)),
            {"x>y@y1": ["x1>y1"], "x>y@y2": ["x1>y2"], "y@y1>x": ["y1>x1"], "y@y2>x": ["y2>x1"]},
        ),
        (
            "from site y to site x match prefix 10.3.0.0/24 to 10.1.0.0/24",
            ((A, B), (B,)),
            {"y@y1+y2>x": ["y1>x1", "y2>x1"]},
        ),
    ],
)
def test_what_hangs_on_the_same_nodes_of_a_site_is_an_end(clauses, prefixes, expected):
    found = run(f"intent t {{ {clauses} }}", topology=twin_network(*prefixes), prelude="")
    assert found.errors == []
    demands = [item for item in found.model.demands.values() if item.reply_to is None]
    assert {
        item.key.removeprefix("t/"): [f"{one.source.node}>{one.destination.node}" for one in item.candidates]
        for item in demands
    } == expected


def test_each_part_of_a_site_has_its_own_packets():
    text = "intent t { from site y to site x }"
    found = run(text, topology=twin_network((A, B), (B,)), prelude="")
    assert {
        key: {flow.source for item in demand.candidates for flow in item.flows}
        for key, demand in found.model.demands.items()
        if demand.reply_to is None
    } == {"t/y@y1>x": {A}, "t/y@y1+y2>x": {B}}


@pytest.mark.parametrize("unit", ["", "per pair", "per source", "total"])
def test_the_parts_of_a_site_share_its_rate(unit):
    text = f"intent t {{ from site y to site x bandwidth 5Mbps {unit} }}"
    found = run(text, topology=twin_network((A,), (B,)), prelude="")
    assert found.errors == []
    forward = [item for item in found.model.demands.values() if item.reply_to is None]
    assert len(forward) == 2
    assert {(item.bandwidth_bps, item.pool_bps) for item in forward} == {(5_000_000, 5_000_000)}
    assert len({item.pool for item in forward}) == 1


def test_what_one_node_has_alone_is_not_promised_without_it():
    text = "intent t { from site y to site x  failover within 9s { survive any 1 node except access } }"
    found = run(text, topology=twin_network((A, B), (B,)), prelude="")
    states = {key: {state.id for state in found.demand(f"t/{key}").failover.states} for key in ("y@y1>x", "y@y1+y2>x")}
    assert "node:y1" not in states["y@y1>x"]
    assert {"node:y1", "node:y2"} <= states["y@y1+y2>x"]


def test_nodes_of_a_site_with_other_prefixes_are_replicas_of_their_own():
    text = "service api { at y1, y2  prefix 10.2.0.0/24, 10.3.0.0/24 }  intent t { from site x to any of api }"
    found = run(text, topology=twin_network((A,), (B,)), prelude="")
    assert found.errors == []
    assert [item.destination.node for item in found.demand("t/x>api").candidates] == ["y1", "y2"]


def test_a_demand_is_for_the_services_of_its_part():
    services = "service api { at y1, y2  prefix 10.2.0.0/24 }  service web { at y1  prefix 10.3.0.0/24 }"
    found = run(f"{services}  intent t {{ from site x to api, web }}", topology=twin_network((A, B), (A,)), prelude="")
    assert found.errors == []
    assert found.demand("t/x>y@y1").services == ("web",)
    assert found.demand("t/x>y@y1+y2").services == ("api",)


SERVICE = "service api { at y1, y2  prefix 10.2.0.0/24, 10.3.0.0/24 }  "


@pytest.mark.parametrize(
    ("text", "prefixes", "what", "why"),
    [
        (
            (
                "service web { at y1  prefix 10.2.0.0/24  port tcp/80 }  service api { at y2  prefix 10.2.0.0/25  port tcp/81 }"
                "  intent t { from site x to web, api }"
            ),
            (("10.2.0.0/24",), ("10.2.0.0/25",)),
            "overlapping",
            "another node",
        ),
        (
            (
                "service web { at y1  prefix 10.2.0.0/24  port tcp/80 }  service api { at y2  prefix 10.2.0.0/24  port tcp/81 }"
                "  intent t { from site x to web, api }"
            ),
            (("10.2.0.0/24",), ("10.2.0.0/24",)),
            "overlapping",
            "nothing says",
        ),
        (
            "intent t { from site y to site x }",
            (("2001:db8::/32",), tuple(f"2001:db8:{at}000::/64" for at in (1, 5, 9))),
            "overlapping",
            "`2001:db8::/32` without the longer prefixes of other nodes in it takes 91 prefixes (64 at most)",
        ),
        (
            "service api { at y1, y2 }  intent t { from site x to any of api }",
            (("10.2.0.0/24",), ("10.2.0.0/25",)),
            "share some of",
            "a replica is all",
        ),
        (
            "chain t { latency <= 9ms  step site y -> site x }",
            (("10.2.0.0/24",), ("10.2.0.0/25",)),
            "a step from a site",
            "a step is one call",
        ),
        (SERVICE + "intent t { from site x to any of api }", ((A, B), (B,)), "share some of", "a replica is all"),
        ("chain t { latency <= 9ms  step site y -> site x }", ((A,), (B,)), "a step from a site", "a step is one call"),
        ("chain t { latency <= 9ms  step site x -> site y }", ((A,), (B,)), "a step to a site", "a step is one call"),
    ],
)
def test_what_no_node_can_stand_for_is_refused(text, prefixes, what, why):
    found = run(text, topology=twin_network(*prefixes), prelude="")
    assert found.errors == ["E0290"]
    finding = found.finding("E0290")
    assert what in finding.message
    assert finding.help[0].startswith(why)
    assert "`y1`, `y2`" in finding.help[1]
    assert found.intent("t").is_unsupported


@pytest.mark.parametrize(
    ("prefixes", "expected"),
    [
        (
            (("10.2.0.0/22",), ("10.2.1.0/24",)),
            {"y@y1": {"10.2.0.0/24", "10.2.2.0/23"}, "y@y2": {"10.2.1.0/24"}},
        ),
        (
            (("10.2.0.0/22", "10.2.1.0/24"), ("10.2.1.0/24",)),
            {"y@y1": {"10.2.0.0/24", "10.2.2.0/23"}, "y@y1+y2": {"10.2.1.0/24"}},
        ),
        (
            (("10.2.0.0/22",), ("10.2.0.0/22", "10.2.1.0/24")),
            {"y@y1+y2": {"10.2.0.0/24", "10.2.2.0/23"}, "y@y2": {"10.2.1.0/24"}},
        ),
        (
            (("10.2.0.0/22", "10.2.1.128/25"), ("10.2.1.0/24",)),
            {"y@y1": {"10.2.0.0/24", "10.2.1.128/25", "10.2.2.0/23"}, "y@y2": {"10.2.1.0/25"}},
        ),
        (
            (("10.2.0.0/22", "10.2.3.0/24"), ("10.2.0.0/22", "10.2.3.0/24")),
            {"y": {"10.2.0.0/22", "10.2.3.0/24"}},
        ),
    ],
)
@pytest.mark.parametrize("clauses", ["from site y to site x", "from site x to site y", "among x, y"])
def test_of_overlapping_prefixes_the_longest_says_where_an_address_hangs(clauses, prefixes, expected):
    found = run(f"intent t {{ {clauses} }}", topology=twin_network(*prefixes), prelude="")
    assert found.errors == []
    ends = {}
    for demand in found.model.demands.values():
        for candidate in demand.candidates:
            for end in (candidate.source, candidate.destination):
                if end.site == "y":
                    ends.setdefault(f"y@{end.part}" if end.part else "y", set()).update(end.prefixes)
    assert ends == expected


def test_a_service_is_served_where_the_longest_prefix_around_its_own_is():
    service = "service api { at site y  prefix 10.2.0.0/25 }  "
    found = run(
        service + "intent t { from site x to api }",
        topology=twin_network(("10.2.0.0/24",), ("10.2.0.0/25",)),
        prelude="",
    )
    assert found.errors == []
    assert [item.destination.node for item in found.demand("t/x>y@y2").candidates] == ["y2"]


def test_single_nodes_of_such_a_site_are_fine():
    topology = twin_network(("10.2.0.0/24",), ("10.3.0.0/24",))
    found = run("intent t { from node y1 to site x }", topology=topology, prelude="")
    assert found.errors == []
    assert found.demand("t/y>x").candidates[0].source.node == "y1"


def test_an_end_knows_its_prefixes():
    source = one("").demand("t/ber>api").candidates[0].source
    assert (source.site, source.node, source.prefixes) == ("ber", "ber-br1", ("10.1.0.0/24", "2001:db8:1::/64"))


def test_a_planned_node_is_no_end_yet():
    base = wan()
    nodes = {**base.nodes, "lab": replace(base.nodes["lab"], state="planned")}
    assert run("intent t { from lab to site nyc }", topology=replace(base, nodes=nodes)).errors == ["E0216"]


def test_one_broken_intent_does_not_stop_another():
    found = run("intent t { from atlantis to site nyc }\nintent u { from site ber to site nyc }")
    assert found.intent("t").is_rejected
    assert found.intent("u").demands == ("u/ber>nyc", "u/ber>nyc/reply")


def test_findings_carry_their_intent():
    assert {item.intent for item in run("intent t { from atlantis to site ber }").findings} == {"t"}


def test_the_first_of_two_declarations_counts():
    found = run("intent t { from site ber to site nyc }\nintent t { from site muc to site nyc }")
    assert found.errors == ["E0203"]
    finding = found.finding("E0203")
    assert (finding.span.line, finding.related[0].span.line, finding.intent) == (2, 1, "t")
    assert found.intent("t").demands == ("t/ber>nyc", "t/ber>nyc/reply")


def test_the_same_name_may_stand_for_things_of_different_kinds():
    found = run("intent branches { from branches to site nyc }\nprofile branches { }", prelude=PRELUDE, topology=wan())
    assert found.errors == []
