"""One class over platforms of several vendors: does every hop of a path do what all of them have promised?

Each hop's own words are read back three times: as a whole against what was written for it, where every number counts, as the
queues of classes (`Treatment`), which are compared with the promise and with one another, and as what its ports drop (`Screen`),
which is compared, as sets of packets, with what fences and isolation say of that hop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import cast

from intentc.ir.model import Queue
from intentc.render.model import DeviceBundle
from intentc.render.screening import Screened, filtering_ports, screened
from intentc.resolve.model import TrafficClass
from intentc.targetkit.kit import Difference, ScreenReader, TargetCode, Treatment, TreatmentReader
from intentc.values import frozen, ordered

STEPS = 3  # hundredths of a guarantee: the weights of a platform have 127 steps
_WHOLE_PPM = 1_000_000
_BY_AGENT = "restore-timer"  # a process on the device, which prints what it owns file by file
ROUNDING = 100  # of caps and thresholds: platforms that count them in percents are a hundredth off


@frozen
class Reading:
    """What a device's own words say: the queues of its ports, and where it is not as written. None: its target cannot tell.

    `screened`: packets that its ports drop or let pass and should not, `infrastructure` being the addresses of all routers.
    """

    bundle: DeviceBundle
    treatments: tuple[Treatment, ...] | None
    differences: tuple[Difference, ...]
    screened: tuple[Screened, ...] | None
    infrastructure: tuple[str, ...]


@frozen
class Hop:
    """One hop of a path: a device as it was read, and the port by which packets leave."""

    reading: Reading
    interface: str


def read_device(bundle: DeviceBundle, running: str, code: TargetCode, infrastructure: tuple[str, ...]) -> Reading:
    """Return what runs on a device, as its target reads it; `running` is what the target's `differences` takes.

    `infrastructure`: the addresses of all routers (`Fleet.infrastructure`).
    """
    rates = {port.interface: port.rate_bps for port in bundle.config.queueing}
    treatments = found = None
    with suppress(ValueError):  # what cannot be read at all is known of nothing, and a difference
        if hasattr(code, "treatments"):
            treatments = cast("TreatmentReader", code).treatments(running, rates)
    with suppress(ValueError):
        if hasattr(code, "screens"):
            screens = cast("ScreenReader", code).screens(running, filtering_ports(bundle.config))
            found = tuple(screened(bundle.config, infrastructure, screens))
    return Reading(bundle, treatments, code.differences(bundle, running), found, infrastructure)


def as_running(bundle: DeviceBundle) -> str:
    """Return the rendered files of a device as it would print them: one as it is, those of an agent below a line with their name each."""
    texts = [(file.path.rpartition("/")[2], file.text) for file in bundle.files]
    if len(texts) == 1 and bundle.commit != _BY_AGENT:
        return texts[0][1]
    return "".join(f"# {name}\n{text}" for name, text in texts)


@ordered
class Departure:
    """A hop that does not treat a class as the others do: what of it, what is promised and what was read."""

    node: str
    interface: str
    traffic_class: str
    what: str
    promised: str
    found: str


def departures(traffic_class: TrafficClass, hops: Sequence[Hop]) -> tuple[Departure, ...]:
    """Return where a hop of the path departs from what is promised of the class, in the order of the hops; () where none does.

    The same means: the packets of the code point wait in a queue of the same kind, which is sure of at least what the hop
    guarantees, has no higher cap than is promised, and marks from the same parts of its size on; flow control pauses the same
    priority; the ports of the device drop what fences and isolation say and nothing else. Whatever else is not as it was written for a hop is a departure too: every number on the device counts.
    A hop whose target cannot say what its queues do, or its filters, is a departure: nothing is taken for granted.
    """
    return tuple(found for hop in hops for found in _of_hop(traffic_class, hop, hops))


def _of_hop(own: TrafficClass, hop: Hop, hops: Sequence[Hop]) -> Iterator[Departure]:
    for what, promised, found in (*_queues(own, hop, hops), *_rest(hop)):
        yield Departure(hop.reading.bundle.node, hop.interface, own.name, what, promised, found)
    yield from _of_filters(own, hop)


def _of_filters(own: TrafficClass, hop: Hop) -> Iterator[Departure]:
    """Yield what the ports of a hop drop and should not, or let pass and should not."""
    node, found = hop.reading.bundle.node, hop.reading.screened
    if found is None:
        yield Departure(node, hop.interface, own.name, "what is dropped", "known", "nothing that can be read back")
    for one in found or ():
        yield Departure(node, one.interface, own.name, f"{one.packet} {one.way}", one.promised, one.found)


_Part = tuple[str, str, str]  # what, what is promised, what was read


def _queues(own: TrafficClass, hop: Hop, hops: Sequence[Hop]) -> Iterator[_Part]:
    """Yield what is not kept of the class at the port of a hop, as its own words say it."""
    queue = _queue(own, hop)
    if queue is None:
        yield "the queue", "one of its own", "none was asked for"
        return
    found = _treatment(own, hop)
    if found is None:
        yield "the queue", f"one for DSCP {own.dscp}", "none that can be read back"
        return
    yield from _unkept(queue, found, sure_bps(found, hop))
    pauses = (one for one in hop.reading.bundle.config.pauses if one.traffic_class == own.name)
    promised = tuple(sorted({one.priority for one in pauses if one.interface == hop.interface}))
    if promised != found.paused:
        yield "flow control", _priorities(promised), _priorities(found.paused)
    kinds = {_word(other) for one in hops if (other := _queue(own, one)) is not None}
    if len(kinds) > 1:
        yield "the kind of queue", "the same at every hop", " and ".join(sorted(kinds))


def _treatment(own: TrafficClass, hop: Hop) -> Treatment | None:
    """Return what the configuration of a hop says of the class; None where nothing, or where its target cannot tell."""
    read = hop.reading.treatments or ()
    return next((one for one in read if (one.interface, one.dscp) == (hop.interface, own.dscp)), None)


def sure_bps(found: Treatment, hop: Hop) -> int:
    """Return the rate that packets are sure of at a hop: of what is left while strict classes use what is reserved for them."""
    ports = (port for port in hop.reading.bundle.config.queueing if port.interface == hop.interface)
    left = sum(
        port.rate_bps - sum(queue.guarantee_bps for queue in port.queues if queue.scheduling == "strict")
        for port in ports
    )
    return min(found.most_bps, max(found.sure_bps, left * found.left_ppm // _WHOLE_PPM))


def _rest(hop: Hop) -> Iterator[_Part]:
    for difference in hop.reading.differences:
        yield (
            f"what was written in {difference.artefact}",
            difference.expected or "nothing",
            difference.running or "nothing",
        )


def _unkept(queue: Queue, found: Treatment, sure: int) -> Iterator[_Part]:
    kind = "strict" if found.is_strict else "shared"
    if kind != _word(queue):
        yield "the kind of queue", _word(queue), kind
    least = queue.guarantee_bps - (queue.guarantee_bps * STEPS // ROUNDING if found.left_ppm else 0)
    if sure < least:
        yield "the guarantee", f"at least {queue.guarantee_bps} bps", f"{sure} bps"
    if found.most_bps > queue.cap_bps + queue.cap_bps // ROUNDING:
        yield "the cap", f"at most {queue.cap_bps} bps", f"{found.most_bps} bps"
    if queue.tc is not None and queue.tc not in found.labels:
        yield "the traffic class field of its labels", str(queue.tc), ", ".join(map(str, found.labels)) or "none"
    room = 2 * queue.limit_bytes // ROUNDING  # fill levels are rounded, and so is the buffer that they are parts of
    for what, promised, read in (
        ("the length from which packets are marked", queue.mark_from_bytes, found.mark_from_bytes),
        ("the length from which all packets are marked", queue.mark_all_bytes, found.mark_all_bytes),
    ):
        if abs(promised - read) > room:
            yield what, f"{promised} bytes", f"{read} bytes"


def _queue(own: TrafficClass, hop: Hop) -> Queue | None:
    queues = (
        queue for port in hop.reading.bundle.config.queueing if port.interface == hop.interface for queue in port.queues
    )
    return next((queue for queue in queues if queue.traffic_class == own.name), None)


def _priorities(paused: tuple[int, ...]) -> str:
    return f"of priority {', '.join(map(str, paused))}" if paused else "none"


def _word(queue: Queue) -> str:
    return "strict" if queue.scheduling == "strict" else "shared"
