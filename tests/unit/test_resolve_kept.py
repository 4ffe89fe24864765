"""What is kept from one resolution to the next changes nothing of what comes out."""

from pathlib import Path

import pytest
from support_resolve import PRELUDE, TODAY, ranked, wan

from intentc.diagnostics import Findings, Source
from intentc.language.parser import Memo, _FileParser, parse
from intentc.resolve import resolve as stage
from intentc.resolve.kept import Kept

ROOT = Path(__file__).parents[2]
PROGRAM = (
    PRELUDE
    + """const fast = 15ms
profile base { priority high }
intent wide { from ber to any of api  bandwidth 5Mbps }
intent narrow extends base { from ber to fra  match tcp/8443  latency <= fast  bandwidth 2Mbps }
intent tight { from muc to any of api  pin region eu  latency <= 30ms }
intent over { from ber to fra  match tcp/8443, tcp/8444  overrides narrow  bandwidth 1Mbps }
"""
)
NETWORK = wan()
EDITS = {
    "a bound": ("<= 30ms", "<= 31ms"),
    "a const": ("15ms", "25ms"),
    "a const of another type": ("15ms", "25Mbps"),
    "a group": ('role == "branch"', 'role == "dc"'),
    "a profile": ("priority high", "priority critical"),
    "the name of an intent that another overrides": ("intent narrow", "intent thin"),
    "an intent that is broken": ("intent narrow extends base {", "intent narrow extends base { zzz"),
    "a name that nobody knows": ("pin region eu", "pin region moon"),
    "a line above": ("const fast", "\nconst fast"),
    "an intent less": ("intent tight { from muc to any of api  pin region eu  latency <= 30ms }\n", ""),
    "one more": ("intent wide", "intent more { from ham to db  latency <= 9ms }\nintent wide"),
    "a service": ("port tcp/5432", "port tcp/5433"),
    "a class": ("const fast", "class own { dscp 20 }\nconst fast"),
}


def resolved(text, memo, kept):
    findings = Findings()
    file = parse(Source("a.intent", text), findings, memo)
    model = stage.resolve([file], NETWORK, TODAY, findings, kept)
    return ranked(model), findings.sorted()


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("other", EDITS)
def test_after_edits_everything_is_as_if_nothing_were_known(edit, other):
    kept, memo = Kept(), Memo()
    once = PROGRAM.replace(*EDITS[edit])
    twice = once.replace(*EDITS[other])
    assert once != PROGRAM
    for text in (PROGRAM, once, twice, PROGRAM, twice, once):
        assert resolved(text, memo, kept) == resolved(text, Memo(), None)


def test_only_what_has_changed_is_read_again(monkeypatch):
    made, plain = [], stage.draft_intent

    def counting(intent, *rest):
        made.append(intent.name.text)
        return plain(intent, *rest)

    monkeypatch.setattr(stage, "draft_intent", counting)
    kept, memo = Kept(), Memo()
    for _ in range(3):
        resolved(PROGRAM, memo, kept)
    assert made == ["narrow", "over", "tight", "wide"]
    resolved(PROGRAM.replace("<= 30ms", "<= 31ms"), memo, kept)
    assert made[4:] == ["tight"]
    resolved(PROGRAM.replace("<= 30ms", "<= 3"), memo, kept)  # `tight` is broken: what overrides may have meant it
    assert made[5:] == ["over"]
    resolved(PROGRAM.replace("15ms", "16ms"), memo, kept)
    assert made[6:] == ["narrow", "over", "tight", "wide"]


PATHS = sorted(ROOT.glob("intents/*/**/*.intent"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_what_stands_some_lines_further_down_is_as_if_parsed_there(path, monkeypatch):
    memo, parsed, plain = Memo(), [], _FileParser._parse_piece

    def counting(parser, piece, **rest):
        parsed.append(piece)
        return plain(parser, piece, **rest)

    monkeypatch.setattr(_FileParser, "_parse_piece", counting)
    parse(Source("a.intent", path.read_text()), Findings(), memo)
    lower, every = Source("a.intent", "\n\n\n" + path.read_text()), len(parsed)
    assert parse(lower, Findings(), memo) == parse(lower, Findings())
    assert len(parsed) == 2 * every  # with the memo none


@pytest.mark.parametrize("path", PATHS, ids=lambda path: f"{path.parts[-3]}-{path.stem}")
def test_of_a_parsed_file_the_same_is_known_as_if_it_had_been_parsed_to_be_kept(path):
    memo, source = Memo(), Source("a.intent", path.read_text())
    file = parse(source, Findings(), memo)
    assert Memo.of(file).kept == memo.kept


@pytest.mark.parametrize("edit", EDITS)
def test_what_a_fork_comes_to_know_is_none_of_the_others_business(edit):
    kept, memo = Kept(), Memo()
    resolved(PROGRAM, memo, kept)
    once = PROGRAM.replace(*EDITS[edit])
    for _ in range(2):
        assert resolved(once, memo.copy(), kept.fork()) == resolved(once, Memo(), None)
    assert resolved(PROGRAM, memo.copy(), kept) == resolved(PROGRAM, Memo(), None)
