"""Where one packet goes through a network of which some devices may be configured one way or another.

A device that may be any of several is asked only when the packet comes to it and they would treat it differently: so all
combinations are covered by following a few walks, however many devices are under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from intentc.ir.model import DeviceConfig
from intentc.order.device import Device, Handling, Way
from intentc.order.packets import Packet, with_dscp
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.igp import Routing
from intentc.verify.policies import ride

MOST_PATHS = 64
Answer = TypeVar("Answer")


@frozen
class Entrance:
    """Where packets come into the network: a port of a node with hosts behind it."""

    node: str
    interface: str


@frozen
class Taken:
    """One path: its nodes and links, and the code point that packets carry on it."""

    nodes: tuple[str, ...]
    links: tuple[str, ...]
    dscp: int


@frozen
class Trace:
    """All that becomes of a packet: the paths to where it is delivered, or `fault`: why (part of) it is lost.

    `fences` are those of (node, interface) that it was dropped by; `met` the devices whose configuration had a say.
    """

    paths: frozenset[Taken]
    fault: str
    met: frozenset[str]
    fence: tuple[str, str] | None = None


@frozen
class Mixed:
    """The network while a change is under way: `settled` devices, and those of `open` that may be any of several."""

    settled: Mapping[str, Device]
    open: Mapping[str, tuple[Device, ...]]


@frozen
class Walked:
    """A trace, and which of its several configurations each device that was asked had: its number among them."""

    trace: Trace
    choices: Mapping[str, int]


NO_DEVICE = Device(DeviceConfig("", "none", ""))  # one that is not ours to configure


class _Undecided(Exception):  # noqa: N818  (a question to the caller, not a failure)
    def __init__(self, node: str) -> None:
        super().__init__(node)
        self.node = node


class Walker:
    """Follows packets over one topology in one state of its links."""

    def __init__(self, topology: Topology, routing: Routing, answered: Iterable[int] = ()) -> None:
        """Remember the network, and the discriminators that intentc has devices answer to, before or after."""
        self.topology = topology
        self.routing = routing
        self.answered = frozenset(answered)
        self._core = {
            (end.node, link.id): end.interface for link in topology.links.values() for end in (link.a, link.b)
        }
        self._ports = frozenset((node, interface) for (node, _), interface in self._core.items())

    def is_core(self, node: str, interface: str) -> bool:
        """Return whether a port of a node has a link behind it, not hosts."""
        return (node, interface) in self._ports

    def port(self, node: str, link: str) -> str | None:
        """Return the port of a node on a link."""
        return self._core[node, link]

    def walks(self, packet: Packet, entrance: Entrance, mixed: Mixed) -> Iterator[Walked]:
        """Yield what becomes of a packet in every combination of the open devices that it can tell apart."""
        waiting: list[dict[str, int]] = [{}]
        while waiting:
            choices = waiting.pop()
            try:
                yield Walked(_Walk(self, packet, entrance, mixed, choices).follow(), choices)
            except _Undecided as question:
                ways = range(len(mixed.open[question.node]))
                waiting += [{**choices, question.node: number} for number in reversed(ways)]

    def walk(self, packet: Packet, entrance: Entrance, devices: Mapping[str, Device]) -> Trace:
        """Return what becomes of a packet where every device is settled."""
        (found,) = self.walks(packet, entrance, Mixed(devices, {}))
        return found.trace


class _Walk:
    """One packet through one combination."""

    def __init__(
        self, walker: Walker, packet: Packet, entrance: Entrance, mixed: Mixed, choices: Mapping[str, int]
    ) -> None:
        self._walker = walker
        self._routing = walker.routing
        self._packet = packet
        self._entrance = entrance
        self._mixed = mixed
        self._choices = choices
        self._kind = walker.routing.holders(packet.target)
        self._met: set[str] = set()

    def follow(self) -> Trace:
        """Return the trace."""
        start = self._entrance
        if not self._routing.is_up(start.node):
            return self._lost(f"`{start.node}` is down")
        if not self._kind:
            return self._lost("nobody has the destination attached")
        found: set[Taken] = set()
        waiting = [Taken((start.node,), (), self._packet.dscp)]
        while waiting:
            taken = waiting.pop()
            next_ = self._step(taken)
            if isinstance(next_, Trace):
                return next_
            found.update(path for path in next_ if path.nodes[-1] in self._kind)
            waiting += [path for path in next_ if path.nodes[-1] not in self._kind]
            if len(found) + len(waiting) > MOST_PATHS:
                return self._lost(f"it spreads over more than {MOST_PATHS} paths")
        refused = next((path for path in sorted(found, key=_order) if not self._is_admitted(path)), None)
        if refused is not None:
            return self._lost(f"the isolation at `{refused.nodes[-1]}` drops it")
        return Trace(frozenset(found), "", frozenset(self._met))

    def _lost(self, fault: str, fence: tuple[str, str] | None = None) -> Trace:
        return Trace(frozenset(), fault, frozenset(self._met), fence)

    def _step(self, taken: Taken) -> list[Taken] | Trace:
        """Return the path made longer by what its last node does, or the trace that ends there."""
        here, ingress = taken.nodes[-1], taken.links[-1] if taken.links else None
        if ingress is not None and (here, ingress) in zip(taken.nodes[1:-1], taken.links[:-1], strict=True):
            return self._lost(f"it runs in a loop at `{here}`")
        if ingress is None and not self._is_let_in():
            return self._lost(f"the isolation at `{here}` drops it")
        handling = self._handling(here, ingress, taken.dscp)
        if ingress is None and here in self._kind:
            return [Taken(taken.nodes, taken.links, handling.dscp)]
        if handling.way is not None:
            ridden = self._ridden(handling.way, taken, handling.dscp)
            if ridden is not None:
                return ridden
        return self._hops(taken, handling)

    def _hops(self, taken: Taken, handling: Handling) -> list[Taken] | Trace:
        here = taken.nodes[-1]
        target = self._target(here, handling)
        if target is None:
            return self._lost(f"`{here}` drops it: no waypoint is in reach")
        hops = self._routing.next_hops(here, target)
        if not hops:
            return self._lost(f"`{here}` has no route for it")
        for link, _ in hops:
            port = self._walker.port(here, link)
            if port in handling.fenced and port is not None:
                return self._lost(f"the fence at `{here}` before `{link}` drops it", (here, port))
        return [Taken((*taken.nodes, far), (*taken.links, link), handling.dscp) for link, far in hops]

    def _target(self, here: str, handling: Handling) -> frozenset[str] | None:
        for waypoint in handling.waypoints:
            target = frozenset({waypoint})
            if waypoint != here and self._routing.distance(here, target) is not None:
                return target
        return None if handling.is_dropped else self._kind

    def _ridden(self, way: Way, taken: Taken, dscp: int) -> list[Taken] | Trace | None:
        """Return the paths under the first policy that is up; None where none is and the IGP carries."""
        for each in (way, *way.others):
            found = self._ridden_by(each, taken, dscp)
            if found is not None:
                return found
        return None

    def _ridden_by(self, way: Way, taken: Taken, dscp: int) -> list[Taken] | Trace | None:
        """Return the paths under a policy; None where no candidate is up and packets go on as without it."""
        if way.discriminator is not None and not self._is_answered(way):
            if way.entry.fail_closed:
                return self._lost(f"`{taken.nodes[-1]}` drops it: `{way.entry.end_point}` answers no S-BFD")
            return None
        found = ride(self._routing, way.entry, (self._kind,))
        if found is None:
            return None
        if found.fault is not None:
            return self._lost(found.fault)
        return [Taken((*taken.nodes, *nodes[1:]), (*taken.links, *links), dscp) for nodes, links in found.shares]

    def _handling(self, here: str, ingress: str | None, dscp: int) -> Handling:
        packet = self._packet if ingress is None else with_dscp(self._packet, dscp)
        interface = self._entrance.interface if ingress is None else self._walker.port(here, ingress)
        return self._ask(here, lambda device: device.handle(packet, interface, is_edge=ingress is None))

    def _is_let_in(self) -> bool:
        return self._ask(self._entrance.node, self._admits_from)

    def _admits_from(self, device: Device) -> bool:
        if not device.config.isolation:
            return True
        start = self._entrance
        marked = with_dscp(self._packet, device.handle(self._packet, start.interface, is_edge=True).dscp)
        return device.admits(marked, start.interface, "from")

    def _is_admitted(self, path: Taken) -> bool:
        packet = with_dscp(self._packet, path.dscp)
        return self._ask(path.nodes[-1], lambda device: device.admits(packet, None, "to"))

    def _is_answered(self, way: Way) -> bool:
        """Return whether the end point of a policy answers its sessions; an end point that never does is not ours to configure."""
        wanted = way.discriminator
        return wanted not in self._walker.answered or self._ask(
            way.entry.end_point, lambda device: wanted in device.reflectors
        )

    def _ask(self, node: str, question: Callable[[Device], Answer]) -> Answer:
        """Return the answer of a device; where it may be any of several that differ, the combination says which it is."""
        self._met.add(node)
        if node not in self._mixed.open:
            return question(self._mixed.settled.get(node, NO_DEVICE))
        answers = [question(device) for device in self._mixed.open[node]]
        if all(answer == answers[0] for answer in answers):
            return answers[0]
        if node not in self._choices:
            raise _Undecided(node)
        return answers[self._choices[node]]


def _order(path: Taken) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return path.nodes, path.links
