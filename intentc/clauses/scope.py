from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

from intentc.clauses.requirement import Elements, Outside, Refusal, Selection
from intentc.diagnostics import Edit, Label, Span
from intentc.language import ast
from intentc.topology.model import Topology


class Scope(Protocol):
    """What a clause may ask while it is read; whatever cannot be answered has its finding made and comes back as a `Refusal`.

    - names resolve over the whole program, whatever file or order they stand in;
    - findings made here belong to the declaration that is being read.
    """

    @property
    def topology(self) -> Topology:
        """The network."""

    @property
    def today(self) -> dt.date:
        """The day that waivers are judged by."""

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
        """Make a finding; return `BROKEN` so that a reader can end with it."""

    def unsupported(self, what: str, span: Span, remedy: str) -> Refusal:
        """Say that `what` cannot be honoured yet; return `UNSUPPORTED`."""

    def quantity(self, value: ast.QuantityOrConst, unit: ast.Unit, what: str, *, minimum: int = 1) -> int | Refusal:
        """Return the exact integer of a quantity or const of this unit, at least `minimum`."""

    def select(self, terms: ast.SetExpression) -> Selection | Refusal:
        """Return the nodes of a set, at least one."""

    def links_where(self, condition: ast.Expression) -> frozenset[str] | Refusal:
        """Return the ids of the links for which the condition holds, at least one."""

    def element(self, element: ast.Element) -> Elements | Refusal:
        """Return what `KIND X` names, at least one node or link."""

    def outside(self, regions: frozenset[str]) -> Outside:
        """Return what a pin to these regions leaves out."""

    def unprotected(self, method: str | None) -> frozenset[str]:
        """Return the ids of the links without this encryption (None: without any)."""

    def region(self, name: ast.Name) -> str | Refusal:
        """Return the name of a region of the topology."""

    def collector(self, name: ast.Name) -> str | Refusal:
        """Return the name of a collector of the topology."""

    def dscp(self, match: ast.DscpMatch) -> int | Refusal:
        """Return a code point, 0 to 63."""

    def ports(self, ports: ast.Ports) -> tuple[int, int] | Refusal | None:
        """Return the inclusive range of ports, or None for every port."""

    def prefix(self, prefix: ast.Prefix) -> str | Refusal:
        """Return a prefix without host bits in canonical text; an address is its host prefix."""

    def traffic_class(self, name: ast.Name) -> str | Refusal:
        """Return the name of a traffic class, built-in or declared."""

    def intent(self, name: ast.Name) -> str | Refusal:
        """Return the name of an intent of the program."""
