"""What a map or table shows of a compiled network, taken from the manifest's entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from intentc.manifest.elements import NOTHING, Elements, failed_elements, paths_in_state
from intentc.manifest.model import DemandEntry, IntentEntry, LinkEntry, Manifest, RateEntry
from intentc.topology.model import Topology
from intentc.values import frozen, ordered


@ordered
class Strand:
    """A path of an intent over the map; `is_broken`: its normal path, which the failure shown has cut."""

    intent: str
    is_broken: bool
    nodes: tuple[str, ...]
    links: tuple[str, ...]
    share_ppm: int


@frozen
class IntentView:
    """One intent of the legend; `note` is a short line below its name."""

    name: str
    note: str


@frozen
class NetworkView:
    """What the map shows beside the topology: paths per intent, utilisation per link in ppm, and what has failed."""

    title: str
    subtitle: str
    intents: tuple[IntentView, ...]
    strands: tuple[Strand, ...]
    utilisation_ppm: Mapping[str, int]
    failed: Elements


def bare_view(topology: Topology) -> NetworkView:
    """Return the view of the network alone."""
    return NetworkView(topology.name, _size(topology), (), (), {}, NOTHING)


def view_of_manifest(manifest: Manifest, topology: Topology, state: str | None = None) -> NetworkView:
    """Return the view of `manifest` in the normal state, or in the failure state `state` (an id such as `srlg:duct-7`)."""
    return view_of_entries(manifest.project, manifest.intents, manifest.links, topology, state)


def view_of_entries(
    title: str,
    intents: Iterable[IntentEntry],
    links: Iterable[LinkEntry],
    topology: Topology,
    state: str | None = None,
) -> NetworkView:
    """Return the view of manifest entries that were read, or built from a fresh compile; raise `KeyError` for an unknown state."""
    failed = NOTHING
    if state is not None:
        found = failed_elements(state, topology)
        if found is None:
            raise KeyError(state)
        failed = found
    shown = tuple(intents)
    strands = {
        strand
        for intent in shown
        for demand in intent.demands
        for strand in _strands(intent.name, demand, state, failed)
    }
    return NetworkView(
        title=title,
        subtitle=f"state {state}" if state else _size(topology),
        intents=tuple(IntentView(intent.name, _note(intent, state, failed)) for intent in shown),
        strands=tuple(sorted(strands)),
        # Utilisation is known for the normal state; what one failure does to every link is in the tables.
        utilisation_ppm={} if state else {link.id: utilisation_ppm(link, link.reserved_bps) for link in links},
        failed=failed,
    )


def utilisation_ppm(link: LinkEntry, load: RateEntry) -> int:
    """Return the utilisation of the busier direction in ppm, rounded up."""
    capacity = (
        link.capacity_bps
        if isinstance(link.capacity_bps, RateEntry)
        else RateEntry(link.capacity_bps, link.capacity_bps)
    )
    return max(-(-load.ab * 1_000_000 // max(capacity.ab, 1)), -(-load.ba * 1_000_000 // max(capacity.ba, 1)))


def _strands(intent: str, demand: DemandEntry, state: str | None, failed: Elements) -> Iterator[Strand]:
    now = demand.primary.paths if state is None else paths_in_state(demand, state, failed)
    for path in now:
        yield Strand(intent, False, path.path, path.links, path.share_ppm)
    if failed.breaks(demand.primary.paths):
        for path in demand.primary.paths:
            yield Strand(intent, True, path.path, path.links, path.share_ppm)


def _note(intent: IntentEntry, state: str | None, failed: Elements) -> str:
    """Return class and worst latency against its bound, or why nothing is drawn."""
    if not intent.demands:
        return intent.status
    parts = [intent.traffic_class or "no class"]
    if state is None:
        worst = max(intent.demands, key=_strain)
        parts.append(_latency_note(worst))
    else:
        parts += _fates(intent, state, failed) or ["not affected"]
    return " · ".join(parts)


def _fates(intent: IntentEntry, state: str, failed: Elements) -> list[str]:
    """Return how many demands move, are dropped although promised, or are promised nothing, where there are any."""
    hit = [demand for demand in intent.demands if failed.breaks(demand.primary.paths)]
    lost = sum(state in demand.unprotected for demand in hit)
    moved = sum(bool(paths_in_state(demand, state, failed)) for demand in hit)
    counts = ((moved, "moved"), (lost, "unprotected"), (len(hit) - moved - lost, "not promised"))
    return [f"{count} {word}" for count, word in counts if count]


def _strain(demand: DemandEntry) -> tuple[int, int]:
    """Order demands by how much of the bound is used, those without a bound last, then by latency."""
    total = demand.primary.latency_us.total
    used = -1 if demand.bound_us is None else total * 1_000_000 // max(demand.bound_us, 1)
    return used, total


def _latency_note(demand: DemandEntry) -> str:
    total = f"{demand.primary.latency_us.total / 1000:.1f}"
    return f"{total} ms" if demand.bound_us is None else f"{total} of {demand.bound_us / 1000:g} ms"


def _size(topology: Topology) -> str:
    return f"{len(topology.nodes)} nodes, {len(topology.links)} links"
