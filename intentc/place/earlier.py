"""What an earlier build did with a demand, so that a small change of the input moves only what it must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from intentc.forwarding.network import Network
from intentc.forwarding.policy import Policies, Policy, WeightedLists
from intentc.forwarding.segments import segment_of
from intentc.forwarding.walk import OWN_PORTS, Key, Rules
from intentc.realise.earlier import Earlier, EarlierPolicy, EarlierRule
from intentc.realise.ids import demand_id
from intentc.recall import Recall, changed_keys
from intentc.resolve.model import Candidate, Demand, Model
from intentc.values import field, frozen

Named = tuple[tuple[str, Candidate], ...]  # the candidates of a demand by the ids that it would have in the manifest


@frozen
class Kept:
    """The earlier build by demand: which of its candidates it was, and what was done with it. Empty: there is none."""

    demands: Mapping[str, tuple[Candidate, Earlier]] = field(default_factory=dict)

    def asks_more(self, demand: Demand) -> bool:
        """Return whether a demand was not placed by the earlier build, or at a lower rate."""
        found = self.demands.get(demand.key)
        if found is None:
            return True
        rate = found[1].bandwidth_bps
        return rate is not None and demand.bandwidth_bps > rate

    def rules(self, network: Network, demand: Demand, candidates: tuple[Candidate, ...]) -> Rules | None:
        """Return the steering of the packets of some candidates by index; None where the network has not all of it any more."""
        found = self.demands.get(demand.key)
        if found is None:
            return None
        chosen, earlier = found
        rules: dict[Key, tuple[int, ...]] = {}
        for rule in earlier.rules:
            if not _is_for(rule, chosen, candidates):
                continue
            translated = _translated(network, rule)
            if translated is None:
                return None
            rules[translated[0]] = translated[1]
        return rules

    def policies(self, network: Network, demand: Demand, candidates: tuple[Candidate, ...]) -> Policies | None:
        """Return the SR policies of the packets of some candidates by index; None where the network has not all of it any more."""
        found = self.demands.get(demand.key)
        if found is None:
            return None
        chosen, earlier = found
        policies: dict[int, Policy] = {}
        for policy in earlier.policies:
            if not _is_for(policy, chosen, candidates):
                continue
            lists = [[segment_of(network, name) for name in path] for path in policy.candidates]
            known = tuple(tuple(segment for segment in path if segment is not None) for path in lists)
            if policy.node not in network.node_index or any(None in path or not path for path in lists) or not lists:
                return None
            splits = _splits(network, policy)
            if splits is None:
                return None
            policies[network.node_index[policy.node]] = Policy(known, policy.is_by_algorithm, splits)
        return policies


class LastKept:
    """What an earlier build did with the demands of a model; `turned` to other ones, of which mostly few differ."""

    def __init__(self) -> None:
        self._earlier: Mapping[str, Earlier] = {}
        self._named: Recall[Named] = Recall()  # of each demand
        self._names: Mapping[str, Named] = {}
        self._kept = Kept()
        self._owners: Mapping[str, Sequence[str]] | None = None  # the demands by these ids, once asked for

    def turned(self, model: Model, earlier: Mapping[str, Earlier]) -> Kept:
        """Return what is kept of an earlier build (by the manifest's ids), empty where it placed nothing."""
        if not earlier:
            return Kept()
        names = self._named.by_key("ids", model.demands, lambda _, demand: _named(demand))
        ids, keys = changed_keys(self._earlier, earlier), changed_keys(self._names, names)
        if ids is None or keys is None:
            found = ((key, _known(named, earlier)) for key, named in names.items())
            self._kept, self._owners = Kept({key: known for key, known in found if known is not None}), None
        elif ids or keys:
            self._patch(self._concerned(names, ids, keys), names, earlier)
        self._earlier, self._names = earlier, names
        return self._kept

    def _concerned(self, names: Mapping[str, Named], ids: Sequence[str], keys: Sequence[str]) -> Sequence[str]:
        """Return the demands that have, or would have, some ids, and some more."""
        if self._owners is None or any(_ids(names[key]) != _ids(self._names[key]) for key in keys):
            owners: dict[str, list[str]] = {}
            for key, named in names.items():
                for name, _ in named:
                    owners.setdefault(name, []).append(key)
            self._owners = owners
        return list(dict.fromkeys([*keys, *chain.from_iterable(self._owners.get(name, ()) for name in ids)]))

    def _patch(self, keys: Sequence[str], names: Mapping[str, Named], earlier: Mapping[str, Earlier]) -> None:
        before = self._kept.demands
        anew = {key: _known(names[key], earlier) for key in keys}
        if all((known is None) is (key not in before) for key, known in anew.items()):
            self._kept = Kept({**before, **{key: known for key, known in anew.items() if known is not None}})
        else:
            both = ((key, anew[key] if key in anew else before.get(key)) for key in names)
            self._kept = Kept({key: known for key, known in both if known is not None})


def _ids(named: Named) -> list[str]:
    return [name for name, _ in named]


def _known(named: Named, earlier: Mapping[str, Earlier]) -> tuple[Candidate, Earlier] | None:
    for name, candidate in named:
        found = earlier.get(name)
        if found is not None and (candidate.source.node, candidate.destination.node) == (
            found.source,
            found.destination,
        ):
            return candidate, found
    return None


def _named(demand: Demand) -> Named:
    return tuple([(demand_id(demand, candidate), candidate) for candidate in demand.candidates])


def _is_for(steering: EarlierRule | EarlierPolicy, chosen: Candidate, candidates: tuple[Candidate, ...]) -> bool:
    """Return whether steering is for the packets of some candidates."""
    ends = steering.replica or (chosen.source.node, chosen.destination.node)
    return any((item.source.node, item.destination.node) == ends for item in candidates)


def _splits(network: Network, policy: EarlierPolicy) -> tuple[tuple[int, WeightedLists], ...] | None:
    """Return the candidates with several lists; None where the network has not all of their segments any more."""
    found: list[tuple[int, WeightedLists]] = []
    for place, lists in enumerate(policy.lists):
        named = [([segment_of(network, name) for name in item.segments], item.weight) for item in lists]
        if any(None in segments or not segments or weight < 1 for segments, weight in named):
            return None
        known = tuple((tuple(one for one in segments if one is not None), weight) for segments, weight in named)
        found += [(place, known)] if known else []
    return tuple(found)


def _translated(network: Network, rule: EarlierRule) -> tuple[Key, tuple[int, ...]] | None:
    index, node = network.node_index, network.node_index.get(rule.node)
    if node is None or any(name not in index for name in rule.waypoints):
        return None
    waypoints = tuple(index[name] for name in rule.waypoints)
    if rule.ingress is None:
        return (node, OWN_PORTS), waypoints
    link = network.link_index.get(rule.ingress)
    arcs = [] if link is None else [arc for arc in (2 * link, 2 * link + 1) if network.head[arc] == node]
    return ((node, arcs[0]), waypoints) if arcs else None
