"""Plain data as text of a topology file: one line for each element, in the units of the language, quoted where needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from intentc.patterns import pattern
from intentc.topology.model import Directional
from intentc.topology.quantities import Measure

Value = str | int | bool | None | Decimal | Sequence["Value"] | Mapping[str, "Value"]
_PLAIN = pattern(
    r"[A-Za-z_][A-Za-z0-9_./-]*|[0-9]+(?:\.[0-9]+)?(?:[kMGT]?bps|[num]?s|%)|[0-9]+(?:\.[0-9]+){3}(?:/[0-9]+)?"
)
_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null"))
_DECIMAL = frozenset(("ns", "us", "ms", "s", "bps", "kbps", "Mbps", "Gbps", "Tbps", "%"))


def flow(value: Value) -> str:
    """Return a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return _text(value) if isinstance(value, str) else str(value)


def quantity(value: int, measure: Measure) -> str:
    """Return a quantity exactly, in the largest unit that it has one of."""
    units = sorted((size, unit) for unit, size in measure.units.items() if unit in _DECIMAL)
    size, unit = next(((size, unit) for size, unit in reversed(units) if value >= size), units[0])
    return f"{Decimal(value) / size:f}{unit}"


def both_ways(value: Directional, measure: Measure | None = None) -> Value:
    """Return a value that may differ by direction."""
    there, back = (item if measure is None else quantity(item, measure) for item in (value.ab, value.ba))
    return there if value.ab == value.ba else {"ab": there, "ba": back}


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS:
        return text
    return '"' + "".join(map(_escape, text)) + '"'


def _escape(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08X}"
