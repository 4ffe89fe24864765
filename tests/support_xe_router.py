"""What a fake IOS XE router runs before intentc comes, and payloads typed into it as an apply does."""

from __future__ import annotations

from support_cisco_config import Typing, loaded
from support_iosxe import CODE, TARGET, config
from support_xe_words import GRAMMAR

from intentc.render.model import DeviceBundle, RenderedFile
from intentc.render.render import load_command_line

COMMANDS = load_command_line(TARGET)
NOTHING = ""
BASE = """\
version 17.18
hostname {name}
archive
 path bootflash:archive
 maximum 10
username ops privilege 15 secret 9 canary-of-others
class-map match-any VOICE
 match dscp ef
policy-map OPS
 class VOICE
  priority level 1
  police cir 10000000 bc 312500
   conform-action transmit
   exceed-action drop
interface GigabitEthernet1
 description to-hosts
 ip address 10.10.1.1 255.255.255.0
interface GigabitEthernet9
 description nobody-asks-for-this-one
 mtu 9000
interface HundredGigE0/1/0
 ip address 10.1.15.1 255.255.255.254
interface HundredGigE0/1/1
 ip address 10.1.16.1 255.255.255.254
interface Loopback0
 ip address 10.0.0.1 255.255.255.255
interface TenGigabitEthernet0/0/2
 ip address 10.1.12.1 255.255.255.254
 ip router isis CORE
interface TenGigabitEthernet0/0/3
 ip address 10.1.13.1 255.255.255.254
 ip router isis CORE
router isis CORE
 net 49.0001.0000.0000.0001.00
 distribute link-state
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip access-list extended OPS
 10 permit tcp 10.0.0.0 0.0.0.255 any eq 22
 20 deny ip any any
logging buffered 2000000
"""


def router(name="r1", more=""):
    """Return the configuration of a router that is not ours yet."""
    return loaded(GRAMMAR, BASE.format(name=name) + more)


def printed(root, first="Building configuration...\n\nCurrent configuration : 4711 bytes"):
    """Return what the router prints for `show running-config`."""
    header = [first, "!", "! Last configuration change at 22:27:46 UTC Sat Nov 21 2026 by ops", "!"]
    return "\n".join([*header, *root.lines(), "end", ""])


def typed(root, lines):
    """Type lines in configuration mode; each must be taken when it comes, and the last one must stand at the top again."""
    typing = Typing(root)
    for line in lines:
        answer = typing.type(line)
        assert answer == "", f"{line}: {answer} (in `{typing.stack[-1].text}`)"
    assert len(typing.stack) == 1, f"still in `{typing.stack[-1].text}`"


def bundle_of(text):
    files = (RenderedFile("r1/config.xml", text),) if text else ()
    return DeviceBundle("r1", "iosxe", "ssh", config(), files, ())


def give(root, text, before=None):
    """Do to a router what an apply does: what leaves, then the payload, as lines typed into it."""
    wanted, given = bundle_of(text), None if before is None else bundle_of(before)
    gone = CODE.removal(wanted, COMMANDS.configuration(printed(root)), given)
    typed(root, COMMANDS.changes([one for one in (gone, text) if one], printed(root)))
    return root


def differences(text, root):
    return CODE.differences(bundle_of(text), COMMANDS.configuration(printed(root)))
