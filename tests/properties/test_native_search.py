"""Kernels that search a network against their twins in Python."""

from array import array
from collections import Counter
from itertools import islice, pairwise, product
from random import Random
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support_model import failed, network, wire
from support_native import needs_kernels

from intentc.forwarding.figures import latency_of
from intentc.forwarding.igp import Igp
from intentc.forwarding.network import Network, build_network
from intentc.forwarding.outage import NORMAL, Outages
from intentc.native import compiled
from intentc.place import covers, search, words
from intentc.place.bottleneck import least_fill, least_fill_twin
from intentc.place.disjoint import Disjoint
from intentc.place.model import Hop
from intentc.place.openness import ASK, UNKNOWN, Fills, OpenArcs, to_ask
from intentc.place.plain_search import search_plain, search_twin
from intentc.place.potentials import FAR, Guides, Potentials
from intentc.place.roles import Ends
from intentc.place.search import Quest, find_path
from intentc.topology.model import Directional, Link
from intentc.values import replace

pytestmark = needs_kernels

SEEDS = range(300)


def made_network(rng: Random) -> Network:
    """Make a network in which much is alike: few metrics, delays and rates, parallel links, nodes without transit."""
    names = "abcdefgh"[: rng.randint(3, 8)]
    few = [rng.randint(1, 4) for _ in range(2)]
    links = []
    for number in range(rng.randint(len(names), 3 * len(names))):
        a, b = sorted(rng.sample(names, 2))
        metric, delay = ([rng.choice(few) for _ in range(2)] for _ in range(2))
        links.append(
            wire(
                f"{a}-{b}#{number}",
                igp_metric=Directional(*metric),
                latency_ns=Directional(*(each * 1_000_000 + rng.choice((0, 0, 1)) for each in delay)),
                mbps=rng.choice((10, 10, 70)),
            )
        )
    stubs = rng.sample(names, rng.choice((0, 0, 1, 2)))
    nodes = {name: {"transit": False} for name in stubs}
    return build_network(
        network(links, prefixes=dict.fromkeys(names, ()), nodes=nodes, igp=rng.choice(("isis", "ospf")))
    )


def made_quest(rng: Random) -> Quest:
    """Make a search with few ends and waypoints, arcs that are shut, and a bound that is near what can be kept."""
    net = made_network(rng)
    nodes, links, count = range(len(net.nodes)), range(len(net.links)), len(net.head)
    start, *others = rng.sample(nodes, len(nodes))
    targets = frozenset(others[: rng.choice((1, 1, 2))])
    stops = targets | (frozenset(others[2:3]) if rng.random() < 0.2 else frozenset())
    via = ()
    for _ in range(rng.choice((0, 0, 1, 2))):
        some = frozenset(rng.sample(nodes, rng.choice((0, 1, 1)))), frozenset(rng.sample(links, rng.choice((0, 1, 2))))
        via = (*via, some)
    shut = frozenset(rng.sample(range(count), rng.choice((0, 0, 1, 3))))
    single = bytearray(b"\1") * count
    for arc in rng.sample(range(count), rng.choice((0, 0, 1))):
        single[arc] = 0
    down = rng.choice([None, None, ("link", rng.choice(net.links)), ("node", rng.choice(net.nodes))])
    guides, passes_ends = Guides(Igp(net)), len(net.links) % 2 == 0
    guide = guides.by_metric(targets, stops, via, passes_ends=passes_ends)
    if rng.random() < 0.3:
        prices = [rng.randint(0, 3) for _ in range(count)]
        guide = guides.by(targets, stops, via, "own", prices.__getitem__, passes_ends=passes_ends)

    def hops(node, _arrival):
        return tuple(Hop((arc,), net.head[arc], is_steered=False) for arc in net.leaving[node] if single[arc])

    quest = Quest(
        network=net,
        outage=NORMAL if down is None else Outages(net).of(failed(*down)),
        start=start,
        targets=targets if rng.random() < 0.8 else frozenset({min(targets)}),
        stops=stops,
        hops=hops,
        is_by_arrival=False,
        is_open=lambda arc: arc not in shut,
        weigh=lambda hop: guide.floor(hop.arcs[0]),
        floor=guide.floor,
        via=via,
        bound_us=None,
        ahead=rng.choice((None, 0, 1, 4)),
        guide=guide,
        is_plain=True,
        single=bytes(single),
        passes_ends=passes_ends,
    )
    cheapest = find_path(quest).hops
    if cheapest is None or rng.random() < 0.3:
        return quest
    near = latency_of(net, tuple(hop.arcs[0] for hop in cheapest), quest.ahead).total
    return replace(quest, bound_us=near + rng.choice((-2000, -500, -2, -1, 0, 1)))


