"""Codes of group E02xx: names and types."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
