"""parse(print(tree)) = tree, over programs that are made up."""

from hypothesis import given, settings
from hypothesis import strategies as st
from support_language import NOWHERE, bare, parsed_together, read
from support_programs import clauses, files, tuples

from intentc.diagnostics import Source
from intentc.language import ast
from intentc.language.printer import print_file

relaxed = settings(max_examples=40)
brief = settings(max_examples=15)


@relaxed
@given(files)
def test_parsing_what_was_printed_gives_the_same_tree(file):
    text = print_file(file)
    again, findings = read(text)
    assert findings == ()
    assert bare(again.declarations) == file.declarations
    assert print_file(again) == text
    assert parsed_together(again.source) == (again, [])


@brief
@given(tuples(clauses, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_clauses_changes_nothing_but_their_order(items, chance):
    shuffled = list(items)
    chance.shuffle(shuffled)
    intent = ast.Intent(ast.Name("i", NOWHERE), None, (), tuple(shuffled), NOWHERE)
    again, findings = read(print_file(ast.File(Source("a.intent", ""), (intent,))))
    assert findings == ()
    assert bare(again.declarations[0]).clauses == tuple(shuffled)


@brief
@given(files, st.sampled_from(["\r\n", "\r", "\n\n\t", "\n# a comment\n"]))
def test_line_ends_and_comments_change_nothing(file, line_end):
    again, findings = read(print_file(file).replace("\n", line_end))
    assert findings == ()
    assert bare(again.declarations) == file.declarations
