"""Placed demands as simulation needs them: packets that look alike, where they may enter, their steering and fences."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping

from intentc.assertions.follow import Levels, Steering
from intentc.forwarding.network import Network
from intentc.forwarding.policy import Policy, SegmentList
from intentc.forwarding.segments import segment_of
from intentc.forwarding.walk import OWN_PORTS, Key
from intentc.realise.model import RealisedDemand, SegmentPolicy, SteeringRule
from intentc.resolve.model import Candidate, Exclusion, Flow
from intentc.topology.model import IPNetwork
from intentc.values import frozen

_Flows = tuple[Flow, ...]


@frozen
class Course:
    """Packets to one replica (or to several with the same addresses), in the order in which sources are preferred.

    `access`: where there are several sources, the links in use of each.
    """

    sources: tuple[int, ...]
    access: tuple[frozenset[int], ...]
    accepted: frozenset[int]
    kinds: tuple[Levels, ...]
    steering: Steering


@frozen
class Track:
    """A demand: its courses, the chosen one first, and the key of the demand that it answers."""

    key: str
    reply_to: str | None
    courses: tuple[Course, ...]
    fences: frozenset[int]


class Tracks:
    """The tracks of placed demands, made when they are first asked for; what they share is looked up once."""

    def __init__(self, network: Network, demands: Mapping[str, RealisedDemand]) -> None:
        self._network = network
        self._demands = demands
        self._known: dict[str, Track] = {}
        self._attached: dict[IPNetwork, set[int]] = {}
        for index, name in enumerate(network.nodes):
            for item in network.topology.nodes[name].attached:
                self._attached.setdefault(item.prefix, set()).add(index)
        self._levels: dict[str, Levels] = {}
        self._fences: dict[tuple[tuple[Exclusion, ...], frozenset[int]], frozenset[int]] = {}
        nodes = network.topology.nodes
        self._unfenced = [index for index, name in enumerate(network.nodes) if nodes[name].platform == "none"]

    def find(self, key: str) -> Track | None:
        """Return the track of a demand, None where it was not placed."""
        if key not in self._known and key in self._demands:
            self._known[key] = self._made(self._demands[key])
        return self._known.get(key)

    def _made(self, item: RealisedDemand) -> Track:
        groups = self._groups(item)
        kinds = {flows: self._kinds(candidates) for flows, candidates in groups.items()}
        fences = self._fenced(item.demand.exclusions, _common(kinds.values()))
        courses = (
            self._course(item, candidates, kinds[flows], fences, is_chosen=flows == item.chosen.flows)
            for flows, candidates in groups.items()
        )
        return Track(item.demand.key, item.demand.reply_to, tuple(courses), fences)

    def _groups(self, item: RealisedDemand) -> Mapping[_Flows, list[Candidate]]:
        """Return the candidates by their packets, those of the chosen one first; ends that do not exist yet are left out."""
        index = self._network.node_index
        found: dict[_Flows, list[Candidate]] = {item.chosen.flows: []}
        for candidate in item.demand.candidates:
            if candidate.source.node in index and candidate.destination.node in index:
                found.setdefault(candidate.flows, []).append(candidate)
        return found

    def _course(
        self,
        item: RealisedDemand,
        candidates: list[Candidate],
        kinds: tuple[Levels, ...],
        fences: frozenset[int],
        *,
        is_chosen: bool,
    ) -> Course:
        index = self._network.node_index
        carrier, names = item.chosen.source.node, [one.source.node for one in candidates]
        # hosts have one gateway, whichever replica they talk to
        first = [carrier] if is_chosen or carrier in names else []
        sources = dict.fromkeys(index[name] for name in [*first, *names])
        flows = candidates[0].flows
        rules = {
            self._place(rule): tuple(index[name] for name in rule.waypoints)
            for rule in item.steering
            if (rule.candidate.flows if rule.candidate is not None else item.chosen.flows) == flows
        }
        policies = {
            index[policy.node]: self._policy(policy)
            for policy in item.policies
            if (policy.candidate.flows if policy.candidate is not None else item.chosen.flows) == flows
        }
        return Course(
            sources=tuple(sources),
            access=tuple(map(self._access, sources)) if len(sources) > 1 else (frozenset(),),
            accepted=frozenset(index[candidate.destination.node] for candidate in candidates),
            kinds=kinds,
            steering=Steering(rules, fences, item.demand.otherwise == "drop", policies),
        )

    def _access(self, node: int) -> frozenset[int]:
        network = self._network
        return frozenset(arc >> 1 for arc in network.leaving[node] if network.link_of(arc).state == "up")

    def _place(self, rule: SteeringRule) -> Key:
        network = self._network
        node = network.node_index[rule.node]
        if rule.ingress is None:
            return node, OWN_PORTS
        arc = 2 * network.link_index[rule.ingress]
        return node, arc if network.head[arc] == node else arc + 1

    def _policy(self, policy: SegmentPolicy) -> Policy:
        """Return a policy by index; all of its segments are there, as it was placed on this network."""
        splits = tuple(
            (place, tuple((self._segments(item.segments), item.weight) for item in path.lists))
            for place, path in enumerate(policy.candidates)
            if path.lists
        )
        return Policy(tuple(self._segments(path.segments) for path in policy.candidates), splits=splits)

    def _segments(self, names: tuple[str, ...]) -> SegmentList:
        found = (segment_of(self._network, name) for name in names)
        return tuple(segment for segment in found if segment is not None)

    def _kinds(self, candidates: list[Candidate]) -> tuple[Levels, ...]:
        """Return where the destination addresses are; what nobody has attached is where it is meant to end."""
        prefixes = {flow.destination for candidate in candidates for flow in candidate.flows}
        found = {self._levels_of(prefix) for prefix in prefixes} - {()}
        index = self._network.node_index
        ends = frozenset(index[candidate.destination.node] for candidate in candidates)
        return tuple(sorted(found, key=lambda levels: [sorted(nodes) for nodes in levels])) or ((ends,),)

    def _levels_of(self, prefix: str) -> Levels:
        if prefix not in self._levels:
            wanted = ipaddress.ip_network(prefix)
            wider = [wanted.supernet(new_prefix=length) for length in range(wanted.prefixlen, -1, -1)]
            self._levels[prefix] = tuple(frozenset(self._attached[one]) for one in wider if one in self._attached)
        return self._levels[prefix]

    def _fenced(self, exclusions: tuple[Exclusion, ...], ends: frozenset[int]) -> frozenset[int]:
        """Return the links that packets never enter: the excluded ones, and those around nodes that cannot drop beside one.

        Not around nodes where all packets end, which they never leave (`place/README.md`, "Fences").
        """
        key = (exclusions, ends)
        if key not in self._fences:
            fences = self._excluded(exclusions)
            pending = [node for node in self._unfenced if node not in ends]
            while leaking := [node for node in pending if self._links_at(node) & fences]:
                for node in leaking:
                    fences |= self._links_at(node)
                pending = [node for node in pending if node not in leaking]
            self._fences[key] = frozenset(fences)
        return self._fences[key]

    def _excluded(self, exclusions: Iterable[Exclusion]) -> set[int]:
        network = self._network
        found: set[int] = set()
        for exclusion in exclusions:
            found.update(network.link_index[name] for name in exclusion.links if name in network.link_index)
            for name in exclusion.nodes:
                if name in network.node_index:
                    found |= self._links_at(network.node_index[name])
        return found

    def _links_at(self, node: int) -> set[int]:
        return {arc >> 1 for arc in self._network.leaving[node]}


def _common(kinds: Iterable[tuple[Levels, ...]]) -> frozenset[int]:
    """Return the nodes where packets end whatever their address."""
    found = [levels[0] for group in kinds for levels in group]
    return frozenset.intersection(*found) if found else frozenset()
