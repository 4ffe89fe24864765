"""Lines of a source that are cut out when they are asked for."""

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
