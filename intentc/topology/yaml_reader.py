"""YAML text to a tree with places: parser events in, everything that YAML allows and a topology must not use refused.

Events with marks from the C parser are twice as fast as composing, which keeps no columns; the pure Python parser gives the
same events where the C one is not installed.
"""

from __future__ import annotations

import re

from intentc.diagnostics import Findings, Label, Source, Span
from intentc.patterns import put_off
from intentc.topology.rows import Rows, put_back
from intentc.topology.tree import Table
from intentc.topology.tree_builder import TOO_DEEP, HaltError, TreeBuilder

with put_off():  # as there
    import yaml

# Beyond what YAML refuses: the line breaks that editors do not count (NEL, LS, PS), so that lines are what they show.
_FORBIDDEN = "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
_FORBIDDEN_ASCII = "[^\t\n\r\x20-\x7e]"  # the same of texts without other letters: the long one takes 5 ms to compile
_LIBYAML_TOO_DEEP = "exceeded maximum nesting depth"  # what newer ones say, which look that far ahead for a colon
_PARSER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # libyaml is optional in PyYAML


def read_tree(source: Source, findings: Findings) -> Table | None:
    """Return the document of one file, an empty table if it holds none, or None when it is not readable (E0301, E0303).

    Duplicate keys (E0302), tags and bad aliases (E0303) are refused one by one: the first key counts, the others are left out.
    """
    text = source.text.removeprefix("\ufeff")
    forbidden = re.search(_FORBIDDEN_ASCII if text.isascii() else _FORBIDDEN, text)
    if forbidden is not None:
        _refuse_character(source.path, text, forbidden.start(), findings)
        return None
    rows = Rows(text)
    if rows.groups:
        found = Findings()
        tree = parse(source.path, rows.reduced(), found)
        whole = put_back(tree, rows, source.path) if tree is not None and not found.items else None
        if whole is not None:
            return whole
    return parse(source.path, text, findings)


def parse(file: str, text: str, findings: Findings) -> Table | None:
    """Return the document of a text in which every character may stand, as `read_tree` does."""
    builder = TreeBuilder(file, findings)
    parser = _PARSER(text)
    try:
        builder.build(parser.get_event)
    except yaml.MarkedYAMLError as error:
        _refuse_syntax(file, error, findings)
        return None
    except HaltError:
        return None
    finally:
        parser.dispose()
    return builder.document()


def _refuse_character(file: str, text: str, offset: int, findings: Findings) -> None:
    before = re.split(r"\r\n|\r|\n", text[:offset])
    line, column = len(before), len(before[-1]) + 1
    findings.error(
        "E0301",
        f"the character U+{ord(text[offset]):04X} cannot stand in YAML",
        Span(file, line, column, line, column + 1),
        help=("delete it; it may not be visible in the editor",),
    )


def _refuse_syntax(file: str, error: yaml.MarkedYAMLError, findings: Findings) -> None:
    if error.problem == _LIBYAML_TOO_DEEP:
        message, too_deep = TOO_DEEP
        findings.error("E0303", message, _mark(file, error.problem_mark or error.context_mark), help=(too_deep,))
        return
    related: tuple[Label, ...] = ()
    if error.context and error.context_mark is not None and error.problem_mark is not None:
        related = (Label(_mark(file, error.context_mark), str(error.context)),)
    help_ = ("indent with blanks, never with tabs, and write `key: value` with a blank after the colon",)
    place = _mark(file, error.problem_mark or error.context_mark)
    findings.error("E0301", f"this is not YAML: {error.problem}", place, related=related, help=help_)


def _mark(file: str, mark: yaml.Mark | None) -> Span:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
    return Span(file, line, column, line, column + 1)
