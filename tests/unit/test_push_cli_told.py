"""Who is up next to a device, by what it prints at its command line: tables as they are published, documents by the vendors' own models."""

from __future__ import annotations

import re

import pytest

from intentc import resources
from intentc.push.cli_told import FILE, ask_neighbours, questions_of, up_by, watched
from intentc.push.trouble import SessionError, Trouble

# By platform and protocol: what is printed (two sessions that are up, one that is not), and what is told of it.
XE_BGP = """\
BGP router identifier 10.0.0.1, local AS number 65000
BGP table version is 79023, main routing table version 79023
BGP activity 51255/39215 prefixes, 120224/87177 paths, scan interval 60 secs

Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd
10.0.0.9        4        65000 2746767 2396274 512185206    0    0 3w0d       558720
10.0.0.8        4   64000.2017  695143  689871 512185203    0    0 1y10w           0
10.0.0.7        4        65009 26930508  942614 512185203    0    0 1y10w     Idle (Admin)
"""
XR_BGP = """\
BGP router identifier 10.0.0.1, local AS number 65000
BGP table state: Active

Process       RcvTblVer   bRIB/RIB   LabelVer  ImportVer  SendTblVer  StandbyVer
Speaker           94623      94623      94623      94623       94623           0

Neighbor        Spk    AS MsgRcvd MsgSent   TblVer  InQ OutQ  Up/Down  St/PfxRcd
10.0.0.7          0 64727   68750   70941        0    0    0    2d14h Active
10.0.0.8          0 64727   74112   76220    94623    0    0     7w2d         82
10.0.0.9          0 64727   72363   74575    94623    0    0    4d10h          0!
"""
OSPF = """\
Neighbor ID     Pri   State           Dead Time   Address         Interface
10.0.0.8          1   FULL/BDR        00:00:32    10.1.2.2        {0}1
10.0.0.9          0   FULL/  -        00:00:33    10.1.3.2        {0}2
10.0.0.7          1   INIT/DROTHER    00:00:39    10.1.4.2        {0}3
"""
JUNOS = """\
<rpc-reply xmlns:junos="http://xml.juniper.net/junos/24.4R0/junos">
    <{0}-information xmlns="http://xml.juniper.net/junos/24.4R0/junos-routing">{1}</{0}-information>
    <cli><banner>{{master}}</banner></cli>
</rpc-reply>
"""


def junos(container, record, state, up, names):
    leaves = ["".join(f"<{tag}>{text}</{tag}>" for tag, text in row.items()) for row in names]
    words = (up, up, "Down")
    rows = (f"<{record}>{one}<{state}>{word}</{state}></{record}>" for one, word in zip(leaves, words, strict=True))
    return JUNOS.format(container, "".join(rows))


def named(*tags):
    return [
        dict(zip(tags, names, strict=True))
        for names in (("r2", "ge-0/0/1.0"), ("r3", "ge-0/0/2.0"), ("r4", "ge-0/0/3.0"))
    ]


