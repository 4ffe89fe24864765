"""What stood in places that cannot bear our name comes back: when they are given up, when a change is taken back, on every target.

The payloads are the targets' own golden ones: each that sets such a place.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import support_netconf_foreign as foreign
from support_cli_typed import FAKES
from support_netconf_fake import DIRECT, NC, OLD, OVERWRITES, PLAIN, RFC, router
from support_netconf_tree import settled
from support_netconf_world import LIMITS
from support_push_fake_eos import FakeEos
from support_push_here import AskedHere, TypedHere
from support_push_typed_blend import CISCO, Quiet, comparable, driver_over

from intentc.diagnostics import Findings
from intentc.inventory.model import Device
from intentc.plan.changes import empty_config
from intentc.plan.model import Payload
from intentc.push.cli_session import CliSessionDriver
from intentc.push.memory import Memory, Remembered
from intentc.push.netconf import NetconfDriver
from intentc.push.owned import OwnedPart
from intentc.push.prior import priors_at
from intentc.push.remembered import RememberedSession
from intentc.render.model import RenderedFile
from intentc.render.render import load_code, load_command_line
from intentc.render.targets import load_targets
from intentc.resources import targets_paths

NODE = "r1"
TOKEN = "t" * 32
GOLDEN = Path(__file__).parents[2] / "targets"
# By target, its golden payloads that set places without a name; `isolation` of each sets none.
UNMARKED = {
    "eos": ("everything", "everything-x-series", "halfway", "protection"),
    "iosxe": ("everything", "halfway", "protection", "repairs", "steering", "switching"),
    "iosxr": (
        *("algorithms", "everything", "everything-ncs", "halfway", "pausing", "policies", "protection", "repair"),
        "spread",
    ),
    "junos": (),
    "openconfig": (),
    "srlinux": ("adjacencies", "ecn", "everything", "halfway", "pausing", "pausing-two", "repairs", "routing"),
}
# Those that have each kind of place, and little else.
SMALL = {
    "ecn",
    "pausing",
    "policies",
    "protection",
    "repair",
    "repairs",
    "routing",
    "steering",
    "switching",
    "everything-x-series",
}
CASES = [(target, name) for target, names in UNMARKED.items() for name in names if name in SMALL]
NETCONF = [case for case in CASES if case[0] != "eos"]
UNTYPED = {("iosxe", "switching"), ("iosxr", "pausing"), ("iosxr", "everything-ncs")}  # in no lines that any source has
TYPED = [case for case in NETCONF if case[0] in {*CISCO, *FAKES} and case not in UNTYPED]


@cache
def part(target, transport=None):
    found = load_targets(targets_paths(), Findings())[target]
    return OwnedPart(target, found.road(transport).transport, load_code(found))


@cache
def payload(target, name):
    """Return a golden payload; without a name, nothing."""
    files = sorted((GOLDEN / target / "golden" / name).iterdir()) if name else []
    rendered = tuple(
        RenderedFile(f"{NODE}/{file.name}", file.read_text()) for file in files if file.suffix in {".xml", ".cfg"}
    )
    return Payload(empty_config(NODE, target, ""), rendered)


class Here:
    """One device in this process, and the product's session to it."""

    def __init__(self, root, part, open_driver):
        self.memory = Memory(root / "devices")
        self.part = part
        self.open_driver = open_driver
        self.device = Device(NODE, "127.0.0.1", 22, "root", None, None, None, platform=part.target)

    def open(self):
        return RememberedSession(self.device, self.open_driver(), self.part, self.memory)

    def give(self, *payloads, ends="confirm"):
        """Give the device `payloads`, each on top of the one before, then end it."""
        session = self.open()
        session.lock(TOKEN, "bob", "test")
        for payload in payloads:
            session.validate(TOKEN, payload)
            session.commit(TOKEN, 60)
            assert session.read_back().drift == ()
        getattr(session, ends)(TOKEN)
        session.unlock(TOKEN)
        session.close()


