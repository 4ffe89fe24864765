"""Chains that are placed, or not: which replicas and paths, what a failure does to them, and what the finding says."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
from support_model import (
    MS,
    codes,
    demand,
    every_link,
    every_node,
    failover,
    model,
    network,
    nodes_of,
    realised,
    reply,
    span,
    wire,
)

from intentc.forwarding.outage import Outage
from intentc.place import chain_search
from intentc.place.chain_desk import _capped
from intentc.place.chain_tasks import Limits
from intentc.place.roles import Role
from intentc.realise.chains import with_chains
from intentc.resolve.chain_model import Chain, ChainStep, Leg, StepEnds
from intentc.resolve.model import Waiver

# `s` calls; replicas at `n` (near) and `f` (far); `m` hangs between.
LINKS = [
    wire("s-n", ms=2, metric=10),
    wire("s-m", ms=1, metric=10),
    wire("m-n", ms=1, metric=15),
    wire("s-f", ms=6, metric=10),
    wire("m-f", ms=4, metric=15),
    wire("n-f", ms=3, metric=15),
]


def program(steps, *, budget_ms, services, topology=None, after_ms=None, states=None, mbps=0, waive=None):
    """Chain `x` from `s`; a step is (stage, source service or None, service, calls, processing ms)."""
    net = topology or network(LINKS, ends="snfm")
    promise = None if states is None else failover(*states, mbps=mbps)
    found, made, gone = {}, [], {}
    for number, (stage, start, stop, calls, processing) in enumerate(steps, start=1):
        legs = []
        for node in services[start] if start else "s":
            key = f"x/{node}>{stop}"
            if node in services[stop]:
                legs.append(Leg((node,), None, (node,)))
                continue
            legs.append(Leg((node,), key))
            if key not in found:
                own = tuple(state for state in states or () if node not in state.nodes)
                kept = replace(promise, states=own) if promise else None
                ends = StepEnds(None, stop)
                there = demand(net, node, *services[stop], name=stop, mbps=mbps, step=ends, failover=kept)
                found[key] = (there, reply(there))
        origin = gone.get(start)
        made.append(
            ChainStep(number, stage, calls, round(processing * MS), stop, origin, tuple(legs), span(60 + number))
        )
        gone[stop] = number
    chain = Chain(
        "x",
        "s",
        ("s",),
        round(budget_ms * MS),
        None if after_ms is None else round(after_ms * MS),
        tuple(made),
        span(1),
        span(10),
        span(50) if after_ms is not None else None,
    )
    waivers = [Waiver("x", waive, "2099-01-01", "known", span(90))] if waive else []
    whole = model(net, *(item for pair in found.values() for item in pair), waivers=waivers)
    return replace(whole, chains=(chain,))


def placed(**rest):
    found, findings = realised(program(**rest))
    return with_chains(found), findings


def finding(**rest):
    found, findings = placed(**rest)
    assert found.infeasible == ("x",)
    assert (found.demands, found.loads) == ({}, {})
    assert len(findings.items) == 1
    return findings.items[0]


THIN = [wire("s-m", ms=1), wire("m-f", ms=4), wire("s-f", ms=6)]
BOTH = {"B": "nf", "C": "f"}


def test_the_budget_is_summed_over_stages_and_the_slowest_beside():
    steps = [(1, None, "B", 2, 1), (2, None, "C", 1, 3), (2, None, "B", 1, 0.5)]
    found, findings = placed(steps=steps, budget_ms=40, services=BOTH)
    (chain,) = found.chains
    assert not findings.items
    assert [(step.network_us, step.processing_us) for step in chain.steps] == [(8000, 1000), (12000, 3000), (4000, 500)]
    assert (chain.budget_us, chain.slack_us, chain.worst) == (40_000, 40_000 - 9_000 - 15_000, None)
    assert [step.slack_us for step in chain.steps] == [16_000, 16_000, 16_000 + 15_000 - 4_500]
    assert [step.replica for step in chain.steps] == ["n", "f", "n"]


def test_the_igps_own_path_is_kept_while_the_budget_allows_it():
    loose, _ = placed(steps=[(1, None, "C", 1, 0)], budget_ms=12, services=BOTH)
    tight, _ = placed(steps=[(1, None, "C", 1, 0)], budget_ms=11, services=BOTH)
    assert nodes_of(loose, "x/s>C") == ["s f"]
    assert "s f" not in nodes_of(tight, "x/s>C") or nodes_of(tight, "x/s>C/reply") != ["f s"]
    assert tight.chains[0].slack_us >= 0


def test_replicas_are_chosen_for_the_sum_and_not_for_each_step():
    # the nearest worker is at n, but what it calls next is at f: one far call is cheaper than a near one and three on
    steps = [(1, None, "B", 1, 0), (2, "B", "C", 5, 0)]
    found, _ = placed(steps=steps, budget_ms=12, services=BOTH)
    assert [step.replica for step in found.chains[0].steps] == ["f", "f"]
    assert sorted(found.demands) == ["x/s>B", "x/s>B/reply"]  # from n nothing is needed, so nothing is reserved


def test_what_starts_at_the_replica_that_stands_by_is_placed_for_the_states_that_need_it():
    steps = [(1, None, "B", 1, 0), (2, "B", "C", 1, 0)]
    services = {"B": "nf", "C": "m"}
    states = every_node(network(LINKS, ends="snfm"), "s", "m")
    found, findings = placed(steps=steps, budget_ms=60, services=services, after_ms=60, states=states)
    assert not findings.items
    assert "x/f>C" in found.demands
    assert "x/n>C" in found.demands
    assert found.chains[0].steps[0].replica == "n"
    assert found.chains[0].worst.state == "node:n"


def test_the_budget_of_the_block_holds_in_every_promised_state():
    states = every_link(network(LINKS, ends="snfm"))
    steps = [(1, None, "C", 1, 0)]
    found, _ = placed(steps=steps, budget_ms=12, services=BOTH, after_ms=12, states=states)
    assert found.chains[0].worst.slack_us >= 0


def test_time_saved_in_one_state_is_not_the_bound_of_all():
    """`is_even` would have kernels take the bound of the first state for that of each."""
    task = SimpleNamespace(demand=SimpleNamespace(key="x/s>n"))
    role = Role(lambda _outage: (), lambda _outage: 7, is_even=True)
    one, other = (Outage(f"link:{name}", frozenset(), frozenset({number}), None) for number, name in enumerate("ab"))
    capped = _capped(role, task, Limits().cap(("x/s>n", one, 5)))
    assert [capped.bound_us(outage) for outage in (one, other)] == [5, 7]
    assert not capped.is_even
    assert _capped(role, task, Limits().cap(("x/s>m", one, 5))) is role


@pytest.mark.parametrize(("after_ms", "state"), [(9, None), (10.5, "link:m-f")])
def test_a_budget_that_a_failure_breaks_is_a_finding_of_the_block(after_ms, state):
    states = every_link(network(THIN, ends="snfm"))
    steps = [(1, None, "C", 1, 0)]
    item = finding(
        steps=steps, budget_ms=12, services=BOTH, after_ms=after_ms, states=states, topology=network(THIN, ends="snfm")
    )
    assert (item.code, item.intent, item.span.line, item.state) == ("E0531", "x", 50, state)
    assert "in the `failover` block" in item.help[0]


def test_a_budget_that_no_choice_keeps_is_explained_step_by_step():
    item = finding(steps=[(1, None, "B", 2, 1), (2, None, "C", 1, 3)], budget_ms=20, services=BOTH)
    assert (item.code, item.intent, item.span.line) == ("E0530", "x", 10)
    assert "`x` from `s` takes 22ms at best, above the budget of 20ms" in item.message
    assert "step 2 to `C` at `f` takes 10ms of it on the network" in item.message
    assert [label.message for label in item.related] == [
        "step 1 to `B` at `n`: 8ms on the network in 2 calls, 1ms processing",
        "step 2 to `C` at `f`: 10ms on the network, 3ms processing",
    ]
    assert item.help == (
        "`latency <= 22ms` is what the fastest paths keep",
        "with a replica of `C` at `s` as well the total would be 12ms",
        "with a replica of `B` at `s` as well the total would be 14ms",
    )


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_ways_out_of_the_finding_work(number):
    steps, services = [(1, None, "B", 2, 1), (2, None, "C", 1, 3)], dict(BOTH)
    budget = 22 if number == 0 else 20
    if number:
        services["CB"[number - 1]] += "s"
    found, findings = placed(steps=steps, budget_ms=budget, services=services)
    assert (findings.items, found.infeasible) == ([], ())
    assert found.chains[0].slack_us == {0: 0, 1: 8000, 2: 4000}[number]


def test_a_budget_that_processing_alone_exceeds_says_so():
    item = finding(steps=[(1, None, "B", 1, 30)], budget_ms=20, services=BOTH | {"B": "n"})
    assert "step 1 to `B` at `n`" in item.message


def test_a_step_without_a_way_has_the_finding_of_any_demand():
    net = network([*LINKS, wire("y-z")], ends="snfmz")
    item = finding(steps=[(1, None, "B", 1, 0)], budget_ms=99, services={"B": "z"}, topology=net)
    assert (item.code, item.intent) == ("E0501", "x")


NARROW = [wire("s-n", ms=1, mbps=100), wire("s-m", ms=5, mbps=100), wire("m-n", ms=5, mbps=100)]
BESIDE = [(1, None, "B", 1, 0), (1, None, "C", 1, 0)]


def test_steps_that_do_not_fit_on_the_fast_link_together():
    rest = {"steps": BESIDE, "services": {"B": "n", "C": "n"}, "mbps": 60}
    net = network(NARROW, ends="snm")
    item = finding(budget_ms=9, topology=net, **rest)
    assert item.code == "E0532"
    assert "no choice of replicas and paths keeps `x` from `s` within 9ms" in item.message
    found, findings = realised(program(budget_ms=40, topology=net, **rest))
    assert not findings.items
    assert {*nodes_of(found, "x/s>B"), *nodes_of(found, "x/s>C")} == {"s n", "s m n"}


def test_a_search_that_gives_up_says_so(monkeypatch):
    monkeypatch.setattr(chain_search, "MOST_ROUNDS", 1)
    item = finding(
        steps=BESIDE, services={"B": "n", "C": "n"}, mbps=60, budget_ms=9, topology=network(NARROW, ends="snm")
    )
    assert item.code == "E0533"
    assert "gave up" in item.message


def test_a_waiver_places_the_chain_above_its_budget_and_keeps_the_finding():
    found, findings = placed(steps=[(1, None, "C", 1, 0)], budget_ms=5, services=BOTH, waive="E0530")
    assert codes(findings) == ["E0530"]
    assert found.infeasible == ()
    assert found.chains[0].slack_us < 0
