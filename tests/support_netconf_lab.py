"""A little target for tests of the transport: every item of the IR is one entry of a list, in a model of our own.

The same devices are real netconfds (with `lab-net.yang` below) and fake servers.
"""

from __future__ import annotations

import copy
import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from xml.etree import ElementTree as ET

from support_netconf_fake import RFC, router
from support_netconf_server import NetconfServer
from support_netconf_world import HASTY, LIMITS, pin, soon_clean
from support_push_worlds import config

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, Particulars, plan_for
from intentc.plan.model import Payload
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.memory import FOLDER, Memory, Remembered
from intentc.push.netconf import open_driver
from intentc.push.owned import OwnedPart
from intentc.push.recover import recover
from intentc.push.remembered import RememberedSession
from intentc.push.team import Author, Options
from intentc.render.model import RenderedFile
from intentc.targetkit.kit import NETCONF, Difference

NODES = ("ber-pe1", "fra-pe1", "par-pe1")
SPACE = "urn:example:lab-net"
YANG = """module lab-net {
  namespace "urn:example:lab-net"; prefix ln;
  revision 2026-01-01;
  container net {
    list entry { key name; leaf name { type string; } leaf value { type string; } leaf owner { type string; } }
  }
}
"""
FOREIGN = f'<net xmlns="{SPACE}"><entry><name>THEIRS</name><value>1</value></entry></net>'


def entries(text):
    """Return name → value of all entries in a document, and of whom they are."""
    if not text.strip():
        return {}
    found = ET.fromstring(text).iter(f"{{{SPACE}}}entry")  # noqa: S314  (our own servers)
    names = {f"{{{SPACE}}}{name}": name for name in ("name", "value", "owner")}
    items = [{names[child.tag]: child.text or "" for child in one if child.tag in names} for one in found]
    return {one["name"]: one.get("value", "") for one in items}


def ours(text):
    return {name: value for name, value in entries(text).items() if name.startswith("ITC-")}


class Code:
    """What a target's own code offers."""

    @staticmethod
    def differences(expected, running):
        wanted, found = ours("".join(file.text for file in expected.files)), ours(running)
        names = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        said = [[f"{name}: {of[name]}" if name in of else "" for of in (wanted, found)] for name in names]
        return tuple(Difference("config.xml", one, other) for one, other in said)

    @staticmethod
    def foreign(expected, running):
        """An entry called SLOT is in the way of everything."""
        return tuple(
            Difference("config.xml", "the slot", name) for name in entries(running) if name == "SLOT" and expected.files
        )

    @staticmethod
    def removal(expected, running, before=None):  # noqa: ARG004  (of the protocol)
        wanted = ours("".join(file.text for file in expected.files))
        return document([entry(name, None) for name in sorted(ours(running).keys() - wanted.keys())])


def entry(name, value):
    if value is None:
        return f'<entry nc:operation="remove"><name>{name}</name></entry>'
    return f'<entry nc:operation="replace"><name>{name}</name><value>{value}</value></entry>'


def document(lines):
    if not lines:
        return ""
    return f'<config xmlns="{NETCONF}" xmlns:nc="{NETCONF}"><net xmlns="{SPACE}">{"".join(lines)}</net></config>\n'


def render(given):
    items = {
        f"ITC-{feature}-{number}": hashlib.sha256(repr(replace(item, origin=None)).encode()).hexdigest()[:12]
        for feature in ("fences", "queueing", "steering", "counting")
        for number, item in enumerate(getattr(given, feature))
    }
    text = document([entry(name, value) for name, value in sorted(items.items())])
    return (RenderedFile(f"{given.node}/config.xml", text),) if text else ()


def payload(node, number):
    made = config(node, "card-fraud", number)
    if not number:
        made = replace(made, queueing=(), steering=(), fences=(), counting=())
    return Payload(made, render(made))


PART = OwnedPart("frr", "netconf", Code())
KIT = Kit(stage_configs, render)


