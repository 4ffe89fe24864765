"""The command line of IOS XR: what is typed is what the payload says, what is printed is read as the payload, others stay as they are."""

import functools
import itertools
from dataclasses import replace

import pytest
from support_frr import H1, H2, TARGETS, flow
from support_iosxr import (
    CODE,
    HOSTS,
    LEFT,
    bundle,
    config,
    fence,
    full_config,
    mark,
    policy,
    port,
    queue,
    rendered,
)
from support_xr_router import printed, router, typed
from support_xr_typed import COMMANDS, NOTHING, bundle_of, differences, give

GOLDEN = {path.parent.name: path.read_text() for path in sorted((TARGETS / "iosxr" / "golden").glob("*/config.xml"))}
UNTYPED = GOLDEN.pop("pausing")
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
    ("one", "other"),
    [
        *itertools.pairwise(NAMES),
        ("policies", "everything"),
        ("isolation", "everything"),
        ("everything-ncs", "halfway"),
    ],
)
def test_one_payload_follows_another(one, other):
    """Whatever ran before, what runs then is as if it had been there first."""
    root = give(give(router(), GOLDEN[one]), GOLDEN[other], GOLDEN[one])
    assert differences(GOLDEN[other], root) == ()
    assert sorted(printed(root).splitlines()) == sorted(printed(give(router(), GOLDEN[other])).splitlines())


@pytest.mark.parametrize("name", NAMES)
def test_no_line_is_typed_that_the_form_of_values_does_not_allow(name):
    for line in COMMANDS.changes([GOLDEN[name]], printed(router())):
        assert line.isascii()
        assert line == " ".join(line.split())
        assert not set(line) & set("!?|^`\\" + '"')


def test_what_no_source_says_is_not_typed():
    with pytest.raises(ValueError, match="no source says in which lines `hw:hw-module"):
        COMMANDS.changes([UNTYPED], printed(router()))


def test_only_what_differs_is_typed():
    root = give(router(), rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(443, 443)))])))
    more = rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(444, 444)))]))
    lines = COMMANDS.changes([more], printed(root))
    assert [line.partition(" ")[0] for line in lines] == ["ipv4", "no", lines[2].split()[0], "exit"]
    assert lines[1] == f"no {lines[2].split()[0]}"


def test_a_class_that_comes_between_others_makes_the_policy_anew():
    """The order of classes decides which one takes a packet, and a class that is added stands last."""
    first = config(
        marking=[mark("a", flow(protocol="tcp"), precedence=1), mark("c", flow(protocol="udp"), precedence=3)]
    )
    then = replace(
        first, marking=(first.marking[0], mark("b", flow(protocol="sctp"), "high", precedence=2), first.marking[1])
    )
    root = give(router(), rendered(first))
    lines = COMMANDS.changes([rendered(then)], printed(root))
    assert any(line.startswith("no policy-map ITC-") for line in lines)
    typed(root, lines)
    assert differences(rendered(then), root) == ()


FOREIGN_SLOTS = {
    "ipv4 access-group OPS ingress": "the IPv4 access list inwards is held by OPS",
    "ipv4 access-group OPS ingress interface-statistics": "the IPv4 access list inwards is held by OPS",
    "service-policy input OPS": "the input policy is held by OPS",
}


@pytest.mark.parametrize("line", FOREIGN_SLOTS)
def test_a_slot_that_somebody_else_holds_is_seen(line):
    root = router(more=f"interface {HOSTS}\n {line}\n")
    found = CODE.foreign(bundle(full_config()), COMMANDS.configuration(printed(root)))
    assert [f"{one.expected.partition(': ')[2]} is held by {one.running}" for one in found] == [FOREIGN_SLOTS[line]]


@pytest.mark.parametrize(
    "line", ["ipv4 access-group common ALL OPS ingress", "ipv4 access-group OPS MORE ingress compress level 1"]
)
def test_a_slot_in_words_that_we_never_write_is_seen_too(line):
    text = printed(router()).replace(f"interface {HOSTS}\n", f"interface {HOSTS}\n {line}\n")
    found = CODE.foreign(bundle(full_config()), COMMANDS.configuration(text))
    assert len(found) == 1
    assert "OPS" in found[0].running


