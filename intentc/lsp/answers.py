"""What the server answers to questions about a point in a file."""

from __future__ import annotations

from collections.abc import Mapping

from lsprotocol import types

from intentc.language import ast
from intentc.language.keywords import is_bare_name
from intentc.language.print_sets import string
from intentc.lsp.analysis import Analysis
from intentc.lsp.completion import proposals
from intentc.lsp.cursor import cursor_at
from intentc.lsp.diagnostics import Border
from intentc.lsp.hover import hover_name, hover_word
from intentc.lsp.names import DECLARED, Use
from intentc.lsp.text import Lines, Place
from intentc.values import frozen

_ITEM_KINDS: Mapping[str, types.CompletionItemKind] = {
    "keyword": types.CompletionItemKind.Keyword,
    "unit": types.CompletionItemKind.Unit,
    "field": types.CompletionItemKind.Field,
    "value": types.CompletionItemKind.Value,
    "profile": types.CompletionItemKind.Class,
    "class": types.CompletionItemKind.Enum,
    "const": types.CompletionItemKind.Constant,
    "intent": types.CompletionItemKind.Function,
    "service": types.CompletionItemKind.Interface,
}
_SYMBOLS: Mapping[type, tuple[str, types.SymbolKind]] = {
    ast.Const: ("const", types.SymbolKind.Constant),
    ast.Group: ("group", types.SymbolKind.Array),
    ast.Service: ("service", types.SymbolKind.Interface),
    ast.ClassDeclaration: ("class", types.SymbolKind.Enum),
    ast.Profile: ("profile", types.SymbolKind.Class),
    ast.Intent: ("intent", types.SymbolKind.Function),
    ast.Chain: ("chain", types.SymbolKind.Function),
    ast.Assertion: ("assert", types.SymbolKind.Boolean),
}


@frozen
class Question:
    """A point of a file, and what is known: the last analysis, and the last one with placement."""

    path: str
    text: str
    position: types.Position
    analysis: Analysis
    whole: Analysis | None
    border: Border

    def point(self) -> tuple[int, int]:
        """Return line and column of the point as the compiler counts."""
        return self.border.lines(self.path).point(Place(self.position.line, self.position.character))

    def use(self) -> Use | None:
        """Return the name at the point."""
        return self.analysis.names.at(self.path, *self.point())


def complete(question: Question) -> types.CompletionList:
    """Return what could stand at the point."""
    lines = question.border.lines(question.path)
    line, column = question.point()
    cursor = cursor_at(question.text, lines.offset(line, column))
    start = lines.place(line, column - len(cursor.typed))
    place = types.Range(types.Position(start.line, start.unit), question.position)
    items = [
        types.CompletionItem(
            label=item.text,
            kind=_ITEM_KINDS.get(item.kind, types.CompletionItemKind.Reference),
            detail=item.detail or None,
            text_edit=types.TextEdit(place, item.text),
            sort_text=f"{index:05d}",
        )
        for index, item in enumerate(proposals(cursor, question.analysis))
    ]
    return types.CompletionList(is_incomplete=False, items=items)


def hover(question: Question) -> types.Hover | None:
    """Return what is known of the name or word at the point."""
    use = question.use()
    told = hover_name(use, question.analysis, question.whole) if use is not None else None
    if told is None:
        lines = question.border.lines(question.path)
        offset = lines.offset(*question.point())
        end = offset
        while end < len(question.text) and (question.text[end].isalpha() or question.text[end] == "-"):
            end += 1
        cursor = cursor_at(question.text, end)
        block = cursor.block
        told = hover_word(block, cursor.typed)
    return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, told)) if told else None


def definitions(question: Question) -> list[types.Location]:
    """Return where the name at the point is declared, in an intent file or in the topology."""
    use = question.use()
    if use is None:
        return []
    names = question.analysis.names
    spans = dict.fromkeys(names.declared[kind, use.name] for kind in names.kinds_of(use))
    return [question.border.location(span) for span in spans]


def references(question: Question, *, is_declared: bool) -> list[types.Location]:
    """Return where what the name at the point means is used."""
    use = question.use()
    if use is None:
        return []
    found = [other for other in question.analysis.names.same(use) if is_declared or not other.is_declaration]
    return [question.border.location(other.span) for other in found]


def _renamable(question: Question) -> Use | None:
    """Return the name at the point if intent files declare it: names of the topology are changed there."""
    use = question.use()
    if use is None:
        return None
    kinds = question.analysis.names.kinds_of(use)
    return use if len(kinds) == 1 and kinds[0] in DECLARED else None


def renamable(question: Question) -> types.Range | None:
    """Return the place of the name at the point if it can be renamed."""
    use = _renamable(question)
    return question.border.range(use.span) if use is not None else None


def rename(question: Question, name: str) -> types.WorkspaceEdit | None:
    """Return the edits that give another name to what is declared; a name that is no plain word gets quotes."""
    use = _renamable(question)
    if use is None or not name.isprintable() or not name:
        return None
    text = name if is_bare_name(name) else string(name)
    changes: dict[str, list[types.TextEdit]] = {}
    for other in question.analysis.names.same(use):
        edit = types.TextEdit(question.border.range(other.span), text)
        changes.setdefault(question.border.uri(other.span.file), []).append(edit)
    return types.WorkspaceEdit(changes=changes)


def symbols(question: Question) -> list[types.DocumentSymbol]:
    """Return the declarations of the file, in order."""
    found = []
    for item in next((file.declarations for file in question.analysis.files if file.source.path == question.path), ()):
        if isinstance(item, ast.Import):
            continue
        word, kind = _SYMBOLS[type(item)]
        title = getattr(item, "title", None)
        found.append(
            types.DocumentSymbol(
                name=item.name.text or '""',
                detail=f"{word}: {title.text}" if title is not None else word,
                kind=kind,
                range=question.border.range(item.span),
                selection_range=question.border.range(item.name.span),
            )
        )
    return found


def actions(question: Question, wanted: types.Range) -> list[types.CodeAction]:
    """Return the edits that findings in a range offer: certain ones first, then repairs that were compiled and hold."""
    found = []
    for item in question.analysis.findings:
        if item.span is None or item.span.file != question.path or not _meet(question.border.range(item.span), wanted):
            continue
        about = question.border.diagnostics(question.path, [item])
        offers = [(f"{item.code}: write `{item.fix[0].text}`", item.fix, True)] if item.fix else []
        offers += [(repair.text, repair.edits, False) for repair in item.repairs if repair.edits and repair.is_proven]
        found += [
            types.CodeAction(
                title=title,
                kind=types.CodeActionKind.QuickFix,
                diagnostics=about,
                is_preferred=is_certain,
                edit=question.border.workspace_edit(edits),
            )
            for title, edits, is_certain in offers
        ]
    return sorted(found, key=lambda action: not action.is_preferred)


def _meet(one: types.Range, other: types.Range) -> bool:
    return (one.start.line, one.start.character) <= (other.end.line, other.end.character) and (
        other.start.line,
        other.start.character,
    ) <= (one.end.line, one.end.character)


def whole_edit(old: str, new: str) -> list[types.TextEdit]:
    """Return the edit that replaces a whole text."""
    end = Lines(old).end()
    return [types.TextEdit(types.Range(types.Position(0, 0), types.Position(end.line, end.unit)), new)]
