"""What the whole placement shares: network, mechanisms, books, and how full steering tables are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from intentc.forwarding.network import Network
from intentc.forwarding.outage import Outage
from intentc.forwarding.walk import Arcs, Rules, Walk
from intentc.place.book import Claim
from intentc.place.caps import Caps, utilisation_caps
from intentc.place.drafts import Drafts
from intentc.place.earlier import Kept, LastKept
from intentc.place.ledger import Ledger
from intentc.place.model import Hop, Realiser
from intentc.place.openness import OpenArcs, to_ask
from intentc.place.potentials import Guides
from intentc.place.roomy import Roomy
from intentc.place.services import Services
from intentc.place.tasks import Task
from intentc.place.unpromised import Unpromised
from intentc.realise.earlier import Earlier
from intentc.recall import Recall
from intentc.resolve.model import Model
from intentc.values import field, frozen, mutable, names_of

if TYPE_CHECKING:
    from intentc.place.memory import Memory


class Tables:
    """How many demands use each steering table (a list of waypoints, and whether it is fail-closed) on each node."""

    def __init__(self) -> None:
        self._users: dict[int, Counter[tuple[tuple[int, ...], bool]]] = {}

    def post(self, rules: Rules, sign: int, *, is_fail_closed: bool) -> None:
        """Count the tables of some rules once more (`sign` 1) or once less (-1)."""
        for (node, _), waypoints in rules.items():
            users = self._users.setdefault(node, Counter())
            users[waypoints, is_fail_closed] += sign
            if not users[waypoints, is_fail_closed]:
                del users[waypoints, is_fail_closed]

    def copy(self) -> Tables:
        """Return the same counts, to be changed apart."""
        found = Tables()
        found._users = {node: Counter(users) for node, users in self._users.items()}
        return found

    def overfull(self, nodes: Iterable[int], realiser: Realiser) -> frozenset[int]:
        """Return those of some nodes that have more tables in use than they can hold."""
        return frozenset(node for node in nodes if len(self._users.get(node, ())) > realiser.table_room(node))


@mutable
class Luck:
    """Whether the last demand that was to be placed at one go had no room on its normal way: the next one has none either, mostly."""

    is_crowded: bool = False


@frozen
class Proposal:
    """The arcs of a path from `start` that suits all demands of a priority together.

    `ways`: the demand is best divided over several paths, with these weights; `arcs` are those of the heaviest.
    """

    start: int
    arcs: frozenset[int]
    ways: tuple[tuple[Arcs, int], ...] = ()


@frozen
class Plan:
    """A path (its arcs) that leaves room for the others of its priority, and those that take its place in failure states.

    In the states `bare` that is the IGP's own way, and the packets have no labels.
    """

    arcs: frozenset[int]
    spares: Mapping[Outage, frozenset[int]]
    bare: frozenset[Outage] = frozenset()

    def has(self, outage: Outage, taken: Walk) -> bool:
        """Return whether a walk is the one of a failure state."""
        return taken.arcs == self.spares[outage] and not (outage in self.bare and any(t.labels for t in taken.trails))


@mutable
class Context:
    """The common ground; `ledger` and `tables` change as demands are placed. `waived`: codes accepted, by intent.

    `single_steps` are all steps over one link, by node, whatever devices can do, `single_arcs` their arcs as a byte each.
    `is_lean`: room is scarce, so no demand reserves several equal-cost paths where one can be had; `splits` are the demands of
    which that was asked while it was not. `kept` is the earlier build. `proposals` and `plans` are those of the priority that is
    being placed, by the demand's key. `memory`: what the last placement has left. `roomy`: paths that had room for the demand at
    hand. `narrow`: the links that do not carry packets with so many labels, once asked for.
    `luck`, `unpromised` and `drafts` are of demands that nothing steers. `sites`: where the forward demands of an intent begin, once asked for.
    """

    model: Model
    network: Network
    realiser: Realiser
    ledger: Ledger
    guides: Guides
    waived: Mapping[str, frozenset[str]]
    single_steps: tuple[tuple[Hop, ...], ...]
    single_arcs: bytes
    is_lean: bool = False
    kept: Kept = field(default_factory=Kept)
    tables: Tables = field(default_factory=Tables)
    proposals: dict[str, Proposal] = field(default_factory=dict)
    confined: list[frozenset[int]] = field(default_factory=list)  # nodes where packets with fences are, once asked for
    services: Services = field(default_factory=lambda: Services({}))
    plans: dict[str, Plan] = field(default_factory=dict)
    memory: Memory | None = None
    roomy: Roomy = field(default_factory=Roomy)
    splits: set[str] = field(default_factory=set)
    luck: Luck = field(default_factory=Luck)
    unpromised: Unpromised = field(default_factory=Unpromised)
    drafts: Drafts = field(default_factory=Drafts)
    narrow: dict[tuple[Network, int], frozenset[int]] = field(default_factory=dict)
    sites: dict[str, set[str]] = field(default_factory=dict)

    def source_sites(self, intent: str) -> Collection[str]:
        """Return the sites from which an intent asks for something; all intents are looked at once."""
        if not self.sites:
            for demand in self.model.demands.values():
                if demand.reply_to is None:
                    self.sites.setdefault(demand.intent, set()).add(demand.source_site)
        return self.sites.get(intent, ())

    def is_wasteful(self, task: Task, claim: Claim, taken: Walk, *, most: int = 1) -> bool:
        """Return whether a way reserves the whole rate of a demand on each of more than `most` paths where room is scarce."""
        if len(taken.trails) <= most or not claim.rate_bps or claim.is_spread:
            return False
        self.splits.add(task.demand.key)
        return self.is_lean

    def turn(self, other: Context) -> None:
        """Be the context of another placement in the same books: what stands in them need not be told of it."""
        for name in names_of(Context):
            setattr(self, name, getattr(other, name))

    def rest(self, *, is_over: bool) -> None:
        """Let go of what is made anew where somebody asks when all is placed; `is_over`: no other placement will."""
        self.sites.clear()
        if is_over:
            self.guides.rest()

    def open_but(self, links: Collection[int]) -> OpenArcs:
        """Return all arcs but those of some links, whatever room they have."""
        kernels, is_open = self.guides.kernels, lambda arc: arc >> 1 not in links
        if kernels is None:
            return OpenArcs(to_ask(len(self.network.head)), is_open, None)
        row = bytearray(self.single_arcs)
        kernels.rows.shut(row, links, 2)
        return OpenArcs(row, is_open, kernels.rows)


def make_context(
    model: Model, realiser: Realiser, earlier: Mapping[str, Earlier] | None = None, memory: Memory | None = None
) -> Context:
    """Return the context of a placement that has not begun; `memory` is of the last one over the same network."""
    network = realiser.igp.network
    waived: dict[str, set[str]] = {}
    for waiver in model.waivers:
        waived.setdefault(waiver.intent, set()).add(waiver.code)
    return Context(
        model=model,
        network=network,
        realiser=realiser,
        ledger=Ledger(network, model.classes, Caps(network, utilisation_caps(model))),
        guides=(memory.guides if memory is not None else None) or Guides(realiser.igp),
        single_steps=(memory.steps if memory is not None else Recall()).of(
            "", (network,), lambda: _single_steps(network)
        ),
        single_arcs=bytes((1,)) * len(network.head),
        kept=(memory.last_kept if memory is not None else LastKept()).turned(model, earlier or {}),
        waived={intent: frozenset(codes) for intent, codes in waived.items()},
        services=Services(model.services),
        memory=memory,
    )


def _single_steps(network: Network) -> tuple[tuple[Hop, ...], ...]:
    return tuple(tuple(Hop((arc,), network.head[arc], is_steered=False) for arc in arcs) for arcs in network.leaving)
