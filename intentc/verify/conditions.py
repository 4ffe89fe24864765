"""`where` conditions, asked of one element at a time."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from intentc.language import ast
from intentc.topology.model import LabelValue, Link, Node, Site, Topology
from intentc.values import frozen
from intentc.verify.sources import Sources, Unprovable, is_like

_BILLION = 1_000_000_000

# A value to compare: what kind of thing it is, and the thing. Kinds: text region release bool number quantity.
Value = tuple[str, str | int | bool]


@frozen
class Subject:
    """An element as conditions see it: values per field (none: missing) and labels."""

    fields: Mapping[str, tuple[Value, ...]]
    labels: Mapping[str, LabelValue]

    def values(self, name: ast.Name) -> tuple[Value, ...]:
        """Return the values of a field, or of the label of that name where no field has it."""
        if name.text in self.fields:
            return self.fields[name.text]
        label = self.labels.get(name.text.removeprefix("labels."))
        return () if label is None else (_label(label),)


@frozen
class Judge:
    """Decides conditions over the elements of one network."""

    topology: Topology
    sources: Sources

    def holds(self, condition: ast.Expression, subject: Subject) -> bool:
        """Return whether `condition` holds for `subject`."""
        match condition:
            case ast.And():
                return all(self.holds(operand, subject) for operand in condition.operands)
            case ast.Or():
                return any(self.holds(operand, subject) for operand in condition.operands)
            case ast.Not():
                return not self.holds(condition.operand, subject)
            case ast.Comparison():
                return self._compares(condition, subject)

    def _compares(self, comparison: ast.Comparison, subject: Subject) -> bool:
        values = subject.values(comparison.field)
        given = comparison.value
        literals = given.items if isinstance(given, ast.ValueList) else (given,)
        operator = comparison.operator
        if operator in {"==", "in", "!=", "not in"}:
            is_found = any(self._is_equal(value, literal) for value in values for literal in literals)
            if operator in {"==", "in"}:
                return is_found
            # A missing value makes every comparison but `!=` false.
            return not is_found and (operator == "!=" or bool(values))
        return any(self._is_ordered(value, operator, literals[0]) for value in values)

    def _is_equal(self, value: Value, literal: ast.Value) -> bool:
        kind, content = value
        if kind == "region":
            return isinstance(literal, ast.Name) and self.topology.is_within(str(content), literal.text)
        return self._literal(literal, kind) == content and self._is_of(literal, kind)

    def _is_ordered(self, value: Value, operator: str, literal: ast.Value) -> bool:
        kind, content = value
        wanted = self._literal(literal, kind)
        if operator == "like":
            return is_like(str(content), str(wanted))
        if kind == "release":
            return _ordered(operator, _release(str(content)), _release(str(wanted)))
        if isinstance(content, bool) or not isinstance(content, int) or not isinstance(wanted, int):
            return False
        return _ordered(operator, content, wanted)

    def _literal(self, literal: ast.Value, kind: str) -> str | int | bool:
        """Return what a value on the right means beside a value of `kind`."""
        match literal:
            case ast.Name() if kind == "quantity":
                if literal.text not in self.sources.constants:
                    raise Unprovable(f"no const is named `{literal.text}`", literal.span)
                return self.sources.constants[literal.text].value.value
            case ast.Name():
                return literal.text
            case ast.Quantity() | ast.Boolean():
                return literal.value
            case _:
                raise Unprovable("this value cannot be compared", literal.span)

    @staticmethod
    def _is_of(literal: ast.Value, kind: str) -> bool:
        """Keep `1` and `true` apart, which are equal in Python."""
        return isinstance(literal, ast.Boolean) == (kind == "bool")


def site_subject(site: Site) -> Subject:
    """Return a site as `sites where` sees it."""
    return Subject(
        {"name": (("text", site.name),), "region": _maybe("region", site.region), "role": _maybe("text", site.role)},
        site.labels,
    )


def node_subject(node: Node, topology: Topology) -> Subject:
    """Return a node as `nodes where` sees it: its own fields and labels, then those of its site."""
    site = topology.sites.get(node.site) if node.site is not None else None
    fields = {
        "name": (("text", node.name),),
        "site": _maybe("text", node.site),
        "region": _maybe("region", node.region or (site.region if site else None)),
        "role": _maybe("text", node.role or (site.role if site else None)),
        "platform": (("text", node.platform),),
        "release": _maybe("release", node.release),
        "chassis": _maybe("text", node.chassis),
        "state": (("text", node.state),),
        "transit": (("bool", node.transit),),
    }
    return Subject(fields, {**(site.labels if site else {}), **node.labels})


def link_subject(link: Link, topology: Topology) -> Subject:
    """Return a link as `links where` sees it; of two directions the smaller capacity, the larger latency and cost count."""
    regions = regions_on(link, topology)
    fields: dict[str, tuple[Value, ...]] = {
        "name": (("text", link.id),),
        "id": (("text", link.id),),
        "node": (("text", link.a.node), ("text", link.b.node)),
        "region": tuple(("region", name) for name in regions),
        "crosses": tuple(("region", name) for name in link.crosses or ()),
        "srlg": tuple(("text", name) for name in link.srlgs),
        "provider": _maybe("text", link.provider),
        "media": _maybe("text", link.media),
        "encryption": _maybe("text", link.encryption),
        "state": (("text", link.state),),
        "capacity": (("quantity", min(link.capacity_bps.ab, link.capacity_bps.ba)),),
        "background": (("quantity", max(link.background_bps.ab, link.background_bps.ba)),),
        "latency": _maybe(
            "quantity", max(link.latency_ns.ab, link.latency_ns.ba) if link.latency_ns is not None else None
        ),
        "jitter": _maybe("quantity", link.jitter_ns),
        "loss": _maybe("quantity", link.loss_ppb),
        "queue": _maybe("quantity", link.queue_bytes),
        "mtu": (("number", link.mtu * _BILLION),),
        "cost": (("number", max(link.cost.ab, link.cost.ba) * _BILLION),),
        "igp_metric": (("number", max(link.igp_metric.ab, link.igp_metric.ba) * _BILLION),),
    }
    return Subject(fields, link.labels)


def regions_on(link: Link, topology: Topology) -> tuple[str, ...]:
    """Return the regions that a link is on: those of its ends and those it crosses, tunnels with those of what they run over."""
    found = {topology.nodes[end.node].region for end in (link.a, link.b)} | set(link.crosses or ())
    for under in link.over:
        if under in topology.links and under != link.id:
            found |= set(topology.links[under].crosses or ())
    return tuple(sorted(name for name in found if name is not None))


def _maybe(kind: str, value: str | int | None) -> tuple[Value, ...]:
    return () if value is None else ((kind, value),)


def _label(value: LabelValue) -> Value:
    if isinstance(value, bool):
        return ("bool", value)
    return ("number", value * _BILLION) if isinstance(value, int) else ("text", value)


def _release(text: str) -> list[tuple[int, int, str]]:
    """Return a key that orders releases number by number: 8.4 before 10.1."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall(r"\d+|[^\d.]+", text)]


_ORDERS: Mapping[str, Callable[[int], bool]] = {
    "<": lambda sign: sign < 0,
    "<=": lambda sign: sign <= 0,
    ">": lambda sign: sign > 0,
    ">=": lambda sign: sign >= 0,
}


def _ordered(operator: str, left: int | list[tuple[int, int, str]], right: int | list[tuple[int, int, str]]) -> bool:
    if isinstance(left, int) != isinstance(right, int):
        return False
    return _ORDERS[operator]((left > right) - (left < right))  # type: ignore[operator]  # of one kind by the line above
