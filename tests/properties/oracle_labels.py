"""What packets with labels do in a state: segment lists (RFC 8402, 9256) and Flexible Algorithms (RFC 9350), hop by hop.

A list is up as long as every link in it is, and every node in it can be reached over nodes that know its label; what is lost on
a list that is up is lost. From intentc/manifest/README.md and intentc/place/README.md.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import ceil

from oracle_network import MOST_PATHS, NOTHING, Network
from oracle_verdict import ensure

LABEL, MEAN_PACKET = 4, 340  # bytes
SLOWEST = 2**24 - 1
LOST = "lost"


def parts_of(segment):
    """Return (link, node) of a link's segment, else (None, node), and the number of the algorithm (0: the IGP)."""
    link, at, node = segment.rpartition("@")
    name, _, number = node.partition("~")
    return link if at else None, node if at else name, 0 if at or not number else number


def labels_of(demand):
    """Return how many labels packets of a demand have at most: a link that comes first in a list is none."""
    lists = [item["segments"] for policy in demand["policies"] for item in policy["candidates"]]
    return max((len(segments) - ("@" in segments[0]) for segments in lists if segments), default=0)


def grown(amount, more):
    """Return what a rate or burst comes to with so many bytes around each packet."""
    return ceil(Fraction(amount * (MEAN_PACKET + more), MEAN_PACKET))


def burst_of(demand, amount):
    """Return what a burst comes to with the most labels of a demand."""
    return grown(amount, LABEL * labels_of(demand))


