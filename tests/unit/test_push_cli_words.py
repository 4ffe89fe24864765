"""What EOS says at its command line, understood; and how a document is typed."""

from __future__ import annotations

import json

import pytest
from support_frr import TARGETS

from intentc.diagnostics import Findings
from intentc.plan.promises import Guarantees
from intentc.push.cli_neighbours import NEIGHBOURS
from intentc.push.cli_session import GUARANTEES
from intentc.push.cli_words import (
    Sessions,
    body,
    check,
    clock,
    is_denied,
    is_mark,
    mark_name,
    next_name,
    prefix_of,
    read_document,
    read_facts,
    read_sessions,
    read_version,
    typed,
)
from intentc.push.platforms import find_platform
from intentc.push.trouble import SessionError, Trouble
from intentc.render.targets import load_targets

TOKEN = "0123456789abcdef"  # noqa: S105  (made up)
MINE = prefix_of(TOKEN)


def sessions(states, **more):
    found = {name: {"state": state, "commitUser": "", "instances": {}} for name, state in states.items()}
    return json.dumps({"sessions": found, "maxSavedSessions": 1, "maxOpenSessions": 5, **more})


@pytest.mark.parametrize(
    "answer",
    [
        sessions({f"{MINE}1": "pendingCommitTimer", "theirs": "pending"}),
        sessions({f"{MINE}1": "committed", "theirs": "pending"}, commitTimerSessionName=f"{MINE}1"),
        "a line of noise\n" + sessions({f"{MINE}1": "pendingCommitTimer", "theirs": "pending"}) + "\nmore noise\n",
    ],
    ids=["to 4.31", "from 4.32", "noise"],
)
def test_the_session_whose_timer_runs(answer):
    found, names = read_sessions(answer)
    assert (found.timed, dict(found.open), names) == (f"{MINE}1", {"theirs": ""}, (f"{MINE}1", "theirs"))


def test_without_a_timer_nothing_is_pending():
    found, _ = read_sessions(sessions({f"{MINE}1": "committed", f"{MINE}2": "completed", "x": "aborted"}))
    assert (found.timed, dict(found.open)) == ("", {})


def test_who_opened_a_session():
    document = {"sessions": {"a": {"state": "pending", "instances": {"868": {"user": "ann", "terminal": "vty5"}}}}}
    assert read_sessions(json.dumps(document))[0].open == {"a": "ann"}


OTHER = prefix_of("another")
HELD = [
    (Sessions({}), ""),
    (Sessions({f"{MINE}0-bob": "", f"{MINE}1": ""}, f"{MINE}2"), ""),
    (Sessions({"maintenance": "ann"}), ""),
    (Sessions({f"{OTHER}1": "ann", f"{OTHER}0-ann_apply": "ann"}), f"session `{OTHER}0-ann_apply` of ann"),
    (Sessions({f"{OTHER}1": ""}), f"session `{OTHER}1`"),
    (Sessions({}, "maintenance"), "session `maintenance`"),
]


@pytest.mark.parametrize(("found", "holder"), HELD)
def test_who_else_is_at_work(found, holder):
    assert found.held_by(TOKEN) == holder


def test_names_tell_who_and_why_and_never_the_token():
    name = mark_name(TOKEN, "bob on noc1: apply 20261121T101112Z-1a2b; reload\n")
    assert name == f"{MINE}0-bob_on_noc1_apply_20261121T101112Z_1a2b_reload"[:63]
    assert is_mark(name)
    assert not is_mark(next_name(TOKEN, ()))
    assert next_name(TOKEN, (f"{MINE}1", f"{MINE}2")) == f"{MINE}3"
    assert len(mark_name(TOKEN, "x" * 200)) == 63
    assert TOKEN not in name
    assert TOKEN[:8] not in name


@pytest.mark.parametrize(
    "answer", ["% Invalid input", "> bogus\n% Incomplete command\n", "ok\n% Authorization denied for command 'x'"]
)
def test_what_a_device_refuses_is_told_in_its_words(answer):
    with pytest.raises(SessionError) as raised:
        check("ip x", answer)
    assert raised.value.trouble is Trouble.REFUSED
    assert "it refused `ip x`: `% " in raised.value.text


@pytest.mark.parametrize("answer", ["", "! a warning\n", "%SYS-5-CONFIG_I: a log line", "100 % sure"])
def test_what_is_no_refusal(answer):
    assert check("ip x", answer) == answer


def test_a_text_may_have_such_a_line_but_not_as_its_first():
    text = "! Command: show running-config\nbanner motd\n% hello\nEOF\nend\n"
    assert check("show", text, is_text=True) == text
    with pytest.raises(SessionError):
        check("show", "% Authorization denied for command 'show'\n", is_text=True)


