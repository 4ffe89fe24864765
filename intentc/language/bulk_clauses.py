"""Builds the common clauses, and intents, of many declarations at once: the rules of `build_demands`, `build_clauses` and `builder`
over lanes. Of a clause that stands seldom there is none: it is built one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import Any

from intentc.language import ast
from intentc.language.build_demands import Part
from intentc.language.build_values import MOST_DIGITS
from intentc.language.bulk_values import BulkValues, Lanes
from intentc.language.lanes import Lane, Words

_OPTIONS = ("reverse", "per", "ceiling", "burst")
_ONCE = (
    ast.Latency,
    ast.Bandwidth,
    ast.SwitchWhen,
    ast.Revert,
    ast.Otherwise,
)  # of a failover block, here at most once


class BulkClauses(BulkValues):
    """The rules of clauses; all may return None (`bulk_values`)."""

    # -- who talks ------------------------------------------------------------------------------------------------------

    def from_(self, children: Lanes) -> Lane | None:
        keyword, ends = children
        return self.node(ast.From, keyword, ends, ends.values) if ends.kind is ast.SetExpression else None

    def to(self, children: Lanes) -> Lane | None:
        keyword, ends = children
        if ends.kind is not ast.SetExpression:
            return None
        return self.node(ast.To, keyword, ends, ends.values, repeat(False))

    def unidirectional(self, children: Lanes) -> Lane:
        return self.node(ast.Unidirectional, children[0], children[0])

    def match(self, children: Lanes) -> Lane | None:
        keyword, matched, *rest = children
        if matched.kind is None or (rest and rest[-1].kind is None):
            return None
        excepted = rest[-1].inner if rest else repeat(())
        return self.node(ast.Match, keyword, rest[-1] if rest else matched, matched.inner, excepted)

    def flows(self, children: Lanes) -> Lane | None:
        flows: Lanes = children[::2]
        if any(flow.kind is None for flow in flows):
            return None
        return self.part("flows", flows[0], flows[-1], list(zip(*[flow.values for flow in flows], strict=True)))

    def flow(self, children: Lanes) -> Lane | None:
        if any(part.kind is None for part in children):
            return None
        parts = zip(*[part.values for part in children], strict=True)
        return self.node(ast.FlowExpression, children[0], children[-1], parts)

    def dscp(self, children: Lanes) -> Lane | None:
        keyword, name = children
        return self.node(ast.DscpMatch, keyword, name, name.values) if self.are_plain(name) else None

    # -- treatment and bounds -------------------------------------------------------------------------------------------

    def priority(self, children: Lanes) -> Lane | None:
        keyword, name = children
        return self.node(ast.Priority, keyword, name, name.values) if self.are_plain(name) else None

    def latency(self, children: Lanes) -> Lane | None:
        keyword, _, bound, *rest = children
        if not self.is_measure(bound, "latency"):
            return None
        modes = rest[0].texts if rest else repeat("one-way")
        return self.node(ast.Latency, keyword, children[-1], bound.values, modes)

    def bandwidth(self, children: Lanes) -> Lane | None:
        keyword, rate, *options = children
        by_word = {option.word: option.inner for option in options if option.kind is Part}
        if len(by_word) < len(options) or not self.is_measure(rate, "bandwidth"):
            return None
        written = [by_word.get(word, repeat(None)) for word in _OPTIONS]
        return self.node(ast.Bandwidth, keyword, children[-1], rate.values, *written)

    def reverse(self, children: Lanes) -> Lane | None:
        keyword, value = children
        word = keyword.texts[0]
        return self.part(word, keyword, value, value.values) if self.is_measure(value, word) else None

    ceiling = burst = reverse

    def per(self, children: Lanes) -> Lane:
        return self.part("per", children[0], children[-1], children[-1].texts)

    # -- protection -----------------------------------------------------------------------------------------------------

    def failover(self, children: Lanes) -> Lane | None:
        keyword, *rest = children
        items = [item for item in rest[3:-1] if isinstance(item, Lane)]
        once = {item.kind: item.values for item in items if item.kind in _ONCE}
        lines = [item.values for item in items if item.kind is ast.Survive]
        if len(rest) < 2 or len(once) + len(lines) < len(items) or not self.is_measure(rest[1], "within"):
            return None
        latency, bandwidth, switch, revert, otherwise = (once.get(kind) for kind in _ONCE)
        return self.node(
            ast.Failover,
            keyword,
            children[-1],
            rest[1].values,
            zip(*lines, strict=True) if lines else repeat(()),
            latency or repeat(None),
            bandwidth or repeat(None),
            zip(switch, strict=True) if switch else repeat(()),
            revert or repeat(None),
            otherwise or repeat(None),
        )

    def survive(self, children: Lanes) -> Lane | None:
        keyword, failures, *rest = children
        if failures.kind is None:
            return None
        return self.node(ast.Survive, keyword, children[-1], failures.inner, repeat(bool(rest)))

    def failures(self, children: Lanes) -> Lane | None:
        found: Lanes = children[::2]
        if any(failure.kind is None for failure in found):
            return None
        return self.part(
            "failures", found[0], found[-1], list(zip(*[failure.values for failure in found], strict=True))
        )

    def failure(self, children: Lanes) -> Lane | None:
        keyword, number, kind = children
        if not all(map(str.isdecimal, number.texts)) or max(map(len, number.texts)) > MOST_DIGITS:
            return None
        return self.node(ast.FailureCount, keyword, kind, map(int, number.texts), kind.texts)

    def revert(self, children: Lanes) -> Lane | None:
        if len(children) > 2 and not self.is_measure(children[2], "after"):
            return None
        after = children[2].values if len(children) > 2 else repeat(None)
        return self.node(ast.Revert, children[0], children[-1], after)

    def otherwise(self, children: Lanes) -> Lane:
        return self.node(ast.Otherwise, children[0], children[1], children[1].texts)

    # -- intents --------------------------------------------------------------------------------------------------------

    def extends(self, children: Lanes) -> Lane | None:
        names: Lanes = children[1::2]
        if not self.are_plain(*names):
            return None
        return self.part("extends", children[0], names[-1], list(zip(*[name.values for name in names], strict=True)))

    def intent(self, children: Lanes) -> Lane | None:
        keyword, name, *rest = children
        titles: Any = self._titles(rest.pop(0)) if rest[0].kind == "STRING" else repeat(None)
        extends = rest.pop(0).inner if isinstance(rest[0], Lane) and rest[0].word == "extends" else repeat(())
        items = [item for item in rest if isinstance(item, Lane)]
        if titles is None or not self.are_plain(name) or any(item.kind is None for item in items):
            return None
        clauses: Any = zip(*[item.values for item in items], strict=True) if items else repeat(())
        return self.node(ast.Intent, keyword, rest[-1], name.values, titles, extends, clauses)

    def _titles(self, words: Words) -> Sequence[ast.Text] | None:
        if any("\\" in text for text in words.texts):
            return None
        return self.node(ast.Text, words, words, [text[1:-1] for text in words.texts]).values
