"""Where the nodes stand on the map: from the sites' locations, else by a layout of our own; deterministic."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

from intentc.topology.model import Topology

Point = tuple[float, float]

# Distances in the SVG's user units (CSS pixels at scale 1).
PLACE_GAP = 190.0  # between the centres of two sites
NODE_GAP = 104.0  # between two nodes of one site
_ROUNDS = 300
_BUDGET = 3_000_000  # pairs looked at per layout, so that large networks stay within seconds
_ORDERED = 5  # nodes of a site up to which every order around its centre is tried


def positions(topology: Topology) -> dict[str, Point]:
    """Return a point per node: sites by longitude and latitude where given, their nodes close around them."""
    places = _places(topology)
    if not places:
        return {}
    centres = _centres(topology, places)
    found: dict[str, Point] = {}
    for place, nodes in places.items():
        found |= _around(topology, place, nodes, centres)
    return found


def _places(topology: Topology) -> dict[str, tuple[str, ...]]:
    """Return the nodes of every site that has any, and every node without a site as its own place."""
    found: dict[str, list[str]] = {}
    for node in topology.nodes.values():
        found.setdefault(_place_of(topology, node.name), []).append(node.name)
    return {place: tuple(nodes) for place, nodes in found.items()}


def _place_of(topology: Topology, node: str) -> str:
    site = topology.nodes[node].site
    # The prefix keeps a site and a node of one name apart.
    return f"site {site}" if site is not None else f"node {node}"


def _centres(topology: Topology, places: Mapping[str, tuple[str, ...]]) -> dict[str, Point]:
    located = {
        place: location for place, nodes in places.items() if (location := _location(topology, nodes[0])) is not None
    }
    neighbours = _neighbours(topology, places)
    width = PLACE_GAP * 1.5 * math.sqrt(len(places))
    start = _projected(located, width, width * 0.62) if len(located) > 1 else {}
    if len(start) * 2 < len(places):
        start = _sprung(list(places), neighbours, width)
    for place in places:
        start.setdefault(place, _middle([start[other] for other in neighbours[place] if other in start], width))
    sizes = {place: NODE_GAP * 0.42 * (len(nodes) - 1) for place, nodes in places.items()}
    return _spaced(start, sizes, PLACE_GAP)


def _location(topology: Topology, node: str) -> Point | None:
    site = topology.nodes[node].site
    return topology.sites[site].location if site is not None and site in topology.sites else None


def _neighbours(topology: Topology, places: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {place: {} for place in places}
    for link in topology.links.values():
        a, b = _place_of(topology, link.a.node), _place_of(topology, link.b.node)
        if a != b:
            found[a][b] = None
            found[b][a] = None
    return {place: list(others) for place, others in found.items()}


def _projected(located: Mapping[str, Point], width: float, height: float) -> dict[str, Point]:
    """Return the locations on a plane, half true to scale, half evened out so that a crowded area stays readable."""
    squeeze = math.cos(math.radians(sum(latitude for latitude, _ in located.values()) / len(located)))
    true_x = {place: longitude * squeeze for place, (_, longitude) in located.items()}
    true_y = {place: -latitude for place, (latitude, _) in located.items()}
    across, down = _blended(true_x), _blended(true_y)
    return {place: (across[place] * width, down[place] * height) for place in located}


def _blended(values: Mapping[str, float]) -> dict[str, float]:
    """Return each value between 0 and 1: the mean of its place in the range and its rank among the distinct values."""
    distinct = sorted(set(values.values()))
    low, reach = distinct[0], max(distinct[-1] - distinct[0], 1e-9)
    rank = {value: at / max(len(distinct) - 1, 1) for at, value in enumerate(distinct)}
    return {place: 0.5 * (value - low) / reach + 0.5 * rank[value] for place, value in values.items()}


def _middle(points: Sequence[Point], width: float) -> Point:
    if not points:
        return (width / 2, width / 3)
    return (sum(x for x, _ in points) / len(points) + 30, sum(y for _, y in points) / len(points) + 30)


def _sprung(places: list[str], neighbours: Mapping[str, list[str]], width: float) -> dict[str, Point]:
    """Return a force-directed layout (Fruchterman and Reingold 1991) that starts from a circle in breadth-first order."""
    order = _breadth_first(places, neighbours)
    turn = 2 * math.pi / len(order)
    at = {place: (math.cos(turn * n) * width / 2, math.sin(turn * n) * width / 3) for n, place in enumerate(order)}
    rounds = max(0, min(_ROUNDS, _BUDGET // len(order) ** 2))
    for step in range(rounds):
        at = _cooled(at, _forces(at, neighbours), width * 0.1 * (1 - step / rounds))
    return at


def _breadth_first(places: list[str], neighbours: Mapping[str, list[str]]) -> list[str]:
    seen: dict[str, None] = {}
    for root in sorted(places, key=lambda place: (-len(neighbours[place]), place)):
        queue = [root] if root not in seen else []
        while queue:
            place = queue.pop(0)
            if place not in seen:
                seen[place] = None
                queue += neighbours[place]
    return list(seen)


def _forces(at: Mapping[str, Point], neighbours: Mapping[str, list[str]]) -> dict[str, Point]:
    ideal = PLACE_GAP
    force = dict.fromkeys(at, (0.0, 0.0))
    for a, b in combinations(at, 2):
        dx, dy, distance = _apart(at[a], at[b])
        push = ideal * ideal / distance - (distance * distance / ideal if b in neighbours[a] else 0.0)
        force[a] = (force[a][0] + dx * push, force[a][1] + dy * push)
        force[b] = (force[b][0] - dx * push, force[b][1] - dy * push)
    return force


def _apart(a: Point, b: Point) -> tuple[float, float, float]:
    """Return the unit vector from `b` to `a` and their distance."""
    dx, dy = a[0] - b[0], a[1] - b[1]
    distance = math.hypot(dx, dy)
    return (dx / distance, dy / distance, distance) if distance > 1e-6 else (1.0, 0.0, 1e-6)


def _cooled(at: Mapping[str, Point], force: Mapping[str, Point], most: float) -> dict[str, Point]:
    moved = {}
    for place, (x, y) in at.items():
        fx, fy = force[place]
        length = max(math.hypot(fx, fy), 1e-9)
        step = min(length, most) / length
        moved[place] = (x + fx * step, y + fy * step)
    return moved


def _spaced(start: Mapping[str, Point], sizes: Mapping[str, float], gap: float) -> dict[str, Point]:
    """Return the points pushed apart until each pair is `gap` plus both sizes away, or the rounds are used up."""
    at = dict(start)
    rounds = max(1, min(_ROUNDS, _BUDGET // max(1, len(at) ** 2)))
    for _ in range(rounds):
        is_done = True
        for a, b in combinations(at, 2):
            dx, dy, distance = _apart(at[a], at[b])
            need = gap + sizes[a] + sizes[b]
            if distance < need - 0.5:
                push = (need - distance) / 2
                at[a] = (at[a][0] + dx * push, at[a][1] + dy * push)
                at[b] = (at[b][0] - dx * push, at[b][1] - dy * push)
                is_done = False
        if is_done:
            break
    return at


def _around(topology: Topology, place: str, nodes: tuple[str, ...], centres: Mapping[str, Point]) -> dict[str, Point]:
    """Return the nodes of one site on a circle around its centre, turned and ordered so that links out are short."""
    x, y = centres[place]
    if len(nodes) == 1:
        return {nodes[0]: (x, y)}
    radius = NODE_GAP / 2 / math.sin(math.pi / len(nodes))
    pulls = {node: _outside(topology, node, place, centres) for node in nodes}
    best: tuple[float, dict[str, Point]] | None = None
    for slots in _turned(len(nodes), radius, (x, y)):
        for order in permutations(nodes) if len(nodes) <= _ORDERED else [nodes]:
            spots = dict(zip(order, slots, strict=True))
            cost = round(sum(math.dist(spots[node], other) for node in nodes for other in pulls[node]), 3)
            if best is None or cost < best[0]:
                best = (cost, spots)
    return best[1] if best else {}


def _turned(count: int, radius: float, centre: Point) -> Iterator[list[Point]]:
    x, y = centre
    step = 2 * math.pi / count
    for turn in (0.0, math.pi / 2, math.pi / 4, -math.pi / 4):
        yield [(x + radius * math.cos(turn + step * n), y + radius * math.sin(turn + step * n)) for n in range(count)]


def _outside(topology: Topology, node: str, place: str, centres: Mapping[str, Point]) -> list[Point]:
    others = [
        _place_of(topology, link.other(node)) for link in topology.links.values() if node in {link.a.node, link.b.node}
    ]
    return [centres[other] for other in others if other != place]
