"""Plans for all demands of a priority in all states at once, where one demand after the other finds no room."""

import random
from dataclasses import replace

import pytest
from support_model import capabilities, demand, every_link, failover, model, wire
from support_sr import sr_devices, sr_network, sr_realised

from intentc.forwarding.outage import NORMAL
from intentc.forwarding.walk import Packets
from intentc.place.joint.replan import make_plan
from intentc.place.joint.spares import Spares
from intentc.place.model import Hop
from intentc.realise.mechanisms import Mechanisms

LINKS = ("a-b", "b-c", "c-d", "d-e", "e-f", "a-f", "a-d", "b-e", "c-f")
NAMES = "abcdef"


def protected(topology, name, start, stop, mbps):
    states = every_link(topology)
    return demand(topology, start, stop, intent=name, mbps=mbps, failover=failover(*states, mbps=mbps))


def program(seed):
    """A ring of six with chords, links of 100 Mbps, and more demands than one after the other finds room for."""
    source = random.Random(seed)  # noqa: S311  (seeded programs, no secret)
    net = sr_network([wire(name, mbps=100) for name in LINKS], ends=NAMES)
    demands = [
        protected(net, f"s{index}", *source.sample(NAMES, 2), source.choice([15, 20, 35, 50])) for index in range(14)
    ]
    return net, demands


def check_capacity(topology, found):
    """Add up, in the normal state and in every one in which a link fails, what links hold by the paths that are told."""
    for state in (None, *(f"link:{name}" for name in topology.links)):
        held = {}
        for item in found.demands.values():
            told = next((result.paths for result in item.states if state in result.when), item.primary)
            assert state is None or all(state.removeprefix("link:") not in path.links for path in told), (
                item.id,
                state,
            )
            arcs = {arc for path in told for arc in zip(path.links, path.nodes, strict=False)}
            for arc in arcs:  # the whole rate on each, however many paths run there
                held[arc] = held.get(arc, 0) + item.demand.bandwidth_bps
        assert all(bps <= topology.links[name].capacity_bps.ab for (name, _), bps in held.items()), (state, held)


def placed(found):
    return sorted({item.demand.intent for item in found.demands.values()})


def count_without_plan(monkeypatch, net, demands):
    with monkeypatch.context() as patch:
        patch.setattr("intentc.place.joint.replan.can_plan", lambda *_: False)
        return len(placed(sr_realised(model(net, *demands))[0]))


@pytest.mark.parametrize("seed", [*range(8), 9, 10])  # of 8 and 11 as many are placed without one
def test_a_plan_places_more_and_holds_in_every_state(seed, monkeypatch):
    net, demands = program(seed)
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    assert len(placed(found)) > count_without_plan(monkeypatch, net, demands)


def test_a_path_by_plan_says_why():
    found, _ = sr_realised(model(*program(1)[:1], *program(1)[1]))
    reasons = {item.reason for item in found.demands.values()}
    assert "steered: others of its priority need the room that IGP's path would take" in reasons


def test_the_order_of_the_demands_does_not_matter():
    net, demands = program(3)
    one, other = (sr_realised(model(net, *order))[0] for order in (demands, demands[::-1]))
    assert {key: item.primary for key, item in one.demands.items()} == {
        key: item.primary for key, item in other.demands.items()
    }


def test_nothing_is_planned_where_everything_fits(monkeypatch):
    def never(*_):
        raise AssertionError

    monkeypatch.setattr("intentc.place.joint.replan.make_plan", never)
    net, demands = program(3)
    found, _ = sr_realised(model(net, *demands[:2]))
    assert placed(found) == ["s0", "s1"]


def test_networks_beyond_the_limit_are_not_planned(monkeypatch):
    net, demands = program(3)
    least = count_without_plan(monkeypatch, net, demands)
    monkeypatch.setattr("intentc.place.joint.replan.MOST_CELLS", 1)
    assert len(placed(sr_realised(model(net, *demands))[0])) == least


def test_plans_keep_latency_bounds():
    net, demands = program(3)
    bounded = [replace(item, bound_ns=4_000_000) for item in demands]  # two links of 1 ms, with queueing, but not three
    found, _ = sr_realised(model(net, *bounded))
    check_capacity(net, found)
    assert max(len(path.links) for item in found.demands.values() for path in item.primary) == 2


def small_packets(seed):
    net, demands = program(seed)
    return replace(net, routing=replace(net.routing, mean_packet=100)), demands


@pytest.mark.parametrize(
    "seed", [0, 3, 5, 6, 19, 32]
)  # of most others both place everything, or as much as there is room for
def test_a_plan_that_counts_labels_places_more_of_small_packets(seed, monkeypatch):
    net, demands = small_packets(seed)
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    monkeypatch.setattr("intentc.realise.mechanisms.Mechanisms.labels", lambda *_: ())
    assert len(placed(found)) > len(placed(sr_realised(model(net, *demands))[0]))


@pytest.mark.parametrize("seed", [5, 13])
def test_others_negotiate_for_what_is_too_full_until_all_fits(seed, monkeypatch):
    net, demands = small_packets(seed)
    found, _ = sr_realised(model(net, *demands))
    check_capacity(net, found)
    monkeypatch.setattr("intentc.place.joint.planner.Planner._negotiate_for", lambda *_: False)
    assert len(placed(found)) > len(placed(sr_realised(model(net, *demands))[0]))


