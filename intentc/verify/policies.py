"""What packets do at the head-end of an SR policy (RFC 9256) in one state: which candidate path carries, and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from intentc.manifest.elements import Elements
from intentc.manifest.model import CandidateEntry, PolicyEntry
from intentc.topology.model import Topology
from intentc.values import frozen
from intentc.verify.flex_algos import definition_of, node_of, takes_part
from intentc.verify.igp import Routing
from intentc.verify.simulate import Outcome, Taken

_MOST_PATHS = 64


@frozen
class Stage:
    """One segment as packets with its label take it: all places that they come to, in layers of equal distance.

    `hops` are (node, link, next node, share of what is at the node); `is_whole`: all of them arrive at `end`, else some are
    at nodes that know no labels. `is_adjacency`: the segment is one link.
    """

    start: str
    end: str
    hops: tuple[tuple[str, str, str, Fraction], ...]
    is_whole: bool
    is_adjacency: bool = False


@frozen
class Carrier:
    """The candidate that carries, by its place in the policy: the stages of each of its lists that are up, with the share.

    All lists end at one node.
    """

    at: int
    lists: tuple[tuple[Fraction, tuple[Stage, ...]], ...]

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Return the stages of all lists that are up."""
        return tuple(stage for _, stages in self.lists for stage in stages)

    @property
    def end(self) -> str:
        """Return where packets end."""
        return self.lists[0][1][-1].end

    @property
    def is_whole(self) -> bool:
        """Return whether no list that is up loses packets."""
        return all(stage.is_whole for stage in self.stages)


def lists_of(candidate: CandidateEntry) -> Sequence[tuple[int, Sequence[str]]]:
    """Return the segment lists of a candidate with their weights; the only one has all of it."""
    return [(item.weight, item.segments) for item in candidate.lists] or [(1, candidate.segments)]


def speaks_labels(topology: Topology, name: str) -> bool:
    """Return whether a node has a prefix SID of its own, and so forwards by labels."""
    node = topology.nodes.get(name)
    return node is not None and node.segment_routing is not None and node.loopback is not None


def split(segment: str) -> tuple[str, str] | None:
    """Return link and sending node of an adjacency segment, None for the name of a node."""
    link, at, node = segment.rpartition("@")
    return (link, node) if at else None


def carrier(routing: Routing, policy: PolicyEntry) -> tuple[Carrier | None, Elements]:
    """Return the first candidate that is up (None: there is none), and all that the answer relies on."""
    nodes, links = {policy.node}, set[str]()
    for at, candidate in enumerate(policy.candidates):
        up: list[tuple[int, tuple[Stage, ...]]] = []
        for weight, segments in lists_of(candidate):
            stages, is_up = _stages(routing, policy.node, segments)
            for stage in stages:
                nodes |= {stage.start, stage.end, *(far for _, _, far, _ in stage.hops)}
                links |= {link for _, link, _, _ in stage.hops}
            up += [(weight, tuple(stages))] if is_up else []
        if up:
            # RFC 9256 section 5.1: valid as long as one list is; flows are hashed over the valid ones by weight (2.2).
            total = sum(weight for weight, _ in up)
            shared = tuple((Fraction(weight, total), stages) for weight, stages in up)
            return Carrier(at, shared), Elements(frozenset(nodes), frozenset(links))
    return None, Elements(frozenset(nodes), frozenset(links))


def _stages(routing: Routing, source: str, segments: Sequence[str]) -> tuple[list[Stage], bool]:
    """Return the stages of a segment list as far as they go, and whether the list is up."""
    found: list[Stage] = []
    here = source
    is_up = routing.is_up(source) and bool(segments)
    for segment in segments if is_up else ():
        pair = split(segment)
        stage = _by_node(routing, here, segment) if pair is None else _over(routing, here, *pair)
        if stage is None:
            return found, False
        found.append(stage)
        if not stage.is_whole and not any(far == stage.end for _, _, far, _ in stage.hops):
            return found, False
        here = stage.end
    return found, is_up


