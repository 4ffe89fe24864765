"""Builds the clauses that say who talks with whom, which packets are meant, and what they need."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from intentc.diagnostics import Diagnostic, Label, Span
from intentc.language import ast
from intentc.language.build_sets import SetBuilder
from intentc.language.build_values import Children
from intentc.language.lexer import Token

T = TypeVar("T")


class Part(NamedTuple):
    """A part of a clause or block that is no node of the tree: `reverse R`, the flows of a match, `at SET` of a service."""

    word: str
    value: Any
    span: Span


class DemandBuilder(SetBuilder):
    """The rules of ends, flows, treatment and bounds, and what their options have in common."""

    def options(self, options: Children) -> dict[str, Any]:
        """Return the values of options by their words; one given twice is a mistake."""
        first: dict[str, Part] = {}
        for option in options:
            known = first.setdefault(option.word, option)
            if known is not option:
                self.twice(option.word, option.span, known.span)
        return {word: option.value for word, option in first.items()}

    def once(self, items: Children, kind: type[T], word: str) -> T | None:
        """Return the one clause of a kind in a block, or None; a second one is a mistake."""
        first: T | None = None
        for item in items:
            if not isinstance(item, kind) or (isinstance(item, Part) and item.word != word):
                continue
            if first is None:
                first = item
            else:
                self.twice(word, item.span, first.span)  # type: ignore[attr-defined]  # every node has a span
        return first

    def twice(self, word: str, span: Span, first: Span) -> None:
        """Note that something stands twice where once is enough; what recovery has read twice stands in one place."""
        if span == first:
            return
        message = f"`{word}` stands twice"
        self.found.append(
            Diagnostic(
                "E0213", message, span, related=(Label(first, "first written here"),), help=("keep one of them",)
            )
        )

    # -- who talks ------------------------------------------------------------------------------------------------------

    def from_(self, children: Children) -> ast.From:
        keyword, ends = children
        return ast.From(ends, self.span(keyword, ends))

    def to(self, children: Children) -> ast.To:
        keyword, value = children
        target = self.target(value)
        return ast.To(target.set, target.is_any_of, self.span(keyword, target))

    def between(self, children: Children) -> ast.Between:
        keyword, left, _, right = children
        return ast.Between(left, right, self.span(keyword, right))

    def among(self, children: Children) -> ast.Among:
        keyword, ends = children
        return ast.Among(ends, self.span(keyword, ends))

    def unidirectional(self, children: Children) -> ast.Unidirectional:
        return ast.Unidirectional(self.at_token(children[0]))

    def symmetric(self, children: Children) -> ast.Symmetric:
        return ast.Symmetric(self.at_token(children[0]))

    def match(self, children: Children) -> ast.Match:
        matched: Part = children[1]
        excepted: Part | None = children[3] if len(children) > 2 else None
        return ast.Match(matched.value, excepted.value if excepted else (), self.span(children[0], excepted or matched))

    def flows(self, children: Children) -> Part:
        flows = tuple(children[::2])
        return Part("flows", flows, self.span(flows[0], flows[-1]))

    def flow(self, children: Children) -> ast.FlowExpression:
        return ast.FlowExpression(tuple(children), self.span(children[0], children[-1]))

    def dscp(self, children: Children) -> ast.DscpMatch:
        keyword, value = children
        if not isinstance(value, Token):
            return ast.DscpMatch(self.plain(value), self.span(keyword, value))
        return ast.DscpMatch(self.literal(value), self.span(keyword, value))

    def prefix_pair(self, children: Children) -> ast.PrefixPair:
        keyword, source, _, destination = children
        return ast.PrefixPair(self.address(source), self.address(destination), self.span(keyword, destination))

    def overrides(self, children: Children) -> ast.Overrides:
        names = tuple(self.plain(name) for name in children[1::2])
        return ast.Overrides(names, self.span(children[0], names[-1]))

    # -- treatment and bounds -------------------------------------------------------------------------------------------

    def priority(self, children: Children) -> ast.Priority:
        keyword, name = children
        return ast.Priority(self.plain(name), self.span(keyword, name))

    def latency(self, children: Children) -> ast.Latency:
        mode = children[3].text if len(children) > 3 else "one-way"
        return ast.Latency(self.measured(children[2], "latency"), mode, self.span(children[0], children[-1]))

    def jitter(self, children: Children) -> ast.Jitter:
        keyword, _, bound = children
        return ast.Jitter(self.measured(bound, "jitter"), self.span(keyword, bound))

    def loss(self, children: Children) -> ast.Loss:
        keyword, _, bound = children
        return ast.Loss(self.measured(bound, "loss"), self.span(keyword, bound))

    def bandwidth(self, children: Children) -> ast.Bandwidth:
        keyword, rate, *written = children
        options = self.options(written)
        return ast.Bandwidth(
            rate=self.measured(rate, "bandwidth"),
            reverse=options.get("reverse"),
            per=options.get("per"),
            ceiling=options.get("ceiling"),
            burst=options.get("burst"),
            span=self.span(keyword, children[-1]),
        )

    def reverse(self, children: Children) -> Part:
        keyword, value = children
        return Part(keyword.text, self.measured(value, keyword.text), self.span(keyword, value))

    ceiling = burst = processing = reverse

    def per(self, children: Children) -> Part:
        return Part("per", children[-1].text, self.span(children[0], children[-1]))

    def calls(self, children: Children) -> Part:
        keyword, number = children
        return Part("calls", self.whole(number, "`calls`", 1), self.span(keyword, number))

    def transfer(self, children: Children) -> ast.Transfer:
        keyword, size, _, within = children
        return ast.Transfer(
            self.measured(size, "transfer"), self.measured(within, "within"), self.span(keyword, within)
        )
