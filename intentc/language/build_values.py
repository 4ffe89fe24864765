"""Builds the values of the syntax tree: names, quantities, addresses, ports, dates; literals that mean nothing are found here."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Mapping
from typing import Any

from intentc.diagnostics import Diagnostic, Edit, Span
from intentc.language import ast
from intentc.language.lexer import Token
from intentc.language.units import Mistake, read_quantity, wrong_unit
from intentc.patterns import pattern

Children = list[Any]
Placed = Any  # a token, or a node of the tree with its span

# What a quantity measures, by the keyword before it; `resolve` checks consts by the same table.
MEASURES: Mapping[str, ast.Unit] = {
    "latency": ast.Unit.TIME,
    "jitter": ast.Unit.TIME,
    "loss": ast.Unit.RATIO,
    "bandwidth": ast.Unit.RATE,
    "reverse": ast.Unit.RATE,
    "ceiling": ast.Unit.RATE,
    "burst": ast.Unit.SIZE,
    "transfer": ast.Unit.SIZE,
    "within": ast.Unit.TIME,
    "after": ast.Unit.TIME,
    "for": ast.Unit.TIME,
    "every": ast.Unit.TIME,
    "capacity": ast.Unit.RATE,
    "queue": ast.Unit.RATIO,
    "processing": ast.Unit.TIME,
    "utilization": ast.Unit.RATIO,
}

_ESCAPE = pattern(r'\\(["\\])')
PORTS = pattern(r"(tcp|udp|sctp)/([0-9]{1,9})(?:-([0-9]{1,9}))?\Z")
_PROTOCOLS = ("tcp", "udp", "sctp")
MOST_DIGITS = 9
_EPOCH = dt.date(1970, 1, 1)


class ValueBuilder:
    """Methods named like the grammar's rules; each makes a node of the children it is given.

    A mistake is noted in `found` and a stand-in goes on, so that the other mistakes of the declaration are seen as well.
    """

    def __init__(self) -> None:
        self.file = ""
        self.found: list[Diagnostic] = []

    # -- helpers --------------------------------------------------------------------------------------------------------

    def span(self, first: Placed, last: Placed) -> Span:
        """Return where the text from `first` to `last` stands."""
        start = first if isinstance(first, Token) else first.span
        if isinstance(last, Token):
            return Span(self.file, start.line, start.column, last.line, last.column + len(last.text))
        end = last.span
        return Span(self.file, start.line, start.column, end.end_line, end.end_column)

    def at_token(self, token: Token) -> Span:
        """Return where a token stands."""
        line, column = token.line, token.column
        return Span(self.file, line, column, line, column + len(token.text))

    def report(self, code: str, message: str, span: Span, *help_lines: str, fix: tuple[Edit, ...] = ()) -> None:
        """Note a mistake; the declaration is not sound any more."""
        self.found.append(Diagnostic(code, message, span, help=help_lines, fix=fix))

    def plain(self, name: ast.Name) -> ast.Name:
        """Return a name that has to be one: a pattern or a link's number is a mistake here."""
        if not name.is_quoted:
            if name.is_glob:
                self.report(
                    "E0107",
                    "a pattern cannot stand here",
                    name.span,
                    "write one name, or quote it to have it literally",
                )
            elif "#" in name.text:
                self.report("E0107", f"`#{name.text.partition('#')[2]}` belongs to the names of links only", name.span)
        return name

    def measured(self, value: ast.QuantityOrConst, word: str) -> ast.QuantityOrConst:
        """Return the quantity after a keyword; one of another type is a mistake."""
        if isinstance(value, ast.Quantity) and value.unit is not MEASURES[word]:
            self.found.append(wrong_unit(value, MEASURES[word], word))
        return value

    def whole(self, token: Token, what: str, least: int = 0) -> int:
        """Return a whole number; whether it is in range is for the resolver to say, with the value's meaning at hand."""
        if token.text.isdecimal() and len(token.text) <= MOST_DIGITS and int(token.text) >= least:
            return int(token.text)
        self.report(
            "E0124", f"{what} is a whole number" + (f", at least {least}" if least else ""), self.at_token(token)
        )
        return least

    def text(self, token: Token) -> ast.Text:
        """Return what a string says."""
        return ast.Text(_ESCAPE.sub(r"\1", token.text[1:-1]), self.at_token(token))

    # -- rules ----------------------------------------------------------------------------------------------------------

    def name(self, children: Children) -> ast.Name:
        token: Token = children[0]
        if token.type != "STRING":
            word, line, column = token.text, token.line, token.column
            return ast.Name(word, Span(self.file, line, column, line, column + len(word)))
        text = self.text(token)
        if not text.text:
            self.report("E0109", "a name cannot be empty", text.span)
        return ast.Name(text.text, text.span, is_quoted=True)

    def quantity(self, children: Children) -> ast.QuantityOrConst:
        value: Token | ast.Name = children[0]
        return self.literal(value) if isinstance(value, Token) else self.plain(value)

    def number(self, children: Children) -> ast.QuantityOrConst:
        return self.literal(children[0])

    def literal(self, token: Token) -> ast.QuantityOrConst:
        """Return a number with or without a unit; for one that means nothing a name stands in, whose unit nobody asks for."""
        text, line, column = token.text, token.line, token.column
        span = Span(self.file, line, column, line, column + len(text))
        result = read_quantity(text)
        if not isinstance(result, Mistake):
            value, unit = result
            return ast.Quantity(value, unit, text, span)
        self._mistaken(result, span)
        return ast.Name(text, span, is_quoted=True)

    def _mistaken(self, mistake: Mistake, span: Span) -> None:
        place = Span(span.file, span.line, span.column + mistake.start, span.end_line, span.end_column)
        fix = (Edit(place, mistake.fix),) if mistake.fix is not None else ()
        self.report(mistake.code, mistake.message, place, *mistake.help, fix=fix)

    def boolean(self, children: Children) -> ast.Boolean:
        token: Token = children[0]
        return ast.Boolean(token.text == "true", self.at_token(token))

    def date(self, children: Children) -> ast.Date:
        return self.day(children[0])

    def day(self, token: Token) -> ast.Date:
        """Return a date written as year, month, day with all their digits."""
        try:
            if len(token.text) == len("2027-01-31"):
                return ast.Date(dt.date.fromisoformat(token.text), self.at_token(token))
        except ValueError:
            pass
        self.report("E0125", "no such day", self.at_token(token), "a date is year, month and day, as in `2027-01-31`")
        return ast.Date(_EPOCH, self.at_token(token))

    def prefix(self, children: Children) -> ast.Prefix:
        return self.address(children[0])

    def address(self, token: Token) -> ast.Prefix:
        """Return an address or prefix in canonical text; host bits stay."""
        address, slash, length = token.text.partition("/")
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            self.report(
                "E0126",
                "not an IPv4 or IPv6 address",
                self.at_token(token),
                "write it as in `10.20.0.0/24` or `2001:db8:20::/64`",
            )
            return ast.Prefix(token.text, self.at_token(token))
        if slash and (len(length) > len("128") or int(length) > parsed.max_prefixlen):
            family = "IPv4" if parsed.version == 4 else "IPv6"
            self.report("E0126", f"an {family} prefix has at most {parsed.max_prefixlen} bits", self.at_token(token))
        return ast.Prefix(f"{parsed}{slash}{int(length[:3]) if slash else ''}", self.at_token(token))

    def ports(self, children: Children) -> ast.Ports:
        token: Token = children[0]
        if token.type != "PORTS":
            return ast.Ports(token.text, None, None, self.at_token(token))
        match = PORTS.match(token.text)
        if match is None:
            return self._no_ports(token)
        low = int(match[2])
        return ast.Ports(match[1], low, int(match[3]) if match[3] else low, self.at_token(token))

    def _no_ports(self, token: Token) -> ast.Ports:
        protocol, _, rest = token.text.partition("/")
        if protocol not in _PROTOCOLS:
            message = f"no protocol `{protocol}` with ports"
            self.report("E0127", message, self.at_token(token), "write `tcp/443`, `udp/…`, `sctp/…`, `icmp` or `any`")
        else:
            message = f"`{rest}` is no port" if rest else "the port is missing"
            self.report(
                "E0127",
                message,
                self.at_token(token),
                f"ports are numbers: `{protocol}/443`, or a range `{protocol}/8000-8100`",
            )
        return ast.Ports("tcp", 1, 1, self.at_token(token))
