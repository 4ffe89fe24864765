"""What has failed just now, as the devices themselves see it: links on which nobody has a neighbour."""

from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from intentc.diagnostics import Diagnostic
from intentc.inventory.model import Device
from intentc.push.fanout import ask_all
from intentc.push.findings import trouble_finding
from intentc.push.opening import open_session
from intentc.push.team import Limits, Opener
from intentc.topology.model import Link, LinkEnd, Topology
from intentc.topology.overlay import Overlay, overlay_of
from intentc.values import frozen

Seen = Mapping[str, frozenset[str]]  # by device that told of neighbours: the words in what it told


@frozen
class Alive:
    """What has failed, and a finding for each device that could not be asked."""

    overlay: Overlay
    findings: tuple[Diagnostic, ...]


def look_around(
    topology: Topology, devices: Mapping[str, Device], limits: Limits | None = None, *, opener: Opener = open_session
) -> Alive:
    """Ask every device for its neighbours; nothing is changed on any of them.

    A link has failed if no end of it that tells of neighbours has one there (and one end does tell); a node has failed if
    it does not answer and all of its links have. Who names no port of its links among its neighbours (BGP sessions are all that some
    devices tell of) does not tell.
    """
    bounds = limits or Limits()

    def ask(node: str) -> frozenset[str]:
        session = opener(devices[node], bounds)
        try:
            return frozenset(word for line in session.neighbours() for word in re.split(r"[\s,]+", line))
        finally:
            session.close()

    with ThreadPoolExecutor(bounds.connects) as pool:
        answers = ask_all(sorted(devices), ask, pool)
    ports = {(end.node, end.interface) for link in topology.links.values() for end in (link.a, link.b) if end.interface}
    seen = {
        node: words for node, words in answers.given if any(_is_named(port, words) for at, port in ports if at == node)
    }
    silent = {node for node, _ in answers.failed}
    links = {name for name, link in topology.links.items() if link.state != "planned" and _has_failed(link, seen)}
    nodes = {node for node in silent if all(link.id in links for link in topology.links_of.get(node, ()))}
    findings = tuple(trouble_finding(node, "read", error) for node, error in answers.failed)
    return Alive(overlay_of(links, nodes), findings)


def _has_failed(link: Link, seen: Seen) -> bool:
    told = [_has_neighbour(end, seen[end.node]) for end in (link.a, link.b) if end.node in seen and end.interface]
    return bool(told) and not any(told)


def _has_neighbour(end: LinkEnd, words: frozenset[str]) -> bool:
    return end.interface is not None and _is_named(end.interface, words)


def _is_named(port: str, words: frozenset[str]) -> bool:
    """Return whether a port, or a unit of it (`ethernet-1/2.0`), is among words."""
    return any(word == port or word.startswith(f"{port}.") for word in words)