UNKNOWN = {
    "an entry in words of somebody else": ("ipv4 access-list ITC-X", " 15 permit tcp any any established\n"),
    "a remark": ("ipv4 access-list ITC-X", " 15 remark mine\n"),
    "an action that we never ask for": ("policy-map ITC-X\n class class-default", "  set cos 3\n"),
    "a metric of a policy": ("segment-routing\n traffic-eng\n  policy ITC-X", "   max-install-standby-cpaths 2\n"),
}


@pytest.mark.parametrize("case", UNKNOWN)
def test_a_line_in_what_is_ours_that_nobody_knows_counts(case):
    block, line = UNKNOWN[case]
    text = f"hostname r1\n{block}\n{line}end\n"
    found = CODE.differences(bundle_of(""), COMMANDS.configuration(text))
    assert any(line.strip().split()[-1] in one.running for one in found)


def test_an_unknown_line_in_what_is_ours_is_taken_away_where_that_is_typed_again():
    one = rendered(config(fences=[fence("a", flow(protocol="tcp", ports=(443, 443)))]))
    root = give(router(), one)
    name = next(line for line in root.lines() if line.startswith("ipv4 access-list ITC-"))
    typed(root, [name, "15 remark mine", "exit"])
    assert differences(one, root) != ()
    typed(root, COMMANDS.changes([one], printed(root)))
    assert differences(one, root) == ()


@pytest.mark.parametrize(
    "text", ["", "hostname r1\n", "hostname r1\nipv4 access-list ITC-X\n 10 permit", "% Invalid input\nend\n"]
)
def test_a_part_of_a_configuration_is_none(text):
    """What is not there would be taken for removed."""
    with pytest.raises(ValueError, match=r"whole configuration|mistaken command"):
        COMMANDS.configuration(text)


ODD = {
    "banner": "banner motd ^C\nipv4 access-list ITC-FAKE\n 10 permit ipv4 any any\nend\n^C\n",
    "banner on one line": "banner login #ipv4 access-list ITC-FAKE#\n",
    "words of people": "interface TenGigE0/0/0/9\n description Zürich\tüber 10 % mehr\n!\n",
    "a policy language": "route-policy OPS\n  if destination in (10.0.0.0/8) then\n    pass\n  endif\nend-policy\n!\n",
}


@pytest.mark.parametrize("case", ODD)
def test_what_others_wrote_is_never_taken_for_ours(case):
    text = printed(router()).replace("logging buffered", f"{ODD[case]}logging buffered")
    assert CODE.differences(bundle_of(""), COMMANDS.configuration(text)) == ()


@functools.cache
def lines_of_everything():
    lines = printed(give(router(), GOLDEN["everything"])).splitlines()
    base = set(printed(router()).splitlines())
    modes = ("end-", "router", "address-family", "interface", "!")
    mine = [at for at, line in enumerate(lines) if line not in base and not line.strip().startswith(modes)]
    return lines, mine[:: len(mine) // 40]


@pytest.mark.parametrize("number", range(40))
def test_a_line_that_somebody_took_away_is_a_difference(number):
    lines, mine = lines_of_everything()
    at = mine[number]
    depth = len(lines[at]) - len(lines[at].lstrip())
    end = next(to for to in range(at + 1, len(lines)) if len(lines[to]) - len(lines[to].lstrip()) <= depth)
    running = "\n".join([*lines[:at], *lines[end:]])
    assert CODE.differences(bundle_of(GOLDEN["everything"]), COMMANDS.configuration(running)), lines[at]


def test_routes_and_queues_have_what_hardware_takes():
    item = config(queueing=[port(LEFT, rate=400_000_000_000, queues=(queue("default", rate=400_000_000_000),))])
    lines = COMMANDS.changes([rendered(item)], printed(router()))
    assert "shape average 400000000 kbps" in lines
    assert "bandwidth remaining ratio 10" in " ".join(lines) or "bandwidth remaining percent" in " ".join(lines)


def test_a_policy_with_ways_of_both_kinds():
    lines = COMMANDS.changes([rendered(config(policies=[policy()]))], printed(router()))
    assert "index 10 mpls adjacency 10.1.12.2" in lines
    assert "explicit segment-list ITC-way-r4-200" in lines
    assert "path-invalidation drop" in lines


def test_flows_between_hosts_are_in_the_fence():
    lines = COMMANDS.changes(
        [rendered(config(fences=[fence("a", flow(H1, H2, "udp", (7000, 7009)))]))], printed(router())
    )
    assert any("deny udp 10.10.1.0/24 10.10.2.0/24 range 7000 7009" in line for line in lines)
