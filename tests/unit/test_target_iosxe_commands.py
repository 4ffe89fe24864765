"""The command line of IOS XE: what is typed is what the payload says, each line is legal when it comes, others stay as they are.

What a router takes when is judged by a grammar of the tests' own (`support_xe_words`): nothing is referred to that is not there, nothing
goes that is referred to.
"""

import functools
import itertools
import re
from dataclasses import replace

import pytest
from support_cisco_config import Typing
from support_frr import H1_6, H2_6, TARGETS, flow
from support_iosxe import CODE, HOSTS, LEFT, bundle, config, fence, full_config, mark, port, queue, rendered, steer
from support_xe_router import COMMANDS, NOTHING, bundle_of, differences, give, printed, router, typed

SR = ("policies", "algorithm_policies", "policy_steering", "probes")
GOLDEN = {path.parent.name: path.read_text() for path in sorted((TARGETS / "iosxe" / "golden").glob("*/config.xml"))}
UNTYPED = {
    name: GOLDEN.pop(name)
    for name in ("algorithms", "everything", "halfway", "measuring", "policies", "spread", "switching")
}
WHOLE = replace(full_config(), **dict.fromkeys(SR, ()))
GOLDEN["whole"] = rendered(WHOLE)
GOLDEN["half"] = rendered(
    replace(WHOLE, fences=(), queueing=WHOLE.queueing[:1], steering=WHOLE.steering[:1], marking=WHOLE.marking[1:])
)
NAMES = tuple(GOLDEN)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_typed_is_read_as_the_payload(name):
    root = give(router(), GOLDEN[name])
    assert differences(GOLDEN[name], root) == ()
    assert COMMANDS.changes([GOLDEN[name]], printed(root)) == ()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_taken_away_leaves_what_others_have_byte_for_byte(name):
    root = give(router(), GOLDEN[name])
    give(root, NOTHING, GOLDEN[name])
    assert printed(root) == printed(router())


@pytest.mark.parametrize(
    ("one", "other"), [*itertools.pairwise(NAMES), ("whole", "half"), ("half", "whole"), ("isolation", "whole")]
)
def test_one_payload_follows_another(one, other):
    """Whatever ran before, what runs then is as if it had been there first; and no line on the way was refused."""
    root = give(give(router(), GOLDEN[one]), GOLDEN[other], GOLDEN[one])
    assert differences(GOLDEN[other], root) == ()
    assert sorted(printed(root).splitlines()) == sorted(printed(give(router(), GOLDEN[other])).splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_typed_that_the_form_of_values_does_not_allow(name):
    for line in COMMANDS.changes([GOLDEN[name]], printed(router())):
        assert line.isascii()
        assert line == " ".join(line.split())
        assert not set(line) & set("!?|^`\\" + '"')


@pytest.mark.parametrize("name", UNTYPED)
def test_what_no_source_says_is_not_typed(name):
    """SR policies, their segment lists, and performance measurement."""
    with pytest.raises(ValueError, match="no source says in which line"):
        COMMANDS.changes([UNTYPED[name]], printed(router()))


def test_a_value_that_no_line_begins_with_is_not_typed():
    """A track of anything else than a route, as later versions may have: never a line with a hole in it."""
    text = rendered(config(steering=[steer(flow(), ("r2",), precedence=1)]))
    broken = re.sub(r"<route>\s*<address>10.*?</route>", "", text, flags=re.DOTALL)
    assert broken != text
    with pytest.raises(ValueError, match="all of `tracks`"):
        COMMANDS.changes([broken], printed(router()))


def test_only_what_differs_is_typed():
    root = give(router(), rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(443, 443)))])))
    more = rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(444, 444)))]))
    lines = COMMANDS.changes([more], printed(root))
    assert [line.partition(" ")[0] for line in lines] == ["ip", "no", lines[2].split()[0], "exit"]
    assert lines[1] == f"no {lines[2].split()[0]}"


def test_a_list_never_lacks_more_than_the_entry_that_is_exchanged():
    """Each line takes effect: a list whose entries all went first would stand empty, and let everything pass."""
    one, other = (
        rendered(
            config(
                fences=[
                    fence("a", flow(protocol="tcp", ports=(port, port))),
                    fence("b", flow(protocol="udp", ports=(port, port))),
                ]
            )
        )
        for port in (443, 444)
    )
    root = give(router(), one)
    name = next(line for line in root.lines() if line.startswith("ip access-list extended ITC-OUT4-"))
    typing, least = Typing(root), len(root.below[name].below) - 1
    for line in COMMANDS.changes([other], printed(root)):
        assert typing.type(line) == ""
        assert len(root.below[name].below) >= least, line
    assert differences(other, root) == ()


