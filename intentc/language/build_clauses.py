"""Builds the clauses that say where traffic may go, what is promised under failure, and what is protected and reported."""

from __future__ import annotations

from intentc.language import ast
from intentc.language.build_demands import DemandBuilder, Part
from intentc.language.build_sets import Target
from intentc.language.build_values import Children
from intentc.language.lexer import Token


class ClauseBuilder(DemandBuilder):
    """The rules of the other clauses."""

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
            kind = item.kind or elements[-1].kind
            if (kind == "label") != (item.value is not None):
                wanted = "`label KEY = VALUE`" if kind == "label" else f"a {kind}"
                self.report("E0101", f"expected {wanted}, like the element before", item.span, "or write its kind")
            elements.append(item if item.kind else ast.Element(kind, item.name, item.span, item.value))
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

    def further_element(self, children: Children) -> ast.Element:
        return ast.Element("", children[0], children[0].span)

    def further_label(self, children: Children) -> ast.Element:
        key, _, value = children
        return ast.Element("", self.plain(key), self.span(key, value), value)

    # -- protection -----------------------------------------------------------------------------------------------------

    def failover(self, children: Children) -> ast.Failover:
        keyword, *rest = children
        items = rest[3:-1]
        return ast.Failover(
            within=self.measured(rest[1], "within") if len(rest) > 1 else None,
            survive=tuple([item for item in items if isinstance(item, ast.Survive)]),
            latency=self.once(items, ast.Latency, "latency"),
            bandwidth=self.once(items, ast.Bandwidth, "bandwidth"),
            switch=tuple([item for item in items if isinstance(item, ast.SwitchWhen)]),
            revert=self.once(items, ast.Revert, "revert"),
            otherwise=self.once(items, ast.Otherwise, "otherwise"),
            span=self.span(keyword, children[-1]),
        )

    def survive(self, children: Children) -> ast.Survive:
        failures: Part = children[1]
        last = children[-1] if len(children) > 2 else failures
        return ast.Survive(failures.value, len(children) > 2, self.span(children[0], last))

    def failures(self, children: Children) -> Part:
        failures = tuple(children[::2])
        return Part("failures", failures, self.span(failures[0], failures[-1]))

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
