"""`queue.tc` and `queue.nft`: an HTB tree per link end, and which code point goes to which class.

What is reserved is a class's HTB rate; what is left is borrowed, first by the strict class up to its cap, then by the
weighted ones in proportion to their quanta, then by what is over its rate, and last by idle classes. Re-marked packets
wait in a queue of their own: one FIFO without drop precedence (RED is not in every kernel) would let them push out packets
of those who keep to their rate. A flow that exceeds its rate may therefore be reordered, which RFC 2597 §2 would avoid.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from intentc.targetkit.kit import DeviceConfig, Fleet, Line, PortQueueing, Queue, TrafficClass
from intentc.values import frozen

from . import escape, numbers
from .match import interfaces
from .routers import Routers, routers

_KBIT = 1000
_GBIT = 1_000_000_000
_MBIT = 1_000_000
_LEAST_BPS = 8 * _KBIT  # HTB wants a rate above 0; so little is a guarantee to nobody
_ETHERNET = 14  # HTB counts frames with their header
_BITS_MS_PER_BYTE_S = 8 * 1000
_QUANTUM_PER_WEIGHT = 300  # bytes: the default weight of 10 makes two frames a round
_CONTROL_SHARE, _CONTROL_CAP = 50, 10  # network control: 2 % of the link, at most 10 %
_LEAST_CONTROL_BPS = 256 * _KBIT  # 50 ms BFD on both families and padded IS-IS hellos fit in it
_CONTROL_PRIO, STRICT_PRIO, _SHARED_PRIO, _OVER_PRIO, _IDLE_PRIO = 0, 1, 2, 3, 4
_LLC_OSI = "u32 match u32 0xfefe0300 0xffffff00 at 0"  # IS-IS frames have no IP header: ISO 8802-2 addresses FE FE, UI


@frozen
class PortView:
    interface: str
    lines: tuple[Line, ...]


@frozen
class TreesView:
    ports: tuple[PortView, ...]


@frozen
class ClassesView:
    routers: Routers
    ports: str  # a match
    control: str  # class id
    network_control: str  # code points
    elements: str  # code point : class id


@frozen
class _Leaf:
    """One leaf class of HTB; rates in bps."""

    dscps: tuple[int, ...]
    prio: int
    rate_bps: int
    ceil_bps: int
    quantum: int
    limit_bytes: int
    burst_bytes: int = 0  # what it may send before it has to borrow


def trees_view(config: DeviceConfig, fleet: Fleet) -> TreesView | None:
    """Return what `queue.tc` shows; None where nothing is queued."""
    if not config.queueing:
        return None
    return TreesView(
        tuple(PortView(escape.interface(port.interface), tuple(_tree(port, fleet.classes))) for port in config.queueing)
    )


def classes_view(config: DeviceConfig, fleet: Fleet) -> ClassesView | None:
    """Return what `queue.nft` shows; None where nothing is queued."""
    if not config.queueing:
        return None
    leaves = (leaf for port in config.queueing for queue in port.queues for leaf in _leaves(queue, port, fleet.classes))
    ids = {dscp: numbers.class_id(leaf.dscps[0]) for leaf in leaves for dscp in leaf.dscps}
    return ClassesView(
        routers=routers(fleet),
        ports=interfaces("oifname", tuple(port.interface for port in config.queueing)),
        control=numbers.CONTROL_CLASS,
        network_control=", ".join(str(dscp) for dscp in numbers.NETWORK_CONTROL),
        elements=", ".join(f"{dscp} : {ids[dscp]}" for dscp in sorted(ids) if dscp not in numbers.NETWORK_CONTROL),
    )


def _tree(port: PortQueueing, classes: Mapping[str, TrafficClass]) -> Iterator[Line]:
    device = f"dev {port.interface}"
    origin = port.origin if port.origin.spans else None
    rate = _down(port.rate_bps)
    default = numbers.class_id(0).partition(":")[2]
    yield Line(f"qdisc add {device} root handle {numbers.ROOT_HANDLE}: htb default {default}", origin)
    root = f"class replace {device} parent {numbers.ROOT_HANDLE}: classid {numbers.ROOT_CLASS} htb"
    yield Line(f"{root} {_rates(rate, rate, port)}", origin)
    for name, leaf, handle in _all_leaves(port, classes):
        where = f"class replace {device} parent {numbers.ROOT_CLASS} classid {name}"
        shape = f"htb prio {leaf.prio} quantum {leaf.quantum} {_rates(leaf.rate_bps, min(leaf.ceil_bps, rate), port, leaf.burst_bytes)}"
        yield Line(f"{where} {shape}", origin)
        queue = f"qdisc replace {device} parent {name} handle {handle}:"
        yield Line(f"{queue} bfifo limit {_kibibytes(leaf.limit_bytes)}", origin)
    filters = f"filter replace {device} parent {numbers.ROOT_HANDLE}: protocol"
    yield Line(f"{filters} all prio 1 {_LLC_OSI} flowid {numbers.CONTROL_CLASS}", origin)
    yield Line(f"{filters} arp prio 2 u32 match u32 0 0 flowid {numbers.CONTROL_CLASS}", origin)


def _all_leaves(port: PortQueueing, classes: Mapping[str, TrafficClass]) -> Iterator[tuple[str, _Leaf, str]]:
    """Yield class id, leaf and queue handle: network control first, then the port's queues."""
    rate = _down(port.rate_bps)
    least = min(_LEAST_CONTROL_BPS, rate // 2)
    guarantee = max(least, _up(rate // _CONTROL_SHARE))
    control = _Leaf(
        (), _CONTROL_PRIO, guarantee, max(guarantee, _up(rate // _CONTROL_CAP)), _quantum(0, port), 64 * port.mtu
    )
    yield numbers.CONTROL_CLASS, control, "1d7f"
    for queue in port.queues:
        for leaf in _leaves(queue, port, classes):
            yield numbers.class_id(leaf.dscps[0]), leaf, numbers.leaf_handle(leaf.dscps[0])


def _leaves(queue: Queue, port: PortQueueing, classes: Mapping[str, TrafficClass]) -> Iterator[_Leaf]:
    """Yield the leaf for packets within their rate, and the one for those above it where they are re-marked."""
    if not queue.dscps:
        return
    own = classes.get(queue.traffic_class)
    over = own.over_dscp if own is not None and own.over_dscp in queue.dscps and own.over_dscp != own.dscp else None
    first = own.dscp if own is not None else queue.dscps[0]  # names the HTB class
    main = tuple(sorted((dscp for dscp in queue.dscps if dscp != over), key=lambda dscp: (dscp != first, dscp)))
    quantum = _quantum(queue.weight, port)
    ceiling = _down(queue.cap_bps)
    if main:
        rate = min(max(_up(queue.guarantee_bps), _LEAST_BPS), max(ceiling, _LEAST_BPS))
        yield _Leaf(
            main, _PRIO[queue.scheduling], rate, max(ceiling, rate), quantum, queue.limit_bytes, queue.burst_bytes
        )
    if over is not None:
        yield _Leaf((over,), _OVER_PRIO, _LEAST_BPS, max(ceiling, _LEAST_BPS), quantum, queue.limit_bytes)


_PRIO = {"strict": STRICT_PRIO, "share": _SHARED_PRIO, "weight": _SHARED_PRIO, "idle": _IDLE_PRIO}


def _rates(rate: int, ceil: int, port: PortQueueing, least: int = 0) -> str:
    bursts = f"burst {max(_burst(rate, port), least)} cburst {max(_burst(ceil, port), least)}"
    return f"rate {rate // _KBIT}kbit ceil {ceil // _KBIT}kbit {bursts}"


def _burst(rate_bps: int, port: PortQueueing) -> int:
    """Return the bytes that HTB may send at once: 1 ms of the rate, for timers are not finer, and at least two frames."""
    return max(2 * (port.mtu + _ETHERNET), rate_bps // _BITS_MS_PER_BYTE_S)


def _quantum(weight: int, port: PortQueueing) -> int:
    return max(port.mtu + _ETHERNET, weight * _QUANTUM_PER_WEIGHT)


def _kibibytes(size: int) -> int:
    """Return the size rounded up to what tc shows exactly."""
    return -(-size // 1024) * 1024


def _step(rate_bps: int) -> int:
    """Return the unit in which tc shows a rate exactly."""
    return _MBIT if rate_bps >= _GBIT else _KBIT


def _down(rate_bps: int) -> int:
    return max(rate_bps // _step(rate_bps) * _step(rate_bps), _LEAST_BPS)


def _up(rate_bps: int) -> int:
    return -(-rate_bps // _step(rate_bps)) * _step(rate_bps)
