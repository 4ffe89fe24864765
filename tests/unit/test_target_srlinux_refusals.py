"""What the target `srlinux` refuses: features of chassis, and what one device cannot have."""

import re
from dataclasses import replace

import pytest
from support_frr import H1, H2
from support_srlinux import (
    CODE,
    GBPS,
    LINK,
    MBPS,
    OTHER_LINK,
    TARGET,
    bfd,
    config,
    count,
    edge,
    fence,
    fleet,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    pause,
    paused_config,
    payload,
    port,
    queue,
    repair,
    routed_config,
)
from support_topology import SMALL, load_clean
from support_yang import yang_folder

from intentc.diagnostics import Findings
from intentc.render.capabilities import capabilities

UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


ACLS, EDGE, QUEUES = {"fence", "isolation", "counting"}, {"marking", "metering"}, {"queueing", "ecn", "early-drop"}


def topology(chassis="7220 IXR-D3", bfd=None):
    routing = f"routing: {{igp: isis, bfd: {{interval: {bfd}, multiplier: 3}}}}\n" if bfd else ""
    written = f', chassis: "{chassis}"' if chassis else ""
    text = SMALL.replace("defaults: {platform: frr}", 'defaults: {platform: srlinux, release: "25.3"}')
    text = text.replace("r1: {", f"r1: {{{written[2:]}{', ' if written else ''}").replace(
        "r2: {", "r2: {chassis: ixr-d5, "
    )
    return load_clean(routing + text.replace("eth1", LINK))


LABELS = {"ti-lfa", "probing", "reflecting"}


FEATURES = {
    "7220 IXR-D2": {*EDGE, *QUEUES, *ACLS, "bfd", "ipv6"},
    "7220 IXR-D5": {*EDGE, *QUEUES, *ACLS, "lossless", "bfd", "ipv6"},
    "ixr-d3l": {*EDGE, *QUEUES, *ACLS, "bfd", "ipv6"},
    "ixr-d4": {*EDGE, *QUEUES, *ACLS, "lossless", "bfd", "ipv6"},
    "7220 IXR-H3": {*QUEUES, "bfd", "ipv6"},
    "7220 IXR-H4": {*QUEUES, "lossless", "bfd", "ipv6"},
    "ixr-h4-32d": {*QUEUES, "lossless", "bfd", "ipv6"},
    "7250 IXR-6": {*ACLS, "ipv6"},
    "7250 IXR-10e": {*ACLS, *LABELS, "bfd", "ipv6"},
    "7730 SXR-1x-44s": {*LABELS, "bfd", "ipv6"},
    "container": {"bfd", "ipv6"},
    "7215 IXS-A1": {"ipv6"},
}


@pytest.mark.parametrize("chassis", sorted(FEATURES))
def test_features_are_those_of_the_chassis(chassis):
    findings = Findings()
    found = capabilities(topology(chassis), {"srlinux": TARGET}, findings)["r1"]
    assert not findings.items
    assert {name for name, support in found.features.items() if support.is_supported} == FEATURES[chassis]
    assert all(support.reason and support.instead for support in found.features.values() if not support.is_supported)


@pytest.mark.parametrize(("chassis", "interval_us"), [("container", 1_000_000), ("7220 IXR-D3", 100_000)])
def test_sessions_are_as_short_as_the_chassis_can(chassis, interval_us):
    found = capabilities(topology(chassis), {"srlinux": TARGET}, Findings())["r1"]
    assert found.bfd_interval_us == interval_us


@pytest.mark.parametrize("feature", sorted(TARGET.features))
def test_what_a_chassis_lacks_is_its_own_lack_and_says_what_would_do_it(feature):
    own = TARGET.features[feature]
    assert "written yet" not in own.reason
    if own.since is None or own.chassis:
        assert own.reason
        assert own.instead


@pytest.mark.parametrize("chassis", [None, "7220 IXR-D9", "mx204"])
def test_an_unknown_chassis_is_an_error_at_the_node(chassis):
    findings = Findings()
    capabilities(topology(chassis), {"srlinux": TARGET}, findings)
    assert [(item.code, item.node) for item in findings.items] == [("E0631", "r1")]


