"""Origins merged by their numbers: what comes out is what sorting all that they name gives."""

from hypothesis import given, settings
from hypothesis import strategies as st

from intentc.diagnostics import Span
from intentc.ir.ground import merged
from intentc.ir.model import Origin
from intentc.ir.origins import Roll


def span(line, column=1):
    return Span("a.intent", line, column, line, column + 5)


def origin(names, lines):
    return Origin(tuple(sorted(names)), tuple(span(line) for line in sorted(lines)))


ORIGINS = st.builds(
    origin, st.sets(st.sampled_from("abcdef"), min_size=1, max_size=2), st.sets(st.integers(1, 12), max_size=3)
)
ALONE = st.lists(st.sampled_from("fedcbagh"), unique=True).map(
    lambda names: [origin(name, {3 * at, 3 * at + 1}) for at, name in enumerate(names, 1)]
)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.lists(ORIGINS, max_size=6), ALONE), st.data())
def test_a_roll_merges_as_sorting_does(origins, data):
    roll = Roll(origins)
    picked = data.draw(st.lists(st.sampled_from(origins), max_size=8)) if origins else []
    assert roll.merged(picked) == merged(picked)
