"""What the traffic classes mean for placement, from the language's table and the program's own declarations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from intentc.language import ast
from intentc.verify.sources import Sources

DEFAULT_CLASS = "default"
_PERCENT = 10_000_000  # in ppb

# Packets of a link's MTU that one packet is assumed to wait for at each hop, by how its class is served.
_STRICT_AHEAD, _SHARE_AHEAD, _IDLE_AHEAD, _DEFAULT_AHEAD = 1, 8, 32, 16
_WEIGHT_AHEAD = ((30, 2), (20, 4), (0, 8))
_STRICT_CAP = 30 * _PERCENT


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """How a class is served: `limit_ppb` of a link is the most it may reserve (None: no limit of its own)."""

    name: str
    dscp: int
    packets_ahead: int
    limit_ppb: int | None


# language.md, "Built-in classes": name, DSCP, weight (None: strict), and the cookbook's idle class.
_BUILT_IN: Mapping[str, ClassFacts] = {
    "critical": ClassFacts("critical", 46, _STRICT_AHEAD, _STRICT_CAP),
    "high": ClassFacts("high", 34, 2, None),
    "normal": ClassFacts("normal", 18, 4, None),
    "low": ClassFacts("low", 10, 8, None),
    "background": ClassFacts("background", 1, _IDLE_AHEAD, None),
    DEFAULT_CLASS: ClassFacts(DEFAULT_CLASS, 0, _DEFAULT_AHEAD, None),
}
_CUSTOM_WEIGHT = 20


def class_facts(name: str, sources: Sources) -> ClassFacts | None:
    """Return the facts of a class, a declared one before the built-in of its name; None for an unknown name."""
    declared = sources.classes.get(name)
    base = _BUILT_IN.get(name)
    if declared is None:
        return base
    dscp = _code_point(declared.dscp.value) if declared.dscp is not None else base.dscp if base else None
    if dscp is None:
        return None
    if declared.queue is None:
        ahead = base.packets_ahead if base else _DEFAULT_AHEAD if dscp == 0 else _weighted(_CUSTOM_WEIGHT)
        return ClassFacts(name, dscp, ahead, base.limit_ppb if base else None)
    share = declared.queue.share
    limit = sources.quantity(share, ast.Unit.RATIO) if share is not None else _STRICT_CAP
    return ClassFacts(name, dscp, _STRICT_AHEAD if declared.queue.is_strict else _SHARE_AHEAD, limit)


def _weighted(weight: int) -> int:
    return next(ahead for least, ahead in _WEIGHT_AHEAD if weight >= least)


def _code_point(value: ast.Name | ast.Quantity) -> int | None:
    if isinstance(value, ast.Quantity):
        return value.value // 1_000_000_000
    return code_points().get(value.text.upper())


def code_points() -> Mapping[str, int]:
    """Return the named code points (IANA registry; RFC 2474, 2597, 3246, 5865, 8622)."""
    assured = {f"AF{row}{drop}": row * 8 + drop * 2 for row in range(1, 5) for drop in range(1, 4)}
    selectors = {f"CS{row}": row * 8 for row in range(8)}
    return {**assured, **selectors, "EF": 46, "VOICE-ADMIT": 44, "DF": 0, "LE": 1}
