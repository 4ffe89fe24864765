"""The NETCONF transport over fake servers behind real SSH, in the ways of servers; afterwards all are old or all are new.

The whole matrix of phases and faults is in `test_faults_blend`.
"""

from __future__ import annotations

import contextlib
import time
from types import SimpleNamespace

import pytest
from support_netconf_fake import (
    CLIXON,
    DIRECT,
    NC,
    NETOPEER,
    OLD,
    OVERWRITES,
    PLAIN,
    RFC,
    Fault,
    RefusalError,
    name_of,
)
from support_netconf_lab import FakeLab

from intentc.push import netconf_session, remembered
from intentc.push.apply import apply
from intentc.push.netconf import open_driver
from intentc.push.owned import Look
from intentc.push.report import Outcome
from intentc.push.trouble import SessionError

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
            lab.set_up(number)
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


@pytest.mark.parametrize(("others", "pauses"), [((), 0), (("http://yuma123.org/ns/yuma123-system?module=x",), 1)])
def test_only_the_server_that_was_seen_to_need_it_is_given_a_moment_after_the_hello(
    lab_of, monkeypatch, others, pauses
):
    lab = lab_of(RFC, number=0)
    declared = lab.routers[NODE].hello()
    monkeypatch.setattr(lab.routers[NODE], "hello", lambda: (*declared, *others))
    slept = []
    monkeypatch.setattr(netconf_session, "time", SimpleNamespace(sleep=slept.append))
    open_driver(lab.device(NODE), lab.limits).close()
    assert len(slept) == pauses


ALL = ("refuse", "denied", "both", "warn", "lie", "hang", "hang-after", "drop", "drop-after", "die", "expire")
FAULTS = {
    "lock": ((1,), ("hang", "drop-after")),
    "get-config": ((5,), ("refuse", "hang", "drop")),
    "edit-config": ((1, 3), ("denied", "warn", "lie")),
    "validate": ((2,), ("denied", "hang-after")),
    "commit": ((1,), ALL),
    "extend": ((3,), ALL),
    "confirm": ((1,), ALL),
    "discard-changes": ((3,), ("refuse", "die")),
    "unlock": ((1,), ("hang", "drop-after")),
}
CASES = [(verb, on, kind) for verb, (numbers, kinds) in FAULTS.items() for on in numbers for kind in kinds]


@pytest.mark.parametrize(("operation", "on", "kind"), CASES, ids=["-".join(map(str, case)) for case in CASES])
def test_whatever_goes_wrong_on_one_device(lab_of, operation, on, kind):
    lab = lab_of(RFC)
    lab.routers[NODE].faults.append(Fault(operation, kind, on))
    report = lab.apply(lab.plan(2))
    holds(lab, report)
    if kind == "denied" and operation in {"edit-config", "commit", "validate"}:
        assert report.outcome is Outcome.BACK
        assert "access-denied" in report.findings[0].message


BY_MANNERS = [
    (name, operation, kind)
    for name in MANNERS
    for operation, kind in (
        ("commit", "lie"),
        ("commit", "drop-after"),
        ("confirm", "hang-after"),
        ("get-config", "expire"),
    )
    if operation == "get-config" or MANNERS[name].confirmed
]


@pytest.mark.parametrize(("name", "operation", "kind"), BY_MANNERS, ids=["-".join(case) for case in BY_MANNERS])
def test_whatever_goes_wrong_on_servers_of_other_manners(lab_of, name, operation, kind):
    lab = lab_of(MANNERS[name])
    lab.routers[NODE].faults.append(Fault(operation, kind, 5 if operation == "get-config" else 1))
    holds(lab, lab.apply(lab.plan(2)))


@pytest.mark.parametrize("name", MANNERS)
def test_another_device_fails_late_and_all_go_back(lab_of, name):
    """A server without a timer, or whose timer leads back one stage only, is taken back by the inverse of what is ours."""
    lab = lab_of(MANNERS[name])
    lab.routers["par-pe1"].faults.append(Fault("validate", "refuse", 3))
    report = lab.apply(lab.plan(2))
    assert (report.outcome, lab.standing) == (Outcome.BACK, 1)
    holds(lab, report)


def test_somebody_else_has_locked_a_device(lab_of):
    lab = lab_of(RFC)
    plan = lab.plan(2)
    lab.routers[NODE].locks["running"] = 99
    report = lab.apply(plan)
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.REFUSED, ["E0808"])
    assert "session 99" in report.findings[0].message
    lab.routers[NODE].locks.clear()
    holds(lab, report)


def test_the_lease_outlives_the_session_and_names_its_holder(lab_of):
    """A lock of NETCONF ends with the session; who died holding the lease still has it, until `recover`."""
    lab = lab_of(RFC)
    plan = lab.plan(2)
    session = lab.opener(lab.device(NODE), lab.limits)
    session.lock("a ticket of ann's", "ann on noc2", "apply 7")
    session.close()
    report = lab.apply(plan)
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.REFUSED, ["E0808"])
    assert "ann on noc2" in report.findings[0].message
    assert "apply 7" in report.findings[0].message
    assert lab.standing == 1
    assert lab.are_clean


