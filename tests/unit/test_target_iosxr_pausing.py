"""Priority flow control on line cards of Cisco 8800: sizes, numbers, refusals, reading back, who else holds it, taking it away."""

import re
from dataclasses import replace

import pytest
from support_iosxr import (
    CARD_HOSTS,
    CARD_LEFT,
    CARD_RIGHT,
    CODE,
    MBPS,
    TARGET,
    bundle,
    config,
    fleet,
    pause,
    paused_config,
    paused_queueing,
    port,
    rendered,
)

from intentc.plan.changes import differences as changed
from intentc.plan.risks import disruptions

FULL = paused_config()
TEXT = rendered(FULL)
BUNDLE = bundle(FULL)
EMPTY = bundle(config("r1", "8800"))
CARDS = ("0/0/CPU0", "0/1/CPU0")
RATE = 100_000 * MBPS

composing = pytest.importorskip("intentc_target_iosxr.composing")
pausing = pytest.importorskip("intentc_target_iosxr.pausing")
escape = pytest.importorskip("intentc_target_iosxr.escape")


def cards(item):
    return {
        card.name: {one.number: one for one in card.classes}
        for card in composing.compose(item, fleet(item)).pause_cards
    }


def at(queues):
    return paused_config(queueing=[port(CARD_LEFT, rate=RATE, queues=queues)], pauses=[pause(CARD_LEFT)])


def test_each_line_card_is_told_the_sizes_of_its_own_ports():
    found = cards(FULL)
    assert tuple(found) == CARDS
    assert [(found[card][4].pause, found[card][4].headroom) for card in CARDS] == [
        (1_000_000, 345_600),
        (1_000_000, 400_000),
    ]
    assert escape.card(CARD_RIGHT) == CARDS[1]


@pytest.mark.parametrize(("limit", "begins"), [(307_200, 307_200), (1_000_000, 1_000_000), (8_000_000, 1_574_400)])
def test_pausing_begins_where_the_shortest_queue_ends_or_sooner(limit, begins):
    assert cards(at(paused_queueing(limit, ecn=False)))[CARDS[0]][4].pause == begins


def test_marking_has_its_thresholds_beside_those_of_pauses_and_nowhere_else():
    one = cards(at(paused_queueing(2_000_000)))[CARDS[0]][4]
    assert (one.mark_from, one.mark_all, one.mark_percent) == (500_000, 1_495_680, 100)
    owned = composing.compose(FULL, fleet(FULL))
    assert not any(item.is_ecn or item.early for policy in owned.policy_maps for item in policy.classes)
    assert cards(at(paused_queueing(ecn=False)))[CARDS[0]][4].mark_from is None


def test_the_traffic_class_of_a_lossless_class_is_the_priority_of_its_pauses():
    owned = composing.compose(FULL, fleet(FULL))
    given = {
        one.name: {item.name: item.mark[0].traffic_class for item in one.classes if item.mark}
        for one in owned.policy_maps
    }
    assert given["ITC-CORE"]["ITC-DSCP-34"] == 4
    sized = {item.name: item.limits for policy in owned.policy_maps for item in policy.classes if "TC-" in item.name}
    assert sized["ITC-TC-4"] == ()
    assert sized["ITC-TC-6"] != ()


def test_ports_pause_and_are_paused_where_it_is_asked_for():
    owned = composing.compose(FULL, fleet(FULL))
    assert {one.name for one in owned.ports if one.pausing == "on"} == {CARD_HOSTS, CARD_LEFT, CARD_RIGHT}


def refused(item):
    found = CODE.obstacles(item, fleet(item))
    assert all(one.block == "a lossless class" and one.instead and one.origin.spans for one in found)
    return " ".join(one.reason for one in found)


def test_what_it_can_do_is_not_refused():
    assert refused(FULL) == ""


REFUSED = {
    "a bundle": (paused_config(pauses=[pause("Bundle-Ether7")]), "`Bundle-Ether7` is a bundle"),
    "a subinterface": (paused_config(pauses=[pause(f"{CARD_HOSTS}.100")]), "a subinterface"),
    "a slow port": (paused_config(pauses=[pause("GigabitEthernet0/0/0/9")]), "of less than 10 Gbps"),
    "a long link": (paused_config(pauses=[pause(CARD_LEFT, headroom=2_000_000)]), "there is room for 1651200"),
    "the priority of network control": (
        paused_config(pauses=[pause(CARD_LEFT, priority=6)]),
        "below those of strict classes",
    ),
    "no priority": (paused_config(pauses=[pause(CARD_LEFT, priority=0)]), "and above 0"),
    "two classes with one priority": (
        paused_config(pauses=[pause(CARD_LEFT), pause(CARD_LEFT, "background")]),
        "have one priority of flow control",
    ),
    "a short queue": (at(paused_queueing(200_000, ecn=False)), "the queue of `FourHundredGigE0/0/0/2` is shorter"),
    "marking that begins too soon": (at(paused_queueing(600_000)), "marking begins at 153600"),
    "marking that is complete too late": (at(paused_queueing(3_000_000)), "complete at 1495680 at most"),
    "two kinds of marking on a card": (
        paused_config(
            queueing=[
                port(CARD_LEFT, rate=RATE, queues=paused_queueing()),
                port(CARD_HOSTS, rate=RATE, queues=paused_queueing(1_200_000)),
            ]
        ),
        "the same for a line card",
    ),
}


