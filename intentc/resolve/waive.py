from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from intentc.clauses.waive import WAIVABLE
from intentc.diagnostics import Diagnostic
from intentc.resolve.model import Waiver
from intentc.values import replace


def apply_waivers(findings: Iterable[Diagnostic], waivers: Sequence[Waiver], today: dt.date) -> tuple[Diagnostic, ...]:
    """Return the findings in their order, those marked that a waiver of their intent accepts on that day."""
    accepted = {
        (waiver.intent, waiver.code)
        for waiver in waivers
        if dt.date.fromisoformat(waiver.until) >= today and waiver.code.startswith(WAIVABLE)
    }
    return tuple(
        replace(finding, waived=True) if (finding.intent, finding.code) in accepted else finding for finding in findings
    )
