"""What a state overlay takes away: promises that hold while all is well, and not beside what has failed already."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from intentc import pipeline
from intentc.diagnostics import Diagnostic, Findings, Span
from intentc.language import ast
from intentc.run import Run
from intentc.values import replace

# Findings that a demand has its path, and that no path is left for it in a further failure.
_PROTECTION = frozenset({"E0520", "E0521", "E0522", "E0523", "E0524", "E0525", "E0526", "E0528"})
_EVER = dt.date.max


def degrade(run: Run) -> None:
    """Place anew, without their further protection, intents that only the overlay keeps from having it (W0503).

    Which they are is found by compiling the same program without the overlay.
    """
    overlay = run.request.overlay
    lacking = {item.intent for item in run.findings.items if _is_of_protection(item)}
    if overlay is None or not lacking:
        return
    sound = _compiled(run, Run(replace(run.request, overlay=None), Findings(), is_trial=True))
    wrong = {item.intent for item in sound.findings.items if item.is_error}
    names = frozenset(name for name in lacking - wrong if name is not None)
    if not names:
        return
    again = _compiled(run, Run(run.request, Findings()), names)
    run.model, run.realised, run.assertions = again.model, again.realised, again.assertions
    run.inquest, run.docket = again.inquest, again.docket
    own = {
        (waiver.intent, waiver.code)
        for waiver in (run.model.waivers if run.model is not None else ())
        if waiver.until != _EVER.isoformat()
    }
    run.findings.items = [
        _degraded(item, overlay.words)
        if item.waived and item.intent in names and item.code in _PROTECTION and (item.intent, item.code) not in own
        else item
        for item in again.findings.items
    ]


def _compiled(run: Run, fresh: Run, names: frozenset[str] = frozenset()) -> Run:
    """Return `fresh` after all stages before this one; intents of `names` may lack protection."""
    fresh.parsed = {file.source.path: _allowing(file, names) for file in run.files}
    for stage in pipeline.STAGES[: pipeline.STAGES.index(pipeline.degrade)]:
        stage(fresh)
    return fresh


def _allowing(file: ast.File, names: frozenset[str]) -> ast.File:
    """Return a file in which the intents of `names` waive what they may lack, as if somebody had written that."""
    declarations = tuple(
        replace(item, clauses=(*item.clauses, *_waivers(item.name.span)))
        if isinstance(item, ast.Intent | ast.Chain) and item.name.text in names
        else item
        for item in file.declarations
    )
    return replace(file, declarations=declarations) if names else file


def _waivers(span: Span) -> Iterator[ast.Waive]:
    for code in sorted(_PROTECTION):
        yield ast.Waive(ast.Name(code, span), ast.Date(_EVER, span), ast.Text("", span), span)


def _is_of_protection(item: Diagnostic) -> bool:
    return item.is_error and item.code in _PROTECTION


def _degraded(item: Diagnostic, words: str) -> Diagnostic:
    return replace(
        item,
        code="W0503",
        waived=False,
        message=f"`{item.intent}` is degraded while {words}: {item.message}",
        help=(
            "it keeps its promise as long as nothing further fails; mend what has failed, then compile without `--state`",
        ),
    )
