"""Who is up next to a device, over NETCONF: asked for by filters of the vendor's own models, read by where they put it."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from support_netconf_fake import Fault, router
from support_push_here import AskedHere

from intentc.push.netconf import NetconfDriver
from intentc.push.netconf_neighbours import is_up, known_watches, up_in, watches_of
from intentc.push.trouble import SessionError
from intentc.targetkit.xml_reading import XmlError

PLATFORMS = ("junos", "iosxr", "iosxe", "srlinux", "openconfig")
ALL = [(platform, watch) for platform in PLATFORMS for watch in known_watches(platform)]
IDS = [f"{platform}-{watch.protocol}" for platform, watch in ALL]
DOWN = {"Established": "Active", "Up": "Down", "Full": "Init"}
# How each platform says that a session is up.
WORDS = {
    "junos": {"isis": "Up", "ospf": "Full", "bgp": "Established", "bfd": "Up"},
    "iosxr": {"isis": "isis-adj-up-state", "bgp": "bgp-st-estab", "bfd": "bfd-mgmt-session-state-up"},
    "iosxe": {"isis": "isis-adj-up", "ospf": "ospf-nbr-full", "bgp": "fsm-established"},
    "srlinux": {"isis": "up", "ospf": "srl_nokia-ospf-types:full", "bgp": "established", "bfd": "UP"},
    "openconfig": {"isis": "UP", "ospf": "oc-ospf-types:FULL", "bgp": "ESTABLISHED", "bfd": "UP"},
}

NAMED = {
    "junos": '<configuration xmlns="http://yang.juniper.net/junos/conf/root"><system xmlns="http://yang.juniper.net/junos/conf/system">'
    "<host-name>{}</host-name></system></configuration>",
    "iosxr": '<hostname xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-hostname-cfg"><system-network-name>{}</system-network-name></hostname>',
    "iosxe": '<native xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-native"><hostname>{}</hostname><version>17.18</version></native>',
    "srlinux": '<system xmlns="urn:nokia.com:srlinux:general:system"><name xmlns="urn:nokia.com:srlinux:chassis:system-name">'
    "<host-name>{}</host-name></name></system>",
    "openconfig": '<system xmlns="http://openconfig.net/yang/system"><config><hostname>{}</hostname></config></system>',
}


def state_of(platform, watch, names, word):
    """Return what a device answers that has a session by each name, in the state `word`."""
    if platform == "junos":
        sessions = "".join(
            f"<{watch.record}>{''.join(f'<{one}>{name}</{one}>' for (one,) in watch.labels)}<{watch.state[0]}>{word}</{watch.state[0]}>"
            f"<more>7</more></{watch.record}>"
            for name in names
        )
        return f'<{watch.protocol}-information xmlns="http://xml.juniper.net/junos/24.4R1/junos-routing">{sessions}</{watch.protocol}-information>'
    root = ET.fromstring(watch.request).find("filter")[0]  # noqa: S314  (the product's own)
    place = root
    while not place.tag.endswith(f"}}{watch.record}"):
        place = place[-1]
    parent = next(one for one in root.iter() if place in list(one))
    parent.remove(place)
    for one in root.iter():
        if len(one) == 0:
            one.text = "core"
    for name in names:
        copied = ET.fromstring(ET.tostring(place))  # noqa: S314
        for leaf in copied.iter():
            if len(leaf) == 0:
                leaf.text = word if leaf.tag.endswith(f"}}{watch.state[-1]}") else name
        parent.append(copied)
    return ET.tostring(root, encoding="unicode")


def device(platform, *, up=("n1", "n2"), down=()):
    """Return a fake device that declares all models of its platform, with sessions of each protocol."""
    fake = router(
        "r1",
        "",
    )
    fake.modules = tuple(dict.fromkeys(watch.model for watch in known_watches(platform)))
    for watch in known_watches(platform):
        word = WORDS[platform][watch.protocol]
        if platform == "junos":
            request = re.match(r"<([\w-]+)/>", watch.request)[1]
            fake.requests[request] = state_of(platform, watch, up, word)
        else:
            fake.state.append(ET.fromstring(state_of(platform, watch, up, word)))  # noqa: S314
            if down:
                fake.state.append(ET.fromstring(state_of(platform, watch, down, "down")))  # noqa: S314
    return fake


def driver(fake, platform):
    return NetconfDriver(AskedHere(fake), platform)


@pytest.mark.parametrize(("platform", "watch"), ALL, ids=IDS)
def test_sessions_that_are_up_are_told_by_name(platform, watch):
    word = WORDS[platform][watch.protocol]
    up = up_in(watch, state_of(platform, watch, ("n1", "n2"), word))
    assert [line.split()[:2] for line in up] == [[watch.protocol, "n1"], [watch.protocol, "n2"]]
    assert up_in(watch, state_of(platform, watch, ("n1", "n2"), "down")) == ()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_driver_asks_for_each_protocol(platform):
    told = driver(device(platform, down=("n3",)), platform).neighbours()
    assert {line.split()[0] for line in told} == {watch.protocol for watch in known_watches(platform)}
    assert not any("n3" in line for line in told)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_session_that_is_gone_is_missed(platform):
    before = driver(device(platform), platform).neighbours()
    after = driver(device(platform, up=("n1",)), platform).neighbours()
    missing = set(before) - set(after)
    assert {line.split()[1] for line in missing} == {"n2"}
    assert {line.split()[0] for line in missing} == {watch.protocol for watch in known_watches(platform)}


def test_only_what_the_server_declares_is_asked_for():
    fake = device("iosxr")
    fake.modules = tuple(one for one in fake.modules if "bgp" in one)
    opened = driver(fake, "iosxr")
    assert opened.neighbours() == ("bgp n1", "bgp n2")
    assert fake.calls == ["get"]
    assert (opened.guarantees.has_neighbours, opened.guarantees.watched) == (True, "bgp")
    assert "of its sessions those of bgp are compared before and after" in opened.guarantees.sentences


@pytest.mark.parametrize(("platform", "modules"), [("iosxr", ()), ("eos", ()), ("", ())])
def test_a_server_that_tells_of_none_is_not_asked_and_the_plan_says_so(platform, modules):
    fake = router("r1", "")
    fake.modules = modules
    opened = driver(fake, platform)
    assert opened.neighbours() == ()
    assert fake.calls == []
    assert (
        "nobody looks whether its adjacencies and sessions are up afterwards: it tells of none"
        in opened.guarantees.sentences
    )


def test_a_server_with_a_library_of_models_is_asked_for_all():
    library = ("urn:ietf:params:netconf:capability:yang-library:1.1?content-id=7",)
    assert watches_of("srlinux", library) == known_watches("srlinux")
    assert watches_of("frr", library) == ()


def test_a_protocol_that_does_not_run_has_no_sessions():
    fake = device("srlinux")
    fake.faults = [Fault("get", "refuse")]
    assert {line.split()[0] for line in driver(fake, "srlinux").neighbours()} == {"isis", "ospf", "bfd"}


def test_who_may_not_look_is_not_taken_for_who_has_none():
    fake = device("srlinux")
    fake.faults = [Fault("get", "denied")]
    with pytest.raises(SessionError) as raised:
        driver(fake, "srlinux").neighbours()
    assert "access-denied" in raised.value.text


def test_what_is_no_document_is_told():
    with pytest.raises(XmlError):
        up_in(known_watches("junos")[0], "<rpc-reply>")


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        *(("UP", True), ("isis-adj-up-state", True), ("bgp-st-estab", True), ("x:FULL", True), ("Established", True)),
        *(("down", False), ("isis-adj-init-state", False), ("startup", False), ("", False), ("ADMIN_DOWN", False)),
    ],
)
def test_words_for_up(word, expected):
    assert is_up(word) is expected


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_device_that_is_exchanged_has_another_name(platform):
    fake = router("r1", NAMED[platform].format("ber-pe1"))
    assert driver(fake, platform).identify().hostname == "ber-pe1"
    other = router("r1", NAMED[platform].format("spare-7"))
    assert driver(other, platform).identify().hostname == "spare-7"


@pytest.mark.parametrize("platform", [*PLATFORMS, "frr"])
def test_a_device_without_a_name_has_none(platform):
    fake = router("r1", "")
    assert driver(fake, platform).identify().hostname == ""
    fake.faults = [Fault("get-config", "refuse", times=9)]
    assert driver(fake, platform).identify().hostname == ""