def at_places(target, given):
    """Return what `given` itself has in the places without a name, but for what is ours by a number."""
    found = priors_at("".join(given.texts.values()), part(target).unmarked(NODE, given))
    return [prior for prior in found if not part(target).look(NODE, prior.whole).lines]


def of_somebody_else(prior):
    """Return the same as somebody else may have it: with something of theirs beside ours, if the place is a container."""
    config = ET.fromstring(prior.document)  # noqa: S314  (our own)
    place = config
    for _ in prior.place.split(" / "):
        place = place[-1]
    if len(place):
        ET.SubElement(place, f"{place.tag.partition('}')[0]}}}theirs").text = "7"
    return "".join(ET.tostring(child, encoding="unicode") for child in config)


def netconf(tmp_path, target, name, manners=RFC):
    """Return the device, with what somebody else has in each place without a name, the fake behind it, and what it ran."""
    fake = router(NODE, foreign.TEXTS[target], manners)
    for prior in at_places(target, payload(target, name)):
        fake.edit_by_hand(of_somebody_else(prior))
    fake.candidate = ET.fromstring(ET.tostring(fake.running))  # noqa: S314  (our own)
    here = Here(tmp_path, part(target), lambda: NetconfDriver(AskedHere(fake)))
    return here, fake, settled(fake.running)


@pytest.mark.parametrize("target", UNMARKED)
def test_the_payloads_that_set_what_bears_no_name(target):
    names = sorted(path.name for path in (GOLDEN / target / "golden").iterdir())
    assert tuple(name for name in names if at_places(target, payload(target, name))) == UNMARKED[target]
    places = {name: {prior.place for prior in at_places(target, payload(target, name))} for name in UNMARKED[target]}
    kinds = {name: {re.sub(r"\[.*?\]|Ethernet\S+", "", place) for place in places[name]} for name in places}
    assert set().union(*kinds.values()) == set().union(*(kinds[name] for name in kinds if name in SMALL))


@pytest.mark.parametrize(("target", "name"), NETCONF)
def test_what_was_there_is_there_again_when_nothing_of_ours_is(tmp_path, target, name):
    here, fake, before = netconf(tmp_path, target, name)
    here.give(payload(target, "isolation"), payload(target, name))
    here.give(payload(target, name))
    assert here.memory.read(NODE).priors
    here.give(payload(target, ""))
    assert settled(fake.running) == before
    assert here.memory.read(NODE).given is None


@pytest.mark.parametrize(("target", "name"), NETCONF)
def test_what_is_given_up_comes_back_while_the_rest_stays(tmp_path, target, name):
    here, fake, before = netconf(tmp_path, target, name)
    free = part(target).unmarked(NODE, payload(target, name))
    there = priors_at(f'<data xmlns="{NC}">{fake.text}</data>', free)
    here.give(payload(target, name))
    here.give(payload(target, "isolation"))
    assert there
    assert priors_at(f'<data xmlns="{NC}">{fake.text}</data>', free) == there
    here.give(payload(target, ""))
    assert settled(fake.running) == before


MANNERS = {"rfc": RFC, "overwrites": OVERWRITES, "1.0": OLD, "plain": PLAIN, "direct": DIRECT}


@pytest.mark.parametrize("manners", MANNERS)
@pytest.mark.parametrize(("target", "name"), [("iosxe", "protection"), ("iosxr", "protection"), ("srlinux", "routing")])
def test_what_was_there_is_there_again_when_a_change_is_taken_back(tmp_path, target, name, manners):
    """By the server's own means, or by the inverse where it has none."""
    here, fake, before = netconf(tmp_path, target, name, MANNERS[manners])
    here.give(payload(target, "isolation"), payload(target, name), ends="restore")
    assert settled(fake.running) == before
    assert here.memory.read(NODE) == Remembered(NODE)


