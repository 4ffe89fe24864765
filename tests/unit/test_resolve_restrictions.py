"""pin, avoid, via, encrypt; telemetry, labels; what clauses of one intent have to agree on."""

from dataclasses import replace

import pytest
from support_network import link, network, node
from support_resolve import REGIONS, one, run, wan

from intentc.topology.model import Topology


def exclusions(found, key="t/ber>api"):
    return found.demand(key).exclusions


def changed(**links: object) -> Topology:
    """Return the network with some fields of the link `core` changed."""
    base = wan()
    return replace(base, links={**base.links, "core": replace(base.links["core"], **links)})


# -- pin ---------------------------------------------------------------------------------------------------------------


def test_a_pin_leaves_out_what_is_not_inside():
    (pin,) = exclusions(one("pin region eu"))
    assert (pin.kind, pin.text) == ("pin", "pin region eu")
    assert pin.nodes == {"nyc-dc1"}
    assert pin.links == {"nyc-1", "nyc-2", "core#2"}


def test_a_pin_may_name_several_regions():
    (pin,) = exclusions(one("pin region de, us"))
    assert pin.nodes == {"ams-dc1", "lab", "p2"}
    assert "core" in pin.links


def test_a_node_without_a_region_is_nowhere():
    base = wan()
    topology = replace(base, nodes={**base.nodes, "p1": replace(base.nodes["p1"], region=None)})
    (pin,) = exclusions(one("pin region eu", topology=topology))
    assert "p1" in pin.nodes


@pytest.mark.parametrize(
    ("crosses", "is_left_out", "is_warned"),
    [
        ((), False, False),
        (("de", "nl"), False, False),
        (("us",), True, False),
        (("de", "us"), True, False),
        (None, True, True),
    ],
)
def test_what_a_link_crosses_decides(crosses, is_left_out, is_warned):
    base = changed(crosses=crosses)
    topology = replace(base, links={name: item for name, item in base.links.items() if name != "core#2"})
    found = one("pin region eu", topology=topology)
    assert ("core" in exclusions(found)[0].links) is is_left_out
    assert found.codes == (["W0350"] if is_warned else [])


def test_an_unknown_crossing_is_one_warning_that_names_the_links():
    found = one("pin region eu")
    finding = found.finding("W0350")
    assert "`pin region eu` leaves out `core#2`" in finding.message
    assert "`crosses: []`" in finding.help[0]
    assert [label.message for label in finding.related] == ["`core#2` says nothing of it"]


@pytest.mark.parametrize(("region", "is_inside"), [("de", True), ("eu", False)])
def test_an_unknown_crossing_within_one_leaf_region_is_inside(region, is_inside):
    nodes = [node("x", region=region, attached=("10.1.0.0/24",)), node("y", region=region, attached=("10.2.0.0/24",))]
    topology = network(nodes, [link("xy", "x", "y")], regions=REGIONS)
    found = run("intent t { from x to y pin region eu }", topology=topology, prelude="")
    assert (exclusions(found, "t/x>y")[0].links == frozenset()) is is_inside
    assert (found.codes == []) is is_inside


def test_pins_of_profile_and_intent_both_hold():
    found = run("profile p { pin region eu }\nintent t extends p { from site ber to db pin region de }")
    assert [item.text for item in exclusions(found, "t/ber>fra")] == ["pin region eu", "pin region de"]


# -- avoid and via -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("element", "nodes", "links"),
    [
        ("region us", {"nyc-dc1"}, {"nyc-1", "nyc-2"}),
        ("node p1", {"p1"}, set()),
        ("node p*", {"p1", "p2"}, set()),
        ("site fra", {"fra-dc1"}, set()),
        ("link core#2", set(), {"core#2"}),
        ("link core*", set(), {"core", "core#2"}),
        ('link "core"', set(), {"core"}),
        ("srlg duct-7", set(), {"core", "fra-1"}),
        ("srlg core#2", set(), {"core#2"}),
        ("media lte", set(), {"core#2"}),
        ("label owner = acme", {"ham-br1", "p2"}, set()),
        ("label cheap = true", set(), {"core#2"}),
        ("label tier = 1", {"ber-br1"}, set()),
    ],
)
def test_an_element_names_nodes_and_links(element, nodes, links):
    (found,) = exclusions(one(f"avoid {element}", ends="from site muc  to any of api"), "t/muc>api")
    assert (found.nodes, found.links) == (nodes, links)
    assert found.kind == "avoid"


def test_a_link_that_crosses_a_region_is_on_it():
    (found,) = exclusions(one("avoid region us", topology=changed(crosses=("us",))))
    assert "core" in found.links


def test_each_element_is_an_exclusion_of_its_own():
    found = exclusions(one("avoid region us, media lte  avoid node p1"))
    assert [item.text for item in found] == ["avoid region us", "avoid media lte", "avoid node p1"]


@pytest.mark.parametrize(
    ("element", "code"),
    [
        ("region mars", "E0201"),
        ("node ber", "E0201"),
        ("site z*", "E0201"),
        ("link cores", "E0201"),
        ('node "p*"', "E0201"),
        ("provider carrier-z", "E0201"),
        ("srlg duct-8", "E0201"),
        ("media copper", "E0201"),
        ("label ownr = acme", "E0205"),
        ("label owner = nobody", "E0204"),
        ("label cheap = 1", "E0204"),
        ("site void", "E0204"),
    ],
)
@pytest.mark.parametrize("clause", ["avoid", "via"])
def test_an_unknown_element_is_one_finding(clause, element, code):
    found = one(f"{clause} {element}")
    assert found.errors == [code]
    assert found.intent("t").is_rejected


