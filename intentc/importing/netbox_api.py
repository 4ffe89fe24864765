"""Answers of NetBox's REST API: lists of objects, and objects in objects."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.importing.desk import Desk, Record
from intentc.topology.tree import Items

# What NetBox says of every object and nothing of the network.
BOOKKEEPING = ("id", "url", "display", "display_url", "created", "last_updated", "name", "slug")


def objects(document: Record, name: str, desk: Desk) -> Iterator[Record]:
    """Yield the objects of a list: an array, or an answer of the API, which must not be one page of several."""
    node = document.node(name)
    if isinstance(node, Items):
        found = document.records(name, name)
    else:
        answer = None if node is None else document.record(name)
        found = [] if answer is None else answer.records("results", name)
        if answer is not None and answer.text("next", "previous") is not None:
            desk.refuse(f"`{name}` is one page of several", answer.span, "follow `next`, and join the `results`")
        if answer is not None:
            answer.ignore("count")
    for record in found:
        record.ignore(*BOOKKEEPING)
        yield record


def slug_of(record: Record, key: str, *names: str) -> str | None:
    """Return what a related object is called: its slug, or its name."""
    below = record.record(key)
    if below is None:
        return None
    below.ignore(*BOOKKEEPING, "label", "description", "_depth")
    return below.text(*(names or ("slug", "name", "value")))
