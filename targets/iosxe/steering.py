"""Where steered packets go: route maps at the ports where they enter, static routes behind their next hops, and tracks of these.

A rule's next hop is a reserved address. Behind it is a host route with one way per waypoint, over its loopback, which the IGP
resolves; each way is there only while the routing table has exactly that loopback (a default route does not count), and the one
with the lowest distance carries. Where nothing else may happen the last way is Null0. So a rule follows BFD as the IGP does, its
waypoints need not be neighbours, and packets of no rule are routed as ever.
"""

from __future__ import annotations

from collections.abc import Iterator

from intentc.targetkit.kit import (
    EVERYTHING,
    AlgorithmPolicy,
    DeviceConfig,
    Fleet,
    Flow,
    Origin,
    PacketBundle,
    PacketRule,
    PolicySteerRule,
    SrPolicy,
    SteerRule,
    bundled,
    decide_packets,
    joined,
    numbers_for,
)

from . import escape, numbers
from .entries import DENY, PERMIT, access_list
from .guards import Guard, guards, guards_of
from .inputs import EXEMPT, FAMILIES, Classified, list_name
from .owned import AccessList, PolicyWay, Route, RouteMap, Step, Timer, Track, Way

MOST_WAYPOINTS = 40
_STEP = 10
_WAY_STEP = 5  # between administrative distances
_LAST_DISTANCE = 250
_SLOW_DISTANCE = 245  # behind all paths that are fast enough
_HOST_MASK = "255.255.255.255"
_NOWHERE = "Null0"
_TRACK_SECONDS = 1


def waypoints_key(rule: SteerRule) -> str:
    """Return the name of what stands behind a rule's next hop."""
    return f"{'drop' if rule.is_fail_closed else 'open'} {' '.join(rule.waypoints)}"


def policy_key(name: str) -> str:
    """Return the name of the entry of an SR policy."""
    return f"policy {escape.object_name(name)}"


def policies_key(names: tuple[str, ...]) -> str:
    """Return the name of the entry of SR policies one after the other; that of one is its own."""
    return " ".join(policy_key(name) for name in names)


def entries(config: DeviceConfig) -> dict[str, int]:
    """Return the number of everything that packets can be sent to."""
    names = {policy_key(policy.name) for policy in _policies(config)} | {
        waypoints_key(rule) for rule in config.steering
    }
    names |= {policies_key(rule.policies) for rule in config.policy_steering}
    names |= {key for guard in guards(config) for key in (guard.first_key, guard.only_key)}
    return numbers_for(names, numbers.ENTRIES)


def _policies(config: DeviceConfig) -> list[SrPolicy | AlgorithmPolicy]:
    return [*config.policies, *config.algorithm_policies]


def track_numbers(config: DeviceConfig) -> dict[str, int]:
    """Return the number of the track of each waypoint and family, and of each path that is left when it is slow."""
    names = {_track_key(point, rule.flow.family) for rule in config.steering for point in rule.waypoints}
    names |= {guard.key for guard in guards(config)}
    return numbers_for(names, numbers.TRACKS)


def _track_key(waypoint: str, family: int) -> str:
    return f"{waypoint} {family}"


def loopback(node: str, family: int, fleet: Fleet) -> str:
    """Return the address of a node; raises `ValueError` where it has none."""
    found = fleet.loopbacks[node][0 if family == 4 else 1]
    if found is None:
        raise ValueError(f"{node} has no loopback for IPv{family}")
    return escape.address(found)


def routes(config: DeviceConfig, fleet: Fleet, family: int) -> tuple[Route, ...]:
    """Return the routes behind the next hops, sorted by address."""
    known, tracks = entries(config), track_numbers(config)
    found: dict[str, Route] = {}
    origins: dict[str, list[Origin]] = {}
    for rule in config.steering:
        if rule.flow.family == family:
            key = waypoints_key(rule)
            found[key] = _waypoint_route(rule, known[key], tracks, fleet)
            origins.setdefault(key, []).append(rule.origin)
    if family == 4:
        for policy in _policies(config):
            key = policy_key(policy.name)
            own = guards_of(policy) if isinstance(policy, SrPolicy) else ()
            found[key] = _policy_route(escape.own_name(policy.name), known[key], own, known, tracks)
            origins.setdefault(key, []).append(policy.origin)
        for ride in config.policy_steering:
            key = policies_key(ride.policies)
            if ride.others and ride.flow.family == family:
                found[key] = _turning_route(ride.policies, known[key])
                origins.setdefault(key, []).append(ride.origin)
        for guard in guards(config):
            for key, made in _guard_routes(guard, known):
                found[key] = made
                origins.setdefault(key, []).append(guard.policy.origin)
    asked = (_asked_by(found[key], joined(origins[key])) for key in found)
    return tuple(sorted(asked, key=lambda route: route.address))


