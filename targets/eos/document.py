"""The file: `Owned` as lines of a configuration session, and what is read of a configuration, rendered or fetched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

from intentc.targetkit.kit import CliError, CliNode, CliReading, Line, cli_lines, has_end, parse_cli, written_cli

from .escape import OWN
from .owned import LabelClass, Owned, Port, QosProfile
from .shapes import SHAPES

HEADER = "! Written by intentc;"
# What a device does with labelled packets where it prints nothing: traffic classes 0 and 1 are swapped, as for other fields
OWN_CHOICE = {field: field for field in range(8)} | {0: 1, 1: 0}
_NAMELESS = frozenset(("labels", "bfd", "processes", "ports"))
_REFERENCES = ("in4", "out4", "in6", "out6", "pbr", "qos", "profile")


@dataclass(frozen=True, slots=True)
class Read:
    """What a configuration says: what is intentc's or at places that it claims, and what stands in its objects that it does not write."""

    owned: Owned
    strange: tuple[str, ...]


def config_lines(item: Owned) -> Iterator[Line]:
    """Yield the lines that make all that a device owns."""
    nodes = [written_cli(value, shape) for field, shape in SHAPES for value in getattr(item, field)]
    for text, origin in cli_lines(nodes):
        yield Line(text, origin if origin is not None and origin.spans else None)


def nodes_of(text: str) -> tuple[CliNode, ...]:
    """Return the lines of a file of ours, or of a whole configuration: devices end it with `end`. Nothing is an empty one.

    Raises `ValueError` for anything else: an answer that breaks off must not pass for a device without it.
    """
    nodes = parse_cli(text)
    if text.strip() and not text.lstrip().startswith(HEADER) and not has_end(text):
        raise CliError("not a whole configuration: it does not end with `end`")
    return nodes


@lru_cache(maxsize=16)  # what a device should have is compared with what it has, and looked through for slots
def read_document(text: str) -> Read:
    """Return what is intentc's in a configuration, and what stands at the nameless places that it may claim."""
    found: dict[str, list[Any]] = {field: [] for field, _ in SHAPES}
    strange: list[str] = []
    for node in nodes_of(text):
        _read(node, found, strange)
    strange += _repeated(found["labels"])
    owned = Owned(**{field: tuple(sorted(found[field], key=_key)) for field in found})
    return Read(owned, tuple(sorted(strange)))


def _read(node: CliNode, found: dict[str, list[Any]], strange: list[str]) -> None:
    """Add the value of a top-level line to its field if it is ours or at a place without a name."""
    for field, shape in SHAPES:
        reading = CliReading()
        value = reading.read(node, shape)
        if value is None:
            continue
        if field in _NAMELESS:
            own = _only_own(value) if field == "ports" else value
            found[field] += [] if own is None else [own]
        elif value.name.startswith(OWN):
            found[field].append(_in_order(value))
            strange.extend(reading.unread(node))
        return
    if f" {OWN}" in node.text:
        strange.append(node.text)


def _in_order(value: Any) -> Any:
    """Return a value with what has no order in the order in which it is written: devices print queues in their own."""
    if not isinstance(value, QosProfile):
        return value
    queues = tuple(sorted(value.queues, key=lambda queue: -queue.number))
    return replace(value, queues=queues, paused=tuple(sorted(value.paused)))


def _repeated(labels: list[LabelClass]) -> list[str]:
    """Return the fields of labels with more than one class, as no device prints them."""
    fields_ = [one.field for one in labels]
    return [f"qos map exp {number}, more than once" for number in sorted(set(fields_)) if fields_.count(number) > 1]


def _only_own(port: Port) -> Port | None:
    """Return a port with the references to our objects, and its BFD; None where nothing is."""
    own: dict[str, Any] = {name: _own_name(getattr(port, name)) for name in _REFERENCES}
    found = replace(port, **own)
    return found if found != Port(port.name) else None


def _own_name(name: str | None) -> str | None:
    return name if name is not None and name.startswith(OWN) else None


def _key(item: Any) -> tuple[str, str, int]:
    """Return what tells an item from others of its field."""
    name = getattr(item, "name", None) or getattr(item, "field", "")
    return str(getattr(item, "prefix", "")), str(name), getattr(item, "distance", 0)


def canonical(owned: Owned) -> Owned:
    """Return what is owned in the order in which it is read."""
    given = {field.name: tuple(sorted(getattr(owned, field.name), key=_key)) for field in fields(owned)}
    return replace(owned, **given)


def completed(labels: tuple[LabelClass, ...]) -> tuple[LabelClass, ...]:
    """Return the classes of all traffic class fields: a device prints those only that are not its own choice."""
    said = OWN_CHOICE | {one.field: one.traffic_class for one in labels}
    return tuple(LabelClass(field, number) for field, number in sorted(said.items()))