def refused(item, known=None):
    return CODE.obstacles(item, known or fleet(item))


QUEUEING, METERING = "queueing by class", "re-marking and policing at the edge"


class TestRefusals:
    """What its building blocks cannot do together is refused before anything is written, where it was asked for."""

    def test_what_it_can_do_is_not_refused(self):
        assert refused(full_config()) == ()

    def test_chassis_with_labels_and_with_flow_control_are_not_refused(self):
        assert refused(routed_config()) == ()
        assert refused(paused_config()) == ()

    @pytest.mark.parametrize(
        ("item", "process", "word"),
        [
            (config(bfd=[bfd()]), None, "processes with names"),
            (config(repairs=[repair()]), None, "processes with names"),
            (config(bfd=[bfd(igp="ospf")]), "core", "per area"),
            (config(repairs=[repair(igp="ospf")]), "core", "no loop-free alternates"),
            (config(repairs=[repair(), repair(OTHER_LINK, protects="node")]), "core", "links or nodes"),
        ],
        ids=["BFD of a process", "repairs of a process", "BFD of OSPF", "repairs of OSPF", "two kinds"],
    )
    def test_what_the_igp_is_not_told(self, item, process, word):
        (found,) = refused(item, replace(fleet(item), igp_process=process))
        assert word in found.reason
        assert found.origin.spans

    def test_two_classes_with_one_priority_of_flow_control(self):
        item = config(queueing=[port()], pauses=[pause(), pause(name="critical", priority=4)])
        (found,) = refused(item)
        assert (found.block, "priority" in found.reason) == ("a lossless class", True)

    def test_a_queue_longer_than_a_number_of_the_platform(self):
        long = port()
        long = replace(long, queues=tuple(replace(queue, limit_bytes=1 << 32) for queue in long.queues))
        (found,) = refused(config(queueing=[long]))
        assert "32 bits" not in found.reason
        assert "4294967295 bytes" in found.reason
        assert "queue: 16MB" in found.instead

    def test_flow_control_of_tagged_packets(self):
        (found,) = refused(config(queueing=[port()], pauses=[pause(f"{LINK}.7")]))
        assert "VLAN tags" in found.reason

    def test_more_headroom_than_there_is_buffer(self):
        item = config(queueing=[port()], pauses=[pause(headroom=20_000_000)])
        (found,) = refused(item)
        assert "32 MiB" in found.reason
        with pytest.raises(ValueError, match="not between"):
            payload(item)

    def test_more_kinds_of_flow_control_than_profiles(self):
        pauses = [pause(f"ethernet-1/{number}", priority=number) for number in range(8)]
        (found,) = refused(config(queueing=[port()], pauses=pauses))
        assert "profiles of flow control" in found.reason

    def test_remarking_above_a_rate(self):
        item = config(meters=[meter("m", 5 * MBPS, over=36)], marking=[mark("v", UDP, meter="m")], queueing=[port()])
        (found,) = refused(item)
        assert (found.block, "rewrite policy" in found.reason, found.origin) == (METERING, True, item.marking[0].origin)

    def test_two_rates_of_a_class_at_a_port(self):
        rules = [mark("one", flow(), meter="m"), mark("two", UDP, meter="n")]
        item = config(meters=[meter("m", MBPS), meter("n", MBPS)], marking=rules, queueing=[port()])
        assert {found.block for found in refused(item)} == {METERING}

    def test_one_class_with_and_without_a_rate_at_a_port(self):
        item = config(
            meters=[meter("m", MBPS)], marking=[mark("one", flow(), meter="m"), mark("two", UDP)], queueing=[port()]
        )
        assert [found.block for found in refused(item)] == [METERING]

    def test_two_rules_with_one_rate_are_fine(self):
        rules = [mark("one", flow(), meter="m"), mark("two", UDP, meter="m")]
        assert refused(config(meters=[meter("m", MBPS)], marking=rules, queueing=[port()])) == ()

    def test_a_rate_beside_trusted_packets_of_its_class(self):
        item = config(
            edges=[edge(trust="dscp")],
            meters=[meter("m", MBPS)],
            marking=[mark("one", flow(), meter="m")],
            queueing=[port()],
        )
        assert [found.block for found in refused(item)] == [METERING]

    def test_a_rate_of_a_class_without_a_forwarding_class_of_its_own(self):
        item = config(
            meters=[meter("m", MBPS)], marking=[mark("one", flow(), "background", meter="m")], queueing=[port()]
        )
        assert [found.block for found in refused(item)] == [METERING]

    @pytest.mark.parametrize("rate", [50 * MBPS, 9_999_999_999, 3 * GBPS])
    def test_a_capacity_that_is_no_speed_of_a_port(self, rate):
        item = config(queueing=[port(rate=rate, queues=(queue("default", rate=rate),))])
        (found,) = refused(item)
        assert (found.block, "not shaped" in found.reason) == (QUEUEING, True)

    def test_links_that_share_a_port(self):
        item = config(queueing=[port(f"{LINK}.1"), port(f"{LINK}.2")])
        assert [found.block for found in refused(item)] == [QUEUEING]

    def test_a_class_with_a_code_point_of_network_control(self):
        item = config(queueing=[port()])
        known = fleet(item)
        odd = replace(known, classes={**known.classes, "high": replace(known.classes["high"], dscp=48)})
        assert [found.block for found in refused(item, odd)] == [QUEUEING]

    def test_more_profiles_than_there_are(self):
        ports = [
            port(f"ethernet-1/{n}", queues=(queue("high", limit=10_000 * n), queue("default"))) for n in range(1, 33)
        ]
        (found,) = refused(config(queueing=ports))
        assert (found.block, "64 different profiles" in found.reason) == (QUEUEING, True)

    def test_code_points_at_a_port_out_of_a_node_that_marks(self):
        coded = flow(dscp=34)
        item = config(
            edges=[edge()],
            fences=[fence("f", coded)],
            isolation=[isolate("i", allowed=[replace(coded, source=H2, destination=H1)])],
            counting=[count("c", flow(), excepted=(coded,))],
        )
        assert [found.block for found in refused(item)] == [
            "dropping at the border of what is allowed",
            "default-deny isolation",
            "counting at the destination",
        ]
        assert refused(replace(item, edges=())) == ()


