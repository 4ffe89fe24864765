"""Findings made better: what cannot hold together at its places, and repairs that were compiled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic, Edit, Label, Repair
from intentc.place.wording import names_text
from intentc.values import field, frozen, mutable, replace
from intentc.whynot.ahead import Ahead, Begin, Holds
from intentc.whynot.model import MOST_DEMANDS, MOST_SHOWN, MOST_TRIALS, Candidate, Case, Element

Refutes = Callable[[Diagnostic], bool]
Attempt = Callable[[tuple[Edit, ...], Refutes], bool]
Effort = Callable[[tuple[Edit, ...]], int]
Key = tuple[str, str | None, str | None]  # code, intent and node of a finding
_Place = tuple[str, str, str | None]  # intent, code and state of a finding
_TOGETHER = {"delay": "the latency of", "capacity": "the capacity of", "unknown": "the unknown latency of"}


def explain(
    findings: Sequence[Diagnostic],
    cases: Iterable[Case],
    attempt: Attempt,
    effort: Effort,
    passed_over: Collection[tuple[str, str]] = (),
    *,
    is_asked: bool = False,
    begun: Begun | None = None,
) -> list[Diagnostic]:
    """Return the findings, those with a case with what cannot hold together and with repairs that hold.

    `attempt` compiles the program with some edits, up to the first finding that refutes them, and returns whether none does;
    `effort`: how many demands that is. A repair holds when its finding is gone and there is no error that was not there before. What
    was not tried is not shown, nor what was tried and does not hold. Where repairs were left untried, or not even looked for
    (`passed_over`: intents and codes), the finding says so. `is_asked`: somebody waits for these cases, whatever they take.
    `begun`: trials that copies of this process make meanwhile, with the same outcome.
    """
    pending, before = _pending(findings, cases), errors_of(findings)
    holds = _attempting(attempt, before)
    if begun is not None and begun.is_about(pending, before):
        holds = begun.ahead.holds
    works = _settled(holds, pending, effort, is_asked=is_asked)
    return [_explained(item, works.get(_place_of(item)), passed_over) for item in findings]


@frozen
class Begun:
    """Trials that copies of this process have begun: of these cases, of a run with these errors."""

    ahead: Ahead
    cases: Sequence[Case]
    before: frozenset[Key]

    def is_about(self, pending: Mapping[_Place, Case], before: frozenset[Key]) -> bool:
        """Return whether the same is asked by now."""
        return self.before == before and list(map(id, self.cases)) == list(map(id, pending.values()))


def begin_trials(
    findings: Sequence[Diagnostic],
    cases: Iterable[Case],
    attempt: Attempt,
    effort: Effort,
    *,
    is_asked: bool,
    begin: Begin,
    copies: int,
) -> Begun | None:
    """Have up to so many copies of this process (`begin`: `executor.beside`) try some of what `explain` will ask for.

    None where there are no copies, or the program is too large for trials of all.
    """
    if not copies or effort(()) > MOST_DEMANDS:
        return None
    pending, before = _pending(findings, cases), errors_of(findings)

    def foreseen(*, is_held: bool) -> dict[int, tuple[Case, Candidate]]:
        """Return the trials, by their repair's identity, that are asked for if all hold, or none."""
        found: dict[int, tuple[Case, Candidate]] = {}

        def foresee(case: Case, candidate: Candidate) -> bool:
            found[id(candidate)] = case, candidate
            return is_held

        _settled(foresee, pending, effort, is_asked=is_asked)
        return found

    likely, others = foreseen(is_held=True), foreseen(is_held=False)
    doubtful = [trial for key, trial in others.items() if key not in likely]
    ahead = Ahead(_attempting(attempt, before), list(likely.values()), doubtful, begin, copies)
    return Begun(ahead, list(pending.values()), before)


def _attempting(attempt: Attempt, before: Collection[Key]) -> Holds:
    return lambda case, candidate: attempt(candidate.edits, refuting(case, before))


def _settled(holds: Holds, pending: Mapping[_Place, Case], effort: Effort, *, is_asked: bool) -> dict[_Place, _Work]:
    """Return what becomes of the repairs of cases where some hold."""
    works = {place: _Work(case, iter(case.candidates)) for place, case in pending.items()}
    _Desk(holds, effort, is_asked=is_asked).settle(works.values())
    return works


def lone_trial(findings: Sequence[Diagnostic], cases: Iterable[Case], effort: Effort) -> tuple[Case, Candidate] | None:
    """Return the trial that `explain` will ask for, if with these findings there is one and no other; None: none, or several."""
    asked: list[tuple[Case, Candidate]] = []

    def foresee(case: Case, candidate: Candidate) -> bool:
        asked.append((case, candidate))
        return False

    _settled(foresee, _pending(findings, cases), effort, is_asked=False)
    return asked[0] if len(asked) == 1 else None


