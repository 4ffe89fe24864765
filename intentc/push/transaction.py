"""One network-wide transaction: prepare, stages with barriers, probe, decide, then forward or back.

INVARIANT: the synced record `decided` is the commit point. Before it every device goes back, by us or by its own timer;
after it every device goes forward. Nothing between a journal record and the step it announces can fail to be seen by
`recover`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from intentc.diagnostics import Diagnostic
from intentc.plan.model import MAIN, Plan, Wave
from intentc.push import prepare, stages
from intentc.push.back import go_back
from intentc.push.findings import late_finding
from intentc.push.forward import go_forward
from intentc.push.journal import Event, Journal, JournalError
from intentc.push.probe import probe
from intentc.push.report import Outcome, PhaseTime, Report
from intentc.push.team import Team
from intentc.values import field, mutable

Found = tuple[Diagnostic, ...]


@mutable
class Transaction:
    """A transaction under way; `identifier` names it in the state store."""

    identifier: str
    plan: Plan
    team: Team
    journal: Journal
    phases: list[PhaseTime] = field(default_factory=list)
    first_change: float | None = None

    def carry_out(self) -> Report:
        """Return the report; whatever happens to a device is in it."""
        self.team.interrupt.limit(self.team.limits.whole_s)
        refused = self._prepare()
        if refused is not None:
            return refused
        reason = self._change()
        if reason is not None:
            return self._back(reason)
        return self._forward()

    def _prepare(self) -> Report | None:
        for name, step in (
            ("connect", lambda: prepare.connect(self.team)),
            ("lock", lambda: prepare.lock(self.team)),
            ("read", lambda: prepare.read(self.team)),
        ):
            found = self._run(name, step)
            if found is not None:
                return self._refused(found)
        return None

    def _change(self) -> Found | None:
        """Carry out all stages and the probe; return the findings of the first phase that failed (none: interrupted)."""
        phase = next((wave.phase for wave in self.plan.waves), MAIN)
        for wave in self.plan.waves:
            if wave.phase != phase:
                phase = wave.phase
                found = self._run("canary: probe", lambda: probe(self.team))
                if found is not None:
                    return found
            for name, step in self._steps(wave):
                found = self._run(f"{wave.words}: {name}", step)
                if found is not None:
                    return found
        found = self._run("probe", lambda: self._in_time() or probe(self.team) or self._in_time())
        # Interrupts are not looked at any more once the record is written: from then on there is only forward.
        return found if found is not None else self._note(Event.DECIDED) or None

    def _steps(self, wave: Wave) -> Iterator[tuple[str, Callable[[], Found]]]:
        yield "validate", lambda: stages.validate(self.team, wave)
        yield "commit", lambda: self._commit(wave)
        yield "read back", lambda: stages.read_back(self.team, wave)

    def _commit(self, wave: Wave) -> Found:
        changing = stages.changing(self.team, wave)
        unwritten = self._note(Event.COMMIT, [member.node for member in changing], stage=wave.stage.value)
        if unwritten:
            return unwritten
        for member in changing:
            member.is_touched = True
        if self.first_change is None:
            self.first_change = time.monotonic()
        return stages.commit(self.team, wave, self.plan.confirm_s)

    def _in_time(self) -> Found:
        """Make sure that no timer ends before everything can be confirmed."""
        soon = time.monotonic() + self.plan.confirm_s / 2
        return stages.extend(
            self.team, self.plan.confirm_s, [item for item in self.team.members if item.timer_ends < soon]
        )

    def _forward(self) -> Report:
        with self._phase("confirm"):
            devices, findings = go_forward(self.team, self.journal, self.plan.confirm_s)
        outcome = Outcome.UNCERTAIN if findings else Outcome.APPLIED
        return self._ended(Report(outcome, self.identifier, findings, devices))

    def _back(self, reason: Found) -> Report:
        note = reason[0].message if reason else "interrupted"
        unwritten = self._note(Event.BACK, note=note)  # going back is right with or without a journal
        with self._phase("back"):
            devices, findings = go_back(self.team)
        outcome = Outcome.UNCERTAIN if findings else Outcome.BACK if reason else Outcome.INTERRUPTED
        return self._ended(Report(outcome, self.identifier, (*reason, *unwritten, *findings), devices))

    def _refused(self, reason: Found) -> Report:
        with self._phase("unlock"):
            left = prepare.release(self.team)
        outcome = Outcome.REFUSED if reason else Outcome.INTERRUPTED
        unwritten = () if left else self._note(Event.ENDED, note=outcome.value)
        return Report(outcome, self.identifier, (*reason, *left, *unwritten), (), tuple(self.phases))

    def _ended(self, report: Report) -> Report:
        is_pending = report.outcome is Outcome.UNCERTAIN
        unwritten = () if is_pending else self._note(Event.ENDED, note=report.outcome.value)
        findings = (*report.findings, *unwritten)
        return Report(report.outcome, report.id, findings, report.devices, tuple(self.phases), *self._mixed_ms())

    def _mixed_ms(self) -> tuple[int, int]:
        """Return how long devices may have differed, and how long they could have if nobody had come back to them."""
        if self.first_change is None:
            return 0, 0
        touched = [member for member in self.team.members if member.is_touched]
        measured = max(member.changed_at for member in touched) - self.first_change
        bound = max(member.timer_ends for member in touched) - self.first_change
        return max(0, round(measured * 1000)), max(0, round(bound * 1000))

    def _note(self, event: Event, nodes: Iterable[str] = (), *, stage: str = "", note: str = "") -> Found:
        """Write a record; return the finding that it could not be written."""
        try:
            self.journal.write(event, nodes, stage=stage, note=note)
        except JournalError as error:
            help_: tuple[str, ...] = ("free space on, or restore, the state directory; then run `intentc recover`",)
            if event is Event.DECIDED:
                help_ = (
                    *help_,
                    "if the decision has reached the disk all the same, it carries the change out after all",
                )
            return (Diagnostic("E0822", f"the journal cannot be written: {error}", help=help_),)
        return ()

    def _run(self, name: str, step: Callable[[], Found]) -> Found | None:
        """Return None when the phase went well and nobody interrupted, else why not (nothing: interrupted)."""
        with self._phase(name):
            found = step()
        if not found and self.team.interrupt.is_late:
            found = (late_finding(name, self.team.limits.whole_s),)
        return found if found or self.team.interrupt.is_asked else None

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        start = time.monotonic()
        try:
            yield
        finally:
            self.phases.append(PhaseTime(name, round((time.monotonic() - start) * 1000)))
