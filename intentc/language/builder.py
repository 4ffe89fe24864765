"""Builds the declarations of the syntax tree; with its bases it has a method for every rule of the grammar."""

from __future__ import annotations

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.language.build_clauses import ClauseBuilder
from intentc.language.build_demands import Part
from intentc.language.build_values import Children
from intentc.language.lexer import Token

_STEPS = (ast.Step, ast.Parallel)


class Builder(ClauseBuilder):
    """The rules of declarations, chains and assertions."""

    def begin(self, file: str) -> None:
        """Start on a declaration of a file."""
        self.file = file
        self.found = []

    def declaration(self, children: Children) -> ast.Declaration:
        return children[0]  # type: ignore[no-any-return]  # built by the rules below

    def import_(self, children: Children) -> ast.Import:
        keyword, path = children
        return ast.Import(self.text(path), self.span(keyword, path))

    def const(self, children: Children) -> ast.Const:
        keyword, name, _, token = children
        value = self.literal(token)
        if isinstance(value, ast.Name):
            value = ast.Quantity(0, ast.Unit.NUMBER, token.text, value.span)  # its finding is made
        elif value.unit is ast.Unit.NUMBER:
            message = "a const is a quantity, and this number has no unit"
            self.report("E0123", message, value.span, "write a unit, as in `15ms`")
        return ast.Const(self.plain(name), value, self.span(keyword, token))

    def group(self, children: Children) -> ast.Group:
        keyword, name, _, members = children
        return ast.Group(self.plain(name), members, self.span(keyword, members))

    # -- services -------------------------------------------------------------------------------------------------------

    def service(self, children: Children) -> ast.Service:
        keyword, name, _, *items, closing = children
        health = self.once(items, Part, "health")
        return ast.Service(
            name=self.plain(name),
            at=self._together([item.value for item in self._all(items, "at")]),
            prefixes=tuple(prefix for item in self._all(items, "prefix") for prefix in item.value),
            ports=tuple(port for item in self._all(items, "port") for port in item.value),
            capacity=self.once(items, ast.Capacity, "capacity"),
            health=health.value if health else None,
            span=self.span(keyword, closing),
        )

    def _all(self, items: Children, word: str) -> list[Part]:
        return [item for item in items if isinstance(item, Part) and item.word == word]

    def _together(self, sets: list[ast.SetExpression]) -> ast.SetExpression | None:
        """Return the union of all `at` lines."""
        if len(sets) < 2:
            return sets[0] if sets else None
        return ast.SetExpression(tuple(term for one in sets for term in one.terms), self.span(sets[0], sets[-1]))

    def at(self, children: Children) -> Part:
        keyword, hosts = children
        return Part("at", hosts, self.span(keyword, hosts))

    def prefixes(self, children: Children) -> Part:
        found = tuple(self.address(token) for token in children[1::2])
        return Part("prefix", found, self.span(children[0], found[-1]))

    def port(self, children: Children) -> Part:
        found = tuple(children[1::2])
        return Part("port", found, self.span(children[0], found[-1]))

    def capacity(self, children: Children) -> ast.Capacity:
        keyword, rate, *per_host = children
        return ast.Capacity(self.measured(rate, "capacity"), bool(per_host), self.span(keyword, children[-1]))

    def health(self, children: Children) -> Part:
        keyword, port = children
        if port.protocol != "tcp" or port.low != port.high:
            self.report("E0127", "`health` takes one tcp port", port.span, "write it as in `health tcp/8080`")
        return Part("health", port, self.span(keyword, port))

    # -- classes --------------------------------------------------------------------------------------------------------

    def class_(self, children: Children) -> ast.ClassDeclaration:
        keyword, name, _, *items, closing = children
        drop = self.once(items, Part, "drop")
        return ast.ClassDeclaration(
            name=self.plain(name),
            dscp=self.once(items, ast.DscpMatch, "dscp"),
            queue=self.once(items, ast.Queue, "queue"),
            is_ecn=self.once(items, Part, "ecn") is not None,
            is_lossless=self.once(items, Part, "lossless") is not None,
            drop=drop.value if drop else None,
            span=self.span(keyword, closing),
        )

    def queue(self, children: Children) -> ast.Queue:
        keyword, share = children
        return ast.Queue(is_strict=False, share=self.measured(share, "queue"), span=self.span(keyword, share))

    def strict_queue(self, children: Children) -> ast.Queue:
        share = self.measured(children[2], "queue") if len(children) > 2 else None
        return ast.Queue(is_strict=True, share=share, span=self.span(children[0], children[-1]))

    def ecn(self, children: Children) -> Part:
        return Part("ecn", None, self.at_token(children[0]))

    def lossless(self, children: Children) -> Part:
        return Part("lossless", None, self.at_token(children[0]))

    def drop(self, children: Children) -> Part:
        return Part("drop", children[1].text, self.span(*children))

    # -- profiles, intents, chains --------------------------------------------------------------------------------------

    def extends(self, children: Children) -> Part:
        names = tuple(self.plain(name) for name in children[1::2])
        return Part("extends", names, self.span(children[0], names[-1]))

    def profile(self, children: Children) -> ast.Profile:
        name, _, extends, items, span = self._block(children)
        return ast.Profile(name, extends, self._clauses(items, "a `profile`"), span)

    def intent(self, children: Children) -> ast.Intent:
        name, title, extends, items, span = self._block(children)
        return ast.Intent(name, title, extends, self._clauses(items, "an `intent`"), span)

    def chain(self, children: Children) -> ast.Chain:
        name, title, extends, items, span = self._block(children)
        steps = tuple(item for item in items if isinstance(item, _STEPS))
        clauses = tuple(item for item in items if not isinstance(item, _STEPS))
        return ast.Chain(name, title, extends, clauses, steps, span)

    def _block(self, children: Children) -> tuple[ast.Name, ast.Text | None, tuple[ast.Name, ...], Children, Span]:
        """Return name, title, profiles, clauses and span of a declaration with a block."""
        keyword, name, *rest = children
        title = self.text(rest.pop(0)) if isinstance(rest[0], Token) and rest[0].type == "STRING" else None
        extends = rest.pop(0).value if isinstance(rest[0], Part) else ()
        items: Children = []
        for item in rest[1:-1]:
            if isinstance(item, list):
                items += item
            elif not isinstance(item, Token):
                items.append(item)
        return self.plain(name), title, extends, items, self.span(keyword, rest[-1])

    def _clauses(self, items: Children, where: str) -> tuple[ast.Clause, ...]:
        for item in items:
            if isinstance(item, _STEPS):
                word = "step" if isinstance(item, ast.Step) else "parallel"
                place = Span(self.file, item.span.line, item.span.column, item.span.line, item.span.column + len(word))
                self.report(
                    "E0104",
                    f"`{word}` cannot stand in the block of {where}",
                    place,
                    "it belongs in the block of a `chain`",
                )
        return tuple(items)

    def step(self, children: Children) -> ast.Step:
        keyword, source, _, value, *written = children
        target = self.target(value)
        options = self.options(written)
        return ast.Step(
            source=source,
            destination=target.set,
            is_any_of=target.is_any_of,
            processing=options.get("processing"),
            calls=options.get("calls", 1),
            span=self.span(keyword, written[-1] if written else target),
        )

    def parallel(self, children: Children) -> ast.Parallel:
        steps = tuple(item for item in children if isinstance(item, ast.Step))
        return ast.Parallel(steps, self.span(children[0], children[-1]))

    # -- assertions -----------------------------------------------------------------------------------------------------

    def assertion(self, children: Children) -> ast.Assertion:
        keyword, name, *rest = children
        items = [item for item in rest if not isinstance(item, Token)]
        under = items[1] if len(items) > 1 else ()
        return ast.Assertion(self.plain(name), items[0], under, self.span(keyword, children[-1]))

    def under(self, children: Children) -> tuple[ast.FailureCount, ...]:
        return children[1].value  # type: ignore[no-any-return]  # built by `failures`

    def utilization(self, children: Children) -> ast.Utilization:
        links = children[4] if len(children) > 3 else None
        bound = self.measured(children[2], "utilization")
        return ast.Utilization(children[1].text, bound, links, self.span(children[0], children[-1]))

    def connected(self, children: Children) -> ast.Connected:
        keyword, ends = children
        return ast.Connected(ends, self.span(keyword, ends))

    def no_traffic(self, children: Children) -> ast.NoTraffic:
        return ast.NoTraffic(children[3], children[5], self.span(children[0], children[5]))

    def path_length(self, children: Children) -> ast.PathLength:
        keyword, operator, number, _, intents = children
        return ast.PathLength(operator.text, self.whole(number, "`hops`"), intents, self.span(keyword, intents))
