"""Where the packets of a demand enter in each state, and of which group they are."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.place.roles import Ends
from intentc.place.tasks import Task


class Entrances:
    """The ends to try in each state: the same in all that touch neither an end nor a link beside one."""

    def __init__(self, network: Network, task: Task, chosen: Ends) -> None:
        self._network, self._task, self._chosen = network, task, chosen
        self._mostly = self._normally()
        self._near: tuple[frozenset[int], frozenset[int]] | None = None  # ends, and links beside them, once asked for

    def in_state(self, outage: Outage) -> Sequence[Ends]:
        """Return the ends to try in a state, the preferred ones first."""
        if outage is NORMAL:
            return self._mostly
        nodes, links = self._near = self._near or self._beside()
        if nodes.isdisjoint(outage.nodes) and links.isdisjoint(outage.links):
            return self._mostly
        return _ends_in(self._network, self._task, self._chosen, outage)

    def _normally(self) -> Sequence[Ends]:
        groups = self._task.groups
        if len(groups) == 1 and groups[0].sources == (self._chosen.start,) and groups[0].accepted:
            return (self._chosen,)
        return _ends_in(self._network, self._task, self._chosen, NORMAL)

    def _beside(self) -> tuple[frozenset[int], frozenset[int]]:
        starts = frozenset(source for group in self._task.groups for source in group.sources)
        nodes = starts.union(*(group.accepted for group in self._task.groups))
        return nodes, frozenset(arc >> 1 for start in starts for arc in self._network.leaving[start])


def _ends_in(network: Network, task: Task, chosen: Ends, outage: Outage) -> list[Ends]:
    """Return the ends in a state: the chosen group first; its chosen source as long as it carries, else another of the site."""
    order = [chosen.group, *(index for index in range(len(task.groups)) if index != chosen.group)]
    found = []
    for index in order:
        group = task.groups[index]
        if not group.accepted - outage.nodes:
            continue
        sources = [chosen.start, *group.sources] if chosen.start in group.sources else list(group.sources)
        alive = [source for source in sources if source not in outage.nodes]
        linked = [source for source in alive if not _is_cut_off(network, source, outage)]
        found += [Ends(index, source) for source in (linked or alive)[:1]]
    return found


def _is_cut_off(network: Network, node: int, outage: Outage) -> bool:
    """Return whether a state leaves a node without any of its links, so that its hosts turn to another one of their site."""
    if not outage.links:
        return False
    own = {arc >> 1 for arc in network.leaving[node] if network.link_of(arc).state == "up"}
    return bool(own) and own <= outage.links