def test_waypoints_keep_their_order_after_those_of_profiles():
    found = run(
        "profile p { via node p1 }\nintent t extends p { from site ber to db via node p2, site ams via link core }"
    )
    via = found.demand("t/ber>fra").via
    assert [item.text for item in via] == ["via node p1", "via node p2", "via site ams", "via link core"]
    assert (via[2].nodes, via[3].links) == ({"ams-dc1"}, {"core"})


# -- encrypt -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clause", "text", "kept"),
    [
        ("encrypt", "encrypt", {"core", "core#2"}),
        ("encrypt macsec", "encrypt macsec", {"core"}),
        ("encrypt ipsec", "encrypt ipsec", {"core#2"}),
    ],
)
def test_only_protected_links_remain(clause, text, kept):
    (found,) = exclusions(one(clause))
    assert (found.kind, found.text, found.nodes) == ("encrypt", text, frozenset())
    assert set(wan().links) - found.links == kept


@pytest.mark.parametrize(
    ("condition", "left_out"),
    [
        ("latency > 4ms", {"core#2"}),
        ("capacity < 1Gbps", {"core#2"}),
        ("media == fiber", set()),
        ("media in (fiber, lte)", {"core#2"}),
        ("cheap == true", {"core#2"}),
        ("srlg == duct-9", {"ber-1", "muc-1"}),
        ("provider == carrier-a and srlg != duct-9 and region != us", {"ham-1", "fra-1", "ams-1"}),
        ("node == nyc-dc1", {"nyc-1", "nyc-2"}),
        ("region == us", {"nyc-1", "nyc-2"}),
        ("mtu >= 1500 and latency >= 7ms", {"core#2"}),
        ("encryption == ipsec", {"core#2"}),
    ],
)
def test_encryption_may_be_asked_of_some_links(condition, left_out):
    found = one(f"encrypt macsec on links where {condition}")
    assert found.errors == []
    assert exclusions(found)[0].links == left_out


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("colour == blue", "E0205"),
        ("latency > 50Mbps", "E0207"),
        ("latency > slow", "E0208"),
        ("media == copper", "E0204"),
        ("mtu > 9000B", "E0206"),
        ("latency like x*", "E0206"),
    ],
)
def test_a_condition_on_links_is_checked(condition, code):
    assert one(f"encrypt on links where {condition}").errors == [code]


# -- telemetry, labels, optimize ---------------------------------------------------------------------------------------


def test_telemetry_is_kept_with_its_collector():
    found = one("telemetry every 10s to otel-eu").intent("t").telemetry
    assert (found.every_ns, found.collector) == (10_000_000_000, "otel-eu")
    assert one("telemetry every 10s").intent("t").telemetry.collector is None


@pytest.mark.parametrize(
    ("clauses", "text"),
    [
        ("pin region eu  telemetry every 10s to otel-us", "collector `otel-us` is in `us`, against `pin region eu`"),
        ("avoid region us  telemetry every 10s to otel-us", "against `avoid region us`"),
        ("avoid node p1, region u*  telemetry every 10s to otel-us", "against `avoid region u*`"),
        ("pin region eu  telemetry every 10s to otel-any", "nobody said where"),
    ],
)
def test_measurements_go_where_the_traffic_may(clauses, text):
    found = one(clauses)
    assert found.errors == ["E0406"]
    assert text in found.finding("E0406").message
    assert found.intent("t").is_rejected


@pytest.mark.parametrize(
    "clauses",
    [
        "pin region eu  telemetry every 10s to otel-eu",
        "telemetry every 10s to otel-us",
        "avoid node p1  telemetry every 10s to otel-us",
        "avoid region us  telemetry every 10s to otel-any",
    ],
)
def test_measurements_within_the_rules_are_fine(clauses):
    assert one(clauses).errors == []


def test_a_collector_abroad_can_be_waived():
    found = one('pin region eu  telemetry every 10s to otel-us  waive E0406 until 2027-06-30 because "moving"')
    assert found.intent("t").demands


@pytest.mark.parametrize(
    ("text", "code"), [("telemetry every 10s to nobody", "E0201"), ("telemetry every 0s", "E0209")]
)
def test_telemetry_is_checked(text, code):
    assert one(text).errors == [code]


def test_labels_are_words_numbers_and_truth_values():
    found = one('label tenant = acme  label tier = 2  label gpu = true  label since = 2026-01-31  label note = "a b"')
    assert found.errors == []
    assert found.intent("t").labels == {"gpu": True, "note": "a b", "since": "2026-01-31", "tenant": "acme", "tier": 2}


def test_a_label_has_no_unit():
    assert one("label tier = 5ms").errors == ["E0206"]
    assert one("label tier = 0.5").errors == ["E0206"]


@pytest.mark.parametrize("goal", ["stability", "latency", "cost", "utilization"])
def test_every_demand_knows_its_objective(goal):
    found = one(f"optimize {goal}")
    assert found.errors == []
    assert {demand.goal for demand in found.model.demands.values()} == {goal}


def test_without_the_clause_nothing_is_moved_without_need():
    assert {demand.goal for demand in one("").model.demands.values()} == {"stability"}
