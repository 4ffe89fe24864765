"""The grammar is LALR(1) without conflicts, and its table, lexer and words are what it says."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support_language import found, only

from intentc import resources
from intentc.diagnostics import Findings, Source
from intentc.language import parser, wording
from intentc.language.keywords import keywords
from intentc.language.table import read_table, write_table
from intentc.language.units import UNITS, read_quantity

FOLDER = resources.grammar_path()
GRAMMAR = (FOLDER / parser.GRAMMAR).read_text(encoding="utf-8")
OPTIONS = {"parser": "lalr", "start": "declaration", "keep_all_tokens": True, "maybe_placeholders": False}
PROGRAM = """\
import "x"
const budget = 15 ms
group g = (sites where role == "branch" and region in (de, nl)) except fra-*, node a
service s { at a, b  prefix 10.0.0.0/8, 2001:db8::/32  port tcp/1-9, icmp  capacity 1Gbps per host  health tcp/80 }
class c { dscp AF11  queue strict 5%  ecn  lossless  drop low }
profile p extends q { priority low }
intent i "title" extends p {
  between (sites where tier == 1) and a
  match tcp/443 dscp 46, any except prefix 10.0.0.0/8 to 10.1.0.0/16
  latency <= 15ms rtt  bandwidth budget reverse 0bps total
  avoid node a, b, label k = 2027-01-31,
  failover within 1s { survive any 1 link and any 1 node except access  otherwise best-effort }
  isolate to a#2  telemetry every 10s to x
  waive E0509 until 2027-01-31 because "x" # a comment
}
chain k { step a -> any of b processing 5ms calls 2  parallel { step a -> b } }
assert h { no traffic of intents where not region == eu on links where cost > 5 under any 1 srlg failure }
"""


@pytest.fixture(scope="module")
def stock():
    """Lark's own parser with its contextual lexer, from the grammar and nothing else."""
    from lark import Lark

    return Lark(GRAMMAR, lexer="contextual", **OPTIONS)


def test_the_kept_table_is_that_of_the_grammar():
    kept = (FOLDER / parser.TABLE).read_text(encoding="utf-8")
    assert kept == write_table(parser.generate_table(GRAMMAR)), "run `python grammar/generate.py`"


def test_the_grammar_has_no_conflict_and_its_tokens_do_not_collide():
    pytest.importorskip("interegular", reason="Lark needs interegular to compare the patterns of tokens")
    from lark import Lark

    assert Lark(GRAMMAR, lexer="contextual", strict=True, **OPTIONS)


def without_lexer(grammar):
    """Compute the table strictly (a conflict raises) without looking at the patterns of tokens."""
    from lark import Lark
    from lark.lexer import Lexer

    class Nothing(Lexer):
        __future_interface__ = 2

        def __init__(self, conf):
            self.conf = conf

        def lex(self, *_):
            return iter(())

    return Lark(grammar, lexer=Nothing, strict=True, **OPTIONS)


def test_the_grammar_has_no_conflict():
    assert without_lexer(GRAMMAR)


def test_a_conflict_would_be_seen():
    from lark.exceptions import GrammarError

    dangling = GRAMMAR.replace('?bare_isolate: "isolate"  -> isolate', "").replace(
        "?open_elements:", '?bare_isolate: "isolate" "from"? -> isolate\n\n?open_elements:'
    )
    with pytest.raises(GrammarError):
        without_lexer(dangling)


@pytest.mark.parametrize("text", PROGRAM.replace("\n  ", "  ").replace("\n}", " }").splitlines())
def test_lark_itself_takes_what_the_machine_takes(stock, text):
    text = text.replace("# a comment", "")
    assert found(text) == []
    assert stock.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "intent i { from a to b",
        "const c 5ms",
        "group g = sites where",
        "intent i { latency 5ms }",
        "class c { drop x }",
    ],
)
def test_lark_itself_refuses_what_the_machine_refuses(stock, text):
    from lark.exceptions import UnexpectedInput

    assert found(text) != []
    with pytest.raises(UnexpectedInput):
        stock.parse(text)


# -- the kept table -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: "",
        lambda text: text[:999],
        lambda _: "[]",
        lambda text: text.replace('"format": 1', '"format": 0'),
        lambda text: "\x00" + text,
    ],
)
def test_a_damaged_table_is_not_used(damage):
    kept = (FOLDER / parser.TABLE).read_text(encoding="utf-8")
    assert read_table(kept, GRAMMAR) is not None
    assert read_table(damage(kept), GRAMMAR) is None


