"""Nokia's published models as judges of whole payloads of SR Linux, with what a device has beside them."""

from __future__ import annotations

import re

from support_srlinux import CHASSIS, PAUSING
from support_yang import yang_findings

# What is taken to be on the device. Forwarding classes have queues for multicast as well, as on every device: without these
# a condition of unicast queues compares with nothing.
DEVICE = """<network-instance xmlns="urn:nokia.com:srlinux:net-inst:network-instance"><name>default</name></network-instance>
<oam xmlns="urn:nokia.com:srlinux:oam:oam"><performance-monitoring><ip xmlns="urn:nokia.com:srlinux:twamp:oam-pm-ip"><delay>
<bin-group><bin-group-name>default</bin-group-name><admin-state>enable</admin-state></bin-group></delay></ip></performance-monitoring></oam>"""
PORT = re.compile(r">((?:ethernet-|lag)[0-9/]+)(?:\.[0-9]+)?<")
FORWARDING_CLASS = re.compile(r"<unicast-queue>ITC-Q([0-7])</unicast-queue>")


def ports(text):
    """The ports that a payload names, and the one that the chassis has in any case."""
    routed = "urn:nokia.com:srlinux:chassis:interfaces"
    return "".join(
        f"""<interface xmlns="{routed}"><name>{name}</name><subinterface><index>0</index>
        <type xmlns:if="{routed}">if:routed</type></subinterface></interface>"""
        for name in sorted({"ethernet-1/1", *PORT.findall(text)})
    )


def device(text):
    """The device on which a payload is judged."""
    numbers = FORWARDING_CLASS.findall(text)
    queues = "".join(f"<queue><name>M{n}</name><queue-index>{n}</queue-index></queue>" for n in numbers)
    classes = "".join(
        f"<forwarding-class><name>ITC-FC{n}</name><output><multicast-queue>M{n}</multicast-queue></output></forwarding-class>"
        for n in numbers
    )
    qos = f"<queues>{queues}</queues><forwarding-classes>{classes}</forwarding-classes>" if numbers else ""
    return (
        f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{ports(text)}{DEVICE}'
        f'<qos xmlns="urn:nokia.com:srlinux:qos:qos">{qos}</qos></config>'
    )


# The only findings that are no mistakes: where they stand, what they say, and what must not be in the payload for them to be
# none. The first two conditions hold for other chips only, which the models say in words of Nokia's own (`ext:if-feature`)
# that no other tool reads. The others are not XPath 1.0: there a leaf with a default is always there, a leaf that is there is
# true whatever it says, an identity has the name of its module, and nothing equals or differs from what is absent.
UNDECIDABLE = {
    "intervals of a virtual device": (
        (
            r"/subinterface\[id='[^']+'\]/(desired-minimum-transmit-interval|required-minimum-receive): "
            r"Minimum value is 1000000 on this platform$"
        ),
        r"<(desired-minimum-transmit-interval|required-minimum-receive)>\d{0,4}<",
    ),
    "drop precedence of slopes on 7250 IXR": (
        (
            r"/wred-slope\[traffic-type='all'\]\[drop-probability='medium'\]\[enable-ecn='false'\]/enable-ecn: "
            r"drop-probability must be 'all' to enable ecn $"
        ),
        r"<drop-probability>(low|medium|high)</drop-probability>\s*<enable-ecn>true<",
    ),
    "a weighted scheduler": (
        (
            r"/scheduler\[sequence='1'\]/sequence: scheduler with sequence 0 must be strict priority and scheduler with sequence 1"
            r" must be weighted RR$"
        ),
        r"<sequence>1</sequence>\s*<priority>",
    ),
    "a classifier at a routed subinterface": (
        (
            r"/interface\[interface-id='[^']+\.\d+'\]/input/classifiers/srl_nokia-acl-qos:classifier\[type='ipv[46]'\]/name: "
            r"QOS multifield classifier can only be applied on subinterfaces of type bridged or routed$"
        ),
        (
            r"<interface-id>[^<.]+</interface-id>\s*<interface-ref>\s*<interface>[^<]+</interface>\s*</interface-ref>\s*<input>"
            r"\s*<classifiers>"
        ),
    ),
    "the type of a subinterface, looked for where there is none": (
        (
            r"/interface\[interface-id='[^']+\.\d+'\]/input/srl_nokia-acl-policers:policer-templates/policer-template: "
            r"policer not allowed on subinterface with type local-mirror-dest$"
        ),
        r"local-mirror-dest",
    ),
    "flow control of the other kind": (
        r"/interface\[interface-id='[^'.]+'\]/pfc/pfc-enable: pfc and ethernet flow-control are mutually exclusive$",
        r"<flow-control>",
    ),
}
ACL = re.compile(r"  <acl .*?\n  </acl>\n", re.DOTALL)
# ACLs are judged on a chassis whose entries have no `log`: elsewhere it is false by default, which a condition of `accept`
# takes for true, and the tool looks no further after a mistake in what no payload says.
# Flow control likewise ends the look at conditions, as `pfc-enable` is false where nothing is said: what else such a payload
# has is judged on a chassis without flow control as well.
WITHOUT_LOG = tuple(name for name in CHASSIS if name != "fpcx")


def judged(text, folder):
    """What the models have against a payload on a device that has its ports: all of it by their grammar and conditions."""
    switched = PAUSING if "pfc" in text else CHASSIS
    whole = folder / "payload.xml"
    whole.write_text(text)
    found = [item for item in yang_findings("srlinux", whole, switched=switched) if item.startswith("schema")]
    return [*found, *(item for item in conditions(text, folder, switched) if not _is_undecidable(item, text))]


def conditions(text, folder, switched):
    acl, rest, base = folder / "acl.xml", folder / "rest.xml", folder / "base.xml"
    rest.write_text(ACL.sub("", text))
    base.write_text(device(text))
    found = []
    if "  <" in rest.read_text():
        found = yang_findings("srlinux", rest, switched=switched, bases=(base,), tolerated=frozenset())
    if switched is PAUSING:
        found += _semantic(yang_findings("srlinux", rest, switched=CHASSIS, bases=(base,), tolerated=frozenset()))
    if ACL.search(text):
        head, tail = text[: text.index("<config")], "</config>\n"
        acl.write_text(head + re.search("<config[^>]*>", text)[0] + "".join(ACL.findall(text)) + tail)
        base.write_text(device("".join(f">{name}<" for name in PORT.findall(text))))
        found += _semantic(yang_findings("srlinux", acl, switched=WITHOUT_LOG, bases=(base,), tolerated=frozenset()))
    return found


def _semantic(found):
    """What is not about words that the chassis does not have."""
    return [item for item in found if item.startswith("semantic")]


def _is_undecidable(item, text):
    return any(
        item.startswith("semantic/must ") and re.search(says, item) and not re.search(wrong, text)
        for says, wrong in UNDECIDABLE.values()
    )
