"""Where packets go in one state, also those that do not arrive: every link that any of them runs over."""

from __future__ import annotations

from collections.abc import Sequence

from intentc.assertions.journey import Journey, join
from intentc.assertions.policies import Router, follow_policy
from intentc.forwarding.igp import UNREACHABLE, Igp, Tree
from intentc.forwarding.outage import Outage
from intentc.forwarding.policy import Policies
from intentc.forwarding.walk import OWN_PORTS, Arcs, Key, Rules
from intentc.values import frozen

Levels = tuple[
    frozenset[int], ...
]  # the nodes with the longest prefix around an address, then with the next longest, …


@frozen
class Steering:
    """What decides about packets beside the IGP: rules, fenced links, and whether a rule without a waypoint left drops, or a
    policy without a candidate path that is up.
    """

    rules: Rules
    fences: frozenset[int]
    is_fail_closed: bool
    policies: Policies


def follow(router: Router, steering: Steering, kinds: Sequence[Levels], start: int, outage: Outage) -> Journey:
    """Return where packets go that enter at `start`; each of `kinds` says where one kind of destination address is.

    Forwarding is that of `forwarding.walk`, but packets that are dropped, that run in a loop or that spread over many
    paths are followed as well, and so are those whose own route is lost and that follow a shorter prefix (they do not
    arrive). The effort is linear in the (node, ingress) places that they come to.
    """
    igp = router.igp
    bit = igp.network.node_bit(start)
    here = frozenset({start})
    if start in outage.nodes:
        return Journey(here, frozenset(), frozenset(), frozenset(), is_whole=False, most_links=0, dependence=bit)
    policy = steering.policies.get(start)
    if policy is not None:
        found, bit = follow_policy(router, policy, start, [levels[0] for levels in kinds], outage)
        if found is not None:
            return found
        if steering.is_fail_closed:
            return Journey(here, frozenset(), here, frozenset(), is_whole=False, most_links=0, dependence=bit)
    parts = [_Follower(igp, steering, levels, outage).run(start) for levels in kinds]
    is_whole = bool(parts) and all(part.is_whole for part in parts)
    return join(
        [Journey(here, frozenset(), here, frozenset(), is_whole=True, most_links=0, dependence=bit), *parts],
        is_whole=is_whole,
        most_links=max((part.most_links for part in parts), default=0) if is_whole else 0,
    )


class _Follower:
    """Packets to one destination address: a search over the places that they come to, depth first."""

    def __init__(self, igp: Igp, steering: Steering, levels: Levels, outage: Outage) -> None:
        self._igp = igp
        self._steering = steering
        self._levels = levels
        self._outage = outage
        self._next: dict[Key, tuple[Key, ...]] = {}
        self._longest: dict[Key, int] = {}
        self._arcs: set[int] = set()
        self._is_whole = True
        self._dependence = 0

    def run(self, start: int) -> Journey:
        first = (start, OWN_PORTS)
        pending: list[tuple[Key, bool]] = [(first, False)]
        while pending:
            key, is_left = pending.pop()
            if is_left:
                self._longest[key] = max((self._longest.get(there, 0) + 1 for there in self._next[key]), default=0)
            elif key not in self._next:
                self._next[key] = self._places_after(key)
                pending.append((key, True))
                pending.extend((there, False) for there in self._next[key])
            elif key not in self._longest:  # it has been entered and not left: the packets are back where they were
                self._is_whole = False
        ends = {node for node, _ in self._next if node in self._levels[0]}
        return Journey(
            starts=frozenset({start}),
            ends=frozenset(ends),
            nodes=frozenset(node for node, _ in self._next),
            arcs=frozenset(self._arcs),
            is_whole=self._is_whole,
            most_links=self._longest[first],
            dependence=self._dependence,
        )

    def _places_after(self, key: Key) -> tuple[Key, ...]:
        """Return the places that packets go to from here; none at their end and where they are dropped."""
        if key[0] in self._levels[0]:
            return ()
        arcs = self._decide(key)
        kept = tuple(arc for arc in arcs if arc >> 1 not in self._steering.fences)
        self._is_whole &= bool(kept) and len(kept) == len(arcs)
        self._arcs.update(kept)
        return tuple((self._igp.network.head[arc], arc) for arc in kept)

    def _decide(self, key: Key) -> Arcs:
        tree = self._tree_at(key)
        if tree is None:
            return ()
        self._dependence |= tree.footprint(key[0])
        return tree.next_arcs(key[0])

    def _tree_at(self, key: Key) -> Tree | None:
        """Return the tree to the first waypoint in reach, else to the destination; None where a rule drops."""
        rules = self._steering.rules
        for waypoint in rules.get(key, ()):
            tree = self._igp.towards_node(waypoint, self._outage)
            if tree.distance(key[0]) not in (0, UNREACHABLE):
                return tree
        if self._steering.is_fail_closed and key in rules:
            return None
        return self._route(key[0])

    def _route(self, node: int) -> Tree:
        """Return the tree of the longest prefix that the IGP knows a way to."""
        for targets in self._levels:
            tree = self._igp.towards(targets, self._outage)
            if tree.distance(node) != UNREACHABLE:
                return tree
        return self._igp.towards(self._levels[0], self._outage)
