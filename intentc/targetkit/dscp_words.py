"""Code points by their names (RFC 2474, RFC 2597, RFC 3246), as most devices show them whatever they were given."""

from __future__ import annotations

from intentc.targetkit.xml_shape import Kind

CODE_POINTS = {
    "default": 0,
    "ef": 46,
    **{f"cs{n}": 8 * n for n in range(1, 8)},
    **{f"af{n}{drop}": 8 * n + 2 * drop for n in range(1, 5) for drop in range(1, 4)},
}


def _code_point(text: str) -> int:
    return CODE_POINTS[text] if text in CODE_POINTS else int(text)


DSCP = Kind(str, _code_point)
