"""What packets of a demand do in one state: steering rules, fences and the IGP, followed hop by hop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from intentc.manifest.model import PathEntry, SteeringEntry
from intentc.values import field, frozen
from intentc.verify.igp import Hop, Routing

_MOST_PATHS = 64  # what the compiler follows as well; beyond, no path list is complete
_WHOLE_PPM = 1_000_000

Place = tuple[str, str | None]  # a node, and the link that packets came in by (None: from attached hosts)
Rules = Mapping[Place, SteeringEntry]
Taken = tuple[tuple[str, ...], tuple[str, ...]]  # nodes and links of a path


@frozen
class Packets:
    """Packets that are treated alike: where they start, their kinds of destination address, what drops them.

    A kind is the set of nodes at which an address is attached; the kinds share the traffic equally. `fenced` are the links
    that a fence guards wherever the sending node is ours to configure.
    """

    source: str
    kinds: tuple[frozenset[str], ...]
    fenced: frozenset[str]


@frozen
class Outcome:
    """Where packets went: all paths with their exact shares, or `fault` saying why some of them did not arrive.

    `labels`: how many are in front of packets that a node sends over a link, at most.
    """

    shares: Mapping[Taken, Fraction]
    fault: str | None
    labels: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def paths(self) -> tuple[PathEntry, ...]:
        """Return the paths sorted, their shares in ppm rounded so that they add up (largest remainders first)."""
        return self._paths

    @cached_property
    def _paths(self) -> tuple[PathEntry, ...]:  # many states have one outcome
        ordered = sorted(self.shares)
        exact = [self.shares[taken] * _WHOLE_PPM for taken in ordered]
        whole = [int(share) for share in exact]
        ranked = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
        for at in ranked[: _WHOLE_PPM - sum(whole)] if ordered else ():
            whole[at] += 1
        return tuple(PathEntry(nodes, links, share) for (nodes, links), share in zip(ordered, whole, strict=True))


def follow(routing: Routing, packets: Packets, rules: Rules) -> Outcome:
    """Return where `packets` go. At each place equal-cost next hops share equally; the same place twice is a loop."""
    if not routing.is_up(packets.source):
        return Outcome({}, f"`{packets.source}` is down")
    if not packets.kinds or not all(packets.kinds):
        return Outcome({}, "nobody has the destination attached")
    found: dict[Taken, Fraction] = {}
    for kind in packets.kinds:
        fault = _follow_kind(_Scene(routing, packets, rules, kind), found)
        if fault is not None:
            return Outcome({}, fault)
    return Outcome(found, None)


@frozen
class _Scene:
    """Packets to one kind of address in one state."""

    routing: Routing
    packets: Packets
    rules: Rules
    kind: frozenset[str]


def _follow_kind(scene: _Scene, found: dict[Taken, Fraction]) -> str | None:
    """Add the paths of one kind to `found`; return why some packets are lost, if they are."""
    waiting: list[tuple[Taken, Fraction]] = [(((scene.packets.source,), ()), Fraction(1, len(scene.packets.kinds)))]
    while waiting:
        (nodes, links), part = waiting.pop()
        if nodes[-1] in scene.kind:
            found[nodes, links] = found.get((nodes, links), Fraction(0)) + part
            continue
        hops = _hops(scene, (nodes, links))
        if isinstance(hops, str):
            return hops
        if len(found) + len(waiting) + len(hops) > _MOST_PATHS:
            return f"they spread over more than {_MOST_PATHS} paths"
        waiting += [(((*nodes, far), (*links, link)), part / len(hops)) for link, far in hops]
    return None


def _hops(scene: _Scene, taken: Taken) -> Sequence[Hop] | str:
    """Return the next hops at the end of the path `taken`, or why the packets are lost there."""
    nodes, links = taken
    here = nodes[-1]
    ingress = links[-1] if links else None
    if _has_been(nodes, links, (here, ingress)):
        return f"they run in a loop at `{here}`"
    hops = _steered(scene.routing, here, scene.rules.get((here, ingress)), scene.kind)
    if hops is None:
        return f"`{here}` drops them: no waypoint is left"
    if not hops:
        return f"`{here}` has no route"
    fence = next((link for link, _ in hops if link in scene.packets.fenced), None)
    if fence is None:
        return hops
    if scene.routing.topology.nodes[here].platform == "none":
        return f"they leave over `{fence}`, which is forbidden, as `{here}` has no fence"
    return f"`{here}` drops them before `{fence}`, which is forbidden"


def _steered(routing: Routing, here: str, rule: SteeringEntry | None, kind: frozenset[str]) -> Sequence[Hop] | None:
    """Return the IGP's next hops to the first waypoint in reach, else to the destination; None where a rule drops."""
    for waypoint in rule.waypoints if rule else ():
        target = frozenset({waypoint})
        if waypoint != here and routing.distance(here, target) is not None:
            return routing.next_hops(here, target)
    if rule is not None and rule.fail_closed:
        return None
    return routing.next_hops(here, kind)


def _has_been(nodes: Sequence[str], links: Sequence[str], place: Place) -> bool:
    earlier = zip(nodes[:-1], (None, *links[:-1]), strict=True)
    return bool(links) and place in earlier
