"""Codes of group E06xx: target capability."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
