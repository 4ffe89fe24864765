"""What the runner reads of a containerlab topology: nodes with binds, commands and sysctls, links with their `vars`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path

from intentc.diagnostics import Findings, Source
from intentc.lab.export import TOPOLOGY_FILE
from intentc.lab.model import LabError
from intentc.topology.tree import Items, Node, Scalar, Table
from intentc.topology.yaml_reader import read_tree
from intentc.values import frozen

Data = Mapping[str, object]
_LISTS = ("binds", "exec")
_MAPS = ("labels", "sysctls")


@frozen
class NodeDefinition:
    """A node; `binds` are (path outside, path inside), `commands` run after the links are there."""

    name: str
    binds: tuple[tuple[Path, str], ...]
    commands: tuple[str, ...]
    sysctls: tuple[tuple[str, str], ...]
    labels: Mapping[str, str]
    kind: str = "linux"

    @property
    def is_router(self) -> bool:
        return self.labels.get("intentc-role") == "router"

    @property
    def loopbacks(self) -> tuple[str, ...]:
        """Return the addresses that every other router must know before the lab counts as converged."""
        return tuple(self.labels.get("intentc-loopbacks", "").split())

    @property
    def bfd_links(self) -> tuple[str, ...]:
        """Return the links on which the underlay runs BFD."""
        return tuple(self.labels.get("intentc-bfd-links", "").split())

    def ospf_links(self, family: int) -> tuple[str, ...]:
        """Return the links on which the underlay has an OSPF neighbour for an IP version."""
        return tuple(self.labels.get(f"intentc-ospf-links-{family}", "").split())


@frozen
class LinkDefinition:
    """A link; ends are (node, interface). `is_emulated`: between routers, with delay and failures; else a plain cable."""

    id: str
    ends: tuple[tuple[str, str], tuple[str, str]]
    mtu: int
    is_emulated: bool
    delay_us: tuple[int, int]  # from a to b, from b to a
    jitter_us: int
    loss_ppb: int
    over: tuple[str, ...]


@frozen
class Definition:
    """A lab as its file describes it."""

    name: str
    directory: Path
    nodes: Mapping[str, NodeDefinition]
    links: Mapping[str, LinkDefinition]


def read_definition(directory: Path) -> Definition:
    """Return the lab in `directory`; `LabError` when its file is missing or is not one that the runner can start."""
    path = directory / TOPOLOGY_FILE
    data = _read(path)
    topology = _mapping(data.get("topology"), path)
    nodes = {name: _node(name, _mapping(node, path), topology, directory) for name, node in _items(topology, "nodes")}
    links = {link.id: link for link in _links(topology, path)}
    for link in links.values():
        missing = [node for node, _ in link.ends if node not in nodes]
        if missing:
            raise LabError(f"{path}: link {link.id} ends at `{missing[0]}`, which is no node")
    return Definition(str(data.get("name", "lab")), directory, nodes, links)


def _read(path: Path) -> Data:
    """Return the file as plain mappings and lists; every scalar is its text."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise LabError(f"{path.parent} has no {TOPOLOGY_FILE}", "`intentc lab export` writes one") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise LabError(f"{path} cannot be read: {problem}") from problem
    findings = Findings()
    tree = read_tree(Source(str(path), text), findings)
    for item in findings.sorted():
        line = f"{item.span.file}:{item.span.line}" if item.span is not None else str(path)
        raise LabError(f"{line}: {item.message}")
    return _mapping(_plain(tree), path)


def _plain(node: Node | None) -> object:
    if isinstance(node, Table):
        return {key: _plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    if isinstance(node, Scalar) and not (node.is_plain and node.text in {"", "~", "null"}):
        return node.text
    return None


def _node(name: str, own: Data, topology: Data, directory: Path) -> NodeDefinition:
    merged = _merge(own, topology)
    binds = [str(item).split(":") for item in _list(merged.get("binds"))]
    return NodeDefinition(
        name=name,
        binds=tuple((directory / parts[0], parts[1]) for parts in binds),
        commands=tuple(str(item) for item in _list(merged.get("exec"))),
        sysctls=tuple((str(key), str(value)) for key, value in sorted(_items(merged, "sysctls"))),
        labels={str(key): str(value) for key, value in _items(merged, "labels")},
        kind=str(merged.get("kind", "linux")),
    )


def _merge(own: Data, topology: Data) -> Data:
    """Return a node with what defaults, its kind and its group add, as containerlab merges them."""
    kind, group = _part(topology, "kinds", own.get("kind")), _part(topology, "groups", own.get("group"))
    merged: dict[str, object] = {}
    for layer in (_data(topology.get("defaults")), kind, group, own):
        for key, value in layer.items():
            if key in _MAPS:
                merged[key] = {**dict(_items(merged, key)), **dict(_items(layer, key))}
            elif key in _LISTS:
                merged[key] = [*_list(merged.get(key)), *_list(value)]
            else:
                merged[key] = value
    return merged


def _links(topology: Data, path: Path) -> Iterator[LinkDefinition]:
    for item in _list(topology.get("links")):
        link = _mapping(item, path)
        ends = [tuple(str(end).split(":", 1)) for end in _list(link.get("endpoints"))]
        if len(ends) != 2 or any(len(end) != 2 for end in ends):
            raise LabError(f"{path}: a link needs two endpoints `node:interface`, the short form of containerlab")
        (a, a_port), (b, b_port) = ends
        variables = _mapping(link.get("vars") or {}, path)
        delay = variables.get("delay-ms", 0)
        both = (variables.get("delay-ab-ms", delay), variables.get("delay-ba-ms", delay))
        yield LinkDefinition(
            id=str(variables.get("id", f"{a}:{a_port}--{b}:{b_port}")),
            ends=((a, a_port), (b, b_port)),
            mtu=_scaled(link.get("mtu", 1500), 1, path),
            is_emulated=bool(variables),
            delay_us=(_scaled(both[0], 1000, path), _scaled(both[1], 1000, path)),
            jitter_us=_scaled(variables.get("jitter-ms", 0), 1000, path),
            loss_ppb=_scaled(variables.get("loss-ppm", 0), 1000, path),
            over=tuple(str(item) for item in _list(variables.get("over"))),
        )


def _scaled(value: object, factor: int, path: Path) -> int:
    try:
        return round(Decimal(str(value)) * factor)
    except InvalidOperation:
        raise LabError(f"{path}: `{value}` is not a number") from None


def _mapping(value: object, path: Path) -> Data:
    if isinstance(value, Mapping):
        return value
    if value is None:
        return {}
    raise LabError(f"{path} is not a containerlab topology")


def _items(data: Data, key: str) -> list[tuple[str, object]]:
    return list(_data(data.get(key)).items())


def _part(topology: Data, key: str, name: object) -> Data:
    return _data(dict(_items(topology, key)).get(str(name)))


def _data(value: object) -> Data:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else []
