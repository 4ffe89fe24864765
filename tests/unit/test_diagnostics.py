import json
from bisect import bisect_right

import pytest

from intentc.diagnostics import Diagnostic, Edit, Findings, Label, Repair, Span
from intentc.diagnostics.jsonform import findings_document, findings_rows
from intentc.diagnostics.text import LIMIT, WIDEST, TextStyle, render_text
from intentc.language.lexer import line_starts

PLAIN = TextStyle()


def at(line: int, column: int, end: int, file: str = "a.intent") -> Span:
    return Span(file, line, column, line, end)


@pytest.mark.parametrize(
    ("text", "column", "end", "pad", "carets"),
    [("from berlin", 6, 12, 5, 6), ("\tfrom berlin", 7, 13, 9, 6), ("from 東京", 6, 8, 5, 4)],
    ids=["plain", "tab", "wide"],
)
def test_the_caret_stands_under_the_characters(text, column, end, pad, carets):
    shown = render_text([Diagnostic("E0201", "unknown", at(1, column, end))], {"a.intent": text}, PLAIN)
    source, marks = shown.splitlines()[3:5]
    assert "\t" not in source
    assert marks == "  | " + " " * pad + "^" * carets


@pytest.mark.parametrize("before", [0, 5, 1000, 100_000], ids=str)
@pytest.mark.parametrize("after", [0, 5, 1000, 100_000], ids=str)
def test_of_a_long_line_the_surroundings_are_shown(before, after):
    text = "y" * before + "berlin" + "x" * after
    shown = render_text([Diagnostic("E0201", "unknown", at(1, before + 1, before + 7))], {"a.intent": text}, PLAIN)
    place, _, source, marks = shown.splitlines()[1:5]
    assert place.endswith(f":1:{before + 1}")
    assert len(source) <= len("1 | ") + WIDEST + 2
    assert source[marks.index("^") : marks.rindex("^") + 1] == "berlin"
    assert source.startswith("1 | …") == (before >= 1000)
    assert source.endswith("…") == (after >= 1000)


def test_a_span_over_all_of_a_long_line_is_cut_with_it():
    shown = render_text([Diagnostic("E0201", "long", at(1, 1, 5001))], {"a.intent": "y" * 5000}, PLAIN)
    assert shown.splitlines()[3:5] == ["1 | " + "y" * WIDEST + "…", "  | " + "^" * WIDEST]


@pytest.mark.parametrize("before", ["# one\f\n", "# one\u2028\n", "# one\x85\x1c\n", "# one\r\n", "# one\r"], ids=ascii)
def test_lines_are_counted_as_the_lexer_counts_them(before):
    text = before + "from berlin\n"
    assert bisect_right(line_starts(text), text.index("from")) == 2
    shown = render_text([Diagnostic("E0201", "unknown", at(2, 6, 12))], {"a.intent": text}, PLAIN)
    assert "\n2 | from berlin\n" in shown


def test_a_place_behind_the_last_line_is_named_without_one():
    shown = render_text([Diagnostic("E0101", "unexpected end", at(2, 1, 1))], {"a.intent": "intent a {\n"}, PLAIN)
    assert "  --> a.intent:2:1\n" in shown
    assert "|" not in shown


def test_control_characters_of_a_message_do_not_reach_the_terminal():
    shown = render_text([Diagnostic("E0201", "unknown node `\x1b[2J`", None, help=("try \x07",))], {}, PLAIN)
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_text_is_capped_and_says_so():
    items = [Diagnostic("E0201", f"unknown `{n}`", at(n + 1, 1, 2)) for n in range(LIMIT + 7)]
    shown = render_text(items, {}, PLAIN)
    assert shown.count("error[E0201]") == LIMIT
    assert "and 7 more findings" in shown
    assert f"{LIMIT + 7} errors" in shown


class CountedLooks(dict):
    """Sources that count how often one is looked into."""

    looks = 0

    def get(self, *path):
        self.looks += 1
        return super().get(*path)


def test_a_file_that_many_findings_stand_in_is_looked_into_once():
    sources = CountedLooks({"a.intent": "from a\nfrom b\nfrom c\n"})
    items = [Diagnostic("E0201", f"unknown {n}", at(n, 6, 7), (Label(at(1, 1, 5), "here"),)) for n in (1, 2, 3)]
    assert "\n3 | from c\n" in render_text(items, sources, PLAIN)
    assert sources.looks == 1


def test_a_span_beyond_the_file_is_shown_without_source():
    shown = render_text([Diagnostic("E0101", "unclosed block", at(9, 1, 2))], {"a.intent": "x"}, PLAIN)
    assert "a.intent:9:1" in shown


def test_related_places_are_shown_with_their_message():
    item = Diagnostic("E0401", "contradiction", at(1, 1, 2), related=(Label(at(1, 1, 3, "b.intent"), "the other one"),))
    shown = render_text([item], {"a.intent": "xx", "b.intent": "yy"}, PLAIN)
    assert "b.intent:1:1" in shown
    assert "the other one" in shown


def test_json_has_the_promised_keys_in_order():
    item = Diagnostic(
        "W0501", "close", at(2, 3, 5), intent="i", repairs=(Repair("raise it", (Edit(at(2, 3, 5), "9ms"),)),)
    )
    (row,) = findings_rows([item])
    assert list(row) == [
        "id", "code", "severity", "message", "file", "line", "column", "end_line", "end_column",
        "intent", "node", "state", "waived", "related", "help", "repairs", "fix",
    ]  # fmt: skip
    assert (row["severity"], row["line"], row["column"], row["end_column"]) == ("warning", 2, 3, 5)
    assert json.loads(json.dumps(findings_document([item])))["summary"] == {
        "errors": 0, "warnings": 1, "notes": 0, "waived": 0,
    }  # fmt: skip


def test_ids_are_stable_when_lines_move_and_unique_in_a_run():
    first = findings_rows(
        [Diagnostic("E0201", "unknown `x`", at(1, 1, 2)), Diagnostic("E0201", "unknown `x`", at(5, 1, 2))]
    )
    moved = findings_rows([Diagnostic("E0201", "unknown `x`", at(7, 1, 2))])
    assert first[0]["id"] == moved[0]["id"]
    assert first[0]["id"] != first[1]["id"]


def test_waived_errors_do_not_count_as_errors():
    findings = Findings([Diagnostic("E0501", "too slow", waived=True)])
    assert not findings.has_errors
    findings.error("E0501", "too slow", intent="other")
    assert findings.has_errors


def test_findings_are_sorted_by_place_and_unique():
    findings = Findings([Diagnostic("E0202", "b", at(2, 1, 2)), Diagnostic("E0201", "a", at(1, 1, 2))])
    findings.add(Diagnostic("E0201", "a", at(1, 1, 2)))
    assert [item.message for item in findings.sorted()] == ["a", "b"]
