"""What every lowering pass asks of the placed program: which devices are ours, and which ports belong to what."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from intentc.diagnostics import Span
from intentc.ir.model import Origin
from intentc.ir.rivals import Rivals, is_coded
from intentc.realise.model import Realised, RealisedDemand
from intentc.realise.seen import LastSeen, Seen, seen
from intentc.recall import Recall
from intentc.resolve.model import Demand, Endpoint, Flow, ResolvedIntent, TelemetryRequirement, TrafficClass
from intentc.targetkit.model import Capabilities
from intentc.topology.model import Attachment, IPNetwork, Link, Topology
from intentc.values import field, frozen, replace

if TYPE_CHECKING:
    from intentc.ir.usage import UsageMemory

Made = TypeVar("Made")
_POLICIES, _TELEMETRY = attrgetter("policies"), attrgetter("telemetry")
DEFAULT_CLASS = "default"  # everything that no intent names


@frozen
class Ground:
    """The inputs of a pass with the questions that several passes have."""

    realised: Realised
    capabilities: Capabilities
    known: Recall[Any] = field(default_factory=Recall)  # what passes have made the last time, over the same network
    usage: UsageMemory | None = None
    ports: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)  # of ends, once looked for
    last_seen: LastSeen | None = None  # the demands of the last program

    def again(self, feature: str, key: Hashable, things: tuple[object, ...], make: Callable[[], Made]) -> Made:
        """Return what `make` makes of some things, by which pass and of what, or has made of the very same ones."""
        return self.known.of((feature, key), things, make)  # type: ignore[no-any-return]  # as it was made

    def each(self, feature: str, columns: tuple[Sequence[object], ...], make: Callable[[int], Made]) -> Sequence[Made]:
        """Return what `make` makes of each row of some columns, by number; the very same sequence where all rows are the very same ones."""
        return self.known.each(feature, columns, make)

    def grouped(
        self, feature: str, rows: Sequence[Sequence[tuple[str, Sequence[Made]]]]
    ) -> Mapping[str, tuple[Made, ...]]:
        """Return what rows have for each node, row by row; what of a node is as it was is the very same."""
        return self.known.grouped(feature, rows)

    @property
    def topology(self) -> Topology:
        return self.realised.model.topology

    @cached_property
    def demands(self) -> tuple[RealisedDemand, ...]:
        """Return the placed demands by key."""
        return self.seen.rows

    @cached_property
    def seen(self) -> Seen:
        """Return the placed demands as devices see them."""
        demands = self.realised.demands
        return seen(demands) if self.last_seen is None else self.last_seen.turned(demands)

    @cached_property
    def asked(self) -> Sequence[Demand]:
        """Return the placed demands as they were resolved, by key; the very same sequence where none of them has changed."""
        items = self.demands
        return self.each("asked", (items,), lambda at: items[at].demand)

    @cached_property
    def measured(self) -> Mapping[str, TelemetryRequirement]:
        """Return what intents ask to be told, by their names."""
        asking: Sequence[ResolvedIntent] = self.known.those("measured", self.realised.model.intents, _TELEMETRY)
        return {intent.name: intent.telemetry for intent in asking if intent.telemetry is not None}

    @cached_property
    def led(self) -> Sequence[RealisedDemand]:
        """Return the placed demands that are led by policies, by key."""
        return self.those("led", _POLICIES)

    @cached_property
    def repaired(self) -> Sequence[RealisedDemand]:
        """Return the placed demands for which some device repairs locally, by key."""
        return self.those("repaired", _has_repairs)

    @cached_property
    def rivals(self) -> Rivals:
        """Return where the packets of placed demands meet: those of intents that overlap, or of all where hosts' code points tell any apart."""
        asked, overlapping = self.asked, self.realised.model.overlapping
        is_any_coded = any(self.each("coded", (asked,), lambda at: is_coded(asked[at])))

        def made() -> Rivals:
            return Rivals([each for each in asked if is_any_coded or each.intent in overlapping], self.points)

        found: Rivals = self.again("rivals", "", (asked, overlapping), made)
        return found

    @cached_property
    def asked_classes(self) -> Sequence[str]:
        """Return the classes of placed demands, each once."""
        asked = self.asked
        names = self.each("classes", (asked,), lambda at: asked[at].traffic_class)
        found: Sequence[str] = self.again("classes", "", (names,), lambda: tuple(dict.fromkeys(names)))
        return found

    def those(self, feature: str, test: Callable[[RealisedDemand], object]) -> Sequence[RealisedDemand]:
        """Return the placed demands that pass a test, by key; the very same sequence where all of these are the very same ones."""
        return self.known.those(feature, self.demands, test)

    @property
    def classes(self) -> Mapping[str, TrafficClass]:
        return self.realised.model.classes

    @cached_property
    def points(self) -> Mapping[str, tuple[int, ...]]:
        """Return the code points of all classes."""
        return {name: code_points(one) for name, one in self.classes.items()}

    def can(self, node: str, feature: str) -> bool:
        """Return whether the device can be configured to do `feature`."""
        own = self.capabilities.get(node)
        support = own.features.get(feature) if own is not None else None
        return support is not None and support.is_supported

    def nodes_that_can(self, feature: str) -> Iterator[str]:
        """Yield the existing devices that can do `feature`, by name."""
        for name, node in self.topology.nodes.items():
            if node.state != "planned" and self.can(name, feature):
                yield name

    def edge_ports(self, node: str, prefixes: Iterable[str]) -> tuple[str, ...]:
        """Return the ports of `node` behind which any of `prefixes` lies, sorted."""
        wanted = [ipaddress.ip_network(prefix) for prefix in prefixes]
        return tuple(
            sorted(
                {
                    attachment.interface
                    for attachment in self.topology.nodes[node].attached
                    if attachment.interface is not None and _lies_behind(attachment, wanted)
                }
            )
        )

    def ports_of(self, end: Endpoint) -> tuple[str, ...]:
        """Return the ports of an end of a demand; many demands have the same ends."""
        place = end.node, end.prefixes
        if place not in self.ports:
            self.ports[place] = self.edge_ports(*place)
        return self.ports[place]

    def core_ports(self, node: str) -> Iterator[tuple[Link, str]]:
        """Yield the links of `node` with its port on each, in the order of the links."""
        for link in self.topology.links_of[node]:
            interface = link.end(node).interface
            if interface is not None:
                yield link, interface

    def attaches(self, node: str, prefix: str) -> bool:
        """Return whether packets to all of `prefix` end at `node`: no node has a longer prefix around it."""
        wanted = ipaddress.ip_network(prefix)
        own = [item.prefix.prefixlen for item in self.topology.nodes[node].attached if is_within(wanted, item.prefix)]
        longer = range(max(own) + 1, wanted.prefixlen + 1) if own else ()
        return bool(own) and all(wanted.supernet(new_prefix=length) not in self._attached for length in longer)

    @cached_property
    def _attached(self) -> frozenset[IPNetwork]:
        """Return all prefixes that are attached to existing nodes."""
        nodes = self.topology.nodes.values()
        return frozenset(item.prefix for node in nodes if node.state != "planned" for item in node.attached)

    def as_marked(self, demand: Demand, flow: Flow) -> tuple[Flow, ...]:
        """Return the flow as routers behind the marking see it: with the code points of the demand's class.

        A flow without a code point of its own stays as it is.
        """
        if flow.dscp is None:
            return (flow,)
        own = self.classes[demand.traffic_class]
        return tuple(replace(flow, dscp=dscp) for dscp in code_points(own))


