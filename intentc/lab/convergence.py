"""When a lab carries traffic as its underlay should."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from intentc.lab.definition import Definition, NodeDefinition, read_definition
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.runs import State

_POLL_S = 0.1
_SETTLED_S = 0.3


def wait_converged(lab: Lab, timeout_s: float = 60.0) -> float:
    """Return the seconds until the lab carried traffic as its underlay should.

    Then every router's kernel has a route to every other's loopbacks, BFD is up where the underlay runs it, and no route
    has changed for 0.3 s. Routers that are off and links that have failed are not waited for. `LabError` says what is
    still missing at the end.
    """
    begin = time.monotonic()
    definition = read_definition(Path(lab.state.directory))
    last: Mapping[str, str] = {}
    changed = begin
    while True:
        state = lab.state
        routers = [node for node in definition.nodes.values() if node.is_router and state.pids[node.name]]
        routes = {router.name: _routes(lab, router.name) for router in routers}
        now = time.monotonic()
        changed, last = (changed if routes == last else now), routes
        missing = next(_missing_routes(definition, routes), None)
        is_settled = missing is None and now - changed >= _SETTLED_S
        if is_settled:  # asked last, for asking a router's daemons costs as much as all else
            missing = next(_missing_sessions(lab, definition, state, routes), None)
        if is_settled and missing is None:
            return now - begin
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


def _missing_sessions(lab: Lab, definition: Definition, state: State, routers: Iterable[str]) -> Iterator[str]:
    for router in (definition.nodes[name] for name in routers):
        wanted_sessions = sum(_has_session(link, definition, state) for link in router.bfd_links)
        sessions = _sessions_up(lab, router) if wanted_sessions else 0
        if sessions < wanted_sessions:
            yield f"{router.name} has {sessions} of {wanted_sessions} BFD sessions up"


def _has_session(link: str, definition: Definition, state: State) -> bool:
    return link not in state.failed_links and all(state.pids[node] for node, _ in definition.links[link].ends)


def _sessions_up(lab: Lab, router: NodeDefinition) -> int:
    """Return the number of links with BFD up: under OSPF a link has one session per address family."""
    peers = json.loads(lab.exec(router.name, ["vtysh", "-c", "show bfd peers json"]).stdout)
    is_up: dict[str, bool] = {}
    for peer in peers:
        interface = str(peer.get("interface", ""))
        is_up[interface] = is_up.get(interface, True) and peer.get("status") == "up"
    return sum(is_up.values())
