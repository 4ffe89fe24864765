"""A state overlay: elements that are failed or drained just now, over the topology as it is planned."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.topology.model import Link, Node, Topology
from intentc.topology.reading import did_you_mean
from intentc.values import frozen, replace

_STATES = ("failed", "drained")
_KINDS = ("link", "node")


_FORM = "write one element on a line, such as `link:fra-ams failed` or `node:fra-pe1 drained`"


class OverlayError(Exception):
    """The text is no overlay, or speaks of what the topology does not have; `help` says what would do."""

    def __init__(self, message: str, *help_lines: str) -> None:
        super().__init__(message)
        self.help = help_lines


@frozen
class Overlay:
    """What is not as planned: (`link` or `node`, name, `failed` or `drained`), sorted and once each."""

    entries: tuple[tuple[str, str, str], ...]

    @property
    def words(self) -> str:
        """Return the overlay as one line that `read_overlay` reads."""
        return ", ".join(f"{kind}:{name} {state}" for kind, name, state in self.entries)

    def names(self, kind: str, state: str) -> frozenset[str]:
        """Return the elements of a kind in a state."""
        return frozenset(name for own, name, said in self.entries if (own, said) == (kind, state))


NO_OVERLAY = Overlay(())


def read_overlay(text: str) -> Overlay:
    """Return what `text` says: `link:ID` or `node:NAME`, then `failed` (or nothing) or `drained`, one on a line or after a comma.

    What follows a `#` is a remark. Raises `OverlayError`.
    """
    found: set[tuple[str, str, str]] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        for part in line.partition("#")[0].split(","):
            if part.strip():
                found.add(_entry(part.split(), number))
    return Overlay(tuple(sorted(found)))


def overlay_of(links: Iterable[str] = (), nodes: Iterable[str] = ()) -> Overlay:
    """Return the overlay of elements that have failed."""
    entries = {("link", name, "failed") for name in links} | {("node", name, "failed") for name in nodes}
    return Overlay(tuple(sorted(entries)))


def lay_over(topology: Topology, overlay: Overlay) -> Topology:
    """Return the topology as it is with the overlay: failed links, and all links of failed nodes, do not exist."""
    for kind, name, _ in overlay.entries:
        known = topology.links if kind == "link" else topology.nodes
        if name not in known:
            raise OverlayError(f"the topology has no {kind} `{name}`", *did_you_mean(name, known))
    cut, dead = overlay.names("link", "failed"), overlay.names("node", "failed")
    lost = cut.union(*(topology.riders[name] for name in cut))
    drained_links, drained_nodes = overlay.names("link", "drained"), overlay.names("node", "drained")

    def link(own: Link) -> Link:
        if own.id in lost or own.a.node in dead or own.b.node in dead:
            return replace(own, state="planned")
        return replace(own, state="drained") if own.id in drained_links and own.state == "up" else own

    def node(own: Node) -> Node:
        return replace(own, state="drained") if own.name in drained_nodes and own.state == "up" else own

    return replace(
        topology,
        links={name: link(own) for name, own in topology.links.items()},
        nodes={name: node(own) for name, own in topology.nodes.items()},
    )


def _entry(words: list[str], number: int) -> tuple[str, str, str]:
    kind, _, name = words[0].partition(":")
    state = words[1] if len(words) > 1 else _STATES[0]
    if kind not in _KINDS or not name or state not in _STATES or len(words) > len(_STATES):
        said = " ".join(words)
        raise OverlayError(
            f"line {number}: `{said}` is not `link:ID` or `node:NAME`, with `failed` or `drained`", _FORM
        )
    return kind, name, state
