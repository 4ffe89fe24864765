"""Lines of a source that are cut out when they are asked for, and clauses found by where they stand."""

from time import process_time

import pytest
from support_model import network, wire

from intentc.diagnostics import Findings, Source, Span
from intentc.diagnostics.model import LINE_BREAK
from intentc.language import ast
from intentc.language.parser import parse
from intentc.whynot.texts import Lines, Texts


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


PROGRAM = """
profile quick {
  latency <= 9ms
}
intent one {
  from node a
  to node b
  avoid node c, node d
}
intent two extends quick { from node a  to node b  via node e }
"""


def texts_of(*sources):
    findings = Findings()
    files = [parse(source, findings) for source in sources]
    assert not findings.items
    return files, Texts(files, network([wire("a-b")]), sources)


def test_each_clause_is_found_by_where_it_stands_and_by_its_elements():
    sources = [Source(path, PROGRAM) for path in ("first.intent", "second.intent")]
    files, texts = texts_of(*sources)
    own = [clause for file in files for item in file.declarations for clause in item.clauses]
    assert len(own) == 2 * 7
    assert all(texts.clause(clause.span) is clause for clause in own)
    listing = [clause for clause in own if isinstance(clause, ast.Avoid | ast.Via)]
    elements = [(clause, element) for clause in listing for element in clause.elements]
    assert len(elements) == 2 * 3
    assert all(texts.avoided(element.span) is clause for clause, element in elements)


def test_where_no_clause_stands_none_is_found():
    files, texts = texts_of(Source("first.intent", PROGRAM))
    spans = [Span("first.intent", 1, 1, 1, 2), Span("first.intent", 99, 1, 99, 2), Span("other.intent", 3, 3, 3, 17)]
    spans += [item.span for item in files[0].declarations]
    assert not any(texts.clause(span) or texts.avoided(span) for span in spans)
