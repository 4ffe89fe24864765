"""The transaction over EOS' configuration sessions, every phase × every fault: fake devices behind real SSH."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from support_push_eos_network import HASTY, EosNetwork
from support_push_fake_eos import Fault

from intentc.push.report import Outcome

REFUSED, BACK, APPLIED = Outcome.REFUSED, Outcome.BACK, Outcome.APPLIED

# Where in the transaction which command is sent: an expression, and the how manieth of them it is.
PHASES = {
    "connect": ("terminal length 0", 1),
    "lock": (r"configure session \S+-0-\S+", 1),
    "read": ("show running-config", 1),
    "validate": (r"ip access-list \S+", 1),
    "check": ("show session-config diffs", 1),
    "commit": ("commit timer .*", 1),
    "read back": ("show running-config", 3),
    "probe": ("terminal length 0", 2),
    "confirm": (r"configure session \S+ commit", 1),
    "persist": ("write memory", 1),
    "unlock": (r"configure session \S+ abort", 1),
}
FIRST, MIDDLE, LAST = [*PHASES][:3], [*PHASES][3:8], [*PHASES][8:]
USUAL = dict.fromkeys(FIRST, REFUSED) | dict.fromkeys(MIDDLE, BACK) | dict.fromkeys(LAST, APPLIED)

# What each fault comes to where that is not what is usual for its phase.
FAULTS = {
    "refuse": {},
    "denied": {},
    "incomplete": {"connect": None, "read": None},
    "lie": {"lock": APPLIED, "validate": BACK, "check": APPLIED, "connect": APPLIED},
    "error-after": {},
    "hang": {},
    "drop": {},
    "drop-after": {},
    "restart": {},
    "restart-after": {},
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


@pytest.mark.parametrize("kind", [*FAULTS])
@pytest.mark.parametrize("phase", [*PHASES])
def test_explore(eos, plan, phase, kind):
    command, on = PHASES[phase]
    eos.victim.faults = [Fault(command, kind, on)]
    start = time.time()
    hasty = replace(eos.options, limits=HASTY) if kind.startswith("hang") else eos.options
    report = eos.apply(plan, hasty)
    assert eos.victim.faults[0].seen >= on
    texts = eos.texts()
    where = "new" if texts == eos.texts_of(2) else "old" if texts == eos.texts_of(1) else "MIXED"
    print(
        "RES",
        phase,
        kind,
        report.outcome,
        where,
        "left=",
        not eos.has_nothing_left,
        [f.code for f in report.findings],
        round(time.time() - start, 1),
        [f.message[:150] for f in report.findings][:1],
    )