def refuting(case: Case, before: Collection[Key]) -> Refutes:
    """Return what tells the findings that refute a repair of a case: its own, and errors that were not there `before`."""

    def refutes(item: Diagnostic) -> bool:
        return is_own(case, item) or key_of(item) not in before

    return refutes


def is_own(case: Case, item: Diagnostic) -> bool:
    """Return whether a finding is the one that repairs of a case are for."""
    return (item.code, item.intent) == (case.code, case.intent)


def _pending(findings: Sequence[Diagnostic], cases: Iterable[Case]) -> dict[_Place, Case]:
    """Return the cases of findings that no waiver accepts, in the order of these."""
    known = {(case.intent, case.code, case.state): case for case in cases}
    found: dict[_Place, Case] = {}
    for item in findings:
        if not item.waived and _place_of(item) in known:
            found.setdefault(_place_of(item), known[_place_of(item)])
    return found


def _explained(item: Diagnostic, work: _Work | None, passed_over: Collection[tuple[str, str]]) -> Diagnostic:
    if item.waived:
        return item
    if work is None:
        is_left_out = item.is_error and (item.intent or "", item.code) in passed_over
        words = (f"repairs were not looked for: `intentc explain {item.intent}` does",) if is_left_out else ()
        return replace(item, help=(*item.help, *words)) if words else item
    return replace(
        item,
        related=tuple(_related(item, work.case)),
        help=(*core_text(work.case.core), *item.help, *_untried(work)),
        repairs=tuple(work.found),
    )


def _untried(work: _Work) -> Iterator[str]:
    """Yield the line that says that there may be repairs, where none is shown and not all were tried for want of effort."""
    if work.is_cut_off and not work.found:
        which = "not every repair was" if work.tried else "no repair was"
        yield f"{which} tried, as each takes a compilation of the whole: `intentc explain {work.case.intent}` tries more"


def _related(item: Diagnostic, case: Case) -> Iterator[Label]:
    """Yield the labels that are there, then those of the core at other places."""
    seen = {label.span for label in item.related} | {item.span}
    yield from item.related
    for label in case.labels():
        if label.span not in seen:
            seen.add(label.span)
            yield label


def core_text(core: Sequence[Element]) -> Iterator[str]:
    """Yield one line that says what cannot hold together, if that is known."""
    words = list(_words(core))
    if len(words) == 1:
        yield f"cannot hold in this network, whatever else is left out: {words[0]}"
    elif words:
        yield f"cannot hold together, though without any one they can: {', '.join(words[:-1])} and {words[-1]}"


def _words(core: Sequence[Element]) -> Iterator[str]:
    """Yield the elements by their names, many of one kind at once."""
    told = set[str]()
    for item in core:
        if item.kind not in _TOGETHER:
            yield item.text
        elif item.kind not in told:
            told.add(item.kind)
            names = [other.text.split("`")[1] for other in core if other.kind == item.kind]
            yield f"{_TOGETHER[item.kind]} {names_text(names)}"


@mutable
class _Work:
    """What has become of the repairs of one case; `is_cut_off`: some were not tried for want of effort."""

    case: Case
    rest: Iterator[Candidate]
    tried: int = 0
    is_cut_off: bool = False
    shown: set[str] = field(default_factory=set)
    found: list[Repair] = field(default_factory=list)

    def next(self) -> Candidate | None:
        """Return the next repair to try, of a family of which none is shown; None: that is enough of this case."""
        if len(self.shown) == MOST_SHOWN or self.tried == MOST_TRIALS:
            return None
        return next((item for item in self.rest if item.family not in self.shown), None)


class _Desk:
    """Tries repairs within the effort of a run, one of each case in turn: where that does not last each has had the likeliest."""

    def __init__(self, holds: Holds, effort: Effort, *, is_asked: bool) -> None:
        self._holds = holds
        self._effort = effort
        self._left = MOST_DEMANDS
        self._is_asked = is_asked

    def settle(self, works: Iterable[_Work]) -> None:
        """Try the first few repairs of each case, until three of different families hold."""
        pending = deque(works)
        while pending:
            work = pending.popleft()
            candidate = work.next()
            if candidate is None:
                continue
            effort = max(self._effort(candidate.edits), 1)
            if self._left < effort and not self._is_asked:
                work.is_cut_off = True
                continue
            self._left -= effort
            work.tried += 1
            if self._holds(work.case, candidate):
                work.shown.add(candidate.family)
                work.found.append(Repair(candidate.text, candidate.edits, is_proven=True))
            pending.append(work)


def _place_of(item: Diagnostic) -> _Place:
    return item.intent or "", item.code, item.state


def errors_of(findings: Iterable[Diagnostic]) -> frozenset[Key]:
    """Return what tells the errors among findings from others."""
    return frozenset(key_of(item) for item in findings if item.is_error)


def key_of(item: Diagnostic) -> Key:
    """Return what tells an error from others: its code, intent and node."""
    return item.code, item.intent, item.node
