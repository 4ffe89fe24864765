"""Trials that copies of the process make ahead: the same findings, whoever tries, and nothing tried twice."""

import itertools

import pytest
from unit.test_whynot_repairs import TEXT, many, run

from intentc.diagnostics import Diagnostic, Span
from intentc.executor import beside
from intentc.whynot.ahead import Ahead
from intentc.whynot.explain import begin_trials, explain
from intentc.whynot.model import Candidate, Case


class Bench:
    """Three findings with repairs by name, of which `good` hold; notes who tried what: 0 this process, and each copy."""

    def __init__(self, good, repairs):
        self.good, self.repairs, self.tried, self.who = good, repairs, [], 0
        self.copies = itertools.count(1)

    def cases(self):
        return [
            Case(
                intent,
                "E0502",
                None,
                (),
                tuple(Candidate((0, rank), text[0], text, ()) for rank, text in enumerate(texts)),
            )
            for intent, texts in self.repairs.items()
        ]

    def holds(self, _case, candidate):
        self.tried.append((self.who, candidate.text))
        return candidate.text in self.good

    def begin(self, make):
        """Have a copy make all at once, before anybody else comes to it."""
        self.who = next(self.copies)
        values = make()
        self.who = 0
        return lambda: values

    def begin_late(self, make):
        """Have a copy make what is left when somebody asks for it."""

        def ask():
            self.who = next(self.copies)
            return make()

        return ask


@pytest.mark.parametrize(
    ("begin", "tried"),
    [
        (Bench.begin, [(1, "b1"), (1, "c1"), (1, "a1")]),
        (Bench.begin_late, [(0, "a1"), (0, "b1"), (0, "c1")]),
    ],
)
def test_each_trial_is_made_once_by_who_comes_to_it_first(begin, tried):
    bench = Bench({"a1", "c1"}, {"x": ["a1"], "y": ["b1"], "z": ["c1"]})
    likely = [(case, case.candidates[0]) for case in bench.cases()]
    ahead = Ahead(bench.holds, likely, [], lambda make: begin(bench, make), 1)
    assert [ahead.holds(*trial) for trial in likely] == [True, False, True]
    assert bench.tried == tried


def test_what_a_copy_takes_while_this_process_tries_another_is_left_to_it():
    bench = Bench({"a1", "b1"}, {"x": ["a1"], "y": ["b1"], "z": ["c1"]})
    likely, begun = [(case, case.candidates[0]) for case in bench.cases()], []

    def holds(case, candidate):
        if candidate.text == "a1" and begun:
            said.update(begun.pop()())  # the copy does the rest meanwhile
        return bench.holds(case, candidate)

    said = {}
    ahead = Ahead(holds, likely, [], lambda make: begun.append(make) or (lambda: said), 1)
    assert [ahead.holds(*trial) for trial in likely] == [True, True, False]
    assert [text for _, text in bench.tried] == ["b1", "c1", "a1"]


def test_what_a_copy_took_and_never_told_is_tried_when_it_is_asked_for():
    bench = Bench({"b1"}, {"x": ["a1"], "y": ["b1"]})
    likely = [(case, case.candidates[0]) for case in bench.cases()]
    ahead = Ahead(bench.holds, likely, [], lambda make: (make(), dict)[1], 1)
    bench.tried.clear()
    assert [ahead.holds(*trial) for trial in likely] == [False, True]
    assert bench.tried == [(0, "a1"), (0, "b1")]


def test_what_nobody_foresaw_is_tried_when_it_is_asked_for():
    bench = Bench({"a2"}, {"x": ["a1", "a2"], "y": ["b1"]})
    (one, other) = bench.cases()
    likely = [(one, one.candidates[0]), (other, other.candidates[0])]
    ahead = Ahead(bench.holds, likely, [], bench.begin, 3)
    assert [ahead.holds(one, candidate) for candidate in one.candidates] == [False, True]
    assert bench.tried == [(1, "b1"), (1, "a1"), (0, "a2")]


def test_who_would_have_less_to_do_tries_what_may_be_asked_for():
    bench = Bench({"a2", "b1", "c1"}, {"x": ["a1", "a2", "a3"], "y": ["b1"], "z": ["c1"]})
    cases = bench.cases()
    doubtful = [(cases[0], candidate) for candidate in cases[0].candidates[1:]]
    ahead = Ahead(bench.holds, [(case, case.candidates[0]) for case in cases], doubtful, bench.begin, 1)
    assert [ahead.holds(cases[0], candidate) for candidate in cases[0].candidates[:2]] == [False, True]
    assert sorted(text for _, text in bench.tried) == ["a1", "a2", "b1", "c1"]


def test_a_lone_trial_needs_no_copy():
    bench = Bench({"a1"}, {"x": ["a1"]})
    (case,) = bench.cases()
    assert Ahead(bench.holds, [(case, case.candidates[0])], [], bench.begin, 3).holds(case, case.candidates[0])
    assert bench.tried == [(0, "a1")]


@pytest.mark.parametrize("copies", [1, 2, 3])
def test_findings_are_the_same_whoever_tries(monkeypatch, copies):
    monkeypatch.setattr(beside, "spare_cpus", lambda: 0)
    alone = run(*many(5)).findings.items
    monkeypatch.setattr(beside, "_is_possible", lambda: True)
    monkeypatch.setattr(beside, "spare_cpus", lambda: copies)
    begun = []
    begin = beside.Beside.begin
    monkeypatch.setattr(beside.Beside, "begin", lambda self, make: begun.append(make) or begin(self, make))
    assert run(*many(5)).findings.items == alone
    assert len(begun) == copies
    assert sum(len(item.repairs) for item in alone) == 5


def test_for_a_program_too_large_for_trials_of_all_there_is_no_copy(monkeypatch):
    """Somebody asks for one of its intents; a copy would take all its memory again."""
    monkeypatch.setattr("intentc.whynot.explain.MOST_DEMANDS", 0)
    cases = Bench((), {"x": ["a1"], "y": ["b1"]}).cases()
    found = [Diagnostic("E0502", "too slow", Span(TEXT, 1, 1, 1, 2), intent=case.intent) for case in cases]
    asked = {"is_asked": True}
    assert begin_trials(found, cases, pytest.fail, lambda _: 1, **asked, begin=pytest.fail, copies=3) is None
    explained = explain(found, cases, lambda *_: True, lambda _: 1, **asked)
    assert [repair.text for item in explained for repair in item.repairs] == ["a1", "b1"]


def test_trials_begun_of_other_findings_than_there_are_in_the_end_do_not_count():
    bench = Bench({"a1", "b1"}, {"x": ["a1"], "y": ["b1"]})
    cases = bench.cases()
    found = [Diagnostic("E0502", "too slow", Span(TEXT, 1, 1, 1, 2), intent=case.intent) for case in cases]

    def attempt(edits, refutes):
        bench.tried.append((bench.who, ""))
        return not refutes(Diagnostic("E0599", "", intent="z"))

    begun = begin_trials(found, cases, attempt, lambda _: 1, is_asked=True, begin=bench.begin, copies=1)
    more = [*found, Diagnostic("E0599", "another", Span(TEXT, 1, 1, 1, 2), intent="z")]
    for findings, repairs in ((found, []), (more, ["a1", "b1"])):
        explained = explain(findings, cases, attempt, lambda _: 1, is_asked=True, begun=begun)
        assert [repair.text for item in explained for repair in item.repairs] == repairs
    assert [who for who, _ in bench.tried] == [1, 1, 0, 0]
