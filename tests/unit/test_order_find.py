"""The order of a change: what carries before what sends, proved in every state on the way there and back."""

from __future__ import annotations

import pytest
from support_order import (
    crossing,
    device,
    fence,
    fleet,
    flow,
    isolate,
    many,
    mark,
    net,
    policy,
    queues,
    reflector,
    ride,
    steer,
)

from intentc.diagnostics import Diagnostic
from intentc.manifest.elements import Elements
from intentc.order import back as back_module
from intentc.order import order as order_module
from intentc.order.order import find_order
from intentc.order.proof import Breach
from intentc.order.two_steps import find_two_steps
from intentc.order.wishes import Wishes
from intentc.plan.model import CANARY, MAIN, Order, StageName, Travel
from intentc.plan.withdraw import withdraw

ADD, SWITCH = StageName.ADD, StageName.SWITCH
# The IGP takes packets from a to z over b; over d it is longer.
SQUARE = net("ab bz ad:1/15 dz:3/15")
MARKED = device("a", marking=[mark()])


def found(old, new, topology=SQUARE, **more):
    order = find_order(old, new, topology, **more)
    assert isinstance(order, Order), order
    return order


def test_what_passes_on_is_ready_before_anything_is_sent_there():
    new = fleet(device("a", marking=[mark()], steering=[steer("d")]), device("d", steering=[steer("z", by="to-a")]))
    topology = net("ab bz ad:1/10 dc:1/50 cz:1/50")  # d would send packets for z back to a
    new["d"] = device("d", steering=[steer("c", by="to-a")])
    order = found({"a": MARKED}, new, topology)
    stages = {name: config.steering for name, config in order.stages["d"]}
    assert [rule.interfaces for rule in stages[ADD]] == [("to-a",)]
    assert order.groups[SWITCH] == (("a",),)


def test_what_passed_on_stays_until_nothing_comes_any_more_and_goes_back_first():
    topology = net("ab bz ad:1/10 dc:1/50 cz:1/50")
    old = fleet(device("a", marking=[mark()], steering=[steer("d")]), device("d", steering=[steer("c", by="to-a")]))
    order = found(old, {"a": MARKED, "d": device("d")}, topology)
    assert [len(config.steering) for _, config in order.stages["d"]] == [1, 1, 1, 0]
    assert order.back == (("d",), ("a",))


def test_a_device_that_treats_the_same_packets_otherwise_goes_before_its_sender():
    """In the old network d led packets from a (which sent none) into the ground."""
    topology = net("ab bz ad:1/10 dc:1/50 cz:1/50")
    old = fleet(MARKED, device("d", steering=[steer("a", by="to-a")]))
    new = fleet(device("a", marking=[mark()], steering=[steer("d")]), device("d", steering=[steer("c", by="to-a")]))
    order = found(old, new, topology)
    assert order.groups[SWITCH] == (("d",), ("a",))
    assert order.back == (("a",), ("d",))


def test_a_detour_that_is_longer_than_before_and_after_is_avoided():
    """p leaves s for t (slow), q leaves v (slow) for u: t and then v would be slower than before and after."""
    topology, old, new = crossing()
    order = found(old, only(old, new, "one"), topology)
    assert order.groups[SWITCH] == (("q",), ("p",))
    order = found(old, only(old, new, "two"), topology)
    assert order.groups[SWITCH] == (("p",), ("q",))
    assert order.back == (("q",), ("p",))


def only(old, new, intent):
    """Return the new configurations for one intent, the old ones for all others."""

    def items(name, feature):
        fresh = [item for item in getattr(new[name], feature) if intent in item.origin.intents]
        return [*fresh, *(item for item in getattr(old[name], feature) if intent not in item.origin.intents)]

    return {name: device(name, **{part: items(name, part) for part in ("marking", "steering")}) for name in new}


def test_where_two_intents_need_opposite_orders_the_plan_is_refused_and_two_steps_are_proposed():
    topology, old, new = crossing()
    refused = find_order(old, new, topology)
    assert isinstance(refused, Diagnostic)
    assert refused.code == "E0840"
    assert "longer than before and after" in refused.message
    assert "`switch`" in refused.message
    assert "intentc withdraw" in refused.help[0]


def test_queues_come_before_what_waits_in_them_and_go_after():
    old = fleet(device("a"), device("b"))
    new = fleet(
        device("a", marking=[mark()], queueing=[queues("b", "gold=34")]), device("b", queueing=[queues("z", "gold=34")])
    )
    order = found(old, new)
    assert [bool(config.queueing) for _, config in order.stages["b"]] == [False, True, True, True]
    order = found(new, old)
    assert [bool(config.queueing) for _, config in order.stages["b"]] == [True, True, True, False]
    assert order.back == (("b",), ("a",))  # its queue is there before packets are marked for it again


def test_a_code_point_that_changes_hands_within_one_device_is_fine():
    old = fleet(device("a", marking=[mark(name="gold", dscp=34)], queueing=[queues("b", "gold=34", "tin=10")]))
    new = fleet(device("a", marking=[mark(name="tin", dscp=34)], queueing=[queues("b", "gold=10", "tin=34")]))
    assert isinstance(find_order(old, new, SQUARE), Order)