def _has_repairs(item: RealisedDemand) -> bool:
    return item.protection is not None and bool(item.protection.repairs)


def code_points(traffic_class: TrafficClass) -> tuple[int, ...]:
    """Return the code points that packets of a class carry in the network, sorted."""
    over = () if traffic_class.over_dscp is None else (traffic_class.over_dscp,)
    return tuple(sorted({traffic_class.dscp, *over}))


def asked_by(demand: Demand, *clauses: str) -> Origin:
    """Return who asked for what a demand needs: its intents, and the clauses that say so (else the intent)."""
    written = demand.clause_spans
    spans = [written[clause] for clause in clauses if clause in written]
    intents = tuple(sorted({demand.intent, *demand.shared_with})) if demand.shared_with else (demand.intent,)
    return Origin(intents, (tuple(sorted(set(spans))) if len(spans) > 1 else tuple(spans)) or (demand.span,))


def merged(origins: Iterable[Origin]) -> Origin:
    """Return one origin for what several asked for."""
    found = list(origins)
    intents = set(chain.from_iterable(origin.intents for origin in found))
    spans: set[Span] = set(chain.from_iterable(origin.spans for origin in found))
    return Origin(tuple(sorted(intents)), tuple(sorted(spans)))


def is_within(inner: IPNetwork, outer: IPNetwork) -> bool:
    """Return whether `inner` lies in `outer` (never across families)."""
    return inner.version == outer.version and inner.subnet_of(outer)  # type: ignore[arg-type]


def _lies_behind(attachment: Attachment, wanted: Iterable[IPNetwork]) -> bool:
    return any(attachment.prefix.version == prefix.version and attachment.prefix.overlaps(prefix) for prefix in wanted)
