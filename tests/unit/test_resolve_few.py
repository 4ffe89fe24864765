"""A few changed intents are resolved alone where nothing else can come of it, and what comes out is what comes of the whole."""

import random
import re

import pytest
from support_resolve import PRELUDE, TODAY, ranked, wan

from intentc.diagnostics import Findings, Source
from intentc.language.parser import Memo, parse
from intentc.resolve import resolve as stage
from intentc.resolve.kept import Kept

NETWORK = wan()
FLOWS = "".join(
    f"intent f{number} {{ from {a} to {b}  match tcp/{9000 + number}  bandwidth {number + 1}Mbps }}\n"
    for number, (a, b) in enumerate([("ber", "fra"), ("muc", "fra"), ("ham", "fra"), ("ber", "muc"), ("ham", "muc")])
)
PROGRAM = PRELUDE + FLOWS + "intent wide { from ber to fra  bandwidth 9Mbps }\n"
CLAUSES = {
    "a rate": (r"(f2 .*bandwidth) \d+", r"\1 40"),
    "a class": (r"(f2 .*)bandwidth", r"\1 priority high  bandwidth"),
    "a bound": (r"(f2 .*)bandwidth", r"\1 latency <= 20ms  bandwidth"),
    "a label": (r"(f2 .*)bandwidth", r"\1 label own = 1  bandwidth"),
    "a failover": (r"(f2 .*)bandwidth", r"\1 failover within 1s { survive any 1 link except access }  bandwidth"),
    "two of them": (r"bandwidth [35]Mbps", "bandwidth 8Mbps"),
}
OTHERS = {
    "a port": (r"tcp/9002", "tcp/9003"),
    "an end": ("from ham to fra", "from ham to ber"),
    "one that shares packets": (r"(f0 .*)bandwidth", r"\1 priority high  bandwidth"),
    "the one that it shares them with": ("9Mbps", "8Mbps  latency <= 40ms"),
    "an override": (r"(f2 .*)bandwidth", r"\1 overrides f1  bandwidth"),
    "an isolation": (r"(f2 .*)bandwidth", r"\1 isolate to  bandwidth"),
    "a waiver": (r"(f2 .*)bandwidth", r'\1 waive E0520 until 2099-01-01 because "x"  bandwidth'),
    "a warning": (r"(f2 .*)bandwidth \S+", r"\1 latency <= 20ms"),
    "a name that nobody has": ("from ham to fra", "from ham to moon"),
    "a failure that cuts it off": (r"(f2 .*)bandwidth", r"\1 failover within 1s { survive any 2 link }  bandwidth"),
    "a mistake": (r"(f2 .*)bandwidth", r"\1 zzz  bandwidth"),
    "a line above": ("intent f2", "\nintent f2"),
    "another name": ("intent f2", "intent f9"),
    "one less": (r"intent f2 .*\n", ""),
    "one twice": (r"(intent f2 .*\n)", r"\1\1"),
    "a group": ('role == "branch"', 'role == "dc"'),
    "an assertion": (r"\Z", "assert short { hops <= 9 on f2 }\n"),
    "a file that says nothing": (r"\Z", "# nothing\n"),
}
EDITS = CLAUSES | OTHERS


def edited(text, name):
    return re.sub(*EDITS[name], text, count=0 if name == "two of them" else 1)


def resolved(text, memo, kept):
    findings = Findings()
    file = parse(Source("a.intent", text), findings, memo)
    return ranked(stage.resolve([file], NETWORK, TODAY, findings, kept)), findings.items


@pytest.fixture
def gathered(monkeypatch):
    """How often a program was resolved as a whole with what is kept."""
    found, plain = [], stage._drafts
    monkeypatch.setattr(stage, "_drafts", lambda *given: found.append(given[-1].last) or plain(*given))
    return found


@pytest.mark.parametrize("name", EDITS)
def test_it_is_as_if_nothing_were_known(name, gathered):
    memo, kept = Memo(), Kept()
    once = edited(PROGRAM, name)
    assert once != PROGRAM
    ways = []
    for text in (PROGRAM, once, PROGRAM, once, once):
        before = len(gathered)
        assert resolved(text, memo, kept)[0] == resolved(text, Memo(), None)[0]
        assert sorted(map(repr, resolved(text, memo, kept)[1])) == sorted(map(repr, resolved(text, Memo(), None)[1]))
        ways.append(len(gathered) - before - 2)  # those without anything kept
    if name in CLAUSES:
        assert ways == [1, 0, 0, 0, 0]


@pytest.mark.parametrize("seed", range(12))
def test_so_it_is_after_many_edits(seed):
    chance = random.Random(seed)  # noqa: S311  (a test)
    memo, kept, text = Memo(), Kept(), PROGRAM
    for _ in range(12):
        text = edited(
            text if chance.random() < 0.8 else PROGRAM,
            chance.choice(sorted(CLAUSES if chance.random() < 0.6 else OTHERS)),
        )
        model, items = resolved(text, memo, kept)
        expected, told = resolved(text, Memo(), None)
        assert model == expected
        assert sorted(map(repr, items)) == sorted(map(repr, told))
        assert list(model.demands) == list(expected.demands)


def test_a_fork_knows_nothing_of_it(gathered):
    memo, kept = Memo(), Kept()
    resolved(PROGRAM, memo, kept)
    once = edited(PROGRAM, "a rate")
    assert resolved(once, memo.copy(), kept.fork()) == resolved(once, Memo(), None)
    assert resolved(PROGRAM, memo.copy(), kept)[0] == resolved(PROGRAM, Memo(), None)[0]
    assert gathered
