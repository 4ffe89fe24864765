"""Quantities in text: `10Gbps`, `4.2 ms`, `512KiB`, `0.01%`, as exact integers."""

from __future__ import annotations

from enum import Enum
from fractions import Fraction
from functools import lru_cache

from intentc.patterns import pattern
from intentc.values import frozen

LARGEST = 2**63 - 1
_QUANTITY = pattern(r"([0-9]{1,24}(?:\.[0-9]{1,24})?) ?([A-Za-zµ]+|%)?")


class Measure(Enum):
    """What a quantity measures: its name in findings, and what one of each unit is worth."""

    TIME = (
        "a time",
        {
            "ns": 1,
            "us": 10**3,
            "ms": 10**6,
            "s": 10**9,
            "min": 60 * 10**9,
            "h": 3600 * 10**9,
            "d": 86400 * 10**9,
        },
    )
    RATE = ("a rate", {"bps": 1, "kbps": 10**3, "Mbps": 10**6, "Gbps": 10**9, "Tbps": 10**12})
    SIZE = (
        "a size",
        {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30},
    )
    RATIO = ("a ratio", {"%": 10**7})

    __hash__ = (
        object.__hash__
    )  # as each is equal to itself alone; the library's asks for the name, each time that a cache is asked

    def __init__(self, words: str, units: dict[str, int]) -> None:
        self.words = words
        self.units = units


@frozen
class QuantityProblem:
    """Why a text is not the quantity that was asked for."""

    message: str
    help: str


@lru_cache(maxsize=4096)
def parse_quantity(text: str, measure: Measure) -> int | QuantityProblem:
    """Return the quantity in ns, bps, bytes or parts per billion; a bare number is a size in bytes and nothing else.

    Prefixes of rates are read in either case (`10gbps`); all other units are as written in the language reference.
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        return QuantityProblem(f"`{text}` is not {measure.words}", _example(measure))
    number, unit = match[1], match[2]
    if unit is None and measure is not Measure.SIZE:
        return QuantityProblem(f"`{text}` has no unit", _example(measure))
    factor = measure.units.get(_canonical(unit or "B"))
    if factor is None:
        return _wrong_unit(text, unit, measure)
    value = Fraction(number) * factor
    if value.denominator != 1:
        return QuantityProblem(f"`{text}` is finer than {_finest(measure)}", "leave out the last digits")
    if value > LARGEST:
        return QuantityProblem(f"`{text}` is too large", "check the unit")
    return int(value)


def _canonical(unit: str) -> str:
    """Return a rate's unit with its prefix in the usual case; other units as they are."""
    if unit[1:] == "bps" and unit[0] in "KkMmGgTt":
        return "kbps" if unit[0] in "Kk" else unit[0].upper() + "bps"
    return unit


def _wrong_unit(text: str, unit: str, measure: Measure) -> QuantityProblem:
    for other in Measure:
        if _canonical(unit) in other.units:
            return QuantityProblem(f"`{text}` is {other.words}, not {measure.words}", _example(measure))
    lower = {known.lower(): known for known in measure.units}
    import difflib  # noqa: PLC0415  (only where a unit is wrong: start-up)

    near = difflib.get_close_matches(unit.lower(), sorted(lower), n=1, cutoff=0.5)
    help_ = f"did you mean `{lower[near[0]]}`?" if near else f"units are {', '.join(measure.units)}"
    return QuantityProblem(f"unknown unit `{unit}`", help_)


def _example(measure: Measure) -> str:
    return {
        Measure.TIME: "write a time as in `4.2ms`",
        Measure.RATE: "write a rate as in `10Gbps`",
        Measure.SIZE: "write a size as in `512KB`, or a whole number of bytes",
        Measure.RATIO: "write a ratio as in `0.01%`",
    }[measure]


def _finest(measure: Measure) -> str:
    return {
        Measure.TIME: "a nanosecond",
        Measure.RATE: "a bit per second",
        Measure.SIZE: "a byte",
        Measure.RATIO: "a part per billion",
    }[measure]
