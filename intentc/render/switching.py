"""Whether paths that are up but slow or lossy can be left as it is written: for another one, and in time."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.diagnostics import Diagnostic, Findings
from intentc.realise.model import RealisedDemand
from intentc.render.placed import Placed
from intentc.render.support import support
from intentc.resolve.model import Switch
from intentc.targetkit.model import Capabilities, NodeCapabilities
from intentc.values import frozen

_FEATURES = {"latency": "switching", "loss": "switching-loss"}
_NS_PER_US, _NS_PER_MS, _US_PER_MS = 1000, 1_000_000, 1000


@frozen
class _Refusal:
    code: str
    message: str
    help: str
    switch: Switch


def check_switches(placed: Placed, capabilities: Capabilities, findings: Findings) -> None:
    """Report, once for each intent, demands that cannot leave a slow path for another one (E0622), or not as it is written (E0623)."""
    reported: set[str] = set()
    for item in placed.those("switching", _switches):
        intent, node = item.demand.intent, item.chosen.source.node
        if intent in reported:
            continue
        for refusal in _refusals(item, capabilities):
            reported.add(intent)
            findings.add(
                Diagnostic(
                    refusal.code, refusal.message, refusal.switch.span, help=(refusal.help,), intent=intent, node=node
                )
            )
            break


def _switches(item: RealisedDemand) -> bool:
    return item.demand.failover is not None and bool(item.demand.failover.switches)


def _refusals(item: RealisedDemand, capabilities: Capabilities) -> Iterator[_Refusal]:
    """Yield what is in the way of a demand; nothing where its device cannot switch at all, which is said elsewhere."""
    node, failover = item.chosen.source.node, item.demand.failover
    switches = () if failover is None else failover.switches
    if failover is None or not all(support(capabilities, node, _FEATURES[one.metric]).is_supported for one in switches):
        return
    for switch in switches:
        if not any(len(policy.candidates) > 1 for policy in item.policies):
            yield _Refusal(
                "E0622",
                f"`{node}` has no other candidate path for `{item.id}` to switch to",
                "name failures that need another path, or leave `switch when` out",
                switch,
            )
        yield from _at_once(item, switch)
        yield from _too_late(capabilities[node], switch, failover.within_ns)


def _at_once(item: RealisedDemand, switch: Switch) -> Iterator[_Refusal]:
    """Yield a path that is slower than its threshold by the topology alone, so that it would be left for good."""
    taken_us = item.latency.propagation
    if switch.metric == "latency" and taken_us * _NS_PER_US > switch.threshold:
        longer = -(-taken_us // _US_PER_MS)
        yield _Refusal(
            "E0623",
            f"the path of `{item.id}` takes {taken_us} µs when nothing is wrong, so that it would be left at once",
            f"write `switch when latency > {longer}ms`, or more",
            switch,
        )


def _too_late(own: NodeCapabilities, switch: Switch, within_ns: int) -> Iterator[_Refusal]:
    """Yield probes that the device does not send as often as that, and packets that would move later than they may."""
    least_us, moving_us = own.switch_interval_us or 0, own.switch_us or 0
    if switch.interval_ms * _US_PER_MS < least_us:
        least_ms = -(-least_us * switch.count // _US_PER_MS)
        yield _Refusal(
            "E0623",
            f"`{own.node}` probes a path every {_ms(least_us)} ms at most, and {switch.count} probes then take {least_ms} ms",
            f"write `for {least_ms}ms`, or longer",
            switch,
        )
    taken_ms = switch.detect_ms + _ms(moving_us)
    if taken_ms * _NS_PER_MS > within_ns:
        yield _Refusal(
            "E0623",
            f"`{own.node}` leaves a path after {taken_ms} ms: {switch.detect_ms} ms of probes, and {_ms(moving_us)} ms until packets take another one",
            f"write `failover within {taken_ms}ms`, or less time behind `for`",
            switch,
        )


def _ms(time_us: int) -> int:
    return -(-time_us // _US_PER_MS)
