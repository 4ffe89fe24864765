"""Read-back of the target `junos`: every owned number is compared, spelling is not; foreign holders of our places are named."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_frr import CLASSES, H1, H2, MBPS, bfd, count, edge, fence, flow, isolate, mark, meter, port, queue, steer
from support_junos import (
    CODE,
    adjacent,
    algorithm,
    bundle,
    config,
    full_config,
    owned,
    policy,
    policy_steer,
    probe,
    probe_reflector,
    reflector,
    repair,
    stream,
    text,
)

FULL = bundle(full_config())
RUNNING = text(full_config())
EMPTY = bundle(config())


def differences(running, expected=FULL):
    return CODE.differences(expected, running)


def as_a_reply(shown):
    """Return the configuration as a device gives it: in a reply, with its own attributes and namespaces."""
    body = shown.partition("\n")[2].replace(' nc:operation="replace"', "")
    body = body.replace(
        '<configuration xmlns="http://yang.juniper.net/junos/conf/root"', '<configuration commit-seconds="1"'
    )
    return f'<rpc-reply xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><data>{body}</data></rpc-reply>'


def test_what_was_rendered_is_what_was_rendered():
    assert differences(RUNNING) == ()


def test_namespaces_and_the_frame_do_not_count():
    plain = re.sub(r' xmlns="[^"]*"', "", RUNNING)
    assert differences(plain) == ()
    assert differences(as_a_reply(RUNNING)) == ()


def test_nothing_runs_where_nothing_should():
    assert differences("", EMPTY) == ()
    assert differences("<configuration/>", EMPTY) == ()


def test_everything_is_missing_where_nothing_runs():
    found = differences("")
    assert found
    assert all(item.running == "" and item.artefact == "config.xml" for item in found)


def test_everything_is_too_much_where_nothing_should_run():
    found = differences(RUNNING, EMPTY)
    assert found
    assert all(item.expected == "" for item in found)


def test_a_group_that_is_not_applied_is_a_difference():
    (found,) = differences(RUNNING.replace("<apply-groups>INTENTC</apply-groups>", ""))
    assert "apply-groups" in found.expected


def test_what_is_deactivated_does_not_run():
    (found,) = differences(RUNNING.replace("<apply-groups>INTENTC", '<apply-groups inactive="inactive">INTENTC'))
    assert "apply-groups" in found.expected
    assert differences(RUNNING.replace("<policer>\n", '<policer inactive="inactive">\n', 1))


def test_a_statement_that_nobody_knows_is_a_difference():
    (found,) = differences(RUNNING.replace("<interface-specific/>", "<interface-specific/><instance-shared/>", 1))
    assert (found.expected, "instance-shared" in found.running) == ("", True)


def test_what_cannot_be_read_is_one_difference():
    (found,) = differences("<configuration><groups>")
    assert "XML" in found.running
    (found,) = differences('<!DOCTYPE x [<!ENTITY y "z">]><configuration/>')
    assert "document type" in found.running


NUMBER = re.compile(r"\d+")
LINES = RUNNING.splitlines()
FIRST = next(number for number, line in enumerate(LINES) if "<name>INTENTC<" in line) + 1
VALUE = re.compile(r">([^<]*)<")
PLACES = [
    (index, match.start(1) + number.start(), match.start(1) + number.end())
    for index, line in enumerate(LINES[FIRST:], FIRST)
    if (match := VALUE.search(line)) is not None
    for number in NUMBER.finditer(match[1])
]


@given(st.sampled_from(PLACES), st.integers(1, 9))
@settings(max_examples=70, deadline=None)
def test_a_changed_number_anywhere_is_found(place, more):
    index, start, end = place
    line = LINES[index]
    changed = line[:start] + str(int(line[start:end]) + more).zfill(end - start) + line[end:]
    assert differences("\n".join([*LINES[:index], changed, *LINES[index + 1 :]])), (
        f"{line.strip()} -> {changed.strip()}"
    )


@given(st.integers(FIRST, len(LINES) - 1))
@settings(max_examples=40, deadline=None)
def test_a_missing_value_is_found(index):
    line = LINES[index]
    if VALUE.search(line) is None and not line.strip().endswith("/>"):
        return
    assert differences("\n".join([*LINES[:index], *LINES[index + 1 :]])), line


SAME = {
    "units of a rate": ("<bandwidth-limit>2000000<", "<bandwidth-limit>2m<"),
    "a code point by name": ("<code-points>101110<", "<code-points>ef<"),
    "a protocol by number": ("<protocol>udp<", "<protocol>17<"),
    "a range of one port": ("<destination-port>443<", "<destination-port>443-443<"),
    "an address in full": ("<next-hop>fd00::2<", "<next-hop>fd00:0:0::2<"),
    "a code point in a match": ("<dscp>10<", "<dscp>af11<"),
}


@pytest.mark.parametrize("case", sorted(SAME))
def test_another_spelling_is_no_difference(case):
    one, other = SAME[case]
    assert one in RUNNING
    assert differences(RUNNING.replace(one, other)) == ()


def test_the_order_of_terms_counts():
    first, second = ("<name>T0001</name>", "<name>T0002</name>")
    assert differences(RUNNING.replace(first, "@").replace(second, first).replace("@", second))


def test_the_order_of_interfaces_does_not_count():
    """Items that Junos keeps in an order of its own are told apart by their names."""
    interface = re.search(r" *<interface>\n *<name>ge-0/0/1</name>.*?\n      </interface>\n", RUNNING, re.DOTALL)[0]
    moved = RUNNING.replace(interface, "", 1).replace("    </interfaces>\n", interface + "    </interfaces>\n", 1)
    assert moved != RUNNING
    assert differences(moved) == ()


def test_a_difference_shows_both_sides():
    (found,) = differences(RUNNING.replace("<bandwidth-limit>2000000<", "<bandwidth-limit>3000000<"))
    assert ("2000000" in found.expected, "3000000" in found.running) == (True, True)
    assert "policers" in found.expected


# ---- render → parse = identity

FLOWS = st.builds(
    lambda family, protocol, low, wide, dscp: flow(
        H1 if family == 4 else "fd10:1::/64",
        H2 if family == 4 else "fd10:2::/64",
        protocol,
        (low, low + wide) if protocol in {"tcp", "udp", "sctp"} else None,
        dscp=dscp,
    ),
    st.sampled_from([4, 6]),
    st.sampled_from(["any", "tcp", "udp", "sctp", "icmp"]),
    st.integers(1, 60_000),
    st.integers(0, 500),
    st.one_of(st.none(), st.integers(0, 63)),
)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,40}", fullmatch=True)
RATES = st.integers(1, 10_000 * MBPS)
BOOLS = st.booleans()


@st.composite
def configs(draw):
    """Configurations of any mixture of features and numbers."""
    metered = meter("m", draw(RATES), burst=draw(st.integers(1, 10**7)), ceiling=draw(st.one_of(st.none(), RATES)))
    queues = tuple(
        replace(queue(name, draw(RATES)), limit_bytes=draw(st.integers(1, 10**7)), is_ecn=draw(st.booleans()))
        for name in draw(st.sets(st.sampled_from(sorted(CLASSES)), min_size=1))
    )
    rate = draw(st.integers(10_000, 400_000 * MBPS))
    features = {
        "edges": [edge(trust=draw(st.sampled_from(["none", "dscp", "fabric"])))],
        "meters": [metered],
        "marking": [
            mark(draw(NAMES), draw(FLOWS), "high", meter=draw(st.sampled_from([None, "m"])), excepted=(draw(FLOWS),))
        ],
        "queueing": [
            port(draw(st.sampled_from(["eth2", "ae7", "xe-1/0/3:1", "et-0/0/0.17"])), rate=rate, queues=queues)
        ],
        "steering": [steer(draw(FLOWS), tuple(draw(st.permutations(["r2", "r3"]))), closed=draw(st.booleans()))],
        "fences": [fence(draw(NAMES), draw(FLOWS))],
        "isolation": [isolate(draw(NAMES), allowed=[draw(FLOWS.filter(lambda one: one.family == 4))])],
        "bfd": [
            bfd(
                "eth2",
                draw(st.sampled_from(["isis", "ospf"])),
                draw(st.integers(1000, 10**7)),
                draw(st.integers(1, 255)),
            )
        ],
        "counting": [count(draw(NAMES), draw(FLOWS))],
        "reflectors": [reflector(draw(st.integers(1, 2**32 - 1)))],
        "policies": [policy(), policy("r4-open-1", adjacent(), closed=False, color=draw(st.integers(1, 2**32 - 1)))],
        "policy_steering": [policy_steer(draw(FLOWS.filter(lambda one: one.family == 4)), interfaces=("eth4",))],
        "algorithm_policies": [
            algorithm("a-1", draw(st.integers(128, 255)), label=draw(st.integers(16, 2**20 - 1)), closed=draw(BOOLS))
        ],
        "repairs": [
            repair(name, draw(st.sampled_from(["isis", "ospf"])), draw(st.sampled_from(["link", "node"])))
            for name in draw(st.sets(st.sampled_from(["eth2", "eth3", "ae7.3"]), min_size=1))
        ],
        "streams": [
            stream(draw(NAMES), interval_us=draw(st.integers(10**6, 10**11)), interfaces=("eth2", "xe-1/0/3:1.9"))
        ],
        "probes": [probe(draw(NAMES), dscp=draw(st.integers(0, 63)), interval_us=draw(st.integers(1, 2 * 10**8)))],
        "probe_reflectors": [
            probe_reflector(peer) for peer in draw(st.sets(st.sampled_from(["r2", "r3"]), min_size=1))
        ],
    }
    chosen = draw(st.sets(st.sampled_from(sorted(features)), min_size=1))
    if "marking" in chosen:
        chosen.add("meters")
    return config(**{name: [*items] for name, items in features.items() if name in chosen})


@given(configs())
@settings(max_examples=25, deadline=None)
def test_reading_what_was_rendered_gives_what_was_meant(item):
    assert CODE.read_back(text(item)) == owned(item)
    assert CODE.differences(bundle(item), text(item)) == ()


# ---- places that others hold

GROUPLESS = "<configuration>{}<groups><name>INTENTC</name></groups><apply-groups>INTENTC</apply-groups></configuration>"
HELD = {
    "an input filter": (
        (
            "<interfaces><interface><name>ge-0/0/1</name><unit><name>0</name><family><inet><filter><input>"
            "<filter-name>OTHERS</filter-name></input></filter></inet></family></unit></interface></interfaces>"
        ),
        "filter input of ge-0/0/1.0 inet",
    ),
    "a list of output filters": (
        (
            "<interfaces><interface><name>ge-0/0/3</name><unit><name>0</name><family><inet><filter>"
            "<output-list>OTHERS</output-list></filter></inet></family></unit></interface></interfaces>"
        ),
        "filter output of ge-0/0/3.0 inet",
    ),
    "a scheduler map": (
        (
            "<class-of-service><interfaces><interface><name>ge-0/0/2</name><scheduler-map>OTHERS</scheduler-map></interface>"
            "</interfaces></class-of-service>"
        ),
        "scheduler-map of ge-0/0/2",
    ),
    "a classifier": (
        (
            "<class-of-service><interfaces><interface><name>ge-0/0/2</name><unit><name>0</name><classifiers>"
            "<inet-precedence><classifier-name>default</classifier-name></inet-precedence></classifiers></unit></interface>"
            "</interfaces></class-of-service>"
        ),
        "classifiers of ge-0/0/2.0",
    ),
    "a queue": (
        (
            "<class-of-service><forwarding-classes><class><name>VOICE</name><queue-num>5</queue-num></class>"
            "</forwarding-classes></class-of-service>"
        ),
        "queue 5",
    ),
    "a queue in the old spelling": (
        (
            "<class-of-service><forwarding-classes><queue><name>5</name><class-name>VOICE</class-name></queue>"
            "</forwarding-classes></class-of-service>"
        ),
        "queue 5",
    ),
    "BFD": (
        (
            "<protocols><isis><interface><name>ge-0/0/2.0</name><family><name>inet</name><bfd-liveness-detection>"
            "<minimum-interval>900</minimum-interval></bfd-liveness-detection></family></interface></isis></protocols>"
        ),
        "BFD of IS-IS on ge-0/0/2.0",
    ),
    "a discriminator": (
        "<protocols><bfd><sbfd><local-discriminator><name>167772161</name></local-discriminator></sbfd></bfd></protocols>",
        "S-BFD discriminator 167772161",
    ),
    "repairs": (
        (
            "<protocols><isis><interface><name>ge-0/0/3.0</name><level><name>2</name><post-convergence-lfa/></level>"
            "</interface></isis></protocols>"
        ),
        "repairs of IS-IS on ge-0/0/3.0",
    ),
    "other repairs": (
        "<protocols><isis><interface><name>ge-0/0/2.0</name><node-link-protection/></interface></isis></protocols>",
        "repairs of IS-IS on ge-0/0/2.0",
    ),
    "how repairs are computed": (
        ("<protocols><isis><backup-spf-options><remote-backup-calculation/></backup-spf-options></isis></protocols>"),
        "backup-spf-options of isis",
    ),
    "a TWAMP server with keys": (
        (
            "<services><rpm><twamp><server><authentication-mode><encrypted/></authentication-mode></server></twamp></rpm>"
            "</services>"
        ),
        "the TWAMP server without authentication",
    ),
    "a TWAMP server on another port": (
        "<services><rpm><twamp><server><light><port>5000</port></light></server></twamp></rpm></services>",
        "the TWAMP server on port 862",
    ),
    "a policy of the forwarding table": (
        (
            "<policy-options><policy-statement><name>SOME</name><term><name>1</name><then><accept/></then></term>"
            "</policy-statement></policy-options><routing-options><forwarding-table><export>SOME</export>"
            "</forwarding-table></routing-options>"
        ),
        "the policy of the forwarding table",
    ),
    "a name of ours": ("<firewall><policer><name>ITC-x</name></policer></firewall>", "the name ITC-x"),
    "a pattern of another group": (
        (
            "<groups><name>BASE</name><interfaces><interface><name>&lt;ge-*&gt;</name><unit><name>&lt;*&gt;</name><family>"
            "<inet><filter><input><filter-name>OTHERS</filter-name></input></filter></inet></family></unit></interface>"
            "</interfaces></groups><apply-groups>BASE</apply-groups>"
        ),
        "filter input of ge-0/0/1.0 inet",
    ),
}


@pytest.mark.parametrize("case", sorted(HELD))
def test_who_holds_a_place_of_ours_is_named(case):
    content, need = HELD[case]
    found = CODE.foreign(FULL, GROUPLESS.format(content))
    assert [item.expected for item in found] == [need]
    assert "BASE" in found[0].running or "the configuration" in found[0].running


HARMLESS = {
    "our own group": "",
    "another port": HELD["an input filter"][0].replace("ge-0/0/1", "ge-0/0/9"),
    "another queue": HELD["a queue"][0].replace("VOICE", "network-control").replace(">5<", ">3<"),
    "what is deactivated": HELD["a scheduler map"][0].replace("<scheduler-map>", '<scheduler-map inactive="inactive">'),
    "a policy of the forwarding table that balances all": (
        "<policy-options><policy-statement><name>ALL</name><then><load-balance><per-packet/></load-balance><accept/></then>"
        "</policy-statement></policy-options><routing-options><forwarding-table><export>ALL</export></forwarding-table>"
        "</routing-options>"
    ),
    "a TWAMP client": "<services><rpm><twamp><client><control-connection><name>OPS</name></control-connection></client></twamp></rpm></services>",
    "a sensor": "<services><analytics><sensor><name>OPS</name></sensor></analytics></services>",
    "repairs of another port": HELD["repairs"][0].replace("ge-0/0/3.0", "ge-0/0/9.0"),
    "a group that is not applied": HELD["a pattern of another group"][0].replace(
        "<apply-groups>BASE</apply-groups>", ""
    ),
}


@pytest.mark.parametrize("case", sorted(HARMLESS))
def test_what_holds_no_place_of_ours_is_not_named(case):
    assert CODE.foreign(FULL, GROUPLESS.format(HARMLESS[case])) == ()


def test_our_own_running_configuration_is_not_foreign():
    assert CODE.foreign(FULL, RUNNING) == ()
    assert CODE.foreign(FULL, "") == ()
    with pytest.raises(ValueError, match="no <configuration>"):
        CODE.foreign(FULL, "<rpc-reply/>")