def test_an_entry_of_an_ipv6_list_goes_by_its_sequence():
    root = give(router(), rendered(config(fences=[fence("a", flow(H1_6, H2_6, "tcp", (443, 443)))])))
    more = rendered(config(fences=[fence("a", flow(H1_6, H2_6, "tcp", (444, 444)))]))
    gone = [line for line in COMMANDS.changes([more], printed(root)) if line.startswith("no ")]
    assert [line.split()[1] for line in gone] == ["sequence"]
    assert {len(line.split()) for line in gone} == {3}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (
            config(
                marking=[mark("a", flow(protocol="tcp"), precedence=1), mark("c", flow(protocol="udp"), precedence=3)]
            ),
            config(
                marking=[
                    mark("a", flow(protocol="tcp"), precedence=1),
                    mark("b", flow(protocol="icmp"), "high", precedence=2),
                    mark("c", flow(protocol="udp"), precedence=3),
                ]
            ),
        ),
        (
            config(queueing=[port(LEFT, queues=(queue("high", 10**8, tc=4), queue("default", tc=0)))]),
            config(
                queueing=[
                    port(
                        LEFT,
                        queues=(queue("critical", 10**8, tc=5), queue("high", 10**8, tc=4), queue("default", tc=0)),
                    )
                ]
            ),
        ),
    ],
    ids=["marking", "queueing"],
)
def test_a_policy_whose_classes_get_another_order_leaves_its_port_before_it_is_made_anew(first, then):
    """A class that is added stands last; and no router lets go of a policy map that is attached, or is the child of another one."""
    root = give(router(), rendered(first))
    lines = COMMANDS.changes([rendered(then)], printed(root))
    detached = next(at for at, line in enumerate(lines) if line.startswith("no service-policy "))
    gone = [at for at, line in enumerate(lines) if line.startswith("no policy-map ITC-")]
    attached = max(
        at for at, line in enumerate(lines) if line.startswith(("service-policy input", "service-policy output"))
    )
    assert detached < min(gone) <= max(gone) < attached
    typed(root, lines)
    assert differences(rendered(then), root) == ()


def test_another_amount_is_typed_over_the_old_one():
    """Between `no bandwidth` and `bandwidth` a class would have neither, and could not keep its early drops."""
    one = rendered(config(queueing=[port(LEFT, rate=10**9)]))
    root = give(router(), one)
    lines = COMMANDS.changes([rendered(config(queueing=[port(LEFT, rate=2 * 10**9)]))], printed(root))
    assert any(line.startswith("shape average ") for line in lines)
    assert not [line for line in lines if line.startswith(("no shape", "no bandwidth", "no queue-limit", "no random"))]


def test_a_way_of_a_route_is_exchanged_in_its_place():
    """The same next hop with another distance is one line in the place of another: it goes first."""
    one, other = (
        rendered(config(steering=[steer(flow(), ways, precedence=1)])) for ways in (("r2", "r3"), ("r3", "r2"))
    )
    root = give(give(router(), one), other, one)
    assert differences(other, root) == ()
    text = one.replace("<metric>5</metric>", "<metric>7</metric>")
    typed(root := give(router(), one), COMMANDS.changes([text], printed(root)))
    assert differences(text, root) == ()


def test_a_step_of_a_route_map_is_never_without_its_match():
    """A step that matches nothing by name matches everything: with another list it goes, and comes anew."""
    one = rendered(config(steering=[steer(flow(), ("r2",), precedence=1)]))
    root = give(router(), one)
    text = one.replace("<access-list>ITC-ROUTERS-4<", "<access-list>OPS<")
    lines = COMMANDS.changes([text], printed(root))
    assert any(line.startswith("no route-map ITC-PBR4-") for line in lines)
    assert not [line for line in lines if line.startswith("no match ")]


FOREIGN_SLOTS = {
    "ip access-group OPS out": "the IPv4 access list outwards is held by OPS",
    "service-policy input OPS": "the input policy is held by OPS",
}


