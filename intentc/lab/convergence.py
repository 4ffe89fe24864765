"""When a lab carries traffic as its underlay should."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

from intentc.lab.definition import Definition, NodeDefinition, read_definition
from intentc.lab.lab import Lab
from intentc.lab.model import LabError
from intentc.lab.runs import State

_POLL_S = 0.1


def wait_converged(lab: Lab, timeout_s: float = 60.0) -> float:
    """Return the seconds until every router's kernel had a route to every other's loopbacks and BFD was up where it runs.

    Routers that are off and links that have failed are not waited for. `LabError` says what is still missing at the end.
    """
    begin = time.monotonic()
    definition = read_definition(Path(lab.state.directory))
    while True:
        missing = next(_missing(lab, definition, lab.state), None)
        if missing is None:
            return time.monotonic() - begin
        if time.monotonic() - begin > timeout_s:
            raise LabError(f"the lab has not converged within {timeout_s:g} s: {missing}")
        time.sleep(_POLL_S)


def _missing(lab: Lab, definition: Definition, state: State) -> Iterator[str]:
    """Yield what is missing, in words, router by router; the first is enough to go on waiting."""
    routers = [node for node in definition.nodes.values() if node.is_router and state.pids[node.name]]
    wanted = {address for router in routers for address in router.loopbacks}
    for router in routers:
        missing = sorted(wanted - _known(lab, router))
        if missing:
            yield f"{router.name} has no route to {missing[0]}"
        wanted_sessions = sum(_has_session(link, definition, state) for link in router.bfd_links)
        sessions = _sessions_up(lab, router) if wanted_sessions else 0
        if sessions < wanted_sessions:
            yield f"{router.name} has {sessions} of {wanted_sessions} BFD sessions up"


def _known(lab: Lab, router: NodeDefinition) -> set[str]:
    """Return the host addresses that the router's kernel has a route to, and its own."""
    found = set(router.loopbacks)
    for family in ("-4", "-6"):
        routes = json.loads(lab.exec(router.name, ["ip", "-j", family, "route"], is_network_only=True).stdout or "[]")
        found |= {str(route["dst"]).partition("/")[0] for route in routes if "dst" in route}
    return found


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