SRL = '{{"{0}": [{{"name": "default", {1}}}]}}'
PRINTED = {
    ("iosxe", "isis"): (
        (
            "\nTag CORE:\nSystem Id       Type Interface     IP Address      State Holdtime Circuit Id\n"
            "r2              L1   Gi2           10.1.2.1        UP    19       r5.03\n"
            "r2              L2   Gi2           10.1.2.1        UP    24       r5.03\n"
            "r4              L2   Gi3           10.2.4.4        INIT  23       0F\n"
        ),
        {"isis r2 L1 Gi2", "isis r2 L2 Gi2"},
    ),
    ("iosxe", "ospf"): (
        OSPF.format("GigabitEthernet"),
        {"ospf 10.0.0.8 GigabitEthernet1", "ospf 10.0.0.9 GigabitEthernet2"},
    ),
    ("iosxe", "bgp over IPv4"): (XE_BGP, {"bgp over IPv4 10.0.0.9", "bgp over IPv4 10.0.0.8"}),
    ("iosxe", "bfd"): (
        (
            "\nIPv4 Sessions\nNeighAddr                              LD/RD         RH/RS     State     Int\n"
            "10.1.2.2                             4097/4097       Up        Up        Gi2\n"
            "10.1.3.2                                2/2          Up        Up        Gi3.13\n"
            "10.1.4.2                                3/0          Down      Down      Gi4\n"
        ),
        {"bfd 10.1.2.2 Gi2", "bfd 10.1.3.2 Gi3.13"},
    ),
    ("iosxr", "isis"): (
        (
            "\nIS-IS 1 neighbors:\nSystem Id      Interface        SNPA           State Holdtime Type IETF-NSF\n"
            "r2             Gi0/0/0/1        5000.0002.0001 Up    23       L1L2 Capable\n"
            "r3             Gi0/0/0/3        *PtoP*         Up    25       L2   Unable\n"
            "r4             Gi0/0/0/4        *PtoP*         Init  25       L2   Unable\n\nTotal neighbor count: 3\n"
        ),
        {"isis r2 Gi0/0/0/1", "isis r3 Gi0/0/0/3"},
    ),
    ("iosxr", "ospf"): (
        "\nNeighbors for OSPF 1\n\n"
        + OSPF.format("GigabitEthernet0/0/0/").replace("\n10.", "\n    Neighbor is up for 01:03:05\n10."),
        {"ospf 10.0.0.8 GigabitEthernet0/0/0/1", "ospf 10.0.0.9 GigabitEthernet0/0/0/2"},
    ),
    ("iosxr", "bgp over IPv4"): (XR_BGP, {"bgp over IPv4 10.0.0.9", "bgp over IPv4 10.0.0.8"}),
    ("iosxr", "bfd"): (
        (
            "Interface           Dest Addr           Local det time(int*mult)      State     \n"
            "                                    Echo             Async   H/W   NPU     \n"
            "------------------- --------------- ---------------- ---------------- ----------\n"
            "Fo0/0/1/0           10.1.2.2        45ms(15ms*3)     6s(2s*3)         UP        \n"
            "                                                             No    n/a            \n"
            "Fo0/0/0/0           10.1.3.2        45ms(15ms*3)     6s(2s*3)         UP        \n"
            "Fo0/0/0/1           10.1.4.2        45ms(15ms*3)     6s(2s*3)         DOWN      \n"
        ),
        {"bfd Fo0/0/1/0 10.1.2.2", "bfd Fo0/0/0/0 10.1.3.2"},
    ),
    ("junos", "isis"): (
        junos("isis-adjacency", "isis-adjacency", "adjacency-state", "Up", named("system-name", "interface-name")),
        {"isis r2 ge-0/0/1.0", "isis r3 ge-0/0/2.0"},
    ),
    ("junos", "ospf"): (
        junos("ospf-neighbor", "ospf-neighbor", "ospf-neighbor-state", "Full", named("neighbor-id", "interface-name")),
        {"ospf r2 ge-0/0/1.0", "ospf r3 ge-0/0/2.0"},
    ),
    ("junos", "bgp"): (
        junos("bgp", "bgp-peer", "peer-state", "Established", named("peer-address", "x")),
        {"bgp r2", "bgp r3"},
    ),
    ("junos", "bfd"): (
        junos("bfd-session", "bfd-session", "session-state", "Up", named("session-neighbor", "session-interface")),
        {"bfd r2 ge-0/0/1.0", "bfd r3 ge-0/0/2.0"},
    ),
    ("srlinux", "bgp"): (
        SRL.format(
            "srl_nokia-network-instance:network-instance",
            '"protocols": {"srl_nokia-bgp:bgp": {"neighbor": [{"peer-address": "10.0.0.8", "session-state": "established"},'
            ' {"peer-address": "10.0.0.9", "session-state": "established"}, {"peer-address": "10.0.0.7", "session-state": "active"}]}}',
        ),
        {"bgp 10.0.0.8 default", "bgp 10.0.0.9 default"},
    ),
    ("srlinux", "isis"): (
        SRL.format(
            "network-instance",
            '"protocols": {"isis": {"instance": [{"name": "core", "interface": [{"interface-name": "ethernet-1/1.0", "adjacency": ['
            '{"neighbor-system-id": "0100.0000.0002", "adjacency-level": "L2", "state": "up"},'
            '{"neighbor-system-id": "0100.0000.0003", "adjacency-level": "L2", "state": "up"},'
            '{"neighbor-system-id": "0100.0000.0004", "adjacency-level": "L2", "state": "down"}]}]}]}}',
        ),
        {"isis 0100.0000.0002 L2 ethernet-1/1.0", "isis 0100.0000.0003 L2 ethernet-1/1.0"},
    ),
    ("srlinux", "ospf"): (
        SRL.format(
            "network-instance",
            '"protocols": {"ospf": {"instance": [{"name": "main", "area": [{"area-id": "0.0.0.0", "interface": ['
            '{"interface-name": "ethernet-1/1.0", "neighbor": [{"router-id": "10.0.0.8", "adjacency-state": "full"}]},'
            '{"interface-name": "ethernet-1/2.0", "neighbor": [{"router-id": "10.0.0.9", "adjacency-state": "full"},'
            ' {"router-id": "10.0.0.7", "adjacency-state": "init"}]}]}]}]}}',
        ),
        {"ospf 10.0.0.8 ethernet-1/1.0", "ospf 10.0.0.9 ethernet-1/2.0"},
    ),
    ("srlinux", "bfd"): (
        (
            '{"bfd": {"network-instance": [{"name": "default", "peer": [{"local-discriminator": 1, "remote-address": "10.1.2.2", "session-state": "UP"},'
            ' {"local-discriminator": 2, "remote-address": "10.1.3.2", "session-state": "UP"},'
            ' {"local-discriminator": 3, "remote-address": "10.1.4.2", "session-state": "DOWN"}]}]}}'
        ),
        {"bfd 10.1.2.2 default", "bfd 10.1.3.2 default"},
    ),
}
PLATFORMS = sorted({platform for platform, _ in PRINTED})