MODEL = "srl_nokia-policy-forwarding.yang"
WHY_NOT = (  # what of the models stands against steering: README.md, "Why it does not steer"
    r"list policy \{\s*max-elements 4;",
    r"network-instance is only supported if policy type is pbr-policy and next-hop is configured",
    r"will be routed as if their destination address had been the specified next-hop",
)


@pytest.mark.parametrize("words", WHY_NOT)
def test_what_stands_against_steering_is_still_in_the_models(words):
    folder = yang_folder()
    if folder is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    assert re.search(words, (folder / "srlinux" / MODEL).read_text())


def test_a_static_route_pushes_one_label_at_most():
    folder = yang_folder()
    if folder is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    text = (folder / "srlinux" / "srl_nokia-next-hop-groups.yang").read_text()
    stack = text.partition("leaf-list pushed-mpls-label-stack {")[2].partition("description")[0]
    assert "max-elements 1;" in stack
    assert "resolve should be set to false" in stack


def test_chassis_with_labels_have_no_queues():
    """What README.md says of them: nothing can be placed where labels would be."""
    queues, labels = (set(TARGET.features[name].chassis) for name in ("queueing", "ti-lfa"))
    assert queues
    assert labels
    assert not queues & labels


def test_a_rule_has_one_next_hop_and_nothing_for_its_end():
    folder = yang_folder()
    if folder is None:
        pytest.skip("no vendor models here: set INTENTC_YANG to the folder that holds yangcheck")
    action = re.search(
        r"grouping pf-action-config \{(.*?)\n  grouping pf-match", (folder / "srlinux" / MODEL).read_text(), re.DOTALL
    )
    assert action is not None
    leaves = re.findall(r"^ {6}(?:leaf|leaf-list|container|list|uses) ([\w-]+)", action[1], re.MULTILINE)
    assert leaves == ["network-instance", "pf-encap-gre-config", "pf-decap-actions", "next-hop"]
