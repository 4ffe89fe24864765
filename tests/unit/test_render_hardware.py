"""Hardware as data: kinds of chassis with limits and features of their own, names of ports; what is unknown is an error."""

import pytest
from support_frr import TARGETS
from support_network import network
from support_realised import router, span

from intentc.diagnostics import Findings
from intentc.render.targets import capabilities, load_targets
from intentc.targetkit.model import Chassis

DATA = """
name = "box"
title = "a box"
transport = "netconf"
commit = "confirmed-commit"
tested = []
syntax_checked = ["1.0", "2.0"]
[mechanisms]
igp = "1.0"
[limits]
max_steering_tables = 1
max_queues = 8
bfd_min_interval_us = 300000
bfd_interval_us = 300000
bfd_multiplier = 3
repair_us = 1
max_classes = 6
[ports]
form = "p[0-9]+([.][0-9]+)?"
sub = ".*[.][0-9]+"
[chassis.fast]
names = ["fast-*"]
bfd_min_interval_us = 10000
max_queues = 4
[chassis.plain]
names = ["*-1", "*-2"]
[features.queueing]
since = "2.0"
chassis = ["fast"]
reason = "the plain one has no queues"
instead = "take the fast one"
[features.marking]
since = "1.0"
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "box").mkdir()
    (tmp_path / "box" / "__init__.py").touch()
    return tmp_path


def load(folder, data=DATA):
    (folder / "box" / "target.toml").write_text(data)
    findings = Findings()
    return load_targets([folder], findings), findings.sorted()


def ask(folder, **rest):
    found, _ = load(folder)
    findings = Findings()
    node = router(1, platform="box", **{"release": "2.0", **rest})
    return capabilities(network([node], []), found, findings)["r1"], findings.sorted()


def test_the_data_of_hardware_is_read(folder):
    found, findings = load(folder)
    assert findings == ()
    box = found["box"]
    assert box.chassis == {
        "fast": Chassis(("fast-*",), {"bfd_min_interval_us": 10_000, "max_queues": 4}),
        "plain": Chassis(("*-1", "*-2")),
    }
    assert (box.ports.form, box.ports.are_addressed, box.limits.max_classes) == ("p[0-9]+([.][0-9]+)?", False, 6)
    assert (box.limits.max_strict_classes, box.limits.max_meter_ports) == (None, None)


def test_hardware_has_limits_and_features_of_its_own(folder):
    fast, findings = ask(folder, chassis="Fast-9")
    assert findings == ()
    assert (fast.bfd_min_interval_us, fast.max_queues, fast.max_classes) == (10_000, 4, 6)
    assert fast.features["queueing"].is_supported
    plain, findings = ask(folder, chassis="small-1")
    assert findings == ()
    assert (plain.bfd_min_interval_us, plain.max_queues) == (300_000, 8)
    assert plain.features["marking"].is_supported
    assert (plain.features["queueing"].reason, plain.features["queueing"].instead) == (
        "the plain one has no queues",
        "take the fast one",
    )


def test_the_first_kind_that_fits_is_the_one(folder):
    assert ask(folder, chassis="fast-1")[0].max_queues == 4


def test_a_release_and_a_chassis_must_both_fit(folder):
    found, findings = ask(folder, chassis="fast-9", release="1.0")
    assert findings == ()
    assert "from release 2.0 on" in found.features["queueing"].reason


@pytest.mark.parametrize(
    ("written", "words"),
    [(None, "names no chassis"), ("slow", "`slow`"), ("fast9", "`fast9`")],
    ids=["missing", "unknown", "nearly"],
)
def test_unknown_hardware_is_one_error_and_nothing_follows_from_it(folder, written, words):
    found, (finding,) = ask(folder, chassis=written, span=span(7))
    assert (finding.code, finding.node, finding.span) == ("E0631", "r1", span(7))
    assert words in finding.message
    assert "`fast-*`" in finding.help[-1]
    assert found.features["queueing"].is_supported


def test_a_near_name_is_proposed(folder):
    _, (finding,) = ask(folder, chassis="fast")
    assert finding.help[0] == "did you mean `fast-*`?"


def test_targets_without_hardware_ask_for_none():
    findings = Findings()
    found = load_targets([TARGETS], Findings())
    capabilities(network([router(1, chassis="whatever")], []), found, findings)
    assert findings.items == []


BROKEN = {
    "an unknown limit": ("max_queues = 4", "max_lanes = 4"),
    "a limit that is no number": ("max_queues = 4", 'max_queues = "4"'),
    "no names": ('names = ["fast-*"]', ""),
    "a feature of unknown hardware": ('chassis = ["fast"]', 'chassis = ["faster"]'),
    "a feature without a reason": ('reason = "the plain one has no queues"', ""),
    "no regular expression": ('form = "p[0-9]+', 'form = "p[0-9+'),
    "ports without a form": ("form =", "shape ="),
    "a truth that is none": ("[chassis.fast]", 'are_addressed = "yes"\n[chassis.fast]'),
}


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_data_that_cannot_be_used_is_a_finding(folder, case):
    old, new = BROKEN[case]
    assert old in DATA
    found, (finding,) = load(folder, DATA.replace(old, new, 1))
    assert (dict(found), finding.code) == ({}, "E0604")
