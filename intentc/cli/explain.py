"""`intentc explain CODE|INTENT`: a finding's long form, or one intent from its source line to the lines on devices."""

from __future__ import annotations

import argparse
import difflib

from intentc.cli.console import Console
from intentc.cli.exits import Exit
from intentc.failures import Refusal
from intentc.patterns import pattern

_CODE = pattern(r"[EWN]\d{4}\Z")


def run(arguments: argparse.Namespace, console: Console) -> Exit:
    """Explain a code of the catalogue, else an intent of the project."""
    if _CODE.match(arguments.subject.upper()):
        return _code(arguments.subject.upper(), console)
    from intentc.cli.explain_intent import explain_intent  # noqa: PLC0415  (compiles the project: only then)

    return explain_intent(arguments, console)


def _code(code: str, console: Console) -> Exit:
    from intentc.diagnostics.catalogue import CATALOGUE  # noqa: PLC0415

    entry = CATALOGUE.get(code)
    if entry is None:
        near = difflib.get_close_matches(code, CATALOGUE, n=1, cutoff=0.9)
        raise Refusal(f"there is no finding {code}", *[f"did you mean {name}?" for name in near])
    console.out(f"{entry.code}: {entry.title}\n\n{entry.explanation.strip()}")
    return Exit.DONE
