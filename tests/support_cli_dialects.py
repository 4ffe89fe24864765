"""The grammars of the fake command lines of Junos and SR Linux, learned from golden output and what others have."""

from __future__ import annotations

import re
from functools import cache
from xml.etree import ElementTree as ET

import support_netconf_foreign as foreign
from support_cli_grammar import Grammar
from support_netconf_tree import local, parsed

from intentc import resources

TARGETS = resources.targets_paths()[0]
# Words that Junos leaves out. Statement references of its CLI: interfaces, routing instances, prefix lists, rates, filters of interfaces,
# classifiers, output traffic control profiles, actions of filters, segment lists, TWAMP sessions; and of next hops that are SR policies
# a configuration that somebody published.
JUNOS_WORDLESS = frozenset(
    (
        *(("interfaces", "interface"), ("routing-instances", "instance"), ("prefix-list", "prefix-list-item")),
        *(("segment-list", "hop-list"), ("shaping-rate", "rate"), ("transmit-rate", "rate")),
        *(("input", "filter-name"), ("output", "filter-name"), ("exp", "classifier-name")),
        *(("output-traffic-control-profile", "profile-name"), ("routing-instance", "routing-instance-name")),
        *(("spring-te-lsp-next-hop", "nexthop"), ("target-address", "address")),
    )
)
JUNOS_MANY = frozenset(
    (
        *("apply-groups", "code-points", "fill-level", "drop-probability", "icmp-type", "protocol", "import"),
        *("resolution-ribs", "server-name", "forwarding-class", "source-port"),
    )
)
SRLINUX_MANY = frozenset({"dscp-set"})
SRLINUX_NO_LISTS = frozenset({"icmp6", "destination-ip", "source-ip"})


def goldens(target):
    """Return the golden payloads of a target, by case."""
    file = {"junos": "config.xml", "srlinux": "itc.xml"}[target]
    return {path.parent.name: path.read_text() for path in sorted((TARGETS / target / "golden").glob(f"*/{file}"))}


@cache
def grammar(target):
    made = {
        "junos": lambda: Grammar(wordless=JUNOS_WORDLESS, many=JUNOS_MANY),
        "srlinux": lambda: Grammar(many=SRLINUX_MANY, no_lists=SRLINUX_NO_LISTS),
    }[target]()
    for text in goldens(target).values():
        for words in (text, _with_unshown_words(text)):
            document = ET.fromstring(words)  # noqa: S314  (our own)
            made.learn(_below(document))
    made.learn(_below(parsed(foreign.TEXTS[target])))
    return made


def _with_unshown_words(text):
    """Return golden output with words in it that none shows: sources' ports beside destinations', bursts of shaping rates."""
    words = text.replace("destination-port", "source-port")
    return re.sub(r"</rate>\s*</shaping-rate>", "</rate><burst-size>1</burst-size></shaping-rate>", words)


def _below(document):
    """Return the element whose children are configuration."""
    return document[0] if local(document) == "data" and local(document[0]) == "configuration" else document
