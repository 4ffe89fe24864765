"""The section `links`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intentc.diagnostics import Span
from intentc.topology.link_ends import Draft, read_drafts
from intentc.topology.link_fields import Surroundings, read_link
from intentc.topology.model import Link
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.topology.tree import Node
from intentc.topology.tunnels import inherit, order_tunnels


def read_links(items: Sequence[Node], around: Surroundings, reading: Reading) -> dict[str, Link]:
    """Return the links by id; one that is wrong in itself, or ends at an unknown node (E0323), is left out.

    Tunnels are read after what they run over, whose capacity, latency, SRLGs and regions they inherit.
    """
    drafts = {draft.id: draft for draft in read_drafts(items, reading)}
    over = {name: draft.fields.names("over") or () for name, draft in drafts.items()}
    found: dict[str, Link] = {}
    for name in order_tunnels(over, {name: drafts[name].span for name, below in over.items() if below}, reading):
        draft = drafts[name]
        link = _read_sound(draft, over[name], found, around, reading)
        if link is None:
            reading.leave_out("link", name)
        else:
            found[name] = link
            reading.keep_place("link", name, draft.fields.table)
    return {name: found[name] for name in sorted(found, key=natural_key)}


def _read_sound(
    draft: Draft,
    over: Sequence[tuple[str, Span]],
    links: Mapping[str, Link],
    around: Surroundings,
    reading: Reading,
) -> Link | None:
    is_connected = _has_ends(draft, around, reading)
    missing = [name for name, span in over if not (name in links or reading.misses("link", name, span, links, "E0326"))]
    inherited = None
    if over and is_connected and not missing:
        below = [links[name] for name, _ in over]
        inherited = inherit(draft.a.node, draft.b.node, below, around.nodes, around.regions)
    link = read_link(draft, [name for name, _ in over], inherited, around, reading)
    return link if is_connected and not missing and draft.fields.is_sound else None


def _has_ends(draft: Draft, around: Surroundings, reading: Reading) -> bool:
    if draft.a.node == draft.b.node:
        help_ = "name another node at one end"
        draft.fields.refuse("E0324", f"link `{draft.id}` ends where it starts", draft.fields.span("b"), help_)
        return False
    is_whole = True
    for end, field in ((draft.a, "a"), (draft.b, "b")):
        if end.node not in around.nodes:
            is_whole = reading.misses("node", end.node, draft.fields.span(field), around.nodes, "E0323")
    return is_whole
