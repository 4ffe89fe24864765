"""Chains made ready for the search, and what a node of the search demands of their placement."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.place.intents import IntentTask
from intentc.place.tasks import Group, Task
from intentc.place.unit import Unit
from intentc.resolve.chain_model import Chain
from intentc.values import frozen, replace

Cap = tuple[str, Outage, int]  # a demand's key, a state, and the most µs that it may take there
Ban = tuple[str, int]  # a demand's key, and an arc that its primary path leaves out
Shun = tuple[
    str, int, int
]  # a forward demand's key, and two nodes: its requests do not run from one to the other in the normal state

# A forward demand's key, a failure state, and a node: its requests do not end there in it.
Close = tuple[str, Outage, int]


@dataclass(frozen=True)
class ChainTask(IntentTask):
    """All chains of one name: one per source site, over units that they may share."""

    chains: tuple[Chain, ...]

    @cached_property
    def by_key(self) -> dict[str, Unit]:
        """The units by the key of their forward demand."""
        return {unit.forward.demand.key: unit for unit in self.units}


@frozen
class Limits:
    """What a placement has to keep besides the clauses; every solution keeps the limits of one branch at least."""

    caps: frozenset[Cap] = frozenset()
    bans: frozenset[Ban] = frozenset()
    shuns: frozenset[Shun] = frozenset()
    closed: frozenset[Close] = frozenset()

    def cap(self, *caps: Cap) -> Limits:
        """Return the same with less time for some demands."""
        return replace(self, caps=self.caps | set(caps))

    def ban(self, ban: Ban) -> Limits:
        """Return the same without an arc for a demand."""
        return replace(self, bans=self.bans | {ban})

    def shun(self, *shuns: Shun) -> Limits:
        """Return the same without some ends for a demand."""
        return replace(self, shuns=self.shuns | set(shuns))

    def close(self, *landings: Close) -> Limits:
        """Return the same without some nodes for requests to end at in failure states."""
        return replace(self, closed=self.closed | set(landings))

    def of(self, *keys: str) -> Limits:
        """Return what bears on some demands alone."""
        return Limits(
            frozenset(item for item in self.caps if item[0] in keys),
            frozenset(item for item in self.bans if item[0] in keys),
            frozenset(item for item in self.shuns if item[0] in keys),
            frozenset(item for item in self.closed if item[0] in keys),
        )

    def shunned(self, key: str) -> frozenset[tuple[int, int]]:
        """Return the pairs of ends, start first, that a forward demand does not have in the normal state."""
        return frozenset((start, node) for name, start, node in self.shuns if name == key)

    def cap_of(self, key: str, outage: Outage) -> int | None:
        """Return the least time that a demand is given in a state."""
        return min((us for name, state, us in self.caps if name == key and state is outage), default=None)


@frozen
class Option:
    """A choice for a demand: the group of candidates, the node of it where requests start, and those where they may end."""

    group: int
    start: int
    nodes: tuple[int, ...]


def options_of(network: Network, task: Task, shunned: frozenset[tuple[int, int]]) -> list[Option]:
    """Return the choices for a demand, but for some pairs of ends.

    Replicas that share addresses are one choice each, all routers of a site together, unless failures are promised: then
    the network has to be free to take packets to another of them, and which one it takes them to normally is seen afterwards.
    """
    site_of = {
        node: network.topology.nodes[network.nodes[node]].site or node
        for group in task.groups
        for node in group.targets
    }
    found = []
    for index, group in enumerate(task.groups):
        for start in group.sources:
            nodes = tuple(node for node in sorted(group.targets) if (start, node) not in shunned)
            if nodes and task.promised:
                found.append(Option(index, start, nodes))
            else:
                hosts = dict.fromkeys(site_of[node] for node in nodes)
                found += [
                    Option(index, start, tuple(node for node in nodes if site_of[node] == host)) for host in hosts
                ]
    return found


def narrowed(task: Task, option: Option) -> Task:
    """Return a task whose chosen group has only the nodes of a choice."""
    group = task.groups[option.group]
    if group.accepted <= set(option.nodes):
        return task
    return replace(task, groups=tuple(_cut(item, option) if item is group else item for item in task.groups))


def _cut(group: Group, option: Option) -> Group:
    accepted = group.accepted & set(option.nodes)
    return replace(group, accepted=accepted, targets=accepted.intersection(*group.addresses))
