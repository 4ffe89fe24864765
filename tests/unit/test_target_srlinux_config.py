"""The target `srlinux` in detail: every field of the IR has its effect, every trap is named, nothing hostile gets through."""

import re
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import H1, H2
from support_srlinux import (
    CODE,
    GBPS,
    HOSTS,
    LINK,
    MBPS,
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
    probe,
    probe_reflector,
    queue,
    repair,
    routed_config,
)
from support_topology import SMALL, load_clean

from intentc.diagnostics import Findings
from intentc.ir.model import Origin, Stream
from intentc.render.capabilities import capabilities

decide = pytest.importorskip("intentc_target_srlinux.decide")
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)
FAR = "ethernet-1/8"

# One item per feature, and another value for each of its fields. A field without effect would be lost silently.
ITEMS = {
    "edges": (edge(), {"interface": FAR, "trust": "dscp"}),
    "meters": (
        meter("m", 5 * MBPS),
        {
            "committed_bps": 6 * MBPS,
            "burst_bytes": 20_000,
            "ceiling_bps": None,
            "ceiling_burst_bytes": None,
            "over_dscp": None,
        },
    ),
    "marking": (
        mark("one", UDP, meter="m"),
        {
            "flow": flow(),
            "excepted": (flow(protocol="tcp"), flow(H1, protocol="udp", ports=(7001, 7001))),
            "interfaces": (FAR,),
            "traffic_class": "high",
            "dscp": 20,
            "meter": None,
            "counter": "two",
        },
    ),
    "queueing": (port(), {"interface": FAR, "rate_bps": 40 * GBPS, "mtu": 9000, "queues": (queue("default"),)}),
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
    "bfd": (bfd(), {"interface": FAR, "interval_us": 50_000, "multiplier": 4}),
    "repairs": (repair(), {"protects": "node"}),
    "probes": (probe(), {"peer": "r3", "dscp": 34, "interval_us": 500_000}),
    "probe_reflectors": (probe_reflector(), {"peer": "r2"}),
    "pauses": (
        pause(),
        {"interface": FAR, "traffic_class": "critical", "priority": 3, "headroom_bytes": 123_456},
    ),
}
# Not for the device: who asked, which link a port belongs to; precedence is the order of the rules; the prefixes of an edge
# port are only for people. A ceiling counts where there is no committed rate (below); above one, packets are dropped anyway.
SILENT = {
    "origin",
    "link",
    "precedence",
    "prefixes",
    "reason",
    "name",
    "igp",  # another one than IS-IS is refused
    "dscps",  # of what is paused: those of its queue
    "ceiling_bps",
    "ceiling_burst_bytes",
    "over_dscp",
}


def around(feature, item):
    """Return a configuration in which the item is complete: meters need a rule, rules their meter and classes."""
    rest = {"meters": [ITEMS["meters"][0]]} if feature == "marking" else {}
    rest |= {"marking": [ITEMS["marking"][0]]} if feature == "meters" else {}
    rest |= {"queueing": [port()]} if feature in {"meters", "marking", "pauses"} else {}
    return config(**{**rest, feature: [item]})


@pytest.mark.parametrize(
    ("feature", "field"),
    [(name, field) for name, (_, changes) in ITEMS.items() for field in changes if field not in SILENT],
)
def test_every_field_has_its_effect(feature, field):
    item, changes = ITEMS[feature]
    assert payload(around(feature, item)) != payload(around(feature, replace(item, **{field: changes[field]})))


@pytest.mark.parametrize("feature", sorted(ITEMS))
def test_no_field_is_forgotten_here(feature):
    item, changes = ITEMS[feature]
    names = {field.name for field in fields(item)}
    silent = SILENT | ({"interface"} if feature == "repairs" else set())  # repairs are those of the whole process
    assert names == set(changes) | (silent & names)


@pytest.mark.parametrize("changes", [{"ceiling_bps": 8 * MBPS}, {"ceiling_burst_bytes": 30_000}])
def test_a_ceiling_counts_where_it_is_the_only_rate(changes):
    one = meter("m", ceiling=9 * MBPS)
    assert payload(around("meters", one)) != payload(around("meters", replace(one, **changes)))


