"""What a fake IOS XR router runs before intentc comes, and its configuration typed into as at its command line."""

from __future__ import annotations

from support_cisco_config import Typing, loaded
from support_xr_words import GRAMMAR

BASE = """\
hostname {name}
logging buffered 2000000
username ops secret 10 canary-of-others
interface Bundle-Ether5.100
 ipv4 address 10.1.15.1 255.255.255.254
interface HundredGigE0/0/0/2
 mtu 9214
 ipv4 address 10.1.12.1 255.255.255.254
interface HundredGigE0/0/0/3
 ipv4 address 10.1.13.1 255.255.255.254
interface HundredGigE0/0/0/7
 description nobody-asks-for-this-one
interface TenGigE0/0/0/1
 description to-hosts
 ipv4 address 10.10.1.1 255.255.255.0
interface TenGigE0/0/0/4
 ipv4 address 10.10.7.1 255.255.255.0
ipv4 access-list OPS
 10 permit tcp 10.0.0.0 0.255.255.255 any eq ssh
 20 deny ipv4 any any
class-map match-any VOICE
 match dscp ef
policy-map OPS
 class VOICE
  priority level 1
  police rate 10 mbps
   conform-action transmit
router static
 address-family ipv4 unicast
  0.0.0.0/0 192.0.2.254
router isis CORE
 net 49.0001.0000.0000.0001.00
 distribute link-state
 interface HundredGigE0/0/0/2
  point-to-point
  address-family ipv4 unicast
   metric 10
 interface HundredGigE0/0/0/7
  bfd fast-detect ipv4
"""


def router(name="r1", more=""):
    """Return the configuration of a router that is not ours yet."""
    return loaded(GRAMMAR, BASE.format(name=name) + more)


def printed(root):
    """Return what the router prints for `show running-config`."""
    header = ["Sat Nov 21 23:10:02.875 UTC", "!! Building configuration...", "!! IOS XR Configuration 25.4.1"]
    return "\n".join(
        [*header, "!! Last configuration change at Sat Nov 21 22:27:46 2026 by ops", "!", *root.lines(), "end", ""]
    )


def typed(root, lines):
    """Type lines in configuration mode; each must be taken, and the last one must stand at the top again."""
    typing = Typing(root)
    for line in lines:
        answer = typing.type(line)
        assert answer == "", f"{line}: {answer} (in `{typing.stack[-1].text}`)"
    assert len(typing.stack) == 1, f"still in `{typing.stack[-1].text}`"
