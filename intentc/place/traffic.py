"""What the lower bound is told of demands: of those of the last program over the same network, the very same."""

from __future__ import annotations

from intentc.forwarding.network import Network
from intentc.place.bound import KnownFares, Traffic
from intentc.place.fences import exclude
from intentc.place.tasks import Task


class KnownTraffic:
    """The traffic of demands, with what a bit of it pays."""

    def __init__(self) -> None:
        self.fares = KnownFares()
        self._network: Network | None = None
        self._known: dict[str, tuple[Task, Traffic]] = {}

    def of(self, network: Network, task: Task, rate_bps: int) -> Traffic:
        """Return what a demand sends at a rate."""
        if network is not self._network:
            self._network, self._known = network, {}
        key = task.demand.key
        found = self._known.get(key)
        if found is None or found[0] is not task or found[1].rate_bps != rate_bps:
            found = self._known[key] = task, _traffic(network, task, rate_bps)
        return found[1]


def _traffic(network: Network, task: Task, rate_bps: int) -> Traffic:
    return Traffic(
        rate_bps=rate_bps,
        starts=frozenset(start for group in task.groups for start in group.sources),
        targets=frozenset(node for group in task.groups for node in group.targets),
        barred=exclude(network, task.demand.exclusions) | network.drained,
    )
