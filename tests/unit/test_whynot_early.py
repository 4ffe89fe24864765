"""The one trial that a run has the effort for, begun when all is placed: the same findings, and nothing tried twice."""

from types import SimpleNamespace

import pytest
from unit.test_whynot_repairs import NET, TEXT, TODAY, TOPOLOGY, many

from intentc import pipeline
from intentc.cli import main
from intentc.cli.foresight import foresee_repair
from intentc.diagnostics import Diagnostic, Findings, Source
from intentc.executor.beside import Beside
from intentc.executor.board import Board
from intentc.incremental.memory import Memory
from intentc.pipeline import compile_request
from intentc.place.certificates import findings
from intentc.project.model import Project
from intentc.run import Request
from intentc.trials import Early, Trials, _Refuting
from intentc.whynot.explain import errors_of
from intentc.whynot.model import Case

LATE = "intent x {\n  from site ber\n  to site fra\n  unidirectional\n  latency <= 2ms\n}\n"


class Bench:
    """Runs of a program with a trial begun, by nobody else than this process; notes who tried: a copy, or who waits."""

    def __init__(self, monkeypatch):
        self.tried, self.who = [], "run"
        holds = Trials.holds

        def noted(trials, edits, refutes, *news):
            self.tried.append((self.who, edits[0].text))
            return holds(trials, edits, refutes, *news)

        monkeypatch.setattr(Trials, "holds", noted)

    def begin(self, make):
        self.who = "copy"
        value = make()
        self.who = "run"
        return lambda: value

    def look(self, run):
        run.early = Early.begun(run, self.begin)

    def foresee(self, run):
        run.foresee = self.look_at_once

    def look_at_once(self, run):
        assert run.realised is None
        run.foresee, run.early = None, Early.begun(run, self.begin)

    def run(self, intents, topology, *, is_early=True, upto=None, is_foreseen=False):
        stages = [*([self.foresee] if is_foreseen else ()), *pipeline.STAGES]
        at = stages.index(pipeline.place) + 1
        stages[at:at] = [self.look] if is_early else []
        request = Request(Project("test", None, (NET,), (TEXT,)), intents, topology, TODAY, lambda _: None)
        return compile_request(request, Findings(), stages=tuple(stages if upto is None else stages[:at]))


@pytest.fixture
def bench(monkeypatch):
    return Bench(monkeypatch)


def late(more=""):
    return (Source(TEXT, LATE + more),), (Source(NET, TOPOLOGY),)


def allow(monkeypatch, demands):
    for module in ("trials", "whynot.explain"):
        monkeypatch.setattr(f"intentc.{module}.MOST_DEMANDS", demands)


def test_a_lone_trial_is_made_by_who_begins_it_and_by_nobody_else(bench, monkeypatch):
    allow(monkeypatch, 1)
    alone = bench.run(*late(), is_early=False).findings.items
    assert [repair.is_proven for item in alone for repair in item.repairs] == [True]
    bench.tried.clear()
    done = bench.run(*late())
    assert done.findings.items == alone
    assert done.early is None
    assert [who for who, _ in bench.tried] == ["copy"]


OTHER = LATE.replace("intent x", "intent y").replace("  latency", "  match tcp/443\n  latency")


@pytest.mark.parametrize("more", ["", OTHER])
def test_it_is_begun_while_others_are_placed_whatever_becomes_of_these(more, bench, monkeypatch):
    """What is refused later on refutes nothing, though it is met by the trial before the run itself comes to it."""
    allow(monkeypatch, 1 + bool(more))
    alone = bench.run(*late(more), is_early=False).findings.items
    assert [item.intent for item in alone if item.is_error] == ["x", "y"][: 1 + bool(more)]
    assert sum(repair.is_proven for item in alone for repair in item.repairs) == 1
    bench.tried.clear()
    done = bench.run(*late(more), is_early=False, is_foreseen=True)
    assert done.findings.items == alone
    assert [who for who, _ in bench.tried] == ["copy"]


def test_while_others_are_placed_none_is_begun_if_there_may_be_several(bench, monkeypatch):
    allow(monkeypatch, 2)
    assert bench.run(*late(), is_early=False, is_foreseen=True).findings.has_errors
    assert "copy" not in [who for who, _ in bench.tried]


@pytest.mark.parametrize("is_lasting", [False, True])
def test_sessions_begin_none_while_others_are_placed(is_lasting):
    """What they know of the last placement is about another program, or another network, until that is done."""
    run = SimpleNamespace(memory=Memory(is_lasting=is_lasting), foresee=None)
    foresee_repair(None, run)
    assert (run.foresee is None) == is_lasting


def test_where_several_are_going_to_be_tried_none_is_begun(bench):
    bench.run(*many(5))
    assert {who for who, _ in bench.tried} == {"run"}


def test_what_a_waiver_accepts_is_not_tried(bench, monkeypatch):
    allow(monkeypatch, 1)
    intents, topology = late()
    text = intents[0].text.replace("}", '  waive E0502 until 2027-01-01 because "known"\n}')
    found = bench.run((Source(TEXT, text),), topology)
    assert [item.waived for item in found.findings.items if item.code == "E0502"] == [True]
    assert not bench.tried


