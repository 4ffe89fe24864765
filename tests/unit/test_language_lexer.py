"""Names, comments, strings, quantities, addresses, dates, ports; and where all of them stand."""

import datetime as dt
from bisect import bisect_right
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support_language import clauses, found, name, only, read, sound

from intentc.diagnostics import Findings, Span
from intentc.language import ast
from intentc.language.lexer import Token, line_starts
from intentc.language.parser import load_engine
from intentc.language.source import decode
from intentc.language.units import UNITS, unit_span


def terms(text):
    return [term.name.text for term in only(f"group g = {text}").set.terms]


@pytest.mark.parametrize(
    "text",
    [
        "a",
        "_",
        "_a",
        "A1",
        "a.b",
        "a-b",
        "a--b",
        "a---b.c_d-1",
        "fra-dc1",
        "a--b#2",
        "a#17",
        "latency-a",
        "from.x",
        "a1.2",
        "x-2",
    ],
)
def test_names(text):
    assert terms(text) == [text]


@pytest.mark.parametrize("text", ["*", "?", "fra-*", "*-pe?", "a*b", "?a.*", "*--*#2", "a**", "fra-?-*"])
def test_patterns(text):
    (term,) = only(f"group g = {text}").set.terms
    assert term.name.is_glob
    assert term.name.text == text


@pytest.mark.parametrize("text", ["1a", "a..b", "a-", "a.", "-a", ".a", "a#b", "a.-b", "a-.b", "é"])
def test_what_is_no_name(text):
    assert found(f"group g = {text}")[0].startswith("E01")


def test_a_quoted_name_is_literal():
    (term,) = only('group g = "fra-* latency {#"').set.terms
    assert term.name == name("fra-* latency {#", quoted=True)
    assert not term.name.is_glob


@pytest.mark.parametrize(
    ("text", "meant"), [(r'"\""', '"'), (r'"\\"', "\\"), (r'"\\\""', '\\"'), ('"ü→😀"', "ü→😀"), ('"\\\\n"', "\\n")]
)
def test_strings(text, meant):
    assert only(f"import {text}").path.text == meant


@pytest.mark.parametrize(
    "text",
    [
        "#c\ngroup g = a",
        "group g = a #c",
        "group g = a\t#c",
        "group g =#c\na".replace("=#", "= #"),
        "intent g {#c\n}",
        "intent g { from a }#c",
        "intent g { from a;#c\n}",
        "group #c {\n g #c }\n = #\n a",
        "intent g { from a # } \n }",
        'intent g "no # comment" { from a }',
    ],
)
def test_comments(text):
    assert len(sound(text)) == 1


@pytest.mark.parametrize("text", ["group g = a,#c\n", "group g = (a)#c", 'import "x"#c', "const c = 5%#c"])
def test_a_comment_needs_something_before_it_that_ends_a_word(text):
    assert [code.split()[0] for code in found(text)] == ["E0110"]


QUANTITIES = [
    *((f"7{unit}", kind, 7 * factor) for unit, (kind, factor) in UNITS.items()),
    *((f"7 {unit}", kind, 7 * factor) for unit, (kind, factor) in UNITS.items()),
    ("1.5ms", ast.Unit.TIME, 1_500_000),
    ("0.000001ms", ast.Unit.TIME, 1),
    ("1.50000000000000000000ms", ast.Unit.TIME, 1_500_000),
    ("0.0000001%", ast.Unit.RATIO, 1),
    ("99.99%", ast.Unit.RATIO, 999_900_000),
    ("2.5 \t Gbps", ast.Unit.RATE, 2_500_000_000),
    ("50mbps", ast.Unit.RATE, 50_000_000),
    ("50KBPS".replace("BPS", "bps"), ast.Unit.RATE, 50_000),
    ("1tbps", ast.Unit.RATE, 10**12),
    ("0.5KiB", ast.Unit.SIZE, 512),
    ("0001ms", ast.Unit.TIME, 1_000_000),
]


@pytest.mark.parametrize(("text", "unit", "value"), QUANTITIES)
def test_quantities_are_exact(text, unit, value):
    quantity = only(f"const c = {text}").value
    assert (quantity.unit, quantity.value, quantity.text) == (unit, value, text)