def test_what_may_not_be_shown_is_told_from_what_does_not_run():
    assert is_denied("% Authorization denied for command 'show isis neighbors'\n")
    assert not is_denied("% BGP inactive\n")
    assert not is_denied('{"a": "authorization denied"}')


DOCUMENT = """\
! a comment
qos profile A
   tx-queue 7
      shape rate 1 kbps
   tx-queue 6
      no priority
!
interface Ethernet1
   service-profile A
"""


def test_a_document_is_typed_with_every_way_out_of_a_mode():
    assert list(typed(DOCUMENT)) == [
        *("qos profile A", "tx-queue 7", "shape rate 1 kbps", "exit", "tx-queue 6", "no priority", "exit", "exit"),
        *("interface Ethernet1", "service-profile A", "exit"),
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(1, "00:00:01"), (120, "00:02:00"), (3661, "01:01:01"), (86400, "24:00:00")]
)
def test_durations(seconds, text):
    assert clock(seconds) == text


EOS = load_targets([TARGETS], Findings())["eos"]
VERSIONS = [
    ({"mfgName": "Arista Networks", "modelName": "X", "version": "4.32.2F"}, ("eos", "4.32.2F")),
    ({"mfgName": "Arista", "modelName": "X", "version": "4.32.2F"}, ("eos", "4.32.2F")),
    ({"modelName": "DCS-7280CR3-32P4-F", "version": "4.28.0F"}, ("eos", "4.28.0F")),
    ({"modelName": "cEOSLab", "version": "4.31.1F-1 (engineering build)"}, ("eos", "4.31.1F-1 (engineering build)")),
    ({"modelName": "something else", "version": "1"}, ("", "1")),
]


@pytest.mark.parametrize(("document", "expected"), VERSIONS)
def test_platform_and_release(document, expected):
    words, release = read_version(json.dumps(document))
    assert (find_platform(words, "eos", {"eos": EOS.declares}), release) == expected


def test_an_answer_that_breaks_off_is_no_answer():
    with pytest.raises(SessionError) as raised:
        read_document('{"sessions": {')
    assert raised.value.trouble is Trouble.MISMATCH


RUNNING = """\
! Command: show running-config
! device: r1
username ops secret sha512 canary
interface Ethernet1
   mtu 9214
   ip address 10.0.0.1/31
   ipv6 address fd00::1/127
interface Ethernet2
   no switchport
end
"""


def test_facts_are_interfaces_and_addresses_alone():
    assert read_facts(RUNNING) == (
        *("address=Ethernet1,10.0.0.1/31", "address=Ethernet1,fd00::1/127"),
        *("interface=Ethernet1,9214", "interface=Ethernet2,default"),
    )
    assert body(RUNNING)[0] == "username ops secret sha512 canary"
    assert body(RUNNING)[-1] == "end"


ISIS = {"vrfs": {"default": {"isisInstances": {"CORE": {"neighbors": {
    "a": {"adjacencies": [{"hostname": "r2", "state": "up", "interfaceName": "Ethernet1"}]},
    "b": {"adjacencies": [{"hostname": "r3", "state": "down", "interfaceName": "Ethernet2"}]},
}}}}}}  # fmt: skip
BFD = {"vrfs": {"default": {"ipv4Neighbors": {
    "10.0.0.2": {"peerStats": {"Ethernet1": {"status": "up"}, "Ethernet2": {"status": "down"}}},
}}}}  # fmt: skip
BGP = {"vrfs": {"default": {"peers": {"10.0.0.9": {"peerState": "Established"}, "10.0.0.8": {"peerState": "Idle"}}}}}


@pytest.mark.parametrize(
    ("command", "document", "expected"),
    [
        ("show isis neighbors | json", ISIS, ["isis r2 Ethernet1"]),
        ("show bfd peers | json", BFD, ["bfd 10.0.0.2 Ethernet1"]),
        ("show ip bgp summary | json", BGP, ["bgp default 10.0.0.9"]),
    ],
)
def test_who_is_up(command, document, expected):
    assert list(NEIGHBOURS[command](document)) == expected
    assert list(NEIGHBOURS[command]({})) == []


def test_the_plan_says_what_a_session_is_worth():
    assert isinstance(GUARANTEES, Guarantees)
    assert GUARANTEES.is_guarded
    assert GUARANTEES.sentences == (
        "the device takes back by itself what nobody confirms",
        "a change takes effect as a whole or not at all",
        "its timer takes back the last of several stages only; intentc takes back the others",
    )
