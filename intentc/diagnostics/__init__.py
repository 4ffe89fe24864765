"""Findings: the data, the catalogue of codes, and the ways to show them."""

from intentc.diagnostics.model import Diagnostic, Edit, Findings, Label, Repair, Severity, Source, Span

__all__ = ["Diagnostic", "Edit", "Findings", "Label", "Repair", "Severity", "Source", "Span"]