@pytest.mark.parametrize(("target", "name"), NETCONF)
def test_a_device_that_takes_away_what_was_there_as_well_gets_it_back(tmp_path, target, name):
    """It goes back to something else than what ran: the inverse does the rest."""
    here, fake, before = netconf(tmp_path, target, name)
    session = here.open()
    session.lock(TOKEN, "bob", "test")
    session.validate(TOKEN, payload(target, name))
    session.commit(TOKEN, 60)
    fake.pending.backup = router(NODE, foreign.TEXTS[target]).running
    session.restore(TOKEN)
    assert settled(fake.running) == before


@pytest.mark.parametrize("ends", ["confirm", "restore"])
@pytest.mark.parametrize("name", [name for target, name in CASES if target == "eos"])
def test_lines_come_back(tmp_path, name, ends):
    fake = FakeEos(NODE, drop_all=lambda: None)
    given = payload("eos", name)
    for prior in at_places("eos", given):
        fake.by_hand(*(line.strip() for line in prior.document.splitlines()))
    free = part("eos").unmarked(NODE, given)
    before = priors_at(fake.text, free)
    here = Here(tmp_path, part("eos"), lambda: CliSessionDriver(TypedHere(fake), LIMITS))
    here.give(given, ends=ends)
    here.give(payload("eos", ""))
    assert before
    assert priors_at(fake.text, free) == before


def test_a_value_of_somebody_else_comes_back_not_ours(tmp_path):
    """Where we have something on a device already, a place that we take anew may hold another value."""
    fake = FakeEos(NODE, drop_all=lambda: None)
    here = Here(tmp_path, part("eos"), lambda: CliSessionDriver(TypedHere(fake), LIMITS))
    here.give(payload("eos", "isolation"))
    fake.by_hand("interface Ethernet2/1", "bfd interval 900 min-rx 900 multiplier 7")
    assert "bfd interval 900 min-rx 900 multiplier 7" in fake.text
    here.give(payload("eos", "protection"))
    assert "bfd interval 900" not in fake.text
    here.give(payload("eos", "isolation"))
    assert "bfd interval 900 min-rx 900 multiplier 7" in fake.text


def over_lines(tmp_path, target, name):
    """Return the device behind its command line, with what somebody else typed into each place without a name, and what it ran."""
    fake = CISCO[target][0](NODE, drop_all=lambda: None) if target in CISCO else FAKES[target](NODE)
    lines = load_command_line(load_targets(targets_paths(), Findings())[target])
    for prior in at_places(target, payload(target, name)):
        if target in CISCO:
            fake.by_hand(*lines.changes([prior.document], fake.login().show_running()))
        else:
            fake.by_hand(*lines.commands(prior.document))
    here = Here(tmp_path, part(target, "ssh"), lambda: driver_over(Quiet(fake), target, LIMITS))
    return here, fake, comparable(fake.text)


@pytest.mark.parametrize("ends", ["confirm", "restore"])
@pytest.mark.parametrize(("target", "name"), TYPED)
def test_what_was_there_is_there_again_over_the_command_line(tmp_path, target, name, ends):
    """Given up for good, or the change taken back: the same memory puts it back, in the words of that road."""
    here, fake, before = over_lines(tmp_path, target, name)
    here.give(payload(target, name), ends=ends)
    if ends == "confirm":
        assert here.memory.read(NODE).priors
        here.give(payload(target, ""))
    assert comparable(fake.text) == before
    assert here.memory.read(NODE) == Remembered(NODE) or ends == "confirm"


@pytest.mark.parametrize(("target", "name"), TYPED)
def test_what_is_given_up_comes_back_while_the_rest_stays_over_the_command_line(tmp_path, target, name):
    here, fake, before = over_lines(tmp_path, target, name)
    free = part(target).unmarked(NODE, payload(target, name))
    there = priors_at(shown(target, fake), free)
    here.give(payload(target, name))
    here.give(payload(target, "isolation"))
    assert there
    assert priors_at(shown(target, fake), free) == there
    here.give(payload(target, ""))
    assert comparable(fake.text) == before


def shown(target, fake):
    """Return the document that a device prints."""
    lines = load_command_line(load_targets(targets_paths(), Findings())[target])
    return lines.configuration(fake.login().show_running() if target in CISCO else fake.login().run(lines.READ))