def rows_of(quest: Quest) -> tuple[OpenArcs, OpenArcs]:
    """Return a row of open arcs for each of two searches; some of it is told already."""
    row = to_ask(len(quest.network.head))
    row[::3] = bytes(map(quest.is_open, range(0, len(row), 3)))
    return OpenArcs(bytearray(row), quest.is_open, None), OpenArcs(bytearray(row), quest.is_open, None)


def test_the_cheapest_path_is_that_of_the_twin():
    """Along guides of all links and of the open ones, with the times of either, as far as some effort goes."""
    for seed in SEEDS:
        quest = made_quest(Random(seed))  # noqa: S311  (seeded networks, no secret)
        one, other = rows_of(quest)
        exact = search._exact_guide(quest, one, quest.guide.prices)
        for guide, times in product((quest.guide, exact), (None, quest.guide)):
            for effort in (*range(4, 24, 4), 20_000):
                found = search_plain(quest, one, guide, effort, times)
                assert found == search_twin(quest, other, guide, effort, times), seed


def there_and_back(rng: Random) -> Quest:
    """Make a search in two halves that few links join, past nodes of either in turn: most ways past them all take a joint twice.

    Of the 64 bits by which kernels tell arcs apart at a glance, those of one half have the same as those of the other.
    """
    left, right, links = "abcd", "wxyz", list[Link]()
    pairs = [(*rng.sample(side, 2),) for side in (left, right) for _ in range(rng.randint(4, 7))]
    pairs += [(rng.choice(left), rng.choice(right)) for _ in range(rng.choice((1, 1, 2, 3)))]
    for number, (a, b) in enumerate(pairs):
        delay = rng.choice((1_000_000, 2_000_000))
        metric = Directional(rng.randint(1, 3), rng.randint(1, 3))
        links.append(wire(f"{a}-{b}#{number}", igp_metric=metric, latency_ns=Directional(delay, delay)))
    between = 32 - sum(link.id < "m" for link in links)
    links += [wire(f"m-n#{number}") for number in range(between)]
    net = build_network(network(links, prefixes=dict.fromkeys(left + right + "mn", ())))
    index = net.node_index
    sides = (rng.sample(left, 4), rng.sample(right, 4))
    start, *turns = [index[sides[at % 2][at // 2]] for at in range(rng.choice((2, 4, 4, 4, 5)))]
    target, *via = reversed(turns)
    via, ends = tuple((frozenset({node}), frozenset()) for node in reversed(via)), frozenset({target})
    guide = Guides(Igp(net)).by_metric(ends, ends, via)
    quest = Quest(
        network=net,
        outage=NORMAL,
        start=start,
        targets=ends,
        stops=ends,
        hops=lambda node, _arrival: [Hop((arc,), net.head[arc], is_steered=False) for arc in net.leaving[node]],
        is_by_arrival=False,
        is_open=lambda _arc: True,
        weigh=lambda hop: guide.floor(hop.arcs[0]),
        floor=guide.floor,
        via=via,
        bound_us=None,
        ahead=rng.choice((None, 1)),
        guide=guide,
        is_plain=True,
        single=bytes((1,)) * len(net.head),
    )
    found = search._Search(quest, guide, 20_000).run(is_loop_free=False).hops
    if found is None or rng.random() < 0.5:
        return quest
    near = latency_of(net, tuple(hop.arcs[0] for hop in found), quest.ahead).total
    return replace(quest, bound_us=near + rng.choice((0, 1000, 3000, 3001)))


def by_arrival(rng: Random, quest: Quest) -> Quest:
    """Make it a search over steps of one or all arcs to a neighbour; which there are depends on the arcs that packets came over."""
    net, seed, rule = quest.network, rng.random(), rng.choice((0, 2, 1 << 48, 1 << 61))

    def hops(node, arrival):
        own = Random(f"{seed} {node} {arrival}")  # noqa: S311  (a seeded network, no secret)
        groups = {}
        for arc in net.leaving[node]:
            groups.setdefault(net.head[arc], []).append(arc)
        found = [
            Hop(tuple(arcs if own.random() < 0.7 else arcs[:1]), head, is_steered=own.random() < 0.6)
            for head, arcs in groups.items()
            if own.random() < 0.9
        ]
        return own.sample(found, len(found))

    def weigh(hop):
        return hop.is_steered * rule + max(map(quest.floor, hop.arcs))

    own = {"rule_cost": rule, "is_by_arrival": True, "is_plain": False, "single": None, "passes_ends": False}
    return replace(quest, hops=hops, weigh=weigh, **own)


def test_paths_by_steps_that_depend_on_the_arrival_are_those_of_the_twin(monkeypatch):
    """With either rule and any effort; what a word does not hold is for the twin."""
    outcomes, asked, run = Counter(), [], search._Search.run
    monkeypatch.setattr(search._Search, "run", lambda *a, **k: asked.append(1) or run(*a, **k))
    for seed in SEEDS[:150]:
        rng = Random(seed)  # noqa: S311  (seeded networks, no secret)
        quest = by_arrival(rng, there_and_back(rng) if seed % 2 else made_quest(rng))
        one, other = rows_of(quest)
        exact = search._exact_guide(quest, one, quest.guide.prices)
        for guide, effort in product((quest.guide, exact), (rng.randrange(80), 300)):
            asked.clear()
            free, found = (search.search_past(quest, one, guide, effort, is_loop_free=rule) for rule in (False, True))
            assert not asked or quest.rule_cost == 1 << 61
            outcomes["too much for words"] += bool(asked)
            twin = search._Search(replace(quest, is_open=other), guide, effort)
            assert free == run(twin, is_loop_free=False), seed
            assert found == run(twin, is_loop_free=True), seed
            if found.hops is not None:
                outcomes["another" if free != found else "found"] += 1
                outcomes["together"] += any(len(hop.arcs) > 1 for hop in found.hops)
                outcomes["steered"] += any(hop.is_steered for hop in found.hops) and quest.rule_cost > 0
            outcomes["gave up"] += found.has_given_up
    assert (
        min(outcomes[item] for item in ("another", "found", "together", "steered", "gave up", "too much for words"))
        >= 10
    ), outcomes


def test_paths_that_take_no_arc_twice_are_those_of_the_twin():
    """And those that may, with any effort."""
    outcomes = Counter()
    for seed in SEEDS[:150]:
        rng = Random(seed)  # noqa: S311  (seeded networks, no secret)
        quest = there_and_back(rng) if seed % 3 else made_quest(rng)
        one, other = rows_of(quest)
        exact = search._exact_guide(quest, one, quest.guide.prices)
        for guide, effort in product((quest.guide, exact), (*rng.sample(range(80), 2), 300)):
            twin = search._Search(replace(quest, is_open=other), guide, effort)
            free, found = (search.search_past(quest, one, guide, effort, is_loop_free=rule) for rule in (False, True))
            assert free == twin.run(is_loop_free=False), seed
            assert found == twin.run(is_loop_free=True), seed
            if free.hops is not None and free != found:
                outcomes["gave up" if found.has_given_up else "none" if found.hops is None else "another"] += 1
    assert min(outcomes[item] for item in ("gave up", "none", "another")) >= 20, outcomes


def test_a_search_finds_the_same_without_kernels():
    """All of it: the guides, what is tried first, and what is tried then."""
    for seed in SEEDS:
        quest = made_quest(Random(seed))  # noqa: S311  (seeded networks, no secret)
        bare = replace(quest.network, graph=None)
        known = Guides(Igp(bare))
        targets, floor = quest.guide._potentials._targets, quest.floor
        guide = known.by(targets, quest.stops, quest.via, "same", floor, passes_ends=quest.passes_ends)
        assert guide.prices is None
        for few in (4, 400):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(search, "_FEW_LABELS", few)
                assert find_path(quest) == find_path(replace(quest, network=bare, guide=guide, single=None)), seed


def test_what_is_left_at_least_is_that_of_the_twin():
    for seed in SEEDS:
        quest = made_quest(Random(seed))  # noqa: S311  (seeded networks, no secret)
        kernels = quest.guide.prices.kernels
        row = bytearray(map(quest.is_open, range(len(quest.network.head))))
        potentials = Potentials(
            quest.network, row, quest.targets, quest.stops, quest.via, passes_ends=quest.passes_ends
        )
        found = potentials.least_words(kernels, quest.guide.prices.row)
        assert [[FAR if item == words.FAR else item for item in part] for part in found] == potentials.least(
            quest.floor
        )


def test_the_least_fill_is_that_of_the_twin():
    for seed in SEEDS:
        rng = Random(seed)  # noqa: S311  (seeded networks, no secret)
        quest = made_quest(rng)
        fills = [rng.choice((1, 2, 3, 9, 1 << 61)) for _ in quest.network.head]
        row = array("q", [rng.choice((UNKNOWN, fill, fill)) for fill in fills])
        context = SimpleNamespace(network=quest.network, guides=Guides(Igp(quest.network)))
        terms = SimpleNamespace(group=SimpleNamespace(targets=quest.targets, stops=quest.stops), outage=quest.outage)
        one, other = rows_of(quest)
        fill, floor = Fills(row, fills.__getitem__, None), rng.randint(0, 3)
        found = least_fill(context, terms, quest.start, one, fill=fill, floor=floor)
        told = least_fill_twin(context, terms, quest.start, other, fill=fills.__getitem__, floor=floor)
        assert found == told, seed


def test_disjoint_paths_are_those_of_the_twin():
    for seed in SEEDS:
        rng = Random(seed)  # noqa: S311  (seeded networks, no secret)
        names = "abcdefgh"
        pairs = [*pairwise(names), *(tuple(sorted(rng.sample(names, 2))) for _ in range(rng.randint(4, 7)))]
        stub = {rng.choice(names): {"transit": False}} if rng.random() < 0.2 else {}
        net = build_network(network([wire(f"{a}-{b}#{at}") for at, (a, b) in enumerate(pairs)], nodes=stub))
        prices, shut = [rng.randint(1, 5) for _ in net.head], rng.sample(range(len(net.head)), rng.choice((0, 2)))
        ends = 0, 7, frozenset({7, rng.choice((7, 3))})
        plain = Disjoint(net, *ends, lambda arc, shut=shut: arc not in shut, prices.__getitem__, rng.random() < 0.5)
        known = Guides(Igp(net)).prices("own", prices.__getitem__)
        assert list(replace(plain, prices=known).sets()) == list(plain.sets()), seed


def test_paths_that_come_to_no_node_twice_are_those_of_the_twin(monkeypatch):
    for seed in SEEDS:
        rng = Random(seed)  # noqa: S311  (seeded networks, no secret)
        monkeypatch.setattr(covers, "_MOST_PUSHED", rng.choice((3, 20, 12_000)))
        quest = made_quest(rng)
        net, target, bound_us = quest.network, min(quest.targets), rng.choice((3_000, 8_000, None))
        barred = frozenset(rng.sample(range(len(net.links)), rng.choice((0, 1))))
        task = SimpleNamespace(ahead=quest.ahead, barred=barred, groups=(SimpleNamespace(stops=quest.stops),))
        context = SimpleNamespace(network=net, guides=Guides(Igp(net)))
        role = SimpleNamespace(bound_us=lambda _outage, bound_us=bound_us: bound_us)
        ways = covers._Search(context, task, role, Ends(0, quest.start), [])
        found, told = ways._ways(target), ways.ways_twin(target, 1 << 60 if bound_us is None else bound_us)
        assert list(islice(found, 500)) == list(islice(told, 500)), seed


FILLS = st.integers(0, 9) | st.just(1 << 61)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_rows_of_open_arcs_are_what_asking_for_each_says(data):
    rows, count = compiled("rows"), 2 * data.draw(st.integers(0, 12))
    is_open = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    fills = data.draw(st.lists(FILLS, min_size=count, max_size=count))
    told = data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    arcs = data.draw(st.sets(st.integers(0, max(0, count - 1)), max_size=5)) & set(range(count))
    level, above = data.draw(st.integers(0, 10)), data.draw(st.integers(0, 4))

    def made(kernels):
        row = bytearray(is_open[arc] if told[arc] else ASK for arc in range(count))
        known = array("q", [fills[arc] if told[-arc] else UNKNOWN for arc in range(count)])
        return OpenArcs(row, is_open.__getitem__, kernels), Fills(known, fills.__getitem__, kernels)

    def answers(kernels):
        base, fill = made(kernels)
        few = [base.within(arcs), base.without({arc >> 1 for arc in arcs}), base.no_fuller(fill, level)]
        return (
            [[*map(item, range(count))] for item in few],
            fill.between(few[0], above, level),
            fill.between(base, above, level),
        )

    assert answers(rows) == answers(None)


def test_what_outgrows_words_is_for_the_twin():
    """Packet times over the common denominator of rates that share no factor; then only searches under a bound are slower."""
    rates = [1_000_003, 999_983, 999_979, 999_961, 999_959]
    net = build_network(
        network([wire(f"a-b#{at}", capacity_bps=Directional(rate, rate)) for at, rate in enumerate(rates)])
    )
    kernels = words.words_of(net)
    assert kernels.sizes is None
    assert kernels.is_timely(None, 1)
    assert not kernels.is_timely(1000, None)


def test_a_kernel_refuses_what_is_no_row_of_its_network():
    net = build_network(network([wire("a-b")]))
    field = words.words_of(net).field
    one = array("q", [1])
    with pytest.raises(ValueError, match="as many words"):
        field.spread({0: 0}, frozenset(), one, bytes(2), bytes(2))
    with pytest.raises(ValueError, match="a byte per arc"):
        field.spread({0: 0}, frozenset(), array("q", [1, 1]), bytes(1), bytes(2))
    with pytest.raises(IndexError):
        field.spread({7: 0}, frozenset(), array("q", [1, 1]), bytes(2), bytes(2))
    many = [array("q", [0, 0])], None, None, None, None, bytearray((1, 1)), bool, (), 10
    for step in (Hop((2,), 1, is_steered=False), Hop((0,), 2, is_steered=True), Hop((-1,), 1, is_steered=False)):
        with pytest.raises(IndexError):
            compiled("search").by_arrival(
                False, lambda _node, _arcs, step=step: [step], 0, field, 0, {1}, {1}, (), array("q", [1, 1]), *many
            )
