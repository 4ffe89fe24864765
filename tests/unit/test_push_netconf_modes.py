"""What NETCONF servers declare decides how a change is made safe there, and what the plan promises."""

from __future__ import annotations

import pytest
from support_frr import TARGETS

from intentc.diagnostics import Findings
from intentc.push.netconf import NetconfDriver
from intentc.push.netconf_modes import Abilities, Mode
from intentc.push.platforms import find_platform
from intentc.push.trouble import SessionError, Trouble
from intentc.render.targets import load_targets

CAPABILITY = "urn:ietf:params:netconf:capability"
XML = "urn:ietf:params:xml:ns:netconf:capability"  # as Junos wrote it once


def abilities(*names, prefix=CAPABILITY, others=()):
    return Abilities([*(f"{prefix}:{name}" for name in names), *others])


@pytest.mark.parametrize(
    ("names", "mode", "guarded", "survives"),
    [
        (("candidate:1.0", "confirmed-commit:1.0", "confirmed-commit:1.1"), Mode.PERSISTENT, True, True),
        (("candidate:1.0", "confirmed-commit:1.0"), Mode.SESSION, True, False),
        (("candidate:1.0", "writable-running:1.0", "rollback-on-error:1.0"), Mode.PLAIN, False, False),
        (("writable-running:1.0", "rollback-on-error:1.0"), Mode.DIRECT, False, False),
    ],
)
def test_the_strongest_way_is_taken(names, mode, guarded, survives):
    found = abilities(*names)
    assert (found.mode, found.guarantees.is_guarded, found.guarantees.survives_session) == (mode, guarded, survives)
    assert found.guarantees.is_staged is (mode is not Mode.DIRECT)


@pytest.mark.parametrize("names", [(), ("writable-running:1.0",), ("url:1.0?scheme=file",)])
def test_a_server_that_could_stop_half_way_is_refused(names):
    with pytest.raises(SessionError) as raised:
        assert abilities(*names).mode
    assert raised.value.trouble is Trouble.IDENTITY
    assert raised.value.advice


def test_another_spelling_of_capabilities_is_read():
    assert abilities("candidate:1.0", prefix=XML).mode is Mode.PLAIN


def test_guarantees_are_compared_by_what_they_lack():
    ways = [("candidate:1.0", "confirmed-commit:1.1"), ("candidate:1.0", "confirmed-commit:1.0"), ("candidate:1.0",)]
    strengths = [abilities(*names).guarantees.strength for names in ways]
    assert strengths == sorted(strengths, reverse=True)


@pytest.mark.parametrize(
    ("others", "trusted"), [((), True), (("http://yuma123.org/ns/yuma123-system?module=x",), False)]
)
def test_a_server_whose_validate_does_harm_is_not_asked_to(others, trusted):
    found = abilities("candidate:1.0", "validate:1.1", others=others)
    assert found.can_validate is trusted
    assert found.guarantees.is_checked


MARKS = {name: target.declares for name, target in load_targets([TARGETS], Findings()).items() if target.declares}
DECLARED = {
    "iosxe": "http://cisco.com/ns/yang/Cisco-IOS-XE-native?module=Cisco-IOS-XE-native",
    "iosxr": "http://cisco.com/ns/yang/Cisco-IOS-XR-um-hostname-cfg?module=Cisco-IOS-XR-um-hostname-cfg",
    "junos": "http://xml.juniper.net/netconf/junos/1.0",
    "srlinux": "urn:nokia.com:srlinux:general:interfaces?module=srl_nokia-interfaces",
}


@pytest.mark.parametrize("expected", DECLARED)
@pytest.mark.parametrize("platform", DECLARED)
def test_whose_software_answers_is_told_from_its_models(platform, expected):
    assert find_platform((f"{CAPABILITY}:candidate:1.0", DECLARED[platform]), expected, MARKS) == platform


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ((f"{CAPABILITY}:candidate:1.0",), "junos"),  # models are told in the YANG library only
        ((DECLARED["junos"], DECLARED["iosxr"]), "junos"),  # somebody who has both is neither for certain
        ((DECLARED["junos"],), "openconfig"),  # a model of several vendors
        (("http://example.net/Cisco-IOS-XR-like",), "iosxr"),
    ],
)
def test_a_doubt_leaves_the_word_of_the_topology(capabilities, expected):
    assert find_platform(capabilities, expected, MARKS) == ""


def test_the_driver_says_it():
    answers = {"capabilities": (f"{CAPABILITY}:candidate:1.0", DECLARED["iosxr"]), "ask": lambda _, __: "<data/>"}
    session = type("Session", (), answers)()
    assert NetconfDriver(session, "junos", MARKS).identify().platform == "iosxr"


@pytest.mark.parametrize(("others", "is_said"), [((), False), (("http://yuma123.org/ns/yuma123-system",), True)])
def test_a_timer_that_waits_for_our_session_is_said_in_the_plan(others, is_said):
    promises = abilities("candidate:1.0", "confirmed-commit:1.1", others=others).guarantees
    assert any("only once our session has ended" in sentence for sentence in promises.sentences) is is_said
