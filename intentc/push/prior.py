"""What stood before us in places that bear no name of ours: timers of a port, a switch of the whole device.

A place is what the target's own removal takes away of a payload only because the payload is known to have been given. So no target
lists its places twice, and what is put back is just what would be taken away: the whole element, or the lines of one command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from intentc.targetkit.cli_tree import CliNode, cli_lines, parse_cli
from intentc.targetkit.xml_reading import XmlNode, parse_xml, xml_text
from intentc.values import frozen, ordered

_NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
_WRAPPERS = frozenset({"rpc-reply", "data", "config", "rpc", "edit-config"})
_GONE = frozenset({"remove", "delete"})
_NO = "no "


@ordered
class Prior:
    """What stood in a place: `document` puts it back, in the form in which the device is given changes."""

    place: str
    document: str

    @property
    def whole(self) -> str:
        """Return the document as a device that had nothing else would give it: command lines end with `end`."""
        return self.document if _is_xml(self.document) else f"{self.document}end\n"


@frozen
class _Step:
    """One element on the way to a place: its name, and the leaves that tell it from others in a list."""

    namespace: str
    name: str
    keys: tuple[tuple[str, str], ...] = ()

    def is_of(self, node: XmlNode) -> bool:
        """Return whether `node` is the element; what a command line prints has no namespaces."""
        own = node.namespace in {self.namespace, ""} and node.name == self.name
        return own and all(text in node.values(name) for name, text in self.keys)


Place = tuple[_Step, ...] | tuple[str, ...]  # of a document in XML; or the modes of a command line, and the command
Places = Mapping[str, Place]


def places_of(gone: str) -> Places:
    """Return the places that a removal takes away, by what names them; raises `ValueError` for what is no removal."""
    found: Iterable[Place] = ()
    if _is_xml(gone):
        found = (place for node in _content(parse_xml(gone)) for place in _ends(node, ()))
    elif gone.strip():
        found = _negated(parse_cli(gone), ())
    return {_words(place): place for place in found}


def priors_at(running: str, places: Places) -> tuple[Prior, ...]:
    """Return what a device has in each of `places`, sorted; nothing of those where it has nothing."""
    if not places:
        return ()
    if _is_xml(running):
        roots = _content(parse_xml(running))
        found = {name: _element(roots, place) for name, place in places.items()}  # type: ignore[arg-type]  # one form
    else:
        nodes = parse_cli(running)
        found = {name: _lines(nodes, place) for name, place in places.items()}  # type: ignore[arg-type]  # one form
    return tuple(Prior(name, text) for name, text in sorted(found.items()) if text)


def _is_xml(text: str) -> bool:
    return text.lstrip().startswith("<")


def _content(root: XmlNode) -> tuple[XmlNode, ...]:
    """Return the elements that are configuration."""
    if root.namespace != _NETCONF or root.name not in _WRAPPERS:
        return (root,)
    inner = next((one for one in root.children if one.namespace == _NETCONF and one.name in _WRAPPERS), None)
    return root.children if inner is None else _content(inner)


def _ends(node: XmlNode, around: tuple[_Step, ...]) -> Iterator[tuple[_Step, ...]]:
    leaves = ((one.name, one.text) for one in node.children if not one.children and not _operation(one))
    here = (*around, _Step(node.namespace, node.name, tuple((name, text) for name, text in leaves if text)))
    if _operation(node) in _GONE:
        yield here
        return
    for child in node.children:
        yield from _ends(child, here)


def _operation(node: XmlNode) -> str:
    return node.attribute("operation") or ""


def _element(roots: Sequence[XmlNode], place: tuple[_Step, ...]) -> str:
    """Return the document that sets the element at a place to what it is; "" where there is none."""
    found: list[XmlNode] = []
    nodes: Sequence[XmlNode] = roots
    for step in place:
        node = next((one for one in nodes if step.is_of(one)), None)
        if node is None:
            return ""
        found.append(node)
        nodes = node.children
    text = "".join(_written(found[-1], place[-2].namespace if len(place) > 1 else ""))
    for depth in range(len(place) - 2, -1, -1):
        step, around = place[depth], place[depth - 1].namespace if depth else ""
        keys = "".join("".join(_written(one, step.namespace)) for one in _keys(found[depth], step))
        text = f"<{_start(step.name, step.namespace, around)}>{keys}{text}</{step.name}>"
    return f'<config xmlns="{_NETCONF}">{text}</config>'


def _keys(node: XmlNode, step: _Step) -> Iterator[XmlNode]:
    return (one for one in node.children if (one.name, one.text) in step.keys)


def _written(node: XmlNode, around: str) -> Iterator[str]:
    yield f"<{_start(node.name, node.namespace, around)}>"
    yield xml_text(node.text)
    for child in node.children:
        yield from _written(child, node.namespace)
    yield f"</{node.name}>"


def _start(name: str, namespace: str, around: str) -> str:
    return name if namespace in {around, ""} else f'{name} xmlns="{xml_text(namespace)}"'


def _negated(nodes: Iterable[CliNode], around: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for node in nodes:
        if node.children:
            yield from _negated(node.children, (*around, node.text))
        elif node.text.startswith(_NO):
            yield (*around, node.text.removeprefix(_NO))


def _lines(nodes: Sequence[CliNode], place: tuple[str, ...]) -> str:
    """Return the lines that set the command of a place to what it is, in its modes; "" where there is none."""
    *modes, command = place
    for mode in modes:
        nodes = next((one.children for one in nodes if one.text == mode), [])
    found = [one for one in nodes if one.text == command or one.text.startswith(f"{command} ")]
    for mode in reversed(modes):
        found = [CliNode(mode, found)] if found else []
    return "".join(f"{text}\n" for text, _ in cli_lines(found))


def _words(place: Place) -> str:
    parts = (part if isinstance(part, str) else _step_words(part) for part in place)
    return " / ".join(parts)


def _step_words(step: _Step) -> str:
    keys = "".join(f"[{name}={text}]" for name, text in step.keys)
    return f"{{{step.namespace}}}{step.name}{keys}"
