"""Cutting a file into declarations: the landmarks are found as the plain pattern, which looks behind first, finds them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intentc.language.split import _LANDMARK, KEYWORDS, Piece, split

PLAIN = re.compile(
    r'"(?:[^"\\\r\n]|\\[^\r\n])*"?|(?<![^ \t\r\n{};\ufeff])#[^\r\n]*|\{[^{}"#\r\n]*\}|[{}]'
    rf"|(?<![A-Za-z0-9_.*?#-])(?:{'|'.join(KEYWORDS)})(?![A-Za-z0-9_.*?#/-])"
)
WORDS = [*KEYWORDS, *'#"\\{}-/.=;?* \t\r\n\ufeff', "x#2", "a", "é"]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), st.integers(0, 3))
def test_landmarks_are_those_of_the_plain_pattern(text, start):
    assert [found.span(1) for found in _LANDMARK.finditer(text, start) if found[1]] == [
        found.span() for found in PLAIN.finditer(text, start)
    ]


@pytest.mark.parametrize("rest", ['"b")  # a comment {', "bextends)", 'b & group "c" & group "d")  # {'])
def test_what_follows_a_name_in_a_set_is_no_header_of_a_declaration(rest):
    """A header is sought behind whole names: not behind a part of one, nor in a text that begins at the end of another."""
    text = f'group "a" = (c except group {rest}\n'
    assert list(split(text)) == [Piece(0, len(text), "group")]
