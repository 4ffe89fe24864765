"""`no traffic of SET on SET` and `hops <= N of SET`: what packets of intents touch, and how far they go, in every state."""

from __future__ import annotations

from intentc.assertions.context import Context
from intentc.assertions.model import NORMAL_STATE, Worst
from intentc.assertions.worst_journeys import Finding, Forbidden, find_worst_journeys
from intentc.resolve.assertion_model import Assertion, LengthBound, TrafficBan
from intentc.values import frozen


@frozen
class Offence:
    """A finding above the bound, with the links and nodes touched that must not be (none for a length)."""

    finding: Finding
    links: tuple[str, ...]
    nodes: tuple[str, ...]


@frozen
class Traffic:
    """The worst state over all demands, and the demands that break the assertion, the worst first."""

    worst: Worst
    offences: tuple[Offence, ...]


def find_trespass(context: Context, assertion: Assertion, ban: TrafficBan) -> Traffic:
    """Return where packets of the intents touch forbidden elements.

    Looked at are the normal state, all states of the assertion and all that the demand is promised to survive; in each
    of them everything that any packet touches, whether it arrives or not (`follow`). A demand whose fences keep it from
    all forbidden elements needs no look at all. Otherwise the effort is a simulation per demand and state that touches what
    its packets rest on (`States.that_matter`).
    """
    area = _Area(context, ban)
    keys = [key for key in _keys(context, ban.intents) if not area.is_fenced_off(key)]
    found = find_worst_journeys(context, assertion, keys, area.tally, is_promised=True)
    return _traffic(found, [area.offence(item) for item in found if item.worst.value])


def find_longest(context: Context, assertion: Assertion, bound: LengthBound) -> Traffic:
    """Return how far packets of the intents go in the states of the assertion; where not all arrive there is no path."""
    keys = _keys(context, bound.intents)
    found = find_worst_journeys(context, assertion, keys, None, is_promised=False)
    return _traffic(found, [Offence(item, (), ()) for item in found if item.worst.value > bound.most_links])


def _traffic(found: list[Finding], offences: list[Offence]) -> Traffic:
    first = min(found, key=lambda item: item.order, default=None)
    worst = first.worst if first is not None else Worst(NORMAL_STATE, 0)
    return Traffic(worst, tuple(sorted(offences, key=lambda offence: offence.finding.order)))


def _keys(context: Context, intents: tuple[str, ...]) -> list[str]:
    """Return the placed demands of some intents, sorted."""
    named = {intent.name: intent.demands for intent in context.realised.model.intents}
    keys = {key for name in intents for key in named.get(name, ())}
    return sorted(keys & context.realised.demands.keys())


class _Area:
    """The forbidden elements as indices."""

    def __init__(self, context: Context, ban: TrafficBan) -> None:
        network = self._network = context.behaviour.network
        self._behaviour = context.behaviour
        self._nodes = frozenset(network.node_index[name] for name in ban.nodes)
        self._links = frozenset(network.link_index[name] for name in ban.links)

    @property
    def tally(self) -> Forbidden:
        """Return what is counted of journeys."""
        return self._nodes, self._links

    def offence(self, item: Finding) -> Offence:
        """Return a finding with the names of what is touched in its state."""
        journey, network = self._behaviour.journey(item.key, item.outage), self._network
        links = {arc >> 1 for arc in journey.arcs} & self._links
        return Offence(
            item,
            tuple(sorted(network.links[link] for link in links)),
            tuple(sorted(network.nodes[node] for node in self._nodes & journey.nodes)),
        )

    def is_fenced_off(self, key: str) -> bool:
        """Return whether the fences of a demand surround all forbidden elements, and its packets start elsewhere."""
        track = self._behaviour.track(key)
        around = {arc >> 1 for node in self._nodes for arc in self._network.leaving[node]}
        starts = {node for course in track.courses for node in course.sources}
        return self._links | around <= track.fences and starts.isdisjoint(self._nodes)
