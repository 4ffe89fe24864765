"""Plans over three fake devices, and what must hold of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from support_push_fake_device import FakeDevice, FakeSession

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.ir.model import CountRule, DeviceConfig, FenceRule, Origin, PortQueueing, SteerRule
from intentc.ir.stages import stage_configs
from intentc.plan.make import Goal, Kit, Particulars, plan_for
from intentc.plan.model import Payload
from intentc.push.team import Author, Limits, Options
from intentc.render.model import RenderedFile
from intentc.resolve.model import Flow

NODES = ("ber-pe1", "fra-pe1", "par-pe1")
LIMITS = Limits(connect_s=1, verb_s=1, patience_s=0.4, neighbours_s=0.2, pause_s=0.02)
PARTICULARS = Particulars("acme", "0", {}, {"card-fraud": "the IGP's own path is short enough"}, confirm_s=1)


def origin(intent):
    return Origin((intent,), ())


def config(node, intent, number):
    """Return a configuration with one item of every stage, all different for another `number`."""
    flow = Flow(4, f"10.{number}.0.0/16", "10.200.0.0/16", "tcp", None, (443, 443))
    asked = origin(intent)
    return DeviceConfig(
        node,
        "frr",
        "8.4",
        queueing=(PortQueueing("eth1", "L1", number * 10**6, 1500, (), asked),),
        steering=(SteerRule(1, flow, (), ("eth0",), ("ams-pe1",), True, asked),),
        fences=(FenceRule(flow, (), ("eth2",), "pin", f"fence-{number}", asked),),
        counting=(CountRule(flow, ("eth0",), f"count-{number}", asked),),
    )


def render(given):
    items = [*given.fences, *given.queueing, *given.steering, *given.counting]
    lines = [repr(replace(item, origin=origin("x"))) for item in items]
    return (RenderedFile(f"{given.node}/itc.nft", "".join(f"{line}\n" for line in lines)),)


KIT = Kit(stage_configs, render)


def payload(node, intent, number):
    made = config(node, intent, number)
    return Payload(made, render(made))


@dataclass
class World:
    """Fake devices that run `old`, and the plan that brings them to `new`."""

    devices: dict[str, FakeDevice]
    plan: object
    options: Options

    @property
    def inventory(self):
        return {node: Device(**DEVICE, node=node) for node in self.devices}

    def opener(self, device, _limits):
        fake = self.devices[device.node]
        return fake.act("open", lambda: FakeSession(fake))

    def settled(self):
        for device in self.devices.values():
            device.settle()
        return self

    def end_timers(self):
        """The confirm timers of all devices end now, for those who would wait for them."""
        for device in self.devices.values():
            device.expire(None)

    def running(self, node):
        return self.devices[node].running

    @property
    def is_all_old(self):
        return all(device.running == before(self.plan, node) for node, device in self.settled().devices.items())

    @property
    def is_all_new(self):
        return all(device.running == self.plan.device(node).after for node, device in self.settled().devices.items())

    @property
    def has_free_locks(self):
        return not any(device.holder for device in self.devices.values())

    @property
    def has_pending(self):
        return any(device.pending for device in self.settled().devices.values())


def before(plan, node):
    return plan.device(node).before


DEVICE = {"host": "127.0.0.1", "port": 22, "username": "root", "key_file": None, "known_hosts": None, "host_key": None}


def world(tmp_path: Path, *, confirm_s=1, limits=LIMITS, old=1, new=2):
    devices = {node: FakeDevice(node, payload(node, "card-fraud", old) if old else None) for node in NODES}
    for device in devices.values():
        device.startup = device.running
    running = {node: device.state() for node, device in devices.items()}
    goals = {node: Goal("frr", "ssh", payload(node, "card-fraud", new)) for node in NODES}
    findings = Findings()
    plan = plan_for(goals, running, KIT, replace(PARTICULARS, confirm_s=confirm_s), findings)
    assert not findings.items
    return World(devices, plan, Options(tmp_path / "state", Author("bob", "noc1", "c0ffee"), limits))
