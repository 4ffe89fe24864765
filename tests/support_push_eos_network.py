"""Three fake EOS devices behind SSH servers, and everything that an apply to them needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path

from support_eos import CLASSES, TARGET, bfd, config, fence, flow
from support_frr import LOOPBACKS
from support_push_fake_eos import BASE, FakeEos
from support_push_fake_eos_config import Typing, loaded
from support_push_worlds import PARTICULARS

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.model import Fleet
from intentc.ir.stages import stage_configs
from intentc.plan.file import write_plan
from intentc.plan.make import Goal, Kit, plan_for
from intentc.plan.model import Payload
from intentc.push.apply import apply
from intentc.push.collect import collect_running
from intentc.push.drift import drift
from intentc.push.memory import FOLDER, Memory, Remembered
from intentc.push.opening import open_session
from intentc.push.recover import recover
from intentc.push.store import Store
from intentc.push.team import Author, Limits, Options
from intentc.render.render import render_device

NODES = ("ber-sw1", "fra-sw1", "par-sw1")
# Long enough for a machine that is busy with other tests; where a device hangs on purpose the test waits for `HASTY`.
LIMITS = Limits(connect_s=15, verb_s=20, patience_s=10, neighbours_s=5, pause_s=0.05)
HASTY = replace(LIMITS, connect_s=6, verb_s=3)


def narrow(node, number):
    """Return a configuration whose change is one step: the timers of BFD, which have no name of ours, beside a fence."""
    if not number:
        return config(node)
    one = flow(protocol="tcp", ports=(443, 443))
    return config(node, fences=[fence("fence-1", one)], bfd=[bfd(interval_us=300_000 + number * 50_000)])


def wide(node, number):
    """Return a configuration that changes in three stages: a fence comes, BFD changes, a fence goes."""
    if not number:
        return config(node)
    one = flow(protocol="tcp", ports=(1000 + number, 1000 + number))
    return config(node, fences=[fence(f"fence-{number}", one)], bfd=[bfd(interval_us=300_000 + number * 50_000)])


def render(item):
    fleet = Fleet({item.node: item}, LOOPBACKS, CLASSES, ("10.0.0.1/32",))
    return render_device(item, fleet, TARGET).files


def payload(node, number, made=narrow):
    item = made(node, number)
    return Payload(item, render(item))


KIT = Kit(stage_configs, render)


class EosNetwork:
    """Three devices and a state directory."""

    def __init__(self, servers, user_key, root, made=narrow, release="4.32.2F"):
        self.servers = servers
        self.user_key = user_key
        self.made = made
        self.root = root
        self.fakes = {name: FakeEos(name, release) for name in servers}
        for name, server in servers.items():
            server.serve(self.fakes[name])
        root.mkdir(exist_ok=True)
        self.known_hosts = root / "known_hosts"
        self.known_hosts.write_text("".join(server.known_hosts_line for server in servers.values()))
        self.options = Options(root / "state", Author("bob", "noc1", "c0ffee"), LIMITS)

    def device(self, name, **changes):
        server = self.servers[name]
        values = {
            "node": name,
            "host": server.address,
            "port": server.port,
            "username": "intentc",
            "key_file": self.user_key,
            "known_hosts": self.known_hosts,
            "host_key": None,
            "platform": "eos",
            "memory": self.memory_folder,
        }
        return Device(**{**values, **changes})

    @property
    def memory_folder(self):
        return self.root / "state" / FOLDER

    @property
    def devices(self):
        return {name: self.device(name) for name in self.servers}

    @property
    def victim(self):
        return self.fakes["fra-sw1"]

    def running(self):
        found = collect_running(self.devices, LIMITS)
        assert found.findings == ()
        return found.running

    def plan(self, number, confirm_s=30):
        goals = {name: Goal("eos", "ssh", payload(name, number, self.made)) for name in self.servers}
        findings = Findings()
        plan = plan_for(goals, self.running(), KIT, replace(PARTICULARS, confirm_s=confirm_s), findings)
        assert not findings.items, findings.items
        return plan

    def apply(self, plan, options=None, *, is_hasty=False):
        """Carry a plan out; where the victim hangs on purpose nobody waits long for it, and as long as ever for the others."""

        def opener(device, limits):
            return open_session(device, HASTY if is_hasty and device.node == self.victim.name else limits)

        return apply(plan, self.devices, options or self.options, opener=opener)

    def recover(self):
        return recover(self.devices, self.options)

    def drift(self):
        return drift(self.devices, LIMITS)

    def seed(self, number):
        """Let every device run payload `number`, as if it had been applied long ago."""
        for name, fake in self.fakes.items():
            given = payload(name, number, self.made)
            fake.running = _typed(name, given)
            fake.startup = fake.running.copy()
            Memory(self.memory_folder).write(Remembered(name, given))

    def texts(self):
        """What runs, as the fakes themselves have it."""
        return {name: fake.text for name, fake in self.fakes.items()}

    def texts_of(self, number):
        """What shall run: what others have, and payload `number`."""
        return {name: "\n".join(_typed(name, payload(name, number, self.made)).lines()) for name in self.servers}

    @property
    def has_nothing_left(self):
        """No session, no timer, no lease, nothing pending or unfinished."""
        found = [Memory(self.memory_folder).read(name) for name in self.servers]
        kept = [bool(one.lease or one.pending) for one in found]
        kept += [
            fake.timer or any(one.state == "pending" for one in fake.sessions.values()) for fake in self.fakes.values()
        ]
        return not any(kept) and not Store(self.options.state).unfinished()

    @property
    def is_saved(self):
        """Whether every device would start with what it runs."""
        return all(fake.text == fake.startup_text for fake in self.fakes.values())


def _typed(name, given):
    tree = loaded(BASE.format(name=name))
    typing = Typing(tree)
    for text in given.texts.values():
        answers = [typing.type(line.strip()) for line in text.splitlines() if line.strip() and not line.startswith("!")]
        assert not any(answers), answers
    return tree


class Elsewhere:
    """A process in which applies are carried out, so that it can be killed."""

    def __init__(self):
        here = Path(__file__).parent
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here), *sys.path])}
        self._process = subprocess.Popen(
            [sys.executable, here / "support_push_process_eos.py"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def apply(self, network, plan):
        """Carry out a plan there; return how the process ended."""
        write_plan(network.root / "plan.json", plan)
        devices = [asdict(device) for device in network.devices.values()]
        order = json.dumps({"root": str(network.root), "devices": devices}, default=str)
        for fake in network.fakes.values():
            fake.client = network.root / "pid"
        self._process.stdin.write(f"{order}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self):
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait()
