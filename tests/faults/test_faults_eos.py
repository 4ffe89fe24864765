"""The transaction over EOS' configuration sessions: three fake devices behind real SSH. The whole matrix is in `test_faults_blend`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support_push_eos_network import HASTY, EosNetwork
from support_push_fake_eos import Fault

from intentc.push.report import STATUS, Outcome

REFUSED, BACK, APPLIED = Outcome.REFUSED, Outcome.BACK, Outcome.APPLIED

# Which command is sent in which phase: an expression, and the how manieth of them; and what a fault there usually comes to.
PHASES = {
    "connect": ("terminal length 0", 1, REFUSED),
    "lock": (r"configure session \S+-0-\S+", 1, REFUSED),
    "read": ("show running-config", 1, REFUSED),
    "validate": (r"ip access-list \S+", 1, BACK),
    "check": ("show session-config diffs", 1, BACK),
    "commit": (r"commit timer \S+", 1, BACK),
    "read back": ("show running-config", 4, BACK),
    "probe": ("terminal length 0", 2, BACK),
    "confirm": (r"configure session \S+ commit", 1, APPLIED),
    "persist": ("write memory", 1, APPLIED),
    "unlock": (r"configure session \S+ abort", 1, APPLIED),
}
KINDS = ("refuse", "denied", "lie", "error-after", "hang", "drop", "drop-after", "restart", "restart-after")
# Without a pager nothing is lost where a device only says that it has switched it off.
UNUSUAL = {("connect", "lie"): APPLIED, ("probe", "lie"): APPLIED}
# Faults that the device cannot have before: it says no, or nothing at all.
CODES = {
    "refuse": "E0811",
    "denied": "E0811",
    "error-after": "E0811",
    "drop": "E0813",
    "drop-after": "E0813",
    "restart": "E0813",
}


@pytest.fixture
def eos(eos_servers, eos_user_key, tmp_path):
    """Three EOS devices that run payload 1."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path)
    network.seed(1)
    return network


@pytest.fixture(scope="module")
def plan(eos_servers, eos_user_key, tmp_path_factory):
    """The plan from payload 1 to 2: it does not depend on who carries it out."""
    network = EosNetwork(eos_servers, eos_user_key, tmp_path_factory.mktemp("plan"))
    network.seed(1)
    return network.plan(2)


# Each phase with what only a command line can say, and with two of the faults that every transport has, which are all met in it in
# `test_faults_blend`: here it is real SSH that they strike.
OWN = ("denied", "lie")
COMMON = tuple(kind for kind in KINDS if kind not in OWN)
CASES = [
    (phase, kind)
    for number, phase in enumerate(PHASES)
    for kind in (*OWN, COMMON[2 * number % len(COMMON)], COMMON[(2 * number + 1) % len(COMMON)])
]


@pytest.mark.parametrize(("phase", "kind"), CASES)
def test_a_fault_of_one_device(eos, plan, phase, kind):
    command, on, usual = PHASES[phase]
    expected = UNUSUAL.get((phase, kind), usual)
    eos.victim.faults = [Fault(command, kind, on)]
    report = eos.apply(plan, is_hasty=kind.startswith("hang"))
    assert eos.victim.faults[0].seen >= on
    assert (report.outcome, report.status) == (expected, STATUS[expected]), report.findings
    assert eos.texts() == eos.texts_of(2 if expected is APPLIED else 1)
    assert eos.has_nothing_left
    assert eos.is_saved
    if expected is not APPLIED:
        assert {finding.node for finding in report.findings} == {"fra-sw1"}
        assert CODES.get(kind) in {None, *(finding.code for finding in report.findings)}


@pytest.mark.parametrize(
    ("phase", "expected"), [("read back", BACK), ("probe", APPLIED), ("confirm", APPLIED), ("persist", APPLIED)]
)
def test_a_timer_that_ends_too_soon(eos, plan, phase, expected):
    """Seen before the decision everything goes back; after it a device that went back gets the change again."""
    command, on, _ = PHASES[phase]
    eos.victim.faults = [Fault(command, "expire", on)]
    report = eos.apply(plan)
    assert report.outcome is expected, report.findings
    assert eos.texts() == eos.texts_of(2 if expected is APPLIED else 1)
    assert eos.has_nothing_left
    assert eos.is_saved


def test_a_device_that_nobody_reaches_any_more_goes_back_by_itself_and_is_named(eos, eos_servers, plan):
    """Until it can be looked at the status is 4; then `recover` finds that nothing is left to do."""
    short = replace(plan, confirm_s=2)
    eos.victim.faults = [Fault(r"commit timer \S+", "drop-after")]
    eos.victim.before = lambda command: command.startswith("commit timer") and eos_servers["fra-sw1"].go_dark()
    report = eos.apply(short, replace(eos.options, limits=replace(HASTY, patience_s=0.5)))
    assert (report.outcome, report.status, report.unknown) == (Outcome.UNCERTAIN, 4, ("fra-sw1",))
    assert "intentc recover" in report.sentence
    assert not eos.victim.timer or eos.victim.text == eos.texts_of(1)["fra-sw1"]
    eos.victim.before = None
    eos_servers["fra-sw1"].come_back()
    assert [found.outcome for found in eos.recover()] == [BACK]
    assert eos.texts() == eos.texts_of(1)
    assert eos.has_nothing_left
