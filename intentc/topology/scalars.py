"""What a plain YAML scalar means: the core schema of YAML 1.2.2 (§10.3.2), in which `no` is text."""

from __future__ import annotations

from intentc.patterns import pattern
from intentc.topology.tree import Scalar

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "True", "TRUE"))
_FALSE = frozenset(("false", "False", "FALSE"))
WORDS = _NULL | _TRUE | _FALSE  # that mean no text without quotes
_NUMBER_START = frozenset("+-.0123456789")
_DECIMAL = pattern(r"[-+]?[0-9]+")
_PREFIXED = pattern(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = pattern(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,2})?")
_LONGEST_NUMBER = 40  # digits; nothing measured in networks needs more, and Python refuses to convert thousands


def value_of(scalar: Scalar) -> str | int | float | bool | None:
    """Return what the scalar means; `.inf` and `.nan` stay text, for no field can hold them."""
    text = scalar.text
    if not scalar.is_plain:
        return text
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    return _number(text) if text[0] in _NUMBER_START and len(text) <= _LONGEST_NUMBER else text


def is_text(scalar: Scalar) -> bool:
    """Return whether the scalar can be taken as text: neither null nor a boolean."""
    return not scalar.is_plain or scalar.text not in WORDS


def is_null(scalar: Scalar) -> bool:
    """Return whether the scalar is an absent value."""
    return scalar.is_plain and scalar.text in _NULL


def _number(text: str) -> str | int | float:
    if _DECIMAL.fullmatch(text):
        return int(text)
    if _PREFIXED.fullmatch(text):
        return int(text, 0)
    return float(text) if _FLOAT.fullmatch(text) else text
