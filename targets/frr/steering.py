"""`frr.conf` and `rules`: one routing table per list of waypoints, and BFD on the IGP's adjacencies."""

from __future__ import annotations

from collections.abc import Iterable

from intentc.targetkit.kit import BfdPort, DeviceConfig, Fleet, Line, Origin, SteerRule
from intentc.values import frozen

from . import escape, numbers

_DEFAULT_ROUTE = {4: "ip route 0.0.0.0/0", 6: "ipv6 route ::/0"}
_FIRST_DISTANCE = 10  # the n-th waypoint has the distance 10 + n; FRR writes no distance of 1
_LAST_DISTANCE = 250  # of the route that drops
_DEFAULT_MULTIPLIER = 3  # bfdd writes no defaults
_DEFAULT_INTERVAL_MS = 300
_US_PER_MS = 1000


@frozen
class FrrView:
    routes: tuple[Line, ...]
    profile: tuple[Line, ...]
    ports: tuple[tuple[str, tuple[Line, ...]], ...]  # interface and its lines


@frozen
class RulesView:
    rules: tuple[Line, ...]


def table_key(rule: SteerRule) -> str:
    """Return what identifies the routing table of a rule: its waypoints in order, and what happens behind the last."""
    return "\0".join((*rule.waypoints, "drop" if rule.is_fail_closed else "igp"))


def steering_numbers(config: DeviceConfig) -> dict[str, int]:
    """Return the number of each routing table of the device."""
    return numbers.numbers_for({table_key(rule) for rule in config.steering})


def frr_view(config: DeviceConfig, fleet: Fleet) -> FrrView | None:
    """Return what `frr.conf` shows; None where FRR is asked nothing."""
    if not config.steering and not config.bfd:
        return None
    known = steering_numbers(config)
    routes = [
        route
        for (family, key), rules in sorted(_tables(config).items())
        for route in _routes(family, rules, numbers.TABLE_BASE + known[key], fleet)
    ]
    has_ipv6 = any(loopback6 is not None for _, loopback6 in fleet.loopbacks.values())
    return FrrView(tuple(routes), tuple(_profile(config.bfd)), tuple(_ports(config.bfd, has_ipv6=has_ipv6)))


def rules_view(config: DeviceConfig) -> RulesView | None:
    """Return what `rules` shows; None where nothing is steered."""
    if not config.steering:
        return None
    known = steering_numbers(config)
    found = {
        (family, known[key]): _asking(rule.origin for rule in rules) for (family, key), rules in _tables(config).items()
    }
    return RulesView(tuple(Line(_rule(family, number), found[family, number]) for family, number in sorted(found)))


def _tables(config: DeviceConfig) -> dict[tuple[int, str], list[SteerRule]]:
    found: dict[tuple[int, str], list[SteerRule]] = {}
    for rule in config.steering:
        found.setdefault((rule.flow.family, table_key(rule)), []).append(rule)
    return found


def _routes(family: int, rules: list[SteerRule], table: int, fleet: Fleet) -> list[Line]:
    """Return default routes in one table: only marked packets look there.

    A next hop is a remote loopback, so it is resolved through the IGP and follows BFD; the first that resolves carries.
    """
    origin = _asking(rule.origin for rule in rules)
    first = rules[0]
    found = []
    for index, waypoint in enumerate(first.waypoints):
        loopback = fleet.loopbacks[waypoint][0 if family == 4 else 1]
        if loopback is None:
            raise ValueError(f"{waypoint} has no loopback for IPv{family}")
        hop = escape.address(loopback)
        found.append(Line(f"{_DEFAULT_ROUTE[family]} {hop} {_FIRST_DISTANCE + index} table {table}", origin))
    if first.is_fail_closed:
        found.append(Line(f"{_DEFAULT_ROUTE[family]} blackhole {_LAST_DISTANCE} table {table}", origin))
    return found


def _rule(family: int, number: int) -> str:
    mark = numbers.mark_of(number)
    return f"{family} {numbers.RULE_PREFERENCE} 0x{mark:x}/0x{numbers.MARK_MASK:x} {numbers.TABLE_BASE + number}"


def _profile(ports: tuple[BfdPort, ...]) -> list[Line]:
    """Return the lines of the BFD profile as FRR shows them: without what is the default."""
    if not ports:
        return []
    multiplier = max(port.multiplier for port in ports)
    interval_ms = max(-(-port.interval_us // _US_PER_MS) for port in ports)
    origin = _asking(port.origin for port in ports)
    lines = [Line(f"detect-multiplier {multiplier}", origin)] if multiplier != _DEFAULT_MULTIPLIER else []
    if interval_ms != _DEFAULT_INTERVAL_MS:
        lines += [Line(f"transmit-interval {interval_ms}", origin), Line(f"receive-interval {interval_ms}", origin)]
    return [Line(f"profile {numbers.BFD_PROFILE}", origin), *lines]


def _ports(ports: tuple[BfdPort, ...], *, has_ipv6: bool) -> Iterable[tuple[str, tuple[Line, ...]]]:
    for port in ports:
        ospf = ("ip ospf bfd", "ipv6 ospf6 bfd") if has_ipv6 else ("ip ospf bfd",)
        commands = ("isis bfd",) if port.igp == "isis" else ospf
        lines = [
            Line(text, port.origin)
            for command in commands
            for text in (command, f"{command} profile {numbers.BFD_PROFILE}")
        ]
        yield escape.interface(port.interface), tuple(lines)


def _asking(origins: Iterable[Origin]) -> Origin:
    found = list(origins)
    return Origin(
        tuple(sorted({intent for origin in found for intent in origin.intents})),
        tuple(sorted({span for origin in found for span in origin.spans})),
    )
