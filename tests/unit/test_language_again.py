"""A file that is parsed again after a change is what it is when it is parsed as a whole, mistakes and places included."""

import random
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Findings, Source
from intentc.language import again
from intentc.language.again import parse_again, parsed
from intentc.language.parser import parse
from intentc.language.split import split

ROOT = Path(__file__).parents[2]
TEXTS = [path.read_text() for path in sorted(ROOT.glob("intents/*/**/*.intent"))]
MANY = "\n".join(
    f"# flow {number}\nintent f{number} {{\n  from n{number}; to n1 # there }}\n  bandwidth {number + 1}Mbps\n}}\n"
    for number in range(9)
)
MIXED = MANY + 'const c = 3ms\nintent last { from "a b" to c } ;\ngroup g = a, b\nintent end { from g to b }\n'
PARTS = [
    "}",
    "{",
    "\n",
    "#",
    '"',
    " ",
    ";",
    "intent x { from a to b }\n",
    "const d = 1s\n",
    "intent ",
    "  label a = 1\n",
    "\r",
    "é",
    "\u202e",
    "0",
    "import",
]


def whole(text):
    findings = Findings()
    return parse(Source("a.intent", text), findings), findings.items


def follow(text, *others):
    """Parse each text from what the one before has left; return how often that was enough."""
    file, items = whole(text)
    known = None if items else parsed(file)
    enough = 0
    for other in others:
        expected, told = whole(other)
        found = None if known is None else parse_again(known, Source("a.intent", other))
        if found is not None:
            enough += 1
            assert (found.file, []) == (expected, told)
            assert list(found.ends) == [piece.end for piece in split(other)]
        known = found or (None if told else parsed(expected))
    return enough


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([MANY, MIXED]),
    st.lists(
        st.tuples(st.integers(0, len(MIXED)), st.integers(0, 40), st.sampled_from(["", *PARTS])), min_size=1, max_size=4
    ),
)
@example(MIXED, [(0, 0, "\ufeff"), (1, 0, "x")])
@example(MANY, [(MANY.index("# flow 3"), len(MANY) // 9, "")])
def test_any_change_is_parsed_as_in_the_whole(text, changes):
    texts = [text]
    for place, lost, put in changes:
        texts.append(texts[-1][:place] + put + texts[-1][place + lost :])
    follow(*texts)


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_changes_of_real_programs(text):
    chance = random.Random(len(text))  # noqa: S311  (a test)
    texts = [text]
    for _ in range(4):
        at = chance.randrange(len(text))
        texts += [text[:at] + chance.choice(PARTS) + text[at + chance.randrange(3) :], text]
    follow(*texts)


def test_only_what_has_changed_is_parsed(monkeypatch):
    given_ = []

    def counting(source, findings, memo=None):
        given_.append(source.text)
        return parse(source, findings, memo)

    monkeypatch.setattr(again, "parse", counting)
    changed = MANY.replace("5Mbps", "50Mbps")
    assert follow(MANY, changed, "\n" + changed, changed.replace("# flow 2\n", ""), MANY + "# nothing\n") == 4
    assert [text.count("intent") for text in given_] == [1, 1, 3, 7]
    assert given_[0].strip().startswith("# flow 4")


def test_what_has_not_changed_stays_the_same_object():
    known = parsed(whole(MIXED)[0])
    found = parse_again(known, Source("a.intent", MIXED.replace("5Mbps", "6Mbps")))
    same = [one is other for one, other in zip(known.file.declarations, found.file.declarations, strict=True)]
    assert same.count(False) == 1
    found = parse_again(known, Source("a.intent", MIXED.replace("# flow 4", "# the fourth")))
    assert all(one is other for one, other in zip(known.file.declarations, found.file.declarations, strict=True))


@pytest.mark.parametrize("text", [MANY.replace("\n", "\r\n"), "", "# nothing\n", MANY + "zzz"])
def test_other_files_are_parsed_as_a_whole(text):
    file, items = whole(text)
    assert items or parsed(file) is None
