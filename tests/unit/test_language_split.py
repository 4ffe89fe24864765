"""Cutting a file into declarations: the landmarks are found as the plain pattern, which looks behind first, finds them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from intentc.language.split import _LANDMARK, KEYWORDS

PLAIN = re.compile(
    r'"(?:[^"\\\r\n]|\\[^\r\n])*"?|(?<![^ \t\r\n{};\ufeff])#[^\r\n]*|[{}]'
    rf"|(?<![A-Za-z0-9_.*?#-])(?:{'|'.join(KEYWORDS)})(?![A-Za-z0-9_.*?#/-])"
)
WORDS = [*KEYWORDS, *'#"\\{}-/.=;?* \t\r\n\ufeff', "x#2", "a", "é"]


@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join), st.integers(0, 3))
def test_landmarks_are_those_of_the_plain_pattern(text, start):
    assert [found.span() for found in _LANDMARK.finditer(text, start)] == [
        found.span() for found in PLAIN.finditer(text, start)
    ]
