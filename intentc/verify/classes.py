"""What the traffic classes mean for placement, from the language's table and the program's own declarations."""

from __future__ import annotations

from collections.abc import Mapping

from intentc.language import ast
from intentc.values import frozen
from intentc.verify.sources import Sources, Unprovable

DEFAULT_CLASS = "default"
_PERCENT = 10_000_000  # in ppb

STRICT, WEIGHT, SHARE, IDLE = "strict", "weight", "share", "idle"
_STRICT_CAP = 30 * _PERCENT
_IDLE_LEAST = 1 * _PERCENT
_CUSTOM_WEIGHT = 20
_KEEPING = frozenset({0, 1})  # DF and LE: what exceeds its rate keeps its code point, and so its queue


@frozen
class ClassFacts:
    """How a class is served: first of all (strict), by `weight`, with a fixed share, or with what is idle.

    `share_ppb` is the cap, the fixed share, or the least that an idle class has; `limit_ppb` the most that may be reserved of
    a link (None: no limit of its own). `is_metered`: what exceeds the committed rate does not stay in the class.
    """

    name: str
    dscp: int
    kind: str
    weight: int
    share_ppb: int
    is_lossless: bool = False  # senders are paused before anything is lost
    drops_early: bool = False  # packets may be lost before a queue is full

    @property
    def limit_ppb(self) -> int | None:
        return self.share_ppb if self.kind in {STRICT, SHARE} else None

    @property
    def is_metered(self) -> bool:
        return not self.is_lossless and (self.kind == STRICT or self.dscp not in _KEEPING)

    @property
    def is_remarked(self) -> bool:
        """Return whether what exceeds the rate goes on in another queue."""
        return self.is_metered and self.kind != STRICT


# language.md, "Built-in classes": name, DSCP, kind, weight, share.
_BUILT_IN: Mapping[str, ClassFacts] = {
    "critical": ClassFacts("critical", 46, STRICT, 0, _STRICT_CAP),
    "high": ClassFacts("high", 34, WEIGHT, 30, 0),
    "normal": ClassFacts("normal", 18, WEIGHT, 20, 0),
    "low": ClassFacts("low", 10, WEIGHT, 10, 0),
    "background": ClassFacts("background", 1, IDLE, 0, _IDLE_LEAST),
    DEFAULT_CLASS: ClassFacts(DEFAULT_CLASS, 0, WEIGHT, 10, 0),
}


def class_facts(name: str, sources: Sources) -> ClassFacts | None:
    """Return the facts of a class, a declared one before the built-in of its name; None for an unknown name."""
    declared = sources.classes.get(name)
    base = _BUILT_IN.get(name)
    if declared is None:
        return base
    dscp = _code_point(declared.dscp.value) if declared.dscp is not None else base.dscp if base else None
    if dscp is None:
        return None
    is_early = declared.drop in {"medium", "high"}
    if declared.queue is None:
        if base is None:
            return ClassFacts(name, dscp, WEIGHT, _CUSTOM_WEIGHT, 0, declared.is_lossless, is_early)
        return ClassFacts(name, dscp, base.kind, base.weight, base.share_ppb, declared.is_lossless, is_early)
    share = declared.queue.share
    limit = sources.quantity(share, ast.Unit.RATIO) if share is not None else _STRICT_CAP
    kind = STRICT if declared.queue.is_strict else SHARE
    return ClassFacts(name, dscp, kind, 0, limit, declared.is_lossless, is_early)


def all_facts(sources: Sources) -> list[ClassFacts]:
    """Return the facts of all classes of a program, the built-in ones with them; those that are not sound are left out."""
    found = []
    for name in {**_BUILT_IN, **sources.classes}:
        try:
            facts = class_facts(name, sources)
        except Unprovable:
            facts = _BUILT_IN.get(name)
        if facts is not None:
            found.append(facts)
    return found


def _code_point(value: ast.Name | ast.Quantity) -> int | None:
    if isinstance(value, ast.Quantity):
        return value.value // 1_000_000_000
    return code_points().get(value.text.upper())


def code_points() -> Mapping[str, int]:
    """Return the named code points (IANA registry; RFC 2474, 2597, 3246, 5865, 8622)."""
    assured = {f"AF{row}{drop}": row * 8 + drop * 2 for row in range(1, 5) for drop in range(1, 4)}
    selectors = {f"CS{row}": row * 8 for row in range(8)}
    return {**assured, **selectors, "EF": 46, "VOICE-ADMIT": 44, "DF": 0, "LE": 1}


_RANKS = {"critical": 0, "high": 1, "normal": 2, "low": 3, "background": 4, DEFAULT_CLASS: 5}
_RANK_OF_KIND = {STRICT: 0, SHARE: 2, WEIGHT: 2, IDLE: 4}
_HIGH_WEIGHT, _NORMAL_WEIGHT = 30, 20


def rank_of(name: str, sources: Sources) -> int:
    """Return the place of a class in the order of priorities: smaller ones are placed first; unknown classes come last."""
    facts = class_facts(name, sources)
    if name in _RANKS:
        return _RANKS[name]
    return _RANK_OF_KIND[facts.kind] if facts is not None else len(_RANKS)


def queued_ahead(name: str, sources: Sources) -> int:
    """Return the packets that the placement assumes ahead of one in its queue (intentc/place/README.md, "Latency")."""
    facts = class_facts(name, sources)
    if facts is None:
        return 0
    if facts.kind == STRICT:
        return 1
    if facts.kind == IDLE:
        return 32
    if facts.kind == WEIGHT and facts.dscp == 0:
        return 16
    if facts.kind == WEIGHT and facts.weight >= _NORMAL_WEIGHT:
        return 2 if facts.weight >= _HIGH_WEIGHT else 4
    return 8