@pytest.mark.parametrize(("text", "column"), [("15ms", 13), ("0.5 \t Mbps", 17), ("5%", 12)])
def test_the_place_of_a_unit(text, column):
    file, _ = read(f"const c = {text}")
    assert unit_span(file.declarations[0].value).column == column


def test_numbers_without_a_unit_count_in_billionths():
    (clause,) = clauses("label x = 2.5")
    assert (clause.value.value, clause.value.unit) == (2_500_000_000, ast.Unit.NUMBER)


def test_a_number_before_a_keyword_is_no_quantity():
    (clause,) = clauses("failover within 1s { survive any 1 site }")
    assert clause.survive[0].failures[0].kind == "site"


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("10.20.0.0/24", "10.20.0.0/24"),
        ("10.20.0.7/24", "10.20.0.7/24"),
        ("10.0.0.1", "10.0.0.1"),
        ("0.0.0.0/0", "0.0.0.0/0"),
        ("2001:DB8:0:0::/64", "2001:db8::/64"),
        ("::/0", "::/0"),
        ("::1", "::1"),
        ("fe80::1/10", "fe80::1/10"),
        ("abcd:ef01:2345:6789:abcd:ef01:2345:6789", "abcd:ef01:2345:6789:abcd:ef01:2345:6789"),
        ("::ffff:10.0.0.1/96", "::ffff:a00:1/96"),
    ],
)
def test_addresses(text, canonical):
    assert only(f"service s {{ prefix {text} }}").prefixes[0].text == canonical


@pytest.mark.parametrize("text", ["2027-01-31", "2028-02-29", "0001-01-01", "9999-12-31"])
def test_dates(text):
    assert clauses(f"label d = {text}")[0].value.value == dt.date.fromisoformat(text)


# -- places -------------------------------------------------------------------------------------------------------------


def place_of(text, wanted):
    """Return the place of the name `wanted` in the set of the last declaration."""
    file, findings = read(text)
    assert findings == ()
    (term,) = [term for term in file.declarations[-1].set.terms if term.name.text == wanted]
    return (term.span.line, term.span.column, term.span.end_line, term.span.end_column)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("group g = x", (1, 11, 1, 12)),
        ("group g =\tx", (1, 11, 1, 12)),
        ("\t\tgroup g = x", (1, 13, 1, 14)),
        ('group g = "日本語", x', (1, 18, 1, 19)),
        ('group g = "😀", x', (1, 16, 1, 17)),
        ("# 日本語\n# 😀\ngroup g = x", (3, 11, 3, 12)),
        ("group g =\n  x", (2, 3, 2, 4)),
        ("group g =\r\n  x", (2, 3, 2, 4)),
        ("group g =\r  x", (2, 3, 2, 4)),
        ("# a\r\n\r\n# b\rgroup g =\n\r\nx", (6, 1, 6, 2)),
        ("\ufeffgroup g = x", (1, 11, 1, 12)),
        ("\ufeff# a\ngroup g = x", (2, 11, 2, 12)),
        ("const a = 1ms\nintent i {\n}\n\ngroup g = y, x", (5, 14, 5, 15)),
    ],
)
def test_places_count_characters(text, place):
    assert place_of(text, "x") == place


def spans(node, text):
    """Return what a node's span covers."""
    lines = text.split("\n")
    span = node.span
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    middle = lines[span.line : span.end_line - 1]
    return "\n".join(
        [lines[span.line - 1][span.column - 1 :], *middle, lines[span.end_line - 1][: span.end_column - 1]]
    )


WHOLE = """\
intent i "t" extends p, {
  from a, site b,
  to any of (c, d except e)
  match tcp/1 dscp 5, any except icmp,
  bandwidth 5 Mbps per source burst 1KB
  failover within 1s {
    survive any 1 link and any 2 node except access
    revert never
  }
  avoid node x, label k = v,
  isolate to z
  telemetry every 10s to y
}"""


