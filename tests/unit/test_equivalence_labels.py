"""Labelled packets of a class wait with the others of it at every hop: code points and traffic class fields mean the same everywhere."""

import re
from dataclasses import replace

import pytest
import support_eos as eos
import support_frr as frr
import support_iosxe as iosxe
import support_iosxr as iosxr
import support_junos as junos
import support_openconfig as openconfig
import support_srlinux as srlinux

from intentc.render.equivalence import Hop, as_running, departures, read_device
from intentc.render.render import load_code, render_device

FIELDS = {"critical": 5, "high": 4}  # of the labels of classes
MODULES = {
    "eos": (eos, {}),
    "iosxe": (iosxe, {}),
    "asr9000": (iosxr, {}),
    "ncs": (iosxr, {"hardware": "ncs"}),
    "junos": (junos, {"policies": [junos.policy()]}),  # labels are classified where the network has any
    "openconfig": (openconfig, {}),
    "srlinux": (srlinux, {}),
}
WRONG = {  # where the field of the labels of `critical` stands: to another class, or of another one
    "eos": r"qos map exp 5 to traffic-class (\d)",
    "iosxe": r"<name>ITC-(?:(?!</class-map>)[\s\S])*?<topmost>(5)</topmost>",
    "asr9000": r"<topmost>\s*<label>(5)</label>",
    "ncs": r"<topmost>\s*<label>(5)</label>",
    "junos": r"<name>ITC-D46</name>\s*<loss-priority>\s*<name>medium-low</name>\s*<code-points>(101)</code-points>",
    "openconfig": r"<traffic-class>(5)</traffic-class>",
    "srlinux": r"<value>5</value>\s*<forwarding-class>ITC-FC(\d)",
}


def hop(name, change=None):
    """Return one hop: a device with one port whose queues have labelled packets, as it was read."""
    module, changes = MODULES[name]
    plain = (
        frr.port(queues=tuple(map(frr.queue, ("critical", "high", "default")))) if module is junos else module.port()
    )
    queues = tuple(replace(one, tc=FIELDS.get(one.traffic_class)) for one in plain.queues)
    item = module.config(**changes, queueing=[replace(plain, queues=queues)])
    known = module.fleet(item)
    made = render_device(item, known, frr.targets()[item.platform])
    text = as_running(made)
    if change is not None:
        (place, *_) = re.finditer(*change[:1], text)
        text = f"{text[: place.start(1)]}{change[1]}{text[place.end(1) :]}"
    reading = read_device(made, text, load_code(frr.targets()[item.platform]), known.infrastructure)
    return Hop(reading, item.queueing[0].interface), known.classes


@pytest.mark.parametrize("traffic_class", FIELDS)
@pytest.mark.parametrize("name", MODULES)
def test_labelled_packets_wait_with_their_class(name, traffic_class):
    one, classes = hop(name)
    found = departures(classes[traffic_class], (one,))
    assert [item for item in found if "label" in item.what] == []
    (own,) = [each for each in one.reading.treatments if each.dscp == classes[traffic_class].dscp]
    assert FIELDS[traffic_class] in own.labels


def test_fields_belong_to_the_same_classes_at_every_hop():
    """Of all platforms: 4 and 5 to the classes that have them, and no class has one of another class."""
    seen = {
        (one.dscp, field)
        for name in MODULES
        for one in hop(name)[0].reading.treatments
        for field in one.labels
        if one.dscp in {34, 46}
    }
    assert seen == {(34, 4), (46, 5)}


@pytest.mark.parametrize("name", WRONG)
def test_labels_of_another_class_at_one_hop_are_named(name):
    one, classes = hop(name, (WRONG[name], "010" if name == "junos" else 1))
    found = departures(classes["critical"], (one,))
    assert [(item.promised) for item in found if item.what == "the traffic class field of its labels"] == ["5"]
