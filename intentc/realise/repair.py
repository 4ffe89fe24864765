"""Local repair (TI-LFA, RFC 9855): devices beside a failure send packets where they will go anyway, before the IGP converges.

What it can be relied on for, and no more:

- the failure is one link, or one node that is no end of the packets; several at once are not what repairs are made for;
- every device that would lose packets repairs: that is the ones beside the failure that packets come to, before or after
  other routers converge;
- no micro-loop can form: the next hops of before and after the failure, of all nodes that packets can come to, have no
  circle. Repair does nothing about packets that circle between routers of which only one has converged (RFC 5715);
- the repair path is the one that will hold afterwards, so the figures of the failure state hold at once. Around a node and
  around a link are two ways where the way around the link leads back to the node behind it: then the port protects one;
- the segments that it takes fit the device, and with them packets fit the links;
- the packets are IPv4: the SIDs that the topology has belong to IPv4 loopbacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from intentc.forwarding.igp import UNREACHABLE, Igp, Tree
from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage, Outages
from intentc.place.model import Promise
from intentc.realise.model import Protects, Repair
from intentc.resolve.model import FailureState
from intentc.targetkit.model import NodeCapabilities
from intentc.values import frozen

FEATURE = "ti-lfa"
_IPV4 = frozenset({4})
_LABEL_BYTES = 4  # RFC 3032, section 2.1


class UnrepairedError(Exception):
    """Devices cannot repair some failure locally; the text says why."""


@frozen
class _Failure:
    """One failure as packets to `old.targets` see it, before (`old`) and after (`new`) the IGP has converged."""

    outage: Outage
    old: Tree
    new: Tree


class Repairs:
    """Finds the ports that have to repair locally, and whether their devices can."""

    def __init__(
        self, igp: Igp, outages: Outages, capabilities: Mapping[str, NodeCapabilities], can_route: Sequence[bool]
    ) -> None:
        self._igp = igp
        self._outages = outages
        self._capabilities = capabilities
        self._can_route = can_route

    @cached_property
    def _deaf(self) -> int:
        """The bits of the nodes that know no labels."""
        return sum(self._network.node_bit(node) for node, can in enumerate(self._can_route) if not can)

    @property
    def _network(self) -> Network:
        return self._igp.network

    def find(self, promise: Promise, start: int, arcs: frozenset[int]) -> tuple[Repair, ...]:
        """Return the ports that repair whatever breaks the paths over `arcs` from `start`; raises `UnrepairedError`."""
        if not promise.is_plain or len(promise.packets.addresses) != 1:
            raise UnrepairedError("its packets do not go the IGP's own way")
        if promise.families != _IPV4:
            raise UnrepairedError("its packets are not all IPv4, and node SIDs belong to IPv4 addresses")
        mask = self._network.mask_of(start, arcs)
        found: dict[tuple[str, str], set[Protects]] = {}
        for outage in promise.outages:
            if outage.touches(mask):
                for repair in self._around(promise, start, outage):
                    found.setdefault((repair.node, repair.link), set()).add(repair.protects)
        return tuple(Repair(node, link, _joined(link, kinds)) for (node, link), kinds in sorted(found.items()))

    def _around(self, promise: Promise, start: int, outage: Outage) -> Iterator[Repair]:
        """Yield the ports that repair in one state."""
        targets = promise.packets.addresses[0]
        self._check_single(outage, targets | {start})
        failure = _Failure(outage, self._igp.towards(targets), self._igp.towards(targets, outage))
        for arc in sorted(self._broken(failure, start)):
            node = self._network.tail[arc]
            name = self._network.nodes[node]
            self._check_device(name, node, promise)
            protects, guard = self._kind(failure, arc)
            self._check_labels(failure, node, guard)
            yield Repair(name, self._network.links[arc >> 1], protects)

    def _check_single(self, outage: Outage, ends: frozenset[int]) -> None:
        network = self._network
        own = {arc >> 1 for node in outage.nodes for arc in network.leaving[node]}
        is_one = outage.links == own if outage.nodes else len(outage.links) == 1
        if len(outage.nodes) > 1 or not is_one or outage.nodes & ends:
            raise UnrepairedError(f"local repair is made for one link or node on the way, not for `{outage.name}`")

    def _broken(self, failure: _Failure, start: int) -> set[int]:
        """Return the arcs over which packets would be lost until the IGP has converged.

        They go by the next hops of before or after at every node, whatever the order in which nodes converge.
        """
        head, outage = self._network.head, failure.outage
        broken: set[int] = set()
        ahead: dict[int, frozenset[int]] = {}
        pending = [start]
        while pending:
            node = pending.pop()
            if node in ahead:
                continue
            before = failure.old.next_arcs(node)
            lost = {arc for arc in before if arc >> 1 in outage.links}
            if not failure.new.next_arcs(node) and node not in failure.new.targets:
                raise UnrepairedError(f"`{self._network.nodes[node]}` has no way left in `{outage.name}`")
            broken |= lost
            ahead[node] = frozenset(head[arc] for arc in {*before, *failure.new.next_arcs(node)} - lost)
            pending += ahead[node]
        self._check_circles(ahead, outage)
        return broken

    def _check_circles(self, ahead: Mapping[int, frozenset[int]], outage: Outage) -> None:
        """Take away again and again the nodes that lead to none that is left; what stays has a circle."""
        left = {node: set(after) for node, after in ahead.items()}
        while done := {node for node, after in left.items() if not after}:
            left = {node: after - done for node, after in left.items() if node not in done}
        if left:
            names = ", ".join(f"`{self._network.nodes[node]}`" for node in sorted(left)[:3])
            raise UnrepairedError(
                f"in `{outage.name}` packets can circle among {names} until all have converged, which no local repair prevents"
            )

    def _check_device(self, name: str, node: int, promise: Promise) -> None:
        own = self._capabilities.get(name)
        support = own.features.get(FEATURE) if own is not None else None
        if own is None or support is None or not support.is_supported or own.local_repair_us is None:
            reason = support.reason if support is not None and support.reason else "nothing is known of it there"
            raise UnrepairedError(f"`{name}` does not repair locally: {reason}")
        if not self._can_route[node]:
            raise UnrepairedError(f"`{name}` has no segment routing")
        if node in promise.confined:
            raise UnrepairedError(
                f"packets that are pinned or fenced come to `{name}`, and no fence sees labelled ones"
            )

    def _kind(self, failure: _Failure, arc: int) -> tuple[Protects, Outage]:
        """Return what the port has to protect, and what may be down where the repair is made for the worst of it."""
        network, outage, behind = self._network, failure.outage, self._network.head[arc]
        if outage.nodes:
            return "node", outage
        whole = self._outages.of(
            FailureState(f"node:{network.nodes[behind]}", frozenset({network.nodes[behind]}), frozenset())
        )
        node = network.tail[arc]
        is_end = behind in failure.new.targets
        if is_end or self._igp.towards(failure.new.targets, whole).distance(node) == UNREACHABLE:
            return "either", outage
        is_around = not failure.new.footprint(node) & network.node_bit(behind)
        return ("either", whole) if is_around else ("link", outage)

    def _check_labels(self, failure: _Failure, node: int, guard: Outage) -> None:
        """Judge the segments that a repair takes from a node to where packets go the IGP's way of before."""
        network = self._network
        name, count = network.nodes[node], self._segments(failure, node, guard)
        if not count:
            return
        own, routing = self._capabilities[name], network.topology.nodes[name].segment_routing
        depth = (routing.max_sid_depth if routing is not None else None) or own.max_segments or 0
        if count > depth:
            known = f"can push {depth}" if depth else "has an unknown `max_sid_depth`"
            raise UnrepairedError(
                f"the repair at `{name}` in `{failure.outage.name}` takes {count} segments, and it {known}"
            )
        size = (network.topology.routing.host_mtu or 0) + _LABEL_BYTES * count
        ways = failure.new.footprint(node)
        narrow = [
            link
            for index, link in enumerate(network.links)
            if ways & network.link_bit(index) and network.topology.links[link].mtu < size
        ]
        if narrow and network.topology.routing.host_mtu is not None:
            raise UnrepairedError(f"with {count} labels the hosts' packets do not fit link `{narrow[0]}`")

    def _segments(self, failure: _Failure, node: int, guard: Outage) -> int:
        """Return how many segments reproduce the first way after the failure as far as it needs any.

        Node segments are taken as far as all shortest ways of before, over nodes that know labels, miss what is down.
        """
        path = [node]
        while path[-1] not in failure.new.targets:
            path.append(self._network.head[failure.new.next_arcs(path[-1])[0]])
        at = count = 0
        if not self._is_safe(failure.old, path[1], guard):
            while not self._is_safe(failure.old, path[at], guard):
                clear = (far for far in range(len(path) - 1, at, -1) if self._is_clear(path[at], path[far], guard))
                at = next(clear, at + 1)
                count += 1
                if not self._can_route[path[at]]:
                    raise UnrepairedError(
                        f"the repair in `{failure.outage.name}` ends at `{self._network.nodes[path[at]]}`, without segment routing"
                    )
        return count

    @staticmethod
    def _is_safe(old: Tree, node: int, guard: Outage) -> bool:
        """Return whether packets go from a node as if nothing had failed."""
        return not old.footprint(node) & guard.mask

    def _is_clear(self, node: int, far: int, guard: Outage) -> bool:
        tree = self._igp.towards_node(far)
        ways = tree.footprint(node)
        return tree.distance(node) < UNREACHABLE and not ways & (guard.mask | self._deaf)


def _joined(link: str, kinds: set[Protects]) -> Protects:
    """Return what a port protects that has to in several states."""
    if kinds >= {"link", "node"}:
        raise UnrepairedError(f"the way around `{link}` leads back to the node behind it, and both may fail")
    return "link" if "link" in kinds else "node" if "node" in kinds else "either"
