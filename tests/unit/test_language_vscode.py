"""What VS Code itself makes of the extension: its engine colours the examples as the lexer reads them, its packer takes the folder."""

from __future__ import annotations

import functools
import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from intentc.language.lexer import line_starts
from intentc.language.parser import load_engine

ROOT = Path(__file__).resolve().parents[2]
VSCODE = ROOT / "grammar" / "vscode"
FILES = sorted([*(ROOT / "intents").rglob("*.intent"), *(ROOT / "labs").rglob("*.intent")])
# Where `npm install vscode-textmate vscode-oniguruma @vscode/vsce` was done.
MODULES = Path(os.environ.get("INTENTC_NODE_MODULES", ROOT / "grammar" / "vscode" / "node_modules"))

# The scopes that a token of a terminal may have; any other terminal is a word, or a mark.
SCOPES = {
    "NAME": {"variable.other.intent", "entity.name.type.intent"},
    "STRING": {"string.quoted.double.intent", "entity.name.type.intent"},
    "QUANTITY": {"constant.numeric.intent"},
    "NUMBER": {"constant.numeric.intent"},
    "ADDRESS": {"constant.numeric.prefix.intent"},
    "DATE": {"constant.numeric.date.intent"},
    "PORTS": {"constant.other.port.intent"},
}
WORDS = {"keyword.other.intent", "keyword.declaration.intent"}
MARKS = {"keyword.operator.intent", "source.intent"}
ALONE = ("--no-dependencies", "--allow-missing-repository")  # the client library comes with `npm install`


def needed(*names):
    """Skip, saying so, where node or one of these packages is missing."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    for name in names:
        if not (MODULES / name).is_dir():
            pytest.skip(f"{name} is not in INTENTC_NODE_MODULES ({MODULES})")


@functools.cache
def coloured():
    """Return per file and line the tokens of VS Code's engine."""
    script = ROOT / "tests" / "textmate_tokens.js"
    grammar = VSCODE / "syntaxes" / "intent.tmLanguage.json"
    done = subprocess.run(
        ["node", script, grammar, *FILES],
        env={**os.environ, "NODE_PATH": str(MODULES)},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def scope_at(line, column):
    return next((scope for start, end, scope in line if start <= column < end), "source.intent")


def units(text):
    """Return the length of a text as editors count it."""
    return len(text.encode("utf-16-le")) // 2


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_examples_are_coloured_as_they_are_read(path):
    needed("vscode-textmate", "vscode-oniguruma")
    text = path.read_text(encoding="utf-8")
    lines = line_starts(text)
    shown = coloured()[str(path)]
    wrong = []
    for token in load_engine().table.lexicon.tokens(text, lines, lines[0], len(text))[:-1]:
        begin = lines[token.line - 1]
        column = units(text[begin : begin + token.column - 1])
        scope = scope_at(shown[token.line - 1], column)
        is_word = token.type not in SCOPES and token.text[0].isalpha()
        if scope not in SCOPES.get(token.type, WORDS if is_word else MARKS):
            wrong.append(f"{token} is {scope}")
    assert wrong == []


def test_comments_of_the_examples_are_coloured_as_such():
    needed("vscode-textmate", "vscode-oniguruma")
    seen = 0
    for path in FILES:
        for line, text in zip(coloured()[str(path)], path.read_text(encoding="utf-8").split("\n"), strict=True):
            if text.lstrip().startswith("#"):
                assert {scope for _, _, scope in line[-1:]} == {"comment.line.number-sign.intent"}
                seen += 1
    assert seen > len(FILES)


def test_the_extension_can_be_packed(tmp_path):
    needed("@vscode/vsce")
    folder = tmp_path / "extension"
    shutil.copytree(VSCODE, folder, ignore=shutil.ignore_patterns("node_modules"))
    packed = tmp_path / "intentc.vsix"
    done = subprocess.run(
        ["node", MODULES / "@vscode" / "vsce" / "vsce", "package", *ALONE, "--out", packed],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    assert (VSCODE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    names = set(zipfile.ZipFile(packed).namelist())
    wanted = (
        "package.json",
        "extension.js",
        "language-configuration.json",
        "syntaxes/intent.tmLanguage.json",
        "LICENSE.txt",
    )
    assert {f"extension/{name}" for name in wanted} <= names
