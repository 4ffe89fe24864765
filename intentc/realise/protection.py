"""How long traffic is lost when something on its path fails silently: detection plus repair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from intentc.realise.model import Protection, Repair
from intentc.targetkit.model import NodeCapabilities
from intentc.topology.model import Bfd, Link, Topology
from intentc.values import frozen, replace

PROVIDER_BFD = Bfd(
    interval_us=300_000, multiplier=3
)  # what a node that nobody configures answers unless it says otherwise
# Without BFD the IGP itself notices: IS-IS hold time (ISO 10589: 3 hellos of 10 s), OSPF dead interval (RFC 2328: 40 s).
_IGP_DETECTION_US = {"isis": 30_000_000, "ospf": 40_000_000}
_US_PER_MS = 1000


_Detection = tuple[int, str, str]  # µs, detector and basis


@frozen
class _Timers:
    """One node's BFD timers; `is_declared` by the topology, else they are those that intentc configures."""

    bfd: Bfd
    is_declared: bool


class Clock:
    """How soon the devices of a network detect that a link is down, and repair; what is known of a link is looked up once."""

    def __init__(self, topology: Topology, capabilities: Mapping[str, NodeCapabilities]) -> None:
        self._topology = topology
        self._capabilities = capabilities
        self._known: dict[str, _Detection] = {}
        self._times: dict[tuple[_Detection, int], Protection] = {}  # a network has few of them, its demands are many

    def time_to_repair(self, links: Iterable[str], repair_us: int) -> Protection:
        """Return the worst detection over `links` and what the repair takes, each in ms and rounded up."""
        return self.time(max(map(self.detection, sorted(links)), key=itemgetter(0)), repair_us)

    def time(self, detection: _Detection, repair_us: int) -> Protection:
        """Return the sum of a detection and of a repair, each in ms and rounded up."""
        found = self._times.get((detection, repair_us))
        if found is None:
            detect_us, detector, basis = detection
            found = Protection(detector, -(-detect_us // _US_PER_MS), -(-repair_us // _US_PER_MS), basis)
            self._times[detection, repair_us] = found
        return found

    def time_to_local_repair(self, links: Iterable[str], repairs: Sequence[Repair]) -> Protection:
        """Return the worst detection over `links` and the worst local repair over the devices that do it."""
        repair_us = max((self._capabilities[item.node].local_repair_us or 0 for item in repairs), default=0)
        return replace(self.time_to_repair(links, repair_us), repairs=tuple(repairs))

    def liveness_time(self, ends: tuple[str, str], repair_us: int) -> Protection:
        """Return how long it takes until a head-end (the first of `ends`) leaves a candidate path that is down.

        Detection is by S-BFD (RFC 7880): what the head-end sends, no faster than the reflector at the other end answers, times
        the head-end's multiplier.
        """
        interval_us = liveness_interval_us(self._topology, self._capabilities, *ends)
        detect_us = interval_us * self._capabilities[ends[0]].bfd_multiplier
        return Protection("bfd", -(-detect_us // _US_PER_MS), -(-repair_us // _US_PER_MS), "target.toml")

    def detection(self, link: str) -> _Detection:
        """Return how long it takes until a link is found down, in µs, by what, and who says so."""
        found = self._known.get(link)
        if found is None:
            found = self._known[link] = _detection(self._topology, self._capabilities, self._topology.links[link])
        return found


def liveness_interval_us(
    topology: Topology, capabilities: Mapping[str, NodeCapabilities], head_end: str, end_point: str
) -> int:
    """Return how often a head-end sends S-BFD packets: no faster than the reflector at the end point answers them."""
    end = capabilities.get(end_point)
    is_provider = end is None or topology.nodes[end_point].platform == "none"
    least_us = PROVIDER_BFD.interval_us if end is None or is_provider else end.bfd_min_interval_us
    return max(capabilities[head_end].bfd_interval_us, least_us)


def slower(one: Protection, other: Protection) -> Protection:
    """Return the slower detection with the slower repair: some failures are left to one, others to the other."""
    found = max(one, other, key=lambda item: item.detect_ms)
    return replace(found, repair_ms=max(one.repair_ms, other.repair_ms))


def _detection(topology: Topology, capabilities: Mapping[str, NodeCapabilities], link: Link) -> _Detection:
    """Return time in µs, detector and basis: multiplier × interval, each the larger of both ends' (RFC 5880 §6.8.4)."""
    ends = [_timers(topology, capabilities, end.node) for end in (link.a, link.b)]
    timers = [end for end in ends if end is not None]
    if len(timers) < len(ends):
        return _IGP_DETECTION_US[topology.routing.igp], "igp", "topology"
    interval_us = max(end.bfd.interval_us for end in timers)
    multiplier = max(end.bfd.multiplier for end in timers)
    basis = "topology" if all(end.is_declared for end in timers) else "target.toml"
    return interval_us * multiplier, "bfd", basis


def _timers(topology: Topology, capabilities: Mapping[str, NodeCapabilities], name: str) -> _Timers | None:
    """Return what a node runs: as the topology says of it, what a provider answers, the network's, or what intentc can add."""
    node, own = topology.nodes[name], capabilities.get(name)
    if node.bfd is not None:
        return _Timers(node.bfd, is_declared=True)
    if node.platform == "none":
        return _Timers(PROVIDER_BFD, is_declared=True)
    if topology.routing.bfd is not None:
        return _Timers(topology.routing.bfd, is_declared=True)
    support = own.features.get("bfd") if own is not None else None
    if own is None or support is None or not support.is_supported:
        return None
    return _Timers(Bfd(own.bfd_interval_us, own.bfd_multiplier), is_declared=False)
