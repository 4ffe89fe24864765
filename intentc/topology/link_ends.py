"""The ends and ids of links: which two nodes, on which interfaces, and what the link is called."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intentc.diagnostics import Label, Span
from intentc.topology.fields import Fields
from intentc.topology.names import DEVICE_NAME, INTERFACE_NAME, NAME
from intentc.topology.natural_order import natural_key
from intentc.topology.reading import Reading
from intentc.topology.tree import Node, Refused, Table
from intentc.values import frozen

LINK_FIELDS = frozenset(
    (
        "a",
        "addresses",
        "addresses6",
        "affinity",
        "b",
        "background",
        "capacity",
        "cost",
        "crosses",
        "encryption",
        "id",
        "igp_metric",
        "jitter",
        "labels",
        "latency",
        "loss",
        "media",
        "mtu",
        "over",
        "overhead",
        "provider",
        "queue",
        "srlg",
        "state",
        "te_metric",
        "upgrade",
    )
)


@frozen
class End:
    """One end as written: `node` or `node:interface`."""

    node: str
    interface: str | None


@frozen
class Draft:
    """A link whose ends and id are known and whose other fields are still to be read."""

    id: str
    a: End
    b: End
    fields: Fields
    span: Span


@frozen
class _Ends:
    fields: Fields
    a: End
    b: End
    id: str | None


def read_drafts(items: Iterable[Node], reading: Reading) -> list[Draft]:
    """Return the links with ends and id, in the order of the files; an id that stands twice is E0325.

    A link without `id` is named by its two nodes as written, `a--b`; parallel ones without an id are `#2`, `#3` … in natural
    order of their interfaces (then of the file), and the first of them gives the order of the two names.
    """
    ends = [found for item in items if (found := _read_ends(item, reading)) is not None]
    names = _default_ids([item for item in ends if item.id is None])
    drafts: dict[str, Draft] = {}
    for item in ends:
        identifier = item.id or names[id(item)]
        span = item.fields.span("id" if item.id is not None else "a")
        draft = Draft(identifier, item.a, item.b, item.fields, span)
        if identifier in drafts:
            _refuse_twice(draft, drafts[identifier], reading)
        else:
            drafts[identifier] = draft
    return list(drafts.values())


def _read_ends(item: Node, reading: Reading) -> _Ends | None:
    if not isinstance(item, Table):
        reading.is_complete = False
        if not isinstance(item, Refused):
            reading.findings.error(
                "E0305", "a link is a mapping", item.span, help=("as in `{a: r1, b: r2, capacity: 10Gbps}`",)
            )
        return None
    fields = Fields(item, "a link", LINK_FIELDS, reading.findings)
    identifier = fields.text("id", NAME)
    a, b = (_read_end(name, fields) for name in ("a", "b"))
    if a is None or b is None or (identifier is None and fields.has("id")):
        reading.is_complete = False
        return None
    return _Ends(fields, a, b, identifier)


def _read_end(name: str, fields: Fields) -> End | None:
    fields.require(name, fields.table.span, f'write the node and interface of end {name}, as in `{name}: "r1:eth1"`')
    text = fields.text(name)
    if text is None:
        return None
    node, colon, interface = text.partition(":")
    for part, rule, kind in ((node, DEVICE_NAME, "a node"), (interface, INTERFACE_NAME, "an interface")):
        if not rule.allows(part) and (colon or kind == "a node"):
            help_ = f"write an end as `node` or `node:interface`; allowed are {rule.words}"
            fields.refuse("E0311", f"`{part}` cannot be the name of {kind}", fields.span(name), help_)
            return None
    return End(node, interface or None)


def _default_ids(unnamed: Sequence[_Ends]) -> dict[int, str]:
    """Return a name per link (by identity)."""
    groups: dict[tuple[str, ...], list[_Ends]] = {}
    for item in unnamed:
        groups.setdefault(tuple(sorted((item.a.node, item.b.node))), []).append(item)
    names: dict[int, str] = {}
    for group in groups.values():
        group.sort(key=_by_interfaces)
        base = f"{group[0].a.node}--{group[0].b.node}"
        for number, item in enumerate(group, start=1):
            names[id(item)] = base if number == 1 else f"{base}#{number}"
    return names


def _by_interfaces(item: _Ends) -> list[tuple[tuple[str | int, ...], str]]:
    ends = sorted((item.a, item.b), key=lambda end: end.node)
    return [natural_key(end.interface or "") for end in ends]


def _refuse_twice(draft: Draft, first: Draft, reading: Reading) -> None:
    reading.findings.error(
        "E0325",
        f"two links are called `{draft.id}`",
        draft.span,
        related=(Label(first.span, "the other one"),),
        help=("give one of them another `id`",),
    )