def test_the_table_of_another_grammar_is_not_used():
    kept = (FOLDER / parser.TABLE).read_text(encoding="utf-8")
    assert read_table(kept, GRAMMAR + "\n// changed\n") is None
    assert read_table(kept, GRAMMAR.replace("\n", "\r\n")) is not None


@pytest.mark.parametrize("table", [None, b"\xff", b"{"])
def test_without_a_table_lark_makes_it_from_the_grammar_and_nothing_is_written(tmp_path, monkeypatch, table):
    shutil.copy(FOLDER / parser.GRAMMAR, tmp_path)
    if table is not None:
        (tmp_path / parser.TABLE).write_bytes(table)
    before = sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir())
    monkeypatch.setattr(resources, "grammar_path", lambda: tmp_path)
    parser.load_engine.cache_clear()
    try:
        findings = Findings()
        file = parser.parse(Source("a.intent", PROGRAM), findings)
    finally:
        parser.load_engine.cache_clear()
    assert findings.items == []
    assert len(file.declarations) == PROGRAM.count("\n}\n") + 8
    assert before == sorted((path.name, path.stat().st_mtime_ns) for path in tmp_path.iterdir())


def run(code):
    environment = {**os.environ, "PYTHONPATH": str(Path(resources.__file__).parents[1])}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    ).stdout


def test_parsing_does_not_import_lark():
    code = (
        "import sys\n"
        "from intentc.diagnostics import Findings, Source\n"
        "from intentc.language.parser import parse\n"
        "print(len(parse(Source('a', 'intent a { from b  to c }'), Findings()).declarations), 'lark' in sys.modules)"
    )
    assert run(code) == "1 False\n"


def test_the_script_writes_the_table_that_is_kept(tmp_path):
    for path in ("generate.py", parser.GRAMMAR):
        shutil.copy(FOLDER / path, tmp_path)
    spec = importlib.util.spec_from_file_location("generate", tmp_path / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main()
    assert (tmp_path / parser.TABLE).read_bytes() == (FOLDER / parser.TABLE).read_bytes()


# -- words --------------------------------------------------------------------------------------------------------------

WORDS = keywords()


@pytest.mark.parametrize("word", WORDS.contextual)
def test_a_contextual_word_is_a_name_where_names_stand(word):
    assert only(f"group {word} = {word}, node {word}").name.text == word
    assert only(f"intent {word} {{ priority {word} pin region {word} }}")


@pytest.mark.parametrize("word", WORDS.reserved)
def test_a_reserved_word_is_a_name_in_quotes_only(word):
    assert only(f'group "{word}" = node "{word}"').name.text == word
    assert [code.split()[0] for code in found(f"group g = node {word}")] == ["E0106"]


def test_every_word_of_the_grammar_is_in_one_list():
    assert not set(WORDS.contextual) & set(WORDS.reserved)
    assert {word for words in WORDS.clauses.values() for word in words} <= {*WORDS.contextual, *WORDS.reserved}
    assert set(WORDS.declarations) <= set(WORDS.reserved)
    assert "no" in WORDS.contextual  # a region called `no` is Norway


def test_messages_know_the_words_that_can_be_names():
    assert parser.load_engine().free_names == wording._FREE_NAMES


def test_messages_know_the_words_of_sets_fields_and_comparisons():
    engine = parser.load_engine()
    texts = engine.table.lexicon.texts
    assert all(kind in texts for kind in wording._KINDS | wording._PLURALS | wording._FIELDS | wording._COMPARISONS)


@pytest.mark.parametrize("unit", WORDS.units)
def test_the_grammar_and_the_table_of_units_agree(unit):
    for text in (f"7{unit}", f"7 {unit}", f"7.0\t{unit}"):
        assert only(f"const c = {text}").value.value == read_quantity(f"7{unit}")[0] == 7 * UNITS[unit][1]


def test_the_grammar_lies_in_the_wheel_or_beside_the_package(tmp_path, monkeypatch):
    package = tmp_path / "intentc"
    (package / "_data" / "grammar").mkdir(parents=True)
    monkeypatch.setattr(resources, "_PACKAGE", package)
    assert resources.grammar_path() == package / "_data" / "grammar"
    assert resources.targets_paths([Path("/own")]) == (tmp_path / "targets", Path("/own"))
