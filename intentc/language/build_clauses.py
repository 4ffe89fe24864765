"""Builds the clauses of intents, profiles and chains."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

from intentc.diagnostics import Diagnostic, Label, Span
from intentc.language import ast
from intentc.language.build_sets import SetBuilder, Target
from intentc.language.build_values import Children
from intentc.language.lexer import Token

T = TypeVar("T")


class Option(NamedTuple):
    """A part of a clause that may be written once: `reverse R`, `per source`, `calls 2`."""

    word: str
    value: ast.QuantityOrConst | str | int
    span: Span


class Flows(NamedTuple):
    flows: tuple[ast.FlowExpression, ...]
    span: Span


class Failures(NamedTuple):
    failures: tuple[ast.FailureCount, ...]
    span: Span


class Further(NamedTuple):
    """A name of a list of elements that takes its kind from the one before; `value` is that of a label."""

    name: ast.Name
    value: ast.Value | None
    span: Span


class ClauseBuilder(SetBuilder):
    """The rules of clauses."""

    def options(self, options: Children) -> dict[str, ast.QuantityOrConst | str | int]:
        """Return the values of options by their words; one given twice is a mistake."""
        first: dict[str, Option] = {}
        for option in options:
            known = first.setdefault(option.word, option)
            if known is not option:
                self.twice(option.word, option.span, known.span)
        return {word: option.value for word, option in first.items()}

    def once(self, items: Children, kind: type[T], word: str) -> T | None:
        """Return the one clause of a kind in a block, or None; a second one is a mistake."""
        found = [item for item in items if isinstance(item, kind)]
        for other in found[1:]:
            self.twice(word, other.span, found[0].span)  # type: ignore[attr-defined]  # every node has a span
        return found[0] if found else None

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
        matched: Flows = children[1]
        excepted: Flows | None = children[3] if len(children) > 2 else None
        return ast.Match(matched.flows, excepted.flows if excepted else (), self.span(children[0], excepted or matched))

    def flows(self, children: Children) -> Flows:
        flows = tuple(children[::2])
        return Flows(flows, self.span(flows[0], flows[-1]))

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
            reverse=options.get("reverse"),  # type: ignore[arg-type]  # by the rules of the options below
            per=options.get("per"),  # type: ignore[arg-type]
            ceiling=options.get("ceiling"),  # type: ignore[arg-type]
            burst=options.get("burst"),  # type: ignore[arg-type]
            span=self.span(keyword, children[-1]),
        )

    def reverse(self, children: Children) -> Option:
        keyword, value = children
        return Option(keyword.text, self.measured(value, keyword.text), self.span(keyword, value))

    ceiling = burst = processing = reverse

    def per(self, children: Children) -> Option:
        return Option("per", children[-1].text, self.span(children[0], children[-1]))

    def calls(self, children: Children) -> Option:
        keyword, number = children
        return Option("calls", self.whole(number, "`calls`", 1), self.span(keyword, number))

    def transfer(self, children: Children) -> ast.Transfer:
        keyword, size, _, within = children
        return ast.Transfer(
            self.measured(size, "transfer"), self.measured(within, "within"), self.span(keyword, within)
        )

    # -- where it may go ------------------------------------------------------------------------------------------------

    def pin(self, children: Children) -> ast.Pin:
        regions = tuple(self.plain(name) for name in children if isinstance(name, ast.Name))
        return ast.Pin(regions, self.span(children[0], regions[-1]))

    def avoid(self, children: Children) -> ast.Avoid:
        elements = self._elements(children[1::2])
        return ast.Avoid(elements, self.span(children[0], elements[-1]))

    def via(self, children: Children) -> ast.Via:
        elements = self._elements(children[1::2])
        return ast.Via(elements, self.span(children[0], elements[-1]))

    def prefer(self, children: Children) -> ast.Prefer:
        elements = self._elements(children[1::2])
        return ast.Prefer(elements, self.span(children[0], elements[-1]))

    def _elements(self, written: Children) -> tuple[ast.Element, ...]:
        """Return the elements of a list, each with its kind: its own, or that of the one before."""
        elements: list[ast.Element] = []
        for item in written:
            if isinstance(item, Further):
                kind = elements[-1].kind
                if (kind == "label") != (item.value is not None):
                    wanted = "`label KEY = VALUE`" if kind == "label" else f"a {kind}"
                    self.report("E0101", f"expected {wanted}, like the element before", item.span, "or write its kind")
                elements.append(ast.Element(kind, item.name, item.span, item.value))
            else:
                elements.append(item)
        return tuple(elements)

    def element(self, children: Children) -> ast.Element:
        kind, name = children
        return ast.Element(kind.text, name, self.span(kind, name))

    def element_kind(self, children: Children) -> Token:
        return children[0]  # type: ignore[no-any-return]  # the rule has one token

    failure_kind = element_kind

    def label_element(self, children: Children) -> ast.Element:
        keyword, key, _, value = children
        return ast.Element("label", self.plain(key), self.span(keyword, value), value)

    def further_element(self, children: Children) -> Further:
        return Further(children[0], None, children[0].span)

    def further_label(self, children: Children) -> Further:
        key, _, value = children
        return Further(self.plain(key), value, self.span(key, value))

    # -- protection -----------------------------------------------------------------------------------------------------

    def failover(self, children: Children) -> ast.Failover:
        keyword, *rest = children
        items = rest[3:-1]
        return ast.Failover(
            within=self.measured(rest[1], "within") if len(rest) > 1 else None,
            survive=tuple(item for item in items if isinstance(item, ast.Survive)),
            latency=self.once(items, ast.Latency, "latency"),
            bandwidth=self.once(items, ast.Bandwidth, "bandwidth"),
            switch=tuple(item for item in items if isinstance(item, ast.SwitchWhen)),
            revert=self.once(items, ast.Revert, "revert"),
            otherwise=self.once(items, ast.Otherwise, "otherwise"),
            span=self.span(keyword, children[-1]),
        )

    def survive(self, children: Children) -> ast.Survive:
        failures: Failures = children[1]
        last = children[-1] if len(children) > 2 else failures
        return ast.Survive(failures.failures, len(children) > 2, self.span(children[0], last))

    def failures(self, children: Children) -> Failures:
        failures = tuple(children[::2])
        return Failures(failures, self.span(failures[0], failures[-1]))

    def failure(self, children: Children) -> ast.FailureCount:
        keyword, number, kind = children
        count = self.whole(number, "the number of failures")
        return ast.FailureCount(count, kind.text, self.span(keyword, kind))

    def switch(self, children: Children) -> ast.SwitchWhen:
        metric = children[2].text
        hold = self.measured(children[6], "for") if len(children) > 5 else None
        return ast.SwitchWhen(metric, self.measured(children[4], metric), hold, self.span(children[0], children[-1]))

    def revert(self, children: Children) -> ast.Revert:
        after = self.measured(children[2], "after") if len(children) > 2 else None
        return ast.Revert(after, self.span(children[0], children[-1]))

    def otherwise(self, children: Children) -> ast.Otherwise:
        return ast.Otherwise(children[1].text, self.span(*children))

    # -- the rest -------------------------------------------------------------------------------------------------------

    def encrypt(self, children: Children) -> ast.Encrypt:
        method = children[1].text if len(children) > 1 and children[1].text != "on" else None
        condition = children[-1] if not isinstance(children[-1], Token) else None
        return ast.Encrypt(method, condition, self.span(children[0], children[-1]))

    def isolate(self, children: Children) -> ast.Isolate | list[ast.Clause]:
        direction = children[1].text if len(children) > 1 else "to"
        if len(children) < 3:
            return ast.Isolate(direction, self.span(children[0], children[-1]))
        ends = self.from_(children[1:]) if direction == "from" else self.to(children[1:])
        return [ast.Isolate("to", self.at_token(children[0])), ends]

    def label(self, children: Children) -> ast.LabelClause:
        keyword, key, _, value = children
        return ast.LabelClause(self.plain(key), value, self.span(keyword, value))

    def spread(self, children: Children) -> ast.Spread:
        return ast.Spread(self.at_token(children[0]))

    def telemetry(self, children: Children) -> ast.Telemetry | list[ast.Clause]:
        keyword, _, every, *rest = children
        self.measured(every, "every")
        if not rest:
            return ast.Telemetry(every, None, self.span(keyword, every))
        collector = self._collector(every, *rest)
        if collector is not None:
            return ast.Telemetry(every, self.plain(collector), self.span(keyword, collector))
        return [ast.Telemetry(every, None, self.span(keyword, every)), self.to(rest)]

    def _collector(
        self, every: ast.QuantityOrConst, keyword: Token, target: ast.SetExpression | Target
    ) -> ast.Name | None:
        """Return the name after `to` if it is the collector's: a single one, on the line of the interval."""
        if keyword.line != every.span.line or isinstance(target, Target) or len(target.terms) != 1:
            return None
        term = target.terms[0]
        return term.name if isinstance(term, ast.NameTerm) and term.kind is None else None

    def optimize(self, children: Children) -> ast.Optimize:
        return ast.Optimize(children[1].text, self.span(*children))

    def waive(self, children: Children) -> ast.Waive:
        keyword, code, _, until, _, because = children
        return ast.Waive(self.plain(code), self.day(until), self.text(because), self.span(keyword, because))
