"""`guard.nft`: fences and isolation in the forward hook, by the packets' own addresses and ports."""

from __future__ import annotations

from intentc.targetkit.kit import DeviceConfig, FenceRule, Fleet, IsolationRule, Line
from intentc.values import frozen

from . import escape
from .match import Chain, flow_match, interfaces, with_exceptions
from .routers import Routers, routers


@frozen
class GuardView:
    routers: Routers
    exemptions: tuple[str, ...]
    counters: tuple[str, ...]
    fences: tuple[Line, ...]
    isolation: tuple[Line, ...]
    chains: tuple[Chain, ...]


def guard_view(config: DeviceConfig, fleet: Fleet) -> GuardView | None:
    """Return what `guard.nft` shows; None where nothing is guarded."""
    if not config.fences and not config.isolation:
        return None
    fences: list[Line] = []
    chains: list[Chain] = []
    for index, fence in enumerate(config.fences, 1):
        lines, more = _fence(f"fence-{index}", fence)
        fences += lines
        chains += more
    isolated = [_isolation(f"isolate-{index}", rule) for index, rule in enumerate(config.isolation, 1)]
    own = routers(fleet)
    return GuardView(
        routers=own,
        exemptions=own.exemptions(_host_ports(config)),
        counters=_counters(config),
        fences=tuple(fences),
        isolation=tuple(line for line, _ in isolated),
        chains=(*chains, *(chain for _, chain in isolated)),
    )


def _host_ports(config: DeviceConfig) -> tuple[str, ...]:
    """Return the ports behind which no router is: a router's address as source is not believed there."""
    edges = {edge.interface for edge in config.edges}
    return tuple(sorted(edges | {name for rule in config.isolation for name in rule.interfaces}))


def _counters(config: DeviceConfig) -> tuple[str, ...]:
    names = {fence.counter for fence in config.fences} | {rule.counter for rule in config.isolation}
    return tuple(escape.object_name(name) for name in sorted(names))


def _fence(name: str, fence: FenceRule) -> tuple[tuple[Line, ...], tuple[Chain, ...]]:
    match = f"{interfaces('oifname', fence.interfaces)} {flow_match(fence.flow)}"
    action = f'counter name "{escape.object_name(fence.counter)}" drop'
    return with_exceptions(name, match, fence.excepted, action, fence.origin)


def _isolation(name: str, rule: IsolationRule) -> tuple[Line, Chain]:
    """Return the rule that sends all packets of a prefix to the chain that knows which of them pass."""
    prefix = escape.prefix(rule.prefix)
    field = "ip6" if ":" in prefix else "ip"
    key, side = ("oifname", "daddr") if rule.direction == "to" else ("iifname", "saddr")
    match = f"{interfaces(key, rule.interfaces)} {field} {side} {prefix}"
    allowed = tuple(Line(f"{flow_match(flow)} return", rule.origin) for flow in rule.allowed)
    denied = Line(f'counter name "{escape.object_name(rule.counter)}" drop', rule.origin)
    return Line(f"{match} jump {name}", rule.origin), Chain(name, (*allowed, denied))