def test_a_node_spans_its_text_and_nothing_else():
    file, findings = read(WHOLE)
    (intent,) = file.declarations
    assert findings == ()
    assert spans(intent, WHOLE) == WHOLE
    assert [spans(clause, WHOLE) for clause in intent.clauses] == [
        "from a, site b",
        "to any of (c, d except e)",
        "match tcp/1 dscp 5, any except icmp",
        "bandwidth 5 Mbps per source burst 1KB",
        "\n".join(WHOLE.split("\n")[5:9]).strip(),
        "avoid node x, label k = v",
        "isolate",
        "to z",
        "telemetry every 10s to y",
    ]
    ends, goal, match, bandwidth, failover, avoid = intent.clauses[:6]
    assert [spans(term, WHOLE) for term in ends.set.terms] == ["a", "site b"]
    assert spans(goal.set.terms[0], WHOLE) == "(c, d except e)"
    assert [spans(flow, WHOLE) for flow in (*match.flows, *match.excepted)] == ["tcp/1 dscp 5", "any", "icmp"]
    assert spans(bandwidth.rate, WHOLE) == "5 Mbps"
    assert spans(failover.survive[0], WHOLE) == "survive any 1 link and any 2 node except access"
    assert spans(failover.survive[0].failures[1], WHOLE) == "any 2 node"
    assert [spans(element, WHOLE) for element in avoid.elements] == ["node x", "label k = v"]
    assert spans(intent.title, WHOLE) == '"t"'


# -- bytes --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_bytes_are_utf8_with_or_without_a_mark(mark):
    findings = Findings()
    source = decode("a.intent", mark + 'group g = "ü"\r\n'.encode(), findings)
    assert source is not None
    assert source.text == 'group g = "ü"\r\n'
    assert findings.items == []


@pytest.mark.parametrize(
    ("data", "place", "help_text"),
    [
        (b"group g = \xfc", (1, 11), "save the file as UTF-8"),
        (b"\xef\xbb\xbf\xff", (1, 1), "save the file as UTF-8"),
        ("# ü\r\n# \u65e5".encode() + b"\xe6\x97", (2, 4), "save the file as UTF-8"),
        ("\ufeffgroup".encode("utf-16-le"), (1, 1), "the file looks like UTF-16: save it as UTF-8"),
        ("\ufeffgroup".encode("utf-16-be"), (1, 1), "the file looks like UTF-16: save it as UTF-8"),
        (b"a\xed\xa0\x80", (1, 2), "save the file as UTF-8"),
    ],
)
def test_other_bytes_are_a_finding_at_the_first_of_them(data, place, help_text):
    findings = Findings()
    assert decode("a.intent", data, findings) is None
    (finding,) = findings.items
    assert finding.code == "E0114"
    assert finding.span == Span("a.intent", *place, place[0], place[1] + 1)
    assert finding.help == (help_text,)


@given(
    st.lists(
        st.sampled_from([*'#"/.:-=;, \t\r\n{}\ufeff', "x#2", "a", "tcp/443", "10 ms", "10.0.0.0/8", "2027-01-31"]),
        max_size=16,
    )
)
def test_what_was_read_before_changes_nothing(parts):
    """Whether `#` begins a comment, and where a name ends, depends on what stands around it, not on what was read once."""
    text = "".join(parts)
    used = load_engine().table.lexicon
    fresh = replace(used)
    for start in range(min(len(text), 4)):
        lines = line_starts(text)
        if start >= lines[0]:
            known, new = (which.tokens(text, lines, start, len(text)) for which in (used, fresh))
            assert list(map(repr, known)) == list(map(repr, new))
            assert list(map(repr, new)) == list(map(repr, plain(fresh, text, lines, start)))


def plain(lexicon, text, lines, start):
    """Yield the tokens one by one, each by the pattern alone."""
    _, pattern, by_text, kinds = lexicon._scan
    for match in pattern.finditer(text, start):
        index = match.lastindex
        offset = match.start(index)
        line = bisect_right(lines, offset)
        yield Token(by_text[index].get(match[index], kinds[index]), match[index], line, offset - lines[line - 1] + 1)
        if index == len(kinds) - 1:
            return
