"""What is reserved on every link when all is placed: normally, and in the worst promised state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.promised import Promised
from intentc.place.context import Context
from intentc.place.ledger import Ledger
from intentc.realise.model import LinkLoad
from intentc.topology.model import Directional
from intentc.values import field, frozen


@frozen
class _Side:
    """One direction: reservations by class, the worst sum with its state, and the worst of each class."""

    normal: Mapping[str, int]
    worst_bps: int
    worst_state: str
    worst: Mapping[str, int]


@frozen
class Loads:
    """The loads of every link that any placed demand uses in any state, sorted.

    `fill_ppm`: how full each arc with a reservation of the normal state is in that one, background included.
    """

    by_link: Mapping[str, LinkLoad]
    fill_ppm: Mapping[int, int]
    sides: Mapping[int, _Side] = field(default_factory=dict)  # of some arcs, as they were last looked at

    @property
    def max_utilisation_ppm(self) -> int:
        """Return how full the fullest link with a reservation is in the normal state."""
        return max(self.fill_ppm.values(), default=0)

    def changed(self, context: Context, arcs: Iterable[int]) -> Loads:
        """Return the loads as they are by now; nothing but what is on some arcs differs."""
        network, ledger = context.network, context.ledger
        changed = set(arcs)
        links = {arc >> 1 for arc in changed}
        sides = dict(self.sides)
        for arc in changed:
            sides.pop(arc, None)
        found = {network.links[link]: _load(ledger, network, link, sides) for link in links}
        fill_ppm = {**self.fill_ppm, **_fills(ledger, changed)}
        for arc in changed:
            if not sides[arc].normal:
                fill_ppm.pop(arc, None)
        if all((name in self.by_link) is bool(load.worst_by_class) for name, load in found.items()):
            by_link = {**self.by_link, **{name: load for name, load in found.items() if load.worst_by_class}}
        else:  # a link is used that was not, or is not any more
            used = (network.links[link] for link in sorted({arc >> 1 for arc in ledger.used_arcs()}))
            by_link = {name: found[name] if name in found else self.by_link[name] for name in used}
        return Loads(by_link, fill_ppm, sides)


NameOf = Callable[[Outage], str]


def first_id(outage: Outage) -> str:
    """Return the id under which a state was met first."""
    return outage.name


def id_among(promises: Sequence[Promised]) -> NameOf:
    """Return what names a state by an id under which it is promised: the first that was met, else the first by name."""

    def name_of(outage: Outage) -> str:
        if any(outage.name in promised.names(outage) for promised in promises):
            return outage.name
        return min((name for promised in promises for name in promised.names(outage)), default=outage.name)

    return name_of


def link_loads(context: Context, name_of: NameOf = first_id, *, is_kept: bool = False) -> Loads:
    """Return the loads of a placement; `name_of` names their worst states. `is_kept`: they will be `changed`, so that all sides are noted."""
    network, ledger = context.network, context.ledger
    used = ledger.used_arcs()
    links = sorted({arc >> 1 for arc in used})
    sides: dict[int, _Side] | None = {} if is_kept else None
    by_link = {network.links[link]: _load(ledger, network, link, sides, name_of) for link in links}
    return Loads(by_link, _fills(ledger, used), sides or {})


def _fills(ledger: Ledger, arcs: Iterable[int]) -> dict[int, int]:
    return {arc: ledger.utilisation_ppm(arc) for arc in arcs if ledger.reserved(arc)}


def _side(ledger: Ledger, arc: int, name_of: NameOf) -> _Side:
    """Return the loads of an arc; of equally bad states the normal one counts, then the first by name."""
    normal = ledger.reserved(arc, NORMAL)
    grown_bps, state, worst = ledger.worst(arc, name_of)
    return _Side(normal, sum(normal.values()) + grown_bps, state, worst)


def _load(
    ledger: Ledger, network: Network, link: int, known: dict[int, _Side] | None = None, name_of: NameOf = first_id
) -> LinkLoad:
    """Return the loads of a link; sides that are not `known` are then."""
    sides = {} if known is None else known
    for arc in (2 * link, 2 * link + 1):
        if arc not in sides:
            sides[arc] = _side(ledger, arc, name_of)
    ab, ba = sides[2 * link], sides[2 * link + 1]
    return LinkLoad(
        link=network.links[link],
        reserved=Directional(sum(ab.normal.values()), sum(ba.normal.values())),
        by_class=_pairs(ab.normal, ba.normal),
        worst=Directional(ab.worst_bps, ba.worst_bps),
        worst_state=(ab.worst_state, ba.worst_state),
        worst_by_class=_pairs(ab.worst, ba.worst),
    )


def _pairs(ab: Mapping[str, int], ba: Mapping[str, int]) -> Mapping[str, Directional]:
    return {name: Directional(ab.get(name, 0), ba.get(name, 0)) for name in sorted(ab.keys() | ba.keys())}
