"""`intentc lsp`: the language server, over standard input and output (LSP 3.17)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer

from intentc.diagnostics import Findings, Source
from intentc.formatting.format import format_source
from intentc.lsp import answers
from intentc.lsp.analysis import Analysis, Analyst
from intentc.lsp.diagnostics import Border
from intentc.project import ProjectError, find_project, load_project

_TRIGGERS = [" ", ",", "(", "=", ">"]


class IntentServer(LanguageServer):
    """The server with what it knows: an analyst per project, the last analysis of each, the last one with placement."""

    def __init__(self, version: str, today: dt.date) -> None:
        super().__init__("intentc", version, text_document_sync_kind=types.TextDocumentSyncKind.Incremental)
        self.today = today
        self.analysts: dict[Path, Analyst] = {}
        self.latest: dict[Path, Analysis] = {}
        self.whole: dict[Path, Analysis] = {}
        self.shown: dict[Path, set[str]] = {}  # files with diagnostics

    def analyst(self, uri: str) -> Analyst | None:
        """Return the analyst of the project that a file belongs to; None for a file outside of any."""
        file = _file(uri)
        toml = find_project(file.parent) if file is not None else None
        if toml is None:
            return None
        if toml not in self.analysts:
            self.analysts[toml] = Analyst(load_project(toml), self.today)
        return self.analysts[toml]

    def refresh(self, changed: Sequence[str]) -> None:
        """Have all files read again; projects too if an `intentc.toml` is among those that changed."""
        if any(uri.endswith("/intentc.toml") for uri in changed):
            self.analysts.clear()
        for analyst in self.analysts.values():
            analyst.refresh()

    def texts(self, analyst: Analyst) -> Mapping[str, str]:
        """Return the open documents of a project by path."""
        found = {}
        for uri, document in self.workspace.text_documents.items():
            file = _file(uri)
            path = analyst.path_of(file) if file is not None else None
            if path is not None:
                found[path] = document.source
        return found

    def analyse(self, uri: str, *, is_whole: bool = False) -> None:
        """Analyse the project of a file and show what was found in each of its files."""
        try:
            analyst = self.analyst(uri)
            if analyst is None:
                self._alone(uri)
                return
            analysis = analyst.analyse(self.texts(analyst), is_whole=is_whole)
        except ProjectError as error:
            self.window_log_message(types.LogMessageParams(types.MessageType.Error, f"{error.path}: {error.message}"))
            return
        root = analyst.project.root
        self.latest[root] = analysis
        if is_whole:
            self.whole[root] = analysis
        border = Border(root, analysis.run.sources)
        files = {item.span.file for item in analysis.findings if item.span is not None}
        file = _file(uri)
        own = analyst.path_of(file) if file is not None else None
        for path in sorted(files | self.shown.get(root, set()) | ({own} if own else set())):
            self._publish(border.uri(path), border.diagnostics(path, analysis.findings))
        self.shown[root] = files

    def _alone(self, uri: str) -> None:
        """Show the mistakes of syntax of a file without a project."""
        file = _file(uri)
        if file is None:
            return
        findings = Findings()
        text = self.workspace.get_text_document(uri).source
        from intentc.language.parser import parse  # noqa: PLC0415  (rarely needed)

        parse(Source(file.name, text), findings)
        border = Border(file.parent, {file.name: text})
        self._publish(uri, border.diagnostics(file.name, findings.sorted()))

    def _publish(self, uri: str, diagnostics: list[types.Diagnostic]) -> None:
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, diagnostics))

    def question(self, uri: str, position: types.Position) -> answers.Question | None:
        """Return a point of a project's file with all that is known of it; None outside of any project."""
        try:
            analyst = self.analyst(uri)
        except ProjectError:  # said when the file was analysed
            return None
        file = _file(uri)
        path = analyst.path_of(file) if analyst is not None and file is not None else None
        if analyst is None or path is None:
            return None
        root = analyst.project.root
        if root not in self.latest:
            self.analyse(uri)
        analysis = self.latest.get(root)
        if analysis is None:
            return None
        text = self.workspace.get_text_document(uri).source
        border = Border(root, {**analysis.run.sources, path: text})
        return answers.Question(path, text, position, analysis, self.whole.get(root), border)


def _file(uri: str) -> Path | None:
    path = uris.to_fs_path(uri)
    return Path(path) if path is not None else None


def make_server(version: str, today: dt.date) -> IntentServer:
    """Return the server, ready to be started."""
    server = IntentServer(version, today)
    _follow_files(server)
    _answer_at_a_point(server)
    _answer_of_files(server)
    return server


def _follow_files(server: IntentServer) -> None:
    """Have the project analysed whenever one of its files changes."""

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: IntentServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.analyse(params.text_document.uri, is_whole=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: IntentServer, params: types.DidChangeTextDocumentParams) -> None:
        ls.analyse(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: IntentServer, params: types.DidSaveTextDocumentParams) -> None:
        ls.refresh([params.text_document.uri])
        ls.analyse(params.text_document.uri, is_whole=True)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: IntentServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.refresh([params.text_document.uri])
        ls.analyse(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def files_changed(ls: IntentServer, params: types.DidChangeWatchedFilesParams) -> None:
        ls.refresh([change.uri for change in params.changes])
        for change in params.changes[:1]:
            ls.analyse(change.uri, is_whole=True)


def _answer_at_a_point(server: IntentServer) -> None:
    """Answer what is, or could be, at a point of a file."""

    @server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS))
    def completion(ls: IntentServer, params: types.CompletionParams) -> types.CompletionList | None:
        question = ls.question(params.text_document.uri, params.position)
        return answers.complete(question) if question else None

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(ls: IntentServer, params: types.HoverParams) -> types.Hover | None:
        question = ls.question(params.text_document.uri, params.position)
        return answers.hover(question) if question else None

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(ls: IntentServer, params: types.DefinitionParams) -> list[types.Location]:
        question = ls.question(params.text_document.uri, params.position)
        return answers.definitions(question) if question else []

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(ls: IntentServer, params: types.ReferenceParams) -> list[types.Location]:
        question = ls.question(params.text_document.uri, params.position)
        return answers.references(question, is_declared=params.context.include_declaration) if question else []

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(ls: IntentServer, params: types.PrepareRenameParams) -> types.Range | None:
        question = ls.question(params.text_document.uri, params.position)
        return answers.renamable(question) if question else None

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename(ls: IntentServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
        question = ls.question(params.text_document.uri, params.position)
        return answers.rename(question, params.new_name) if question else None


def _answer_of_files(server: IntentServer) -> None:
    """Answer what a file declares, how it is mended, and how it is best written."""

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(ls: IntentServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        question = ls.question(params.text_document.uri, types.Position(0, 0))
        return answers.symbols(question) if question else []

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION)
    def actions(ls: IntentServer, params: types.CodeActionParams) -> list[types.CodeAction]:
        question = ls.question(params.text_document.uri, params.range.start)
        return answers.actions(question, params.range) if question else []

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def formatting(ls: IntentServer, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
        text = ls.workspace.get_text_document(params.text_document.uri).source
        new = format_source(Source("", text), Findings())
        return answers.whole_edit(text, new) if new is not None and new != text else []