class Labels:
    """The labels of a network: who knows which, and where they lead in any state."""

    def __init__(self, network):
        self.network, self.net = network, network.net
        self._grounds = {0: network}

    def knows(self, name, number=0):
        """Return whether a node forwards by the labels of the IGP, or of an algorithm."""
        node = self.net.routers.get(name)
        return node is not None and node.sid is not None and (not number or number in map(str, node.algos))

    def uses(self, number, wire):
        """Return whether an algorithm may use a link in some state."""
        colour = dict(self.net.algos)[int(number)]
        return colour not in wire.colours and all(self.knows(end, number) for end in (wire.a, wire.b))

    def ground(self, number):
        """Return the network as an algorithm sees it: by delay, without links of its colour."""
        if number not in self._grounds:
            found = {}
            for wire in self.net.wires.values():
                if self.uses(number, wire):
                    metric = tuple(min(max(1, -(-ns // 1000)), SLOWEST) for ns in wire.latency_ns)
                    found[wire.name] = replace(wire, metric=metric)
            self._grounds[number] = Network(replace(self.net, wires=found))
        return self._grounds[number]

    def segment(self, state, here, segment):
        """Return where a segment ends and the paths to there with their shares; None where it is down, `LOST` in place of a path."""
        link, name, number = parts_of(segment)
        if link is not None:
            wire = self.net.wires.get(link)
            if wire is None or name != here or here not in (wire.a, wire.b) or link in state:
                return None
            far = wire.other(here)
            return (far, {((here, far), (link,)): Fraction(1)}) if self.knows(far) else None
        if name in state or not self.knows(name, number) or (number and int(number) not in dict(self.net.algos)):
            return None
        ground, target = self.ground(number), frozenset({name})
        if here not in ground.distances(state, target):
            return None
        found, pending = Counter(), [((here,), (), Fraction(1))]
        while pending:
            nodes, links, share = pending.pop()
            if not self.knows(nodes[-1], number):
                found[LOST] += share
            elif nodes[-1] == name:
                found[nodes, links] += share
            else:
                hops = ground.hops(state, nodes[-1], target)
                pending += [((*nodes, far), (*links, wire), share / len(hops)) for wire, far in hops]
        return (name, found) if set(found) != {LOST} else None

    def list(self, state, start, segments):
        """Return where a segment list ends and its paths, None where it is down."""
        here, found = start, {((start,), ()): Fraction(1)}
        if start in state or not segments:
            return None
        for segment in segments:
            one = self.segment(state, here, segment)
            if one is None:
                return None
            here, further = one
            longer = Counter()
            for taken, share in found.items():
                for more, part in further.items():
                    is_lost = LOST in (taken, more)
                    key = LOST if is_lost else ((*taken[0], *more[0][1:]), (*taken[1], *more[1]))
                    longer[key] += share * part
            found = longer
        return here, found

    def carrier(self, state, policy):
        """Return the place of the first candidate that is up with its end and paths, None where none is."""
        for at, item in enumerate(policy["candidates"]):
            found = self.list(state, policy["node"], item["segments"])
            if found is not None:
                return at, *found
        return None

    def ride(self, state, policy, kinds):
        """Return where packets go under a policy: {(nodes, links): share}, `LOST`, or None where the IGP has to carry them."""
        found = self.carrier(state, policy)
        if found is None:
            return LOST if policy["fail_closed"] else None
        _, end, taken = found
        is_astray = LOST in taken or len(taken) > MOST_PATHS or not all(end in kind for kind in kinds)
        return LOST if is_astray or any(map(_repeats, taken)) else dict(taken)

    def stacks(self, state, policy):
        """Return {(node, link): labels} that packets have under a policy: one for each segment that is not done yet.

        A link's segment is done as soon as packets leave over it, a node's when they are there.
        """
        found, counts = self.carrier(state, policy), {}
        if found is None:
            return counts
        here, left = policy["node"], list(policy["candidates"][found[0]]["segments"])
        while left:
            far, ways = self.segment(state, here, left[0])
            here, count = far, len(left) - ("@" in left[0])
            for nodes, links in (way for way in ways if way != LOST):
                for step in zip(nodes, links, strict=False):
                    counts[step] = max(count, counts.get(step, 0))
            left.pop(0)
        return counts

    # -- what policies have to be --------------------------------------------------------------------------------------

    def check(self, case, is_closed):
        """Judge that the policies of a demand could be what they say."""
        places = [(policy["node"], str(policy["replica"])) for policy in case.entry["policies"]]
        ensure(len(set(places)) == len(places), "two policies for the same packets")
        for policy in case.entry["policies"]:
            node = self.net.routers.get(policy["node"])
            ensure(node is not None and node.platform != "none", "a policy nowhere")
            ensure(self.knows(node.name), "a policy where there are no labels")
            ensure(node.name in {source for source, _ in case.want.choices}, "a policy where nothing enters")
            ensure(policy["fail_closed"] == is_closed, "another last resort")
            order = [item["preference"] for item in policy["candidates"]]
            ensure(order and order == sorted(set(order), reverse=True), "no order of candidates")
            for item in policy["candidates"]:
                ensure(not item["lists"], "several lists")
                # Packets are led into a policy with another end while the one before is down.
                others = {stop for start, stop in case.want.choices if start == node.name}
                is_first = item is policy["candidates"][0]
                ends = {policy["end_point"]} | (set() if is_first else others)
                self._check_list(case, node, item["segments"], ends)
            if case.entry["mechanism"] == "flex-algo":
                lists = [item["segments"] for item in policy["candidates"]]
                ensure(len(lists) == 1 and len(lists[0]) == 1 and "~" in lists[0][0], "no ride of an algorithm")
                ensure("@" not in lists[0][0], "no ride of an algorithm")

    def _check_list(self, case, node, segments, ends):
        ensure(segments and len(segments) <= node.depth, "a list of another length")
        here = node.name
        for segment in segments:
            link, name, number = parts_of(segment)
            if link is not None:
                wire = self.net.wires.get(link)
                ensure(wire is not None and name == here and here in (wire.a, wire.b), "no such link")
                here = wire.other(here)
                continue
            if number:
                ensure(number in {str(known) for known, _ in self.net.algos}, "no such algorithm")
                stray = [x for x in case.fenced if self.uses(number, self.net.wires[x])]
                ensure(not stray, "an algorithm that leads over what is forbidden")
            else:
                ensure("~" not in segment and not case.fenced, "labels that no fence sees")
            ensure(self.knows(name, number), "no such label")
            here = name
        ensure(here in ends, "another end")

    def check_alternatives(self, case, policy):
        """Judge segments and alternatives: the candidates, with what they do."""
        entry, found = case.entry, self.carrier(NOTHING, policy)
        own = policy["candidates"][found[0]]["segments"] if found else []
        ensure(entry["segments"] == own, "other segments")
        told = [(item["preference"], item["segments"]) for item in entry["alternatives"]]
        ensure(told == [(item["preference"], item["segments"]) for item in policy["candidates"]], "other alternatives")
        liveness = "igp" if entry["mechanism"] == "flex-algo" else "bfd"
        for at, item in enumerate(entry["alternatives"]):
            ensure(item["liveness"] == liveness, "another liveness")
            paths = tuple((tuple(x["path"]), tuple(x["links"]), x["share_ppm"]) for x in item["paths"])
            carried = self.carried(case, policy, at)
            ensure(paths in carried if paths else not carried, "paths that the candidate does not take")

    def carried(self, case, policy, at):
        """Return the paths told for the states in which a candidate carries."""
        told = [(NOTHING, case.primary)]
        told += [(state, (case.told(name, state) or (0, None))[1]) for name, state in case.want.states.items()]
        states = [(paths, self.carrier(state, policy)) for state, paths in told if paths]
        return [paths for paths, found in states if found and found[0] == at]

    def relies_on_igp(self, case, policy):
        """Return whether in some promised state packets go where the IGP has converged to."""
        for state in case.kept.values():
            if not any(state & {*nodes, *links} for nodes, links, _ in case.primary):
                continue
            now = self.carrier(state, policy)
            if now is None:
                return True
            before = self.list(NOTHING, policy["node"], policy["candidates"][now[0]]["segments"])
            if _links(now[2]) != _links(before[1] if before else {}):
                return True
        return False


def _links(taken):
    return {link for path in taken if path != LOST for link in path[1]}


def _repeats(taken):
    steps = list(zip(taken[0], taken[1], strict=False))
    return len(set(steps)) < len(steps)
