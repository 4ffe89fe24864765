"""Refusals: reasons to stop before anything is touched."""

from __future__ import annotations

from intentc.diagnostics import Diagnostic


class RefusalError(Exception):
    """Nothing was touched, and nothing will be; the findings say why. Entry functions turn it into a report."""

    def __init__(self, *findings: Diagnostic) -> None:
        super().__init__(findings[0].message)
        self.findings = findings
