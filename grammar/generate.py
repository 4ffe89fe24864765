"""Writes intent.table.json, the parse table of intent.lark, REFERENCE.md and the TextMate grammar; run it after a change."""  # noqa: INP001  (a script)

from pathlib import Path

from intentc.language.parser import GRAMMAR, TABLE, generate_table
from intentc.language.reference import reference_page
from intentc.language.table import write_table
from intentc.language.textmate import textmate_grammar

FOLDER = Path(__file__).resolve().parent


def main() -> None:
    """Write all three beside the grammar that this script lies beside."""
    grammar = (FOLDER / GRAMMAR).read_text(encoding="utf-8")
    (FOLDER / TABLE).write_text(write_table(generate_table(grammar)), encoding="utf-8", newline="\n")
    (FOLDER / "REFERENCE.md").write_text(reference_page(), encoding="utf-8", newline="\n")
    colours = FOLDER / "vscode" / "syntaxes" / "intent.tmLanguage.json"
    colours.parent.mkdir(parents=True, exist_ok=True)
    colours.write_text(textmate_grammar(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
