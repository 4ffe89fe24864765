"""Codes of group E04xx: conflicts."""

from intentc.diagnostics.catalogue.entry import Entry

ENTRIES: tuple[Entry, ...] = ()
