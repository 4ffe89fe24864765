"""Declarations that are built together, by lanes, are what each of them is when it is built alone."""

import random

import pytest
from support_language import parsed_alone, parsed_together
from support_mutations import KINDS, PROGRAM, vocabulary

from intentc.diagnostics import Source
from intentc.language import bulk
from intentc.language.builder import Builder
from intentc.language.bulk_clauses import BulkClauses
from intentc.language.lexer import Token, line_starts
from intentc.language.parser import load_engine

COMMON = """\
intent i{n} "Number {n}" extends base, more {{
  from a{n}, node b  to api
  match tcp/{n}-60000 dscp AF41, udp/{n}, icmp except any
  priority high
  bandwidth {n}Mbps reverse {n}kbps per source ceiling 9Gbps burst 90KB
  latency <= {n}us rtt
  failover within 1s {{
    survive any 1 link and any {n} srlg except access
    survive any 1 node
    latency <= bound;  bandwidth 1Mbps per pair  revert after {n}s  otherwise drop
  }}
}}
"""
PLAIN = """\
intent j{n} {{ from a  to b  unidirectional  latency <= 5ms  failover within 1s {{ revert never }} }}
intent k{n} {{ from a  to b }}
"""
RULES = sorted(name for name in dir(BulkClauses) if hasattr(Builder, name) and not name.startswith("_"))


def many(form, count=12):
    return "".join(form.format(n=number) for number in range(1, count + 1))


def both(text):
    """Return what a text is when its declarations are built alone, after looking that it is the same when they are not."""
    source = Source("a.intent", text)
    alone = parsed_alone(source)
    assert parsed_together(source) == alone
    return alone


@pytest.fixture
def made_alone(monkeypatch):
    """Return the rules that were called for a single declaration."""
    called = []

    def counting(name, plain):
        def rule(builder, children):
            called.append(name)
            return plain(builder, children)

        return rule

    builder = load_engine().builder
    for name in RULES:
        monkeypatch.setattr(builder, name, counting(name, getattr(Builder, name)).__get__(builder), raising=False)
    return called


def test_common_clauses_are_those_of_each_declaration_alone():
    file, findings = both(many(COMMON + PLAIN))
    assert len(file.declarations) == 36
    assert findings == []
    assert file.declarations[3].clauses[5].bound.value == 2_000


@pytest.mark.parametrize("form", [COMMON, PLAIN], ids=["long", "short"])
def test_common_clauses_are_not_built_one_by_one(form, made_alone):
    parsed_together(Source("a.intent", many(form)))
    assert made_alone == []


def test_every_rule_over_lanes_is_one_of_the_builder_and_is_used(monkeypatch):
    used = set()
    for name in RULES:
        rule = getattr(BulkClauses, name)

        def noted(self, children, name=name, rule=rule):
            used.add(name)
            return rule(self, children)

        monkeypatch.setattr(BulkClauses, name, noted)
    parsed_together(
        Source("a.intent", many(COMMON + PLAIN + "assert h{n} {{ hops <= 3 of intents where cost == 5 }}\n"))
    )
    assert used == set(RULES)
    assert len(RULES) >= 28


@pytest.mark.parametrize(
    "clause",
    [
        "latency <= 5parsec",
        "latency <= 5Mbps",
        "priority h*",
        "from a-b#2  to x  priority a#2",
        "bandwidth 5Mbps burst 1KB burst 2KB",
        "bandwidth 5ms",
        "failover within 1s { latency <= 1s latency <= 2s }",
        "failover within 5Mbps",
        "failover within 1s { survive any 1.5 link }",
        "match tcp/x",
        "match http/80 dscp 20",
        "match dscp A*",
        'from ""  to a',
        "from a from",
        "failover none",
        "isolate to b",
        "telemetry every 1s to b",
        "avoid region us, eu",
        "waive E0509 until 2026-02-30 because x",
        'waive E0509 until 2026-02-30 because "x"',
        "transfer 5GB within 1h;",
        "from (a, b) except c & d",
        'from node "a\\"b"  to any of c,',
    ],
)
@pytest.mark.parametrize("wrong", [1, 12], ids=["one of many", "all"])
def test_what_is_special_in_one_declaration_is_so_among_many(clause, wrong):
    texts = [f"intent i{number} {{ from a  to b  {clause} }}\n" for number in range(wrong)]
    texts += [f"intent k{number} {{ from a  to b  latency <= 5ms }}\n" for number in range(12)]
    random.Random(1).shuffle(texts)  # noqa: S311  (a sample, not a secret)
    both("".join(texts))


@pytest.mark.parametrize("title", ['"a\\\\b"', '"é \\" {"', '"世界"'])
def test_titles_with_escapes_and_wide_characters(title):
    both("".join(f"intent i{n} {title} {{ from a  to b }}\n" for n in range(12)))


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n# \u4e16 # comment\n", "\n\n\t "], ids=ascii)
def test_lines_are_counted_alike(end):
    both("\ufeff" + many(COMMON).replace("\n", end))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("seed", range(8))
def test_made_up_programs_between_sound_ones(kind, seed):
    data = kind.make(random.Random(seed), vocabulary())  # noqa: S311  (as above)
    both(PROGRAM + data.decode("utf-8", "replace").lstrip("\ufeff") + PROGRAM)


def test_pieces_that_share_a_token_are_built_alone():
    text = many(PLAIN)
    sheet = load_engine().table.lexicon.sheet(text.split("\n"), 1, {})
    cut = text.index("from") + 2
    pieces = [bulk.Piece(0, cut, "intent"), bulk.Piece(cut, len(text), "intent")]
    assert bulk._by_shape(pieces, line_starts(text), sheet) == {}


@pytest.mark.parametrize("known", [{}, {"}": (("RBRACE",), ("}",), (1,), (2,))}], ids=["nothing", "a line"])
def test_a_sheet_holds_the_tokens(known):
    lexicon, text = load_engine().table.lexicon, PROGRAM
    sheet = lexicon.sheet(text.split("\n"), 1, known)
    *tokens, _ = lexicon.tokens(text, line_starts(text), 0, len(text))
    assert [repr(Token(*each)) for each in zip(*sheet[:4], strict=True)] == [repr(token) for token in tokens]
    assert sheet.end_columns == [token.column + len(token.text) for token in tokens]
    for number, token in enumerate(tokens):
        assert sheet.number(token.line, token.column) == number
        assert sheet.number(token.line, token.column + 1) == number + 1
