"""Whether what packets do in a state is what their intent asks for, and if not, what it falls short of first."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum
from functools import partial

from intentc.forwarding.figures import ends_of, worst_latency
from intentc.forwarding.network import Network
from intentc.forwarding.outage import NORMAL, Outage
from intentc.forwarding.walk import Arcs, Mishap, Trail, Walk
from intentc.place.book import Claim
from intentc.place.ledger import Ledger
from intentc.place.parts import NO_PARTS, Parts, parts_on, plain_labels
from intentc.place.plain_search import advance
from intentc.place.services import Crowd
from intentc.place.tasks import Group, Task
from intentc.realise.labels import Labels, with_labels
from intentc.values import frozen


class Lack(Enum):
    """What a walk falls short of."""

    ARRIVAL = "packets do not arrive"
    DESTINATION = "packets end at another place, or at several that are not one site"
    ELEMENT = "an element is used that must not be"
    WAYPOINT = "a waypoint is left out"
    LATENCY = "it is too slow"
    CAPACITY = "a link is full"
    TABLES = "a node has no steering table left"
    SPLIT = "it takes several paths where replies have to take the same"
    TURN = "it comes to a node twice where replies have to take the same way"
    MIRROR = "replies take other links than the requests"
    SERVICE = "a service is asked for more than it serves"


@frozen
class Shortfall:
    """What is missing. Which of the rest is set depends on `lack`: link, node (indices), latency in µs, rate in bps.

    `labels`: how many are in front of packets at most, where only with them a link lacks room. `for_failures`: the room is
    there in this state, but other classes' queues are guaranteed it for others.
    """

    lack: Lack
    mishap: Mishap | None = None
    link: int | None = None
    node: int | None = None
    waypoint: int | None = None
    latency_us: int | None = None
    bound_us: int | None = None
    missing_bps: int | None = None
    crowd: Crowd | None = None
    labels: int = 0
    for_failures: bool = False


@frozen
class Terms:
    """What holds for one task in one state: the bound left to it (None: none).

    `only`: the arcs that it has to take, all of them (None: any). `mirror`: the task whose packets will take the same links
    the other way. `bare`: the task as it is without the labels that a search counts, for walks that have labels of their own.
    """

    task: Task
    group: Group
    outage: Outage
    bound_us: int | None
    only: frozenset[int] | None = None
    mirror: Task | None = None
    bare: Task | None = None

    def has_mirror_room(self, ledger: Ledger, arc: int) -> bool:
        """Return whether the packets that mirror these have room on the way back over an arc."""
        mirror = self.mirror
        return mirror is None or ledger.shortage(arc ^ 1, self.outage, mirror.claim_in(self.outage)) is None


def find_shortfall(network: Network, ledger: Ledger, terms: Terms, taken: Walk) -> Shortfall | None:
    """Return what a walk falls short of, None when it meets everything. The demand itself is not in the ledger yet."""
    return Judge(network, ledger).find_shortfall(terms, taken)


@frozen
class _Sight:
    """What holds of some paths in all states: what is wrong with them, the latency, the arcs where room has to be looked for.

    `parts` are of these arcs, and maybe of others.
    """

    flaw: Shortfall | None
    latency_us: int
    claim: Claim
    parts: Parts
    tight: tuple[int, ...]

    def claim_on(self, arc: int) -> Claim:
        """Return what is claimed on an arc."""
        return self.parts.get(arc, self.claim)


class Judge:
    """Judges walks of one demand in many states, while the ledger stays as it is: what is the same in all is looked at once."""

    def __init__(self, network: Network, ledger: Ledger) -> None:
        self._network = network
        self._ledger = ledger
        self._known: dict[object, _Sight] = {}

    def forget(self) -> None:
        """Forget what was looked at: the ledger changes, or nobody will ask again."""
        self._known.clear()

    def find_shortfall(self, terms: Terms, taken: Walk) -> Shortfall | None:
        """Return what a walk falls short of, None when it meets everything. The demand itself is not in the ledger yet."""
        if taken.fault is not None:
            return Shortfall(Lack.ARRIVAL, mishap=taken.fault.mishap, link=taken.fault.link, node=taken.fault.node)
        key = _key_of(terms, taken)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._look(terms, taken)
        if found.flaw is not None:
            return found.flaw
        if terms.bound_us is not None and found.latency_us > terms.bound_us:
            return Shortfall(Lack.LATENCY, latency_us=found.latency_us, bound_us=terms.bound_us)
        mirrored = _on_mirror(self._network, self._ledger, terms, taken)
        if mirrored is not None:
            return mirrored
        for arc in found.tight:
            shortage = self._ledger.shortage(arc, terms.outage, found.claim_on(arc))
            if shortage is not None:
                is_here = shortage.arc == arc  # and not below a tunnel
                kept = is_here and self._ledger.is_kept_for_failures(arc, terms.outage, found.claim_on(arc))
                return Shortfall(
                    Lack.CAPACITY, link=shortage.arc >> 1, missing_bps=shortage.missing_bps, for_failures=kept
                )
        return None

    def is_right(self, terms: Terms, taken: Walk) -> bool:
        """Return whether `find_shortfall` finds none, without asking how much is missing of what; most walks that fall short lack room."""
        if taken.fault is not None:
            return False
        key = _key_of(terms, taken)
        found = self._known.get(key)
        if found is None:
            if self._is_surely_full(terms, taken):
                return False
            found = self._known[key] = self._look(terms, taken)
        if found.flaw is not None or (terms.bound_us is not None and found.latency_us > terms.bound_us):
            return False
        if _on_mirror(self._network, self._ledger, terms, taken) is not None:
            return False
        return all(self._ledger.has_room(arc, terms.outage, found.claim_on(arc)) for arc in found.tight)

    def _is_surely_full(self, terms: Terms, taken: Walk) -> bool:
        """Return True where an arc of a path has no room even without labels, which takes less than a look at the path; False proves nothing."""
        task = terms.bare or terms.task
        claim = task.claim_in(terms.outage)
        if len(taken.trails) != 1 or not self._ledger.is_outlined(claim):
            return False
        return not self._ledger.may_have_room(taken.trails[0].arcs, terms.outage, claim)

    def _look(self, terms: Terms, taken: Walk) -> _Sight:
        network, task = self._network, terms.bare or terms.task
        claim = task.claim_in(terms.outage)
        parts, tight = tight_arcs(network, self._ledger, taken, claim)
        latency_us = worst_latency(network, taken.trails, terms.task.ahead).total
        return _Sight(_flaw(network, terms, taken), latency_us, claim, parts, tight)


def _key_of(terms: Terms, taken: Walk) -> object:
    """Return what a sight of a walk is known by: all that it depends on but the task."""
    paths = (taken.trails[0].arcs, taken.trails[0].labels) if len(taken.trails) == 1 else taken.trails
    return terms.group.accepted, terms.outage is NORMAL, taken.start, paths


def tight_arcs(network: Network, ledger: Ledger, taken: Walk, claim: Claim) -> tuple[Parts, tuple[int, ...]]:
    """Return the arcs of a walk, sorted, on which a claim may lack room in some state, and what is claimed there where it is not that."""
    labels = plain_labels(network, taken, claim)
    if labels is None:
        parts = parts_on(network, taken, claim)
        return parts, tuple(ledger.tight_among(taken.each_arc, claim, parts))
    doubtful = _doubtful(network, ledger, taken, claim, labels)
    if not doubtful:
        return NO_PARTS, ()
    on, packet = (
        dict(zip(taken.each_arc, labels, strict=False)),
        network.topology.routing.mean_packet,
    )  # none: no labels
    parts = {arc: claim.with_labels(count, packet) for arc in doubtful if (count := on.get(arc, 0))}
    return parts, tuple([arc for arc in sorted(doubtful) if not ledger.has_room_always(arc, parts.get(arc, claim))])


def is_tight(network: Network, ledger: Ledger, taken: Walk, claim: Claim) -> bool:
    """Return False where all arcs of a walk have room for a claim in any state, with the most labels that there are on any."""
    labels = plain_labels(network, taken, claim)
    return labels is None or bool(_doubtful(network, ledger, taken, claim, labels))


def _doubtful(network: Network, ledger: Ledger, taken: Walk, claim: Claim, labels: Labels) -> Collection[int]:
    heaviest = with_labels(claim.rate_bps, max(labels, default=0), network.topology.routing.mean_packet)
    return ledger.doubtful(taken.each_arc, claim.traffic_class, heaviest)


def _flaw(network: Network, terms: Terms, taken: Walk) -> Shortfall | None:
    """Return what is wrong with where packets go, whatever the state."""
    ends = ends_of(network, taken)
    if not terms.group.accepted.issuperset(ends) or (len(ends) > 1 and not _is_one_site(network, ends)):
        return Shortfall(Lack.DESTINATION, node=min(ends))
    flaws = (_on_elements(network, terms.task, taken.start, trail) for trail in taken.trails)
    return next((flaw for flaw in flaws if flaw is not None), None)


def _is_one_site(network: Network, nodes: Iterable[int]) -> bool:
    """Return whether nodes are routers of one site: whatever packets end at either of them comes to the same hosts."""
    found = {network.topology.nodes[network.nodes[node]].site for node in nodes}
    return len(found) == 1 and None not in found


def _on_mirror(network: Network, ledger: Ledger, terms: Terms, taken: Walk) -> Shortfall | None:
    """Return what keeps the other direction from taking the same links."""
    if terms.task.demand.is_symmetric and len(taken.trails) > 1:
        return Shortfall(Lack.SPLIT)
    if terms.only is not None and taken.arcs != terms.only:
        return Shortfall(Lack.MIRROR)
    if terms.task.demand.is_symmetric and not terms.task.via:
        nodes = network.nodes_along(taken.start, taken.trails[0].arcs)
        if len(set(nodes)) < len(nodes):
            return Shortfall(Lack.TURN)
    if terms.mirror is None:
        return None
    full = next((arc for arc in sorted(taken.arcs) if not terms.has_mirror_room(ledger, arc)), None)
    return None if full is None else Shortfall(Lack.CAPACITY, link=full >> 1)


def _on_elements(network: Network, task: Task, start: int, trail: Trail) -> Shortfall | None:
    """Return what is wrong with the elements of one path: forbidden ones, or a waypoint that is left out."""
    look = partial(flaw_twin, network) if network.figures is None else network.figures.flaw
    link, node = look(trail.arcs, task.barred)
    if link >= 0:
        return Shortfall(Lack.ELEMENT, link=link)
    if node >= 0:
        return Shortfall(Lack.ELEMENT, node=node)
    if not task.via:
        return None
    stage = advance(task.via, 0, frozenset(), start)
    for arc in trail.arcs:
        stage = advance(task.via, stage, frozenset({arc >> 1}), network.head[arc])
    return None if stage == len(task.via) else Shortfall(Lack.WAYPOINT, waypoint=stage)


def flaw_twin(network: Network, arcs: Arcs, barred: frozenset[int]) -> tuple[int, int]:
    """Return what `native.figures.Figures.flaw` does, without a kernel."""
    link = next((arc >> 1 for arc in arcs if arc >> 1 in barred), -1)
    if link >= 0:
        return link, -1
    return -1, next((network.head[arc] for arc in arcs[:-1] if not network.has_transit[network.head[arc]]), -1)
