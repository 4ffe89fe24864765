"""What targets share: sets of packets, bundles, numbers, shares of a link, traffic of the network itself, sections of a document."""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_flows import PACKETS, decided_by, has, small_flows
from support_frr import H1, H2, INFRASTRUCTURE, MBPS, ORIGIN, flow
from support_iosxe import port, queue

from intentc.targetkit.kit import (
    EVERYTHING,
    NUMBER,
    Leaf,
    NamedElements,
    PacketRule,
    PacketSet,
    Section,
    Shape,
    XmlError,
    bundled,
    control_bps,
    decide_packets,
    do_guarantees_fit,
    from_routers,
    numbers_for,
    parse_xml,
    shares,
    strict_caps,
    to_routers,
)

RULES = st.lists(st.tuples(small_flows(), st.lists(small_flows(), max_size=2)), max_size=4)


def as_rules(given_rules, word):
    return [PacketRule(one, tuple(holes), f"{word}{n}", ORIGIN) for n, (one, holes) in enumerate(given_rules)]


@given(RULES, RULES, st.sampled_from(PACKETS))
@settings(max_examples=150, deadline=None)
def test_sets_decide_as_layers_of_rules_with_exceptions_do(one, other, packet):
    layers = [as_rules(one, "a"), as_rules(other, "b")]
    meant = tuple(found for rules in layers if (found := decided_by(rules, packet)) is not None)
    sets = decide_packets(layers, EVERYTHING[4])
    assert next(part.outcomes for part in sets if has(part.flow, packet)) == meant


@given(RULES, st.sampled_from(PACKETS))
@settings(max_examples=150, deadline=None)
def test_bundles_decide_as_the_sets_in_them_do(one, packet):
    sets = decide_packets([as_rules(one, "a")], EVERYTHING[4])
    meant = next(part.outcomes for part in sets if has(part.flow, packet))
    found = next(bundle.outcomes for bundle in bundled(sets) if any(has(part.flow, packet) for part in bundle.sets))
    assert found == meant


def test_what_lies_between_is_not_jumped_over():
    web, all_ = flow(protocol="tcp"), flow()
    sets = [PacketSet(web, ("a",)), PacketSet(all_, ("b",)), PacketSet(flow(H1, H2, "udp"), ("a",))]
    assert [bundle.outcomes for bundle in bundled(sets)] == [("a",), ("b",), ("a",)]
    assert [bundle.outcomes for bundle in bundled([sets[0], sets[2], sets[1]])] == [("a",), ("b",)]


@given(st.sets(st.text("abcdefgh-", min_size=1, max_size=8), max_size=30), st.text("abcdefgh-", min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_numbers_are_distinct_and_stay_when_others_come(names, more):
    room = range(1000, 65_000)
    found = numbers_for(names, room)
    assert len(set(found.values())) == len(names)
    assert set(found.values()) <= set(room)
    wider = numbers_for({*names, more}, room)
    assert sum(wider[name] != found[name] for name in names) <= 1, "a number follows from its own name"


def test_colliding_names_are_moved_apart_and_too_many_are_refused():
    assert sorted(numbers_for("abcd", range(7, 11)).values()) == [7, 8, 9, 10]
    with pytest.raises(ValueError, match="5 names for 4 numbers"):
        numbers_for("abcde", range(4))


@pytest.mark.parametrize("guarantee", [0, 40, 400, 560])
@pytest.mark.parametrize("rate", [2, 1000, 100_000])
def test_guarantees_that_fit_are_kept_beside_the_caps(guarantee, rate):
    sure = guarantee * rate * MBPS // 1000
    item = port(
        rate=rate * MBPS,
        queues=(queue("critical", rate=rate * MBPS), queue("high", sure, rate=rate * MBPS), queue("default")),
    )
    caps = strict_caps(item)
    percents = shares(item, caps)
    assert do_guarantees_fit(item)
    left = item.rate_bps - sum(caps.values()) - control_bps(item)
    assert percents["high"] * left >= sure * 100
    assert sum(percents.values()) <= 100
    assert min(percents.values()) >= 1


def test_guarantees_that_do_not_fit_are_told():
    item = port(queues=(queue("critical"), queue("high", 901 * MBPS), queue("default")))
    assert not do_guarantees_fit(item)
    assert sum(shares(item, strict_caps(item)).values()) <= 101


def test_a_strict_class_is_capped_lower_but_never_below_its_own_guarantee():
    item = port(queues=(queue("critical", 50 * MBPS), queue("high", 800 * MBPS), queue("default")))
    assert 50 * MBPS <= strict_caps(item)["critical"] <= 100 * MBPS


@pytest.mark.parametrize(("family", "kept"), [(4, "224.0.0.0/4"), (6, "ff00::/8")])
def test_traffic_of_the_network_itself_is_named(family, kept):
    to = {one.destination for one in to_routers(INFRASTRUCTURE, family)}
    assert kept in to
    assert kept not in {one.source for one in from_routers(INFRASTRUCTURE, family)}
    assert {one.family for one in to_routers(INFRASTRUCTURE, family)} == {family}
    assert ("10.0.0.1/32" if family == 4 else "fd00::1/128") in to


@dataclass(frozen=True)
class Item:
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Owned:
    items: tuple[Item, ...]


SHAPE = Shape(Item, (Leaf("name", ("name",)), Leaf("size", ("b:size",), NUMBER)))
ELEMENTS = NamedElements(
    (
        Section("items", ("a:top", "list", "big"), SHAPE, takes=lambda item: item.size is not None and item.size > 9),
        Section("items", ("a:top", "list", "small"), SHAPE, is_whole=False, takes=lambda item: item.size in range(10)),
    ),
    {"a": "urn:a", "b": "urn:b"},
)
TEXT = """\
  <top xmlns="urn:a">
    <list>
      <big nc:operation="replace">
        <name>x</name>
        <size xmlns="urn:b">10</size>
      </big>
      <small>
        <name>y</name>
        <size xmlns="urn:b">1</size>
      </small>
    </list>
  </top>"""


def wrapped(text):
    space = "urn:ietf:params:xml:ns:netconf:base:1.0"
    return f'<config xmlns="{space}" xmlns:nc="{space}">{text}</config>'


def test_sections_share_their_containers_and_say_where_namespaces_change():
    lines = ELEMENTS.lines(Owned((Item("x", 10), Item("y", 1))))
    assert "\n".join(text for text, _ in lines) == TEXT


def test_nothing_is_written_where_nothing_is_owned():
    assert list(ELEMENTS.lines(Owned(()))) == []


def test_what_sections_wrote_is_read_and_what_nobody_asks_for_is_named():
    root = parse_xml(wrapped(TEXT.replace("<name>x</name>", "<name>x</name><more>1</more>")))
    found, unread = ELEMENTS.read(root, lambda value: value, lambda item: item.name)
    assert found == {"items": (Item("x", 10), Item("y", 1))}
    assert unread == {"items x": ("big x more 1",)}


@pytest.mark.parametrize("text", ["<a/>", '<config xmlns="urn:other"/>'])
def test_what_wraps_no_configuration_is_refused(text):
    with pytest.raises(XmlError, match="no element around configuration"):
        ELEMENTS.content(parse_xml(text))


def test_an_element_of_another_namespace_is_another_element():
    root = parse_xml(wrapped(TEXT.replace('xmlns="urn:b"', "")))
    found, _ = ELEMENTS.read(root, lambda value: value, lambda item: item.name)
    assert [item.size for item in found["items"]] == [None, None]