def _policy_route(
    policy: str, number: int, guarded: tuple[Guard, ...], known: dict[str, int], tracks: dict[str, int]
) -> Route:
    """Return the way into a policy: first by the paths that are left when they are slow, in their order."""
    name, distance = _route_name(number), _SLOW_DISTANCE if guarded else _WAY_STEP
    ways = tuple(
        Way(numbers.entry_address(known[one.first_key], 4), place * _WAY_STEP, name, tracks[one.key])
        for place, one in enumerate(guarded, 1)
    )
    address = numbers.entry_address(number, 4)
    return Route(address, _HOST_MASK, tracked=ways, policies=(PolicyWay(policy, distance, name),))


def _turning_route(policies: tuple[str, ...], number: int) -> Route:
    """Return the way into the first of some policies that is up: the route into one that is down is gone, and the next one counts."""
    ways = tuple(
        PolicyWay(escape.own_name(name), place * _WAY_STEP, _route_name(number))
        for place, name in enumerate(policies, 1)
    )
    return Route(numbers.entry_address(number, 4), _HOST_MASK, policies=ways)


def _guard_routes(guard: Guard, known: dict[str, int]) -> Iterator[tuple[str, Route]]:
    """Yield the ways into the policies made for a path: of the packets, and of its probes, which go nowhere while it is down."""
    nowhere = Way(_NOWHERE, _LAST_DISTANCE, _route_name(known[guard.only_key]))
    for key, policy, last in (
        (guard.first_key, guard.first_policy, ()),
        (guard.only_key, guard.only_policy, (nowhere,)),
    ):
        way = PolicyWay(policy, _WAY_STEP, _route_name(known[key]))
        yield key, Route(numbers.entry_address(known[key], 4), _HOST_MASK, last, policies=(way,))


def _asked_by(route: Route, origin: Origin | None) -> Route:
    return Route(route.address, route.mask, route.untracked, route.tracked, route.policies, origin)


def _waypoint_route(rule: SteerRule, number: int, tracks: dict[str, int], fleet: Fleet) -> Route:
    """Return the ways to the waypoints in order, the first one preferred; the last one is nowhere if nothing else may happen."""
    if len(rule.waypoints) > MOST_WAYPOINTS:
        raise ValueError(f"{len(rule.waypoints)} waypoints, and a route has {MOST_WAYPOINTS} ways")
    family, name = rule.flow.family, _route_name(number)
    ways = tuple(
        Way(loopback(point, family, fleet), place * _WAY_STEP, name, tracks[_track_key(point, family)])
        for place, point in enumerate(rule.waypoints, 1)
    )
    last = (Way(_NOWHERE, _LAST_DISTANCE, name),) if rule.is_fail_closed else ()
    address = numbers.entry_address(number, family)
    if family == 4:
        return Route(address, _HOST_MASK, last, ways)
    return Route(f"{address}/128", untracked=(*ways, *last))


def _route_name(number: int) -> str:
    return f"{escape.OWN}{number}"


def tracks(config: DeviceConfig, fleet: Fleet) -> tuple[Track, ...]:
    """Return the tracks of all waypoints, by number."""
    known = track_numbers(config)
    found = {}
    for rule in config.steering:
        for point in rule.waypoints:
            number, family = known[_track_key(point, rule.flow.family)], rule.flow.family
            origins = (one.origin for one in config.steering if point in one.waypoints and one.flow.family == family)
            found[number] = _track(number, loopback(point, family, fleet), family, joined(origins))
    return tuple(found[number] for number in sorted(found))


