"""Lines that are typed on SR Linux and Junos, judged by the vendors' published models: places, keys, words and bounds of values.

The fakes learn their grammar from golden output, so what such output never shows (a key more, say) only the models know.
"""

from __future__ import annotations

from functools import cache

import pytest
from support_cli_dialects import JUNOS_WORDLESS, goldens
from support_cli_typed import TARGETS, bundle, shown, typed
from support_srlinux import CHASSIS, PAUSING
from support_yang_lines import Models, Reader

from intentc.render.render import load_code, load_command_line

NOKIA = {
    "acl": "/srl_nokia-acl:acl",
    "bfd": "/srl_nokia-bfd:bfd",
    "network-instance": "/srl_nokia-network-instance:network-instance",
    "oam": "/srl_nokia-oam:oam",
    "qos": "/srl_nokia-qos:qos",
}
_PARTS = ("class-of-service", "firewall", "interfaces", "policy-options", "protocols")
_MORE_PARTS = ("routing-instances", "routing-options", "services")
JUNIPER = {name: f"/junos-conf-root:configuration/junos-conf-{name}:{name}" for name in (*_PARTS, *_MORE_PARTS)}
OWN = "groups INTENTC"


@cache
def reader(target, switched=()):
    if target == "junos":
        return Reader(Models("junos", JUNIPER), is_first_alone=False, wordless=JUNOS_WORDLESS)
    return Reader(Models("srlinux", NOKIA, switched), is_first_alone=True)


def faults(target, line):
    """What the models have against a line; "" of Junos is our group, that it is applied, and that it goes."""
    if target == "junos":
        words = line.removeprefix("set ").removeprefix("delete ").removeprefix(OWN).strip()
        return reader("junos").faults("" if words == "apply-groups INTENTC" else words)
    on = PAUSING if "pfc" in line else CHASSIS
    return reader("srlinux", on).faults(line.partition(" / ")[2], is_gone=line.startswith("delete "))


@cache
def lines(target):
    """Every line of every golden payload, and of what takes it away again; once each."""
    code, found = load_code(TARGETS[target]), {}
    for text in goldens(target).values():
        gone = code.removal(bundle(target), shown(target, typed(target, text)), bundle(target, text))
        for payload in (text, gone):
            found |= dict.fromkeys(load_command_line(TARGETS[target]).commands(payload))
    return tuple(found)


@pytest.mark.parametrize(("target", "least"), [("junos", 1000), ("srlinux", 500)])
def test_every_line_has_its_place_in_the_published_models(target, least):
    found = lines(target)
    assert len(found) > least
    assert {line: fault for line in found if (fault := faults(target, line))} == {}


WRONG = {  # a line, and what makes it wrong
    "srlinux": {
        "set / qos queues queue ITC-Q0 queue-index 0": (
            ("queues queue", "queue"),
            ("queue-index", "index"),
            (" 0", " 12"),
        ),
        (
            "set / qos buffer-management queue-management-profile ITC-M wred wred-slope all drop-probability medium"
            " enable-ecn false min-threshold 75000"
        ): (
            (" enable-ecn false", ""),
            ("all drop", "some drop"),
            ("medium", "middle"),
            ("75000", "x"),
            ("false", "no"),
        ),
        "set / acl acl-filter ITC-F type ipv4 entry 10 action accept": (
            (" type ipv4", ""),
            ("ipv4", "ipv5"),
            ("accept", "permit"),
        ),
        "delete / acl acl-filter ITC-F type ipv4": ((" type ipv4", ""), ("acl-filter", "acl-filters")),
    },
    "junos": {
        "set groups INTENTC class-of-service schedulers ITC-S priority strict-high": (
            ("schedulers", "scheduler"),
            (" strict-high", ""),
        ),
        "set groups INTENTC class-of-service schedulers ITC-S drop-profile-map loss-priority any protocol any drop-profile P": (
            (" loss-priority any", ""),
            ("any protocol", "some protocol"),
            ("drop-profile P", "profile P"),
        ),
        "set groups INTENTC firewall family inet filter ITC-F term T then accept": (
            ("then accept", "then permit"),
            (" family inet", " inet"),
        ),
        "set groups INTENTC interfaces ge-0/0/0 unit 0 family inet filter input ITC-F": (
            ("unit 0", "unit"),
            ("ge-0/0/0 ", ""),
        ),
    },
}


@pytest.mark.parametrize(
    ("target", "line", "right", "wrong"),
    [
        (target, line, *change)
        for target, cases in WRONG.items()
        for line, changes in cases.items()
        for change in changes
    ],
)
def test_a_line_that_no_model_has_is_found(target, line, right, wrong):
    assert faults(target, line) == []
    assert right in line
    assert faults(target, line.replace(right, wrong)) != []


def test_what_junos_leaves_out_stands_in_its_models():
    """Of each pair of words, one of which is not typed: together they are a place of some line."""
    models, used = Models("junos", JUNIPER), set()
    for line in lines("junos"):
        used |= {(above, below) for above, below in JUNOS_WORDLESS if f" {above} " in f"{line} "}
    assert used == JUNOS_WORDLESS
    assert models.place("", "interfaces")
