"""Builds sets and expressions of the syntax tree."""

from __future__ import annotations

from typing import NamedTuple

from intentc.diagnostics import Edit, Span
from intentc.language import ast
from intentc.language.build_values import Children, ValueBuilder
from intentc.language.lexer import Token


class Target(NamedTuple):
    """What `to` and `->` lead to: a set, or one of its replicas."""

    set: ast.SetExpression
    is_any_of: bool
    span: Span


class SetBuilder(ValueBuilder):
    """The rules of sets and expressions."""

    # -- sets -----------------------------------------------------------------------------------------------------------

    def set(self, children: Children) -> ast.SetExpression:
        if len(children) == 1:
            return ast.SetExpression((children[0],), children[0].span)
        terms = tuple(children[::2])
        return ast.SetExpression(terms, self.span(terms[0], terms[-1]))

    def any_of(self, children: Children) -> Target:
        return Target(children[2], True, self.span(children[0], children[2]))

    def target(self, value: ast.SetExpression | Target) -> Target:
        """Return a target, whether `any of` was written or not."""
        return value if isinstance(value, Target) else Target(value, False, value.span)

    def named(self, children: Children) -> ast.NameTerm:
        name: ast.Name = children[-1]
        if len(children) == 1:
            return ast.NameTerm(name, None, name.span)
        return ast.NameTerm(name, children[0].text, self.span(children[0], name))

    def where(self, children: Children) -> ast.WhereTerm:
        plural, _, condition = children
        return ast.WhereTerm(plural.text, condition, self.span(plural, condition))

    def nested(self, children: Children) -> ast.SetExpression:
        opening, inner, closing = children
        return ast.SetExpression(inner.terms, self.span(opening, closing))

    def restricted(self, children: Children) -> ast.Restricted:
        base, operator, other = children
        return ast.Restricted(base, operator.text, other, self.span(base, other))

    def set_kind(self, children: Children) -> Token:
        return children[0]  # type: ignore[no-any-return]  # the rule has one token

    # -- expressions ----------------------------------------------------------------------------------------------------

    def or_(self, children: Children) -> ast.Or:
        return ast.Or(tuple(children[::2]), self.span(children[0], children[-1]))

    def and_(self, children: Children) -> ast.And:
        return ast.And(tuple(children[::2]), self.span(children[0], children[-1]))

    def not_(self, children: Children) -> ast.Not:
        return ast.Not(children[1], self.span(children[0], children[1]))

    def parenthesised(self, children: Children) -> ast.Expression:
        return children[1]  # type: ignore[no-any-return]  # built by the rules above

    def comparison(self, children: Children) -> ast.Comparison:
        field, operator, value = children
        if operator != "like":
            self._refuse_patterns(field, operator, value)
        return ast.Comparison(field, operator, value, self.span(field, value))

    def _refuse_patterns(self, field: ast.Name, operator: str, value: ast.Value) -> None:
        start, end = field.span, value.span
        between = Span(self.file, start.end_line, start.end_column, end.line, end.column)
        is_certain = operator == "==" and start.end_line == end.line  # a comment may stand between lines
        fix = (Edit(between, " like "),) if is_certain else ()
        items = value.items if isinstance(value, ast.ValueList) else (value,)
        for item in items:
            if isinstance(item, ast.Name) and item.is_glob:
                self.report(
                    "E0107", "a pattern is compared with `like`", item.span, f"write `like {item.text}`", fix=fix
                )

    def field(self, children: Children) -> ast.Name:
        field: Token | ast.Name = children[0]
        return ast.Name(field.text, self.at_token(field)) if isinstance(field, Token) else self.plain(field)

    def operator(self, children: Children) -> str:
        return " ".join(token.text for token in children)

    def value_list(self, children: Children) -> ast.ValueList:
        return ast.ValueList(tuple(children[1:-1:2]), self.span(children[0], children[-1]))
