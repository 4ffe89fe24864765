"""Payloads typed on fake devices, and what these print read back: for every target with a command line beside its documents."""

from __future__ import annotations

from support_push_fake_junos import FakeJunos
from support_push_fake_srlinux import FakeSrlinux

from intentc.diagnostics import Findings
from intentc.render.model import DeviceBundle, RenderedFile
from intentc.render.render import load_code, load_command_line
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

FAKES = {"junos": FakeJunos, "srlinux": FakeSrlinux}
FILES = {"junos": "config.xml", "srlinux": "itc.xml"}
TARGETS = {name: target for name, target in load_targets(targets_paths(), Findings()).items() if name in FAKES}


def bundle(target, text=""):
    """Return a payload as a target's code takes it."""
    files = (RenderedFile(f"r1/{FILES[target]}", text),) if text else ()
    return DeviceBundle("r1", target, "ssh", None, files, ())


def typed(target, *payloads, onto=None):
    """Return a device after the lines of some payloads."""
    fake = FAKES[target]("r1", running=onto)
    for payload in payloads:
        for line in load_command_line(TARGETS[target]).commands(payload):
            said = fake.type(fake.running, line)
            assert not said or line.startswith("delete "), (line, said)
    return fake


def shown(target, fake):
    """Return what a device prints when it is asked for its configuration, as the document that it means."""
    lines = load_command_line(TARGETS[target])
    return lines.configuration(fake.login().run(lines.READ))


def misread(target, text):
    """Return how what runs after a payload was typed differs from the payload."""
    return load_code(TARGETS[target]).differences(bundle(target, text), shown(target, typed(target, text)))
