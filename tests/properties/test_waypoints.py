"""Waypoints for rules against what they are for: in each state the first one in reach decides where packets leave."""

from itertools import permutations
from random import Random

import pytest
from support_model import network, wire

from intentc.forwarding.igp import UNREACHABLE, Igp
from intentc.forwarding.network import build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.forwarding.walk import Packets
from intentc.realise.leads import Leads
from intentc.realise.waypoints import Need, Place, WaypointChooser
from intentc.resolve.model import FailureState
from intentc.topology.model import Directional

MOST = 3  # nodes that can be waypoints: fewer than a list may have


def failures_of(net):
    """Make the states in which one link, or one node, is down."""
    outages = Outages(net)
    links = [FailureState(id=f"link:{name}", nodes=frozenset(), links=frozenset({name})) for name in net.links]
    nodes = [FailureState(id=f"node:{name}", nodes=frozenset({name}), links=frozenset()) for name in net.nodes]
    return [outages.of(state) for state in (*links, *nodes)]


def leaves_by(igp, packets, node, waypoints, kind, outage):
    for waypoint in waypoints:
        tree = igp.towards_node(waypoint, outage)
        if tree.distance(node) not in (0, UNREACHABLE):
            return tree.next_arcs(node)
    if waypoints and packets.is_fail_closed:
        return None
    return igp.towards(packets.addresses[kind], outage).next_arcs(node)


def made_network(rng):
    """Make a ring with some chords, of few metrics: what fails mostly leaves another way."""
    names = "abcdef"
    pairs = [*zip(names, names[1:] + names[:1], strict=True), *(rng.sample(names, 2) for _ in range(rng.randint(1, 4)))]
    links = [
        wire(f"{min(pair)}-{max(pair)}#{at}", igp_metric=Directional(rng.randint(1, 3), rng.randint(1, 3)))
        for at, pair in enumerate(pairs)
    ]
    stubs = {name: {"transit": False} for name in rng.sample(names, rng.choice((0, 0, 1)))}
    return build_network(network(links, prefixes=dict.fromkeys(names, ()), nodes=stubs))


@pytest.mark.parametrize("seed", range(6))
def test_waypoints_are_found_where_there_are_some(seed):
    for part in range(100):
        assert_found(Random(100 * seed + part))  # noqa: S311  (a seeded case, no secret)


def assert_found(rng):
    net = made_network(rng)
    igp = Igp(net)
    node = rng.randrange(len(net.nodes))
    groups = [arcs for arcs in {igp.towards_node(n).next_arcs(node) for n in range(len(net.nodes))} if arcs]
    states = [outage for outage in failures_of(net) if node not in outage.nodes]
    rng.shuffle(states)
    if not groups or not states:
        return
    targets = tuple(frozenset(rng.sample(range(len(net.nodes)), 1)) for _ in range(rng.choice((1, 1, 2))))
    packets = Packets(targets, frozenset(), is_fail_closed=rng.random() < 0.3)
    usable = tuple(sorted(rng.sample(range(len(net.nodes)), min(MOST, len(net.nodes)))))
    kinds, leads = range(len(targets)), Leads(igp)
    few = rng.randint(0, 2)
    same = dict.fromkeys(states[few + 1 :][: rng.choice((0, 2, 20))])
    wanted = {outage: rng.choice(sorted(groups)) for outage in (NORMAL, *states[:few])}
    extra, arcs = states[few] if len(states) > few else states[0], rng.choice(sorted(groups))
    normal = tuple((kind, wanted[NORMAL]) for kind in kinds)
    leads.note([*same, *states])
    first = rng.sample(usable, rng.randint(0, len(usable)))
    chooser = WaypointChooser(leads, packets, frozenset({node}), usable)

    def place(decided):
        needs = [Need(outage, kind, taken) for outage, taken in decided.items() for kind in kinds]
        return Place(leads, node, needs, same, normal, lambda: first)

    def is_right(decided, waypoints):
        all_states = {**dict.fromkeys(same, wanted[NORMAL]), **decided}
        return all(
            leaves_by(igp, packets, node, waypoints, kind, outage) == taken
            for outage, taken in all_states.items()
            for kind in kinds
        )

    lists = [found for many in range(MOST + 1) for found in permutations(usable, many)]
    found = chooser.choose(place(wanted))
    assert is_right(wanted, found) if found is not None else not any(is_right(wanted, item) for item in lists)
    further = {**wanted, extra: arcs}
    can = extra not in wanted and extra not in same and any(is_right(further, item) for item in lists)
    if extra not in wanted and extra not in same:
        assert chooser.can_leave_by(place(wanted), extra, arcs) == can