def test_a_new_fence_waits_for_traffic_that_an_intent_sent_where_it_forbids():
    old = fleet(device("a", marking=[mark()], steering=[steer("b")]))
    new = fleet(device("a", marking=[mark()], steering=[steer("d")], fences=[fence("b")]))
    topology = net("ab bz ad:1/15 dz:1/15")
    order = found(old, new, topology)
    assert [bool(config.fences) for _, config in order.stages["a"]] == [False, False, False, True]
    assert "come once its traffic has moved" in order.notes[0]


def test_what_no_intent_named_before_is_blocked_first():
    old = fleet(device("a"))
    new = fleet(device("a", marking=[mark()], steering=[steer("d")], fences=[fence("b")]))
    order = found(old, new, net("ab bz ad:1/15 dz:1/15"))
    assert [bool(config.fences) for _, config in order.stages["a"]] == [True, True, True, True]
    assert "are dropped at `a` from the stage `guard` until they have moved" in order.notes[0]


def test_an_old_fence_goes_before_traffic_is_sent_where_it_forbade():
    old = fleet(device("a", marking=[mark()], steering=[steer("d")], fences=[fence("b")]))
    new = fleet(device("a", marking=[mark()], steering=[steer("b")]))
    order = found(old, new, net("ab bz ad:1/15 dz:1/15"))
    assert [bool(config.fences) for _, config in order.stages["a"]] == [True, False, False, False]


def test_a_policy_waits_for_its_reflector_and_the_reflector_for_the_policy():
    old = fleet(MARKED)
    new = fleet(
        device("a", marking=[mark()], policies=[policy("way", "z", "d", "z")], policy_steering=[ride("way")]),
        device("z", reflectors=[reflector("z")]),
    )
    order = found(old, new)
    assert [bool(config.reflectors) for _, config in order.stages["z"]] == [False, True, True, True]
    assert order.back == (("a",), ("z",))
    order = found(new, fleet(MARKED, device("z")))
    assert [bool(config.reflectors) for _, config in order.stages["z"]] == [True, True, True, False]
    assert order.back == (("z",), ("a",))


def test_isolation_that_lets_an_intent_in_opens_before_and_closes_after():
    old = fleet(device("a"), device("z", isolation=[isolate()]))
    new = fleet(device("a", marking=[mark()]), device("z", isolation=[isolate([flow(dscp=34)])]))
    found(old, new)
    found(new, old)


def test_only_intents_that_a_changing_device_has_a_say_in_are_followed():
    topology = net("ab bz by ad:1/15 dz:1/15")
    both = [mark(), mark("other", destination="y")]
    order = found(fleet(device("a", marking=both)), fleet(device("a", marking=both, steering=[steer("d")])), topology)
    quiet = found(fleet(device("a", marking=both)), fleet(device("d", steering=[steer("z", by="to-z")])), topology)
    assert order.proven > quiet.proven == 0


def test_failed_elements_are_left_out():
    topology = net("ab bz ad:1/15 dz:1/15")
    new = fleet(device("a", marking=[mark()], steering=[steer("d")]))
    order = found(fleet(MARKED), new, topology, failed=Elements(frozenset(), frozenset({"ab"})))
    assert order.groups[SWITCH] == (("a",),)


def test_nothing_to_change_is_an_order_without_groups():
    order = found(fleet(MARKED), {})
    assert (order.stages, order.back, order.proven) == ({}, (), 0)
    assert all(groups == () for groups in order.groups.values())


@pytest.mark.parametrize("names", [("a",), ("a", "d")])
def test_the_order_is_the_same_however_devices_are_given(names):
    new = fleet(device("d", steering=[steer("z", by="to-a")]), device("a", marking=[mark()], steering=[steer("d")]))
    turned = dict(reversed(new.items()))
    assert found(fleet(MARKED), new) == found(fleet(MARKED), turned)


def test_canaries_change_wholly_before_the_others():
    new = fleet(
        device("a", marking=[mark()], queueing=[queues("b", "gold=34")]), device("b", queueing=[queues("z", "gold=34")])
    )
    order = found(fleet(device("a"), device("b")), new, wishes=Wishes(canaries=frozenset({"b"})))
    assert order.phases[CANARY][ADD] == (("b",),)
    assert order.phases[MAIN][SWITCH] == (("a",),)


def test_canaries_that_others_do_not_carry_yet_are_refused():
    new = fleet(
        device("a", marking=[mark()], queueing=[queues("b", "gold=34")]), device("b", queueing=[queues("z", "gold=34")])
    )
    refused = find_order(fleet(device("a"), device("b")), new, SQUARE, wishes=Wishes(canaries=frozenset({"a"})))
    assert isinstance(refused, Diagnostic)
    assert refused.code == "E0844"
    assert "queue of `default` at `b`" in refused.message