def test_what_was_changed_since_the_plan_stops_it(lab_of):
    lab = lab_of(RFC)
    plan = lab.plan(2)
    gone = '<net xmlns="urn:example:lab-net"><entry nc:operation="remove"><name>ITC-fences-0</name></entry></net>'
    lab.routers[NODE].edit_by_hand(gone)
    report = lab.apply(plan)
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.REFUSED, ["E0809"])
    assert lab.drift().status == 1
    assert lab.apply(lab.plan(2)).outcome is Outcome.APPLIED
    assert lab.standing == 2


def test_other_peoples_changes_stop_nothing_and_stay(lab_of):
    lab = lab_of(RFC)
    plan = lab.plan(2)
    lab.routers[NODE].edit_by_hand(
        '<net xmlns="urn:example:lab-net"><entry><name>MORE</name><value>2</value></entry></net>'
    )
    report = lab.apply(plan)
    assert report.outcome is Outcome.APPLIED
    assert "<ns0:name>MORE</ns0:name><ns0:value>2</ns0:value>" in lab.routers[NODE].text


def test_a_place_that_somebody_else_holds_is_named_and_left_alone(lab_of):
    lab = lab_of(RFC)
    lab.routers[NODE].edit_by_hand(
        '<net xmlns="urn:example:lab-net"><entry><name>SLOT</name><value>2</value></entry></net>'
    )
    report = lab.apply(lab.plan(2))
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.REFUSED, ["E0827"])
    assert "the slot is held by `SLOT`" in report.findings[0].message
    holds(lab, report)


def test_a_place_that_somebody_takes_while_we_are_at_work_takes_all_back(lab_of, monkeypatch):
    lab = lab_of(RFC)
    check = Look.check_free

    def taken(self, wanted, given):
        lab.routers[NODE].edit_by_hand(
            '<net xmlns="urn:example:lab-net"><entry><name>SLOT</name><value>2</value></entry></net>'
        )
        check(Look(self._owned, self._node, lab.routers[self._node].text), wanted, given)

    monkeypatch.setattr(Look, "check_free", taken)
    report = lab.apply(lab.plan(2))
    assert (report.outcome, [finding.code for finding in report.findings]) == (Outcome.BACK, ["E0827"])
    holds(lab, report)


class Killed(BaseException):
    """Our own process ends here."""


POINTS = [
    (verb, at, is_after)
    for verb in ("stage", "commit", "confirm", "unlock")
    for at in (1, 4)
    for is_after in (False, True)
]


def dying(lab, verb, at, *, is_after):
    """Return an opener whose drivers end our process at the `at`th call of `verb`, before or after it was sent."""
    count = []

    def opener(device, limits):
        session = lab.opener(device, limits)
        real = getattr(session._driver, verb)

        def deed(*given, **named):
            if is_after:
                real(*given, **named)
            count.append(device.node)
            if len(count) == at:
                raise Killed
            if not is_after:
                real(*given, **named)

        setattr(session._driver, verb, deed)
        return session

    return opener


@pytest.mark.parametrize("has_waited", [False, True], ids=["at once", "when the timers have passed"])
@pytest.mark.parametrize(("verb", "at", "is_after"), POINTS, ids=["-".join(map(str, point)) for point in POINTS])
def test_we_are_killed_and_recover_on_another_machine(lab_of, monkeypatch, verb, at, is_after, has_waited):
    lab = lab_of(RFC, confirm_s=60)
    plan = lab.plan(2)
    with contextlib.suppress(Killed):
        apply(plan, lab.devices, lab.options, opener=dying(lab, verb, at, is_after=is_after))
    for server in lab.servers.values():
        server.hang_up()
    if has_waited:  # a minute passes: on the servers, and by the clock of who recovers
        for one in lab.routers.values():
            if one.pending:
                one.pending.ends -= 60
        monkeypatch.setattr(remembered, "time", SimpleNamespace(time=lambda: time.time() + 61))
    lab.recover()
    assert lab.standing in {1, 2}
    assert lab.are_clean
    assert lab.is_forgotten
    assert lab.drift().status == 0


def test_what_is_remembered_is_for_its_owner_only_and_holds_no_secret(lab_of):
    lab = lab_of(RFC)
    folder = lab.options.state / "devices"
    assert {oct(path.stat().st_mode & 0o777) for path in folder.iterdir()} == {"0o600"}
    assert oct(folder.stat().st_mode & 0o777) == "0o700"
    assert "THEIRS" not in "".join(path.read_text() for path in folder.glob("*.json"))


def test_a_token_is_in_no_message(lab_of):
    """A server that repeats the token in its refusal gives it to nobody."""
    lab = lab_of(RFC)
    seen = []
    real = lab.routers[NODE].do_commit

    def refuse(session, operation):
        if name_of(operation) == "extend":
            token = operation.findtext(f"{{{NC}}}persist-id")
            seen.append(token)
            raise RefusalError("invalid-value", f"what is {token}?")
        return real(session, operation)

    lab.routers[NODE].do_commit = refuse
    driver = open_driver(lab.device(NODE), lab.limits)
    driver.lock("token", "ann")
    driver.stage("0123456789abcdef", [])
    driver.commit("0123456789abcdef", 5)
    driver.stage("0123456789abcdef", [])
    driver.commit("0123456789abcdef", 5, is_further=True)  # refused as a further one: confirmed, then committed anew
    assert seen
    with pytest.raises(SessionError) as raised:
        driver._commit("0123456789abcdef", "<confirmed/><persist-id>0123456789abcdef</persist-id>")
    assert "0123456789abcdef" not in raised.value.text
    driver.close()