def test_every_question_has_its_answer_here():
    asked = {(platform, one.protocol) for platform in PLATFORMS for one in questions_of(platform)}
    assert asked == set(PRINTED)
    files = {path.parent.name for folder in resources.targets_paths() for path in folder.glob(f"*/{FILE}")}
    assert files == set(PLATFORMS)


@pytest.mark.parametrize(("platform", "protocol"), PRINTED)
def test_sessions_that_are_up_are_told_by_name(platform, protocol):
    answer, told = PRINTED[platform, protocol]
    (question,) = (one for one in questions_of(platform) if one.protocol == protocol)
    assert set(up_by(question, answer)) == told


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_protocol_that_does_not_run_has_none_and_a_right_that_is_missing_is_told(platform):
    def refuse(words):
        def ask(command):
            raise SessionError(Trouble.REFUSED, f"it refused `{command}`: `{words}`")

        return ask

    assert ask_neighbours(platform, refuse("% IS-IS is not running")) == ()
    assert ask_neighbours(platform, lambda _command: "") == ()
    with pytest.raises(SessionError):
        ask_neighbours(platform, refuse("Command authorization failed."))


@pytest.mark.parametrize("answer", ["<rpc-reply><a></rpc-reply>", "{not json}"])
def test_a_document_that_cannot_be_read_is_told(answer):
    with pytest.raises(SessionError, match="sessions cannot be read"):
        ask_neighbours("junos" if "<" in answer else "srlinux", lambda _command: answer)


def test_who_is_not_asked_tells_of_nobody():
    assert (questions_of("frr"), watched("frr"), ask_neighbours("frr", None)) == ((), "", ())
    assert watched("iosxe") == "bfd, bgp over IPv4, isis, ospf"


@pytest.mark.parametrize("platform", PLATFORMS)
def test_commands_only_show(platform):
    for one in questions_of(platform):
        assert re.match(r"show |info from state ", one.command)
