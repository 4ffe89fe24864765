"""Networks whose devices steer by SR policies, and a second opinion on what packets of such a policy do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from support_algorithms import ride
from support_forwarding import Plain, Taken, banned_links
from support_model import capabilities, network, realised

from intentc.diagnostics import Findings
from intentc.realise.model import Realised, RealisedDemand
from intentc.resolve.model import FailureState, Model
from intentc.targetkit.model import Support
from intentc.topology.model import Link, SegmentRouting, Topology


def sr_network(links: Iterable[Link], *, depth: int | None = 12, without: Iterable[str] = (), **rest) -> Topology:
    """A topology all of whose nodes do segment routing, but those `without`; node SIDs in the order of the names."""
    found = network(links, **rest)
    nodes = {}
    for index, name in enumerate(sorted(found.nodes)):
        routing = None if name in set(without) else SegmentRouting(index + 1, (16000, 23999), depth)
        nodes[name] = replace(found.nodes[name], segment_routing=routing)
    return replace(found, nodes=nodes)


def sr_devices(
    topology: Topology, mechanisms: tuple[str, ...] = ("igp", "sr-policy"), **overrides: Mapping[str, object]
) -> dict[str, dict[str, object]]:
    """Overrides for `capabilities` by which all configured nodes can have SR policies."""
    blank = capabilities(topology)
    return {
        name: {
            "mechanisms": mechanisms,
            "features": own.features | {word: Support(True) for word in ("sr-policy", "sbfd", "weighted-lists")},
            "max_policies": 3,
        }
        | dict(overrides.get(name, {}))
        for name, own in blank.items()
        if own.platform != "none"
    }


def sr_realised(of: Model, **overrides: Mapping[str, object]) -> tuple[Realised, Findings]:
    return realised(of, **sr_devices(of.topology, **overrides))


def does_sr(topology: Topology, name: str) -> bool:
    node = topology.nodes[name]
    return node.segment_routing is not None and node.loopback is not None


def segment_paths(plain: Plain, here: str, segment: str) -> tuple[str, list[tuple[Taken, Fraction]]]:
    """What one segment does from a node: `up`, `down` or `torn`, and the paths with their shares."""
    link, at, node = segment.rpartition("@")
    if at:
        far = [far for name, far, _ in plain.steps(here) if name == link]
        if node != here or not far or not does_sr(plain.topology, far[0]):
            return "down", []
        return "up", [(((here, far[0]), (link,)), Fraction(1))]
    name, is_by_algorithm, number = segment.partition("~")
    if is_by_algorithm:
        found = ride(plain, here, name, int(number))
        return ("down", []) if found is None else ("up", list(found.items()))
    target = frozenset({segment})
    if here not in plain.distances(target) or not does_sr(plain.topology, segment):
        return "down", []
    whole, lost = [], []

    def step(taken: Taken, share: Fraction) -> None:
        nodes, links = taken
        if not does_sr(plain.topology, nodes[-1]):
            lost.append(taken)
        elif nodes[-1] == segment:
            whole.append((taken, share))
        else:
            hops = plain.next_hops(nodes[-1], target)
            for name, far in hops:
                step(((*nodes, far), (*links, name)), share / len(hops))

    step(((here,), ()), Fraction(1))
    return ("down" if not whole else "torn") if lost else "up", whole


def candidate_paths(plain: Plain, source: str, segments: Iterable[str]) -> tuple[str, dict[Taken, Fraction]]:
    """What a segment list does: `up`, `down` or `torn`, and its paths."""
    found: dict[Taken, Fraction] = {((source,), ()): Fraction(1)}
    here, states = source, []
    for segment in segments:
        state, parts = segment_paths(plain, here, segment)
        states.append(state)
        if state == "down":
            return "down", {}
        link, at, near = segment.rpartition("@")
        here = plain.topology.links[link].other(near) if at else segment.partition("~")[0]
        found = {
            ((*nodes, *more[1:]), (*links, *further)): share * part
            for (nodes, links), share in found.items()
            for (more, further), part in parts
        }
    return ("torn" if "torn" in states else "up"), found


def follow_demand(topology: Topology, item: RealisedDemand, state: FailureState | None) -> dict[Taken, Fraction] | None:
    """Where the packets of a demand go in a state; None if any of them is lost."""
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    source, flows = item.chosen.source.node, item.chosen.flows
    stops = frozenset(one.destination.node for one in item.demand.candidates if one.flows == flows) - plain.down_nodes
    if source in plain.down_nodes:
        return None
    policy = next((found for found in item.policies if found.node == source and found.candidate is None), None)
    for candidate in policy.candidates if policy else ():
        lists = [(item.weight, item.segments) for item in candidate.lists] or [(1, candidate.segments)]
        followed = [(weight, *candidate_paths(plain, source, segments)) for weight, segments in lists]
        up = [(weight, health, paths) for weight, health, paths in followed if health != "down"]
        if any(health == "torn" or any(_repeats(taken) for taken in paths) for _, health, paths in up):
            return None
        found: dict[Taken, Fraction] = {}
        for weight, _, paths in up:
            for taken, share in paths.items():
                found[taken] = found.get(taken, Fraction(0)) + share * Fraction(weight, sum(one for one, _, _ in up))
        if up:
            return found
    if policy is not None and policy.is_fail_closed:
        return None
    return plain.follow(source, stops, {}, banned_links(item.demand, topology))


def stacks(topology: Topology, item: RealisedDemand, state: FailureState | None) -> dict[tuple[str, str], int]:
    """How many labels packets have by link and sending node: those of what is left of the lists that carry."""
    plain = Plain(topology, state.nodes, state.links) if state else Plain(topology)
    source, found = item.chosen.source.node, dict[tuple[str, str], int]()
    policy = next((found for found in item.policies if found.node == source and found.candidate is None), None)
    for candidate in policy.candidates if policy else ():
        lists = [one.segments for one in candidate.lists] or [candidate.segments]
        up = [segments for segments in lists if candidate_paths(plain, source, segments)[0] != "down"]
        for segments in up:
            known = set[tuple[str, str]]()
            for end, segment in enumerate(segments, 1):
                _, paths = candidate_paths(plain, source, segments[:end])
                steps = {step for nodes, links in paths for step in zip(links, nodes, strict=False)}
                for step in steps - known:
                    found[step] = max(len(segments) - end + ("@" not in segment), found.get(step, 0))
                known |= steps
        if up:
            break
    return found


def _repeats(taken: Taken) -> bool:
    """Whether a path runs over a link twice in one direction."""
    steps = list(zip(taken[0], taken[1], strict=False))
    return len(set(steps)) < len(steps)