def _over(routing: Routing, here: str, name: str, sender: str) -> Stage | None:
    link = routing.topology.links.get(name)
    if link is None or sender != here or here not in {link.a.node, link.b.node} or not routing.has_link(name):
        return None
    far = link.other(here)
    if not speaks_labels(routing.topology, far):
        return None
    return Stage(here, far, ((here, name, far, Fraction(1)),), is_whole=True, is_adjacency=True)


def _by_node(routing: Routing, here: str, segment: str) -> Stage | None:
    """Return the ways to the node of a node segment: the IGP's, or those of its Flexible Algorithm."""
    end, number = node_of(segment)
    if number is None:
        return _by_ways(routing, here, end, lambda name: speaks_labels(routing.topology, name))
    algorithm = definition_of(routing.topology, number)
    if algorithm is None:
        return None
    return _by_ways(
        routing.of_algorithm(algorithm), here, end, lambda name: takes_part(routing.topology, name, algorithm.number)
    )


def _by_ways(routing: Routing, here: str, end: str, knows: Callable[[str], bool]) -> Stage | None:
    """Return the shortest ways between two nodes as far as nodes know the label."""
    target = frozenset({end})
    if not knows(end) or not routing.is_up(end) or routing.distance(here, target) is None:
        return None
    hops: list[tuple[str, str, str, Fraction]] = []
    is_whole = True
    layer = [here]
    seen = {here}
    for node in layer:  # it grows while it is read
        if not knows(node):
            is_whole = False
            continue
        taken = routing.next_hops(node, target)
        hops += [(node, link, far, Fraction(1, len(taken))) for link, far in taken]
        layer += [far for far in dict.fromkeys(far for _, far in taken) if far not in seen]
        seen |= {far for _, far in taken}
    return Stage(here, end, tuple(hops), is_whole)


def ride(routing: Routing, policy: PolicyEntry, kinds: Sequence[frozenset[str]]) -> Outcome | None:
    """Return where packets go under a policy; None where no candidate is up and the IGP has to carry them."""
    found, _ = carrier(routing, policy)
    if found is None:
        return Outcome({}, f"`{policy.node}` drops them: no candidate path is up") if policy.fail_closed else None
    if not found.is_whole:
        return Outcome({}, "a segment leads some of them over nodes without segment routing")
    shares: dict[Taken, Fraction] = {}
    for part, stages in found.lists:
        own: dict[Taken, Fraction] = {((policy.node,), ()): part}
        for stage in stages:
            own = dict(_through(stage, own))
            if len(own) > _MOST_PATHS:
                break
        for taken, share in own.items():
            shares[taken] = shares.get(taken, Fraction(0)) + share
    if len(shares) > _MOST_PATHS:
        return Outcome({}, f"they spread over more than {_MOST_PATHS} paths")
    if any(_repeats(taken) for taken in shares):
        return Outcome({}, "they run over a link twice")
    if not all(found.end in kind for kind in kinds):
        return Outcome({}, f"the policy ends at `{found.end}`, where they do not belong")
    return Outcome(shares, None, _stacks(found))


def _stacks(carrying: Carrier) -> dict[tuple[str, str], int]:
    """Return how many labels packets have as a node sends them over a link, at most.

    Before a segment they have one for it and one for each behind it. A link's own label is popped by the node that sends over
    it (RFC 8402, section 3.4), a node's is there until the node is reached.
    """
    found: dict[tuple[str, str], int] = {}
    for _, stages in carrying.lists:
        for at, stage in enumerate(stages):
            count = len(stages) - at - stage.is_adjacency
            for near, link, _, _ in stage.hops:
                found[near, link] = max(count, found.get((near, link), 0))
    return found


def _through(stage: Stage, shares: dict[Taken, Fraction]) -> Iterator[tuple[Taken, Fraction]]:
    """Yield the paths made longer by a stage; more than anyone reads are cut short."""
    pending, found = list(shares.items()), 0
    while pending and found <= _MOST_PATHS:
        (nodes, links), share = pending.pop()
        if nodes[-1] == stage.end:
            found += 1
            yield (nodes, links), share
            continue
        for near, link, far, part in stage.hops:
            if near == nodes[-1]:
                pending.append((((*nodes, far), (*links, link)), share * part))


def _repeats(taken: Taken) -> bool:
    steps = list(zip(pairwise(taken[0]), taken[1], strict=True))
    return len(set(steps)) < len(steps)