def test_a_device_without_a_timer_comes_last_where_it_can():
    topology, old, new = crossing()
    order = found(old, only(old, new, "one"), topology, wishes=Wishes(last=frozenset({"p"})))
    assert order.groups[SWITCH] == (("q",), ("p",))
    assert order.notes == ()
    order = found(old, only(old, new, "one"), topology, wishes=Wishes(last=frozenset({"q"})))
    assert order.groups[SWITCH] == (("q",), ("p",))
    assert order.notes == ("`q` cannot come last: others depend on it",)


def test_what_changes_for_traffic_is_told():
    new = fleet(device("a", marking=[mark()], steering=[steer("d")]))
    (effect,) = found({"a": device("a")}, new, net("ab bz ad:1/15 dz:2/15")).effects
    assert (effect.intent, effect.source) == ("one", "a")
    assert effect.before == (Travel(("a", "b", "z"), 2000, "default"),)
    assert effect.after == (Travel(("a", "d", "z"), 3000, "gold"),)


def standings(monkeypatch, *, broken=()):
    """Let the way back be looked at, and be broken from the standings of `broken`; return the standings that were asked about."""
    asked, in_turn = [], back_module._in_turn

    def look(proof, groups, standing):
        asked.append(dict(standing))
        if dict(standing) in broken:
            return iter([Breach(proof._promises[0], "it is lost", {})])
        return in_turn(proof, groups, standing)

    monkeypatch.setattr(back_module, "_in_turn", look)
    return asked


CANARY_END = {"a": (0,), "b": (2,)}
ADDED, SWITCHING, SWITCHED = ({"a": at, "b": (4,)} for at in ((2,), (2, 3), (3,)))
QUEUED = fleet(
    device("a", marking=[mark()], queueing=[queues("b", "gold=34")]), device("b", queueing=[queues("z", "gold=34")])
)


def queued():
    return found(fleet(device("a"), device("b")), QUEUED, wishes=Wishes(canaries=frozenset({"b"})))


def test_the_way_back_is_proved_from_every_place_in_every_stage_and_from_every_end_of_one(monkeypatch):
    asked = standings(monkeypatch)
    order = queued()
    canaries = [{"a": (0,), "b": (1, 2)}, CANARY_END]
    rest = [{"a": (1, 2), "b": (4,)}, ADDED, SWITCHING, SWITCHED]
    assert asked == [*canaries, *rest]
    assert order.notes == ()


@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ((CANARY_END,), "after the stage `add` of the canaries has begun"),
        ((SWITCHING,), "in the middle of the stage `switch`"),
        ((SWITCHING, SWITCHED), "after the stage `switch` has begun"),
        ((ADDED,), "after the stage `add` has begun"),
    ],
)
def test_a_way_back_that_would_lose_packets_is_said(monkeypatch, broken, where):
    standings(monkeypatch, broken=broken)
    assert queued().notes == (f"should it be taken back {where}, packets of `one` may be lost until all are back",)


def test_both_of_the_two_steps_that_are_proposed_have_an_order():
    topology, old, new = crossing()
    (advice,) = find_order(old, new, topology).help
    assert "an order was found and proved for each of them" in advice
    names = advice.split("`")[1].split()[2:]
    between = {node: withdraw(config, names, is_unpinned=False) for node, config in old.items()}
    assert isinstance(find_order(old, between, topology), Order)
    assert isinstance(find_order(between, new, topology), Order)


def trading():
    """Two intents that trade their code points, on a device that marks and one that has queues for the marks."""

    def network(one, two):
        marks = [mark(name="gold", dscp=one, port=1), mark("two", name="tin", dscp=two, port=2)]
        port = queues("z", f"gold={one}", f"tin={two}")
        return fleet(device("a", marking=marks), device("b", queueing=[port]))

    return network(34, 10), network(10, 34)


def test_where_leaving_traffic_to_the_igp_would_not_help_that_is_not_proposed():
    old, new = trading()
    refused = find_order(old, new, SQUARE)
    assert refused.code == "E0840"
    assert "intentc withdraw" not in refused.help[0]
    assert "take these intents out of the project" in refused.help[0]


def test_the_first_of_two_steps_takes_in_what_is_in_the_way_of_either():
    old = fleet(device("a", marking=[mark()], steering=[steer("d"), steer("b", intent="other")]))
    asked = []

    def find(before, after):
        asked.append((before, after))
        return ("other",) if len(asked) == 1 else found(before, after)

    assert find_two_steps(old, fleet(device("a")), ("one",), find) == ("one", "other")
    assert find_two_steps(old, fleet(device("a")), ("one",), lambda *_: ("one",)) is None


@pytest.mark.parametrize("rounds", [0, 1, 12])
def test_the_search_for_what_is_in_the_way_ends_and_names_what_it_knows(monkeypatch, rounds):
    monkeypatch.setattr(order_module, "_MOST_ROUNDS", rounds)
    topology, old, new = crossing()
    refused = find_order(old, new, topology)
    assert refused.code == "E0840"
    assert "intentc withdraw " in refused.help[0]


def test_an_order_of_many_devices_takes_time_by_their_number_not_by_its_square():
    """A hundred routers at the edge that all get an intent: each way is followed a bounded number of times."""

    def walks(count):
        topology, new = many(count)
        return find_order({}, new, topology).proven / count

    assert walks(100) <= 1.1 * walks(10)
