"""The NETCONF transport over fake servers: every phase × every fault × every way of servers; afterwards all are old or all are new."""

from __future__ import annotations

import time

import pytest
from support_netconf_fake import CLIXON, DIRECT, NETOPEER, OLD, OVERWRITES, PLAIN, RFC, Fault
from support_netconf_lab import FakeLab

from intentc.push.report import Outcome

NODE = "fra-pe1"
MANNERS = {
    "rfc": RFC,
    "netopeer": NETOPEER,
    "clixon": CLIXON,
    "overwrites": OVERWRITES,
    "old": OLD,
    "plain": PLAIN,
    "direct": DIRECT,
}


@pytest.fixture
def lab_of(tmp_path, netconf_keys):
    made = []

    def make(manners, *, number=1, **more):
        """Return a lab on which configuration `number` runs."""
        lab = FakeLab(tmp_path, netconf_keys, (RFC, manners, RFC), **more)
        made.append(lab)
        if number:
            assert lab.apply(lab.plan(number)).outcome is Outcome.APPLIED
        lab.forget_calls()
        return lab

    yield make
    for lab in made:
        lab.close()


def settle(lab):
    """Wait until every timer has passed, then recover."""
    time.sleep(
        max(0.0, *(one.pending.ends - time.monotonic() if one.pending else 0.0 for one in lab.routers.values())) + 0.05
    )
    for one in lab.routers.values():
        one.faults.clear()
    reports = lab.recover()
    assert [report.outcome for report in reports if report.outcome is Outcome.UNCERTAIN] == []


def holds(lab, report):
    """What must hold after any apply from 1 to 2, whatever happened."""
    uncertain = report.outcome is Outcome.UNCERTAIN
    assert (report.status == 4) is uncertain
    if uncertain:
        assert [finding.node for finding in report.findings if finding.code == "E0816"]
        settle(lab)
    assert lab.standing in {1, 2} if report.outcome is not Outcome.APPLIED else lab.standing == 2
    if report.outcome in {Outcome.BACK, Outcome.REFUSED}:
        assert lab.standing == 1
    assert lab.are_clean
    assert lab.is_forgotten
    assert lab.drift().status == 0


@pytest.mark.parametrize("manners", MANNERS.values(), ids=MANNERS)
def test_apply_and_back_to_nothing(lab_of, manners):
    lab = lab_of(manners, confirm_s=20)
    report = lab.apply(lab.plan(2))
    assert (report.outcome, report.findings, lab.standing) == (Outcome.APPLIED, (), 2)
    holds(lab, report)
    assert lab.apply(lab.plan(0)).outcome is Outcome.APPLIED
    assert lab.standing == 0
    assert lab.are_clean


OPERATIONS = {
    "lock": (1,),
    "get-config": (2, 3, 5),
    "edit-config": (1, 3),
    "validate": (1, 2),
    "commit": (1,),
    "extend": (1, 3),
    "confirm": (1,),
    "discard-changes": (1, 3),
    "unlock": (1,),
}
KINDS = ("refuse", "denied", "both", "warn", "lie", "hang", "hang-after", "drop", "drop-after", "die", "expire")
CASES = [(operation, on, kind) for operation, numbers in OPERATIONS.items() for on in numbers for kind in KINDS]


@pytest.mark.parametrize(("operation", "on", "kind"), CASES, ids=["-".join(map(str, case)) for case in CASES])
def test_whatever_goes_wrong_on_one_device(lab_of, operation, on, kind):
    lab = lab_of(RFC)
    lab.routers[NODE].faults.append(Fault(operation, kind, on))
    report = lab.apply(lab.plan(2))
    holds(lab, report)
    if kind == "denied" and operation in {"edit-config", "commit", "validate"}:
        assert report.outcome is Outcome.BACK
        assert "access-denied" in report.findings[0].message
