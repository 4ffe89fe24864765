"""Quantities: the units of the language, their exact integer values, and what to say of a unit that is none of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from intentc.diagnostics import Diagnostic, Span
from intentc.language.ast import Quantity, Unit
from intentc.patterns import pattern
from intentc.values import frozen

BILLION = 1_000_000_000

# Unit of the language → its type and how many of the type's smallest units (ns, bps, bytes, ppb) it is.
UNITS: Mapping[str, tuple[Unit, int]] = {
    "ns": (Unit.TIME, 1),
    "us": (Unit.TIME, 1_000),
    "ms": (Unit.TIME, 1_000_000),
    "s": (Unit.TIME, BILLION),
    "min": (Unit.TIME, 60 * BILLION),
    "h": (Unit.TIME, 3_600 * BILLION),
    "d": (Unit.TIME, 86_400 * BILLION),
    "bps": (Unit.RATE, 1),
    "kbps": (Unit.RATE, 1_000),
    "Mbps": (Unit.RATE, 1_000_000),
    "Gbps": (Unit.RATE, BILLION),
    "Tbps": (Unit.RATE, 1_000 * BILLION),
    "B": (Unit.SIZE, 1),
    "KB": (Unit.SIZE, 1_000),
    "MB": (Unit.SIZE, 1_000_000),
    "GB": (Unit.SIZE, BILLION),
    "KiB": (Unit.SIZE, 1 << 10),
    "MiB": (Unit.SIZE, 1 << 20),
    "GiB": (Unit.SIZE, 1 << 30),
    "%": (Unit.RATIO, 10_000_000),
}
_RATES = {unit.lower(): unit for unit, (kind, _) in UNITS.items() if kind is Unit.RATE}

_EXAMPLES = {Unit.TIME: "`15ms`", Unit.RATE: "`50Mbps`", Unit.SIZE: "`256KB`", Unit.RATIO: "`5%`"}
_ARTICLES = {
    Unit.TIME: "a time",
    Unit.RATE: "a rate",
    Unit.SIZE: "a size",
    Unit.RATIO: "a ratio",
    Unit.NUMBER: "a number",
}

# Other spellings that leave no doubt.
_SPELLINGS = {
    **dict.fromkeys(("nsec", "nsecs", "nanosecond", "nanoseconds"), "ns"),
    **dict.fromkeys(("usec", "usecs", "µs", "μs", "microsecond", "microseconds"), "us"),
    **dict.fromkeys(("msec", "msecs", "millis", "millisecond", "milliseconds"), "ms"),
    **dict.fromkeys(("sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("mins", "minute", "minutes"), "min"),
    **dict.fromkeys(("hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("day", "days"), "d"),
    **dict.fromkeys(("byte", "bytes"), "B"),
    **dict.fromkeys(("percent", "pct"), "%"),
    **{
        f"{prefix.lower()}{tail}": f"{prefix}bps"
        for prefix in ("", "k", "M", "G", "T")
        for tail in ("bit", "bits", "bit/s", "b/s")
        if prefix or tail != "b/s"
    },
}
_LONGEST = 18  # digits: more is a mistake, and would not fit 64 bits in any unit
_MOST_PLAIN = 5  # digits: so many days fit into 64 bits
_NUMBER = pattern(r"([0-9]+)(?:\.([0-9]+))?")


@frozen
class Mistake:
    """Why a text is no quantity. `start` is where in it the mistake begins; `fix` replaces the rest of the text."""

    code: str
    message: str
    start: int
    help: tuple[str, ...] = ()
    fix: str | None = None


@lru_cache(maxsize=4096)
def read_quantity(text: str) -> tuple[int, Unit] | Mistake:
    """Return the exact value and type of `15ms`, `0.01 %`, `3`; a bare number counts in parts per billion of one."""
    number = _NUMBER.match(text)
    assert number is not None  # the lexer's pattern  # noqa: S101
    if number[2] is None and len(number[1]) <= _MOST_PLAIN and (known := UNITS.get(text[number.end() :])) is not None:
        return int(number[1]) * known[1], known[0]  # what most quantities are
    whole, fraction = number[1].lstrip("0") or "0", (number[2] or "").rstrip("0")
    unit = text[number.end() :].strip()
    kind_and_factor = _lookup(unit) if unit else (Unit.NUMBER, BILLION)
    if kind_and_factor is None:
        return unknown_unit(unit, len(text) - len(unit))
    kind, factor = kind_and_factor
    if len(whole) > _LONGEST:
        return Mistake(
            "E0122", "the number is too large", 0, (f"a number has at most {_LONGEST} digits before the point",)
        )
    scaled = int(whole + fraction[: 2 * _LONGEST]) * factor
    value, rest = divmod(scaled, 10 ** len(fraction[: 2 * _LONGEST]))
    if rest or len(fraction) > 2 * _LONGEST:
        return _inexact(kind)
    if kind is not Unit.NUMBER and value >= 1 << 63:
        return Mistake("E0122", "the quantity is too large", 0, ("it does not fit 64 bits of its smallest unit",))
    return value, kind


def _inexact(kind: Unit) -> Mistake:
    smallest = {
        Unit.TIME: "1ns",
        Unit.RATE: "1bps",
        Unit.SIZE: "1B",
        Unit.RATIO: "0.0000001%",
        Unit.NUMBER: "0.000000001",
    }[kind]
    return Mistake(
        "E0121", f"not a whole number of `{smallest}`", 0, (f"{_ARTICLES[kind]} is counted in steps of `{smallest}`",)
    )


def _lookup(unit: str) -> tuple[Unit, int] | None:
    return UNITS.get(unit) or (UNITS[_RATES[unit[:-3].lower() + "bps"]] if _is_rate(unit) else None)


def _is_rate(unit: str) -> bool:
    return unit.endswith("bps") and unit[:-3].lower() + "bps" in _RATES


def unknown_unit(unit: str, start: int) -> Mistake:
    """Return the finding of a unit that the language does not know, with the one that was probably meant."""
    meant = _meant(unit)
    if unit[-3:] == "Bps" and len(unit) == 4 and f"{unit[0]}bps" in UNITS:
        help_line = f"rates are in bits per second: a `{unit}` is `8{unit[0]}bps`"
        return Mistake("E0120", f"unknown unit `{unit}`", start, (help_line,), None)
    help_line = (
        f"did you mean {' or '.join(f'`{known}`' for known in meant)}?"
        if meant
        else f"the units are {', '.join(UNITS)}"
    )
    is_other_case = bool(meant) and meant[0].lower() == unit.lower() and not unit.endswith("Bps")  # bytes per second?
    is_certain = len(meant) == 1 and (unit.lower() in _SPELLINGS or is_other_case)
    return Mistake("E0120", f"unknown unit `{unit}`", start, (help_line,), meant[0] if is_certain else None)


def _meant(unit: str) -> list[str]:
    """Return the units that a text may have been meant for: other spellings, another case, or a similar word."""
    lower = unit.lower()
    if lower == "m":
        return ["ms", "min"]
    if unit[:-1].lower() in {"k", "m", "g", "t"} and unit[-1] == "b":  # megabytes, or megabits per second?
        return [known for known in UNITS if known.lower() in {lower, f"{lower}ps"}]
    if lower in _SPELLINGS:
        return [_SPELLINGS[lower]]
    if lower in {"tb", "pb", "tib", "pib"}:
        return ["GB"]
    import difflib  # noqa: PLC0415  (only a mistake needs it: start-up)

    names = {known.lower(): known for known in UNITS}
    return [names[near] for near in difflib.get_close_matches(lower, names, n=1)]


def wrong_unit(quantity: Quantity, wanted: Unit, what: str) -> Diagnostic:
    """Return the finding of a quantity of another type than `what` (a clause, an option) takes; it points at the unit."""
    if quantity.unit is Unit.NUMBER:
        return Diagnostic(
            "E0123",
            f"`{what}` takes {_ARTICLES[wanted]}, and this number has no unit",
            quantity.span,
            help=(f"write a unit, as in {_EXAMPLES[wanted]}",),
        )
    return Diagnostic(
        "E0207",
        f"`{what}` takes {_ARTICLES[wanted]}, and `{canonical(quantity.text)}` is {_ARTICLES[quantity.unit]}",
        unit_span(quantity),
        help=(f"write {_ARTICLES[wanted]} such as {_EXAMPLES[wanted]}",),
    )


def unit_span(quantity: Quantity) -> Span:
    """Return where the unit of a quantity was written."""
    number = _NUMBER.match(quantity.text)
    skipped = len(quantity.text) - len(quantity.text[number.end() if number else 0 :].lstrip())
    span = quantity.span
    return Span(span.file, span.line, span.column + skipped, span.end_line, span.end_column)


def canonical(text: str) -> str:
    """Return a quantity as it is best written: no blank before the unit, prefixes of rates in their usual case."""
    number = _NUMBER.match(text)
    if number is None:
        return text
    unit = text[number.end() :].strip()
    return number[0] + (_RATES[unit.lower()] if _is_rate(unit) and unit not in UNITS else unit)
