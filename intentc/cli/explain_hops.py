"""Whether every hop of a demand's path treats its packets alike, as the files of each platform read back."""

from __future__ import annotations

from collections.abc import Iterator

from intentc.ir.ground import DEFAULT_CLASS
from intentc.manifest.model import DemandEntry
from intentc.render.equivalence import Hop, Reading, as_running, departures, read_device, sure_bps
from intentc.render.render import load_code
from intentc.report.wording import rate
from intentc.run import Run
from intentc.values import field, mutable


@mutable
class Hops:
    """The devices of a compilation, each read back at most once."""

    compiled: Run
    readings: dict[str, Reading] = field(default_factory=dict)

    def lines(self, demand: DemandEntry, traffic_class: str | None) -> Iterator[str]:
        """Yield how the packets of a demand fare at the hops of its normal paths: in one line where all are alike."""
        compiled = self.compiled
        if compiled.bundle is None or compiled.fleet is None or traffic_class in {None, DEFAULT_CLASS}:
            return  # what has no class of its own has no queue of its own either
        own = compiled.fleet.classes[traffic_class or DEFAULT_CLASS]
        for path in demand.primary.paths:
            hops = tuple(self._hops(path.path, path.links))
            found = departures(own, hops)
            for one in found:
                yield f"    at {one.node} on {one.interface}: {one.what}: {one.promised} promised, {one.found} found"
            if hops and not found:
                who = f"{_counted(len(hops))} ({', '.join(_targets(hops))})"
                yield f"    the same at {who}, as their files read back: {_said(own.dscp, hops)}"

    def _hops(self, nodes: tuple[str, ...], links: tuple[str, ...]) -> Iterator[Hop]:
        """Yield the hops with queues; a node that nobody configures has none of ours."""
        for node, link in zip(nodes, links, strict=False):
            reading = self._reading(node)
            ports = () if reading is None else reading.bundle.config.queueing
            for port in ports:
                if port.link == link and reading is not None:
                    yield Hop(reading, port.interface)

    def _reading(self, node: str) -> Reading | None:
        bundle = None if self.compiled.bundle is None else self.compiled.bundle.devices.get(node)
        fleet = self.compiled.fleet
        if bundle is not None and fleet is not None and node not in self.readings:
            code = load_code(self.compiled.targets[bundle.target])
            self.readings[node] = read_device(bundle, as_running(bundle), code, fleet.infrastructure)
        return self.readings.get(node)


def _counted(number: int) -> str:
    return "its one hop" if number == 1 else f"each of {number} hops"


def _targets(hops: tuple[Hop, ...]) -> list[str]:
    return list(dict.fromkeys(hop.reading.bundle.target for hop in hops))


def _said(dscp: int, hops: tuple[Hop, ...]) -> str:
    found = [
        (one, sure_bps(one, hop))
        for hop in hops
        for one in hop.reading.treatments or ()
        if (one.interface, one.dscp) == (hop.interface, dscp)
    ]
    kind = "strict, up to" if found[0][0].is_strict else "shared, sure of"
    return f"DSCP {dscp}, {kind} {rate(min(sure for _, sure in found)).removesuffix('b')}bps"
