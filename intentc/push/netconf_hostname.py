"""What a device calls itself, over NETCONF: a device that was exchanged for another is told by it.

Where it stands is taken from the models that the targets are written by. A name that a Junos device takes from a group is not in it.
"""

from __future__ import annotations

from intentc.targetkit.xml_reading import XmlError, parse_xml

_JUNOS, _SRL = "http://yang.juniper.net/junos/conf", "urn:nokia.com:srlinux"
_NAMES: dict[str, tuple[str, tuple[str, ...]]] = {
    "iosxe": (
        '<native xmlns="http://cisco.com/ns/yang/Cisco-IOS-XE-native"><hostname/></native>',
        ("native", "hostname"),
    ),
    "iosxr": (
        '<hostname xmlns="http://cisco.com/ns/yang/Cisco-IOS-XR-um-hostname-cfg"><system-network-name/></hostname>',
        ("hostname", "system-network-name"),
    ),
    "junos": (
        f'<configuration xmlns="{_JUNOS}/root"><system xmlns="{_JUNOS}/system"><host-name/></system></configuration>',
        ("configuration", "system", "host-name"),
    ),
    "openconfig": (
        '<system xmlns="http://openconfig.net/yang/system"><config><hostname/></config></system>',
        ("system", "config", "hostname"),
    ),
    "srlinux": (
        f'<system xmlns="{_SRL}:general:system"><name xmlns="{_SRL}:chassis:system-name"><host-name/></name></system>',
        ("system", "name", "host-name"),
    ),
}


def name_request(platform: str) -> str:
    """Return the request for a device's name; "" where nobody knows where it stands."""
    if platform not in _NAMES:
        return ""
    return f'<get-config><source><running/></source><filter type="subtree">{_NAMES[platform][0]}</filter></get-config>'


def name_in(platform: str, answer: str) -> str:
    """Return the name in the answer to `name_request`; "" where there is none, or it cannot be read."""
    try:
        data = next(iter(parse_xml(answer).children), None)
    except XmlError:
        return ""
    return "" if data is None else data.value(*_NAMES[platform][1]) or ""
