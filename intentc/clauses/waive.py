from __future__ import annotations

import datetime as dt

from intentc.clauses.kind import ClauseKind, Document, Repeats
from intentc.clauses.requirement import Refusal, Waived
from intentc.clauses.scope import Scope
from intentc.language import ast

WAIVABLE = ("E04", "E05", "E06", "E07", "W")
ANOTHERS = "E0539"  # follows from what is said of another intent
NEAR = dt.timedelta(days=14)


def read(clause: ast.Waive, scope: Scope) -> Waived | Refusal:
    """Return what is accepted until when; a code that leaves nothing to accept, or a day gone by, is refused."""
    from intentc.diagnostics.catalogue import CATALOGUE  # noqa: PLC0415  (where there are waivers: start-up)

    code = clause.code.text
    if code not in CATALOGUE:
        import difflib  # noqa: PLC0415  (only where a name is wrong: start-up)

        near = difflib.get_close_matches(code, sorted(CATALOGUE), n=1)
        return scope.report("E0229", f"no finding has the code `{code}`", clause.code.span, help=_did_you_mean(near))
    if not code.startswith(WAIVABLE):
        return scope.report(
            "E0229",
            f"`{code}` cannot be waived: it leaves nothing that could hold",
            clause.code.span,
            help=("only conflicts, placement, capabilities, assertions (E04 to E07) and warnings can be waived",),
        )
    if code == ANOTHERS:
        return scope.report(
            "E0229",
            f"`{code}` cannot be waived: it leaves nothing that could hold",
            clause.code.span,
            help=("waive what is said of the other intent, in that one, if it can be accepted",),
        )
    until = clause.until.value
    if until < scope.today:
        return scope.report(
            "E0230",
            f"this waiver of `{code}` expired on {until.isoformat()}",
            clause.until.span,
            help=("mend what it waives, or agree on a new day",),
        )
    if until - scope.today <= NEAR:
        scope.report("W0230", f"this waiver of `{code}` expires on {until.isoformat()}", clause.until.span)
    return Waived(code, until.isoformat(), clause.because.text, clause.span)


def _did_you_mean(near: list[str]) -> tuple[str, ...]:
    return tuple(f"did you mean `{code}`?" for code in near)


CLAUSE = ClauseKind(
    keyword="waive",
    syntax=ast.Waive,
    repeats=Repeats.ADDS,
    is_supported=True,
    read=read,
    document=Document(
        syntax='waive CODE until DATE because "…"',
        meaning=(
            "Accepts one named finding of this intent up to and including a day; the rest of the intent still holds. An"
            " expired waiver is an error, one within 14 days of its end a warning."
        ),
        default="nothing is waived",
        good='waive W0240 until 2027-01-31 because "rates are not known yet"',
        bad='waive E0201 until 2027-01-31 because "later"',
        why="without its names an intent says nothing",
    ),
)
