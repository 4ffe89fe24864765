"""Every published model as a judge of whole payloads, on a device that has what they refer to: nothing is tolerated."""

from __future__ import annotations

import re

from support_srlinux_yang import judged as judged_as_srlinux
from support_yang import yang_findings

REFERENCE = re.compile(r"<interface>([^<]+)</interface>\s*<subinterface>([0-9]+)</subinterface>")
INTERFACES = "http://openconfig.net/yang/interfaces"
INSTANCES = "http://openconfig.net/yang/network-instance"
DEFAULT_INSTANCE = f"""<network-instances xmlns="{INSTANCES}"><network-instance><name>DEFAULT</name><config><name>DEFAULT</name>
<type xmlns:t="{INSTANCES}-types">t:DEFAULT_INSTANCE</type></config></network-instance></network-instances>"""


def openconfig_device(text):
    """The device of a payload of OpenConfig: the ports that it refers to, and the instance that these are in."""
    ports = "".join(
        f"""<interface><name>{name}</name><config><name>{name}</name>
        <type xmlns:i="urn:ietf:params:xml:ns:yang:iana-if-type">i:ethernetCsmacd</type></config><subinterfaces><subinterface>
        <index>{index}</index><config><index>{index}</index></config></subinterface></subinterfaces></interface>"""
        for name, index in sorted(set(REFERENCE.findall(text)))
    )
    interfaces = f'<interfaces xmlns="{INTERFACES}">{ports}</interfaces>' if ports else ""
    return f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{interfaces}{DEFAULT_INSTANCE}</config>'


def judged(target, text, folder):
    """What the models of a target have against a payload: grammar, conditions and references, on a device that has its ports."""
    if target == "srlinux":
        return judged_as_srlinux(text, folder)
    path, bases = folder / "payload.xml", ()
    path.write_text(text)
    if target == "openconfig":
        bases = (folder / "base.xml",)
        bases[0].write_text(openconfig_device(text))
    return yang_findings(target, path, bases=bases, tolerated=frozenset())