def write(directory, intents, topology):
    for source in (*intents, *topology):
        (directory / source.path).parent.mkdir()
        (directory / source.path).write_text(source.text)
    (directory / "intentc.toml").write_text(f'[project]\nname = "t"\ntopology = ["{NET}"]\nintents = ["{TEXT}"]\n')


@pytest.mark.parametrize("command", ["check", "compile"])
def test_commands_have_several_begun_before_certificates_are_sought(command, monkeypatch, tmp_path, capsys):
    write(tmp_path, *many(3))
    done, said = [], []

    def noted(where, name, kind):
        found = getattr(where, name)
        monkeypatch.setattr(where, name, lambda *given: done.append(kind) or found(*given))

    noted(findings, "proved", "certificates")
    noted(Beside, "begin", "copy")
    for is_possible in (False, True):
        monkeypatch.setattr("intentc.executor.beside._is_possible", lambda is_possible=is_possible: is_possible)
        monkeypatch.setattr("intentc.executor.beside.spare_cpus", lambda is_possible=is_possible: int(is_possible))
        done.clear()
        assert main(["-C", str(tmp_path), command]) == 1
        said.append(capsys.readouterr().out)
    assert done[-2:] == ["copy", "certificates"]
    assert said[0].count("= repair (proven)") == 3
    assert said[0] == said[1]


@pytest.mark.parametrize("command", ["check", "compile"])
def test_commands_have_it_tried_by_a_copy(command, bench, monkeypatch, tmp_path, capsys):
    write(tmp_path, *late())
    allow(monkeypatch, 1)
    said, tried, is_placing = [], [], []
    begun = Early.begun.__func__

    def noted(cls, run, begin):
        is_placing.append(run.realised is None)
        return begun(cls, run, begin)

    monkeypatch.setattr(Early, "begun", classmethod(noted))
    tell, told = Early.tell, []
    monkeypatch.setattr(Early, "tell", lambda early, run: told.append(run.realised is not None) or tell(early, run))
    for is_possible in (False, True):
        monkeypatch.setattr("intentc.executor.beside._is_possible", lambda is_possible=is_possible: is_possible)
        bench.tried.clear()
        assert main(["-C", str(tmp_path), command]) == 1
        tried.append(len(bench.tried))  # of this process
        said.append(capsys.readouterr().out)
    assert tried == [1, 0]
    assert is_placing == [True]
    assert told == [False, True]  # when it begins, and when all is placed
    assert "= repair (proven)" in said[0]
    assert said[0] == said[1]


MET = Diagnostic("E0502", "", intent="y")


@pytest.mark.parametrize(
    ("errors", "is_whole", "refuted", "holds", "is_tried"),
    [
        ([], True, (), True, False),
        ([MET], False, ("y",), False, False),
        ([MET], True, (), True, False),  # as the run itself has come to it since
        ([MET], True, ("y",), False, False),
        ([MET], False, (), "tried", True),  # what refuted it is no news any more: what follows is not known
    ],
)
def test_what_a_trial_met_counts_by_what_the_run_knows_in_the_end(
    bench, monkeypatch, errors, is_whole, refuted, holds, is_tried
):
    allow(monkeypatch, 1)
    run = bench.run(*late(), is_early=False, upto=pipeline.place)
    early = Early.begun(run, lambda _: lambda: (errors, is_whole))
    candidate = run.inquest.cases[0].candidates[0]
    monkeypatch.setattr(Trials, "holds", lambda *asked: bench.tried.append(asked) or "tried")
    assert early.holds(Trials(run), candidate.edits, lambda item: item.intent in refuted) == holds
    assert bool(bench.tried) == is_tried


def test_another_repair_than_was_foreseen_is_tried(bench, monkeypatch):
    allow(monkeypatch, 1)
    run = bench.run(*late(), is_early=False, upto=pipeline.place)
    early = Early.begun(run, lambda _: lambda: ([], True))
    monkeypatch.setattr(Trials, "holds", lambda *asked: bench.tried.append(asked) or "tried")
    other = run.inquest.cases[0].candidates[1]
    assert early.holds(Trials(run), other.edits, lambda _: False) == "tried"


def test_what_the_run_has_met_refutes_nothing_from_when_it_is_told():
    board = Board()
    refuting = _Refuting(Case("x", "E0502", None, (), ()), board)
    own, met, new = (Diagnostic("E0502", "", intent=name) for name in "xyz")
    assert [refuting(item) for item in (own, met, new)] == [True, False, False]
    assert not refuting.is_news()
    board.write(errors_of([own, met]))
    assert [refuting.is_news(), refuting.is_news()] == [True, False]
    assert [refuting(item) for item in (own, met, new)] == [True, False, True]


def test_a_trial_ends_behind_the_stage_in_which_there_is_news_that_refutes_it(bench, monkeypatch):
    """Of all that it has found by then: without the news it goes on to the end."""
    allow(monkeypatch, 2)
    run = bench.run(*late(OTHER), is_early=False, upto=pipeline.place)
    trials, edits = Trials(run), run.inquest.cases[0].candidates[0].edits
    told = []
    assert trials.holds(edits, lambda _: bool(told), lambda: False)
    monkeypatch.setattr("intentc.delay.settle.settle_queueing", pytest.fail)
    stages = iter(["resolve", "place"])
    is_news = lambda: next(stages) == "place" and not told.append("place")  # noqa: E731
    assert not trials.holds(edits, lambda _: bool(told), is_news)