QUEUE_CHANGES = {
    "dscps": (34,),
    "scheduling": "idle",
    "guarantee_bps": 3 * GBPS,
    "cap_bps": 9 * GBPS,
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


@pytest.mark.parametrize("field", ["mark_from_bytes", "mark_all_bytes"])
def test_thresholds_of_marking_have_their_effect(field):
    one = queue("high", is_ecn=True, mark_from_bytes=1000, mark_all_bytes=3000)
    other = replace(one, **{field: 2000})
    assert payload(config(queueing=[port(queues=(one,))])) != payload(config(queueing=[port(queues=(other,))]))


@pytest.mark.parametrize("field", ["drop_from_bytes", "drop_all_bytes"])
def test_thresholds_of_early_drops_have_their_effect(field):
    one = queue("high", drop_from_bytes=1000, drop_all_bytes=3000)
    other = replace(one, **{field: 2000})
    assert payload(config(queueing=[port(queues=(one,))])) != payload(config(queueing=[port(queues=(other,))]))


def test_early_drops_do_not_mark():
    one = queue("high", drop_from_bytes=1000, drop_all_bytes=3000)
    text = payload(config(queueing=[port(queues=(one,))]))
    assert "enable-ecn>true" not in text.replace(" ", "")


def test_there_is_no_file_where_nothing_is_owned():
    assert CODE.artefacts(config(), fleet(config())) == ()


@pytest.mark.parametrize(
    "features",
    [
        {"policies": [object()]},
        {"streams": [Stream("s", "10.0.0.9", 57500, 10_000_000, (LINK,), Origin((), ()))]},
    ],
    ids=["policies", "streams"],
)
def test_what_was_refused_before_is_a_bug_here(features):
    with pytest.raises(ValueError, match="not possible"):
        payload(replace(config(), **{name: tuple(items) for name, items in features.items()}))


def entries_of(text, name):
    found = re.search(rf"<name>{re.escape(name)}</name>.*?</acl-filter>", text, re.DOTALL)
    return [] if found is None else re.findall(r"<entry>.*?</entry>", found[0], re.DOTALL)


class TestTraps:
    """The traps of other people's networks that concern SR Linux, one by one."""

    def test_the_end_of_an_acl_accepts_so_default_deny_drops_in_words(self):
        entries = entries_of(payload(config(isolation=[isolate("closed")])), f"ITC-OUT4-{HOSTS.replace('/', '-')}.0")
        assert "<drop/>" in entries[-2]
        assert f"<prefix>{H1}</prefix>" in entries[-2]
        assert "<sequence-id>65535</sequence-id>" in entries[-1]
        assert "<accept/>" in entries[-1]

    def test_commit_timers_are_seconds(self):
        """`confirmed-commit` of NETCONF counts seconds (RFC 6241, section 8.4), and no timer stands in a payload."""
        assert (TARGET.transport, TARGET.commit) == ("netconf", "confirmed-commit")
        assert "timeout" not in payload(full_config())

    def test_bfd_is_counted_in_microseconds(self):
        """What the topology says in milliseconds is compared in the device's unit: 10 000 is 10 ms."""
        assert TARGET.limits.bfd_min_interval_us == 10_000
        shown = payload(config(bfd=[bfd(interval_us=150_000)]))
        assert "<desired-minimum-transmit-interval>150000<" in shown
        assert "<required-minimum-receive>150000<" in shown
        findings = Findings()
        capabilities(topology(bfd="5ms"), {"srlinux": TARGET}, findings)
        assert [item.code for item in findings.items] == ["E0615"]

    def test_a_kilobit_of_a_policer_has_1024_bits_and_is_rounded_up(self):
        text = payload(around("meters", meter("m", 10_000_000)))
        assert "<peak-rate-kbps>9766</peak-rate-kbps>" in text
        assert 9765 * 1024 < 10_000_000 <= 9766 * 1024

    def test_borders_are_seen_by_addresses_and_not_behind_labels(self):
        """IP lists do not see labelled packets; no SR policy starts here, so none are made here."""
        assert not TARGET.features["sr-policy"].since
        assert "sr-policy" not in TARGET.mechanisms

    def test_a_slot_with_room_for_one_has_one(self):
        text = payload(full_config())
        for entry in re.findall(r"<interface>\s*<interface-id>.*?</interface>\s*(?=<)", text, re.DOTALL):
            kinds = re.findall(r"<acl-filter>\s*<name>[^<]*</name>\s*<type>(\w+)</type>", entry)
            assert kinds.count("ipv4") <= 2, "one in, one out"

    def test_strict_queues_have_a_cap(self):
        text = payload(full_config())
        for scheduler in re.findall(r"<priority>strict</priority>.*?</scheduler>", text, re.DOTALL):
            caps = [int(cap) for cap in re.findall(r"<peak-rate-percent>(\d+)<", scheduler)]
            assert caps
            assert all(cap < 100 for cap in caps)
            assert "<weight>" not in scheduler

    def test_control_traffic_is_not_behind_a_strict_class(self):
        text = payload(config(queueing=[port()]))
        points = dict(re.findall(r"<value>(\d+)</value>\s*<forwarding-class>([\w-]+)<", text))
        assert (points["48"], points["56"]) == ("ITC-FC6", "ITC-FC7")
        assert int(points["46"].removeprefix("ITC-FC")) < 6

    def test_trust_is_never_beside_a_rule_at_an_untrusted_port(self):
        """At an untrusted port no entry looks at the code point alone, and the last one writes DF."""
        text = payload(config(edges=[edge()], marking=[mark("m", flow())], queueing=[port()]))
        rules = re.findall(r"<entry>.*?</entry>", text[text.index("<multifield-classifier") :], re.DOTALL)
        last = [rule for rule in rules if "<sequence-id>65535<" in rule]
        assert len(last) == 2
        assert all("<set-dscp>0</set-dscp>" in rule and "<match>" not in rule for rule in last)
        assert not any("<dscp-set>" in rule for rule in rules)

    def test_two_bits_of_ecn_survive(self):
        """`set-dscp` is a number of six bits; nothing writes the whole byte."""
        assert all(int(value) < 64 for value in re.findall(r"<set-dscp>(\d+)<", payload(full_config())))

    @pytest.mark.parametrize(
        "item", [full_config(), routed_config(), paused_config()], ids=["full", "routed", "paused"]
    )
    def test_every_name_says_whose_it_is(self, item):
        text = payload(item)
        names = re.findall(r"<(?:name|session-name|pfc-queue-name)>([^<]+)</", text)
        theirs = {"default", "core", "0"}  # the network instance, the process, the chip: none of them is made here
        assert {name for name in names if not name.startswith("ITC-")} <= theirs
        assert all('operation="replace"' not in line for line in text.splitlines() if "<instance" in line)

    def test_repairs_may_have_all_the_labels_that_there_are(self):
        """Nothing written is two."""
        assert "<max-sr-policy-lfa-labels>3<" in payload(config(repairs=[repair()]))

    def test_probes_have_the_code_point_of_the_class_that_they_guard(self):
        text = payload(config(probes=[probe(dscp=34), probe("r4-low", dscp=10)]))
        assert sorted(re.findall(r"<dscp>(\d+)<", text)) == ["10", "34"]

    @pytest.mark.parametrize(
        ("interval_us", "word"),
        [(50_000, "50ms"), (100_000, "100ms"), (250_000, "200ms"), (999_999, "900ms"), (1_000_000, "1s"), (1, "50ms")],
    )
    def test_probes_are_sent_rather_more_often_than_asked(self, interval_us, word):
        assert f"<interval>{word}<" in payload(config(probes=[probe(interval_us=interval_us)]))

    def test_a_reflector_answers_those_who_measure_and_nobody_else(self):
        text = payload(config(probe_reflectors=[probe_reflector("r2")]))
        assert re.findall(r"<ip-prefix>([^<\s]+)<", text) == ["10.0.0.2/32"]

    def test_a_pause_stops_what_it_is_about_and_nothing_is_dropped_before(self):
        """A queue of a lossless class may hold what all ports in may: they pause, it never drops."""
        text = payload(paused_config())
        limits = [
            int(size)
            for size in re.findall(r"<pfc-queue-name>ITC-PFC4</pfc-queue-name>\s*<maximum-burst-size>(\d+)<", text)
        ]
        rooms = [int(size) for size in re.findall(r"<maximum-pfc-reserved-share-bytes>(\d+)<", text)]
        (held,) = set(re.findall(r"<queue-name>ITC-Q1</queue-name>\s*<maximum-burst-size>(\d+)<", text))
        assert set(limits) == {200_000}
        assert sorted(rooms) == [60_000, 80_000, 100_000], "hosts have the room of the longest link at least"
        assert int(held) == 3 * 200_000 + sum(rooms)
        assert "<pfc-buffer-reservation>1<" in text
        assert 240_000 * 100 / (32 * 2**20) < 1

    def test_what_is_paused_is_never_dropped_early(self):
        one = replace(queue("high", limit=200_000), drop_from_bytes=50_000, drop_all_bytes=150_000)
        ported = port(queues=(one, queue("default")))
        assert "<wred-slope>" in payload(config(queueing=[ported]))
        assert "<wred-slope>" not in payload(config(queueing=[ported], pauses=[pause()]))

    def test_flow_control_is_no_reason_to_restart_a_line_card(self):
        """What is reserved is a share of a buffer that the device has anyway; no profile of the hardware is changed."""
        text = payload(paused_config())
        assert "<platform" not in text
        assert "<deadlock" not in text

    def test_units_of_shares_and_sizes(self):
        """Caps are percents of the port, weights relative, sizes bytes."""
        text = payload(
            config(queueing=[port(queues=(queue("critical", GBPS), queue("high", 3 * GBPS), queue("default")))])
        )
        assert "<peak-rate-percent>30</peak-rate-percent>" in text
        weights = [int(weight) for weight in re.findall(r"<weight>(\d+)<", text)]
        assert weights == [22, 127]  # 1 and 6 Gbps: 4 Gbps are reserved by nobody beside the cap, and go by 10 and 30
        assert "<maximum-burst-size>300000</maximum-burst-size>" in text


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 100)), min_size=2, max_size=2),
    st.sampled_from([1, 10, 25, 100, 400]),
)
@settings(max_examples=60, deadline=None)
def test_a_queue_is_sure_of_what_it_is_guaranteed(given_rates, gbps):
    """With all queues full no share is below a guarantee: the strict one up to its cap if all fits, else within its reservation."""
    rate = gbps * GBPS
    (tenths, weight), (others, other_weight) = given_rates
    queues = (
        queue("critical", rate // 10, rate=rate),
        replace(queue("high", rate * tenths // 10, rate=rate), weight=weight),
        replace(queue("default", rate * others // 10, rate=rate), weight=other_weight),
    )
    owned = decide.owned_by(config(queueing=[port(rate=rate, queues=queues)]), fleet())
    (policy,) = owned.schedulers
    strict, weighted = policy.schedulers
    fits = queues[0].cap_bps + queues[1].guarantee_bps + queues[2].guarantee_bps <= rate
    left = rate - (queues[0].cap_bps if fits else rate // 10)
    total = sum(item.weight for item in weighted.inputs)
    shares = {item.name: left * item.weight / total for item in weighted.inputs}
    reserved = {"ITC-Q0": queues[2].guarantee_bps, "ITC-Q1": queues[1].guarantee_bps}
    assert all(shares[name] >= reserved[name] * 0.97 for name in reserved), "weights have 127 steps"
    assert {item.name: item.peak_percent for item in strict.inputs}["ITC-Q2"] == 30


def topology(chassis="7220 IXR-D3", bfd=None):
    routing = f"routing: {{igp: isis, bfd: {{interval: {bfd}, multiplier: 3}}}}\n" if bfd else ""
    written = f', chassis: "{chassis}"' if chassis else ""
    text = SMALL.replace("defaults: {platform: frr}", 'defaults: {platform: srlinux, release: "25.3"}')
    text = text.replace("r1: {", f"r1: {{{written[2:]}{', ' if written else ''}").replace(
        "r2: {", "r2: {chassis: ixr-d5, "
    )
    return load_clean(routing + text.replace("eth1", LINK))
