"""Lines of a source that are cut out when they are asked for."""

from time import process_time

import pytest

from intentc.diagnostics.model import LINE_BREAK
from intentc.whynot.texts import Lines


@pytest.mark.parametrize("count", [0, 1, 63, 64, 65, 127, 128, 200])
@pytest.mark.parametrize("ends", [("\n",), ("\r\n",), ("\r",), ("\n", "\r\n", "\r", "\r", "\n")])
def test_the_lines_of_a_text_are_those_between_its_line_breaks(count, ends):
    for last in ("", "x"):
        text = "".join(f"{'x' * (at % 3)}{ends[at % len(ends)]}" for at in range(count)) + last
        lines = Lines(text)
        assert list(lines) == LINE_BREAK.split(text)
        assert len(lines) == len(LINE_BREAK.split(text))
        assert lines[:3] == LINE_BREAK.split(text)[:3]


def test_lines_that_fill_no_block_are_gone_through_once():
    """Sought for at each character, such an end of a text of this size would take seconds."""
    text = "\n".join(["x" * 2_000] * 60)
    before = process_time()
    assert len(Lines(text)) == 60
    assert process_time() - before < 0.5
