"""SVG elements as text; every value that comes from outside is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from intentc.report.geometry import Curve
from intentc.report.layout import Point

Attribute = str | int | float | None


def tag(name: str, content: str = "", /, **attributes: Attribute) -> str:
    """Return one element; `content` is SVG already, attributes are escaped, those that are None left out.

    A trailing `_` of an attribute's name is dropped and the others become `-`: `class_`, `stroke_width`.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}={quoteattr(_value(value))}"
        for key, value in attributes.items()
        if value is not None
    )
    return f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>"


def text(words: str, x: float, y: float, /, **attributes: Attribute) -> str:
    """Return a text element with `words` escaped."""
    return tag("text", plain(words), x=x, y=y, **attributes)


def tooltip(words: str) -> str:
    """Return a title element: what a browser shows on hovering."""
    return tag("title", plain(words))


def plain(words: str) -> str:
    """Return `words` safe as character data; what XML 1.0 (section 2.2) forbids becomes the replacement character."""
    return escape("".join(c if _is_xml(ord(c)) else "\ufffd" for c in words))


def curve_path(curve: Curve) -> str:
    """Return the `d` attribute of a path along `curve`."""
    return f"M{point(curve.start)} Q{point(curve.control)} {point(curve.end)}"


def closed_path(points: Sequence[Point]) -> str:
    """Return the `d` attribute of a polygon."""
    return "M" + " L".join(point(each) for each in points) + " Z"


def point(at: Point) -> str:
    """Return coordinates as they stand in a path, to a tenth of a pixel."""
    return f"{number(at[0])},{number(at[1])}"


def number(value: float) -> str:
    """Return a coordinate to a tenth, without `-0`."""
    rounded = round(value, 1) + 0.0
    return f"{rounded:g}" if abs(rounded) < 100_000 else f"{rounded:.0f}"


def text_width(words: str, size: float) -> float:
    """Return about how wide `words` are in a sans-serif face of `size` pixels (a mean advance of 0.6 em errs to the wide side)."""
    return len(words) * size * 0.6


def _value(value: Attribute) -> str:
    if isinstance(value, float):
        return number(value)
    return "".join(c if _is_xml(ord(c)) else "\ufffd" for c in str(value))


def _is_xml(code: int) -> bool:
    return code in {0x9, 0xA, 0xD} or 0x20 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
