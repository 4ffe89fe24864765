"""What clauses and declarations may ask of the program and the network (`intentc.clauses.scope.Scope`)."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from intentc.clauses.requirement import Elements, Outside, Refusal, Selection
from intentc.diagnostics import Diagnostic, Edit, Findings, Label, Span
from intentc.language import ast
from intentc.language.units import canonical
from intentc.resolve.classes import BUILT_IN, DEFAULT_CLASS, read_class
from intentc.resolve.codepoints import CODE_POINTS
from intentc.resolve.elements import elements_by_name, find_element
from intentc.resolve.expressions import Expressions
from intentc.resolve.fields import FieldTable, NodeView, link_table, node_table, site_table
from intentc.resolve.model import TrafficClass
from intentc.resolve.prefixes import Network, network, network_of, text_of
from intentc.resolve.program import Program
from intentc.resolve.regions import Regions
from intentc.resolve.services import Service, read_service
from intentc.resolve.sets import KINDS, names_of, select
from intentc.resolve.suggest import certain_fix, did_you_mean
from intentc.topology.model import LabelValue, Link, Site, Topology
from intentc.values import field, frozen, mutable, replace

if TYPE_CHECKING:
    from intentc.resolve.end_model import Attachment, End

_BILLION = 1_000_000_000
_UNIT_WORDS = {
    ast.Unit.TIME: ("a time", "`15ms`"),
    ast.Unit.RATE: ("a rate", "`50Mbps`"),
    ast.Unit.SIZE: ("a size", "`256KB`"),
    ast.Unit.RATIO: ("a ratio", "`5%`"),
    ast.Unit.NUMBER: ("a bare number", "`3`"),
}


@mutable
class Ground:
    """What all scopes of one run share: program and network, and the answers already found."""

    program: Program
    topology: Topology
    today: dt.date
    findings: Findings
    groups: dict[str, Selection | Refusal] = field(default_factory=dict)
    services: dict[str, Service | Refusal] = field(default_factory=dict)
    attachments: dict[tuple[str, frozenset[str]], Attachment] = field(default_factory=dict)
    classes: dict[str, TrafficClass | Refusal] = field(default_factory=dict)
    selections: dict[tuple[str, str], Selection | Refusal] = field(default_factory=dict)  # by kind and name
    named: dict[str, Selection] = field(default_factory=dict)  # sound ends by their names alone
    ends: dict[int, tuple[Selection, tuple[End, ...]]] = field(default_factory=dict)  # by identity of the selection
    _elements: dict[str, Mapping[str, Elements]] = field(default_factory=dict)
    _unprotected: dict[str | None, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def regions(self) -> Regions:
        return Regions(self.topology)

    @cached_property
    def kinds_of_names(self) -> Mapping[str, tuple[str, ...]]:
        """The kinds, in the order of `KINDS`, of what each name stands for in a set."""
        found: dict[str, tuple[str, ...]] = {}
        for kind in KINDS:
            for name in names_of(kind, self) or ():
                found[name] = (*found.get(name, ()), kind)
        return found

    @cached_property
    def known_classes(self) -> Mapping[str, object]:
        """The classes that a clause may name."""
        known = {**self.classes, **BUILT_IN}
        del known[DEFAULT_CLASS]
        return known

    @cached_property
    def known_intents(self) -> Mapping[str, object]:
        """The intents, and the chains, that a clause may name."""
        return {**self.program.intents, **self.program.chains}

    @cached_property
    def site_table(self) -> FieldTable[Site]:
        return site_table(self.topology)

    @cached_property
    def node_table(self) -> FieldTable[NodeView]:
        return node_table(self.topology)

    @cached_property
    def link_table(self) -> FieldTable[Link]:
        return link_table(self.topology)

    @cached_property
    def attached(self) -> Mapping[str, tuple[Network, ...]]:
        """Prefixes that hang on each node, sorted, once each; a planned node is not there yet and has none."""
        return {
            node.name: tuple(sorted({network_of(item.prefix) for item in node.attached if node.state != "planned"}))
            for node in self.topology.nodes.values()
        }

    def is_lost(self, name: str) -> bool:
        """Return whether something of this name was declared but could not be read, which has its finding."""
        is_missing = not self.topology.is_complete or any(name in names for names in self.topology.broken.values())
        return is_missing or name in self.program.lost

    @property
    def is_network_whole(self) -> bool:
        return self.topology.is_complete and not any(self.topology.broken.values())

    def named_elements(self, kind: str) -> Mapping[str, Elements]:
        """Return every name that may stand after a kind (of avoid, via, prefer) with what it means."""
        if kind not in self._elements:
            self._elements[kind] = elements_by_name(kind, self.topology, self.regions)
        return self._elements[kind]

    def unprotected(self, method: str | None) -> frozenset[str]:
        """Return the links without this encryption (None: without any)."""
        if method not in self._unprotected:
            self._unprotected[method] = frozenset(
                link.id
                for link in self.topology.links.values()
                if link.encryption is None or method not in {None, link.encryption}
            )
        return self._unprotected[method]


@frozen
class ProgramScope:
    """Answers for one declaration; findings carry `owner` when that is an intent."""

    ground: Ground
    owner: str | None = None

    @property
    def topology(self) -> Topology:
        return self.ground.topology

    @property
    def today(self) -> dt.date:
        return self.ground.today

    def of(self, owner: str | None) -> ProgramScope:
        """Return the same scope for another declaration."""
        return ProgramScope(self.ground, owner)

    # -- findings ----------------------------------------------------------------------------------------------------

    def report(
        self,
        code: str,
        message: str,
        span: Span,
        *,
        help: Sequence[str] = (),  # noqa: A002  (the name of the field of a finding)
        related: Sequence[Label] = (),
        fix: Sequence[Edit] = (),
    ) -> Refusal:
        self.ground.findings.add(
            Diagnostic(code, message, span, related=tuple(related), help=tuple(help), intent=self.owner, fix=tuple(fix))
        )
        return Refusal.BROKEN

    def empty(self, message: str, span: Span) -> Refusal:
        """Report a set that nothing fits, unless what would fit it may be missing for a reason that has its finding."""
        return self.report("E0204", message, span) if self.ground.is_network_whole else Refusal.BROKEN

    def unsupported(self, what: str, span: Span, *remedies: str) -> Refusal:
        self.report("E0290", f"{what} is not supported yet", span, help=remedies)
        return Refusal.UNSUPPORTED

    # -- values ------------------------------------------------------------------------------------------------------

    def quantity(self, value: ast.QuantityOrConst, unit: ast.Unit, what: str, *, minimum: int = 1) -> int | Refusal:
        quantity = self._constant(value) if isinstance(value, ast.Name) else value
        if isinstance(quantity, Refusal):
            return quantity
        if quantity.unit is not unit:
            return self._wrong_unit(value, quantity, unit, what)
        if quantity.value < minimum:
            least = "above 0" if minimum == 1 else f"at least {minimum}"
            return self.report("E0209", f"`{what}` has to be {least}", value.span)
        return quantity.value

    def _constant(self, name: ast.Name) -> ast.Quantity | Refusal:
        constants = self.ground.program.constants
        if name.text in constants:
            return constants[name.text].value
        return self.unknown(name, "const", constants, "E0208")

    def _wrong_unit(self, value: ast.QuantityOrConst, quantity: ast.Quantity, unit: ast.Unit, what: str) -> Refusal:
        """Report a quantity of another type; the finding points at its unit."""
        word, example = _UNIT_WORDS[unit]
        given = _UNIT_WORDS[quantity.unit][0]
        is_constant = isinstance(value, ast.Name)
        return self.report(
            "E0207",
            f"`{what}` takes {word}, and `{canonical(quantity.text)}` is {given}",
            value.span if is_constant else _unit_span(quantity),
            help=(f"write {word} such as {example}",),
            related=(Label(quantity.span, "the const is declared here"),) if is_constant else (),
        )

    def dscp(self, match: ast.DscpMatch) -> int | Refusal:
        value = match.value
        if isinstance(value, ast.Name):
            if value.text.upper() in CODE_POINTS:
                return CODE_POINTS[value.text.upper()]
            return self.report(
                "E0231",
                f"no code point is named `{value.text}`",
                value.span,
                help=did_you_mean(value.text.upper(), CODE_POINTS) or ("write a name such as `AF41`, or 0 to 63",),
            )
        if value.unit is not ast.Unit.NUMBER:
            return self._wrong_unit(value, value, ast.Unit.NUMBER, "dscp")
        if value.value % _BILLION or not 0 <= value.value // _BILLION <= 63:
            return self.report("E0209", "a code point is a whole number from 0 to 63", value.span)
        return value.value // _BILLION

    def ports(self, ports: ast.Ports) -> tuple[int, int] | Refusal | None:
        if ports.low is None:
            return None
        high = ports.low if ports.high is None else ports.high
        if not 0 <= ports.low <= high <= 65535:
            return self.report(
                "E0209", "ports run from 0 to 65535, the lower one first", ports.span, help=("as in `tcp/8000-8100`",)
            )
        return None if (ports.low, high) == (0, 65535) else (ports.low, high)

    def prefix(self, prefix: ast.Prefix) -> str | Refusal:
        try:
            return text_of(network(prefix.text))
        except ValueError:
            exact = ipaddress.ip_interface(prefix.text).network
            return self.report("E0232", f"`{prefix.text}` has host bits set", prefix.span, help=(f"write `{exact}`",))

    # -- names -------------------------------------------------------------------------------------------------------

    def region(self, name: ast.Name) -> str | Refusal:
        return self._named(name, "region", self.topology.regions)

    def is_within(self, region: LabelValue, ancestor: LabelValue) -> bool:
        """Return whether a region is another one or lies below it."""
        return self.ground.regions.is_within(region, ancestor)

    def collector(self, name: ast.Name) -> str | Refusal:
        return self._named(name, "collector", self.topology.collectors)

    def intent(self, name: ast.Name) -> str | Refusal:
        return self._named(name, "intent", self.ground.known_intents)

    def profile(self, name: ast.Name) -> str | Refusal:
        """Return the name of a profile of the program."""
        return self._named(name, "profile", self.ground.program.profiles)

    def traffic_class(self, name: ast.Name) -> str | Refusal:
        found = self.ground.classes.get(name.text)
        if isinstance(found, Refusal):
            return found
        return self._named(name, "class", self.ground.known_classes)

    def _named(self, name: ast.Name, what: str, known: Mapping[str, object]) -> str | Refusal:
        return name.text if name.text in known else self.unknown(name, what, known)

    def unknown(self, name: ast.Name, what: str, known: Iterable[str], code: str = "E0201") -> Refusal:
        """Report a name that nothing has, unless its own finding is made already: in a file that did not load whole."""
        if self.ground.is_lost(name.text):
            return Refusal.BROKEN
        return self.report(
            code,
            f"no {what} is named `{name.text}`",
            name.span,
            help=did_you_mean(name.text, known),
            fix=certain_fix(name, known),
        )

    # -- sets --------------------------------------------------------------------------------------------------------

    def select(self, terms: ast.SetExpression) -> Selection | Refusal:
        return select(terms, self)

    def element(self, element: ast.Element) -> Elements | Refusal:
        return find_element(element, self)

    def outside(self, regions: frozenset[str]) -> Outside:
        return self.ground.regions.outside(regions)

    def unprotected(self, method: str | None) -> frozenset[str]:
        return self.ground.unprotected(method)

    def links_where(self, condition: ast.Expression) -> frozenset[str] | Refusal:
        names = Expressions(self.ground.link_table, self).names_where(condition)
        if isinstance(names, Refusal):
            return names
        return frozenset(names) if names else self.empty("no link is like this", condition.span)

    def group(self, name: str) -> Selection | Refusal:
        """Return the nodes of a declared group, evaluated once (`dependencies.evaluate_sets` sees to the order)."""
        known = self.ground.groups
        if name not in known:
            known[name] = self.of(None).select(self.ground.program.groups[name].set)
        return known[name]

    def service(self, name: str) -> Service | Refusal:
        """Return a declared service with its hosts, evaluated once."""
        known = self.ground.services
        if name not in known:
            known[name] = read_service(self.ground.program.services[name], self.of(None))
        return known[name]

    def service_selection(self, name: str) -> Selection | Refusal:
        """Return the nodes that serve a declared service."""
        service = self.service(name)
        return service if isinstance(service, Refusal) else service.selection

    def declared_class(self, declaration: ast.ClassDeclaration) -> TrafficClass | Refusal:
        """Return a declared class, read once."""
        known = self.ground.classes
        if declaration.name.text not in known:
            known[declaration.name.text] = read_class(declaration, self.of(None))
        return known[declaration.name.text]


def _unit_span(quantity: ast.Quantity) -> Span:
    """Return the stretch of the unit, or of the whole number where there is none."""
    letters = len(quantity.text) - len(quantity.text.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ%"))
    span = quantity.span
    if letters == 0 or span.line != span.end_line:
        return span
    return replace(span, column=span.end_column - letters)
