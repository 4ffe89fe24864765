"""Findings made better: what cannot hold together at its places, and repairs that were compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from intentc.diagnostics import Diagnostic, Edit, Label, Repair
from intentc.place.wording import names_text
from intentc.values import replace
from intentc.whynot.model import MOST_DEMANDS, MOST_SHOWN, MOST_TRIALS, MOST_WHOLE, Candidate, Case, Element

Refutes = Callable[[Diagnostic], bool]
Attempt = Callable[[tuple[Edit, ...], Refutes], bool]
_TOGETHER = {"delay": "the latency of", "capacity": "the capacity of", "unknown": "the unknown latency of"}


def explain(findings: Sequence[Diagnostic], cases: Iterable[Case], attempt: Attempt, demands: int) -> list[Diagnostic]:
    """Return the findings, those with a case with what cannot hold together and with repairs that hold.

    `attempt` compiles the program with some edits, up to the first finding that refutes them, and returns whether none does;
    `demands`: how much that is. A repair holds when its finding is gone and there is no error that was not there before. What
    was not tried is not shown, nor what was tried and does not hold.
    """
    desk = _Desk(findings, attempt, demands)
    known = {(case.intent, case.code, case.state): case for case in cases}
    return [_explained(item, known, desk) for item in findings]


def _explained(item: Diagnostic, known: Mapping[tuple[str, str, str | None], Case], desk: _Desk) -> Diagnostic:
    case = known.get((item.intent or "", item.code, item.state))
    if case is None or item.waived:
        return item
    return replace(
        item,
        related=tuple(_related(item, case)),
        help=(*core_text(case.core), *item.help),
        repairs=tuple(desk.repairs(case)),
    )


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


class _Desk:
    """Tries repairs within the effort of a run."""

    def __init__(self, findings: Sequence[Diagnostic], attempt: Attempt, demands: int) -> None:
        self._before = _errors(findings)
        self._attempt = attempt
        self._demands = max(demands, 1)
        self._left = max(MOST_DEMANDS, demands) if demands <= MOST_WHOLE else 0

    def repairs(self, case: Case) -> Iterator[Repair]:
        """Yield the first few of a case's repairs that hold, one of each family."""
        shown = set[str]()
        tried = 0
        for candidate in case.candidates:
            if len(shown) == MOST_SHOWN or tried == MOST_TRIALS or self._left < self._demands:
                return
            if candidate.family in shown:
                continue
            tried += 1
            if self._holds(case, candidate):
                shown.add(candidate.family)
                yield Repair(candidate.text, candidate.edits, is_proven=True)

    def _holds(self, case: Case, candidate: Candidate) -> bool:
        self._left -= self._demands

        def refutes(item: Diagnostic) -> bool:
            return (item.code, item.intent) == (case.code, case.intent) or _key(item) not in self._before

        return self._attempt(candidate.edits, refutes)


_Key = tuple[str, str | None, str | None]


def _errors(findings: Iterable[Diagnostic]) -> frozenset[_Key]:
    return frozenset(_key(item) for item in findings if item.is_error)


def _key(item: Diagnostic) -> _Key:
    return item.code, item.intent, item.node