@dataclass
class Lab:
    """Three devices that can be reached at `places` (host, port, pinned key), and everything that an apply to them needs."""

    root: Path
    places: dict
    user_key: Path
    limits: object = LIMITS
    confirm_s: int = 20
    username: str = "root"
    timings: dict = field(default_factory=dict)

    def __post_init__(self):
        self.options = Options(self.root / "state", Author("bob", "noc1", "c0ffee"), self.limits)

    def device(self, node, **changes):
        host, port, key = self.places[node]
        values = {"node": node, "host": host, "port": port, "username": self.username, "key_file": self.user_key}
        values |= {"known_hosts": None, "host_key": key, "transport": "netconf", "memory": self.options.state / FOLDER}
        return Device(**{**values, **changes})

    @property
    def devices(self):
        return {node: self.device(node) for node in self.places}

    def opener(self, device, limits):
        return RememberedSession(device, open_driver(device, limits), PART, Memory(device.memory))

    def running(self):
        found = collect_running(self.devices, self.limits, opener=self.opener)
        assert found.findings == ()
        return found.running

    def plan(self, number):
        """Return the plan to the configuration `number` (0: nothing)."""
        goals = {node: Goal("frr", "netconf", payload(node, number), "confirmed-commit") for node in self.places}
        findings = Findings()
        particulars = Particulars("acme", "0", {}, {}, self.confirm_s)
        made = plan_for(goals, self.running(), KIT, particulars, findings)
        assert findings.items == []
        return made

    def apply(self, plan, **more):
        return apply(plan, self.devices, self.options, opener=self.opener, **more)

    def recover(self):
        return recover(self.devices, self.options, opener=self.opener)

    def drift(self):
        return drift(self.devices, self.limits, opener=self.opener)

    def memory(self, node):
        return Memory(self.options.state / FOLDER).read(node)


class FakeLab(Lab):
    """The same with fake servers, whose inside can be looked at."""

    def __init__(self, root, keys, manners=(RFC, RFC, RFC), **more):
        self.routers = {node: router(node, FOREIGN, one) for node, one in zip(NODES, manners, strict=True)}
        self.servers = {
            node: NetconfServer(one, "127.0.0.1", keys.host, keys.user) for node, one in self.routers.items()
        }
        key = pin(keys.folder / "host")
        places = {node: (server.address, server.port, key) for node, server in self.servers.items()}
        super().__init__(root, places, keys.folder / "user", **{"limits": HASTY, "confirm_s": 4, **more})

    def close(self):
        for server in self.servers.values():
            server.close()

    def set_up(self, number):
        """Let all run the configuration `number`, as if it had been applied long ago."""
        for node, one in self.routers.items():
            given = payload(node, number)
            one.edit_by_hand(
                "".join(file.text[file.text.index("<net") : file.text.index("</config>")] for file in given.files)
            )
            one.startup = copy.deepcopy(one.running)
            Memory(self.options.state / FOLDER).write(Remembered(node, given))

    def forget_calls(self):
        for one in self.routers.values():
            one.calls.clear()

    def ours(self):
        return {node: ours(f"<data>{one.text}</data>") for node, one in self.routers.items()}

    @staticmethod
    def wanted(number):
        return {node: ours("".join(file.text for file in payload(node, number).files)) for node in NODES}

    @property
    def standing(self):
        """Return which configuration runs: the number that all devices have, else each one's own."""
        found = self.ours()
        same = [number for number in (0, 1, 2) if found == self.wanted(number)]
        return (
            same[0] if same else {node: [n for n in (0, 1, 2) if self.wanted(n)[node] == found[node]] for node in NODES}
        )

    @property
    def are_clean(self):
        """Return whether no lock, no edit and nothing pending is left, and what others have is as it was."""
        foreign = all(
            "<ns0:name>THEIRS</ns0:name><ns0:value>1</ns0:value>" in one.text for one in self.routers.values()
        )
        return foreign and soon_clean(self.routers.values())

    @property
    def is_forgotten(self):
        """Return whether no lease and nothing pending is remembered."""
        return all((item.lease, item.pending) == (None, None) for item in map(self.memory, NODES))


def tokens_in(text):
    return re.findall(r"\b[0-9a-f]{32}\b", text)


def wanted_of(node, number):
    """Return name → value of the entries that configuration `number` has on a device."""
    return ours("".join(file.text for file in payload(node, number).files))
