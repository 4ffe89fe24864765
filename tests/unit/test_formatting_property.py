"""Formatting made-up programs, written as badly as can be: the meaning and every comment stay, and once is enough."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from support_language import bare, read
from support_programs import files

from intentc.diagnostics import Findings, Source
from intentc.formatting.format import format_source
from intentc.language.lexer import line_starts
from intentc.language.parser import load_engine
from intentc.language.printer import print_file

COMMENT = re.compile(r"(?<![^ \t\r\n{};\ufeff])#~[^\r\n]*")
LINE_END = re.compile(r"\r\n|\r|\n")
GAPS = st.sampled_from([" ", " ", " ", "\n", "\t", "\r\n", "\n\n\n", "COMMENT", "LINE", "BOTH"])


def formatted(text):
    findings = Findings()
    result = format_source(Source("a.intent", text), findings)
    assert findings.items == []
    return result


@st.composite
def badly_written(draw):
    """Return the text of a program with line breaks and numbered comments between its words, wherever chance puts them."""
    text = print_file(draw(files))
    starts = line_starts(text)
    tokens = load_engine().table.lexicon.tokens(text, starts, 0, len(text))[:-1]
    gaps = draw(st.lists(GAPS, min_size=len(tokens), max_size=len(tokens)))
    parts = []
    for number, (token, gap) in enumerate(zip(tokens, gaps, strict=True)):
        comment = f"#~{number} {{ intent x"
        layouts = {"COMMENT": f" {comment}\n", "LINE": f"\n\n{comment}\n", "BOTH": f" {comment}\r\n #~{number}b\n"}
        parts += [token.text, layouts.get(gap, gap)]
    return "".join(parts)


relaxed = settings(max_examples=40)


@relaxed
@given(badly_written())
def test_the_meaning_and_all_comments_stay_without_blanks_at_ends_and_a_second_time_changes_nothing(text):
    before, findings = read(text)
    if findings:  # chance made something else of it
        return
    once = formatted(text)
    after, findings = read(once)
    assert findings == ()
    assert bare(after.declarations) == bare(before.declarations)
    assert sorted(found.rstrip() for found in COMMENT.findall(once)) == sorted(
        found.rstrip() for found in COMMENT.findall(text)
    )
    assert formatted(once) == once
    for line in once.split("\n"):
        assert line == line.rstrip(" \t")
        assert not line.startswith("\t")
