"""Flexible Algorithms (RFC 9350): the field `flex_algos` of the network, which defines them, and of nodes, which take part."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Span
from intentc.patterns import pattern
from intentc.topology.fields import Fields
from intentc.topology.model import FlexAlgo
from intentc.topology.names import DEVICE_NAME
from intentc.topology.reading import Reading
from intentc.topology.scalars import is_null
from intentc.topology.tree import Node, Refused, Scalar, Table
from intentc.topology.values import read_integer

FLEX_ALGO_FIELDS = frozenset(("exclude_any", "include_all", "include_any", "metric"))
ALGORITHM = "algorithm"  # the kind under which `Topology.broken` has the numbers of those that are left out
METRICS = ("igp", "delay", "te")
LARGEST_LABEL = 2**20 - 1  # RFC 3032 §2.1; labels below 16 are reserved
LARGEST_TE_METRIC = 2**24 - 2  # 24 bits (RFC 5305 §3.7), of which the highest makes a last resort (RFC 9350 §15.3)
NUMBER = pattern(r"12[89]|1[3-9][0-9]|2[0-4][0-9]|25[0-5]")  # RFC 9350 §4


def read_flex_algos(routing: Fields, reading: Reading) -> dict[int, FlexAlgo]:
    """Return the definitions by number; one that is wrong is left out."""
    found: dict[int, FlexAlgo] = {}
    was_sound, routing.is_sound = routing.is_sound, True
    for number, key, value in _numbered(routing):
        table = Table.empty(key) if isinstance(value, Scalar) and is_null(value) else value
        if isinstance(table, Table):
            fields = Fields(table, f"algorithm {number}", FLEX_ALGO_FIELDS, reading.findings)
            read = _definition(number, key.span, fields)
            if fields.is_sound:
                found[number] = read
                continue
        elif not isinstance(value, Refused):
            reading.findings.error("E0305", f"algorithm {number} must be a mapping of fields", key.span)
        reading.leave_out(ALGORITHM, str(number))
    if not routing.is_sound:  # numbers that are none, or no mapping at all: nobody knows which algorithms were meant
        reading.leave_out(ALGORITHM, "")
    routing.is_sound = was_sound and routing.is_sound
    return {number: found[number] for number in sorted(found)}


def _definition(number: int, span: Span, fields: Fields) -> FlexAlgo:
    names = {name: fields.names(name, DEVICE_NAME) or () for name in ("exclude_any", "include_any", "include_all")}
    places = {name: place for listed in names.values() for name, place in listed}
    exclude_any, include_any, include_all = (tuple(sorted(name for name, _ in listed)) for listed in names.values())
    metric = fields.choice("metric", METRICS) or METRICS[0]
    return FlexAlgo(number, metric, exclude_any, include_any, include_all, span, places)


def read_algorithm_indexes(segment_routing: Fields, srgb: tuple[int, int] | None) -> dict[int, int]:
    """Return a node's SID index in each algorithm that it takes part in; all lie in its label block."""
    found: dict[int, int] = {}
    for number, _, value in _numbered(segment_routing):
        name = f"the SID index in algorithm {number}"
        index = segment_routing.value(
            "flex_algos",
            "a SID index by algorithm",
            value,
            lambda scalar: read_integer("flex_algos", scalar, 0, LARGEST_LABEL),
        )
        if index is not None and srgb is not None and index > srgb[1] - srgb[0]:
            help_ = f"indexes of this SRGB run from 0 to {srgb[1] - srgb[0]}"
            segment_routing.refuse("E0332", f"{name}, {index}, is outside of the SRGB", value.span, help_)
        elif index is not None:
            found[number] = index
    return {number: found[number] for number in sorted(found)}


def _numbered(fields: Fields) -> Iterator[tuple[int, Scalar, Node]]:
    """Yield number, key and value of each entry of `flex_algos`; what is no number of such an algorithm is a finding."""
    table = fields.sub("flex_algos")
    for text, (key, value) in table.entries.items() if table is not None else ():
        if NUMBER.fullmatch(text):
            yield int(text), key, value
        else:
            fields.refuse("E0306", f"`{text}` is no number of a Flexible Algorithm", key.span, "from 128 to 255")
