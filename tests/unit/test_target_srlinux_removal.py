"""How the target `srlinux` takes away what it owns: alone, and what binds it first."""

import re
from dataclasses import replace

import pytest
from support_srlinux import (
    CODE,
    LINK,
    bundle,
    config,
    full_config,
    paused_config,
    payload,
    port,
    routed_config,
)

FULL = full_config()
BUNDLE = bundle(FULL)
EMPTY = bundle(config())
TEXT = payload(FULL)
ROUTED, PAUSED = routed_config(), paused_config()


def differences(running, of=BUNDLE):
    return CODE.differences(of, running)


class TestRemoval:
    @pytest.mark.parametrize("item", [ROUTED, PAUSED], ids=["routed", "paused"])
    def test_what_has_no_name_goes_only_with_the_payload_that_wrote_it(self, item):
        text = payload(item)
        alone, told = CODE.removal(EMPTY, text), CODE.removal(EMPTY, text, bundle(item))
        for word in ("<subinterface nc", "<loopfree-alternate nc", "<enable-bfd nc", "<pfc-buffer-reservation nc"):
            assert word not in alone
        marks = ("<subinterface nc", "<loopfree-alternate nc", "<enable-bfd nc") if item is ROUTED else ()
        assert [word for word in marks if word not in told] == []
        assert ("<pfc-buffer-reservation nc" in told) == (item is PAUSED)
        assert "<instance nc" not in told
        assert "<isis nc" not in told

    def test_measurements_go_by_their_names(self):
        text = CODE.removal(EMPTY, payload(ROUTED))
        assert re.findall(r"<session nc:operation=\"remove\">\s*<session-name>([^<]+)<", text) == [
            "ITC-r3-background",
            "ITC-r4-critical",
        ]
        assert re.search(r"<network-instance nc:operation=\"remove\">\s*<name>default<", text)

    def test_flow_control_is_switched_off_where_others_use_the_port(self):
        shared = payload(PAUSED).replace(
            f"<interface-id>{LINK}</interface-id>",
            f"<interface-id>{LINK}</interface-id><output><multicast>1</multicast></output>",
        )
        text = CODE.removal(EMPTY, shared)
        entry = text[text.index(f"<interface-id>{LINK}</interface-id>") :]
        entry = entry[: entry.index("</pfc>")]
        assert '<pfc-enable nc:operation="remove">' in entry
        assert '<pfc-mapping-profile nc:operation="remove">' in entry

    def test_nothing_is_removed_where_nothing_is(self):
        assert CODE.removal(EMPTY, "") == ""
        assert CODE.removal(EMPTY, '<data><acl xmlns="urn:nokia.com:srlinux:acl:acl"/></data>') == ""

    def test_everything_owned_is_named(self):
        text = CODE.removal(EMPTY, TEXT)
        named = set(re.findall(r"<name>(ITC-[^<]+)</name>", TEXT))
        assert named == set(re.findall(r"<name>(ITC-[^<]+)</name>", text))

    def test_ports_are_detached_before_objects_go(self):
        text = CODE.removal(EMPTY, TEXT)
        acl = text[text.index("<acl ") : text.index("</acl>")]
        qos = text[text.index("<qos ") : text.index("</qos>")]
        assert acl.rindex("</interface>") < acl.index("<name>")
        assert qos.index("</interfaces>") < qos.index("<scheduler-policies>")

    def test_what_others_have_at_a_port_stays(self):
        shared = TEXT.replace(
            "<interface-id>ethernet-1/2</interface-id>",
            "<interface-id>ethernet-1/2</interface-id><pfc><pfc-enable>true</pfc-enable></pfc>",
        )
        text = CODE.removal(EMPTY, shared)
        entry = text[text.index("<interface-id>ethernet-1/2</interface-id>") :]
        assert "pfc" not in text
        assert (
            '<scheduler-policy nc:operation="remove">ITC-ethernet-1-2<'
            in entry[: entry.index("</interface>\n      <interface")]
        )
        assert '<interface nc:operation="remove">\n        <interface-id>ethernet-1/2</' not in text

    def test_an_entry_that_is_ours_alone_goes_as_a_whole(self):
        assert '<interface nc:operation="remove">\n        <interface-id>ethernet-1/2</' in CODE.removal(EMPTY, TEXT)

    def test_the_switch_for_ecn_stays(self):
        """It has no name: nobody knows who else relies on it."""
        assert "<explicit-congestion-notification/>" in TEXT
        assert "explicit-congestion" not in CODE.removal(EMPTY, TEXT)
        without = replace(FULL, queueing=(port(),))
        others = payload(without).replace("<queues>", "<explicit-congestion-notification/><queues>", 1)
        assert differences(others, bundle(without)) == ()
