"""The target `openconfig` in detail: every field of the IR has its effect, nothing hostile gets through, what cannot be said is refused."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from support_frr import CLASSES, H1, H1_6, H2
from support_openconfig import (
    CODE,
    GBPS,
    HOSTS,
    LINK,
    TARGET,
    config,
    count,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    payload,
    port,
    queue,
    steer,
    stream,
)

from intentc.ir.model import BfdPort, EdgePort, Origin

decide = pytest.importorskip("intentc_target_openconfig.decide")
escape = pytest.importorskip("intentc_target_openconfig.escape")
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)
FAR = "Ethernet8"

# One item per feature, and another value for each of its fields. A field without effect would be lost silently.
ITEMS = {
    "queueing": (port(), {"interface": FAR, "rate_bps": 40 * GBPS, "mtu": 9000, "queues": (queue("default"),)}),
    "steering": (
        steer(UDP),
        {
            "flow": flow(),
            "excepted": (flow(protocol="udp", ports=(7001, 7001), dscp=10, source_ports=(1, 2)),),
            "interfaces": (FAR,),
            "waypoints": ("r3",),
            "is_fail_closed": False,
        },
    ),
    "fences": (
        fence("f", flow()),
        {"flow": UDP, "excepted": (flow(protocol="tcp"),), "interfaces": (FAR,), "counter": "g"},
    ),
    "isolation": (
        isolate("i", allowed=[flow(H2, H1)]),
        {"prefix": "10.10.0.0/16", "interfaces": (FAR,), "direction": "from", "allowed": (), "counter": "j"},
    ),
    "counting": (
        count("c", flow()),
        {"flow": UDP, "interfaces": (FAR,), "counter": "d", "excepted": (flow(protocol="tcp"),)},
    ),
    "streams": (
        stream(),
        {"name": "other", "address": "192.0.2.8", "port": 57401, "interval_us": 5_000_000, "interfaces": (FAR,)},
    ),
}
SILENT = {"origin", "link", "precedence", "reason"}  # not for the device; precedence is the order of the rules


@pytest.mark.parametrize(
    ("feature", "field"), [(name, field) for name, (_, changes) in ITEMS.items() for field in changes]
)
def test_every_field_has_its_effect(feature, field):
    item, changes = ITEMS[feature]
    other = replace(item, **{field: changes[field]})
    assert payload(config(**{feature: [item]})) != payload(config(**{feature: [other]}))


@pytest.mark.parametrize("feature", sorted(ITEMS))
def test_no_field_is_forgotten_here(feature):
    item, changes = ITEMS[feature]
    names = {field.name for field in fields(item)}
    assert names == set(changes) | (SILENT & names)


QUEUE_CHANGES = {
    "dscps": (34,),
    "scheduling": "idle",
    "guarantee_bps": 3 * GBPS,
    "weight": 77,
    "limit_bytes": 99_328,
    "is_ecn": True,
    "tc": 4,
}


@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field):
    one, rest = queue("high", GBPS), queue("default")
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    assert payload(config(queueing=[port(queues=(one, rest))])) != payload(
        config(queueing=[port(queues=(other, rest))])
    )


@pytest.mark.parametrize(("field", "value"), [("cap_bps", 2 * GBPS), ("burst_bytes", 30_000)])
def test_every_field_of_a_strict_queue_has_its_effect(field, value):
    one, rest = queue("critical", GBPS), queue("default")
    other = replace(one, **{field: value})
    assert payload(config(queueing=[port(queues=(one, rest))])) != payload(
        config(queueing=[port(queues=(other, rest))])
    )


@pytest.mark.parametrize("field", ["drop_from_bytes", "drop_all_bytes"])
def test_thresholds_of_early_drops_have_their_effect(field):
    one = queue("high", drop_from_bytes=10_000, drop_all_bytes=20_000)
    other = replace(one, **{field: 15_000})
    assert payload(config(queueing=[port(queues=(one,))])) != payload(config(queueing=[port(queues=(other,))]))


@pytest.mark.parametrize("field", ["mark_from_bytes", "mark_all_bytes"])
def test_thresholds_of_marking_have_their_effect(field):
    one = queue("high", is_ecn=True, mark_from_bytes=10_000, mark_all_bytes=20_000)
    other = replace(one, **{field: 15_000})
    assert payload(config(queueing=[port(queues=(one,))])) != payload(config(queueing=[port(queues=(other,))]))


def test_every_line_of_an_item_says_who_asked_for_it():
    owned = decide.owned_by(config(fences=[fence("f", flow())]), fleet())
    asked = [entry for one in owned.acl_sets for entry in one.entries if entry.origin is not None]
    assert [entry.origin.intents for entry in asked] == [("demo",)]


class TestQueues:
    ITEM = config(
        queueing=[
            port(queues=(queue("critical", GBPS), queue("high", tc=4), queue("background"), queue("default", 10**8)))
        ]
    )

    def owned(self):
        return decide.owned_by(self.ITEM, fleet(self.ITEM))

    @pytest.mark.parametrize("kind", ["dscps4", "dscps6"])
    def test_every_code_point_belongs_to_one_term(self, kind):
        (classifier,) = [one for one in self.owned().classifiers if getattr(one.terms[0], kind)]
        points = [point for term in classifier.terms for point in getattr(term, kind)]
        assert sorted(points) == list(range(64))

    def test_every_traffic_class_field_belongs_to_one_term(self):
        (classifier,) = [one for one in self.owned().classifiers if one.kind == "MPLS"]
        groups = {term.traffic_class: term.group for term in classifier.terms}
        assert groups == dict.fromkeys(range(8), "ITC-default") | {4: "ITC-high", 6: "ITC-CONTROL", 7: "ITC-CONTROL"}

    def test_network_control_is_served_first_and_never_waits_with_a_class(self):
        (policy,) = self.owned().schedulers
        first = policy.schedulers[0]
        assert (first.priority, [one.queue for one in first.inputs], first.rate) == ("STRICT", ["ITC-CONTROL"], None)
        assert {
            term.group for one in self.owned().classifiers for term in one.terms if 48 in (*term.dscps4, *term.dscps6)
        } == {"ITC-CONTROL"}

    def test_a_strict_class_is_capped_and_the_others_share_what_is_left(self):
        (policy,) = self.owned().schedulers
        _, strict, shared = policy.schedulers
        assert (strict.rate, strict.behaviour, strict.burst) == (3 * GBPS, "SHAPE", 1500)
        weights = {one.queue: one.weight for one in shared.inputs}
        assert weights["ITC-high"] > weights["ITC-default"] > weights["ITC-background"] > 0

    def test_the_weights_are_rates(self):
        """high has weight 30, default 10: beside the cap they share what is not reserved three to one, above what is."""
        (policy,) = self.owned().schedulers
        weights = {one.queue: one.weight for one in policy.schedulers[-1].inputs}
        assert weights == {"ITC-high": 5_175_000, "ITC-default": 1_825_000, "ITC-background": 100_000}

    def test_early_drops_mark_nothing(self):
        one = queue("high", drop_from_bytes=10_000, drop_all_bytes=20_000)
        (slope,) = decide.owned_by(config(queueing=[port(queues=(one,))]), fleet()).slopes
        assert (slope.first, slope.last, slope.is_ecn, slope.is_dropping) == (10_000, 20_000, "false", "true")

    def test_marking_drops_nothing(self):
        one = queue("high", is_ecn=True, mark_from_bytes=10_000, mark_all_bytes=20_000)
        (slope,) = decide.owned_by(config(queueing=[port(queues=(one,))]), fleet()).slopes
        assert (slope.first, slope.last, slope.is_ecn, slope.is_dropping) == (10_000, 20_000, "true", "false")


class TestNetworksOwnTraffic:
    """Packets to and from routers, neighbours and groups meet no rule; hosts cannot send as routers."""

    ITEM = full_config()

    def sets(self):
        return {one.name: one for one in decide.owned_by(self.ITEM, fleet(self.ITEM)).acl_sets}

    @pytest.mark.parametrize(
        "name", ["ITC-OUT4-Ethernet3_1", "ITC-OUT6-Ethernet3_1", "ITC-OUT4-Ethernet1", "ITC-IN4-Ethernet1"]
    )
    def test_what_goes_to_routers_passes_before_any_rule(self, name):
        entries = self.sets()[name].entries
        first_rule = next(entry.name for entry in entries if entry.origin is not None or entry.action == "DROP")
        match = "ipv4" if "4" in name[:9] else "ipv6"
        wanted = (
            {"10.0.0.1/32", "10.0.0.2/31", "10.1.12.1/32", "224.0.0.0/4"}
            if match == "ipv4"
            else {"fd00::1/128", "fe80::/10"}
        )
        passed = {getattr(entry, match)[0].destination for entry in entries if entry.name < first_rule}
        assert wanted <= passed

    def test_a_routers_source_is_believed_as_it_leaves_and_refused_where_hosts_hang(self):
        def action(name):
            return {e.action for e in self.sets()[name].entries if e.ipv4 and e.ipv4[0].source == "10.1.12.1/32"}

        assert (action("ITC-OUT4-Ethernet3_1"), action("ITC-IN4-Ethernet1")) == ({"ACCEPT"}, {"DROP"})

    @pytest.mark.parametrize("way", ["IN4", "OUT4", "IN6", "OUT6"])
    def test_the_last_entry_lets_through_what_no_rule_names(self, way):
        last = self.sets()[f"ITC-{way}-Ethernet1"].entries[-1]
        match = (*last.ipv4, *last.ipv6)[0]
        assert (last.action, match.source[-2:], match.destination[-2:], match.protocol) == ("ACCEPT", "/0", "/0", None)

    def test_hosts_find_their_router_by_neighbour_discovery(self):
        """Its address lies in the prefix of the hosts, and need not be one of those that the topology names."""
        item = config(isolation=[isolate("i6", H1_6, direction="from")])
        (own,) = [one for one in decide.owned_by(item, fleet(item)).acl_sets if one.name == "ITC-IN6-Ethernet1"]
        first = [
            (e.action, e.message, e.ipv6[0].protocol, e.ipv6[0].source, e.ipv6[0].destination) for e in own.entries[:2]
        ]
        names = ("NEIGHBOR_SOLICITATION", "NEIGHBOR_ADVERTISEMENT")
        assert first == [("ACCEPT", name, 58, H1_6, H1_6) for name in names]

    def test_steering_leaves_it_alone(self):
        owned = decide.owned_by(self.ITEM, fleet(self.ITEM))
        (policy,) = [one for one in owned.policies if one.name == "ITC-Ethernet1"]
        steered = next(rule.name for rule in policy.rules if rule.instance is not None)
        before = {one.destination for rule in policy.rules if rule.name < steered for one in rule.ipv4}
        assert {"10.0.0.1/32", "10.0.0.2/31", "224.0.0.0/4"} <= before


class TestSteering:
    def test_waypoints_come_in_order_and_the_last_resort_drops(self):
        (instance,) = decide.owned_by(config(steering=[steer(UDP, ("r3", "r2"))]), fleet()).instances
        (route,) = instance.routes
        hops = sorted(route.next_hops, key=lambda one: one.metric)
        assert [one.address for one in hops] == ["10.0.0.3", "10.0.0.2", "DROP"]
        assert instance.fallback is None

    def test_what_may_follow_the_igp_falls_back_to_it(self):
        (instance,) = decide.owned_by(config(steering=[steer(UDP, closed=False)]), fleet()).instances
        assert instance.fallback == "DEFAULT"
        assert "DROP" not in {one.address for one in instance.routes[0].next_hops}

    def test_exceptions_meet_the_next_rule(self):
        hole = flow(protocol="udp", ports=(7001, 7001))
        rules = [
            steer(flow(protocol="udp"), ("r2",), precedence=1, excepted=(hole,)),
            steer(flow(), ("r3",), precedence=2),
        ]
        (policy,) = decide.owned_by(config(steering=rules), fleet()).policies
        excepted, steered, others = [rule for rule in policy.rules if rule.instance]
        assert (excepted.destination_ports, excepted.instance) == ((7001, 7001), others.instance)
        assert steered.instance != others.instance

    def test_rules_without_ports_are_paths_that_nothing_enters_yet(self):
        owned = decide.owned_by(config(steering=[steer(UDP, interfaces=())]), fleet())
        assert (len(owned.instances), owned.policies, owned.policy_ports) == (1, (), ())


HOSTILE = st.text(min_size=1, max_size=20).filter(lambda text: re.fullmatch(r"[a-z][a-z0-9-]{0,62}", text) is None)
NO_PORT = st.text(min_size=1, max_size=20).filter(
    lambda text: re.fullmatch(r"[A-Za-z][A-Za-z0-9_:/-]{0,60}(\.[0-9]{1,9})?", text, re.ASCII) is None
)
ATTACKS = ["a</name><x>", "a\n", "a b", "ITC-x", "a&b;", "]]>", "a\0", "é", "-", ""]


class TestHostileText:
    """Text of users reaches a payload in a known form or not at all."""

    @pytest.mark.parametrize("text", ATTACKS)
    @pytest.mark.parametrize(
        "make",
        [
            lambda text: config(fences=[fence(text, flow())]),
            lambda text: config(counting=[count(text, flow())]),
            lambda text: config(streams=[stream(text)]),
        ],
        ids=["fence", "counter", "stream"],
    )
    def test_names_of_another_form_are_refused(self, make, text):
        with pytest.raises(ValueError, match="not an object name"):
            payload(make(text))

    @given(HOSTILE)
    @settings(max_examples=80, deadline=None)
    def test_no_other_name_gets_through(self, text):
        with pytest.raises(ValueError, match="not an object name"):
            escape.object_name(text)

    @given(NO_PORT)
    @settings(max_examples=80, deadline=None)
    def test_no_other_port_gets_through(self, text):
        with pytest.raises(ValueError, match="not a port"):
            payload(config(queueing=[port(text)]))

    @pytest.mark.parametrize("text", ["fd00::/64</x>", "fd00::1/64", "any", "fd00::/64 ", "fe80::%eth0/64"])
    def test_no_other_prefix_gets_through(self, text):
        with pytest.raises(ValueError, match=r"address|network|host bits"):
            payload(config(fences=[fence("f", replace(flow(H1_6, "::/0"), destination=text))]))

    @pytest.mark.parametrize("text", ["collector.example", "192.0.2.9</x>", "fe80::1%eth0"])
    def test_no_other_address_gets_through(self, text):
        with pytest.raises(ValueError, match="address"):
            payload(config(streams=[stream(address=text)]))

    @given(st.text("uc0_:/-", min_size=1, max_size=5), st.text("uc0_:/-", min_size=1, max_size=5))
    @example("_/", "/_").via("the words of both were three times `_`")
    @example("_", ":")
    def test_ports_have_objects_of_their_own(self, one, other):
        names = [f"E{text}" for text in (one, other)]
        words = [escape.port(name).word for name in names]
        assert (words[0] == words[1]) == (names[0] == names[1])


CONTROL = replace(queue("high"), traffic_class="control", dscps=(48,))
REFUSED = {
    "a speed that no port has": ("queueing", port(rate=3 * GBPS), "no speed of a port"),
    "a fixed share": ("queueing", port(queues=(queue("high", scheduling="share"), queue("default"))), "fixed share"),
    "a code point of control": ("queueing", port(queues=(CONTROL, queue("default"))), "network control"),
    "a waypoint without a loopback": ("steering", steer(flow(H1_6, "::/0"), ("r9",)), "no IPv6 loopback"),
}


@pytest.fixture
def known():
    made = fleet()
    control = replace(CLASSES["high"], name="control", dscp=48)
    return replace(
        made, loopbacks={**made.loopbacks, "r9": ("10.0.0.9", None)}, classes={**made.classes, "control": control}
    )


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_the_models_cannot_say_is_an_obstacle_to_whoever_asked(case, known):
    feature, item, why = REFUSED[case]
    (found,) = CODE.obstacles(config(**{feature: [item]}), known)
    assert why in found.reason
    assert found.origin.intents == ("demo",)
    assert found.instead


def test_nobody_is_told_about_ports_that_nobody_asked_for():
    item = replace(port(rate=3 * GBPS), origin=Origin((), ()))
    assert CODE.obstacles(config(queueing=[item]), fleet()) == ()


@pytest.mark.parametrize(
    "feature",
    [{"bfd": [BfdPort(LINK, "L1", "isis", 300_000, 3, Origin((), ()))]}, {"edges": [EdgePort(HOSTS, "none", (H1,))]}],
)
def test_what_was_refused_before_is_never_left_out(feature):
    with pytest.raises(ValueError, match="not possible"):
        payload(config(**feature))


@pytest.mark.parametrize("name", sorted(TARGET.features))
def test_every_feature_is_written_or_has_a_reason(name):
    feature = TARGET.features[name]
    assert feature.since == "5.9" or (feature.reason and feature.instead)
