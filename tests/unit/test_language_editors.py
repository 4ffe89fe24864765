"""Files for editors: the TextMate grammar against the lexer, and the VS Code extension's own references."""

import json
import re
from pathlib import Path

import pytest

from intentc.language.keywords import keywords
from intentc.language.textmate import textmate_grammar

ROOT = Path(__file__).resolve().parents[2]
VSCODE = ROOT / "grammar" / "vscode"
GRAMMAR = json.loads(textmate_grammar())
FILES = sorted((ROOT / "intents").rglob("*.intent"))
WORDS = sorted({*keywords().reserved, *keywords().contextual})


def scope_of(text, offset=0):
    """Return the scope that the first fitting pattern gives to a text at an offset."""
    for pattern in GRAMMAR["patterns"]:
        match = re.compile(pattern.get("match", pattern.get("begin"))).match(text, offset)
        if match:
            return pattern.get("name", "captures"), match
    return None, None


def test_the_file_is_what_the_language_says():
    assert (VSCODE / "syntaxes" / "intent.tmLanguage.json").read_text() == textmate_grammar()


@pytest.mark.parametrize("word", WORDS)
def test_every_keyword_is_coloured_as_one(word):
    scope, match = scope_of(word + " ")
    assert (scope, match[0]) == ("keyword.other.intent", word)


@pytest.mark.parametrize("unit", keywords().units)
def test_every_unit_is_coloured_as_one(unit):
    _, match = scope_of(f"15{unit} ")
    assert (match[1], match[2]) == ("15", unit)


@pytest.mark.parametrize("text", ["fra-from", "from-fra", "to.x", "latency2", "link#2"])
def test_names_with_words_in_them_are_names(text):
    scope, match = scope_of(text)
    assert (scope, match[0]) == ("variable.other.intent", text)


def test_declarations_show_their_names():
    _, match = scope_of("intent fraud-scoring extends x {")
    assert (match[1], match[2]) == ("intent", "fraud-scoring")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_character_of_the_examples_is_known(path):
    for line in path.read_text().splitlines():
        offset = 0
        while offset < len(line):
            _, match = scope_of(line, offset)
            if match is None:
                assert line[offset] in " \t{}(),;"
                offset += 1
            else:
                begins_string = match[0] == '"'
                offset = line.index('"', match.end()) + 1 if begins_string else max(match.end(), offset + 1)


def test_the_extension_names_files_that_are_there():
    package = json.loads((VSCODE / "package.json").read_text())
    (language,) = package["contributes"]["languages"]
    (grammar,) = package["contributes"]["grammars"]
    for name in (package["main"], language["configuration"], grammar["path"]):
        assert (VSCODE / name).is_file()
    assert grammar["scopeName"] == GRAMMAR["scopeName"]
    assert json.loads((VSCODE / language["configuration"]).read_text())["comments"] == {"lineComment": "#"}
    assert package["contributes"]["configuration"]["properties"]["intentc.command"]["default"] == ["intentc", "lsp"]
