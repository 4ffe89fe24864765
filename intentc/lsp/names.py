"""Which names a program has, where each is declared and where it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass

from intentc.diagnostics import Span
from intentc.language import ast
from intentc.topology.model import Topology
from intentc.values import frozen

ENDS = ("node", "site", "region", "group", "service")  # what a name without a kind may mean in a set
ELEMENTS = ("link", "provider", "media", "srlg")
DECLARED = ("const", "group", "service", "class", "profile", "intent", "assert")  # kinds that intent files declare

_DECLARATIONS: Mapping[type, str] = {
    ast.Const: "const",
    ast.Group: "group",
    ast.Service: "service",
    ast.ClassDeclaration: "class",
    ast.Profile: "profile",
    ast.Intent: "intent",
    ast.Chain: "intent",
    ast.Assertion: "assert",
}
_BROKEN = {kind: kind for kind in DECLARED} | {"chain": "intent"}  # kinds by the word that begins a declaration
# Names in these fields mean one kind; any other name that stands for a quantity is a const.
_ROLES: Mapping[tuple[type, str], str] = {
    (ast.Profile, "extends"): "profile",
    (ast.Intent, "extends"): "profile",
    (ast.Chain, "extends"): "profile",
    (ast.Overrides, "intents"): "intent",
    (ast.Priority, "name"): "class",
    (ast.Pin, "regions"): "region",
    (ast.Telemetry, "collector"): "collector",
}
_NO_NAMES = frozenset(
    {
        (ast.Comparison, "field"),
        (ast.Comparison, "value"),
        (ast.LabelClause, "key"),
        (ast.LabelClause, "value"),
        (ast.Waive, "code"),
        (ast.DscpMatch, "value"),
        (ast.Element, "value"),
    }
)
_KINDS_OF_FIELDS = frozenset({"region", "site", "node", "link", "srlg", "provider", "media"})


@frozen
class Use:
    """A name at a place. `kinds`: what it may mean there; `is_declaration`: it is made known there."""

    name: str
    kinds: tuple[str, ...]
    span: Span
    is_quoted: bool
    is_declaration: bool


@frozen
class Names:
    """All declarations by kind and name, and all uses by file."""

    declared: Mapping[tuple[str, str], Span]
    uses: Mapping[str, tuple[Use, ...]]

    def at(self, file: str, line: int, column: int) -> Use | None:
        """Return the name at a point."""
        for use in self.uses.get(file, ()):
            span = use.span
            if span.line == line and span.column <= column <= span.end_column:
                return use
        return None

    def kinds_of(self, use: Use) -> tuple[str, ...]:
        """Return the kinds under which the name of a use is declared."""
        return tuple(kind for kind in use.kinds if (kind, use.name) in self.declared)

    def same(self, use: Use) -> Iterator[Use]:
        """Yield all uses of what a use means, in the order of files and places."""
        kinds = set(self.kinds_of(use))
        for file in sorted(self.uses):
            yield from (other for other in self.uses[file] if other.name == use.name and kinds & set(other.kinds))

    def known(self, kinds: Iterable[str]) -> list[tuple[str, str]]:
        """Return kind and name of everything declared under these kinds, sorted."""
        wanted = set(kinds)
        return sorted(key for key in self.declared if key[0] in wanted)


def names_of(files: Iterable[ast.File], topology: Topology | None) -> Names:
    """Return the names of a program over a network."""
    uses = {file.source.path: tuple(_in_file(file)) for file in files}
    declared = dict(_of_network(topology)) if topology is not None else {}
    for file in sorted(uses):
        declared |= {(use.kinds[0], use.name): use.span for use in reversed(uses[file]) if use.is_declaration}
    return Names(declared, uses)


def _of_network(topology: Topology) -> Iterator[tuple[tuple[str, str], Span]]:
    for kind, table in (
        ("region", topology.regions),
        ("site", topology.sites),
        ("node", topology.nodes),
        ("link", topology.links),
        ("collector", topology.collectors),
    ):
        for name, element in table.items():
            yield (kind, name), element.span
    for link in topology.links.values():
        for kind, named in (("provider", link.provider), ("media", link.media)):
            if named is not None:
                yield (kind, named), topology.span_of("link", link.id, kind)
    for name, links in topology.srlgs.items():
        for identity in links:
            yield ("srlg", name), topology.span_of("link", identity, "srlg")


def _in_file(file: ast.File) -> Iterator[Use]:
    for item in file.declarations:
        kind = _DECLARATIONS.get(type(item))
        if kind is not None and not isinstance(item, ast.Import):
            yield _use(item.name, (kind,), is_declaration=True)
        yield from _in(item, is_top=True)
    for broken in file.broken:
        if broken.name is not None and broken.keyword in _BROKEN:
            yield _use(broken.name, (_BROKEN[broken.keyword],), is_declaration=True)


def _in(node: object, *, is_top: bool = False) -> Iterator[Use]:
    """Yield the names in a part of the tree, except the one that a declaration declares."""
    if isinstance(node, tuple):
        for item in node:
            yield from _in(item)
    elif isinstance(node, ast.NameTerm):
        yield _use(node.name, (node.kind,) if node.kind else (*ENDS, *ELEMENTS, "intent"))
    elif isinstance(node, ast.Element):
        if node.kind != "label":
            yield _use(node.name, (node.kind,))
    elif isinstance(node, ast.Comparison):
        yield from _in_comparison(node)
    elif isinstance(node, ast.Name):
        yield _use(node, ("const",))
    elif is_dataclass(node) and not isinstance(node, Span):
        yield from _in_parts(node, is_top=is_top)


def _in_parts(node: object, *, is_top: bool) -> Iterator[Use]:
    for part in fields(node):  # type: ignore[arg-type]  # the caller has seen that it is a dataclass
        key = (type(node), part.name)
        if (is_top and part.name == "name") or key in _NO_NAMES:
            continue
        value = getattr(node, part.name)
        role = _ROLES.get(key)
        if role is None:
            yield from _in(value)
        else:
            found = value if isinstance(value, tuple) else (value,)
            yield from (_use(name, (role,)) for name in found if isinstance(name, ast.Name))


def _in_comparison(node: ast.Comparison) -> Iterator[Use]:
    """Yield the operands of a comparison with a field whose values are names of something."""
    if node.field.text in _KINDS_OF_FIELDS and node.operator != "like":
        values = node.value.items if isinstance(node.value, ast.ValueList) else (node.value,)
        yield from (_use(value, (node.field.text,)) for value in values if isinstance(value, ast.Name))


def _use(name: ast.Name, kinds: tuple[str, ...], *, is_declaration: bool = False) -> Use:
    return Use(name.text, kinds, name.span, name.is_quoted, is_declaration)