@pytest.mark.parametrize("case", sorted(REFUSED))
def test_what_a_line_card_cannot_be_told_is_refused(case):
    item, words = REFUSED[case]
    assert words in refused(item)


def test_one_reason_for_many_ports_is_said_once():
    queues = paused_queueing(3_000_000)
    item = paused_config(
        queueing=[port(name, rate=RATE, queues=queues) for name in (CARD_LEFT, CARD_RIGHT, CARD_HOSTS)]
    )
    (found,) = CODE.obstacles(item, fleet(item))
    assert "and 2 more ports" in found.reason


def test_a_strict_class_cannot_be_paused():
    item = at(
        tuple(
            replace(one, scheduling="strict") if one.traffic_class == "high" else one
            for one in paused_queueing(ecn=False)
        )
    )
    assert "below those of strict classes" in refused(item)


def test_what_was_rendered_is_read_back():
    assert CODE.differences(BUNDLE, TEXT) == ()


NUMBERS = [
    match.start(1) for match in re.finditer(r">(\d+)<", TEXT[TEXT.index("<hw-module") : TEXT.index("</hw-module>")])
]


@pytest.mark.parametrize("place", NUMBERS)
def test_every_changed_number_is_found(place):
    begin = TEXT.index("<hw-module") + place
    digits = re.match(r"\d+", TEXT[begin:])[0]
    wrong = TEXT[:begin] + str(int(digits) + 1) + TEXT[begin + len(digits) :]
    assert CODE.differences(BUNDLE, wrong) != ()


def test_flow_control_that_is_off_is_found():
    assert CODE.differences(BUNDLE, TEXT.replace("<mode>on<", "<mode>off<", 1)) != ()
    assert CODE.differences(BUNDLE, TEXT.replace("<mode>on</mode>", "", 1)) != ()


OTHERS = {
    "other sizes": (
        TEXT.replace("<headroom>400000<", "<headroom>500000<"),
        "pause at 1000000, headroom 500000, ecn 250000",
    ),
    "the external memory": (
        TEXT.replace("<buffer-internal>", "<buffer-extended>").replace("</buffer-internal>", "</buffer-extended>"),
        "buffer-extended, traffic class 4",
    ),
    "the sizes of the vendor": (
        TEXT.replace(
            "<buffer-internal>",
            "<buffer-internal><traffic-class-default><traffic-class-id>4</traffic-class-id></traffic-class-default>",
        ),
        "buffer-internal, traffic class 4",
    ),
    "a port where it was switched off": (TEXT.replace("<mode>on<", "<mode>off<", 1), "off"),
}


@pytest.mark.parametrize("case", sorted(OTHERS))
def test_who_else_holds_it_is_named(case):
    running, holder = OTHERS[case]
    assert {one.running for one in CODE.foreign(BUNDLE, running)} == {holder}


def test_ones_own_is_not_foreign_and_other_classes_are_nobodys_business():
    assert CODE.foreign(BUNDLE, TEXT) == ()
    assert CODE.foreign(EMPTY, TEXT) == ()
    other = TEXT.replace("<traffic-class-id>4<", "<traffic-class-id>3<")
    assert CODE.foreign(BUNDLE, other) == ()
    assert {item.running for item in CODE.differences(BUNDLE, other)} == {""}


def test_it_goes_only_with_the_payload_that_wrote_it():
    kept = CODE.removal(EMPTY, TEXT)
    assert "priority-flow-control" not in kept
    gone = CODE.removal(EMPTY, TEXT, BUNDLE)
    assert gone.count('<mode nc:operation="remove"/>') == len(FULL.pauses)
    assert gone.count('<traffic-class nc:operation="remove">') == len(CARDS)


def test_what_is_wanted_stays():
    less = paused_config(pauses=[pause(CARD_LEFT), pause(CARD_HOSTS, headroom=0)])
    gone = CODE.removal(bundle(less), TEXT, BUNDLE)
    assert gone.count('<mode nc:operation="remove"/>') == 1
    assert gone.count('<traffic-class nc:operation="remove">') == 1
    assert CARDS[1] in gone
    assert CARDS[0] not in gone


def test_the_queue_says_which_priority_pauses_it_and_where_it_marks():
    found = {one.dscp: one for one in CODE.treatments(TEXT, {CARD_LEFT: RATE})}
    assert (found[34].paused, found[34].mark_from_bytes, found[34].mark_all_bytes) == ((4,), 250_000, 750_000)
    assert found[46].paused == ()
    off = TEXT.replace("<mode>on<", "<mode>off<")
    assert {one.paused for one in CODE.treatments(off, {CARD_LEFT: RATE})} == {()}


def test_a_new_class_needs_a_person_who_reloads_the_line_card():
    (said,) = disruptions(changed(config("r1", "8800"), config("r1", "8800", pauses=FULL.pauses)), TARGET.disruptive)
    assert "reload location" in said
    assert CARD_LEFT in said