def test_nobody_negotiates_for_what_prices_prove_to_find_no_room(monkeypatch):
    """Both links at `a` are up but in two states; in these 100 Mbps are left for 120."""
    tried = []
    monkeypatch.setattr("intentc.place.joint.planner.Planner._negotiate_for", lambda _, entry, __: tried.append(entry))
    monkeypatch.setattr("intentc.place.joint.planner.Planner._eject_for", lambda _, entry: tried.append(entry))
    net = sr_network([wire(name, mbps=100) for name in ("a-b", "a-c", "b-d", "c-d")], ends="abcd")
    demands = [protected(net, f"s{index}", "a", end, 40) for index, end in enumerate("bcd")]
    found, _ = sr_realised(model(net, *demands))
    assert (len(placed(found)), tried) == (2, [])


def test_nobody_negotiates_for_what_would_find_no_room_even_alone(monkeypatch):
    """Where `a-b` fails 50 Mbps are left for 80, whoever else is there; prices need not be found for that."""
    tried = []
    monkeypatch.setattr("intentc.place.joint.planner.Planner._negotiate_for", lambda _, entry, __: tried.append(entry))
    monkeypatch.setattr("intentc.place.joint.planner.Planner._eject_for", lambda _, entry: tried.append(entry))
    monkeypatch.setattr("intentc.place.joint.prospects.Prospects.has_room", lambda *_: True)
    net = sr_network([wire("a-b", mbps=100), wire("a-c", mbps=50), wire("b-c", mbps=100)], ends="abc")
    demands = [protected(net, "s0", "a", "b", 80), protected(net, "s1", "a", "c", 10)]
    found, _ = sr_realised(model(net, *demands))
    assert (placed(found), tried) == (["s1"], [])


@pytest.mark.parametrize("seed", [1, 3])
def test_spares_cost_what_they_claim_in_all_states_that_they_serve(seed, monkeypatch):
    """One by one, too: a spare for one state that serves others is not free there."""
    seen = []
    find = Spares.find

    def priced(self, errand, hit, limit, **options):
        found = find(self, errand, hit, limit, **options)
        if found is not None:
            costs = [self._roads.cost(way, errand.failed_bps, states) for way, states in found[1]]
            seen.append((found[0], sum(costs), len(found[1])))
        return found

    monkeypatch.setattr(Spares, "find", priced)
    net, demands = small_packets(seed)
    sr_realised(model(net, *demands))
    assert max(ways for _, _, ways in seen) > 1
    assert all(told == pytest.approx(cost) for told, cost, _ in seen)


@pytest.fixture
def plans(monkeypatch):
    """The plans that are made, by demand."""
    found = {}

    def keep_plan(context, movable):
        make_plan(context, movable)
        found.update(context.plans)

    monkeypatch.setattr("intentc.place.joint.replan.make_plan", keep_plan)
    return found


def told_in(item, outage):
    return next((result.paths for result in item.states if outage.name in result.when), item.primary)


@pytest.mark.parametrize("seed", [0, 5, 6, 19])
def test_where_no_list_is_up_the_igp_carries_without_labels(seed, plans):
    net, demands = small_packets(seed)
    found, _ = sr_realised(model(net, *demands))
    bare = [(found.demands[key], outage) for key, plan in plans.items() for outage in plan.bare if key in found.demands]
    steered = [(item, outage) for item, outage in bare if item.mechanism == "sr-policy"]
    assert steered
    for item, outage in steered:
        assert {path.labels for path in told_in(item, outage)} == {()}


@pytest.mark.parametrize("seed", [0, 9])  # of 9 states change once more when others are settled
def test_all_go_where_the_plan_says(seed, plans):
    net, demands = small_packets(seed)
    found, _ = sr_realised(model(net, *demands))
    names = sorted(net.links)
    for item, plan in ((found.demands[key], plan) for key, plan in plans.items() if key in found.demands):
        for outage, arcs in plan.spares.items():
            told = {link for path in told_in(item, outage) for link in path.links}
            assert told == {names[arc >> 1] for arc in arcs}


@pytest.mark.parametrize("seed", range(6))
def test_labels_of_a_path_are_those_of_the_list_that_devices_get(seed):
    """What a plan thinks of a path before it is placed is what packets have on it then."""
    net, _ = small_packets(seed)
    mechanisms = Mechanisms(net, capabilities(net, **sr_devices(net)))
    network, source = mechanisms.igp.network, random.Random(seed)  # noqa: S311  (seeded paths, no secret)
    for _ in range(20):
        arcs = walk_at_random(network, source)
        start, end = network.tail[arcs[0]], network.head[arcs[-1]]
        packets = Packets((frozenset({end}),), frozenset(), is_fail_closed=False)
        course = mechanisms.course(packets, frozenset({4}), frozenset(), [start])
        taken = course.steer(NORMAL, start, [Hop((arc,), network.head[arc], is_steered=True) for arc in arcs])
        assert taken.trails[0].arcs == arcs
        assert mechanisms.labels(packets, frozenset({4}), start, arcs, frozenset()) == taken.trails[0].labels
        pinned = frozenset(arc >> 1 for arc in arcs)
        assert mechanisms.labels(packets, frozenset({4}), start, arcs, pinned) == tuple(range(len(arcs) - 1, -1, -1))
        failed = next(state for state in every_link(net) if state.links == {network.links[arcs[-1] >> 1]})
        assert mechanisms.led(packets, start, arcs, pinned, mechanisms.outages.of(failed)) is None


def walk_at_random(network, source):
    here = source.randrange(len(network.nodes))
    arcs, seen = [], {here}
    for _ in range(source.randint(1, 4)):
        onward = [arc for arc in network.leaving[here] if network.head[arc] not in seen]
        if not onward:
            break
        arcs.append(source.choice(onward))
        here = network.head[arcs[-1]]
        seen.add(here)
    return tuple(arcs)
