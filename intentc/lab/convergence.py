"""When a lab carries traffic as its underlay should."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from intentc.lab.definition import Definition, NodeDefinition, read_definition
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.runs import State

_POLL_S = 0.1
_SETTLED_S = 0.3
_FAMILIES = (4, 6)


def wait_converged(lab: Lab, timeout_s: float = 60.0) -> float:
    """Return the seconds until the lab carried traffic as its underlay should.

    Then every router's kernel has a route to every other's loopbacks, OSPF has its adjacencies and BFD is up where the
    underlay runs them, and no route has changed for 0.3 s since. Routers that are off and links that have failed are not
    waited for. `LabError` says what is still missing at the end.
    """
    begin = time.monotonic()
    definition = read_definition(Path(lab.state.directory))
    last: Mapping[str, str] = {}
    changed = begin
    is_complete = not any(node.ospf_links(family) for node in definition.nodes.values() for family in _FAMILIES)
    while True:
        state = lab.state
        routers = [node for node in definition.nodes.values() if node.is_router and state.pids[node.name]]
        routes = {router.name: _routes(lab, router.name) for router in routers}
        now = time.monotonic()
        changed, last = (changed if routes == last else now), routes
        missing = next(_missing_routes(definition, routes), None)
        is_settled = missing is None and now - changed >= _SETTLED_S
        if is_settled:  # asked last, for asking a router's daemons costs as much as all else
            missing = next(_missing_neighbours(lab, definition, state, routes), None)
        if is_settled and missing is None:
            if is_complete:
                return now - begin
            is_complete, changed = True, now  # a new adjacency of OSPF has yet to change the routes
        if now - begin > timeout_s:
            raise LabError(f"the lab has not converged within {timeout_s:g} s: {missing or 'routes still change'}")
        time.sleep(_POLL_S)


def _routes(lab: Lab, router: str) -> str:
    """Return the router's kernel routes of both families, one per line, and the nexthops of those that have several."""
    return "".join(lab.exec(router, ["ip", family, "route"], is_network_only=True).stdout for family in ("-4", "-6"))


def _missing_routes(definition: Definition, routes: Mapping[str, str]) -> Iterator[str]:
    """Yield what is missing, in words, router by router; the first is enough to go on waiting."""
    routers = [definition.nodes[name] for name in routes]
    wanted = {address for router in routers for address in router.loopbacks}
    for router in routers:
        known = {line.split()[0] for line in routes[router.name].splitlines() if line[:1].strip()}
        missing = sorted(wanted - known - set(router.loopbacks))
        if missing:
            yield f"{router.name} has no route to {missing[0]}"


def _missing_neighbours(lab: Lab, definition: Definition, state: State, routers: Iterable[str]) -> Iterator[str]:
    for router in (definition.nodes[name] for name in routers):
        for family in _FAMILIES:
            wanted = sum(_is_live(link, definition, state) for link in router.ospf_links(family))
            found = _adjacencies(lab, router, family) if wanted else 0
            if found < wanted:
                yield f"{router.name} has {found} of {wanted} adjacencies of OSPF for IPv{family}"
        wanted = sum(_is_live(link, definition, state) for link in router.bfd_links)
        found = _sessions_up(lab, definition, router) if wanted else 0
        if found < wanted:
            yield f"{router.name} has {found} of {wanted} BFD sessions up"


def _is_live(link: str, definition: Definition, state: State) -> bool:
    return link not in state.failed_links and all(state.pids[node] for node, _ in definition.links[link].ends)


def _adjacencies(lab: Lab, router: NodeDefinition, family: int) -> int:
    """Return the number of OSPF neighbours that the router has exchanged all with (state Full, RFC 2328 section 10.1)."""
    words = "show ip ospf neighbor json" if family == 4 else "show ipv6 ospf6 neighbor json"
    known = json.loads(lab.exec(router.name, ["vtysh", "-c", words]).stdout).get("neighbors", [])
    rows = known if isinstance(known, list) else [row for rows in known.values() for row in rows]
    return sum(str(row.get("state", "")).startswith("Full") for row in rows)


def _sessions_up(lab: Lab, definition: Definition, router: NodeDefinition) -> int:
    """Return the number of links whose BFD sessions are all up: under OSPF a link has one per address family."""
    peers = json.loads(lab.exec(router.name, ["vtysh", "-c", "show bfd peers json"]).stdout)
    up = Counter(str(peer.get("interface", "")) for peer in peers if peer.get("status") == "up")
    down = {str(peer.get("interface", "")) for peer in peers if peer.get("status") != "up"}
    wanted = {_interface(link, definition, router): _sessions(link, router) for link in router.bfd_links}
    return sum(up[interface] >= count and interface not in down for interface, count in wanted.items())


def _interface(link: str, definition: Definition, router: NodeDefinition) -> str:
    return next(interface for node, interface in definition.links[link].ends if node == router.name)


def _sessions(link: str, router: NodeDefinition) -> int:
    return max(sum(link in router.ospf_links(family) for family in _FAMILIES), 1)
