"""The catalogue: every code with its title and long explanation, one module per group of codes."""

from intentc.diagnostics.catalogue import (
    apply,
    assertions,
    capability,
    conflicts,
    names,
    placement,
    syntax,
    topology,
)
from intentc.diagnostics.catalogue.entry import Entry

__all__ = ["CATALOGUE", "Entry"]

CATALOGUE: dict[str, Entry] = {
    entry.code: entry
    for module in (syntax, names, topology, conflicts, placement, capability, assertions, apply)
    for entry in module.ENTRIES
}