@pytest.mark.parametrize("line", FOREIGN_SLOTS)
def test_a_slot_that_somebody_else_holds_is_seen(line):
    root = router(more=f"interface {HOSTS}\n {line}\n")
    found = CODE.foreign(bundle(WHOLE), COMMANDS.configuration(printed(root)))
    assert [f"{one.expected.partition(': ')[2]} is held by {one.running}" for one in found] == [FOREIGN_SLOTS[line]]


def test_timers_of_others_are_seen():
    more = f"track timer ip route 5\ninterface {LEFT}\n bfd interval 50 min_rx 50 multiplier 5\n"
    found = CODE.foreign(bundle(WHOLE), COMMANDS.configuration(printed(router(more=more))))
    assert len(found) == 2


UNKNOWN = {
    "an entry in words of somebody else": ("ip access-list extended ITC-X", " 15 permit tcp any any established\n"),
    "a remark": ("ipv6 access-list ITC-X", " sequence 15 remark mine\n"),
    "an action that we never ask for": ("policy-map ITC-X\n class class-default", "  set cos 3\n"),
    "a delay of a track": ("track 801 ip route 10.0.0.2 255.255.255.255 reachability", " delay up 10\n"),
    "a way in words that we never write": ("ip route 198.18.0.9 255.255.255.255 10.9.9.9", ""),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_line_in_what_is_ours_that_nobody_knows_counts(case):
    block, line = UNKNOWN[case]
    found = CODE.differences(bundle_of(""), COMMANDS.configuration(f"hostname r1\n{block}\n{line}end\n"))
    assert any((line or block).strip().split()[-1] in one.running for one in found)


def test_an_unknown_line_in_what_is_ours_is_taken_away_where_that_is_typed_again():
    one = rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(443, 443)))]))
    root = give(router(), one)
    name = next(line for line in root.lines() if line.startswith("ip access-list extended ITC-"))
    typed(root, [name, "15 remark mine", "exit"])
    assert differences(one, root) != ()
    typed(root, COMMANDS.changes([one], printed(root)))
    assert differences(one, root) == ()


@pytest.mark.parametrize(
    "text", ["", "hostname r1\n", "hostname r1\nip access-list extended ITC-X\n 10 permit", "% Invalid input\nend\n"]
)
def test_a_part_of_a_configuration_is_none(text):
    """What is not there would be taken for removed."""
    with pytest.raises(ValueError, match=r"whole configuration|mistaken command"):
        COMMANDS.configuration(text)


ODD = {
    "banner": "banner motd ^C\nip access-list extended ITC-FAKE\n 10 permit ip any any\nend\n^C\n",
    "words of people": "interface GigabitEthernet7\n description Zürich\tüber 10 % mehr\n!\n",
    "other interfaces": "interface Vlan1\n ip access-group OPS in\n!\n",
    "a certificate": "crypto pki certificate chain X\n certificate self-signed 01\n  30820330 30820218\n  \tquit\n",
}


@pytest.mark.parametrize("case", ODD)
def test_what_others_wrote_is_never_taken_for_ours(case):
    text = printed(router()).replace("logging buffered", f"{ODD[case]}logging buffered")
    assert CODE.differences(bundle_of(""), COMMANDS.configuration(text)) == ()


@functools.cache
def lines_of_everything():
    lines = printed(give(router(), GOLDEN["whole"])).splitlines()
    base = set(printed(router()).splitlines())
    mine = [at for at, line in enumerate(lines) if line not in base and not line.strip().startswith(("interface", "!"))]
    return lines, mine[:: len(mine) // 40]


@pytest.mark.parametrize("number", range(40))
def test_a_line_that_somebody_took_away_is_a_difference(number):
    lines, mine = lines_of_everything()
    at = mine[number]
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = next(to for to in range(at + 1, len(lines)) if len(lines[to]) - len(lines[to].lstrip()) <= depth)
    running = "\n".join([*lines[:at], *lines[end:]])
    assert CODE.differences(bundle_of(GOLDEN["whole"]), COMMANDS.configuration(running)), lines[at]


def test_the_fake_is_strict():
    """A test of the tests: what is referred to has to be there, and stays while it is."""
    root = give(router(), GOLDEN["whole"])
    policy = next(line for line in root.lines() if line.startswith("policy-map ITC-QUEUES-"))
    for lines in (
        [f"interface {HOSTS}", "ip access-group NOBODY in"],
        [f"no {policy}"],
        ["no ip access-list extended ITC-ROUTERS-4"],
    ):
        with pytest.raises(AssertionError, match=r"not configured|in use"):
            typed(root, lines)