def _track(number: int, address: str, family: int, origin: Origin | None) -> Track:
    if family == 4:
        return Track(number, address4=address, mask4=_HOST_MASK, is_reachable4=True, origin=origin)
    return Track(number, address6=f"{address}/128", is_reachable6=True, origin=origin)


def timers(config: DeviceConfig) -> tuple[Timer, ...]:
    """Return how often tracks are looked at; nothing where there are none."""
    families = {rule.flow.family for rule in config.steering if rule.waypoints}
    is_guarding = bool(guards(config))
    if not families and not is_guarding:
        return ()
    seconds = {family: _TRACK_SECONDS if family in families else None for family in FAMILIES}
    return (Timer(seconds[4], seconds[6], _TRACK_SECONDS if is_guarding else None),)


_Ride = SteerRule | PolicySteerRule


def route_maps(config: DeviceConfig) -> tuple[tuple[RouteMap, ...], Classified, dict[tuple[str, int], str]]:
    """Return the route maps, their access lists (but for the exempt ones), and the route map of each port and family."""
    rules: list[_Ride] = sorted((*config.steering, *config.policy_steering), key=lambda rule: rule.precedence)
    places = sorted({(port, rule.flow.family) for rule in rules for port in rule.interfaces})
    maps: list[RouteMap] = []
    lists: dict[int, list[AccessList]] = {family: [] for family in FAMILIES}
    for port, family in places:
        own = [rule for rule in rules if port in rule.interfaces and rule.flow.family == family]
        made, used = _route_map(port, family, own, config)
        maps.append(made)
        lists[family] += used
    slots = {place: made.name for place, made in zip(places, maps, strict=True)}
    return tuple(maps), Classified(tuple(lists[4]), tuple(lists[6])), slots


def _route_map(port: str, family: int, rules: list[_Ride], config: DeviceConfig) -> tuple[RouteMap, list[AccessList]]:
    """Return the route map of a port: what is denied in it is routed as ever, and so is what none of its steps matches.

    The first step is for the packets that no rule touches; their list is one for all ports.
    """
    name, known = escape.port_name(f"PBR{family}", port), entries(config)
    wanted = [PacketRule(rule.flow, rule.excepted, _target(rule, known), rule.origin) for rule in rules]
    decided = decide_packets([wanted], EVERYTHING[family])
    bundles = bundled(one for one in decided if one.outcomes or one.flow != EVERYTHING[family])
    steps, lists = [_step(_STEP, AccessList(list_name(EXEMPT, family), ()), family)], []
    local = [Flow(family, EVERYTHING[family].source, prefix) for prefix in _own_prefixes(port, family, config)]
    if local:
        lists.append(access_list(f"{name}-LOCAL", ((flow, PERMIT, None) for flow in local)))
        steps.append(_step(2 * _STEP, lists[-1], family))
    for number, bundle in enumerate(bundles, len(steps) + 1):
        listed = ((one.flow, PERMIT, one.origin) for one in bundle.of(family))
        lists.append(access_list(f"{name}-{number * _STEP}", listed))
        steps.append(_step(number * _STEP, lists[-1], family, bundle))
    return RouteMap(name, tuple(steps)), lists


def _target(rule: _Ride, known: dict[str, int]) -> str:
    key = waypoints_key(rule) if isinstance(rule, SteerRule) else policies_key(rule.policies)
    return numbers.entry_address(known[key], rule.flow.family)


def _step(number: int, listed: AccessList, family: int, bundle: PacketBundle[str] | None = None) -> Step:
    """Return a step of a route map: to where the packets of a bundle go, or (None, or no rule names them) as ever."""
    hop = bundle.outcomes[0] if bundle is not None and bundle.outcomes else None
    origin = None if bundle is None else bundle.origin
    action = DENY if hop is None else PERMIT
    if family == 4:
        return Step(number, action, list4=listed.name, hop4=hop, origin=origin)
    return Step(number, action, list6=listed.name, hop6=hop, origin=origin)


def _own_prefixes(port: str, family: int, config: DeviceConfig) -> Iterator[str]:
    """Yield what is attached to a port: the router's own address there is in no topology."""
    found = {prefix for edge in config.edges if edge.interface == port for prefix in edge.prefixes}
    return iter(sorted(prefix for prefix in found if (":" in prefix) == (family == 6)))
