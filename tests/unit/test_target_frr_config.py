"""The target `frr` in detail: every field of the IR has its effect, numbers are stable, nothing hostile gets through."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import (
    H2,
    MBPS,
    ORIGIN,
    bfd,
    config,
    count,
    edge,
    fence,
    files,
    fleet,
    flow,
    full_config,
    isolate,
    mark,
    meter,
    port,
    queue,
    steer,
    targets,
)

from intentc.ir.model import Origin
from intentc.ir.names import object_name
from intentc.render.render import load_code, render_device

TARGET = targets()["frr"]
CODE = load_code(TARGET)
UDP = flow(protocol="udp", ports=(7000, 7009), source_ports=(1, 2), dscp=10)


def texts(item, known=None):
    return files(render_device(item, known or fleet(item), TARGET))


# One item per feature, and another value for each of its fields. A field without effect on any file would be lost silently.
ITEMS = {
    "edges": (edge("eth5"), {"interface": "eth6", "trust": "dscp"}),
    "meters": (
        meter("m", 5 * MBPS, ceiling=9 * MBPS),
        {
            "committed_bps": 6 * MBPS,
            "burst_bytes": 20_000,
            "over_dscp": 38,
            "ceiling_bps": 8 * MBPS,
            "ceiling_burst_bytes": 30_000,
        },
    ),
    "marking": (
        mark("one", UDP, "high", meter="m"),
        {
            "flow": flow(),
            "excepted": (flow(protocol="tcp"),),
            "interfaces": ("eth8",),
            "dscp": 20,
            "meter": None,
            "counter": "two",
        },
    ),
    "queueing": (
        port("eth2"),
        {"interface": "eth3", "rate_bps": 30 * MBPS, "mtu": 9000, "queues": (queue("default"),)},
    ),
    "steering": (
        steer(UDP, ("r2", "r3")),
        {
            "flow": flow(),
            "excepted": (flow(protocol="tcp"),),
            "interfaces": ("eth8",),
            "waypoints": ("r3", "r2"),
            "is_fail_closed": False,
        },
    ),
    "fences": (
        fence("f", UDP),
        {"flow": flow(), "excepted": (flow(protocol="tcp"),), "interfaces": ("eth8",), "counter": "g"},
    ),
    "isolation": (
        isolate("i", allowed=[UDP]),
        {"prefix": H2, "interfaces": ("eth8",), "direction": "from", "allowed": (), "counter": "j"},
    ),
    "bfd": (bfd("eth2"), {"interface": "eth3", "igp": "ospf", "interval_us": 100_000, "multiplier": 5}),
    "counting": (
        count("c", UDP),
        {"flow": flow(), "interfaces": ("eth8",), "counter": "d", "excepted": (flow(protocol="tcp"),)},
    ),
}
# Not for the device: who asked, which link a port belongs to, names of classes beside their code points; precedence is the
# order of the rules (below); the prefixes of an edge port are only for people.
SILENT = {"origin", "link", "traffic_class", "precedence", "prefixes", "reason", "name"}


def around(feature, item):
    """Return a configuration in which the item is complete: meters need a rule, rules their meter."""
    rest = {"meters": [ITEMS["meters"][0]]} if feature == "marking" else {}
    rest |= {"marking": [ITEMS["marking"][0]]} if feature == "meters" else {}
    return config(**{**rest, feature: [item]})


@pytest.mark.parametrize(
    ("feature", "field"), [(name, field) for name, (_, changes) in ITEMS.items() for field in changes]
)
def test_every_field_has_its_effect(feature, field):
    item, changes = ITEMS[feature]
    assert texts(around(feature, item)) != texts(around(feature, replace(item, **{field: changes[field]})))


@pytest.mark.parametrize("feature", sorted(ITEMS))
def test_no_field_is_forgotten_here(feature):
    item, changes = ITEMS[feature]
    assert {field.name for field in fields(item)} == set(changes) | (SILENT & {field.name for field in fields(item)})


QUEUE_CHANGES = {
    "dscps": (34,),
    "scheduling": "idle",
    "guarantee_bps": 3 * MBPS,
    "cap_bps": 9 * MBPS,
    "weight": 77,
    "limit_bytes": 99_328,
}


@pytest.mark.parametrize("field", sorted(QUEUE_CHANGES))
def test_every_field_of_a_queue_has_its_effect(field):
    one = queue("high", MBPS)
    other = replace(one, **{field: QUEUE_CHANGES[field]})
    assert texts(config(queueing=[port(queues=(one,))])) != texts(config(queueing=[port(queues=(other,))]))


FLOW_CHANGES = {
    "source": "10.9.0.0/16",
    "destination": "10.9.0.0/16",
    "protocol": "tcp",
    "source_ports": None,
    "destination_ports": (1, 1),
    "dscp": 12,
}


@pytest.mark.parametrize("field", sorted(FLOW_CHANGES))
def test_every_part_of_a_flow_has_its_effect(field):
    other = replace(UDP, **{field: FLOW_CHANGES[field]})
    assert texts(config(fences=[fence("f", UDP)])) != texts(config(fences=[fence("f", other)]))


def test_rules_stand_in_the_order_of_their_precedence():
    rules = [mark("late", flow(), precedence=9), mark("soon", UDP, precedence=1)]
    text = texts(config(edges=[edge()], marking=rules))["edge.nft"]
    assert text.index('name "soon"') < text.index('name "late"')


def test_files_of_features_that_are_not_there_are_not_there():
    assert set(texts(config(edges=[edge()]))) == {"edge.nft"}
    assert set(texts(config(fences=[fence("f", UDP)]))) == {"guard.nft"}
    assert set(texts(config(steering=[steer(UDP, interfaces=())]))) == {"frr.conf", "rules"}


def test_infrastructure_comes_before_every_rule():
    for name, chain in (("edge.nft", "prerouting"), ("guard.nft", "forward")):
        lines = texts(full_config())[name].split(f"chain {chain} {{")[1].split("\n\t}")[0].splitlines()[2:]
        body = "\n".join(lines)
        first_rule = min(body.index(word) for word in ("jump", "counter") if word in body)
        assert body.index("@routers4 accept") < first_rule
        assert body.index("@routers6 accept") < first_rule


WORDS = st.lists(st.sampled_from(["r1", "r2", "r3", "r4", "a", "b", "drop", "igp"]), min_size=1, max_size=4).map(
    "\0".join
)


@given(st.sets(WORDS, max_size=30), WORDS)
@settings(max_examples=60, deadline=None)
def test_numbers_are_distinct_and_in_range(keys, more):
    from intentc_target_frr import numbers

    found = numbers.numbers_for(keys)
    assert len(set(found.values())) == len(keys)
    assert all(1 <= number <= 0xFFFF for number in found.values())
    assert all(numbers.mark_of(number) & ~numbers.MARK_MASK == 0 for number in found.values())
    wider = numbers.numbers_for({*keys, more})
    assert sum(wider[key] != found[key] for key in keys) <= 1, "a number follows from its own key"


def test_colliding_numbers_are_moved_apart(monkeypatch):
    from intentc_target_frr import numbers

    monkeypatch.setattr(numbers, "LAST_NUMBER", 4)
    assert sorted(numbers.numbers_for({"a", "b", "c", "d"}).values()) == [1, 2, 3, 4]


HOSTILE = [
    'x"; flush ruleset; #',
    "x\n}\nflush ruleset",
    "$(reboot)",
    "`reboot`",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "x y",
    "../../etc",
    "x;y",
    "x\0y",
    "-rf",
    "ÄÖ",
    "",
    "a" * 64,
]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize(
    "build",
    [
        lambda text: config(edges=[edge(text)]),
        lambda text: config(marking=[mark("m", UDP, interfaces=(text,))]),
        lambda text: config(marking=[mark(text, UDP)]),
        lambda text: config(meters=[meter(text, MBPS)], marking=[mark("m", UDP, meter=text)]),
        lambda text: config(fences=[fence(text, UDP)]),
        lambda text: config(fences=[fence("f", replace(UDP, source=text))]),
        lambda text: config(fences=[fence("f", replace(UDP, protocol=text))]),
        lambda text: config(isolation=[isolate("i", text)]),
        lambda text: config(queueing=[port(text)]),
        lambda text: config(bfd=[bfd(text)]),
        lambda text: config(counting=[count(text, UDP)]),
    ],
)
def test_what_is_not_of_the_known_form_is_never_written(build, text):
    with pytest.raises(ValueError, match=r"not |does not appear|octet|Expected|host bits"):
        texts(build(text))


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_names_of_users_reach_no_configuration(name):
    """Intents, titles and keys are only in origins and, as a digest with plain words, in names of objects."""
    safe = object_name(name, "x")
    assert set(safe) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert safe[0].isalpha()
    hostile = Origin((name,), ORIGIN.spans)
    plain = texts(config(edges=[edge()], marking=[mark(safe, UDP)]))
    assert texts(config(edges=[edge()], marking=[replace(mark(safe, UDP), origin=hostile)])) == plain


@given(st.text(max_size=40), st.text(max_size=40))
@settings(max_examples=100, deadline=None)
def test_different_things_have_different_names(one, other):
    assert (object_name(one) == object_name(other)) == (one == other)


def test_an_unknown_loopback_is_a_bug_not_a_wrong_line():
    known = fleet(config())
    missing = replace(known, loopbacks={**known.loopbacks, "r2": (None, None)})
    with pytest.raises(ValueError, match="no loopback"):
        texts(config(steering=[steer(UDP)]), missing)


class TestMeters:
    """The limits of a meter, simulated as nft_limit.c does it: what keeps to rate and burst is never caught."""

    @given(
        st.integers(64_000, 10_000 * MBPS),
        st.integers(3_000, 2_000_000),
        st.lists(st.integers(64, 9_000), min_size=1, max_size=60),
    )
    @settings(max_examples=80, deadline=None)
    def test_conforming_packets_pass(self, rate, burst, sizes):
        meters = pytest.importorskip("intentc_target_frr.meters")
        found = {item.name: item.rule for item in meters.limiters(meter("m", rate, burst=burst))}
        tokens, moment = burst * 8.0, 0.0
        buckets = {name: Bucket(rule) for name, rule in found.items()}
        for size in sizes:
            if size > burst:
                continue
            wait = max(0.0, (size * 8 - tokens) / rate)
            moment, tokens = moment + wait, min(burst * 8.0, tokens + wait * rate) - size * 8
            low = max((edge for edge in meters.SIZES if edge <= size), default=None)
            assert buckets["m-rate"].passes(moment, size)
            assert low is None or buckets[f"m-rate-{low}"].passes(moment, size)

    @pytest.mark.parametrize("size", [300, 600, 1000, 1400, 1500, 9000])
    def test_a_burst_is_at_most_a_half_more_than_promised(self, size):
        meters = pytest.importorskip("intentc_target_frr.meters")
        buckets = {item.name: Bucket(item.rule) for item in meters.limiters(meter("m", 10 * MBPS, burst=60_000))}
        low = max(edge for edge in meters.SIZES if edge <= size)
        passed = 0
        while passed < 1000 and buckets[f"m-rate-{low}"].passes(0.0, size) and buckets["m-rate"].passes(0.0, size):
            passed += 1
        assert passed * size <= 60_000 * 2.25 + size if size == 9000 else passed * size <= 60_000 * 1.5 + size


class Bucket:
    """A limit of nft as the kernel counts it: tokens are nanoseconds."""

    def __init__(self, rule):
        rate, unit, burst = rule.split()[2], rule.split()[3], int(rule.split()[-2])
        self.is_bytes = unit.startswith("bytes")
        self.rate = int(rate.split("/")[0])
        most = 1e9 * (self.rate + burst) / self.rate if self.is_bytes else 1e9 / self.rate * burst
        self.most = self.tokens = most
        self.last = 0.0

    def passes(self, moment, size):
        cost = 1e9 * size / self.rate if self.is_bytes else 1e9 / self.rate
        self.tokens = min(self.most, self.tokens + (moment - self.last) * 1e9)
        self.last = moment
        if self.tokens < cost - 1e-3:
            return False
        self.tokens -= cost
        return True
