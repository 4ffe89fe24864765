"""No text can make the front end fail, hang or lose a mistake."""

# ruff: noqa: S311  (seeded chance is what these tests want)

import random
import time

import pytest
from support_language import found, read

from intentc.diagnostics import Findings
from intentc.diagnostics.catalogue import CATALOGUE
from intentc.language.lexer import line_starts
from intentc.language.nesting import DEEPEST
from intentc.language.parser import load_engine
from intentc.language.printer import print_file
from intentc.language.source import decode

CHARACTERS = ' \n\t{}();,"\\#=<>!&-.*?/:%0123456789abcxyzé\x00\u2028😀\r'
PROGRAM = """\
service s { at a  prefix 10.0.0.0/8  port tcp/1-9 }
group g = (sites where role == "x" and not tier in (1, 2)) except fra-*, node a#2
intent i "title" extends p, {
  from g  to any of s
  match tcp/443 dscp AF41 except icmp
  latency <= 15ms rtt  # bound
  bandwidth 50 Mbps per source burst 1KB
  avoid node a, label k = v,
  failover within 1s { survive any 1 link and any 1 node except access  otherwise drop }
  isolate  telemetry every 10s to x
  waive E0509 until 2027-01-31 because "x"
}
chain c { parallel { step a -> any of b processing 5ms calls 2 } }
assert h { utilization <= 70% on links where media == fiber under any 1 link failure }
"""


def check(text):
    """Parse, and see that each finding has a code and a place, and that what is sound is printed as itself."""
    file, findings = read(text)
    lines = line_starts(text)
    for item in findings:
        assert item.code in CATALOGUE
        assert 1 <= item.span.line < len(lines)
        assert item.span.column >= 1
        assert (item.span.line, item.span.column) < (item.span.end_line, item.span.end_column)
        assert item.message.isprintable()
        assert not item.message.endswith(".")
    assert bool(findings) or not file.broken
    if not findings:
        printed = print_file(file)
        again, more = read(printed)
        assert more == ()
        assert print_file(again) == printed


def vocabulary():
    lexicon = load_engine().table.lexicon
    return [
        *lexicon.words,
        *lexicon.marks,
        "a",
        "b",
        '"x"',
        "15ms",
        "50Mbps",
        "3",
        "tcp/443",
        "#",
        "\n",
        "\n",
        "fra-*",
        '"',
        "é",
    ]


def mutated(chance, text):
    words = vocabulary()
    for _ in range(chance.choice([1, 1, 2, 3, 8])):
        start = chance.randrange(len(text) + 1)
        end = min(len(text), start + chance.choice([1, 2, 5, 30]))
        insert = chance.choice(
            ["", chance.choice(CHARACTERS), chance.choice(words), text[start:end] * 2, text[end : end + 40]]
        )
        text = text[:start] + insert + text[chance.choice([start, end]) :]
    return text


@pytest.mark.parametrize("seed", range(150))
def test_mutated_programs(seed):
    check(mutated(random.Random(seed), PROGRAM))


@pytest.mark.parametrize("seed", range(50))
def test_words_in_any_order(seed):
    chance = random.Random(seed)
    check(" ".join(chance.choices(vocabulary(), k=chance.randrange(120))))


@pytest.mark.parametrize("seed", range(50))
def test_characters_in_any_order(seed):
    chance = random.Random(seed)
    check("".join(chance.choices(CHARACTERS, k=chance.randrange(300))))


@pytest.mark.parametrize("seed", range(50))
def test_bytes_in_any_order(seed):
    chance = random.Random(seed)
    findings = Findings()
    source = decode("a.intent", chance.randbytes(chance.randrange(80)), findings)
    assert (source is None) == bool(findings.items)


@pytest.mark.parametrize("length", range(0, len(PROGRAM), 23))
def test_truncated_programs(length):
    check(PROGRAM[:length])


@pytest.mark.parametrize("depth", [DEEPEST - 1, DEEPEST + 1, 100_000])
@pytest.mark.parametrize(
    ("before", "step", "inside", "back"),
    [
        ("group g = ", "(", "a", ")"),
        ("group g = sites where ", "(", "a == 1", ")"),
        ("group g = sites where ", "not ", "a == 1", ""),
        ("group g = a ", "except a ", "", ""),
        ("group g = a ", "& (a) ", "", ""),
        ("intent i { from ", "(", "a", ")"),
    ],
)
def test_nesting_is_bounded(depth, before, step, inside, back):
    text = before + step * depth + inside + back * depth + (" }" if "{" in before else "")
    codes = [code.split()[0] for code in found(text)]
    assert codes == ([] if depth < DEEPEST else ["E0108"])


def test_many_clauses_with_sets_of_their_own_are_not_deep():
    assert found("intent i {\n" + "from a except (b, c) & d\n" * 60 + "}") == []
    assert found("group g = sites where " + " or ".join(["not (a == 1)"] * 60)) == []


HOSTILE = {
    "quotes": '"' * 20_000,
    "open braces": "{" * 20_000,
    "closing braces": "}" * 20_000,
    "open parentheses": "group g = " + "(" * 20_000,
    "open blocks": "intent x {\n" * 500,
    "open failovers": "intent x {\n" + "failover within 1s {\n" * 500,
    "keywords": "intent " * 5_000,
    "keywords in lines": "intent\n" * 500,
    "blanks": "const a = 1" + " " * 50_000 + "ms",
    "blanks at the end": "const a = 1ms" + " " * 50_000,
    "dashes": "group g = a" + "-" * 20_000,
    "dots": "group g = a" + "." * 20_000,
    "digits": "const a = " + "9" * 20_000,
    "colons": "service s { prefix " + ":" * 20_000 + " }",
    "hexadecimal": "group g = " + "f:" * 10_000,
    "backslashes": 'import "' + "\\" * 20_000,
    "wrong clauses": "intent i {\n" + "spread\nfoo\n" * 1_000 + "}",
    "semicolons": ";" * 20_000,
    "comments": "# " * 20_000,
    "hidden": "# \x01\n" * 1_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_texts_take_little_time(text):
    start = time.process_time()
    check(text)
    assert time.process_time() - start < 5


def test_time_grows_with_the_text_and_no_faster():
    def seconds(count):
        text = "intent i {\n" + "from a b\nspread\nfailover within 1s {\nfoo\n}\n" * count + "}"
        start = time.process_time()
        read(text)
        return time.process_time() - start

    seconds(10)
    assert seconds(800) < 40 * max(seconds(80), 0.005)
